"""The calendar's sentences: everything that is drawn is said, and nothing is said while names are hidden."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from app.domain.appointments import ZONE, Appointment, Client, Stage, Way
from app.domain.mails import MailState
from app.domain.outcome import Outcome, OutcomeKind
from app.domain.readiness import Check, Light, Readiness
from app.paths import RESOURCES
from app.texts import Texts
from app.ui.calendar.spans import Mode, at
from app.ui.calendar.view_model import TROUBLE
from app.ui.calendar.words import CalendarWords

BERLIN = ZoneInfo(ZONE)
DAY = date(2026, 5, 13)


@pytest.fixture(params=["de", "en"])
def texts(request) -> Texts:
    return Texts.load(RESOURCES / "i18n", request.param, "app")


@pytest.fixture
def german() -> CalendarWords:
    return CalendarWords(Texts.load(RESOURCES / "i18n", "de", "app"), BERLIN)


def one(**other) -> Appointment:
    client = Client(name="Emine Yılmaz")
    return Appointment(id="a", **{"starts_at": at(DAY, 9, 0, BERLIN), "minutes": 45, "topic": "Sprachkurs", "client": client, **other})


def test_everything_is_said(german) -> None:
    told = german.sentence(one(stage=Stage.INVITED, series="s", readiness=Readiness(camera=Check.FAILED)), 2, MailState.UNCLEAR)
    assert told == (
        "9:00 bis 9:45, Emine Yılmaz, Sprachkurs, Video, eingeladen, Bereitschaft: bitte anrufen, E-Mail unklar, Reihe, "
        "überschneidet sich mit 2 anderen Terminen"
    )


def test_names_are_hidden_everywhere(texts) -> None:
    words = CalendarWords(texts, BERLIN, lambda: True)
    for appointment in (one(), one(client=Client(), stage=Stage.CLOSED, outcome=Outcome(kind=OutcomeKind.NOT_ARRIVED, decided_at=0))):
        said = words.sentence(appointment) + words.person(appointment) + words.topic(appointment) + words.stage(appointment)
        assert "Yılmaz" not in said
        assert "Sprachkurs" not in said
        assert texts("app.calendar.outcome.not-arrived") not in said


def test_midnight_and_the_doubled_hour(german) -> None:
    late = one(starts_at=at(DAY, 23, 30, BERLIN), minutes=60)
    assert german.spoken_span(late) == "23:30 bis 0:30 am nächsten Tag"
    assert german.span(late) == "23:30–0:30 (+1)"
    assert german.span(one(starts_at=at(DAY, 23, 0, BERLIN), minutes=60)) == "23:00–0:00"
    two = at(date(2026, 10, 25), 2, 30, BERLIN)
    assert (german.time(two), german.time(two + 3600)) == ("2:30 Sommerzeit", "2:30 Winterzeit")
    assert german.time(at(date(2026, 3, 29), 3, 0, BERLIN)) == "3:00"


def test_every_state_has_words(texts) -> None:
    words = CalendarWords(texts, BERLIN)
    assert all(words.stage(one(stage=stage)) for stage in Stage)
    assert all(words.stage(one(stage=Stage.CLOSED, outcome=Outcome(kind=kind, decided_at=0))) for kind in OutcomeKind)
    assert all(words.way(one(way=way)) for way in Way)
    assert all(words.light_word(light) for light in Light)
    assert all(words.mail(state) for state in TROUBLE)
    assert all(words.title(mode, DAY, DAY, DAY) for mode in Mode)
    assert all(words.heading(part) for part in ("day", "time", "person", "topic", "way", "state", "ready", "notes"))


def test_light_only_where_there_is_something_to_be_ready_for(german) -> None:
    assert german.light(one(stage=Stage.INVITED)) is Light.UNKNOWN
    assert german.light(one(stage=Stage.INVITED, way=Way.PHONE)) is None
    assert german.light(one(stage=Stage.NOTED)) is None
    assert german.light(one(stage=Stage.CLOSED)) is None


def test_nameless_appointments_are_called_by_their_topic(german) -> None:
    assert (german.person(one(client=Client())), german.topic(one(client=Client()))) == ("Sprachkurs", "")
    assert german.person(one(client=Client(), topic="")) == "Ohne Namen"
