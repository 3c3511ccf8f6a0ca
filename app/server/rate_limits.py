"""Rate limits by the library `limits`: requests, connections, failures and proofs of an address, messages of a connection.

Addresses are kept only as a keyed hash with a key that lives as long as the process, and for as long as their window lasts. Whoever reaches
a limit is stopped and reported: a line in the log for each kind, at most one a minute, without an address.
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
import time
from dataclasses import dataclass

import structlog
from limits import RateLimitItem, parse
from limits.aio.strategies import FixedWindowRateLimiter

from app.server.meter import Guess, Meter
from app.server.rate_windows import Windows

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rates:
    """How much is allowed, in the notation of `limits`. Many clients may share one address, so only failures are counted tightly."""

    requests: str = "1800/minute"
    """HTTP requests of one address."""
    connections: str = "240/minute"
    """WebSockets of one address."""
    failures: str = "30/minute"
    """Links that do not exist, seats without the right secret: of one address."""
    all_failures: str = "600/minute"
    """The same of all addresses together: from then on an address has a few only. Who has not failed is never shut out."""
    few_failures: str = "3/minute"
    """Of one address, while everybody fails."""
    proofs: str = "30/minute"
    """Workstations that are not known: of one address. Of its own, so that clients behind the same proxy lock no workstation out."""
    enrolments: str = "10/minute"
    """One-time codes of workstations that lead nowhere: of one address. Right ones are not counted, so a whole office may come at once."""
    codes: str = "10/10 minute"
    """Dictated codes that lead nowhere: of one address."""
    all_codes: str = "160/minute"
    """The same of all addresses together: at this number the longest delay is reached, and nobody is shut out (`RateLimits.code_delay`)."""
    reports: str = "120/10 minute"
    """What the page says of its readiness: of one room."""
    relays: str = "30/10 minute"
    """Questions for the relay before a seat: of one room."""
    messages: str = "300/10 second"
    """Messages on one connection; a browser's candidates come in bursts of some dozens."""


FREE_CODES = 60
"""Wrong codes of all addresses in their window that delay nobody."""
LONGEST_DELAY_S = 5.0
LINES = "1/minute"
"""Of one kind in the log."""
EVENTS = {
    "requests": "too-many-requests",
    "connections": "too-many-connections",
    "messages": "too-many-messages",
    "failures": "links-are-guessed",
    "few-failures": "links-are-guessed",
    "codes": "codes-are-guessed",
    "proofs": "proofs-are-guessed",
}
"""What the log says when somebody reaches a limit. Others have honest reasons."""


class Pace:
    """A fixed window for one connection, in that connection's memory: it is asked with every message of thousands."""

    __slots__ = ("_amount", "_began", "_count", "_seconds")

    def __init__(self, amount: int, seconds: float) -> None:
        self._amount = amount
        self._seconds = seconds
        self._began = 0.0
        self._count = 0

    def hit(self) -> bool:
        """Count one; False if it is one too many."""
        now = time.monotonic()
        if self._count == 0 or now - self._began >= self._seconds:
            self._began, self._count = now, 0
        self._count += 1
        return self._count <= self._amount


