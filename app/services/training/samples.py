"""The invented appointments of a training: a week around now, one client who can come at once, one who is phoned. No Qt, no SQL.

Names, numbers and addresses belong to nobody: `.example` leads nowhere (RFC 2606), and 030 23125 is kept free for films and the like
(Bundesnetzagentur).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.domain.appointments import ZONE, Agreement, Appointment, Client, Stage, Way
from app.domain.readiness import Readiness
from app.services.appointments.ports import AppointmentStore, OpenStore, Write
from app.services.appointments.stages import new_access
from app.services.fakes.sample_appointments import sample_appointments
from app.services.store.late import Prepare

DOMAIN = "kunden.example"
PHONES = "030 23125 {number:03}"
AGENCY_PHONE = PHONES.format(number=1)
FREE_S = 2 * 3600
"""Around now no other appointments are drawn, so that the group sees the ones it talks of."""
DAYS, A_DAY = 11, 4
AT_ONCE = "training-0000000000001"
"""Id of the appointment whose client can come at once."""
TO_PHONE = "training-0000000000002"


def invented(now: int, agreement_version: str, zone: str = ZONE) -> list[Appointment]:
    """All of them, `now` in Unix seconds."""
    today = datetime.fromtimestamp(now, ZoneInfo(zone)).date()
    first = today - timedelta(days=today.weekday())
    around = sample_appointments(first, DAYS, A_DAY, now, zone)
    far = [a for a in around if a.ends_at < now - FREE_S // 4 or a.starts_at > now + FREE_S]
    return [*_those_now(now, agreement_version), *(_harmless(a, number) for number, a in enumerate(far))]


def _those_now(now: int, version: str) -> Sequence[Appointment]:
    soon = now - now % 300 + 300
    agreement = Agreement(text_version=version, agreed_at=now - 86_400)
    comes = Appointment(
        id=AT_ONCE,
        starts_at=soon,
        minutes=45,
        topic="Erstgespräch",
        client=_client("Emine Yılmaz", 10),
        stage=Stage.INVITED,
        agreement=agreement,
        access=new_access(),
        made_at=now,
    )
    phoned = Appointment(
        id=TO_PHONE, starts_at=soon + 3600, minutes=30, topic="Weiterbildung", client=_client("Peter Weber", 11), made_at=now
    )
    return comes, phoned


def _client(name: str, number: int) -> Client:
    return Client(name=name, email=f"kundin-{number}@{DOMAIN}", phone=PHONES.format(number=number))


def _harmless(drawn: Appointment, number: int) -> Appointment:
    """Nobody's address and number; a link where one was given out."""
    invited = drawn.stage is Stage.INVITED and drawn.way is Way.VIDEO
    return replace(
        drawn,
        client=_client(drawn.client.name, 100 + number),
        stage=Stage.INVITED if drawn.stage in (Stage.WAITING, Stage.IN_SESSION) else drawn.stage,
        access=new_access() if invited else None,
        readiness=drawn.readiness if invited else Readiness(),
        series=None,
        revision=0,
    )


def seeded(prepare: Prepare, appointments: Sequence[Appointment]) -> Prepare:
    """As `prepare`, and the store that it opens holds these, too."""

    async def prepared() -> OpenStore:
        opening = await prepare()

        def opened() -> AppointmentStore:
            store = opening()
            store.write(Write(appointments=appointments))
            return store

        return opened

    return prepared
