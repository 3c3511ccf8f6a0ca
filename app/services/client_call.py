"""The call to one client's browser through all its epochs: takes offers, asks for them, shows every call in the same three slots.

Runs on the loop; what the engine's thread tells comes through a `CallRelay`. No Qt, no sockets.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace

import structlog

from app.media.ports import Call, CallError, CallListener, CallState, CallStats, FrameSlot, I420Frame, PictureLimit
from app.services.call_relay import CallRelay
from app.services.clock import Clock
from app.services.mirror import mirror
from app.services.offer_requests import OfferRequests, ScreenRequests
from app.services.own_side import OwnSide
from app.services.session_line import CallPlan, SessionLine
from app.services.session_state import Standing
from app.wire.messages import Candidate, IceServer, Offer, OfferReason
from app.wire.talk import Talk, encode_talk

_log = structlog.get_logger(__name__)


class ClientCall:
    """Opened with `open`, and again for another device of the client. Keeps `standing` to what it hears of the line."""

    def __init__(self, line: SessionLine, plan: CallPlan, standing: Standing, clock: Clock) -> None:
        self.own = OwnSide(self.talk, plan.devices)
        self.remote_picture: FrameSlot[I420Frame] = FrameSlot()
        self.own_picture: FrameSlot[I420Frame] = FrameSlot()
        self.remote_screen: FrameSlot[I420Frame] = FrameSlot()
        self._line = line
        self._plan = plan
        self._standing = standing
        self._clock = clock
        self._requests = OfferRequests(self._ask, clock)
        self._screen_requests = ScreenRequests(lambda: self.own.wants_screen_line, self._ask_for_screen, clock)
        self._restarted = False
        self._call: Call | None = None
        self._relay: CallRelay | None = None
        self._unwatch: list[Callable[[], None]] = []

    def open(self, listener: CallListener) -> None:
        """Devices open in the background; the browser offers by itself, or is asked after a while. Raises CallError."""
        self._relay = CallRelay(listener, self._clock)
        call = self._call = self._plan.engine.open_call(self._relay, self.own.devices, self._plan.ice_servers)
        self._unwatch = [
            mirror(call.remote_picture, self.remote_picture),
            mirror(call.own_picture, self.own_picture),
            mirror(call.remote_screen, self.remote_screen),
        ]
        self.own.use(call)
        self._requests.soon()

    def close(self) -> None:
        """Frees the devices; nothing that the call still tells is heard."""
        self._requests.rest()
        self._screen_requests.rest()
        if self._call is None or self._relay is None:
            return
        self._relay.cut()
        self.own.release()
        for unwatch in self._unwatch:
            unwatch()
        self._call.close()
        self._call = None
        for slot in (self.remote_picture, self.own_picture, self.remote_screen):
            slot.clear()

    # ---- the browser

    def take_offer(self, offer: Offer) -> None:
        """The browser opens an epoch. An older one than the newest is passed over."""
        if self._call is None or offer.epoch <= self._standing.newest_epoch:
            return
        self._standing.newest_epoch = offer.epoch
        self._restarted = False  # it heard us
        self._requests.soon()
        relay = self._relay
        answer = self._call.take_offer(offer.epoch, offer.sdp)
        answer.add_done_callback(lambda done: self._clock.hand_over(lambda: self._answered(relay, offer.epoch, done)))

    def add_candidate(self, candidate: Candidate) -> None:
        """A trickled candidate of the browser."""
        if self._call is not None:
            self._call.add_candidate(candidate.epoch, candidate.candidate, candidate.mid, candidate.line)

    def browser_back(self) -> None:
        """It can be asked again, and offers by itself."""
        self._requests.soon()
        self.look_at_screen()

    def take_over(self, epoch: int) -> None:
        """The program was started again: the browser, whose last epoch that was, is asked at once. It may be on its way back and then
        offers by itself; asked too soon again, it would begin anew."""
        self._restarted = True
        self._standing.newest_epoch = epoch
        self._ask()
        self._requests.soon()

    def heard(self, epoch: int, state: CallState) -> None:
        """The call told the state of one of its epochs."""
        self._standing.heard(epoch, state)
        if self._standing.flowing:
            self._requests.rest()
            self.look_at_screen()
        elif state is CallState.STALLED and epoch == self._standing.newest_epoch:
            self._requests.now()

    def doubted(self, epoch: int) -> None:
        """The call doubts this epoch. Nobody sees that: the browser is asked for the next one, and this one goes on if it can."""
        if self._standing.reachable and epoch == self._standing.flowing:
            self._line.need_offer(self._standing.newest_epoch, OfferReason.STALLED)

    def look_at_screen(self) -> None:
        """An own screen may need a line of its own."""
        self._screen_requests.look()

    # ---- the call

    def talk(self, message: Talk) -> None:
        """On the data channel; lost if none is open."""
        if self._call is not None:
            self._call.talk(encode_talk(message))

    def limit(self, limit: PictureLimit) -> None:
        """The client wishes to receive no more than that."""
        if self._call is not None:
            self._call.limit_picture(limit)

    def use_ice_servers(self, servers: Sequence[IceServer]) -> None:
        """For epochs to come."""
        self._plan = replace(self._plan, ice_servers=servers)
        if self._call is not None:
            self._call.set_ice_servers(servers)

    def stats(self) -> CallStats:
        return CallStats() if self._call is None else self._call.stats()

    def microphone_level(self) -> float:
        return 0.0 if self._call is None else self._call.microphone_level()

    # ---- inside

    def _answered(self, relay: CallRelay | None, epoch: int, answer: Future[str]) -> None:
        if self._call is None or relay is not self._relay or answer.cancelled():
            return
        error = answer.exception()
        if error is None:
            self._line.answer(epoch, answer.result())
        elif isinstance(error, CallError):
            _log.warning("session.offer_not_answered", epoch=epoch)
            self._requests.soon()
        else:
            raise error

    def _ask(self) -> None:
        if self._standing.reachable and not self._standing.flowing:
            self._line.need_offer(self._standing.newest_epoch, self._reason())

    def _reason(self) -> OfferReason:
        if self._restarted:
            return OfferReason.PROGRAM_RESTARTED
        return OfferReason.STALLED if self._standing.newest_epoch else OfferReason.ADMITTED

    def _ask_for_screen(self) -> None:
        """Only while a line stands: an epoch under way, or the next one, has the screen's line by itself."""
        if self._standing.reachable and self._standing.flowing == self._standing.newest_epoch > 0:
            self._line.need_offer(self._standing.newest_epoch, OfferReason.SCREEN)
