"""A Chromium of our own: found by name, with a fresh profile in a temporary folder, ended with all its children.

Imports nothing of `app` but `app.demo.cdp`. The flags keep the browser from calling anybody who was not asked for.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO

import psutil

from app.demo.again import part_command
from app.demo.cdp import CdpConnection, CdpError
from app.demo.page import Page
from app.demo.registered import registered_program

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge", "msedge")
"""Programs that speak the protocol, in the order in which they are tried."""

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup",  # pages behind the address bar: 0.7 s of a processor for each window
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--remote-debugging-port=0",
)

NETWORK_PROCESS = "network.mojom.NetworkService"
"""Stands in the command line of the one process that holds a Chromium's sockets, those of calls included."""
START_S = 30.0
END_S = 5.0


class BrowserMissing(Exception):
    """No such program on this machine. The person is told by the catalogue's `demo.error.no-browser`."""


class BrowserError(Exception):
    """The browser did not start, or ended by itself. For us."""


def find_browser(registered: Callable[[str], str | None] = registered_program) -> str:
    """The path of the first program found. Raises BrowserMissing."""
    for name in NAMES:
        path = shutil.which(name) or registered(f"{name}.exe")
        if path:
            return path
    raise BrowserMissing


class Browser:
    """The process and its protocol. Use as an async context manager; leaving it ends every process it started."""

    def __init__(self, extra_flags: Sequence[str] = (), window: tuple[int, int] = (1280, 800), hidden: bool = True) -> None:
        """`window` is its size, CSS pixels. `hidden` needs no display."""
        shown = ("--headless",) if hidden else ()
        self._flags = (*FLAGS, *shown, f"--window-size={window[0]},{window[1]}", *extra_flags)
        self._folder = tempfile.TemporaryDirectory(prefix="videoberatung-browser-", ignore_cleanup_errors=True)
        self._keeper: subprocess.Popen[bytes] | None = None
        self._pid: int | None = None
        self._log: IO[bytes] | None = None
        self._cdp: CdpConnection | None = None

    @property
    def pid(self) -> int:
        """The first process; the others are its children. Raises BrowserError before the start."""
        if self._pid is None:
            raise BrowserError("the browser has not been started")
        return self._pid

    async def __aenter__(self) -> Browser:
        try:
            await self._start()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    async def new_page(self, scripts: Sequence[str] = ()) -> Page:
        """An empty page in which `scripts` run before every document's own."""
        if self._cdp is None:
            raise BrowserError("the browser has not been started")
        target = await self._cdp.send("Target.createTarget", {"url": "about:blank"})
        attached = await self._cdp.send("Target.attachToTarget", {"targetId": target["targetId"], "flatten": True})
        page = Page(self._cdp, attached["sessionId"], target["targetId"])
        await page.prepare(scripts)
        return page

    @contextlib.contextmanager
    def without_network(self) -> Iterator[None]:
        """Nothing gets out of the browser or into it until the end of the block: the process that does all its traffic stands still.

        Needs no rights on any system. No event tells the page, as where a router fails; what the system kept meanwhile arrives
        afterwards (`docs/decisions`). Raises BrowserError if there is no such process.
        """
        found = self._network_processes()
        if not found:
            raise BrowserError("the browser has no process of its own for the network")
        try:
            for process in found:
                process.suspend()
            yield
        finally:
            for process in found:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.resume()

    def _network_processes(self) -> list[psutil.Process]:
        try:
            children = psutil.Process(self.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []
        return [process for process in children if any(NETWORK_PROCESS in word for word in process.cmdline())]

    async def close(self) -> None:
        """Ask the browser to end, then make it. May be called twice."""
        if self._cdp is not None:
            cdp, self._cdp = self._cdp, None
            with contextlib.suppress(CdpError, TimeoutError):
                await asyncio.wait_for(cdp.send("Browser.close"), END_S)
            await cdp.close()
        if self._keeper is not None:
            await asyncio.to_thread(_end, self._keeper)
        if self._log is not None:
            self._log.close()
        await asyncio.to_thread(self._folder.cleanup)

    async def _start(self) -> None:
        profile = Path(self._folder.name) / "profile"
        await asyncio.to_thread(self._spawn, [find_browser(), *self._flags, f"--user-data-dir={profile}", "about:blank"])
        self._cdp = await CdpConnection.open(await self._address(profile / "DevToolsActivePort"))

    def _spawn(self, command: list[str]) -> None:
        """Start the browser below a keeper, which ends it with all its children when this process is gone."""
        self._log = (Path(self._folder.name) / "log").open("wb")
        self._keeper = subprocess.Popen(
            [*part_command("keeper"), *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log
        )
        line = self._keeper.stdout.readline() if self._keeper.stdout is not None else b""
        if not line.strip().isdigit():
            raise BrowserError("the browser could not be started")
        self._pid = int(line)

    async def _address(self, file: Path) -> str:
        """Where the browser listens. Raises BrowserError if it ended, or says nothing in time."""
        end = time.monotonic() + START_S
        while time.monotonic() < end:
            if self._keeper is not None and self._keeper.poll() is not None:
                raise BrowserError(f"the browser ended with status {self._keeper.returncode}")
            address = _read_address(file)
            if address:
                return address
            await asyncio.sleep(0.02)
        raise BrowserError(f"the browser did not listen within {START_S:.0f} s")


def _read_address(file: Path) -> str | None:
    """Chromium writes port and path into this file once it listens."""
    lines = file.read_text("ascii").split() if file.exists() else []
    return f"ws://127.0.0.1:{lines[0]}{lines[1]}" if len(lines) == 2 else None


def _end(keeper: subprocess.Popen[bytes]) -> None:
    """Give the browser time to end by itself, then let the keeper kill what is left."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        keeper.wait(END_S)
    for pipe in (keeper.stdin, keeper.stdout):
        if pipe is not None:
            pipe.close()
    keeper.wait()
