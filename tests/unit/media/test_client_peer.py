"""The simulated client's media against the real engine: pictures and sound both ways, a way that becomes bad, an end without a word."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator

import pytest

from app.domain.checks import Fault
from app.media.call import AiortcCall
from app.media.client_peer import SIZE, ClientPeer
from app.media.engine import AiortcEngine
from app.media.ports import CallState, DeviceChoice
from app.media.roughness import Roughness
from app.media.simulated_faults import SimulatedFaults
from tests.support.media_peer import PATIENCE_S, Diary, picture

CHOICE = DeviceChoice("synthetic:person-1", "synthetic:voice", "synthetic:loudspeaker")


@pytest.fixture
def engine() -> Iterator[AiortcEngine]:
    before = set(threading.enumerate())
    engine = AiortcEngine()
    engine.start()
    yield engine
    engine.close()
    left = [thread for thread in set(threading.enumerate()) - before if not thread.name.startswith("asyncio_")]
    assert left == [], "threads are left behind"


@pytest.fixture
def faults() -> SimulatedFaults:
    return SimulatedFaults()


@pytest.fixture
async def peer(engine: AiortcEngine, faults: SimulatedFaults) -> AsyncIterator[ClientPeer]:
    made = ClientPeer(faults, 3)
    made.start()
    yield made
    await asyncio.to_thread(made.close)


async def connect(call: AiortcCall, peer: ClientPeer, diary: Diary, epoch: int, screen: bool = False) -> None:
    answer = await asyncio.wrap_future(call.take_offer(epoch, await peer.offer(screen)))
    prints = await peer.answer(answer)
    await diary.until(lambda d: (epoch, CallState.CONNECTED) in d.states and epoch in d.talk_open)
    await diary.until(lambda d: d.prints[epoch] == prints)


async def grows(figure) -> None:
    """Wait until a figure is larger than it was."""
    before = figure()
    async with asyncio.timeout(PATIENCE_S):
        while figure() <= before:  # noqa: ASYNC110  figures have no event
            await asyncio.sleep(0.02)


async def test_a_conversation_in_both_directions_and_its_end(engine: AiortcEngine, peer: ClientPeer) -> None:
    diary, heard = Diary(), asyncio.Queue[str]()
    loop = asyncio.get_running_loop()
    peer.heard = lambda text: loop.call_soon_threadsafe(heard.put_nowait, text) and None
    call = engine.open_call(diary, CHOICE, [])
    await connect(call, peer, diary, 1)
    shown = await picture(call.remote_picture, lambda frame: (frame.width, frame.height) == SIZE)
    assert 90 < shown.y.mean() < 220
    await picture(peer.seen, lambda frame: frame.width > 0)
    await grows(lambda: call.stats().played_energy)
    await grows(lambda: peer.figures.sound)
    await grows(lambda: peer.figures.pictures)
    peer.say("from the client")
    await diary.until(lambda d: (1, "from the client") in d.heard)
    call.talk("to the client")
    assert await asyncio.wait_for(heard.get(), PATIENCE_S) == "to the client"
    await connect(call, peer, diary, 2, screen=True)
    assert call.carries_screen
    await peer.hang_up(silently=True)
    await diary.until(lambda d: (2, CallState.STALLED) in d.states)
    assert peer.seen.newest()[1] is None
    call.close()


async def test_a_bad_way_is_seen_on_both_sides(engine: AiortcEngine, peer: ClientPeer) -> None:
    diary = Diary()
    call = engine.open_call(diary, CHOICE, [])
    await connect(call, peer, diary, 1)
    await picture(call.remote_picture, lambda frame: frame.width > 0)
    peer.roughen(Roughness(loss=0.3, delay_s=0.05))
    async with asyncio.timeout(PATIENCE_S):
        while not (call.stats().received_loss > 0 and peer.figures.loss > 0):  # noqa: ASYNC110  figures have no event
            await asyncio.sleep(0.05)
    call.close()


async def test_a_camera_that_is_well_again_is_used(engine: AiortcEngine, peer: ClientPeer, faults: SimulatedFaults) -> None:
    faults.switch(Fault.CAMERA_DARK, on=True)
    diary = Diary()
    call = engine.open_call(diary, CHOICE, [])
    await connect(call, peer, diary, 1)
    await picture(call.remote_picture, lambda frame: frame.y.mean() < 60)
    faults.clear()
    await picture(call.remote_picture, lambda frame: frame.y.mean() > 90)
    call.close()
