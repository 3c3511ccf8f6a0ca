"""The server as a child process of the program: started, watched, started again. Of `app` it imports events, its port, the process.

A thread watches the child, because child watching in qasync leans on the loop's own support, which differs between systems. The
child hears one line on stdin and ends when stdin ends; so it also ends when this program is killed (PROTOCOL.md, section 6).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import IO

import structlog

from app.services import server_process
from app.services.events import Event
from app.services.server_port import ServerState

_log = structlog.get_logger(__name__)

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 15.0
STEADY_S = 10.0
"""A child that lived that long did not die of its start; the pauses begin anew."""
START_WITHIN_S = 30.0
"""A child that has not said `ready` by then is ended and started again."""


@dataclass(frozen=True, slots=True)
class ServerPlan:
    """What the child is told on stdin."""

    workstation_key: str
    """Public key of this workstation."""
    bind_host: str
    """Address of the client's side."""
    public_port: int
    control_port: int
    public_url: str
    """What links start with; the server allows its host."""
    data_dir: str
    label: str
    phone: str
    languages: Sequence[str]
    """Of the page, German first."""
    site: str = "jobcenter"
    """Whose answers to the survey are counted."""
    trusted_proxies: Sequence[str] = ()
    """Addresses whose X-Forwarded-For is believed."""
    turn_urls: Sequence[str] = ()
    turn_secret_file: str | None = None
    """Of the agency's relay; the secret itself never passes through here."""
    relay_only: Sequence[str] = ("counsellor",)
    """Whose packets go through that relay alone."""
    training: bool = False
    """Everything there is invented: nothing of it is counted."""
    code_key: str | None = field(default=None, repr=False)
    """Seals the dictatable codes in the server's database (32 bytes, base64url). None lets the server keep one in its data folder."""


@dataclass(frozen=True, slots=True)
class ReadyServer:
    """What the child says on its ready line."""

    public_port: int
    control_port: int
    server_key: str


