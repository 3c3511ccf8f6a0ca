"""One epoch of a call: one RTCPeerConnection that answers one offer of the browser. Lives on the engine's loop.

The browser offers sound, camera, a screen line (inactive until somebody shows one), and the negotiated data channel 0 "talk"
(PROTOCOL.md, section 5).
"""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from aioice.ice import Connection
from aiortc import (
    RTCBundlePolicy,
    RTCConfiguration,
    RTCDtlsTransport,
    RTCIceTransportPolicy,
    RTCPeerConnection,
    RTCRtpSender,
    RTCSessionDescription,
)
from aiortc.sdp import candidate_from_sdp

from app.media import descriptions
from app.media.budget import Budget, Wishes
from app.media.feeds import Feed, PictureFeed, SoundFeed
from app.media.meter import Counters
from app.media.opus import Pcm
from app.media.patches import consent, relay_path
from app.media.patches.live_receiver import LiveReceiver
from app.media.patches.live_sender import LiveSender
from app.media.ports import CallError, I420Frame
from app.media.routers import PictureRouter, SoundRouter
from app.media.screen_feed import ScreenFeed
from app.media.sound_receiver import SoundReceiver
from app.wire.messages import IceServer
from app.wire.safety_words import Fingerprints

log = structlog.get_logger(__name__)
T = TypeVar("T")

END_GRACE_S = 4.0
"""How long after the end of candidates a connection may still come about."""


@dataclass(frozen=True, slots=True)
class Plumbing:
    """Where an epoch's media come from and go to."""

    pictures: PictureRouter
    sound: SoundRouter
    show: Callable[[I420Frame], None]
    play: Callable[[Pcm], None]
    screens: Screens


@dataclass(frozen=True, slots=True)
class Screens:
    """The same for shown screens, and what is wished about all pictures."""

    own: PictureRouter
    show: Callable[[I420Frame], None]
    wishes: Wishes


