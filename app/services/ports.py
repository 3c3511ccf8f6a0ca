"""What the window sees of the services: records, enums and two protocols. No Qt, no aiortc, no websockets.

Everything here is called and announced on the desktop's one asyncio loop (the Qt thread). Methods that start work return at once;
the result is seen in the records and told by an event. Implementations: `app.services.desk` and `app.services.session`; honest
fakes for window tests: `app.services.fakes`.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Protocol

from app.domain.line import LineVerdict
from app.media.ports import CallStats, DeviceChoice, DeviceKind, DeviceTrouble, FrameSlot, I420Frame, ScreenSource
from app.services.desk_records import OPEN_AFTER_S, Arrival, Parted, RoomEntry, RoomOffer, SeatEntry
from app.services.events import Event
from app.services.session_records import ChatLine, Delivery, RemoteMedia, SafetyWords, SessionState, WordsState
from app.wire.messages import Notice

__all__ = [
    "OPEN_AFTER_S",
    "SESSION_RUNS",
    "Arrival",
    "ChatLine",
    "Delivery",
    "Desk",
    "LinkState",
    "Parted",
    "RemoteMedia",
    "RoomEntry",
    "RoomOffer",
    "SafetyWords",
    "SeatEntry",
    "Session",
    "SessionState",
    "WordsState",
]

SESSION_RUNS = "app.refused.session-runs"
"""Key of the catalogue: nobody is let in beside a conversation that runs."""


class LinkState(enum.Enum):
    """The control link to the server."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    LOST = "lost"
    """Tries again by itself."""
    REFUSED = "refused"
    """The server does not accept this workstation, or is not the one it should be; needs a person."""


class Desk(Protocol):
    """The counsellor's day: rooms, who waits, the link to the server."""

    rooms_changed: Event[Sequence[RoomEntry]]
    arrived: Event[Arrival]
    parted: Event[Parted]
    link_changed: Event[LinkState]
    refused: Event[str]
    """A command that the server refused; the value is a key of the catalogue (`app.refused.CODE`), or SESSION_RUNS."""
    taken_over: Event[str]
    """A deputy took this room over at the server, and nobody had handed it over here. It is not listed any more."""

    @property
    def rooms(self) -> Sequence[RoomEntry]:
        """By start time; an offered one enters on its day, and one whose time is over leaves (see OPEN_AFTER_S)."""
        ...

    @property
    def link(self) -> LinkState: ...

    @property
    def only_demonstration(self) -> bool:
        """True while `public_url` is loopback or private: nobody outside can open a link."""
        ...

    def create_now(self, title: str, language: str, minutes: int, save_data: bool = False) -> RoomEntry:
        """A Sofort-Termin: starts now, its waiting room is open at once."""
        ...

    def offer(self, rooms: Sequence[RoomOffer]) -> None:
        """From now on these are all rooms of the appointment book. New ones are opened, changed ones follow; what was offered before and
        is missing is withdrawn: its link is dead and who is in it is out. A room that is over stays over; rooms of `create_now` are
        not touched."""
        ...

    def hand_over(self, room: str) -> None:
        """A deputy goes on with this room: it is not listed here any more, and stays at the server until the deputy has it there, also
        when it is not offered any more. A room in which somebody talks, or that is gone, is passed over."""
        ...

    def revoke(self, room: str) -> None:
        """Take the link back. A room whose time ran out meanwhile is passed over."""
        ...

    def remove(self, room: str, seat: str) -> None: ...

    def notify(self, room: str, seat: str, notice: Notice) -> None:
        """Tell a waiting person something."""
        ...

    @property
    def resumable(self) -> Sequence[RoomEntry]:
        """Rooms whose conversation ran when this program was last killed, and whose client's seat still stands; told by
        `rooms_changed`. `resume` or `admit` empties it."""
        ...

    def resume(self, room: str) -> Session | None:
        """Take the seat back: the session goes on with the client who is in it. None as for `admit`."""
        ...

    def admit(self, room: str, seat: str, replaces: str | None = None) -> Session | None:
        """Let the seat in and open the session. Admitting another device of a running session gives the same Session.

        One conversation at a time, or one client would hear what is said to the other: while a session of another room is not over,
        nobody is let in, `app.refused.session-runs` is told, and the result is None. Raises CallError if there are no media.
        """
        ...

    def session(self, room: str) -> Session | None:
        """The running session of that room."""
        ...


class Session(Protocol):
    """One conversation with one client."""

    state_changed: Event[SessionState]
    chat_changed: Event[Sequence[ChatLine]]
    words_changed: Event[SafetyWords]
    remote_media_changed: Event[RemoteMedia]
    own_media_changed: Event[RemoteMedia]
    verdict_changed: Event[LineVerdict]
    identity_changed: Event[bool]
    """The value of `identity_checked` from now on."""
    trouble: Event[tuple[DeviceKind, DeviceTrouble]]

    @property
    def room(self) -> RoomEntry: ...

    @property
    def state(self) -> SessionState: ...

    @property
    def chat(self) -> Sequence[ChatLine]: ...

    @property
    def words(self) -> SafetyWords: ...

    @property
    def remote_media(self) -> RemoteMedia: ...

    @property
    def own_media(self) -> RemoteMedia: ...

    @property
    def remote_picture(self) -> FrameSlot[I420Frame]: ...

    @property
    def own_picture(self) -> FrameSlot[I420Frame]: ...

    @property
    def remote_screen(self) -> FrameSlot[I420Frame]:
        """The screen that the client shows."""
        ...

    @property
    def verdict(self) -> LineVerdict:
        """One word on the line, from both sides' reports; `UNKNOWN` until two agree."""
        ...

    @property
    def identity_checked(self) -> bool:
        """True after the counsellor confirmed it in this session, until another device takes the seat over; stored nowhere."""
        ...

    def confirm_identity(self) -> None: ...

    def say(self, text: str) -> None:
        """Send one chat line (1 to 2000 characters; raises ValueError otherwise)."""
        ...

    def set_microphone(self, on: bool) -> None: ...

    def set_camera(self, on: bool) -> None: ...

    def choose_devices(self, choice: DeviceChoice) -> None: ...

    def pause(self, on: bool) -> None:
        """ "Kurze Pause": camera, microphone and a shared screen off, and back to where they stood before. The client sees a friendly
        hold. What is switched or shared meanwhile counts for the time after it."""
        ...

    def share_screen(self, source: ScreenSource | None) -> None:
        """Show a screen or window, in a new epoch if it needs one; None ends it. It ends by itself when the client begins to show
        theirs and when another device takes the seat; after a pause the same source is started again."""
        ...

    def stats(self) -> CallStats: ...

    def microphone_level(self) -> float: ...

    def go_on_by_phone(self) -> None:
        """ "Weiter per Telefon": as `end`, and the client's page says that the counsellor phones now."""
        ...

    def send_back(self) -> None:
        """The client returns to the waiting room; the session is over without the link being used up."""
        ...

    def end(self) -> None:
        """Media stop at once; the server is told after 10 s unless `undo_end` comes first."""
        ...

    def undo_end(self) -> None: ...

    def end_now(self) -> None:
        """Without the 10 s, for closing the program."""
        ...
