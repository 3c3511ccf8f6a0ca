"""The engine against a browser's side made of aiortc: epochs, stalls, candidates, devices, and that nothing is left behind."""

from __future__ import annotations

import asyncio
import gc
import re
import socket
import threading
import weakref
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
from structlog.testing import capture_logs

from app.media.call import WATCH_S, AiortcCall
from app.media.clock import delay_ms, read_clock, unix_ms
from app.media.descriptions import sha256_fingerprint
from app.media.device_set import LOOK_S, Opener, Vanished
from app.media.devices import Hardware
from app.media.engine import AiortcEngine
from app.media.playout import PlayoutBuffer
from app.media.ports import CallError, CallState, DeviceChoice, DeviceKind, DeviceTrouble, I420Frame
from app.media.routers import PictureRouter, SoundRouter
from app.media.running import DeviceError, RunningDevice
from app.media.synthetic import Landscape
from app.wire.messages import IceServer
from tests.support.media_peer import SIZES, Diary, Peer, picture
from tests.support.soak import rounds

SIMULATED = DeviceChoice("synthetic:camera", "synthetic:microphone", "synthetic:loudspeaker")
CONNECTED, STALLED, CONNECTING, CLOSED = CallState.CONNECTED, CallState.STALLED, CallState.CONNECTING, CallState.CLOSED


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
def diary() -> Diary:
    return Diary()


@pytest.fixture
def call(engine: AiortcEngine, diary: Diary) -> AiortcCall:
    return engine.open_call(diary, SIMULATED, [])


@pytest.fixture
async def peer(engine: AiortcEngine) -> AsyncIterator[Peer]:
    peer = Peer()
    yield peer
    await peer.close()


def is_clock(frame: I420Frame) -> bool:
    return read_clock(frame.y) is not None


async def connect(call: AiortcCall, peer: Peer, diary: Diary, epoch: int) -> str:
    """The answer, once connected."""
    answer = await asyncio.wrap_future(call.take_offer(epoch, await peer.offer()))
    await peer.take_answer(answer)
    await diary.until(lambda d: (epoch, CONNECTED) in d.states and epoch in d.talk_open)
    return answer


async def test_both_see_and_hear_and_talk(call: AiortcCall, peer: Peer, diary: Diary) -> None:
    await connect(call, peer, diary, 1)
    for slot in (call.remote_picture, peer.seen):
        frame = await picture(slot, is_clock)
        assert (frame.width, frame.height) in SIZES
        assert delay_ms(read_clock(frame.y) or 0, unix_ms()) < 30_000
    assert call.talk("guten Tag")
    assert await asyncio.wait_for(peer.messages.get(), 10) == "guten Tag"
    peer.channel.send("auch guten Tag")
    await diary.until(lambda d: (1, "auch guten Tag") in d.heard)
    assert diary.states == [(1, CONNECTING), (1, CONNECTED)]
    await picture(call.remote_picture, lambda frame: call.stats().extra.get("heard_tone_hz") == pytest.approx(600, abs=5))
    assert len(peer.sound) > 0


def test_what_is_loaded_at_the_start_is_never_searched_for_garbage_again(engine: AiortcEngine) -> None:
    assert gc.get_freeze_count() > 10_000


async def test_the_figures_are_filled(call: AiortcCall, peer: Peer, diary: Diary) -> None:
    await connect(call, peer, diary, 1)
    await picture(call.remote_picture, lambda frame: call.stats().received_fps > 1 and call.stats().sent_fps > 1)
    stats = call.stats()
    assert {(stats.received_width, stats.received_height), (stats.sent_width, stats.sent_height)} <= SIZES
    assert 0 < stats.extra["encoder_load"] <= 1
    assert stats.received_kbps > 50
    assert stats.sent_kbps > 50
    assert stats.audio_frames_per_s > 10
    assert stats.received_loss == 0


async def test_both_certificates_are_told(call: AiortcCall, peer: Peer, diary: Diary) -> None:
    answer = await connect(call, peer, diary, 1)
    offer = peer.connection.localDescription.sdp
    assert (diary.prints[1].browser, diary.prints[1].program) == (sha256_fingerprint(offer), sha256_fingerprint(answer))


