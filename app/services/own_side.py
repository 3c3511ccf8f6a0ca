"""The counsellor's own side of a call: switches, devices, a shared screen, the pause, and everything off while the end can be undone.

Imports the ports only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import structlog

from app.media.ports import Call, DeviceChoice, ScreenSource
from app.services.events import Event
from app.services.ports import RemoteMedia
from app.wire.talk import MediaState, Talk

_log = structlog.get_logger(__name__)

NO_DEVICES = DeviceChoice(camera=None, microphone=None, loudspeaker=None)
NOTHING = RemoteMedia(microphone=False, camera=False)


class OwnSide:
    """Remembers what the counsellor wants and brings the call to it."""

    def __init__(self, send: Callable[[Talk], object], devices: DeviceChoice) -> None:
        self.changed: Event[RemoteMedia] = Event()
        self._send = send
        self._call: Call | None = None
        self._wanted = RemoteMedia()
        """As it stands outside a pause."""
        self._paused = False
        self._screen: ScreenSource | None = None
        self._shown: ScreenSource | None = None
        """What the call shows at the moment."""
        self._devices = devices
        self._dark = False
        self._failed: Exception | None = None
        """Why the screen could not be shown."""
        self._announced = self._wanted
        self._told: RemoteMedia | None = None

    @property
    def media(self) -> RemoteMedia:
        """The switches as the counsellor set them; all off in a pause."""
        return replace(NOTHING, paused=True) if self._paused else self._wanted

    @property
    def devices(self) -> DeviceChoice:
        """What a call may open at the moment: none while dark."""
        return NO_DEVICES if self._dark else self._devices

    @property
    def wants_screen_line(self) -> bool:
        """A screen is to be shown, and the newest epoch has no line for it."""
        return self._shown is not None and self._call is not None and not self._call.carries_screen

    def use(self, call: Call) -> None:
        """A call that was just opened with `devices`."""
        self._call, self._shown = call, None
        self._apply()

    def release(self) -> None:
        """The call is closed; nothing is switched or said any more."""
        self._call = None

    def set(self, microphone: bool | None = None, camera: bool | None = None) -> None:
        """Turn a switch; None leaves it. In a pause: for the time after it."""
        wanted = self._wanted
        microphone = wanted.microphone if microphone is None else microphone
        camera = wanted.camera if camera is None else camera
        self._change(replace(wanted, microphone=microphone, camera=camera), self._paused)

    def share(self, source: ScreenSource | None) -> None:
        """Show that screen, None for none. In a pause: after it. What the source's start raises comes through; nothing is shared then."""
        self._screen, self._failed = source, None
        self._change(replace(self._wanted, screen=source is not None), self._paused)
        if self._failed is not None:
            raise self._failed

    def pause(self, on: bool) -> None:
        """Everything off, or back to where it stood."""
        self._change(self._wanted, on)

    def choose(self, devices: DeviceChoice) -> None:
        """Other devices, from now on or from the undo on."""
        self._devices = devices
        if self._call is not None and not self._dark:
            self._call.choose_devices(devices)

    def set_dark(self, dark: bool) -> None:
        """True: nothing is captured and nothing is played, the lamps of the devices go out. False: as it was before."""
        self._dark = dark
        if self._call is not None:
            self._call.choose_devices(self.devices)
        self._apply()

    def tell(self) -> None:
        """Say on the channel what our switches stand at."""
        now = self._told = self._now
        self._send(MediaState(microphone=now.microphone, camera=now.camera, screen=now.screen, paused=now.paused))

    @property
    def _now(self) -> RemoteMedia:
        return NOTHING if self._dark else self.media

    def _change(self, wanted: RemoteMedia, paused: bool) -> None:
        self._wanted, self._paused = wanted, paused
        self._apply()

    def _apply(self) -> None:
        now = self._now
        if self._call is not None:
            self._call.set_microphone(now.microphone)
            self._call.set_camera(now.camera)
            self._show(self._call, self._screen if now.screen else None)
        if self._now != self._told:
            self.tell()
        if self.media != self._announced:
            self._announced = self.media
            self.changed.announce(self._announced)

    def _show(self, call: Call, screen: ScreenSource | None) -> None:
        """A source that cannot be started (again) ends the sharing, not the call."""
        if screen is self._shown:
            return
        self._shown = screen
        try:
            call.share_screen(screen)
        except Exception as error:
            _log.warning("session.screen_not_shown", error=type(error).__name__)
            self._screen, self._shown, self._failed = None, None, error
            self._wanted = replace(self._wanted, screen=False)