class Epoch:
    """Made early, answered once, closed once. `changed` and `said` are called on the loop."""

    def __init__(self, plumbing: Plumbing, servers: Sequence[IceServer]) -> None:
        self.number = 0
        self.changed: Callable[[Epoch], None] = lambda epoch: None
        self.opened: Callable[[Epoch], None] = lambda epoch: None
        self.said: Callable[[Epoch, str], None] = lambda epoch, text: None
        self.fingerprints: Fingerprints | None = None
        self.begun_at = time.monotonic()
        """Seconds."""
        self.path_answers = 0
        """To `ask_path`, so far."""
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closing = False
        self._early: list[tuple[str, str | None, int | None]] | None = []
        self._ending = False
        self._reserve: relay_path.Reserve | None = None
        self.screen_in: LiveReceiver | None = None
        self.screen_out: LiveSender | None = None
        self._screens = plumbing.screens
        self._budget = Budget(plumbing.screens.wishes)
        self._connection = RTCPeerConnection(configuration(servers))
        self._connection.on("connectionstatechange", lambda: self.changed(self))
        self._add_media(plumbing)
        self._channel = self._connection.createDataChannel("talk", negotiated=True, id=0)
        self._channel.on("open", lambda: self.opened(self))
        self._channel.on("message", self._heard)

    def _add_media(self, plumbing: Plumbing) -> None:
        """Sound and camera, both ways. A screen only if the offer has a line for it."""
        self.sound_out, self.sound_in = self._line("audio", SoundFeed(plumbing.sound))
        self._picture_feed = PictureFeed(plumbing.pictures, self._budget)
        self.picture_out, self.picture_in = self._line("video", self._picture_feed)
        # Two streams, so that the browser does not hold pictures back until its sound, buffered for longer, is due (decision 0009).
        self.picture_out._stream_id = str(uuid.uuid4())
        self.sound_in.sound = SoundReceiver(plumbing.play)
        self.picture_in.picture_sink = plumbing.show

    def _add_screen(self) -> None:
        self.screen_out, self.screen_in = self._line("video", ScreenFeed(self._screens.own, self._budget))
        self.screen_out._stream_id = str(uuid.uuid4())
        self.screen_in.picture_sink, self.screen_in.leader = self._screens.show, self.picture_in

    def _line(self, kind: str, feed: Feed) -> tuple[LiveSender, LiveReceiver]:
        transceiver = self._connection.addTransceiver(kind, direction="sendrecv")
        wanted = {"audio/opus", "video/vp8", "video/rtx"}
        codecs = [c for c in RTCRtpSender.getCapabilities(kind).codecs if c.mimeType.lower() in wanted]
        transceiver.setCodecPreferences(codecs)
        sender, receiver = transceiver.sender, transceiver.receiver
        if not isinstance(sender, LiveSender) or not isinstance(receiver, LiveReceiver):
            raise CallError("the changes to aiortc are not installed")
        sender.feed = feed
        return sender, receiver

    def _prepare_media(self) -> None:
        """While the handshake is under way."""
        self._picture_feed.prepare()

    @property
    def state(self) -> str:
        """`new`, `connecting`, `connected`, `failed` or `closed` (W3C WebRTC, section 4.4.3)."""
        return str(self._connection.connectionState)

    @property
    def answered(self) -> bool:
        """The browser's offer was."""
        return self.fingerprints is not None

    @property
    def carries_screen(self) -> bool:
        """The third line is active."""
        return self.screen_in is not None

    @property
    def received_packets(self) -> int:
        """All packets that came through the encrypted transport; a watchdog looks whether it grows."""
        return received_packets(self._connection)

    def ask_path(self) -> None:
        """Ask the other side whether the path carries; answers count in `path_answers`."""
        self._in_background(self._asked_path())

    async def _asked_path(self) -> None:
        if await consent.answered(ice_of(self._connection)):
            self.path_answers += 1

    def hurry(self, reserve: relay_path.Reserve | None) -> None:
        """To be called before `answer` where the way of the epoch before has gone silent. The reserve is this epoch's from now on."""
        self._reserve = reserve
        relay_path.hurry(ice_of(self._connection), reserve)

    @property
    def talks(self) -> bool:
        """The data channel is open."""
        return bool(self._channel.readyState == "open")

    def counters(self) -> Counters:
        """For the meter."""
        sound, decoder, sender = self.sound_in.sound, self.picture_in.decoder, self.picture_out
        return Counters(
            sent_bytes=sender.bytes + self.sound_out.bytes + (self.screen_out.bytes if self.screen_out else 0),
            sent_pictures=self._picture_feed.frames,
            sent_size=self._picture_feed.size,
            received_bytes=self.picture_in.bytes + self.sound_in.bytes + (self.screen_in.bytes if self.screen_in else 0),
            received_pictures=decoder.frames if decoder else 0,
            received_size=decoder.size if decoder else (0, 0),
            sound_frames=sound.frames if sound else 0,
            sound_concealed=sound.concealed + sound.restored if sound else 0,
            round_trip_s=sender.round_trip_s,
            sent_loss=sender.loss,
            received_loss=self.picture_in.loss,
            encoder_load=self._picture_feed.load,
            device_limited=self._picture_feed.device_limited,
            network_limited=self._budget.network_limited,
        )

    async def answer(self, number: int, sdp: str) -> str:
        """Apply the offer; gives the answer with all own candidates. Raises CallError, also if the epoch is closed meanwhile: half of an
        answer would go on to open sockets and encoders that nobody closes."""
        self.number = number
        if self._closing:
            raise CallError("closed before it was answered")
        try:
            return await self._in_background(self._make_answer(sdp))
        except asyncio.CancelledError:
            if self._closing:
                raise CallError("closed before it was answered") from None
            raise

    async def _make_answer(self, sdp: str) -> str:
        browser = descriptions.sha256_fingerprint(sdp)
        sdp, hidden = descriptions.without_mdns(sdp)
        if descriptions.carries_screen(sdp):
            self._add_screen()
        try:
            await self._connection.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
            await self._connection.setLocalDescription(await self._connection.createAnswer())
        except Exception as error:  # aiortc's parser raises whatever its code meets
            raise CallError(f"offer not understood: {type(error).__name__}") from error
        early, self._early = self._early, None
        for line, mid, index in [(line, mid, None) for mid, line in hidden] + (early or []):
            self.add_candidate(line, mid, index)
        answer: str = self._connection.localDescription.sdp
        self._prepare_media()
        self.fingerprints = Fingerprints(browser=browser, program=descriptions.sha256_fingerprint(answer))
        return descriptions.with_start_bitrate(answer)

    def add_candidate(self, candidate: str, mid: str | None, line: int | None) -> None:
        """Never waits: a `.local` name that cannot be looked up holds up nothing. One that comes before the answer is kept for it."""
        if self._early is not None:
            self._early.append((candidate, mid, line))
        elif candidate:
            self._in_background(self._add_candidate(candidate, mid, line))
        elif not self._ending:
            self._ending = True
            self._in_background(self._end_candidates())

    async def _end_candidates(self) -> None:
        """aioice gives up at once when it knows no candidate at the end; a browser whose addresses are hidden has yet to knock."""
        await asyncio.sleep(END_GRACE_S)
        with contextlib.suppress(ValueError):
            await self._connection.addIceCandidate(None)

    async def _add_candidate(self, candidate: str, mid: str | None, line: int | None) -> None:
        try:
            parsed = candidate_from_sdp(candidate.removeprefix("candidate:"))
            parsed.sdpMid, parsed.sdpMLineIndex = mid, line if line is not None or mid is not None else 0
            await self._connection.addIceCandidate(parsed)
        except (AssertionError, ValueError, IndexError, KeyError, OSError) as error:
            log.info("candidate_passed_over", epoch=self.number, error=type(error).__name__)

    def talk(self, text: str) -> bool:
        """Send on the data channel; False if it is not open."""
        if not self.talks:
            return False
        self._channel.send(text)
        return True

    def _heard(self, message: str | bytes) -> None:
        if isinstance(message, str):
            self.said(self, message)

    def _in_background(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def mute(self) -> None:
        """Take nothing more in; a newer epoch has taken over."""
        for line in (self.sound_in, self.picture_in, self.screen_in):
            if line is not None:
                line._enabled = False

    async def close(self) -> None:
        """End everything of this epoch. May be called twice."""
        self._closing = True
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._reserve is not None:
            self._reserve.give_back()
        with contextlib.suppress(ConnectionError):
            await self._connection.close()


def configuration(servers: Sequence[IceServer]) -> RTCConfiguration:
    """These servers and no others. One entry that says `relay_only` is enough, and no other address is gathered."""
    policy = RTCIceTransportPolicy.RELAY if any(server.relay_only for server in servers) else RTCIceTransportPolicy.ALL
    return RTCConfiguration(
        iceServers=descriptions.rtc_servers(servers), bundlePolicy=RTCBundlePolicy.MAX_BUNDLE, iceTransportPolicy=policy
    )


def received_packets(connection: RTCPeerConnection) -> int:
    """From the one transport that everything is bundled on."""
    return int(_transport(connection)._RTCDtlsTransport__rx_packets)  # type: ignore[attr-defined]  # private


def ice_of(connection: RTCPeerConnection) -> Connection:
    """What finds the path of the same transport."""
    return _transport(connection).transport._connection


def _transport(connection: RTCPeerConnection) -> RTCDtlsTransport:
    return connection.getReceivers()[0].transport
