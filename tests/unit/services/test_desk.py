"""What the real desk does beyond the contract: lost links, signalling, publishing, servers that forget."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from app.domain.rooms import SeatState
from app.domain.secrets import hash_secret, look_key
from app.media.ports import CallError, CallListener, DeviceChoice
from app.services.desk import LiveDesk
from app.services.fakes import FakeCall, FakeEngine, FakeLink, KeptInMemory, ManualClock
from app.services.ports import RoomEntry, SafetyWords, SessionState, WordsState
from app.services.profile import Devices, Settings
from app.services.room_book import RoomBook
from app.services.room_record import SOON_S
from app.services.room_times import TICK_S
from app.services.rooms_kept import NothingKept
from app.services.tasks import Tasks
from app.wire.codes import Code
from app.wire.messages import Admit, Answer, End, IceServer, NeedOffer, OfferReason, Reached, Revoke
from tests.support.services import WORDS, Browser, prints, until

SETTINGS = Settings(public_port=4711, label="Jobcenter Nord", phone="0123 456", site="nord", devices=Devices(camera="cam"))


class Table:
    def __init__(self, tasks: Tasks) -> None:
        self.link, self.engine, self.clock, self.kept = FakeLink(), FakeEngine(), ManualClock(), KeptInMemory()
        self.languages: list[str] = []
        self._tasks = tasks
        self.desk = LiveDesk(RoomBook(SETTINGS, self.kept), self.link, self.engine, self._words, tasks, self.clock)

    def restart(self) -> None:
        """The program is killed and started again; the link is not connected yet."""
        self.link = self.link.of_the_next_run()
        self.desk = LiveDesk(RoomBook(SETTINGS, self.kept), self.link, self.engine, self._words, self._tasks, self.clock)

    def _words(self, language: str) -> tuple[str, ...]:
        self.languages.append(language)
        return WORDS

    @property
    def call(self) -> FakeCall:
        return self.engine.calls[-1]

    @property
    def entry(self) -> RoomEntry:
        return self.desk.rooms[0]

    async def running(self) -> tuple[str, str, Browser]:
        """A room, its client's seat and browser, in the conversation."""
        room = self.desk.create_now("Frau M.", "en", 30).room
        seat = self.link.client_joins(room)
        self.desk.admit(room, seat)
        await until(lambda: self.link.seat(room, seat).state is SeatState.ADMITTED)
        self.link.client_offers(room, seat, 1)
        browser = Browser(self.call)
        browser.connect(1, prints(1, 2))
        return room, seat, browser


@asynccontextmanager
async def table() -> AsyncIterator[Table]:
    crashes: list[tuple[str, BaseException]] = []
    tasks = Tasks(lambda name, error: crashes.append((name, error)))
    made = Table(tasks)
    yield made
    await made.desk.close()
    await tasks.close()
    assert crashes == []


async def test_the_server_learns_neither_token_nor_title() -> None:
    async with table() as t:
        entry = t.desk.create_now("Frau M.", "de", 30)
        token = entry.link.partition("#")[2]
        card = t.link.cards[entry.room]
        assert (card.token_hash, card.look_hash) == (hash_secret(token), hash_secret(look_key(token)))
        assert (card.label, card.phone, card.site) == ("Jobcenter Nord", "0123 456", "nord")
        assert card.opens_at <= card.starts_at < card.starts_at + 30 * 60 < card.closes_at
        assert token not in repr(card)
        assert "Frau M." not in repr(card)


async def test_every_present_seat_is_reached_once() -> None:
    async with table() as t:
        room = t.desk.create_now("", "de", 30).room
        seat = t.link.client_joins(room)
        assert t.link.sent_of(Reached) == [Reached(seq=1, room=room, seat=seat)]
        assert t.link.seat(room, seat).reached
        t.link.client_is(room, seat, present=False)
        t.link.client_is(room, seat, present=True)
        assert len(t.link.sent_of(Reached)) == 1


async def test_after_a_lost_link_seats_are_reached_again_but_nobody_arrives_anew() -> None:
    async with table() as t:
        room = t.desk.create_now("", "de", 30).room
        arrivals: list[object] = []
        t.desk.arrived.subscribe(arrivals.append)
        seat = t.link.client_joins(room)
        t.link.lose()
        t.link.connect()
        assert len(t.link.sent_of(Reached)) == 2
        assert [s.seat for s in t.entry.waiting] == [seat]
        assert len(arrivals) == 1


