"""The invented appointments: nobody's address, room for the group around now, and a store that holds them from the start."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from app.domain.appointments import Stage, Way
from app.services.appointments.ports import AppointmentStore, OpenStore
from app.services.fakes.store import MemoryStore
from app.services.training.samples import AT_ONCE, FREE_S, TO_PHONE, invented, seeded

NOW = 1_790_000_000


@given(st.integers(1_700_000_000, 2_000_000_000))
def test_nobody_is_reached_by_them(now: int) -> None:
    made = invented(now, "1")
    assert len({a.id for a in made}) == len(made)
    for one in made:
        assert re.fullmatch(r"kundin-\d+@kunden\.example", one.client.email)
        assert re.fullmatch(r"030 23125 \d{3}", one.client.phone)
        assert one.stage not in (Stage.WAITING, Stage.IN_SESSION)
        assert one.access is None or one.way is Way.VIDEO


@given(st.integers(1_700_000_000, 2_000_000_000))
def test_one_can_come_at_once_and_one_is_phoned(now: int) -> None:
    made = {a.id: a for a in invented(now, "1")}
    comes, phoned = made[AT_ONCE], made[TO_PHONE]
    assert 0 < comes.starts_at - now <= 300
    assert (comes.stage, comes.agreed) == (Stage.INVITED, True)
    assert comes.access is not None
    assert (phoned.stage, phoned.access) == (Stage.NOTED, None)
    near = [a for a in made.values() if a.ends_at >= now and a.starts_at <= now + FREE_S]
    assert {a.id for a in near} == {AT_ONCE, TO_PHONE}


async def test_store_holds_them_from_the_start() -> None:
    store, made = MemoryStore(), invented(NOW, "1")

    async def prepare() -> OpenStore:
        def opening() -> AppointmentStore:
            return store

        return opening

    opened = (await seeded(prepare, made)())()
    found = opened.find(AT_ONCE)
    assert found is not None
    assert found.revision == 1
    assert len(opened.between(0, 3_000_000_000)) == len(made)