class EmbeddedServer:
    """Keeps one child alive between `start` and `close`. Events come on the loop."""

    def __init__(self, plan: ServerPlan, command: Sequence[str] | None = None, first: subprocess.Popen[bytes] | None = None) -> None:
        """`first` is a child that was started already (`server_process.early_server`) and waits for its plan."""
        self.changed: Event[ServerState] = Event()
        self.ready: Event[ReadyServer] = Event()
        self._input = (json.dumps(asdict(plan)) + "\n").encode()
        self._command = list(command or server_process.server_command())
        self._first = first
        self._state = ServerState.STARTING
        self._problem: str | None = None
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._watcher = threading.Thread(target=self._watch, name="embedded-server", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def state(self) -> ServerState:
        return self._state

    @property
    def problem(self) -> str | None:
        """The stable code with which the last child gave up (`port-taken`, `settings`), or None."""
        return self._problem

    @property
    def pid(self) -> int | None:
        """Of the running child; for the bench and for tests."""
        child = self._child
        return child.pid if child is not None and child.poll() is None else None

    def start(self) -> None:
        """Start the first child; `ready` tells when it listens."""
        self._loop = asyncio.get_running_loop()
        self._watcher.start()

    async def close(self) -> None:
        """End the child and wait for it, at most 10 s."""
        self._stopping.set()
        if self._watcher.is_alive():
            await asyncio.to_thread(self._end_child)
        self._set_state(ServerState.STOPPED)

    # ---- on the watcher's thread

    def _watch(self) -> None:
        fails = 0
        while not self._stopping.is_set():
            started = time.monotonic()
            was_ready = self._run_child()
            if self._stopping.is_set():
                break
            fails = 0 if was_ready and time.monotonic() - started > STEADY_S else fails + 1
            _log.warning("server.died", was_ready=was_ready, fails=fails)
            self._tell(self._set_state, ServerState.RESTARTING if was_ready or fails < 3 else ServerState.FAILING)
            self._stopping.wait(min(FIRST_PAUSE_S * 2 ** max(0, fails - 1), LONGEST_PAUSE_S))

    def _run_child(self) -> bool:
        """One life of a child; True if it got ready."""
        try:
            child = self._first or server_process.spawn(self._command)
        except OSError as error:
            _log.error("server.not_startable", error=type(error).__name__)
            return False
        self._first = None
        with self._lock:
            self._child = child
        errors = threading.Thread(target=_forward_log, args=(child.stderr,), name="embedded-server-log", daemon=True)
        errors.start()
        was_ready = self._listen(child)
        child.wait()
        errors.join()
        for pipe in (child.stdin, child.stdout, child.stderr):
            with contextlib.suppress(OSError):
                pipe.close()  # type: ignore[union-attr]
        return was_ready

    def _listen(self, child: subprocess.Popen[bytes]) -> bool:
        """Say the plan, wait for the ready line, then read on until the child ends."""
        assert child.stdin is not None  # noqa: S101 - Popen was given pipes; this is for the type checker
        assert child.stdout is not None  # noqa: S101 - as above
        deadline = threading.Timer(START_WITHIN_S, child.kill)
        deadline.daemon = True
        deadline.start()
        was_ready = False
        try:
            with contextlib.suppress(BrokenPipeError):  # it gave up at once; what it said is still to be read
                self._tell_plan(child, child.stdin)
            for line in child.stdout:
                said = _first_line(line)
                if isinstance(said, ReadyServer):
                    was_ready = True
                    deadline.cancel()
                    self._tell(self._got_ready, said)
                elif said is not None:
                    self._tell(self._got_problem, said)
        except OSError as error:
            _log.warning("server.pipe_broken", error=type(error).__name__)
        finally:
            deadline.cancel()
        return was_ready

    def _tell_plan(self, child: subprocess.Popen[bytes], stdin: IO[bytes]) -> None:
        """Unless `close` was quicker: a child without a plan would complain of it."""
        with self._lock:
            if self._stopping.is_set():
                child.kill()
            else:
                stdin.write(self._input)
                stdin.flush()

    def _tell(self, what: Callable[..., None], *values: object) -> None:
        assert self._loop is not None  # noqa: S101 - `start` set it before the thread ran
        with contextlib.suppress(RuntimeError):  # the loop has closed: nobody is left to hear
            self._loop.call_soon_threadsafe(what, *values)

    # ---- on a helper thread of `close`

    def _end_child(self) -> None:
        with self._lock:
            child = self._child
            if child is not None:
                with contextlib.suppress(OSError):
                    child.stdin.close()  # type: ignore[union-attr]
        if child is not None and not server_process.end(child):
            _log.warning("server.killed_at_end")
        self._watcher.join(server_process.END_WITHIN_S)

    # ---- on the loop

    def _got_problem(self, code: str) -> None:
        self._problem = code

    def _got_ready(self, server: ReadyServer) -> None:
        if not self._stopping.is_set():
            self._problem = None
            self._set_state(ServerState.READY)
            self.ready.announce(server)

    def _set_state(self, state: ServerState) -> None:
        if state is not self._state and self._state is not ServerState.STOPPED:
            self._state = state
            self.changed.announce(state)


def _first_line(line: bytes) -> ReadyServer | str | None:
    """What the child says of its start: where it listens, or the code of what keeps it from that; None for anything else."""
    try:
        said = json.loads(line)
        if "failed" in said:
            _log.error("server.refused_to_start", code=str(said["failed"]["code"]), detail=str(said["failed"].get("detail")))
            return str(said["failed"]["code"])
        ready = said["ready"]
        return ReadyServer(int(ready["public_port"]), int(ready["control_port"]), str(ready["server_key"]))
    except (ValueError, KeyError, TypeError):
        return None


def _forward_log(pipe: IO[bytes] | None) -> None:
    """The child's log lines are structured and free of personal data by its own rule; they are passed on as they are."""
    for line in pipe or ():
        _log.info("server.log", line=line.decode("utf-8", "replace").rstrip())
