"""Tells the person when the program's own server cannot start, or the agency's is away, refuses us or is slow. Imports services' ports
and `app.ui.messages` only."""

from __future__ import annotations

from app.services.agency.ports import AgencyDoor
from app.services.agency.remote_server import NOT_ENROLLED, REVOKED, SIGN_IN_OVER
from app.services.link_port import Link, LinkTrouble
from app.services.local_time import wall_of
from app.services.server_port import Server, ServerState
from app.ui.messages import Messages

_SENTENCES = {
    "port-taken": "app.server.port-taken",
    "settings": "app.server.wrong-settings",
    "database": "app.server.database",
    LinkTrouble.AWAY.value: "app.agency.notice.away",
    LinkTrouble.CERTIFICATE.value: "app.agency.notice.certificate",
    LinkTrouble.CLOCK.value: "app.agency.notice.clock",
    LinkTrouble.OTHER_SERVER.value: "app.agency.notice.other-server",
    LinkTrouble.TAKEN_OVER.value: "app.agency.notice.taken-over",
    NOT_ENROLLED: "app.agency.notice.not-enrolled",
    REVOKED: "app.agency.notice.revoked",
    SIGN_IN_OVER: "app.agency.notice.sign-in-over",
}


def server_sentence(problem: str | None) -> str:
    """Catalogue key for why the server is failing; a general one where nothing is said that we know."""
    return _SENTENCES.get(problem or "", "app.server.other")


def tell_of_server(server: Server, messages: Messages) -> None:
    """From now on say it each time the server begins to fail, and that one of the agency is reached again. What it recovers from by itself
    at once is not worth a sentence."""
    if server.state is ServerState.FAILING:
        messages.tell(server_sentence(server.problem))
    told = [server.problem]

    def follow(state: ServerState) -> None:
        if state is ServerState.FAILING:
            messages.tell(server_sentence(server.problem))
        elif state is ServerState.READY and told[0] == LinkTrouble.AWAY.value:
            messages.tell("app.agency.notice.back")
        told[0] = server.problem

    server.changed.subscribe(follow)


def tell_of_place(door: AgencyDoor, messages: Messages) -> None:
    """From now on say it when the agency's server says something else of this workstation, and in time before a sign-in ends."""
    door.moved.subscribe(lambda _server: messages.tell("app.agency.notice.moved"))
    door.ends_soon.subscribe(lambda until: messages.tell("app.signin.ends-soon", hour=f"{wall_of(until):%H:%M}"))


def tell_of_delay(link: Link, messages: Messages) -> None:
    """From now on say it when the agency's servers hear late of each other, and when that is over."""
    link.delayed.subscribe(lambda delayed: messages.tell("app.servers.delayed" if delayed else "app.servers.prompt"))
