"""The server as a child process: one line in, one line out, ends with stdin, comes back after a kill with everybody who waited."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain.secrets import b64url
from tests.support.page_client import Appointment, PageClient, Workstation, public_key

ROOT = Path(__file__).parents[3]


@contextlib.asynccontextmanager
async def child(plan: dict[str, object] | str, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """The child with its line written; killed at the end if it is still there."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "error", "-m", "app.server", "serve", "--embedded"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, **environment},
    )
    assert process.stdin is not None
    process.stdin.write((plan if isinstance(plan, str) else json.dumps(plan)).encode() + b"\n")
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def said(process: asyncio.subprocess.Process) -> dict[str, dict[str, str]]:
    assert process.stdout is not None
    return json.loads(await asyncio.wait_for(process.stdout.readline(), 30))


async def ended(process: asyncio.subprocess.Process) -> int:
    return await asyncio.wait_for(process.wait(), 30)


async def test_it_says_ready_serves_and_ends_with_stdin(tmp_path: Path) -> None:
    key = Ed25519PrivateKey.generate()
    async with child({"workstation_key": public_key(key), "data_dir": str(tmp_path / "server")}) as process:
        ready = (await said(process))["ready"]
        assert set(ready) == {"public_port", "control_port", "server_key", "public_url"}
        assert ready["public_url"] == f"http://127.0.0.1:{ready['public_port']}"
        work = Workstation(int(ready["control_port"]), key)
        async with work.connected():
            await work.prove()
            await work.line.expect("welcome")
        assert process.stdin is not None
        process.stdin.close()
        assert await ended(process) == 0


async def test_a_key_of_codes_that_it_is_given_lies_nowhere_on_the_disk(tmp_path: Path) -> None:
    (tmp_path / "code-key").write_bytes(b"o" * 32)
    (tmp_path / "code-key").chmod(0o600)
    given = b64url(b"canary-key-of-codes-of-32-bytes!")
    async with child({"workstation_key": "k" * 43, "data_dir": str(tmp_path), "code_key": given}) as process:
        await said(process)
        assert process.stdin is not None
        process.stdin.close()
        assert await ended(process) == 0
    left = await asyncio.to_thread(lambda: {file.name: file.read_bytes() for file in tmp_path.iterdir() if file.is_file()})
    assert "code-key" not in left
    assert not any(b"canary" in content for content in left.values())


async def test_it_ends_orderly_with_a_signal(tmp_path: Path) -> None:
    async with child({"workstation_key": "k" * 43, "data_dir": str(tmp_path)}) as process:
        await said(process)
        process.send_signal(signal.SIGTERM)
        assert await ended(process) == 0


async def test_killed_and_started_again_the_waiting_client_is_still_there(tmp_path: Path) -> None:
    key, room = Ed25519PrivateKey.generate(), Appointment(int(time.time()))
    plan: dict[str, object] = {"workstation_key": public_key(key), "data_dir": str(tmp_path)}
    async with child(plan) as process:
        ready = (await said(process))["ready"]
        work, page = Workstation(int(ready["control_port"]), key), PageClient(ready["public_url"], room.token)
        async with work.connected(), page.connected():
            await work.prove()
            await work.publish(room)
            await page.join()
            await work.state(room.room, lambda seats: len(seats) == 1)
            await page.line.sign_of_life()
            process.kill()
            assert await page.line.closed() == 1006
    plan.update({name: ready[name] for name in ("public_port", "control_port")})
    async with child(plan) as process:
        assert (await said(process))["ready"] == ready  # same ports, same identity
        async with work.connected(), page.connected():
            seat = page.seat
            await work.prove()
            await work.publish(room)
            [there] = await work.state_now(room.room)
            assert (there["seat"], there["present"]) == (seat, True)
            assert ((await page.join())["type"], page.seat) == ("waiting", seat)


async def test_a_taken_port_is_said_so_that_the_program_can_choose_another(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        plan = {"workstation_key": "k" * 43, "data_dir": str(tmp_path), "public_port": taken.getsockname()[1]}
        async with child(plan) as process:
            assert await said(process) == {"failed": {"code": "port-taken", "detail": "public"}}
            assert await ended(process) == 3


async def test_a_port_that_is_being_given_back_is_waited_for(tmp_path: Path) -> None:
    """As after `kill -9` of the program: its server is still on its way out when the new one starts."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        async with child({"workstation_key": "k" * 43, "data_dir": str(tmp_path), "public_port": port}) as process:
            assert process.stderr is not None
            assert json.loads(await asyncio.wait_for(process.stderr.readline(), 30))["event"] == "port-waited-for"
            taken.close()
            assert (await said(process))["ready"]["public_port"] == port


async def test_a_line_that_cannot_be_used_is_said_without_its_values(tmp_path: Path) -> None:
    async with child("{}") as process:
        assert (await said(process))["failed"]["code"] == "settings"
        assert await ended(process) == 2
    async with child({"workstation_key": "k" * 43, "data_dir": "/proc/none/x"}) as process:
        assert await said(process) == {"failed": {"code": "database", "detail": "data_dir: FileNotFoundError"}}
        assert await ended(process) == 2
    async with child({"workstation_key": "k" * 43, "data_dir": str(tmp_path), "database": "sqlite:////proc/none/x"}) as process:
        assert (await said(process))["failed"]["code"] == "database"
        assert await ended(process) == 2


async def test_nothing_about_people_stands_in_its_log(tmp_path: Path) -> None:
    """A whole visit, a stranger and an odd request, then every byte that the process wrote."""
    key, room = Ed25519PrivateKey.generate(), Appointment(int(time.time()))
    async with child({"workstation_key": public_key(key), "data_dir": str(tmp_path), "label": "Jobcenter Geheim"}) as process:
        ready = (await said(process))["ready"]
        work, page = Workstation(int(ready["control_port"]), key), PageClient(ready["public_url"], room.token)
        stranger = PageClient(ready["public_url"], "t" * 43)
        async with work.connected(), page.connected(), stranger.connected():
            await work.prove()
            await work.publish(room)
            await page.join()
            await stranger.join()
            await page.line.send_raw("{nonsense")
            await page.line.closed()
        reader, writer = await asyncio.open_connection("127.0.0.1", int(ready["public_port"]))
        writer.write(b"GET /?" + room.token.encode() + b" NONSENSE\r\n\r\n")
        assert b" 400 " in await asyncio.wait_for(reader.read(), 30)
        writer.close()
        assert process.stdin is not None
        process.stdin.close()
        out, err = await asyncio.wait_for(process.communicate(), 30)
    log = (out + err).decode()
    private = [room.token, room.look, room.room, page.seat, page.secret, public_key(key), "Geheim", "Musterstadt", "127.0.0.1", "0123 456"]
    assert not [value for value in private if value and value in log], log
    assert json.loads(err.decode().splitlines()[0])["event"] == "ready"


async def test_the_server_loads_no_media_no_window_and_no_program() -> None:
    code = "import sys, app.server.__main__, app.server.state.sql; print(' '.join(sorted(sys.modules)))"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE, cwd=ROOT)
    out, _ = await process.communicate()
    loaded = out.decode().split()
    assert "app.server.hub" in loaded
    foreign = ("PySide6", "aiortc", "av", "cv2", "numpy", "sounddevice", "qasync", "app.media", "app.services", "app.ui", "app.application")
    assert not [name for name in loaded if name in foreign or name.startswith(tuple(f"{f}." for f in foreign))]
