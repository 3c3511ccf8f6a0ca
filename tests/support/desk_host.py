"""A counsellor's program in a process of its own: real services, real server child, real engine with simulated devices.

    python desk_host.py PROFILE_FOLDER [--bind ADDRESS] [--public ADDRESS] [--settings JSON] [--window]

Without a window; with `--window` the whole program, its window on no screen, its secrets kept beside the profile as a system does it.

Reads one JSON command a line from stdin, answers each with one line on stdout: {"ok": …} or {"error": …}. Ends when stdin ends. In a
namespace of its own it is one end of `support.netns.Line`. `DeskProcess` is the tests' side of it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
ANSWER_S = 30.0
END_S = 20.0
LOOK_EVERY_S = 0.05


_ERROR = re.compile(r'\[(?:error|critical) |"level": "(?:error|critical)"|background work crashed|Traceback')
"""In a line of its log, its server's lines included."""


class DeskError(Exception):
    """The host refused a command, or is gone."""


class DeskProcess:
    """Starts the host and asks it. `prefix` is what runs it in a namespace."""

    def __init__(self, profile: Path, prefix: Sequence[str] = (), options: Sequence[str] = ()) -> None:
        self._command = [*prefix, sys.executable, __file__, str(profile), *options]
        self._log = profile.parent / "desk.log"
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> DeskProcess:
        await self.start()
        return self

    async def start(self) -> None:
        """Run the program, again after `kill`; comes back when its link stands."""
        pipe = asyncio.subprocess.PIPE
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(*self._command, stdin=pipe, stdout=pipe, stderr=log, env=environment)
        await self.until("link", lambda state: state == "connected", 60)

    async def kill(self) -> None:
        """As the system does it when memory runs out: no last word."""
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), END_S)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
            raise
        finally:
            said = self._log.read_text("utf-8", "replace")
            print(said, file=sys.stderr)
        errors = [line for line in said.splitlines() if _ERROR.search(line)]
        if error is None and errors:
            raise DeskError(f"the host logged errors: {errors}")

    async def ask(self, what: str, **values: Any) -> Any:
        """One command; gives its result. Raises DeskError."""
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": what, **values}).encode() + b"\n")
        line = await asyncio.wait_for(self._process.stdout.readline(), ANSWER_S)
        if not line:
            raise DeskError(f"{what}: the host is gone")
        answer = json.loads(line)
        if "error" in answer:
            raise DeskError(f"{what}: {answer['error']}")
        return answer["ok"]

    async def until(self, what: str, holds: Callable[[Any], Any], seconds: float = 20.0, **values: Any) -> Any:
        """Ask again and again until the answer satisfies; gives that answer. Raises DeskError."""
        end = time.monotonic() + seconds
        while True:
            answer = await self.ask(what, **values)
            if holds(answer):
                return answer
            if time.monotonic() > end:
                raise DeskError(f"{what}: not within {seconds:.0f} s, the last answer is {answer}")
            await asyncio.sleep(LOOK_EVERY_S)


class Pauses:
    """Between two pictures in a slot: the longest since the last question."""

    def __init__(self, slot: Any) -> None:
        self._last, self._longest = time.monotonic(), 0.0
        slot.watch(self._put)

    def longest(self) -> float:
        """Seconds. The one that lasts counts as well."""
        self._put()
        longest, self._longest = self._longest, 0.0
        return longest

    def _put(self) -> None:
        now = time.monotonic()
        self._last, self._longest = now, max(self._longest, now - self._last)


