"""What every TakeUpLine keeps to: the real server over HTTP and the control link, and the fake."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain.secrets import b64url, new_token
from app.domain.survey import quarter_of
from app.services.fakes.take_up import FakeTakeUpLine
from app.services.keys import WorkstationKey
from app.services.link import ControlLink, LinkTarget
from app.services.take_up.blinding import blind
from app.services.take_up.line import ServerLine
from app.services.take_up.ports import LineTrouble, TakeUpLine
from app.services.tasks import Tasks
from app.wire.survey import TAKE_UP_CONTEXT, filled
from tests.support.server import START, running_server

SECRET = b"w" * 32
QUARTER = quarter_of(START)
COUNTS = {"asked": {"agreed": 2}}


@pytest.fixture(params=["fake", "server"])
async def line(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[TakeUpLine]:
    if request.param == "fake":
        yield FakeTakeUpLine(QUARTER)
        return
    tasks = Tasks(lambda name, error: pytest.fail(f"{name}: {error!r}"))
    link = ControlLink(WorkstationKey(SECRET), tasks)
    async with running_server(tmp_path, key=Ed25519PrivateKey.from_private_bytes(SECRET)) as server:
        link.publish([])
        link.start()
        link.aim(LinkTarget(f"ws://127.0.0.1:{server.ready.control_port}/ws/control", server.ready.server_key))
        yield ServerLine(link, server.url)
        await tasks.close()


async def right(line: TakeUpLine, nonce: bytes) -> bytes:
    made = blind((await line.keys())[QUARTER], TAKE_UP_CONTEXT + nonce)
    signed = await line.sign(QUARTER, made.blinded)
    assert signed is not None
    return made.finalize(signed)


def body(nonce: bytes, signature: bytes, **changes: object) -> bytes:
    sheet = {"quarter": QUARTER, "counts": COUNTS, "nonce": b64url(nonce), "signature": b64url(signature), **changes}
    return filled(json.dumps(sheet, separators=(",", ":"))).encode()


async def test_what_has_a_right_is_counted_once(line: TakeUpLine) -> None:
    nonce = b"n" * 32
    signature = await right(line, nonce)
    assert await line.hand_in(body(nonce, signature)) == "counted"
    assert await line.hand_in(body(nonce, signature)) == "right-spent"


async def test_nothing_at_all_is_counted_too(line: TakeUpLine) -> None:
    nonce = b"n" * 32
    assert await line.hand_in(body(nonce, await right(line, nonce), counts={})) == "counted"


async def test_what_has_none_is_not(line: TakeUpLine) -> None:
    signature = await right(line, b"n" * 32)
    assert await line.hand_in(body(b"m" * 32, signature)) == "right-invalid"
    assert await line.hand_in(body(b"n" * 32, bytes(256))) == "right-invalid"


async def test_a_quarter_that_is_closed_is_not_signed(line: TakeUpLine) -> None:
    assert "2020-Q1" not in await line.keys()
    assert await line.sign("2020-Q1", bytes(255) + b"\x02") is None
    nonce = b"n" * 32
    assert await line.hand_in(body(nonce, await right(line, nonce), quarter="2020-Q1")) == "period-closed"


@pytest.mark.parametrize("counts", [{"asked": {"agreed": 100}}, {"asked": {"agreed": 0}}, {"asked": {"agreed": -1}}, {"asked": 1}])
async def test_what_nobody_can_have_counted_is_malformed(line: TakeUpLine, counts: object) -> None:
    nonce = b"n" * 32
    assert await line.hand_in(body(nonce, await right(line, nonce), counts=counts)) == "malformed"


async def test_another_length_is_refused(line: TakeUpLine) -> None:
    assert await line.hand_in(b"{}") == "malformed"
    assert await line.hand_in(b"x" * 4096) == "too-large"


async def test_a_server_that_is_not_there_is_trouble() -> None:
    tasks = Tasks(lambda name, error: pytest.fail(f"{name}: {error!r}"))
    link = ControlLink(WorkstationKey(SECRET), tasks)
    fake = FakeTakeUpLine(QUARTER)
    fake.there = False
    for gone in (ServerLine(link, "http://127.0.0.1:9"), fake):
        with pytest.raises(LineTrouble):
            await gone.keys()
        with pytest.raises(LineTrouble):
            await gone.hand_in(b"{}")
    await asyncio.sleep(0)
    await tasks.close()
    assert new_token()
