"""No packet of an agency's server goes to a host that nobody configured (STANDARDS.md, item 27): PostgreSQL and Redis on sockets, the
clients on a line that is watched, and the default route leads there.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain.secrets import new_token
from tests.e2e.test_session_hosts import TO_ALL
from tests.support.netns import CLIENT_ADDRESS, COUNSELLOR_ADDRESS, Line
from tests.support.page_client import Appointment, PageClient, Workstation, public_key
from tests.support.postgres import Postgres
from tests.support.redis_server import RedisServer
from tests.support.relay_net import on_host

ROOT = Path(__file__).resolve().parents[2]
PORT, CONTROL_PORT = 8080, 8081
URL = f"http://{COUNSELLOR_ADDRESS}:{PORT}"


@contextlib.contextmanager
def agency_server(line: Line, settings: dict[str, str]) -> Iterator[None]:
    """In a process on the counsellor's host."""
    command = [*line.counsellor.prefix, sys.executable, "-W", "error", "-m", "app.server", "serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, env=os.environ | settings) as server:
        try:
            assert server.stdout is not None
            assert "ready" in json.loads(server.stdout.readline())
            yield
        finally:
            server.terminate()
            assert server.wait(30) == 0


async def _publish(key: Ed25519PrivateKey, room: Appointment, admitted: str | None = None) -> None:
    """A workstation on the server's host; with a seat it lets it in."""
    work = Workstation(CONTROL_PORT, key)
    async with work.connected():
        await work.prove()
        await work.line.expect("welcome")
        await work.publish(room)
        if admitted is not None:
            assert (await work.command("admit", room=room.room, seat=admitted))["type"] == "done"


async def _come(page: PageClient, expected: str) -> None:
    async with page.connected():
        assert (await page.join())["type"] == expected


async def _guess() -> None:
    for _ in range(3):
        page = PageClient(URL, new_token())
        async with page.connected():
            assert (await page.join())["code"] == "unknown-link"


def test_an_agencys_server_speaks_to_nobody_but_those_who_came(tmp_path: Path, postgres: Postgres, redis_server: RedisServer) -> None:
    key = Ed25519PrivateKey.generate()
    (tmp_path / "redis").write_text(redis_server.empty())
    settings = {
        "VB_DATA_DIR": str(tmp_path / "data"),
        "VB_WORKSTATION_KEYS": public_key(key),
        "VB_DATABASE_URL": postgres.empty_tables(),
        "VB_REDIS_URL_FILE": str(tmp_path / "redis"),
        "VB_BIND_HOST": COUNSELLOR_ADDRESS,
        "VB_PUBLIC_PORT": str(PORT),
        "VB_CONTROL_PORT": str(CONTROL_PORT),
        "VB_PUBLIC_URL": URL,
        "VB_TURN_URLS": "turn:192.0.2.3:3478",
        "VB_TURN_SECRET": "t" * 32,
    }
    room = Appointment(int(time.time()))
    page = PageClient(URL, room.token)
    with Line() as line:
        watcher = line.watch()
        with agency_server(line, settings):
            on_host(line.counsellor, lambda: _publish(key, room))
            on_host(line.client, lambda: _come(page, "waiting"))
            on_host(line.client, _guess)
            on_host(line.counsellor, lambda: _publish(key, room, page.seat))
            on_host(line.client, lambda: _come(page, "admitted"))
        packets = watcher.close()
    assert packets[COUNSELLOR_ADDRESS, CLIENT_ADDRESS] > 10
    spoken_to = {destination for source, destination in packets if source == COUNSELLOR_ADDRESS and not destination.startswith(TO_ALL)}
    assert spoken_to == {CLIENT_ADDRESS}, "no name server, no relay, no maker"