class Commands:
    """The host's side: each method is a command."""

    def __init__(self, services: Any) -> None:
        self._services = services
        self._desk = services.desk
        self._pauses: dict[str, Pauses] = {}

    def link(self) -> str:
        """The control link's state."""
        return str(self._desk.link.value)

    async def create(self, language: str = "de", save_data: bool = False) -> dict[str, str]:
        """A Sofort-Termin whose link the server knows: a browser may be quicker than a busy disk."""
        known: asyncio.Queue[str] = asyncio.Queue()
        unsubscribe = self._services.link.room_changed.subscribe(lambda state: known.put_nowait(state.room))
        entry = self._desk.create_now("", language, 30, save_data)
        while await known.get() != entry.room:
            pass
        unsubscribe()
        return {"room": entry.room, "link": entry.link}

    def seats(self, room: str) -> list[dict[str, Any]]:
        """The client seats of a room that are not over."""
        entry = next(e for e in self._desk.rooms if e.room == room)
        return [
            {"seat": s.seat, "state": s.state.value, "present": s.present, "other_device": s.other_device}
            for s in entry.seats
            if not s.state.is_over
        ]

    def admit(self, room: str, seat: str, replaces: str | None = None) -> None:
        self._desk.admit(room, seat, replaces)

    def session(self, room: str) -> dict[str, Any] | None:
        """State, words, chat and figures of the running session; None without one."""
        session = self._desk.session(room)
        if session is None:
            return None
        stats = session.stats()
        return {
            "state": session.state.value,
            "words": {"state": session.words.state.value, "words": list(session.words.words)},
            "chat": [{"text": line.text, "own": line.own, "delivery": line.delivery.value} for line in session.chat],
            "picture": _picture(session.remote_picture.newest()),
            "energy": stats.played_energy,
            "at": time.time() * 1000,
        }

    def longest_pause(self, room: str) -> float:
        """Seconds between two of the client's pictures, since the last question; the first one begins to count."""
        if room not in self._pauses:
            self._pauses[room] = Pauses(self._desk.session(room).remote_picture)
        return self._pauses[room].longest()

    def resumable(self) -> list[str]:
        """Rooms whose conversation ran when the program was killed."""
        return [entry.room for entry in self._desk.resumable]

    def say(self, room: str, text: str) -> None:
        self._desk.session(room).say(text)

    def send_back(self, room: str) -> None:
        self._desk.session(room).send_back()

    def end(self, room: str) -> None:
        self._desk.session(room).end_now()

    def works_with(self) -> str | None:
        """The name of the agency whose server is worked with; None for the program's own."""
        at_work = self._services.agency.at_work
        return None if at_work is None else at_work.label

    def server_pid(self) -> int | None:
        return self._services.server.pid


def _picture(newest: tuple[int, Any]) -> dict[str, Any]:
    from app.media.clock import read_clock

    number, frame = newest
    if frame is None:
        return {"number": number, "width": 0, "clock": None}
    return {"number": number, "width": frame.width, "clock": read_clock(frame.y)}


async def main(folder: Path, bind: str, public: str, further: dict[str, Any]) -> None:
    """Run the services and carry out commands until stdin ends."""
    from app.media.engine import AiortcEngine
    from app.services.host import services_running
    from app.services.keys import MemoryKeyStore
    from app.services.profile import Profile

    profile = Profile(folder)
    _settle(profile, bind, public, further)
    async with services_running(profile, AiortcEngine(), _crashed, MemoryKeyStore()) as services:
        await _obey(Commands(services))


async def _obey(commands: Any) -> None:
    while line := await asyncio.to_thread(sys.stdin.readline):
        message = json.loads(line)
        try:
            result = getattr(commands, message.pop("do"))(**message)
            answer = {"ok": await result if asyncio.iscoroutine(result) else result}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


