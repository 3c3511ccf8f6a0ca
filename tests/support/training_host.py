"""Runs a whole training without hands and tells of it on stdout: invites, rehearses, waits, talks, drops out, ends, and resets once.

For tests that look from outside at what leaves the machine. One line of JSON: what came about, and every address that was listened on.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

import app.application
from app.application import configure_logs, make_application
from app.services.training.client import ClientState
from app.services.training.samples import TO_PHONE
from app.training import Group, group_training
from app.ui import qt_loop
from app.ui.appointment.model import AGREEMENT_VERSION

PATIENCE_S = 60.0


async def until(happened: Callable[[], object]) -> None:
    """Or fail."""
    end = time.monotonic() + PATIENCE_S
    while not happened():
        if time.monotonic() > end:
            raise TimeoutError
        await asyncio.sleep(0.02)


def listened_on() -> list[str]:
    """By this program and its server, TCP."""
    own = psutil.Process()
    processes = [own, *own.children(recursive=True)]
    found = [c for process in processes for c in process.net_connections("tcp") if c.status == psutil.CONN_LISTEN]
    return sorted({c.laddr.ip for c in found})


async def invite(group: Group) -> int:
    """The appointment that is phoned; gives how many mails came to the training's own post office."""
    book = group.program.services.book
    assert book is not None
    await book.agree(TO_PHONE, AGREEMENT_VERSION)
    await book.invite(TO_PHONE)
    mails = group.windows.control.mails
    await until(lambda: mails.list.count() > 0)
    return mails.list.count()


async def talk(group: Group, told: dict[str, object]) -> None:
    """From the link to the goodbye."""
    training, shell = group.training, group.program.shell
    client = training.client
    await until(lambda: training.rooms)
    room = training.rooms[0]
    training.rehearse(room)
    training.arrive(room)
    await until(lambda: client.state is ClientState.WAITING and client.reached and shell.agenda.waiting)
    shell.main.admit_first()
    await until(lambda: shell.calls)
    session = group.program.services.desk.session(room.room)
    assert session is not None
    await until(lambda: session.remote_picture.newest()[1] is not None and client.media.seen.newest()[1] is not None)
    await until(lambda: session.stats().played_energy > 0)
    await until(lambda: client.talk.words)
    training.drop_out()
    await until(lambda: session.state.value == "recovering")
    training.come_back()
    await until(lambda: session.state.value == "running")
    told["listened_on"] = listened_on()
    tops = [window.layout().itemAt(0).widget() for window in (shell.main, *shell.calls.values())]
    told["marked"] = all("Schulung" in top.accessibleName() for top in tops)
    session.end_now()
    await until(lambda: client.state is ClientState.OVER)
    told["talked"] = True


def no_policy() -> None:
    """What IT prescribes for the real program is not even looked at."""

    def looked_at() -> dict[str, object]:
        raise AssertionError("the policy was read")

    app.application.read_policy = looked_at  # type: ignore[assignment]


async def brief() -> int:
    """One conversation, and that is all."""
    told: dict[str, object] = {}
    async with group_training(application, "de") as group:
        await talk(group, told)
    print(json.dumps(told), flush=True)
    return 0


async def main() -> int:
    told: dict[str, object] = {}
    folders: list[Path] = []
    ids: list[set[str]] = []
    for turn in range(2):
        async with group_training(application, "de") as group:
            folders.append(group.folder)
            await group.program.services.opening
            book = group.program.services.book
            assert book is not None
            ids.append({a.access.token for a in await book.between(0, 2**33) if a.access is not None})
            if turn == 0:
                told["mails"] = await invite(group)
                await talk(group, told)
    told["folders_left"] = sum(folder.exists() for folder in folders)
    told["fresh"] = not ids[0] & ids[1] and bool(ids[1])
    print(json.dumps(told), flush=True)
    return 0


if __name__ == "__main__":
    configure_logs()
    no_policy()
    application = make_application()
    sys.exit(qt_loop.run(application, brief if "brief" in sys.argv[1:] else main))
