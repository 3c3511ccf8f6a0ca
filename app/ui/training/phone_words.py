"""What stands on the client's telephone, in the words of the real page. Imports texts and the services' training only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.services.training.client import ClientState, SimulatedClient
from app.texts import Texts


@dataclass(frozen=True, slots=True)
class PhoneScreen:
    """One screen."""

    title: str
    lines: tuple[str, ...] = ()
    """Paragraphs, or what was written in the chat."""
    buttons: tuple[str, ...] = ()
    """The first is the large one."""
    room: bool = False
    """The counsellor's picture stands above."""


def phone_screen(client: SimulatedClient, page: Texts, phone: str, words: Callable[[tuple[int, ...]], str]) -> PhoneScreen:
    """`page` are the texts of the page, `phone` is the agency's number, `words` names the safety words of these indices."""
    match client.state:
        case ClientState.AWAY:
            return PhoneScreen(page("page.welcome.title"), (page("page.welcome.voluntary"),), (page("page.welcome.agree"),))
        case ClientState.ARRIVING:
            return PhoneScreen(page("page.waiting.joining"))
        case ClientState.WAITING:
            return _waiting(client, page, phone)
        case ClientState.DROPPED:
            return PhoneScreen(page("page.waiting.lost"))
        case ClientState.OVER:
            return PhoneScreen(page("page.ended.title"), (page("page.ended.what"), page("page.goodbye.devices")))
        case ClientState.IN_ROOM:
            return _room(client, page, words)


def _waiting(client: SimulatedClient, page: Texts, phone: str) -> PhoneScreen:
    news = page("page.waiting.reached") if client.reached else page("page.waiting.unreached", phone=phone)
    lines = (news, page("page.waiting.stay"))
    return PhoneScreen(page("page.waiting.title"), lines, (page("page.waiting.knock"), page("page.waiting.leave")))


def _room(client: SimulatedClient, page: Texts, words: Callable[[tuple[int, ...]], str]) -> PhoneScreen:
    talk = client.talk
    lines = [words(talk.words)] if talk.words else [page("page.room.connecting")]
    if not talk.counsellor.camera:
        lines.append(page("page.room.peer-camera-off"))
    lines += talk.lines[-3:]
    return PhoneScreen(page("page.room.title"), tuple(lines), (page("page.room.leave"),), room=True)
