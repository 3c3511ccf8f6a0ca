"""A page of a test in real Chromium, served over HTTP on this machine."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.support.chromium import FAKE_DEVICES, chromium

HERE = Path(__file__).parent
SCRIPTS = ("offerer.js", "screen.js")
PAGE = "<!doctype html><title>test</title><video autoplay playsinline muted></video>"


class Files(http.server.SimpleHTTPRequestHandler):
    """Silent."""

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  the base's name
        pass


@pytest.fixture
def origin(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "index.html").write_text(PAGE + "".join(f"<script src={name}></script>" for name in SCRIPTS), "utf-8")
    for name in SCRIPTS:
        (tmp_path / name).write_bytes((HERE / name).read_bytes())
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Files, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
async def page(origin: str) -> AsyncIterator[Page]:
    async with chromium(FAKE_DEVICES, "--use-fake-ui-for-media-stream") as browser:
        page = await browser.new_page()
        await page.goto(origin)
        yield page