async def test_signalling_goes_to_the_admitted_seat_and_comes_from_it() -> None:
    async with table() as t:
        room, seat, _ = await t.running()
        assert t.link.sent_of(Answer) == [Answer(seq=1, room=room, epoch=1, sdp="v=0\r\ns=answer 1\r\n", to=seat)]
        t.link.client_trickles(room, seat, 1, "candidate:1")
        other = t.link.client_joins(room)
        t.link.client_trickles(room, other, 1, "candidate:2")
        assert [c.candidate for c in t.call.candidates] == ["candidate:1"]
        t.call.stall(1)
        assert [(m.epoch, m.to) for m in t.link.sent_of(NeedOffer)] == [(1, seat)]


async def test_the_words_are_those_of_the_appointments_language() -> None:
    async with table() as t:
        await t.running()
        assert t.languages == ["en"]


async def test_a_command_waits_for_the_link() -> None:
    async with table() as t:
        room = t.desk.create_now("", "de", 30).room
        seat = t.link.client_joins(room)
        t.link.lose()
        session = t.desk.admit(room, seat)
        assert session.state is SessionState.WAITING_FOR_CLIENT
        assert t.link.sent_of(Admit) == []
        t.link.connect()
        await until(lambda: t.link.seat(room, seat).state is SeatState.ADMITTED)
        assert t.desk.session(room) is session


async def test_a_command_whose_answer_was_lost_is_no_refusal() -> None:
    async with table() as t:
        refused: list[str] = []
        t.desk.refused.subscribe(refused.append)
        room = t.desk.create_now("", "de", 30).room
        seat = t.link.client_joins(room)
        t.link.lose_answer()
        session = t.desk.admit(room, seat)
        await until(lambda: len(t.link.sent_of(Admit)) == 2)
        await until(lambda: t.entry.admitted is not None)
        assert refused == []
        assert t.desk.session(room) is session


@pytest.mark.parametrize("ends", ["goodbye", "revoked"])
async def test_an_end_for_which_the_server_is_not_ready_is_told_again(ends: str) -> None:
    async with table() as t:
        refused: list[str] = []
        t.desk.refused.subscribe(refused.append)
        room, seat, _ = await t.running()
        session = t.desk.session(room)
        assert session is not None
        t.link.refuse_next(Code.NOT_READY)
        t.link.refuse_next(Code.NOT_READY)
        if ends == "goodbye":
            session.end_now()
        else:
            t.desk.revoke(room)
        await until(lambda: t.link.seat(room, seat).state is SeatState.ENDED)
        assert len([m for m in t.link.sent if isinstance(m, End | Revoke)]) == 3
        assert refused == []


async def test_an_admission_waits_until_the_server_is_ready() -> None:
    async with table() as t:
        room = t.desk.create_now("", "de", 30).room
        seat = t.link.client_joins(room)
        t.link.refuse_next(Code.NOT_READY)
        session = t.desk.admit(room, seat)
        await until(lambda: t.link.seat(room, seat).state is SeatState.ADMITTED)
        assert t.desk.session(room) is session


async def test_media_go_on_while_the_server_is_away_and_forgets_everything() -> None:
    async with table() as t:
        room, seat, _ = await t.running()
        session = t.desk.session(room)
        assert session is not None
        t.link.lose()
        assert session.state is SessionState.RUNNING
        t.link.forget_everything()
        t.link.connect()
        assert session.state is SessionState.RUNNING
        assert not t.call.closed
        assert len(t.engine.calls) == 1

        newcomer = t.link.client_joins(room)
        assert [s.seat for s in t.entry.waiting] == [newcomer]
        assert t.desk.admit(room, newcomer, replaces=seat) is session
        await until(lambda: len(t.engine.calls) == 2)
        assert session.state is SessionState.WAITING_FOR_CLIENT


async def test_a_goodbye_without_a_link_is_told_when_it_is_back_and_the_room_is_not_published_as_revoked() -> None:
    async with table() as t:
        room, seat, _ = await t.running()
        session = t.desk.session(room)
        assert session is not None
        t.link.lose()
        session.end_now()
        assert t.entry.over
        assert t.link.seat(room, seat).state is SeatState.ADMITTED
        t.link.connect()
        await until(lambda: bool(t.link.sent_of(End)))
        await until(lambda: t.link.seat(room, seat).state is SeatState.ENDED)
        t.desk.create_now("", "de", 30)
        assert [card.room for card in t.link.published] == [r.room for r in t.desk.rooms if not r.over]


async def test_who_left_the_conversation_is_away_and_who_left_the_waiting_room_is_gone() -> None:
    async with table() as t:
        room, seat, _ = await t.running()
        waiting = t.link.client_joins(room)
        t.link.client_leaves(room, waiting)
        t.link.client_leaves(room, seat)
        assert [(s.seat, s.state) for s in t.entry.seats] == [(seat, SeatState.LEFT)]
        session = t.desk.session(room)
        assert session is not None
        assert session.state is SessionState.CLIENT_AWAY
        t.link.client_comes_back(room, seat)
        assert session.state is SessionState.RUNNING