async def test_only_addresses_of_this_machine_and_no_server_are_named(call: AiortcCall, peer: Peer, diary: Diary) -> None:
    answer = await connect(call, peer, diary, 1)
    candidates = re.findall(r"a=candidate:\S+ \d udp \d+ (\S+) \d+ typ (\S+)", answer)
    own = {entry.address for entries in psutil.net_if_addrs().values() for entry in entries}
    assert candidates
    assert {kind for _, kind in candidates} == {"host"}
    assert {address for address, _ in candidates} <= own
    assert answer.count("a=end-of-candidates") >= 1


async def test_the_answer_keeps_the_screen_line_inactive_and_asks_for_a_good_start(call: AiortcCall, peer: Peer, diary: Diary) -> None:
    answer = await connect(call, peer, diary, 1)
    kinds = re.findall(r"^m=(\w+) .*?^a=(sendrecv|inactive|recvonly|sendonly)", answer.replace("\r", ""), re.MULTILINE | re.DOTALL)
    assert kinds[:3] == [("audio", "sendrecv"), ("video", "sendrecv"), ("video", "inactive")]
    assert "x-google-start-bitrate" in answer
    assert "useinbandfec=1" in answer
    assert len(set(re.findall(r"a=msid:(\S+)", answer)[:2])) == 2


async def test_a_new_epoch_is_made_before_the_old_is_closed(call: AiortcCall, peer: Peer, diary: Diary) -> None:
    await connect(call, peer, diary, 1)
    await picture(call.remote_picture, is_clock)
    second = Peer()
    answer = await asyncio.wrap_future(call.take_offer(2, await second.offer()))
    assert peer.connection.connectionState == "connected"
    number, _ = call.remote_picture.newest()
    await picture(call.remote_picture, lambda frame: call.remote_picture.newest()[0] > number + 2)
    await second.take_answer(answer)
    await diary.until(lambda d: (2, CONNECTED) in d.states and 2 in d.talk_open)
    assert call.talk("neu")
    assert await asyncio.wait_for(second.messages.get(), 10) == "neu"
    number, _ = call.remote_picture.newest()
    await picture(call.remote_picture, lambda frame: call.remote_picture.newest()[0] > number + 2)
    assert diary.states == [(1, CONNECTING), (1, CONNECTED), (2, CONNECTING), (2, CONNECTED)]
    assert diary.prints[1] != diary.prints[2]
    await second.close()


@pytest.mark.parametrize("offer", ["", "nonsense", "v=0\r\n", "m=audio"])
async def test_an_offer_that_cannot_be_answered_leaves_the_older_epoch(call: AiortcCall, peer: Peer, diary: Diary, offer: str) -> None:
    await connect(call, peer, diary, 1)
    with pytest.raises(CallError):
        await asyncio.wrap_future(call.take_offer(2, offer))
    assert call.talk("noch da")
    assert await asyncio.wait_for(peer.messages.get(), 10) == "noch da"
    assert diary.states[-1] == (1, CONNECTED)


async def test_a_damaged_offer_is_refused(call: AiortcCall, peer: Peer) -> None:
    offer = await peer.offer()
    with pytest.raises(CallError):
        await asyncio.wrap_future(call.take_offer(1, offer.replace("VP8", "XP9").replace("H264", "XP9")))


async def test_an_old_epoch_is_refused(call: AiortcCall, peer: Peer, diary: Diary) -> None:
    await connect(call, peer, diary, 5)
    with pytest.raises(CallError):
        await asyncio.wrap_future(call.take_offer(5, await peer.offer()))


async def test_silence_is_a_stall_and_its_end_is_told(call: AiortcCall, peer: Peer, diary: Diary) -> None:
    await connect(call, peer, diary, 1)
    await picture(call.remote_picture, is_clock)
    peer.deafen()
    await diary.until(lambda d: d.states[-1] == (1, STALLED))
    peer.deafen(False)
    await diary.until(lambda d: d.states[-1] == (1, CONNECTED))


async def test_a_stall_is_told_after_offers_that_came_to_nothing(call: AiortcCall, peer: Peer, diary: Diary) -> None:
    await asyncio.wrap_future(call.take_offer(1, await peer.offer()))  # nobody takes the answer
    with pytest.raises(CallError):
        await asyncio.wrap_future(call.take_offer(2, "nonsense"))
    await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(asyncio.sleep(2 * WATCH_S), call._loop))  # there is no epoch to look at
    good = Peer()
    await connect(call, good, diary, 3)
    await picture(call.remote_picture, is_clock)
    good.deafen()
    await diary.until(lambda d: d.states[-1] == (3, STALLED))
    await good.close()


