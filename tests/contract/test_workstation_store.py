"""What every WorkstationStore does. Two handles on one store stand for two server processes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from app.domain.secrets import new_id, new_token
from app.server.enrolment.memory import MemoryWorkstationStore
from app.server.enrolment.ports import Offer, Way, Workstation, WorkstationStore
from app.server.enrolment.sql import SqlWorkstationStore
from app.wire.codes import Code
from tests.support.room_stores import outcomes, refused

NOW = 1_800_000_000
DAY = 86_400


@dataclass
class Handles:
    """Two ways to the same store."""

    one: WorkstationStore
    two: WorkstationStore


@pytest.fixture(params=["memory", "sqlite", "postgres"])
async def handles(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Handles]:
    if request.param == "memory":
        store = MemoryWorkstationStore()
        yield Handles(store, store)
        return
    url = f"sqlite:///{tmp_path}/workstations.sqlite3" if request.param == "sqlite" else request.getfixturevalue("postgres").empty_tables()
    one, two = await SqlWorkstationStore.open(url), await SqlWorkstationStore.open(url)
    yield Handles(one, two)
    await one.close()
    await two.close()


@pytest.fixture
def store(handles: Handles) -> WorkstationStore:
    return handles.one


def offer(**values: object) -> Offer:
    return replace(Offer(new_id(), new_token(), "musterstadt", "Jobcenter Musterstadt", NOW + DAY), **values)


def workstation(**values: object) -> Workstation:
    return replace(Workstation(new_token(), "", "", NOW, Way.CODE), **values)


async def enrolled(store: WorkstationStore, **of_offer: object) -> Workstation:
    given = offer(**of_offer)
    await store.add_offer(given)
    return await store.redeem(given.id, workstation())


async def test_a_code_says_where_a_workstation_belongs(handles: Handles) -> None:
    given = offer()
    await handles.one.add_offer(given)
    assert await handles.two.find_offer(given.id) == given
    new = await handles.two.redeem(given.id, workstation())
    assert (new.site, new.label, new.since, new.way, new.until, new.revoked_at) == (given.site, given.label, NOW, Way.CODE, None, None)
    assert await handles.one.find(new.key) == new
    assert (await handles.one.find_offer(given.id)) == replace(given, used_by=new.key)


async def test_a_code_is_used_once_whoever_comes_at_the_same_time(handles: Handles) -> None:
    given = offer()
    await handles.one.add_offer(given)
    stores = [handles.one, handles.two] * 5
    won, codes = await outcomes([store.redeem(given.id, workstation()) for store in stores])
    assert (won, codes) == (1, [Code.CONFLICT] * 9)
    assert len(await handles.one.workstations()) == 1


async def test_who_used_it_gets_the_same_again_whenever_they_ask(handles: Handles) -> None:
    given, asking = offer(), workstation()
    await handles.one.add_offer(given)
    first, second = await asyncio.gather(handles.one.redeem(given.id, asking), handles.two.redeem(given.id, asking))
    assert first == second
    late = replace(asking, since=given.until + 1)
    assert await handles.two.redeem(given.id, late) == first


async def test_unknown_and_late_codes_lead_nowhere(store: WorkstationStore) -> None:
    given = offer()
    await store.add_offer(given)
    assert await refused(store.redeem(new_id(), workstation())) is Code.UNKNOWN_CODE
    assert await refused(store.redeem(given.id, workstation(since=given.until))) is Code.EXPIRED_LINK
    assert await store.workstations() == []


async def test_a_revoked_key_never_comes_back_and_uses_up_nothing(handles: Handles) -> None:
    first = await enrolled(handles.one)
    revoked = await handles.two.revoke(first.key, NOW + 5)
    assert revoked == replace(first, revoked_at=NOW + 5)
    assert await handles.one.revoke(first.key, NOW + 9) == revoked
    again = offer()
    await handles.one.add_offer(again)
    assert await refused(handles.one.redeem(again.id, workstation(key=first.key))) is Code.UNAUTHORISED
    assert await refused(handles.one.register(workstation(key=first.key))) is Code.UNAUTHORISED
    assert (await handles.one.redeem(again.id, workstation())).holds(NOW)
    assert await handles.one.revoke(new_token(), NOW) is None


async def test_a_code_may_replace_a_workstation(handles: Handles) -> None:
    former = await enrolled(handles.one)
    new = await enrolled(handles.two, replaces=former.key)
    assert new.replaces == former.key
    assert (await handles.one.find(former.key)) == replace(former, revoked_at=NOW)
    assert await handles.one.find(new.key) == new


async def test_a_code_for_the_workstation_that_has_the_key_already_only_says_where_it_belongs_now(store: WorkstationStore) -> None:
    former = await enrolled(store)
    given = offer(site="nachbarstadt", replaces=former.key)
    await store.add_offer(given)
    after = await store.redeem(given.id, workstation(key=former.key))
    assert (after.site, after.revoked_at, after.replaces) == ("nachbarstadt", None, None)


async def test_a_sign_in_is_renewed_and_ends_by_itself(handles: Handles) -> None:
    signed_in = workstation(site="musterstadt", label="A", way=Way.SIGN_IN, until=NOW + 60, person=new_token())
    assert await handles.one.register(signed_in) == signed_in
    later = replace(signed_in, since=NOW + 30, until=NOW + 90)
    assert await handles.two.register(later) == later
    found = await handles.one.find(signed_in.key)
    assert found is not None
    assert (found.holds(NOW + 89), found.holds(NOW + 90)) == (True, False)


async def test_a_sign_in_counts_once_whoever_hands_it_in_at_the_same_time(handles: Handles) -> None:
    first = workstation(site="a", label="A", way=Way.SIGN_IN, until=NOW + 60, person=new_token())
    for since in (NOW, NOW + 1):  # a new one, and one that renews
        won, codes = await outcomes([store.register(replace(first, since=since)) for store in [handles.one, handles.two] * 3])
        assert (won, codes) == (1, [Code.RIGHT_SPENT] * 5)


async def test_a_sign_in_takes_over_neither_a_code_nor_somebody_else_s_workstation(handles: Handles) -> None:
    enrolled_one = await enrolled(handles.one)
    mine = workstation(site="a", label="A", way=Way.SIGN_IN, until=NOW + 60, person=new_token())
    await handles.one.register(mine)
    assert await refused(handles.two.register(replace(mine, key=enrolled_one.key, since=NOW + 1))) is Code.CONFLICT
    assert await refused(handles.two.register(replace(mine, person=new_token(), since=NOW + 1))) is Code.NOT_YOURS
    assert await handles.one.find(mine.key) == mine


async def test_what_ended_is_named_for_the_sweep(handles: Handles) -> None:
    revoked, lasting = await enrolled(handles.one), await enrolled(handles.one)
    expiring = workstation(site="a", label="A", way=Way.SIGN_IN, until=NOW + 60)
    await handles.one.register(expiring)
    await handles.one.revoke(revoked.key, NOW + 10)
    assert set(await handles.two.ended_since(NOW, NOW + 60)) == {revoked.key, expiring.key}
    assert await handles.two.ended_since(NOW + 11, NOW + 59) == []
    assert lasting.key in [one.key for one in await handles.two.workstations()]


async def test_the_list_is_sorted_by_site_and_label(store: WorkstationStore) -> None:
    for site, label in (("b", "A"), ("a", "B"), ("a", "A")):
        await enrolled(store, site=site, label=label)
    assert [await store.has_site(site) for site in ("a", "b", "c", "A")] == [True, True, False, False]
    assert [(one.site, one.label) for one in await store.workstations()] == [("a", "A"), ("a", "B"), ("b", "A")]


async def test_what_nobody_asks_for_any_more_is_forgotten(store: WorkstationStore) -> None:
    given, kept = offer(), await enrolled(store)
    await store.add_offer(given)
    signed_in = workstation(site="a", label="A", way=Way.SIGN_IN, until=NOW + 60)
    await store.register(signed_in)
    await store.forget(NOW + 60)
    assert await store.find(signed_in.key)
    assert await store.find_offer(given.id)
    await store.forget(given.until + 1)
    assert await store.find(signed_in.key) is None
    assert await store.find_offer(given.id) is None
    assert await store.find(kept.key) == kept
