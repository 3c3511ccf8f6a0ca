"""The demonstration's browser, where it is not what is expected."""

from __future__ import annotations

import pytest

from app.demo.browser import Browser, BrowserError, BrowserMissing, find_browser


def test_a_browser_that_only_the_system_knows_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    known = {"msedge.exe": r"C:\Program Files (x86)\Microsoft\Edge\msedge.exe"}
    assert find_browser(known.get) == known["msedge.exe"]
    with pytest.raises(BrowserMissing):
        find_browser({}.get)


async def test_a_browser_that_is_gone_has_no_network_to_lose(monkeypatch: pytest.MonkeyPatch) -> None:
    browser = Browser()
    try:
        monkeypatch.setattr(browser, "_pid", 2**22 + 1)  # above the largest number that Linux gives
        with pytest.raises(BrowserError), browser.without_network():
            pass
    finally:
        await browser.close()