async def test_a_conversation_that_the_server_holds_is_taken_up_without_a_command() -> None:
    async with table() as t:
        refused: list[str] = []
        t.desk.refused.subscribe(refused.append)
        room, seat, _ = await t.running()
        session = t.desk.session(room)
        assert session is not None
        t.link.refuse_next()
        session.send_back()
        await until(lambda: bool(refused))
        t.link.client_is(room, seat, present=True)  # the truth is told again: still admitted
        assert t.entry.admitted is not None
        again = t.desk.admit(room, seat)
        assert again is not session
        assert len(t.link.sent_of(Admit)) == 1
        t.link.client_offers(room, seat, 2)
        assert again.state is SessionState.CONNECTING


async def test_devices_chosen_in_a_session_serve_the_next_one() -> None:
    async with table() as t:
        chosen: list[DeviceChoice] = []
        t.desk.devices_chosen.subscribe(chosen.append)
        room, _, _ = await t.running()
        assert t.call.choice.camera == "cam"
        session = t.desk.session(room)
        assert session is not None
        other = DeviceChoice("other", None, "")
        session.choose_devices(other)
        session.send_back()
        await t.running()
        assert t.call.choice == other
        assert chosen == [other]


async def test_devices_chosen_in_a_check_serve_the_next_session() -> None:
    async with table() as t:
        chosen: list[DeviceChoice] = []
        t.desk.devices_chosen.subscribe(chosen.append)
        other = DeviceChoice("other", None, "")
        t.desk.use_devices(other)
        await t.running()
        assert t.call.choice == other
        assert chosen == [other]


async def test_ice_servers_of_a_new_welcome_reach_running_calls() -> None:
    async with table() as t:
        await t.running()
        t.link.lose()
        t.link.ice_servers = (IceServer(urls=["stun:relay.example.org"]),)
        t.link.connect()
        assert t.call.ice_servers == t.link.ice_servers


async def test_fresh_credentials_reach_running_calls() -> None:
    async with table() as t:
        await t.running()
        t.link.ice_servers = (IceServer(urls=["turn:relay.example.org"], username="2:a", credential="b"),)
        t.link.ice_servers_changed.announce(t.link.ice_servers)
        assert t.call.ice_servers == t.link.ice_servers


async def test_closing_ends_sessions_and_lets_a_goodbye_through() -> None:
    async with table() as t:
        room, _, _ = await t.running()
        session = t.desk.session(room)
        assert session is not None
        session.end_now()
        await t.desk.close()
        assert t.link.sent_of(End) == [End(seq=1, room=room)]
        assert t.call.closed


async def test_news_of_rooms_that_are_not_ours_are_passed_over() -> None:
    async with table() as t:
        room, seat, _ = await t.running()
        t.link.client_offers(room, seat, 2)
        assert [epoch for epoch, _ in t.call.offers] == [1, 2]
        before = t.desk.rooms
        foreign = FakeLink()
        other = LiveDesk(RoomBook(SETTINGS, NothingKept()), foreign, t.engine, lambda _: WORDS, Tasks(lambda *_: None), t.clock)
        foreign_room = other.create_now("", "de", 30).room
        foreign.room_changed.subscribe(t.link.room_changed.announce)
        foreign.client_joins(foreign_room)
        assert t.desk.rooms == before


class NoEngine(FakeEngine):
    """Media that could not be loaded."""

    def open_call(self, listener: CallListener, choice: DeviceChoice, ice_servers: Sequence[IceServer]) -> FakeCall:
        raise CallError("the media engine did not start")


async def test_without_media_nothing_begins_and_nobody_else_is_held_up() -> None:
    async with table() as t:
        t.desk._engine = NoEngine()
        room = t.desk.create_now("", "de", 30).room
        seat = t.link.client_joins(room)
        with pytest.raises(CallError):
            t.desk.admit(room, seat)
        assert t.desk.session(room) is None
        assert t.desk._book.at(room).session_seat is None
        assert t.link.seat(room, seat).state is SeatState.WAITING
        t.desk._engine = t.engine
        await t.running()
        assert t.entry.waiting != ()