class RateLimits:
    """Counts and says whether it is enough."""

    def __init__(self, rates: Rates, meter: Meter | None = None) -> None:
        self._meter = meter or Meter()
        self._limiter = FixedWindowRateLimiter(Windows())
        self._requests = parse(rates.requests)
        self._connections = parse(rates.connections)
        self._failures = parse(rates.failures)
        self._all_failures = parse(rates.all_failures)
        self._few_failures = parse(rates.few_failures)
        self._proofs = parse(rates.proofs)
        self._enrolments = parse(rates.enrolments)
        self._codes = parse(rates.codes)
        self._all_codes = parse(rates.all_codes)
        self._reports = parse(rates.reports)
        self._relays = parse(rates.relays)
        self._messages = parse(rates.messages)
        self._lines = parse(LINES)
        self._key = secrets.token_bytes(16)

    async def request(self, address: str) -> bool:
        """Count an HTTP request; False if it is one too many."""
        return await self._hit(self._requests, "requests", self.hidden(address))

    async def connection(self, listener: str, address: str) -> bool:
        """Count a WebSocket of a listener; False if it is one too many."""
        return await self._hit(self._connections, "connections", listener, self.hidden(address))

    def pace(self) -> Pace:
        """The messages of a new connection."""
        return Pace(self._messages.amount, float(self._messages.get_expiry()))

    async def failure(self, address: str) -> None:
        """Count a failure of this address."""
        self._meter.guessed(Guess.LINK)
        who = self.hidden(address)
        await self._limiter.hit(self._failures, "failures", who)
        await self._limiter.hit(self._few_failures, "few-failures", who)
        await self._limiter.hit(self._all_failures, "all-failures")

    async def failed_too_often(self, address: str) -> bool:
        """True when this address has used up its failures."""
        if await self._limiter.test(self._all_failures, "all-failures"):
            return await self._used_up(self._failures, "failures", address)
        return await self._used_up(self._few_failures, "few-failures", address)

    async def wrong_code(self, address: str) -> None:
        """Count a dictated code of this address that led nowhere."""
        self._meter.guessed(Guess.CODE)
        await self._limiter.hit(self._codes, "codes", self.hidden(address))
        await self._limiter.hit(self._all_codes, "codes")

    async def wrong_code_too_often(self, address: str) -> bool:
        """True when this address has used up its wrong codes."""
        return await self._used_up(self._codes, "codes", address)

    async def code_delay(self) -> float:
        """How long a question for a code is to wait, seconds: nothing as long as few are wrong, then longer with each, up to
        LONGEST_DELAY_S."""
        most = self._all_codes.amount
        wrong = most - (await self._limiter.get_window_stats(self._all_codes, "codes")).remaining
        return LONGEST_DELAY_S * max(0, wrong - FREE_CODES) / max(1, most - FREE_CODES)

    async def report(self, room: str) -> bool:
        """Count a report on this room; False if it is one too many."""
        return await self._hit(self._reports, "reports", room)

    async def relay(self, room: str) -> bool:
        """Count a question for the relay on this room; False if it is one too many."""
        return await self._hit(self._relays, "relays", room)

    async def failed_proof(self, address: str) -> None:
        """Count a workstation's proof from this address that did not hold."""
        self._meter.guessed(Guess.PROOF)
        await self._limiter.hit(self._proofs, "proofs", self.hidden(address))

    async def failed_proof_too_often(self, address: str) -> bool:
        """True when this address has used up its proofs."""
        return await self._used_up(self._proofs, "proofs", address)

    async def wrong_enrolment(self, address: str) -> None:
        """Count an enrolment from this address that was refused."""
        self._meter.guessed(Guess.ENROLMENT)
        await self._hit(self._enrolments, "enrolments", self.hidden(address))

    async def enrolled_wrongly_too_often(self, address: str) -> bool:
        """True when this address has used up its enrolments."""
        return await self._used_up(self._enrolments, "enrolments", address)

    def hidden(self, address: str) -> str:
        """What is kept of an address."""
        return hashlib.blake2b(network_of(address).encode(), key=self._key, digest_size=12).hexdigest()

    async def _hit(self, item: RateLimitItem, rate: str, *who: str) -> bool:
        """False if it is one too many."""
        fits = await self._limiter.hit(item, rate, *who)
        if not fits:
            self._meter.limited(rate)
            await self.report_in_log(rate)
        return fits

    async def _used_up(self, item: RateLimitItem, rate: str, address: str) -> bool:
        used_up = not await self._limiter.test(item, rate, self.hidden(address))
        if used_up:
            self._meter.limited(rate)
            await self.report_in_log(rate)
        return used_up

    async def report_in_log(self, rate: str) -> None:
        """A warning for whoever runs the server, unless the same one was just given."""
        if (event := EVENTS.get(rate)) is not None and await self._limiter.hit(self._lines, "lines", event):
            log.warning(event)


def network_of(address: str) -> str:
    """The address, or for IPv6 its /64: one household has a whole network of those."""
    try:
        ip = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv6Address):
        return str(ip.ipv4_mapped or ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)
