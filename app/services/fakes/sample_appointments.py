"""Appointments of a made-up counsellor, and a book that can only be looked into: for pictures, benchmarks and tests. No Qt."""

from __future__ import annotations

import random
from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.domain.appointments import MAX_MINUTES, ZONE, Agreement, Appointment, Client, Stage, Way
from app.domain.mails import Mail, MailKind, MailState
from app.domain.outcome import Outcome, OutcomeKind
from app.domain.readiness import Check, Light, Readiness, Wish
from app.services.events import Event

NAMES = (
    *("Emine Yılmaz", "Peter Weber", "Oksana Kovalenko", "Jürgen Groß", "Fatima al-Hassan", "Sabine Krüger-Oppermann", "Nguyễn Thị Mai"),
    *(
        "Marek Nowak",
        "Claudia Schäfer",
        "Ahmad Rahimi",
        "Giulia Rossi",
        "Thomas Müller",
        "Aïcha Diallo",
        "Renate Böhm",
        "Dmytro Shevchenko",
    ),
    *("Lena Hoffmann", "Mehmet Öztürk", "Ingrid Lange", "Ana-Maria Popescu", "Kevin Schröder"),
)
TOPICS = (
    *("Erstgespräch", "Weiterbildung", "Bewerbungsunterlagen", "Eingliederungsplan", "Sprachkurs", "Umschulung", "Wiedereinstieg"),
    *("Arbeitsaufnahme", "Kinderbetreuung", "Selbstständigkeit", ""),
)
_OUTCOMES = (
    OutcomeKind.HELD,
    OutcomeKind.HELD,
    OutcomeKind.HELD,
    OutcomeKind.BY_PHONE,
    OutcomeKind.NOT_ARRIVED,
    OutcomeKind.COULD_NOT_GET_IN,
)
_READY = (
    Readiness(),
    Readiness(opened_at=1, camera=Check.OK, microphone=Check.OK, loudspeaker=Check.OK, network=Check.OK),
    Readiness(opened_at=1, camera=Check.OK, microphone=Check.OK, loudspeaker=Check.OK, network=Check.OK),
    Readiness(opened_at=1, camera=Check.OK, microphone=Check.WEAK),
    Readiness(opened_at=1, camera=Check.FAILED, microphone=Check.OK),
    Readiness(opened_at=1, wish=Wish.CALL_ME),
)


