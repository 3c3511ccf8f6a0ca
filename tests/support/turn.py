"""A real relay for tests: Debian's coturn on the loopback. Peers on the loopback are allowed here and nowhere else."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from app.wire.common import IceServer

USER, PASSWORD = "client", "only-for-this-test"
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Relay:
    """Where it listens, over UDP and TCP."""

    port: int

    def server(self, transport: str = "udp", port: int | None = None, password: str = PASSWORD) -> IceServer:
        """As a site configures it; at another port where something stands in between."""
        return IceServer(urls=[f"turn:{LOOPBACK}:{port or self.port}?transport={transport}"], username=USER, credential=password)


@contextlib.asynccontextmanager
async def coturn(folder: Path) -> AsyncIterator[Relay]:
    """Runs as long as the block."""
    port = _free_port()
    words = (
        *("turnserver", "-n", "--no-cli", "--no-tls", "--no-dtls", "--allow-loopback-peers", "--lt-cred-mech", "--log-file", "stdout"),
        *("--realm", "test", "--user", f"{USER}:{PASSWORD}", "--listening-ip", LOOPBACK, "--relay-ip", LOOPBACK),
        *("--listening-port", str(port), "--userdb", str(folder / "turn.db"), "--pidfile", str(folder / "turn.pid")),
    )
    log = await asyncio.to_thread((folder / "turn.log").open, "wb")
    process = await asyncio.create_subprocess_exec(*words, stdout=log, stderr=log, cwd=folder, env={**os.environ, "HOME": str(folder)})
    try:
        await _listens(port, process)
        yield Relay(port)
    finally:
        process.terminate()
        await process.wait()
        log.close()


def _free_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as one:
        return int(one.getsockname()[1])


async def _listens(port: int, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(10):
        while True:
            assert process.returncode is None, "coturn ended"
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection(LOOPBACK, port)
                writer.close()
                await writer.wait_closed()
                return
            await asyncio.sleep(0.02)
