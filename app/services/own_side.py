"""The counsellor's own side of a call: switches, devices, and everything off while the end can be undone. Imports the ports only."""

from __future__ import annotations

from collections.abc import Callable

from app.media.ports import Call, DeviceChoice
from app.services.events import Event
from app.services.ports import RemoteMedia
from app.wire.talk import MediaState, Talk

NO_DEVICES = DeviceChoice(camera=None, microphone=None, loudspeaker=None)


class OwnSide:
    """Remembers what the counsellor wants and brings the call to it."""

    def __init__(self, send: Callable[[Talk], object], devices: DeviceChoice) -> None:
        self.changed: Event[RemoteMedia] = Event()
        self._send = send
        self._call: Call | None = None
        self._media = RemoteMedia()
        self._devices = devices
        self._dark = False

    @property
    def media(self) -> RemoteMedia:
        """The switches as the counsellor set them."""
        return self._media

    @property
    def devices(self) -> DeviceChoice:
        """What a call may open at the moment: none while dark."""
        return NO_DEVICES if self._dark else self._devices

    def use(self, call: Call) -> None:
        """A call that was just opened with `devices`."""
        self._call = call
        self._switch()

    def release(self) -> None:
        """The call is closed; nothing is switched or said any more."""
        self._call = None

    def set(self, microphone: bool | None = None, camera: bool | None = None) -> None:
        """Turn a switch; None leaves it."""
        media = RemoteMedia(self._media.microphone if microphone is None else microphone, self._media.camera if camera is None else camera)
        if media != self._media:
            self._media = media
            self._switch()
            self.changed.announce(media)

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
        self._switch()

    def tell(self) -> None:
        """Say on the channel what our switches stand at."""
        self._send(MediaState(microphone=self._media.microphone and not self._dark, camera=self._media.camera and not self._dark))

    def _switch(self) -> None:
        if self._call is not None:
            self._call.set_microphone(self._media.microphone and not self._dark)
            self._call.set_camera(self._media.camera and not self._dark)
        self.tell()
