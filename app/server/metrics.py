"""The server's figures for Prometheus, in its text format. Only this module imports prometheus-client; the embedded server never loads it.

No label names a room, a seat, a workstation or an address: each has a handful of values that stand in the code.
"""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from app import __version__
from app.server.meter import Answer, Guess, Meter, Side
from app.wire.codes import Code

PREFIX = "videoberatung"
BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0)
"""Of the database's latency; the last one is how long anybody waits (`app.server.state.database.PATIENCE_S`)."""
WATCHED = {
    "stopping": "1 while the server sends everybody to another one.",
    "broker_settled": "1 while news of other servers come at once.",
    "tls_certificate_end_seconds": "When the certificate in use ends, Unix time.",
}
"""Figures that are looked up when somebody asks -> what they say."""


class PrometheusMeter(Meter):
    """Counts in a registry of its own."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(namespace=PREFIX, registry=registry)
        Info("build", "Which version runs.", namespace=PREFIX, registry=registry).info({"version": __version__})
        self._connections = self._gauge("connections", "WebSockets that are open on this server.", "side")
        self._opened = self._counter("connections_opened", "WebSockets that were opened.", "side")
        self._closed = self._counter("connections_closed", "WebSockets that are gone.", "side")
        self._refused = self._counter("refused", "Refusals that somebody heard, by the wire's code.", "code")
        self._limited = self._counter("rate_limited", "Times that a rate limit held somebody up.", "rate")
        self._guessed = self._counter("guesses", "Links, codes, proofs and enrolments that led nowhere.", "kind")
        self._admitted = self._counter("admissions", "Clients that a counsellor let in through this server.")
        self._relay = self._counter("relay_credentials", "Credentials for the relay that were given out.", "kind")
        self._inside = self._counter("internal_errors", "Errors of the server itself.")
        self._transactions = Histogram(
            "database_seconds",
            "Time of a transaction, with the wait for its turn.",
            ["answer"],
            namespace=PREFIX,
            registry=registry,
            buckets=BUCKETS_S,
        )
        self._waiting = self._gauge("clients_waiting", "Clients in waiting rooms, of all servers over this database.")
        self._away = self._gauge("clients_away", "Those of them whose page is away.")
        self._sessions = self._gauge("sessions", "Rooms with somebody admitted, of all servers over this database.")
        self._know_all_labels()

    def _counter(self, name: str, about: str, *labels: str) -> Counter:
        return Counter(name, about, labels, namespace=PREFIX, registry=self.registry)

    def _gauge(self, name: str, about: str, *labels: str) -> Gauge:
        return Gauge(name, about, labels, namespace=PREFIX, registry=self.registry)

    def _know_all_labels(self) -> None:
        """So that a first event is a rise from nought, which `increase()` sees, and not a line that was not there."""
        for side in Side:
            for metric in (self._connections, self._opened, self._closed):
                metric.labels(side.value)
        for guess in Guess:
            self._guessed.labels(guess.value)
        for code in Code:
            self._refused.labels(code.value)
        for answer in Answer:
            self._transactions.labels(answer.value)

    # ---- what is asked when somebody looks

    media_type = CONTENT_TYPE_LATEST

    def watch(self, name: str, value: Callable[[], float]) -> None:
        self._gauge(name, WATCHED[name]).set_function(value)

    def exposition(self) -> bytes:
        return generate_latest(self.registry)

    # ---- what is told

    def connected(self, side: Side) -> None:
        self._opened.labels(side.value).inc()
        self._connections.labels(side.value).inc()

    def disconnected(self, side: Side) -> None:
        self._closed.labels(side.value).inc()
        self._connections.labels(side.value).dec()

    def refused(self, code: Code) -> None:
        self._refused.labels(code.value).inc()

    def limited(self, rate: str) -> None:
        self._limited.labels(rate).inc()

    def guessed(self, guess: Guess) -> None:
        self._guessed.labels(guess.value).inc()

    def admitted(self) -> None:
        self._admitted.inc()

    def relay_given(self, kind: str) -> None:
        self._relay.labels(kind).inc()

    def transaction(self, seconds: float, answer: Answer) -> None:
        self._transactions.labels(answer.value).observe(seconds)

    def seats(self, waiting: int, away: int, sessions: int) -> None:
        self._waiting.set(waiting)
        self._away.set(away)
        self._sessions.set(sessions)

    def failed_inside(self) -> None:
        self._inside.inc()
