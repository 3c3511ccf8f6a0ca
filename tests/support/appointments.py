"""Appointments, mails and their random kin for tests of stores."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from app.domain.appointments import Access, Agreement, Appointment, Client, ClientDevice, Company, Stage, Way
from app.domain.mails import Mail, MailKind, MailState
from app.domain.outcome import Outcome, OutcomeKind
from app.domain.readiness import Check, Readiness, Wish
from app.domain.secrets import new_id, new_token

NOW = 1_800_000_000
DAY = 86_400


def make_appointment(**values: Any) -> Appointment:
    """Noted, for half an hour, an hour from NOW."""
    return replace(Appointment(id=new_id(), starts_at=NOW + 3600, minutes=30, made_at=NOW), **values)


def full_appointment(**values: Any) -> Appointment:
    """With everything that an appointment can have."""
    client = Client(
        name="Änne Öztürk 🦊 \u202bמרים\u202c",
        email="aenne@example.org",
        phone="+49 (30) 123-45",
        language="en",
        device=ClientDevice.TABLET,
        company=Company.INTERPRETER,
        needs="Zeile eins\nZeile zwei",
        save_data=True,
    )
    return make_appointment(
        topic="Weiterbildung",
        client=client,
        way=Way.VIDEO,
        stage=Stage.INVITED,
        agreement=Agreement(text_version="3", agreed_at=NOW - DAY),
        access=Access(room=new_id(), token=new_token(), code="123456789"),
        readiness=Readiness(
            opened_at=NOW, camera=Check.OK, network=Check.FAILED, wish=Wish.CALL_ME, step="devices", reason="denied", at=NOW
        ),
        outcome=Outcome(kind=OutcomeKind.COULD_NOT_GET_IN, decided_at=NOW, step="devices", reason="denied", remark="Rückruf"),
        series=new_id(),
        sequence=2,
        owner="owner",
        deputy="deputy",
        **values,
    )


def make_mail(appointment: str, **values: Any) -> Mail:
    """An invitation that may go out now."""
    ident = new_id()
    return replace(
        Mail(
            id=ident,
            appointment=appointment,
            kind=MailKind.INVITATION,
            message_id=f"<{ident}@example.org>",
            recipient="client@example.org",
            message=b"Subject: x\r\n\r\n\x00\xff",
            due_at=NOW,
        ),
        **values,
    )


# ---- random ones, for hypothesis

IDS = st.sampled_from([f"id{number:020d}" for number in range(6)])
SECONDS = st.integers(NOW - 40 * DAY, NOW + 40 * DAY)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["Öztürk", "ÖZTÜRK", "o\u0308zturk", "𝔬z", "🦊", "ß"]
)

CLIENTS = st.builds(
    Client, name=WORDS, email=WORDS, phone=st.text("0123456789 +()/-", max_size=12), needs=WORDS, device=st.sampled_from(ClientDevice)
)
AGREEMENTS = st.builds(Agreement, text_version=st.sampled_from(["1", "2"]), agreed_at=SECONDS, withdrawn_at=st.none() | SECONDS)
ACCESSES = st.builds(Access, room=IDS, token=st.just("t" * 43), code=st.just("123456789"))
APPOINTMENTS = st.builds(
    Appointment,
    id=IDS,
    starts_at=SECONDS,
    minutes=st.integers(1, 480),
    topic=WORDS,
    client=CLIENTS,
    stage=st.sampled_from(Stage),
    agreement=st.none() | AGREEMENTS,
    access=st.none() | ACCESSES,
    readiness=st.just(Readiness()) | st.builds(Readiness, opened_at=SECONDS, camera=st.sampled_from(Check)),
    series=st.none() | IDS,
)
MAILS = st.builds(
    Mail,
    id=IDS,
    appointment=IDS,
    kind=st.sampled_from(MailKind),
    message_id=WORDS,
    recipient=WORDS,
    message=st.binary(max_size=20),
    due_at=SECONDS,
    useless_at=st.none() | SECONDS,
    state=st.sampled_from(MailState),
    next_try_at=st.just(0) | SECONDS,
    reply=WORDS,
)
