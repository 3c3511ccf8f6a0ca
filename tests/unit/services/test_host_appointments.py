"""Appointments in the whole composition, with the real server as a child: links that live as long as their appointment, over restarts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.domain.appointments import Appointment, Client, Stage
from app.domain.mails import MailState
from app.paths import RESOURCES
from app.services.appointments.book import LiveAppointmentBook
from app.services.appointments.ports import AppointmentStore, OpenStore, StoreError, Tell
from app.services.appointments.running import AppointmentsPlan
from app.services.clock import LoopClock
from app.services.fakes import FakeEngine, MemoryStore
from app.services.fakes.appointments import PlainWriter
from app.services.fakes.mail_server import FakeMailServer
from app.services.host import Services, services_running
from app.services.keys import KeysOfAFolder
from app.services.mail.outbox import Outbox
from app.services.ports import LinkState
from app.services.profile import Profile
from app.services.store.opening import open_store
from app.services.store.place import StorePlace
from app.texts import Texts
from app.wire.messages import RoomState
from tests.support.book_table import HOUR, draft_of
from tests.support.page_client import PageClient
from tests.support.pages import traces
from tests.support.stores import KEY, begin


def plan_of(open_: OpenStore, server: FakeMailServer | None = None) -> AppointmentsPlan:
    async def prepare() -> OpenStore:
        return open_

    async def mend(_: StoreError) -> bool:
        return False

    return AppointmentsPlan(
        prepare=prepare,
        mend=mend,
        writer=PlainWriter(),
        texts=Texts.load(RESOURCES / "i18n", "de", "app"),
        agreement_version="1",
        outbox=None if server is None else lambda line, clock, tasks: Outbox(line, server, clock, tasks),
        demonstration=True,
    )


@asynccontextmanager
async def running(
    folder: Path, open_: OpenStore, keys: KeysOfAFolder, server: FakeMailServer | None = None
) -> AsyncIterator[tuple[Services, LiveAppointmentBook]]:
    crashes: list[tuple[str, BaseException]] = []

    def crashed(name: str, error: BaseException) -> None:
        crashes.append((name, error))

    def planned(*_: object) -> AppointmentsPlan:
        return plan_of(open_, server)

    async with services_running(Profile(folder), FakeEngine(), crashed, keys, appointments=planned) as services:
        connected = asyncio.Event()
        services.link.state_changed.subscribe(lambda state: connected.set() if state is LinkState.CONNECTED else None)
        assert services.book is not None
        async with asyncio.timeout(30):
            await connected.wait()
        yield services, services.book
    assert crashes == []


async def stage_is(book: LiveAppointmentBook, appointment: Appointment, stage: Stage) -> None:
    """Wait until it stands there."""
    told: asyncio.Queue[object] = asyncio.Queue()
    unsubscribe = book.changed.subscribe(told.put_nowait)
    async with asyncio.timeout(30):
        while (found := await book.find(appointment.id)) is None or found.stage is not stage:
            await told.get()
    unsubscribe()


async def at_the_server(services: Services, opens: Awaitable[Appointment]) -> Appointment:
    """What opens a link, and then until the server knows it: before that whoever opens it is told that there is none."""
    told: asyncio.Queue[RoomState] = asyncio.Queue()
    unsubscribe = services.link.room_changed.subscribe(told.put_nowait)
    appointment = await opens
    assert appointment.access is not None
    async with asyncio.timeout(30):
        while (await told.get()).room != appointment.access.room:
            pass
    unsubscribe()
    return appointment


def page_of(book: LiveAppointmentBook, appointment: Appointment) -> PageClient:
    origin, _, token = book.link(appointment).partition("/r#")
    return PageClient(origin, token)


async def test_a_link_lives_as_long_as_its_appointment(tmp_path: Path) -> None:
    place, keys = begin(StorePlace(tmp_path)), KeysOfAFolder()

    def open_() -> AppointmentStore:
        return open_store(place, KEY)

    async with running(tmp_path, open_, keys) as (services, book):
        clock = LoopClock(asyncio.get_running_loop())
        now = await at_the_server(services, book.note_now(draft_of(clock)))
        later = await book.note(draft_of(clock, 5 * HOUR))
        await book.agree(later[0].id, "1")
        page = page_of(book, now)
        async with page.connected():
            await page.join()
            await stage_is(book, now, Stage.WAITING)
    async with running(tmp_path, open_, keys) as (services, book):
        page = page_of(book, now)
        async with page.connected():
            assert (await page.join())["type"] == "waiting"
            await stage_is(book, now, Stage.WAITING)
            assert [entry.title for entry in services.desk.rooms][:1] == ["Änne Öztürk, Weiterbildung"]
            await book.cancel(now.id, by_client=False, tell=Tell.NOBODY)
            await page.line.expect("ended")
    async with running(tmp_path, open_, keys) as (_, book):
        page = page_of(book, now)
        async with page.connected():
            assert (await page.join())["type"] == "refused"


async def test_the_link_in_the_mail_leads_into_the_waiting_room(tmp_path: Path) -> None:
    server = FakeMailServer()
    async with running(tmp_path, MemoryStore, KeysOfAFolder(), server) as (services, book):
        assert book.invite_locked == ""
        clock = LoopClock(asyncio.get_running_loop())
        (noted,) = await book.note(draft_of(clock, 20 * 60))
        await at_the_server(services, book.agree(noted.id, "1"))
        told: asyncio.Queue[object] = asyncio.Queue()
        book.changed.subscribe(told.put_nowait)
        invited = await book.invite(noted.id)
        async with asyncio.timeout(30):
            while MailState.ACCEPTED not in {mail.state for mail in await book.mails(noted.id)}:
                await told.get()
        assert book.link(invited) in server.messages()[0].get_content()
        page = page_of(book, invited)
        async with page.connected():
            await page.join()
            await stage_is(book, invited, Stage.WAITING)


async def test_who_is_deleted_stands_in_no_file_of_the_profile(tmp_path: Path) -> None:
    """The store's own pages are looked through in `store/test_traces.py`; here the server's files, the sealed rooms and all others."""
    place, canary = begin(StorePlace(tmp_path)), "Kanarienvogel-77aa21"
    client = Client(name=canary, email=f"{canary}@post.example", needs=canary)

    def traced() -> dict[str, int]:
        others = {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and place.folder not in path.parents}
        plain = {name: content.count(canary.encode()) for name, content in others.items() if canary.encode() in content}
        return {**plain, **traces(place.folder, canary.encode(), KEY)}

    async with running(tmp_path, lambda: open_store(place, KEY), KeysOfAFolder(), FakeMailServer()) as (services, book):
        clock = LoopClock(asyncio.get_running_loop())
        now = await at_the_server(services, book.note_now(draft_of(clock, client=client, topic=canary)))
        await book.invite(now.id)
        page = page_of(book, now)
        async with page.connected():
            await page.join()
            await stage_is(book, now, Stage.WAITING)
            assert traced(), "it stood there"
            assert await book.forget_person(now.id) == 1
            await page.line.expect("ended")
            assert traced() == {}
            assert services.desk.rooms == []
    assert traced() == {}
    assert not Profile(tmp_path).rooms_file.exists()


async def test_without_a_mail_server_inviting_is_locked(tmp_path: Path) -> None:
    async with running(tmp_path, MemoryStore, KeysOfAFolder()) as (_, book):
        assert book.invite_locked == "app.appointment.locked.no-mail-server"


async def test_a_store_that_cannot_be_opened_is_told_and_everything_is_closed(tmp_path: Path) -> None:
    engine = FakeEngine()

    def broken() -> AppointmentStore:
        raise StoreError("app.store.broken")

    def planned(*_: object) -> AppointmentsPlan:
        return plan_of(broken)

    async with services_running(Profile(tmp_path), engine, lambda *_: None, KeysOfAFolder(), appointments=planned) as services:
        assert services.book is not None
        with pytest.raises(StoreError) as caught:
            await services.opening
        with pytest.raises(StoreError):
            await services.book.find("anything")
        assert services.link.state is LinkState.CONNECTING
    assert caught.value.key == "app.store.broken"
    assert engine.closed
