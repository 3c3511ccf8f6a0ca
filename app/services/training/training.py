"""One training for one group: what the trainer's windows see and do. Brings client, faults and desk together. No Qt."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.checks import Side
from app.media.ports import DeviceKind
from app.services.events import Event
from app.services.ports import Desk, RoomEntry
from app.services.tasks import Tasks
from app.services.training.client import ClientState, SimulatedClient
from app.services.training.faults import TrainingFaults
from app.services.training.reporting import rehearse
from app.services.training.script import ScriptStep
from app.services.training.way import way_of


class Training:
    """On the desktop's loop. `changed` is told whenever anything that the trainer sees is different."""

    def __init__(self, client: SimulatedClient, faults: TrainingFaults, desk: Desk, tasks: Tasks) -> None:
        self.changed: Event[None] = Event()
        self.client, self.faults = client, faults
        self.step = ScriptStep.PHONE_CALL
        """Where the demonstration stands."""
        self.speaking = True
        self._desk, self._tasks = desk, tasks
        self._cut_off = False
        self._unsubscribe = (
            client.changed.subscribe(lambda _state: self.changed.announce(None)),
            faults.changed.subscribe(self._follow),
            desk.rooms_changed.subscribe(lambda _rooms: self.changed.announce(None)),
        )

    # ---- the client

    @property
    def rooms(self) -> Sequence[RoomEntry]:
        """Into which a client can come."""
        return [room for room in self._desk.rooms if room.link and not room.over]

    def arrive(self, room: RoomEntry) -> None:
        """The client opens the link of that appointment and goes into the waiting room."""
        if self.client.state in (ClientState.AWAY, ClientState.OVER):
            self.client.arrive(room.link, room.language)

    def rehearse(self, room: RoomEntry) -> None:
        """The client tries their technology out, with whatever is wrong with it."""
        self._tasks.start("training-rehearsal", rehearse(room.link, self.faults.on(Side.CLIENT), self.faults.table))

    def knock(self) -> None:
        """Once more."""
        self._tasks.start("training-knock", self.client.knock())

    def speak(self, on: bool) -> None:
        """The client speaks, or is silent."""
        self.speaking = on
        self.client.media.speak(on)
        self._show_own_media()

    def say(self, text: str) -> None:
        """In the chat."""
        self.client.say(text)

    def drop_out(self) -> None:
        """The client's network goes."""
        self._tasks.start("training-drop-out", self.client.drop_out())

    def come_back(self) -> None:
        """And is there again."""
        self.client.come_back()

    def leave(self) -> None:
        """By a tap."""
        self._tasks.start("training-leave", self.client.leave())

    # ---- the script

    def go_to(self, step: ScriptStep) -> None:
        """The demonstration stands there."""
        self.step = step
        self.changed.announce(None)

    # ---- the end

    async def close(self) -> None:
        """The client goes; nothing is told any more."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        await self.client.close()

    # ---- faults

    def _follow(self, side: Side) -> None:
        self.client.media.roughen(way_of(self.faults.way))
        if side is Side.CLIENT:
            self._show_own_media()
            self._cut_or_mend()
        self.changed.announce(None)

    def _show_own_media(self) -> None:
        devices = self.faults.their_devices
        self.client.talk.own_media(
            microphone=devices.opening(DeviceKind.MICROPHONE) is None and self.speaking,
            camera=devices.opening(DeviceKind.CAMERA) is None,
        )

    def _cut_or_mend(self) -> None:
        cut, self._cut_off = self._cut_off, self.faults.client_cut_off
        if self._cut_off and not cut:
            self.drop_out()
        elif cut and not self._cut_off:
            self.come_back()
