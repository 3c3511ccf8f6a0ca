"""Debian's firefox-esr as a second browser: started with fake devices, driven over WebDriver BiDi (W3C), ended with all its children.

Playwright drives only a Firefox of its own, which Debian does not have; BiDi is JSON over a WebSocket, so this small driver suffices.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import re
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import websockets

FIREFOX = "/usr/bin/firefox-esr"
PREFERENCES: dict[str, bool | int | str] = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.autoplay.default": 0,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
    "media.gmp-manager.updateEnabled": False,
    "app.update.disabledForTesting": True,
    "app.normandy.enabled": False,
    "browser.aboutwelcome.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.getAddons.cache.enabled": False,
    "intl.accept_languages": "de-DE",
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.reportingpolicy.firstRun": False,
}
"""Fake camera and microphone without a question; nothing is fetched from anywhere."""
START_S = 60
ANSWER_S = 30
LISTENS = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
CLICK = "selector => { document.querySelector(selector).click(); }"


class BidiError(Exception):
    """Firefox refused a command, or what was waited for did not come."""


class Tab:
    """One tab of a running Firefox."""

    def __init__(self, socket: websockets.ClientConnection) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._context = ""

    async def open(self) -> None:
        """Begin the session; the first tab is this one."""
        await self.command("session.new", capabilities={})
        tree = await self.command("browsingContext.getTree")
        self._context = tree["contexts"][0]["context"]

    async def command(self, method: str, **params: Any) -> Any:
        """One command and its result; events in between are passed over."""
        number = next(self._numbers)
        await self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        async with asyncio.timeout(ANSWER_S):
            while True:
                message = json.loads(await self._socket.recv())
                if message.get("id") == number:
                    break
        if message["type"] == "error":
            raise BidiError(f"{method}: {message['error']}: {message['message']}")
        return message["result"]

    async def goto(self, address: str) -> None:
        await self.command("browsingContext.navigate", context=self._context, url=address, wait="interactive")

    async def call(self, function: str, *arguments: str, tapped: bool = False) -> Any:
        """Run a JavaScript function; gives its value if that is a text, a number or a truth. `tapped`: as if the person had tapped."""
        answer = await self.command(
            "script.callFunction",
            functionDeclaration=function,
            awaitPromise=True,
            arguments=[{"type": "string", "value": text} for text in arguments],
            target={"context": self._context},
            userActivation=tapped,
        )
        if answer["type"] == "exception":
            raise BidiError(answer["exceptionDetails"]["text"])
        return answer["result"].get("value")

    async def until(self, function: str, *arguments: str, seconds: float = 30.0) -> None:
        """Wait until the function says true."""
        end = time.monotonic() + seconds
        while await self.call(function, *arguments) is not True:
            if time.monotonic() > end:
                standing = await self.call("() => JSON.stringify({ ...document.querySelector('#page')?.dataset })")
                raise BidiError(f"not within {seconds:.0f} s: {function} {arguments}, the page stands at {standing}")
            await asyncio.sleep(0.1)

    async def at(self, state: str) -> None:
        """Wait until the page shows this screen."""
        await self.until("state => document.querySelector('#page')?.dataset.state === state", state)

    async def tap(self, selector: str) -> None:
        """Tap an element, once it is there."""
        await self.until("selector => document.querySelector(selector) !== null", selector)
        await self.call(CLICK, selector, tapped=True)


@contextlib.asynccontextmanager
async def firefox(profile: Path) -> AsyncIterator[Tab]:
    """A fresh Firefox without a window; `profile` is a folder that does not exist yet."""
    _prepare(profile)
    process = await asyncio.create_subprocess_exec(
        *(FIREFOX, "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port=0", "about:blank"),
        env=os.environ | {"HOME": str(profile), "MOZ_CRASHREPORTER_DISABLE": "1"},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        assert process.stderr is not None
        async with asyncio.timeout(START_S):
            address = await _address(process.stderr)
        drain = asyncio.create_task(process.stderr.read())
        async with websockets.connect(f"{address}/session", max_size=None, proxy=None) as socket:
            tab = Tab(socket)
            await tab.open()
            yield tab
        drain.cancel()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


def _prepare(profile: Path) -> None:
    profile.mkdir()
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in PREFERENCES.items()]
    (profile / "user.js").write_text("".join(lines), "utf-8")


async def _address(output: asyncio.StreamReader) -> str:
    """Where Firefox listens, as it says itself."""
    said = b""
    while line := await output.readline():
        said += line
        if found := LISTENS.search(line.decode("utf-8", "replace")):
            return found[1]
    raise BidiError(f"Firefox ended: {said[-500:]!r}")