@pytest.fixture
def stalls_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine that is so busy that the watch stands still most of the time, doubt would come later than the stall."""
    monkeypatch.setattr("app.media.call.STALL_S", 600.0)


async def test_a_line_that_is_cut_is_doubted_and_nobody_sees_it(stalls_late: None, call: AiortcCall, peer: Peer, diary: Diary) -> None:
    await connect(call, peer, diary, 1)
    await picture(call.remote_picture, is_clock)
    peer.deafen()
    await diary.until(lambda d: d.doubts == [(1, CONNECTED)])
    assert diary.states[-1] == (1, CONNECTED)


async def test_a_quiet_line_is_asked_and_answers(stalls_late: None, call: AiortcCall, peer: Peer, diary: Diary) -> None:
    await connect(call, peer, diary, 1)
    epoch = call._epochs[1]
    peer.deafen(but_for_checks=True)
    await picture(call.own_picture, lambda frame: epoch.path_answers > 1)


async def test_while_a_new_epoch_is_made_the_old_one_is_watched_on(call: AiortcCall, peer: Peer, diary: Diary) -> None:
    await connect(call, peer, diary, 1)
    second = Peer()
    await asyncio.wrap_future(call.take_offer(2, await second.offer()))  # nobody takes the answer
    peer.deafen()
    await diary.until(lambda d: d.states[-2:] == [(2, CONNECTING), (1, STALLED)])
    peer.deafen(False)
    await diary.until(lambda d: d.states[-1] == (1, CONNECTED))
    await second.close()


async def test_an_epoch_that_the_browser_gave_up_is_forgotten_where_the_old_one_goes_on(
    stalls_late: None, call: AiortcCall, peer: Peer, diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.media.call.ABANDONED_S", 0.2)
    await connect(call, peer, diary, 1)
    second = Peer()
    await asyncio.wrap_future(call.take_offer(2, await second.offer()))  # nobody takes the answer
    await picture(call.own_picture, lambda frame: set(call._epochs) == {1})
    peer.deafen()
    await diary.until(lambda d: [epoch for epoch, _ in d.doubts] == [1])
    assert diary.states == [(1, CONNECTING), (1, CONNECTED), (2, CONNECTING)]
    await second.close()


async def test_an_epoch_that_fails_beside_one_that_carries_is_no_stall(call: AiortcCall, peer: Peer, diary: Diary) -> None:
    await connect(call, peer, diary, 1)
    second = Peer()
    await asyncio.wrap_future(call.take_offer(2, await second.offer()))
    failed = call._epochs[2]

    async def fail() -> None:
        await failed._connection.close()

    await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(fail(), call._loop))
    await picture(call.own_picture, lambda frame: set(call._epochs) == {1})
    assert diary.states == [(1, CONNECTING), (1, CONNECTED), (2, CONNECTING)]
    await second.close()


async def test_a_watch_that_crashes_is_told_in_the_log(call: AiortcCall, peer: Peer, diary: Diary) -> None:
    call._meter = None  # type: ignore[assignment]
    with capture_logs() as logs:
        await connect(call, peer, diary, 1)
        assert call._watching is not None
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(asyncio.wait([call._watching]), call._loop))
    assert ("call_work_failed", "error") in [(entry["event"], entry["log_level"]) for entry in logs]


async def test_candidates_on_the_heels_of_the_offer_find_their_epoch(call: AiortcCall, peer: Peer, diary: Diary) -> None:
    offer = await peer.offer()
    bare = "".join(line + "\r\n" for line in offer.splitlines() if "candidate" not in line)
    answer = call.take_offer(1, bare)
    for line in dict.fromkeys(line for line in offer.splitlines() if "a=candidate" in line):
        call.add_candidate(1, line.removeprefix("a="), "0", 0)
    call.add_candidate(1, "", None, None)
    text = await asyncio.wrap_future(answer)
    await peer.take_answer("".join(line + "\r\n" for line in text.splitlines() if "candidate" not in line))
    await diary.until(lambda d: (1, CONNECTED) in d.states)
    assert diary.states == [(1, CONNECTING), (1, CONNECTED)]


async def test_hidden_addresses_hold_up_nothing(call: AiortcCall, peer: Peer, diary: Diary) -> None:
    offer = re.sub(r"(a=candidate:\S+ \d udp \d+ )\S+", r"\g<1>0a1b2c3d-1111-4222-8333-444455556666.local", await peer.offer())
    answer = await asyncio.wrap_future(call.take_offer(1, offer))
    await peer.take_answer(answer)
    await diary.until(lambda d: (1, CONNECTED) in d.states)
    assert diary.states == [(1, CONNECTING), (1, CONNECTED)]


async def test_strange_candidates_are_passed_over(call: AiortcCall, peer: Peer, diary: Diary) -> None:
    answer = call.take_offer(1, await peer.offer())
    for candidate in (
        "nonsense",
        "candidate:1 1 udp",
        "candidate:1 1 udp 1 999.1.1.1 1 typ host",
        "candidate:1 1 tcp 1 192.0.2.1 9 typ host",
    ):
        call.add_candidate(1, candidate, "0", 0)
        call.add_candidate(7, candidate, None, None)
    await peer.take_answer(await asyncio.wrap_future(answer))
    await diary.until(lambda d: (1, CONNECTED) in d.states)
    assert diary.states[-1] == (1, CONNECTED)


async def test_a_camera_that_is_off_shows_black(call: AiortcCall, peer: Peer, diary: Diary) -> None:
    await connect(call, peer, diary, 1)
    await picture(peer.seen, is_clock)
    call.set_camera(False)
    black = await picture(peer.seen, lambda frame: int(frame.y.max()) < 40)
    assert (black.width, black.height) in SIZES
    call.set_camera(True)
    await picture(peer.seen, is_clock)
    assert diary.troubles == []


async def test_a_microphone_that_is_off_sends_silence(call: AiortcCall, peer: Peer, diary: Diary) -> None:
    await connect(call, peer, diary, 1)
    call.set_microphone(False)
    await picture(peer.seen, lambda frame: len(peer.sound) > 0)
    peer.sound.clear()
    await picture(peer.seen, lambda frame: len(peer.sound) > 60)
    assert np.abs(np.concatenate(peer.sound[25:60]).astype(int)).max() < 300
    assert call.microphone_level() == 0


async def test_devices_change_in_mid_call(call: AiortcCall, peer: Peer, diary: Diary, tmp_path: Path) -> None:
    film = tmp_path / "film.y4m"
    film.write_bytes(b"YUV4MPEG2 W320 H180 F25:1 Ip A1:1 C420mpeg2\nFRAME\n" + Landscape(320, 180).draw(777).tobytes())
    await connect(call, peer, diary, 1)
    await picture(peer.seen, is_clock)
    call.choose_devices(DeviceChoice(f"file:{film}", None, "synthetic:loudspeaker"))
    await picture(peer.seen, lambda frame: read_clock(frame.y) == 777)
    assert diary.states == [(1, CONNECTING), (1, CONNECTED)]


async def test_a_missing_device_is_told_and_the_call_goes_on(engine: AiortcEngine, peer: Peer, diary: Diary) -> None:
    call = engine.open_call(diary, DeviceChoice("file:/nowhere.y4m", "sound:nothing", "sound:nothing"), [])
    await connect(call, peer, diary, 1)
    await diary.until(lambda d: len(d.troubles) == 3)
    assert set(diary.troubles) == {(kind, DeviceTrouble.NOT_FOUND) for kind in DeviceKind}
    await picture(peer.seen, lambda frame: int(frame.y.max()) < 40)
    assert call.talk("trotzdem")


async def test_closing_ends_all_and_later_commands_do_no_harm(engine: AiortcEngine, call: AiortcCall, peer: Peer, diary: Diary) -> None:
    await connect(call, peer, diary, 1)
    offer = str(peer.connection.localDescription.sdp)
    call.close()
    await diary.until(lambda d: d.states[-1] == (1, CLOSED))
    call.close()
    call.set_camera(False)
    call.add_candidate(1, "x", "0", 0)
    assert call.talk("zu spät") is False
    with pytest.raises(CallError):
        await asyncio.wrap_future(call.take_offer(2, offer))
    engine.close()
    engine.close()
    with pytest.raises(CallError):
        await asyncio.wrap_future(call.take_offer(3, "v=0"))
    with pytest.raises(CallError):
        engine.open_call(diary, SIMULATED, [])


async def test_closed_calls_leave_no_picture_and_nothing_else(engine: AiortcEngine) -> None:
    left: list[weakref.ref[object]] = []
    for _ in range(3):
        left += await a_call_with_pictures(engine)
    for _ in range(rounds(20)):
        diary = Diary()
        call = engine.open_call(diary, SIMULATED, [])
        left += [weakref.ref(call), weakref.ref(call._playout)]
        call.close()
        await diary.until(lambda d: d.states[-1:] == [(0, CLOSED)])
        del call, diary
    assert engine._calls == set()
    # The devices' last look at themselves is due a second after the call; whatever it holds goes with it.
    done = threading.Event()
    engine._hardware.turns.put(lambda: engine._hardware.turns.later(LOOK_S, done.set))
    await asyncio.get_running_loop().run_in_executor(None, done.wait)
    gc.collect()
    assert [ref() for ref in left if ref() is not None] == []


async def a_call_with_pictures(engine: AiortcEngine) -> list[weakref.ref[object]]:
    """From its offer to its end; what must not outlive it."""
    diary, peer = Diary(), Peer()
    call = engine.open_call(diary, SIMULATED, [])
    await connect(call, peer, diary, 1)
    pictures = [await picture(slot, is_clock) for slot in (call.remote_picture, call.own_picture)]
    held: list[weakref.ref[object]] = [weakref.ref(thing) for thing in (call, call._playout, *(shown.y for shown in pictures))]
    call.close()
    await diary.until(lambda d: d.states[-1] == (1, CLOSED))
    slots = (call.remote_picture, call.own_picture, call.remote_screen)
    assert [slot.newest()[1] for slot in slots] == [None] * 3, "a window that still holds the call shows nobody"
    assert call._pictures.newest is None
    await peer.close()
    return held


class OneCamera(Hardware):
    """All cameras are one, which opens for one at a time; all else is simulated."""

    def __init__(self) -> None:
        super().__init__()
        self.in_use = 0
        self._simulated: Opener

    def opener(self, pictures: PictureRouter, sound: SoundRouter, playout: PlayoutBuffer) -> Opener:
        self._simulated = super().opener(pictures, sound, playout)
        return self

    def make(self, kind: DeviceKind, wanted: str | None, vanished: Vanished) -> RunningDevice:
        if kind is DeviceKind.CAMERA and wanted is not None:
            return self
        return self._simulated.make(kind, None, vanished)

    def start(self) -> None:
        if self.in_use:
            raise DeviceError(DeviceTrouble.BUSY)
        self.in_use += 1

    def close(self) -> None:
        self.in_use -= 1

    def health(self, now: float) -> DeviceTrouble | None:
        return None

    def in_headphones(self, on: bool) -> None:
        """There are none."""


def test_the_next_call_finds_the_devices_of_the_one_before_free(diary: Diary) -> None:
    hardware = OneCamera()
    engine = AiortcEngine(hardware=hardware)
    engine.start()
    for _ in range(3):
        engine.open_call(diary, SIMULATED, []).close()
    last = engine.open_call(diary, SIMULATED, [])
    done = threading.Event()
    hardware.turns.put(done.set)
    assert done.wait(10)
    assert hardware.in_use == 1
    assert last._devices.running(DeviceKind.CAMERA) is hardware
    engine.close()
    assert hardware.in_use == 0


async def test_closing_in_the_middle_of_connecting_leaves_nothing(engine: AiortcEngine, call: AiortcCall, peer: Peer, diary: Diary) -> None:
    answers = [call.take_offer(epoch, await peer.offer()) for epoch in (1,)]
    call.close()
    await diary.until(lambda d: bool(d.states) and d.states[-1][1] is CLOSED)
    assert all(answer.done() for answer in answers)


async def test_closing_while_a_path_is_looked_for_leaves_no_socket_and_no_encoder(engine: AiortcEngine, peer: Peer, diary: Diary) -> None:
    offer = await peer.offer()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.setblocking(False)
        open_before = udp_sockets()
        call = engine.open_call(diary, SIMULATED, [IceServer(urls=[f"stun:127.0.0.1:{deaf.getsockname()[1]}"])])
        answer = asyncio.wrap_future(call.take_offer(1, offer))
        async with asyncio.timeout(10):
            await asyncio.get_running_loop().sock_recv(deaf, 2048)  # it is being answered
        assert udp_sockets() > open_before
        call.close()
        with pytest.raises(CallError, match="closed"):
            await answer
        await diary.until(lambda d: d.states[-1:] == [(0, CLOSED)])
        engine.close()
        assert udp_sockets() == open_before


def udp_sockets() -> set[tuple[object, ...]]:
    """Of this process."""
    return {tuple(held.laddr) for held in psutil.Process().net_connections("udp")}