def sample_appointments(first: date, days: int, per_day: int, now: int, zone: str = ZONE, seed: int = 1) -> list[Appointment]:
    """`per_day` on each work day from `first` on, between 8 and 17 o'clock, some side by side, some in series. What lies before `now`
    (Unix seconds) has an outcome. The same arguments give the same appointments."""
    chance = random.Random(seed)  # noqa: S311 (made-up people)
    clock = ZoneInfo(zone)
    made: list[Appointment] = []
    for day in (first + timedelta(number) for number in range(days)):
        if day.weekday() > 4:
            continue
        for number in range(per_day):
            quarter = 36 * number // per_day + chance.randrange(2)
            starts_at = int(datetime.combine(day, time(8 + quarter // 4, quarter % 4 * 15), clock).timestamp())
            made.append(_one(chance, f"sample-{len(made):015d}", starts_at, chance.choice((30, 30, 45, 45, 60)), now))
    return made


def sample_year(year: int, count: int, now: int, zone: str = ZONE) -> list[Appointment]:
    """`count` appointments spread evenly over the work days of a year."""
    days = [date(year, 1, 1) + timedelta(n) for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]
    work_days = [day for day in days if day.weekday() < 5]
    more, made = count, []
    for number, day in enumerate(work_days):
        share = round(more / (len(work_days) - number))
        made += [replace(a, id=f"{day:%j}-{a.id}") for a in sample_appointments(day, 1, share, now, zone, seed=number)]
        more -= share
    return made


def _one(chance: random.Random, name: str, starts_at: int, minutes: int, now: int) -> Appointment:
    person = chance.choice(NAMES)
    way = chance.choices((Way.VIDEO, Way.PHONE, Way.ON_SITE), (8, 1, 1))[0]
    stage = _stage(chance, starts_at, starts_at + minutes * 60, now)
    agreed = stage not in (Stage.NOTED, Stage.CANCELLED)
    return Appointment(
        id=name,
        starts_at=starts_at,
        minutes=minutes,
        topic=chance.choice(TOPICS),
        client=Client(name=person, email="kundin@example.org", phone="030 5550 100"),
        way=way,
        stage=stage,
        agreement=Agreement(text_version="1", agreed_at=starts_at - 86_400 * 7) if agreed else None,
        readiness=chance.choice(_READY) if stage is Stage.INVITED and way is Way.VIDEO else Readiness(),
        outcome=Outcome(kind=chance.choice(_OUTCOMES), decided_at=starts_at) if stage is Stage.CLOSED else None,
        series=f"series-{chance.randrange(9)}" if chance.random() < 0.15 else None,
        revision=1,
    )


def _stage(chance: random.Random, starts_at: int, ends_at: int, now: int) -> Stage:
    if chance.random() < 0.04:
        return Stage.CANCELLED
    if ends_at <= now:
        return Stage.CLOSED
    if starts_at <= now:
        return Stage.IN_SESSION
    if starts_at - now < 900:
        return Stage.WAITING
    return chance.choices((Stage.NOTED, Stage.AGREED, Stage.INVITED), (2, 2, 6))[0]


class LookingBook:
    """The part of `AppointmentBook` that only looks, over appointments in memory. `put` and `remove` are no part of the port."""

    def __init__(self, appointments: Iterable[Appointment] = ()) -> None:
        self.changed: Event[Sequence[str]] = Event()
        self.asked: list[tuple[int, int]] = []
        """What `between` was asked for."""
        self._by_id = {appointment.id: appointment for appointment in appointments}
        self._order = sorted((appointment.starts_at, appointment.id) for appointment in self._by_id.values())
        self._mails: dict[str, list[Mail]] = {}

    def put(self, appointment: Appointment) -> None:
        """New, or different from now on."""
        self._drop(appointment.id)
        self._by_id[appointment.id] = appointment
        insort(self._order, (appointment.starts_at, appointment.id))
        self.changed.announce([appointment.id])

    def remove(self, appointment: str) -> None:
        """Gone for good."""
        self._drop(appointment)
        self.changed.announce([appointment])

    def fail_mail(self, appointment: str, state: MailState) -> None:
        """Its invitation came to that state."""
        mail = Mail(
            id=f"mail-{appointment}",
            appointment=appointment,
            kind=MailKind.INVITATION,
            message_id="<1@example.org>",
            recipient="kundin@example.org",
            message=b"",
            due_at=0,
            state=state,
        )
        self._mails[appointment] = [mail]
        self.changed.announce([appointment])

    def _drop(self, appointment: str) -> None:
        old = self._by_id.pop(appointment, None)
        if old is not None:
            self._order.remove((old.starts_at, old.id))

    async def find(self, appointment: str) -> Appointment | None:
        return self._by_id.get(appointment)

    async def between(self, start: int, end: int) -> Sequence[Appointment]:
        self.asked.append((start, end))
        first = bisect_left(self._order, (start - MAX_MINUTES * 60, ""))
        last = bisect_left(self._order, (end, ""))
        return [a for _, name in self._order[first:last] if (a := self._by_id[name]).ends_at > start]

    async def search(self, text: str) -> Sequence[Appointment]:
        wanted = text.casefold()
        newest = [self._by_id[name] for _, name in reversed(self._order)]
        return [a for a in newest if any(wanted in part.casefold() for part in _searched(a))][:50]

    async def mails(self, appointment: str) -> Sequence[Mail]:
        return self._mails.get(appointment, ())

    async def to_call_again(self) -> Sequence[Appointment]:
        trouble = {name for name, mails in self._mails.items() if any(m.state in _TROUBLE for m in mails)}
        open_ones = [a for _, name in self._order if not (a := self._by_id[name]).stage.is_over and a.way is Way.VIDEO]
        return [a for a in open_ones if a.id in trouble or a.readiness.light is Light.RED]


_TROUBLE = {MailState.REFUSED, MailState.UNCLEAR, MailState.RETURNED}


def _searched(appointment: Appointment) -> tuple[str, ...]:
    client = appointment.client
    return client.name, appointment.topic, client.email, client.phone
