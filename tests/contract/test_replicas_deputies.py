"""A deputy at one server, who had the room at another, the client at either: with the broker, and while it is away."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain.secrets import hash_secret
from app.services.agency.enrolling import enrol
from app.services.keys import WorkstationKey
from tests.contract.test_replicas import Behind, command_line, proved, settled
from tests.support.page_client import Appointment, Json, Workstation
from tests.support.postgres import Postgres
from tests.support.redis_server import RedisServer
from tests.support.server import RunningServer

SEED = b"d" * 32


@pytest.fixture
def behind(tmp_path: Path, postgres: Postgres, redis_server: RedisServer) -> Behind:
    return Behind(tmp_path / "data", Ed25519PrivateKey.generate(), postgres.empty_tables(), redis_server.empty())


async def a_colleague(behind: Behind, server: RunningServer) -> None:
    """The workstation of that seed belongs to the site of the settings, too."""
    code = await command_line(behind, "enrol", "--site", "jobcenter", "--label", "Jobcenter")
    await enrol(f"ws://127.0.0.1:{server.ready.control_port}/ws/control", code, WorkstationKey(SEED))


def taking(room: Appointment, holder: Workstation) -> Json:
    return {"room": room.room, "holder": holder.owner, "token_hash": hash_secret(room.token)}


@pytest.mark.parametrize("with_broker", [True, False])
async def test_everybody_finds_out_wherever_they_are(behind: Behind, redis_server: RedisServer, with_broker: bool) -> None:
    async with behind.replica() as near, behind.replica() as far:
        near.clock.now = far.clock.now = time.time()
        await a_colleague(behind, near)
        room, other = (near.appointment(site="jobcenter") for _ in range(2))
        async with near.workstation(room, other) as holder, far.page(room).connected() as page, proved(far, SEED) as deputy:
            await page.join()
            [seat] = await holder.state(room.room, lambda seats: [s["state"] for s in seats] == ["waiting"])
            if not with_broker:
                redis_server.daemon.kill()
            try:
                if not with_broker:
                    await settled(near, False)
                    await settled(far, False)
                assert (await deputy.command("take-over", **taking(room, holder)))["type"] == "done"
                assert (await page.line.expect("notice"))["notice"] == "colleague"
                told = await holder.line.expect("room-state", room=room.room, taken_over=True)
                assert [(s["kind"], s["state"]) for s in told["seats"]] == [("counsellor", "ended")]
            finally:
                if not with_broker:
                    redis_server.daemon.start()
            await deputy.publish(room)
            assert (await deputy.command("admit", room=room.room, seat=seat["seat"]))["type"] == "done"
            assert (await page.line.expect("admitted"))["seat"] == seat["seat"]

            seq = await holder.line.send("publish", rooms=[room.card(), other.card()])
            assert (await holder.line.expect("room-state", room=room.room))["taken_over"]
            assert not (await holder.line.expect("room-state", room=other.room)).get("taken_over")
            await holder.line.expect("done", re=seq)
            assert (await holder.command("end", room=room.room))["code"] == "not-yours"
