"""A desktop's services on the session bus, played: notifications, and either a tray or the portal. Runs under the system's own Python
(python3-gi). Writes what reaches it as lines of JSON to the file in argv[1]; argv[2] is "tray" or "portal".

Sources: Desktop Notifications Specification 1.2, StatusNotifierItem, XDG Desktop Portal (Notification).
"""

from __future__ import annotations

import json
import sys
import time
import zlib

from gi.repository import Gio, GLib

NOTIFICATIONS = """<node><interface name="org.freedesktop.Notifications">
<method name="Notify"><arg direction="in" type="s"/><arg direction="in" type="u"/><arg direction="in" type="s"/>
<arg direction="in" type="s"/><arg direction="in" type="s"/><arg direction="in" type="as"/><arg direction="in" type="a{sv}"/>
<arg direction="in" type="i"/><arg direction="out" type="u"/></method>
<method name="CloseNotification"><arg direction="in" type="u"/></method>
<method name="GetCapabilities"><arg direction="out" type="as"/></method>
<method name="GetServerInformation"><arg direction="out" type="s"/><arg direction="out" type="s"/><arg direction="out" type="s"/>
<arg direction="out" type="s"/></method>
</interface></node>"""
WATCHER = """<node><interface name="org.kde.StatusNotifierWatcher">
<method name="RegisterStatusNotifierItem"><arg direction="in" type="s"/></method>
<method name="RegisterStatusNotifierHost"><arg direction="in" type="s"/></method>
<property name="RegisteredStatusNotifierItems" type="as" access="read"/>
<property name="IsStatusNotifierHostRegistered" type="b" access="read"/>
<property name="ProtocolVersion" type="i" access="read"/>
<signal name="StatusNotifierItemRegistered"><arg type="s"/></signal>
<signal name="StatusNotifierHostRegistered"/>
</interface></node>"""
PORTAL = """<node><interface name="org.freedesktop.portal.Notification">
<method name="AddNotification"><arg direction="in" type="s"/><arg direction="in" type="a{sv}"/></method>
<method name="RemoveNotification"><arg direction="in" type="s"/></method>
</interface></node>"""
ANSWERS = {
    "Notify": GLib.Variant("(u)", (1,)),
    "GetCapabilities": GLib.Variant("(as)", (["body"],)),
    "GetServerInformation": GLib.Variant("(ssss)", ("played", "nobody", "1", "1.2")),
}
PROPERTIES = {
    "RegisteredStatusNotifierItems": GLib.Variant("as", []),
    "IsStatusNotifierHostRegistered": GLib.Variant("b", True),
    "ProtocolVersion": GLib.Variant("i", 0),
}


class Desktop:
    def __init__(self, file, parts):
        self.file = file
        self.bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        for name, path, xml in parts:
            interface = Gio.DBusNodeInfo.new_for_xml(xml).interfaces[0]
            self.bus.register_object(path, interface, self.called, lambda *asked: PROPERTIES[asked[4]], None)
            Gio.bus_own_name_on_connection(self.bus, name, Gio.BusNameOwnerFlags.NONE, None, None)

    def note(self, *what):
        self.file.write(json.dumps([time.time(), *what]) + "\n")
        self.file.flush()

    def called(self, _bus, sender, _path, _interface, method, arguments, invocation):
        if method == "RegisterStatusNotifierItem":
            self.watch(sender)
        self.note(method, [part for part in arguments.unpack() if not isinstance(part, dict) or "body" in part])
        invocation.return_value(ANSWERS.get(method))

    def watch(self, item):
        """From now on note a checksum of the sign's picture each time it changes. (Its words are those of the last message for a while.)"""

        asked = GLib.Variant("(ss)", ("org.kde.StatusNotifierItem", "IconPixmap"))
        where = (item, "/StatusNotifierItem", "org.freedesktop.DBus.Properties", "Get", asked)

        def changed(*_signal):
            self.bus.call(*where, None, Gio.DBusCallFlags.NONE, -1, None, told)

        def told(bus, result):
            picture = bus.call_finish(result).get_data_as_bytes().get_data()
            self.note("Sign", zlib.crc32(picture))

        self.bus.signal_subscribe(item, "org.kde.StatusNotifierItem", "NewIcon", None, None, Gio.DBusSignalFlags.NONE, changed)
        changed()


def main():
    parts = [("org.freedesktop.Notifications", "/org/freedesktop/Notifications", NOTIFICATIONS)]
    if sys.argv[2] == "tray":
        parts.append(("org.kde.StatusNotifierWatcher", "/StatusNotifierWatcher", WATCHER))
    else:
        parts.append(("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop", PORTAL))
    with open(sys.argv[1], "a", encoding="utf-8") as file:
        desktop = Desktop(file, parts)
        desktop.note("ready")
        GLib.MainLoop().run()


main()