async def test_after_a_restart_the_rooms_are_published_and_the_browser_is_asked_at_once() -> None:
    async with table() as t:
        room, seat, _ = await t.running()
        over = t.desk.create_now("", "de", 30).room
        t.desk.revoke(over)
        await until(lambda: t.link.seat(room, seat).epoch == 1)
        t.restart()
        assert [card.room for card in t.link.published] == [room]
        assert t.desk.resumable == [], "the server has not said yet who is there"
        t.link.connect()
        assert [(e.room, e.title) for e in t.desk.resumable] == [(room, "Frau M.")]
        session = t.desk.resume(room)
        assert session is not None
        assert t.link.sent_of(NeedOffer) == [NeedOffer(seq=1, room=room, epoch=1, reason=OfferReason.PROGRAM_RESTARTED, to=seat)]
        t.link.client_offers(room, seat, 2)
        t.clock.advance(6)
        assert t.link.sent_of(NeedOffer)[-1].reason is OfferReason.STALLED, "who offered knows of the restart, and may need its time"
        browser = Browser(t.call)
        browser.connect(2, prints(3, 4))
        assert session.state is SessionState.RUNNING
        assert session.words == SafetyWords(WordsState.COMPARE_AGAIN, browser.words)


async def test_a_client_who_is_away_for_the_moment_is_waited_for() -> None:
    async with table() as t:
        room, seat, _ = await t.running()
        t.restart()
        t.link.client_is(room, seat, present=False)
        t.link.connect()
        session = t.desk.resume(room)
        assert session is not None
        assert session.state is SessionState.CLIENT_AWAY
        t.clock.advance(30)
        assert t.link.sent_of(NeedOffer) == []
        t.link.client_is(room, seat, present=True)
        assert session.state is SessionState.RECOVERING
        t.clock.advance(6)
        assert [m.reason for m in t.link.sent_of(NeedOffer)] == [OfferReason.PROGRAM_RESTARTED]


async def test_a_conversation_that_ended_is_not_offered_again() -> None:
    async with table() as t:
        room, seat, _ = await t.running()
        session = t.desk.session(room)
        assert session is not None
        session.send_back()
        await until(lambda: t.link.seat(room, seat).state is SeatState.WAITING)
        t.restart()
        t.link.connect()
        assert t.desk.resumable == []
        assert len(t.entry.waiting) == 1


async def test_rooms_whose_time_is_over_are_not_kept() -> None:
    async with table() as t:
        t.desk.create_now("gestern", "de", 30)
        t.clock.advance(24 * 3600)
        t.desk.create_now("heute", "de", 30)
        assert [room.title for room in t.kept.rooms] == ["heute"]


async def test_yesterdays_rooms_are_not_found_again() -> None:
    async with table() as t:
        t.desk.create_now("gestern", "de", 30)
        t.clock.advance(10)
        await t.desk.close()  # no tick of the program that ended
        t.clock.advance(24 * 3600)
        t.restart()
        assert t.desk.rooms == []
        assert t.link.published == ()


async def test_a_room_that_ran_out_while_the_link_was_lost_leaves() -> None:
    async with table() as t:
        t.desk.create_now("", "de", 30)
        t.link.lose()
        t.clock.advance(24 * 3600)
        assert t.desk.rooms == []
        t.link.connect()
        assert t.desk.rooms == []


async def test_a_conversation_that_takes_longer_is_not_cut_off() -> None:
    async with table() as t:
        room, _, _ = await t.running()
        unused = t.desk.create_now("", "de", 30).room
        planned = t.link.cards[room].closes_at
        t.clock.advance(planned - t.clock.unix() - SOON_S - TICK_S)
        assert t.link.cards[room].closes_at == planned
        for _ in range(5 * 60):  # five hours, minute by minute, as the server sees them
            t.clock.advance(60)
            assert t.link.cards[room].closes_at - t.clock.unix() > SOON_S - 2 * TICK_S
        assert t.desk.session(room) is not None
        assert not t.entry.over
        assert [kept.card for kept in t.kept.rooms] == [t.link.cards[room]], "a restart keeps the later time"
        assert t.link.cards[unused].closes_at == planned


async def test_a_conversation_that_begins_late_has_time_from_its_first_moment() -> None:
    async with table() as t:
        room = t.desk.create_now("", "de", 30).room
        seat = t.link.client_joins(room)
        t.clock.advance(t.link.cards[room].closes_at - t.clock.unix() - 10)
        t.desk.admit(room, seat)
        assert t.link.cards[room].closes_at - t.clock.unix() > SOON_S
        await until(lambda: t.link.seat(room, seat).state is SeatState.ADMITTED)


async def test_a_phone_call_instead_is_told_with_the_end() -> None:
    async with table() as t:
        room, _, _ = await t.running()
        session = t.desk.session(room)
        assert session is not None
        session.go_on_by_phone()
        session.end_now()
        await until(lambda: t.link.sent_of(End) == [End(seq=1, room=room, by_phone=True)])
