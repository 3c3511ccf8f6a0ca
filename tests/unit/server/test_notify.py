"""What systemd hears of a server: that it is ready, and that it stops."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

import pytest

from app.server import notify

ROOT = Path(__file__).parents[3]


async def test_a_server_tells_when_it_is_ready_and_when_it_stops(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(str(tmp_path / "notify"))
        channel.setblocking(False)
        told = asyncio.get_running_loop()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-W", "error", "-m", "app.server", "serve"),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=ROOT,
            env={**os.environ, "VB_DATA_DIR": str(tmp_path / "data"), "NOTIFY_SOCKET": str(tmp_path / "notify")},
        )
        try:
            async with asyncio.timeout(60):
                assert await told.sock_recv(channel, 100) == b"READY=1"
                process.send_signal(signal.SIGTERM)
                assert await told.sock_recv(channel, 100) == b"STOPPING=1"
                assert await process.wait() == 0
        finally:
            if process.returncode is None:
                process.kill()


@pytest.mark.parametrize("address", ["", "/nowhere/at/all", "@nobody-listens"])
def test_nobody_who_listens_is_no_trouble(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    notify.tell(notify.READY)
