"""Somebody is ill: what colleagues see and do, and what the book says when the person is back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio

from app.domain.appointments import Stage, Way
from app.domain.deputy import ActKind
from app.domain.mails import MailKind, MailState
from app.domain.outcome import OutcomeKind
from app.domain.readiness import Check, Readiness
from app.services.appointments.ports import BookError, Tell
from app.services.fakes.team import MemoryShelf
from app.services.keys import WorkstationKey
from app.services.team.running import TeamPlan, TeamSettings, team_running
from app.services.team.shelf import FolderShelf
from app.wire.messages import Notice
from tests.support.book_table import DAY, HOUR, draft_of
from tests.support.teams import TeamTable, Workstation


@pytest_asyncio.fixture
async def table(tmp_path: Path) -> AsyncIterator[TeamTable]:
    """Over a real folder."""
    made = await TeamTable(FolderShelf(tmp_path)).open()
    yield made
    await made.close()


@pytest_asyncio.fixture
async def memory() -> AsyncIterator[TeamTable]:
    made = await TeamTable().open()
    yield made
    await made.close()


async def ill(one: Workstation) -> None:
    await one.look()
    await one.close()


def lying_in(folder: Path) -> dict[str, bytes]:
    """All files with what is in them."""
    return {str(file): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def sent(one: Workstation) -> list[MailKind]:
    one.outbox.send_all()
    return [mail.kind for mail, _ in one.outbox.sent]


async def refused(work) -> str:
    with pytest.raises(BookError) as raised:
        await work
    return raised.value.key


async def test_a_deputy_sees_what_is_needed_and_no_more(table: TeamTable, tmp_path: Path) -> None:
    invited = await table.anna.invited()
    await table.anna.book.reported(invited.access.room, Readiness(opened_at=1, camera=Check.FAILED))
    await ill(table.anna)
    (listed,) = await table.bernd.listed(table.anna)
    seen = listed.seen.appointment
    assert (seen.id, seen.client, seen.starts_at, seen.stage) == (invited.id, invited.client, invited.starts_at, Stage.INVITED)
    assert listed.seen.client_knows
    assert seen.access is None
    assert seen.readiness == Readiness()
    secrets = ("Öztürk", invited.access.token, invited.id, invited.client.email)
    for name, content in lying_in(tmp_path).items():
        assert not any(secret in name or secret.encode() in content for secret in secrets)


async def test_taken_over_while_the_person_is_ill(table: TeamTable, tmp_path: Path) -> None:
    invited = await table.anna.invited()
    await ill(table.anna)
    ours = await table.bernd.act(ActKind.TAKE_OVER, table.anna)
    assert (ours.id, ours.stage, ours.deputy) == (invited.id, Stage.INVITED, table.bernd.team.keys.id)
    assert ours.access is not None
    assert ours.access.room != invited.access.room
    assert ours.agreement == invited.agreement
    assert ours.sequence > invited.sequence
    assert sent(table.bernd) == [MailKind.NEW_LINK]
    (listed,) = await table.carla.listed(table.anna)
    assert listed.act is not None
    assert listed.act.deputy == table.bernd.team.keys.id

    await table.anna.start()  # back again, before any mail goes out
    table.clock.advance(3 * DAY)
    assert sent(table.anna) == []
    theirs = table.anna.find(invited.id)
    assert (theirs.stage, theirs.access, theirs.deputy, theirs.outcome) == (Stage.CANCELLED, None, table.bernd.team.keys.id, None)
    assert table.anna.told == ["app.team.told.take-over"]
    assert not await table.carla.listed(table.anna)
    await table.bernd.look()
    assert [one.seen.appointment.id for one in await table.carla.listed(table.bernd)] == [invited.id]
    assert not [name for name in lying_in(tmp_path) if not name.endswith(".sealed") and "/here/" not in name]


async def test_called_off_while_the_person_is_ill(table: TeamTable) -> None:
    invited = await table.anna.invited()
    await ill(table.anna)
    ours = await table.bernd.act(ActKind.CANCEL_BY_US, table.anna)
    assert (ours.stage, ours.access) == (Stage.CANCELLED, None)
    assert sent(table.bernd) == [MailKind.CANCELLED]
    await table.anna.start()
    theirs = table.anna.find(invited.id)
    assert theirs.stage is Stage.CANCELLED
    assert theirs.outcome.kind is OutcomeKind.CANCELLED_BY_US
    assert sent(table.anna) == []


async def test_nobody_is_mailed_unasked(memory: TeamTable) -> None:
    await memory.anna.invited()
    await ill(memory.anna)
    ours = await memory.bernd.act(ActKind.TAKE_OVER, memory.anna, tell=Tell.NOBODY)
    assert ours.stage is Stage.AGREED
    assert sent(memory.bernd) == []


async def test_who_was_not_invited_yet_is_invited_by_the_deputy(memory: TeamTable) -> None:
    (noted,) = await memory.anna.book.note(draft_of(memory.clock))
    await ill(memory.anna)
    ours = await memory.bernd.act(ActKind.TAKE_OVER, memory.anna)
    assert (ours.stage, ours.access) == (Stage.NOTED, None)
    assert sent(memory.bernd) == []
    await memory.bernd.book.agree(noted.id, "1")
    await memory.bernd.book.invite(noted.id)
    assert sent(memory.bernd) == [MailKind.INVITATION]


async def test_a_telephone_appointment_is_taken_over_as_one(memory: TeamTable) -> None:
    await memory.anna.book.note(draft_of(memory.clock, way=Way.PHONE))
    await ill(memory.anna)
    ours = await memory.bernd.act(ActKind.TAKE_OVER, memory.anna)
    assert (ours.way, ours.stage, ours.access) == (Way.PHONE, Stage.NOTED, None)


async def test_the_waiting_client_is_told_while_the_program_runs(memory: TeamTable) -> None:
    """The person is called away; their program runs on."""
    invited = await memory.anna.invited(HOUR)
    desk = memory.anna.desk
    desk.offer(await memory.anna.book.offers())
    desk.client_arrives(invited.access.room)
    await memory.anna.look()
    ours = await memory.bernd.act(ActKind.TAKE_OVER, memory.anna)
    assert ours.stage is Stage.INVITED
    (entry,) = desk.rooms
    assert [seat.notice for seat in entry.waiting] == [Notice.COLLEAGUE]
    assert memory.anna.find(invited.id).stage is Stage.CANCELLED
    assert await memory.anna.book.offers() == []
    assert not [name for name in memory.shelf.files if name.startswith("acts/")]


async def test_of_two_deputies_the_first_acts(memory: TeamTable) -> None:
    await memory.anna.invited()
    await ill(memory.anna)
    await memory.bernd.act(ActKind.TAKE_OVER, memory.anna)
    assert await refused(memory.carla.act(ActKind.CANCEL_BY_US, memory.anna)) == "app.team.first"
    assert not memory.carla.store.between(0, 2**40)
    assert sent(memory.carla) == []


async def test_at_the_same_moment_one_of_two_acts(table: TeamTable) -> None:
    await table.anna.invited()
    await ill(table.anna)
    acts = (one.act(ActKind.TAKE_OVER, table.anna) for one in (table.bernd, table.carla))
    results = await asyncio.gather(*acts, return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Appointment", "BookError"]


async def test_what_was_changed_meanwhile_is_seen_anew(memory: TeamTable) -> None:
    invited = await memory.anna.invited()
    await memory.anna.look()
    (listed,) = await memory.bernd.listed(memory.anna)
    await memory.anna.book.change(invited.id, draft_of(memory.clock, 5 * DAY), Tell.NOBODY)
    act = memory.bernd.team.act(ActKind.TAKE_OVER, memory.anna.team.as_member(), listed.seen, Tell.MAIL)
    assert await refused(memory.bernd.passing(act)) == "app.team.verdict.changed"
    assert memory.anna.find(invited.id).stage is Stage.INVITED
    (again,) = await memory.bernd.listed(memory.anna)
    assert again.act is None
    await memory.bernd.act(ActKind.TAKE_OVER, memory.anna)


async def test_who_talks_already_is_left_alone(memory: TeamTable) -> None:
    invited = await memory.anna.invited()
    await memory.anna.look()
    (listed,) = await memory.bernd.listed(memory.anna)
    await memory.anna.book.cancel(invited.id, by_client=True, tell=Tell.NOBODY)
    act = memory.bernd.team.act(ActKind.TAKE_OVER, memory.anna.team.as_member(), listed.seen, Tell.MAIL)
    assert await refused(memory.bernd.passing(act)) == "app.team.verdict.over"
    assert not memory.bernd.store.between(0, 2**40)


async def test_a_killed_program_is_waited_for_and_then_taken_for_absent(memory: TeamTable) -> None:
    await memory.anna.invited()
    await memory.anna.look()
    await memory.anna.kill()
    began = memory.clock.unix()
    await memory.bernd.act(ActKind.TAKE_OVER, memory.anna)
    assert memory.clock.unix() - began >= 20


async def test_a_deputy_who_is_killed_in_between_goes_on(memory: TeamTable) -> None:
    """The act lies on the shelf, nobody decided, and the book knows nothing yet."""
    invited = await memory.anna.invited()
    await memory.anna.look()
    await memory.anna.kill()
    (listed,) = await memory.bernd.listed(memory.anna)
    waiting = asyncio.ensure_future(memory.bernd.team.act(ActKind.TAKE_OVER, memory.anna.team.as_member(), listed.seen, Tell.MAIL))
    while not [name for name in memory.shelf.files if name.endswith(".act")]:  # noqa: ASYNC110 - a fake's shelf has no events
        await asyncio.sleep(0.001)
    waiting.cancel()
    await asyncio.wait([waiting])
    await memory.bernd.kill()
    assert memory.bernd.store.find(invited.id) is None
    await memory.bernd.start()  # goes on by itself
    assert memory.bernd.find(invited.id).stage is Stage.INVITED
    assert sent(memory.bernd) == [MailKind.NEW_LINK]
    await memory.anna.start()
    await memory.bernd.look()
    await memory.bernd.look()
    assert not [name for name in memory.shelf.files if name.startswith("acts/")]
    assert memory.bernd.store.note("team.pending") is None


async def test_taken_back_when_well_again(memory: TeamTable) -> None:
    invited = await memory.anna.invited()
    await ill(memory.anna)
    await memory.bernd.act(ActKind.TAKE_OVER, memory.anna)
    await memory.anna.start()
    await memory.bernd.look()
    await memory.bernd.look()
    back = await memory.anna.act(ActKind.TAKE_OVER, memory.bernd)
    assert (back.id, back.stage, back.deputy) == (invited.id, Stage.INVITED, memory.anna.team.keys.id)
    assert memory.bernd.find(invited.id).stage is Stage.CANCELLED


async def test_an_old_act_that_is_put_back_does_nothing(memory: TeamTable) -> None:
    await memory.anna.invited()
    await ill(memory.anna)
    await memory.bernd.act(ActKind.TAKE_OVER, memory.anna)
    recorded = {name: content for name, content in memory.shelf.files.items() if name.startswith("acts/")}
    await memory.anna.start()
    await memory.bernd.look()
    back = await memory.anna.act(ActKind.TAKE_OVER, memory.bernd)
    memory.shelf.files |= recorded
    await memory.anna.look()
    assert memory.anna.find(back.id).stage is Stage.INVITED


@pytest.mark.logs_errors
async def test_a_foreign_act_is_refused_and_said_once(memory: TeamTable) -> None:
    invited = await memory.anna.invited()
    await ill(memory.anna)
    await memory.bernd.act(ActKind.TAKE_OVER, memory.anna)
    await memory.anna.team.dismiss(memory.bernd.team.keys.id)
    await memory.anna.start()
    await memory.anna.look()
    assert memory.anna.told == ["app.team.refused.unknown-sender"]
    assert memory.anna.find(invited.id).stage is Stage.INVITED
    assert [name for name in memory.shelf.files if name.endswith(".act")]


async def test_broken_copies_are_counted_and_left(memory: TeamTable) -> None:
    await memory.anna.invited()
    await memory.anna.invited(4 * DAY)
    await ill(memory.anna)
    name = next(name for name in memory.shelf.files if name.startswith("copies/"))
    memory.shelf.files[name] = memory.shelf.files[name][:-1]
    listing = await memory.bernd.team.listing(memory.anna.team.keys.id, 0, 2**40)
    assert (len(listing.appointments), listing.unreadable) == (1, 1)
    await memory.anna.start()  # her own program mends it
    assert len(await memory.bernd.listed(memory.anna)) == 2


async def test_who_comes_into_the_team_later_can_read_what_stands(memory: TeamTable) -> None:
    await memory.anna.invited()
    await memory.anna.team.dismiss(memory.carla.team.keys.id)
    await memory.anna.look()
    assert (await memory.carla.team.listing(memory.anna.team.keys.id, 0, 2**40)).unreadable == 1
    await memory.anna.team.admit(memory.carla.team.as_member())
    await memory.anna.look()
    assert len(await memory.carla.listed(memory.anna)) == 1


async def test_a_missing_share_stops_nobody_and_is_made_good(memory: TeamTable) -> None:
    assert isinstance(memory.shelf, MemoryShelf)
    memory.shelf.away = True
    await memory.anna.invited()
    await memory.anna.look()
    assert memory.anna.told == ["app.team.folder.away"]
    assert not memory.anna.team.reached
    assert await refused(memory.bernd.team.listing(memory.anna.team.keys.id, 0, 1)) == "app.team.folder.away"
    memory.shelf.away = False
    await memory.anna.look()
    assert memory.anna.team.reached
    assert len(await memory.bernd.listed(memory.anna)) == 1


async def test_copies_go_when_their_time_has_come(memory: TeamTable) -> None:
    invited = await memory.anna.invited(HOUR)
    await memory.anna.invited(30 * DAY)
    await ill(memory.anna)
    memory.clock.advance(invited.ends_at - memory.clock.unix() + DAY + 1)
    assert len(await memory.bernd.listed(memory.anna)) == 1
    await memory.bernd.close()
    await memory.bernd.start()  # its sweep takes the past ones away for her
    folders = {name.rpartition("/")[0] for name in memory.shelf.files if name.startswith("copies/")}
    assert [len(list(memory.shelf.names(folder))) for folder in folders] == [1]


async def test_a_deleted_person_leaves_no_copy(memory: TeamTable) -> None:
    invited = await memory.anna.invited()
    await memory.anna.look()
    await memory.anna.book.forget_person(invited.id)
    await memory.anna.look()
    assert not [name for name in memory.shelf.files if name.startswith("copies/")]


async def test_no_mail_goes_out_that_was_waiting_when_the_person_fell_ill(memory: TeamTable) -> None:
    (noted,) = await memory.anna.book.note(draft_of(memory.clock))
    await memory.anna.book.agree(noted.id, "1")
    await memory.anna.book.invite(noted.id)  # stands in the outbox only
    await ill(memory.anna)
    ours = await memory.bernd.act(ActKind.TAKE_OVER, memory.anna)
    assert ours.stage is Stage.AGREED  # nobody knows of a link yet: the deputy invites
    await memory.anna.start()
    assert sent(memory.anna) == []
    states = {mail.state for mail in memory.anna.store.mails_of(noted.id)}
    assert states == {MailState.WITHDRAWN}


async def test_what_was_done_before_a_window_stood_is_told_to_it(memory: TeamTable) -> None:
    await memory.anna.invited()
    await ill(memory.anna)
    await memory.bernd.act(ActKind.TAKE_OVER, memory.anna)
    await memory.anna.start()
    heard: list[tuple[str, dict[str, str]]] = []
    memory.anna.team.tell_to(heard.append)
    assert heard == [("app.team.told.take-over", {"name": "Bernd"})]


async def test_a_list_of_it_that_was_changed_is_said(memory: TeamTable, tmp_path: Path) -> None:
    anna = memory.anna
    list_file = tmp_path / "team.json"
    list_file.write_bytes(b'{"members": [{}]}')
    settings = TeamSettings(folder=str(tmp_path), list_file=str(list_file))
    plan = TeamPlan(settings=settings, signing=WorkstationKey(bytes(32)), sealing=bytes(range(32)), wordlist=["word"] * 2048)
    async with team_running(plan, anna.book.line, anna.book, anna.desk, memory.clock, anna.tasks) as team:
        heard: list[str] = []
        team.tell_to(lambda said: heard.append(said[0]))
        assert heard == ["app.team.list.broken"]
        assert (tmp_path / "here").exists()
    assert not list((tmp_path / "here").iterdir())


async def test_members_of_its_list_need_no_words(memory: TeamTable, tmp_path: Path) -> None:
    anna = memory.anna
    files = [msgspec.json.decode(one.team.keys.file(one.name)) for one in memory.all]
    (tmp_path / "team.json").write_bytes(msgspec.json.encode({"members": files}))
    settings = TeamSettings(folder=str(tmp_path), list_file=str(tmp_path / "team.json"))
    plan = TeamPlan(settings=settings, signing=WorkstationKey(bytes(32)), sealing=bytes(range(32)), wordlist=["word"] * 2048)
    async with team_running(plan, anna.book.line, anna.book, anna.desk, memory.clock, anna.tasks) as team:
        assert [one.name for one in team.colleagues] == ["Anna", "Bernd", "Carla"]
        assert team.is_from_it(team.colleagues[0].id)
