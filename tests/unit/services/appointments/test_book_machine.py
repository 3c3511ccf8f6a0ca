"""Whatever people do in whatever order: nothing is sent without agreement, nothing twice unasked, nothing after a cancellation, and no link
outlives its appointment."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine
from typing import TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.domain.appointments import Appointment, Stage, Way
from app.domain.mails import MailKind, MailState
from app.domain.outcome import Outcome, OutcomeKind
from app.services.appointments.ports import BookError, Repeat, Series, Tell
from app.services.ports import LinkState
from tests.support.book_table import DAY, HOUR, BookTable, draft_of
from tests.support.soak import rounds

T = TypeVar("T")
TELLS = (MailKind.INVITATION, MailKind.MOVED, MailKind.NEW_LINK)
some = st.integers(0, 2)
"""One of the newest three: days about few people have more to tell."""
tells = st.sampled_from(Tell)


class Book(RuleBasedStateMachine):
    """A counsellor, a client and a mail server, each with a will of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.ids: list[str] = []
        self.dead: set[str] = set()
        """Rooms whose link was given up."""
        self.asked_again: Counter[str] = Counter()
        """How often a person wanted a mail once more."""
        self.told: Counter[str] = Counter()
        """How often a person wanted a client told."""
        self.looked_at = 0

    @initialize()
    def begin(self) -> None:
        async def begin() -> BookTable:
            return await BookTable().open()

        self.table = self.loop.run_until_complete(begin())

    def teardown(self) -> None:
        self.loop.run_until_complete(self.table.close())
        self.loop.close()

    def does(self, work: Coroutine[None, None, T]) -> T | None:
        """A refusal changes nothing but is no failure."""
        before, done = self.table.book.store.__dict__.copy(), None
        try:
            done = self.loop.run_until_complete(work)
        except BookError:
            unchanged = self.table.book.store.__dict__ == before
            assert unchanged, "refused, but something was done"
        self.loop.run_until_complete(self.table.settle())
        return done

    def one(self, number: int) -> Appointment:
        found = self.table.book.store.find(self.ids[-1 - number % len(self.ids)])
        assert found is not None
        return found

    # ---- the counsellor

    @rule(starts_in=st.sampled_from([HOUR, 20 * HOUR, 3 * DAY]), way=st.sampled_from(Way), often=st.sampled_from([1, 2]))
    def notes(self, starts_in: int, way: Way, often: int) -> None:
        series = Series(Repeat.WEEKLY, often) if often > 1 else None
        noted = self.does(self.table.book.note(draft_of(self.table.clock, starts_in, way=way), series))
        self.ids += [appointment.id for appointment in noted or ()]

    @rule()
    def notes_now(self) -> None:
        noted = self.does(self.table.book.note_now(draft_of(self.table.clock)))
        self.ids += [noted.id] if noted else []

    @rule(
        starts_in=st.sampled_from([HOUR, 3 * DAY]),
        becomes=st.sampled_from([None, MailState.ACCEPTED, MailState.SENDING, MailState.UNCLEAR]),
    )
    def phones_and_invites(self, starts_in: int, becomes: MailState | None) -> None:
        """The usual way, so that random days are not all about appointments that nobody heard of."""
        self.notes(starts_in, Way.VIDEO, 1)
        newest = self.ids[-1]
        self.does(self.table.book.agree(newest, "1"))
        if self.does(self.table.book.invite(newest)):
            self.told[newest] += 1
        if becomes is not None:
            self.the_outbox_sends(becomes)

    @rule(withdrawn=st.booleans())
    def invites_who_did_not_agree(self, withdrawn: bool) -> None:
        """Said outright, because random days seldom come to it."""
        self.notes(DAY, Way.VIDEO, 1)
        newest = self.ids[-1]
        if withdrawn:
            self.does(self.table.book.agree(newest, "1"))
            self.withdraws(0)
        assert self.does(self.table.book.invite(newest)) is None
        assert self.table.book.store.mails_of(newest) == []

    @precondition(lambda self: self.ids)
    @rule(number=some)
    def agrees(self, number: int) -> None:
        self.does(self.table.book.agree(self.one(number).id, "1"))

    @precondition(lambda self: self.ids)
    @rule(number=some)
    def withdraws(self, number: int) -> None:
        before = self.one(number)
        if (after := self.does(self.table.book.withdraw(before.id))) and before.access:
            assert after.stage is Stage.NOTED
            self.dead.add(before.access.room)

    @precondition(lambda self: self.ids)
    @rule(number=some)
    def invites(self, number: int) -> None:
        appointment = self.one(number)
        if self.does(self.table.book.invite(appointment.id)):
            self.told[appointment.id] += 1

    @precondition(lambda self: self.ids)
    @rule(number=some)
    def hands_over(self, number: int) -> None:
        self.does(self.table.book.handed_over(self.one(number).id))

    @precondition(lambda self: self.ids)
    @rule(number=some, by_client=st.booleans(), tell=tells)
    def cancels(self, number: int, by_client: bool, tell: Tell) -> None:
        before = self.one(number)
        if self.does(self.table.book.cancel(before.id, by_client, tell)):
            self.told[before.id] += tell is Tell.MAIL
            self.dead |= {before.access.room} if before.access else set()

    @precondition(lambda self: self.ids)
    @rule(number=some, way=st.sampled_from(Way), tell=tells)
    def chooses(self, number: int, way: Way, tell: Tell) -> None:
        before = self.one(number)
        after = self.does(self.table.book.choose_way(before.id, way, tell))
        if after is not None and after.way is not before.way:
            self.told[before.id] += tell is Tell.MAIL
            self.dead |= {before.access.room} if before.access else set()

    @precondition(lambda self: self.ids)
    @rule(
        number=some,
        later=st.sampled_from([0, HOUR, DAY]),
        email=st.sampled_from(["kundin@post.example", "neu@post.example", ""]),
        tell=tells,
    )
    def changes(self, number: int, later: int, email: str, tell: Tell) -> None:
        before = self.one(number)
        draft = draft_of(self.table.clock, 0, email, before.way, starts_at=before.starts_at + later)
        if self.does(self.table.book.change(before.id, draft, tell)):
            self.told[before.id] += 1  # what waited is written anew for the new time or address

    @precondition(lambda self: self.ids)
    @rule(number=some, kind=st.sampled_from(OutcomeKind))
    def decides(self, number: int, kind: OutcomeKind) -> None:
        before = self.one(number)
        after = self.does(self.table.book.decide(before.id, Outcome(kind=kind, decided_at=0)))
        if after is not None and after.stage is Stage.CANCELLED and before.access:
            self.dead.add(before.access.room)

    @precondition(lambda self: self.ids)
    @rule(number=some, which=some)
    def sends_again(self, number: int, which: int) -> None:
        appointment = self.one(number)
        mails = self.table.book.store.mails_of(appointment.id)
        if mails:
            mail = mails[which % len(mails)]
            before = mail.state
            self.does(self.table.book.send_again(mail.id))
            after = self.table.book.store.find_mail(mail.id)
            assert after is not None
            assert after.message_id == mail.message_id
            self.asked_again[mail.id] += after.state is MailState.WAITING and before is not MailState.WAITING

    @precondition(lambda self: self.ids)
    @rule(number=some)
    def asks_what_came_of_it(self, number: int) -> None:
        appointment = self.one(number)
        proposal = self.does(self.table.book.proposal(appointment.id))
        if proposal is not None and proposal.kind is OutcomeKind.NOT_ARRIVED and appointment.outcome is None:
            assert appointment.visit.waited_from is None
            assert not appointment.visit.trouble

    # ---- the world

    @rule(becomes=st.sampled_from([MailState.ACCEPTED, MailState.REFUSED, MailState.UNCLEAR, MailState.SENDING]))
    def the_outbox_sends(self, becomes: MailState) -> None:
        self.table.outbox.send_all(becomes)

    @rule()
    def the_outbox_tries_again(self) -> None:
        self.table.outbox.tries_again()

    @rule(seconds=st.sampled_from([60, 20 * 60, 5 * HOUR, DAY]))
    def time_passes(self, seconds: int) -> None:
        self.table.clock.advance(seconds)
        self.loop.run_until_complete(self.table.settle())

    @rule()
    def the_program_is_killed(self) -> None:
        self.loop.run_until_complete(self.table.restart())
        self.loop.run_until_complete(self.table.settle())

    @rule()
    def the_server_is_gone_for_a_while(self) -> None:
        if self.table.link.state is LinkState.CONNECTED:
            self.table.link.lose()
        else:
            self.table.link.connect()
        self.loop.run_until_complete(self.table.settle())

    @precondition(lambda self: self.table.open_rooms() and self.table.link.state is LinkState.CONNECTED)
    @rule(number=some, admitted=st.booleans(), ends=st.booleans())
    def a_client_comes(self, number: int, admitted: bool, ends: bool) -> None:
        async def comes() -> None:
            rooms = self.table.open_rooms()
            room = rooms[number % len(rooms)]
            seat = self.table.link.client_joins(room)
            if admitted and (session := self.table.desk.admit(room, seat)) is not None and ends:
                await asyncio.sleep(0)
                session.end_now()
                self.dead.add(room)
            await asyncio.sleep(0)

        self.loop.run_until_complete(comes())
        self.loop.run_until_complete(self.table.settle())

    # ---- what holds

    @invariant()
    def only_who_agreed_is_written_to(self) -> None:
        for mail, appointment in self.table.outbox.sent[self.looked_at :] if hasattr(self, "table") else ():
            assert mail.recipient
            if mail.kind is MailKind.CANCELLED:
                assert appointment.stage is Stage.CANCELLED or appointment.way is not Way.VIDEO
            else:
                assert appointment.agreed
                assert not appointment.stage.is_over
                assert appointment.way is Way.VIDEO
                assert appointment.access is not None
                assert appointment.access.token.encode() in mail.message
            if mail.kind.is_reminder:
                assert self.table.clock.unix() < appointment.starts_at
        self.looked_at = len(self.table.outbox.sent) if hasattr(self, "table") else 0

    @invariant()
    def nothing_is_sent_twice_unasked(self) -> None:
        sent = self.table.outbox.sent if hasattr(self, "table") else []
        for mail, often in Counter(mail.id for mail, _ in sent).items():
            assert often <= 1 + self.asked_again[mail]
        telling = Counter(mail.appointment for mail, _ in sent if not mail.kind.is_reminder)
        again = Counter(mail.appointment for mail, _ in sent for _ in range(self.asked_again[mail.id]))
        for appointment, often in telling.items():
            assert often <= self.told[appointment] + again[appointment]

    @invariant()
    def a_dead_link_leads_nowhere(self) -> None:
        if not hasattr(self, "table"):
            return
        if self.table.link.state is LinkState.CONNECTED:
            assert not self.table.live_rooms() & self.dead
        for appointment in map(self.table.book.store.find, self.ids):
            assert appointment is not None
            waiting = [mail.kind for mail in self.table.book.store.mails_of(appointment.id) if mail.state is MailState.WAITING]
            if appointment.stage.is_over or not appointment.agreed:
                assert set(waiting) <= {MailKind.CANCELLED}
            assert len(waiting) == len(set(waiting))
            if appointment.access is None:
                continue
            assert appointment.agreed
            assert appointment.stage is not Stage.CANCELLED


TestBook = Book.TestCase
TestBook.settings = settings(max_examples=rounds(60), stateful_step_count=30, deadline=None)
