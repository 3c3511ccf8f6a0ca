"""Tells the person when the program's own server cannot start, or the agency's servers are slow. Imports services' ports and
`app.ui.messages` only."""

from __future__ import annotations

from app.services.embedded_server import EmbeddedServer, ServerState
from app.services.link_port import Link
from app.ui.messages import Messages

_SENTENCES = {
    "port-taken": "app.server.port-taken",
    "settings": "app.server.wrong-settings",
    "database": "app.server.database",
}


def server_sentence(problem: str | None) -> str:
    """Catalogue key for the code with which the server gave up; a general one where it said none that we know."""
    return _SENTENCES.get(problem or "", "app.server.other")


def tell_of_server(server: EmbeddedServer, messages: Messages) -> None:
    """From now on say it each time the server begins to fail. What it recovers from by itself is not worth a sentence."""

    def follow(state: ServerState) -> None:
        if state is ServerState.FAILING:
            messages.tell(server_sentence(server.problem))

    server.changed.subscribe(follow)


def tell_of_delay(link: Link, messages: Messages) -> None:
    """From now on say it when the agency's servers hear late of each other, and when that is over."""
    link.delayed.subscribe(lambda delayed: messages.tell("app.servers.delayed" if delayed else "app.servers.prompt"))