def main_with_window(folder: Path, bind: str, public: str, further: dict[str, Any]) -> None:
    """The same with the whole program, on no screen."""
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QApplication

    from app.application import Options, make_application, program_running
    from app.demo.hands import Hands, named
    from app.paths import RESOURCES
    from app.services.profile import Profile
    from app.texts import Texts
    from app.ui import qt_loop
    from app.ui.agency.connect import ConnectDialog
    from app.ui.agency.joined import JoinedDialog

    application, texts = make_application(), Texts.load(RESOURCES / "i18n", "de", "app")
    _settle(Profile(folder), bind, public, further)

    class WithWindow(Commands):
        def __init__(self, program: Any) -> None:
            self.works_on(program)

        def works_on(self, program: Any) -> None:
            """From now on: the program that runs, or the one that ran last."""
            super().__init__(program.services)
            self._program = program

        async def join(self, address: str, code: str) -> None:
            """Through the windows, by keys alone: the code is pasted, and the program changes over at once."""
            hands, clipboard = Hands(), QApplication.clipboard()
            self._program.shell.chores.show_agency()
            await self._has_keyboard(ConnectDialog)
            await hands.type(address)
            await hands.press(Qt.Key.Key_Tab)
            clipboard.setText(code)
            await hands.press(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
            await hands.press(Qt.Key.Key_Return)
            await hands.wait_for(named(texts("app.agency.joined.now")), "success", 20)
            await self._has_keyboard(JoinedDialog)
            await hands.press(Qt.Key.Key_Return)

        async def _has_keyboard(self, kind: type) -> None:
            while not isinstance(QApplication.activeWindow(), kind):  # noqa: ASYNC110 - the window of no screen has no signal for it
                await asyncio.sleep(LOOK_EVERY_S)

        async def press(self, key: str) -> None:
            """The button that shows this text of the catalogue."""
            await Hands().click(named(texts(key)), key)

    async def run() -> int:
        commands, obeying, over = None, None, False
        while not over:
            again = asyncio.Event()
            async with program_running(
                application, Options(profile=folder), key_store=FileKeyStore(folder.parent / "keys.json")
            ) as program:
                program.shell.changed_over.connect(again.set)
                if commands is None:
                    commands = WithWindow(program)
                    obeying = asyncio.ensure_future(_obey(commands))
                commands.works_on(program)
                changing = asyncio.ensure_future(again.wait())
                await asyncio.wait([obeying, changing], return_when=asyncio.FIRST_COMPLETED)
                over = not changing.done()
                changing.cancel()
        await obeying
        return 0

    qt_loop.run(application, run)


class FileKeyStore:
    """Stands for the system's key store: what it is given is there after a restart."""

    lasting = True

    def __init__(self, file: Path) -> None:
        self._file = file

    def load(self, name: str) -> bytes | None:
        secret = self._all().get(name)
        return None if secret is None else bytes.fromhex(secret)

    def save(self, name: str, secret: bytes) -> None:
        self._file.write_text(json.dumps(self._all() | {name: secret.hex()}))

    def _all(self) -> dict[str, str]:
        return dict(json.loads(self._file.read_text())) if self._file.exists() else {}


def _settle(profile: Any, bind: str, public: str, further: dict[str, Any]) -> None:
    """Simulated devices, and the address under which the client finds the server."""
    import msgspec

    from app.media.catalogue import SYNTHETIC_CAMERA, SYNTHETIC_LOUDSPEAKER, SYNTHETIC_MICROPHONE
    from app.services.profile import Devices

    settings = profile.load()
    devices = Devices(camera=SYNTHETIC_CAMERA, microphone=SYNTHETIC_MICROPHONE, loudspeaker=SYNTHETIC_LOUDSPEAKER)
    settings = msgspec.structs.replace(settings, devices=devices, phone="0123 456789", **further)
    if bind:
        url = f"http://{public or bind}:{settings.public_port}"
        settings = msgspec.structs.replace(settings, bind_host=bind, public_url=url)
    profile.save(settings)


def _crashed(name: str, error: BaseException) -> None:
    print(f"background work crashed: {name}: {error!r}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("profile", type=Path)
    parser.add_argument("--bind", default="")
    parser.add_argument("--public", default="")
    parser.add_argument("--settings", type=json.loads, default={})
    parser.add_argument("--window", action="store_true")
    arguments = parser.parse_args()
    os.environ.setdefault("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    import structlog

    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    if arguments.window:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        main_with_window(arguments.profile, arguments.bind, arguments.public, arguments.settings)
    else:
        asyncio.run(main(arguments.profile, arguments.bind, arguments.public, arguments.settings))
