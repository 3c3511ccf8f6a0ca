"""One page of the browser, used as a person uses it: elements are found by selector, then clicked and typed into by real input events.

`evaluate` only looks; nothing here clicks by script. Imports nothing of `app` but `app.demo.cdp`.
"""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from app.demo.cdp import CdpConnection, CdpError

LOOK_EVERY_S = 0.05
REACH_S = 3.0
"""A person waits so long for what is just being laid out before they say that it cannot be reached."""

_POINT = """(() => {
  const element = document.querySelector(%s);
  if (!element) return {why: "there is no such element"};
  element.scrollIntoView({block: "center", inline: "center", behavior: "instant"});
  const box = element.getBoundingClientRect();
  if (!box.width || !box.height) return {why: "it is not shown"};
  if (element.matches(":disabled, [aria-disabled=true]")) return {why: "it is disabled"};
  const x = box.left + box.width / 2, y = box.top + box.height / 2;
  const top = document.elementFromPoint(x, y);
  if (top && (element.contains(top) || top.contains(element))) return {x, y};
  const over = top ? `<${top.tagName.toLowerCase()} id="${top.id}" class="${top.className}">` : "the edge of the page";
  return {why: `${over} lies over it at ${Math.round(x)}, ${Math.round(y)}`};
})()"""


class PageError(Exception):
    """A page does not show, or does not do, what was expected; the text says what. For us."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key with what the protocol wants to know of it."""

    name: str
    """`KeyboardEvent.key`."""
    code: int
    """Windows virtual key code, which decides what the key does."""
    text: str = ""


ENTER = Key("Enter", 13, "\r")
TAB = Key("Tab", 9)


class Page:
    """A tab. Made by `Browser.new_page`."""

    def __init__(self, cdp: CdpConnection, session: str, target: str) -> None:
        self._cdp = cdp
        self._session = session
        self._target = target

    async def prepare(self, scripts: Sequence[str]) -> None:
        """Switch the needed domains on and install the scripts."""
        await self.send("Page.enable")
        await self.send("Runtime.enable")
        for script in scripts:
            await self.send("Page.addScriptToEvaluateOnNewDocument", {"source": script})

    async def send(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """One command of the protocol for this page. Raises CdpError."""
        return await self._cdp.send(method, params, self._session)

    def on(self, method: str, handler: Callable[[dict[str, Any]], None]) -> None:
        """Call `handler` for each such event of this page."""
        self._cdp.on(method, handler, self._session)

    async def open(self, address: str) -> None:
        """Type the address and press enter, so to say; returns when the document arrived. Raises PageError."""
        result = await self.send("Page.navigate", {"url": address})
        if "errorText" in result:
            raise PageError(f"the page did not open: {result['errorText']}")
        await self.wait_for("document.readyState === 'complete'")

    async def reload(self) -> None:
        """The browser's reload key; returns when the new document arrived."""
        await self.evaluate("window.__old = true")
        await self.send("Page.reload")
        await self.wait_for("!window.__old && document.readyState === 'complete'")

    async def evaluate(self, expression: str) -> Any:
        """The JSON value of an expression, awaited if it is a promise. Raises PageError if it throws."""
        result = await self.send("Runtime.evaluate", {"expression": expression, "awaitPromise": True, "returnByValue": True})
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise PageError(str(details.get("exception", {}).get("description", details.get("text"))))
        return result["result"].get("value")

    async def wait_for(self, condition: str, seconds: float = 10.0) -> Any:
        """Look until the expression is true and give its value. Raises PageError after `seconds`."""
        end = time.monotonic() + seconds
        while True:
            try:
                value = await self.evaluate(condition)
            except CdpError:  # the document is being replaced at this moment
                value = None
            if value:
                return value
            if time.monotonic() > end:
                raise PageError(f"not within {seconds:.0f} s: {condition}")
            await asyncio.sleep(LOOK_EVERY_S)

    async def wait_shown(self, selector: str, seconds: float = 10.0) -> None:
        """Wait until the element takes up room on the page and nothing lies over it."""
        await self.wait_for(f"'x' in {_POINT % json.dumps(selector)}", seconds)

    async def click(self, selector: str) -> None:
        """Move the mouse to the middle of the element, press and release. Raises PageError if it cannot be reached within `REACH_S`."""
        end = time.monotonic() + REACH_S
        while "why" in (point := await self.evaluate(_POINT % json.dumps(selector))):
            if time.monotonic() > end:
                raise PageError(f"cannot click {selector}: {point['why']}")
            await asyncio.sleep(LOOK_EVERY_S)
        where = {"x": point["x"], "y": point["y"]}
        await self.send("Input.dispatchMouseEvent", {"type": "mouseMoved", **where})
        press = {"button": "left", "buttons": 1, "clickCount": 1, **where}
        await self.send("Input.dispatchMouseEvent", {"type": "mousePressed", **press})
        await self.send("Input.dispatchMouseEvent", {"type": "mouseReleased", **press})

    async def type(self, text: str) -> None:
        """Press one key after the other."""
        for letter in text:
            await self.press(Key(letter, 0, letter))

    async def press(self, key: Key) -> None:
        """Press and release one key."""
        event = {"key": key.name, "windowsVirtualKeyCode": key.code, "text": key.text}
        await self.send("Input.dispatchKeyEvent", {"type": "keyDown" if key.text else "rawKeyDown", **event})
        await self.send("Input.dispatchKeyEvent", {"type": "keyUp", "key": key.name, "windowsVirtualKeyCode": key.code})

    async def text(self, selector: str) -> str:
        """What the element reads; empty if it is not there."""
        return str(await self.evaluate(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''"))

    async def screenshot(self) -> bytes:
        """The visible part as PNG."""
        result = await self.send("Page.captureScreenshot", {"format": "png"})
        return base64.b64decode(result["data"])

    async def size(self, width: int, height: int, mobile: bool = False) -> None:
        """Show the page in a window of that size, CSS pixels."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile}
        await self.send("Emulation.setDeviceMetricsOverride", metrics)

    async def close(self) -> None:
        """Close the tab."""
        await self._cdp.send("Target.closeTarget", {"targetId": self._target})
