"""Whatever two workstations do, and whenever they run: an appointment is one person's, and no client hears of it from both sides."""

from __future__ import annotations

import asyncio
import contextlib

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.domain.appointments import Stage
from app.domain.deputy import ActKind
from app.services.appointments.ports import BookError, Tell
from app.services.appointments.post import TELLS_OF_THE_LINK
from tests.support.book_table import HOUR, draft_of
from tests.support.soak import rounds
from tests.support.teams import TeamTable, Workstation

NUMBERS = st.integers(0, 1)
ABSENCE = st.sampled_from(["here", "closed", "killed"])


class NeverTwice(RuleBasedStateMachine):
    """Two act on each other's appointments, come and go, are killed, and send mails."""

    @initialize()
    def open(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.table = self.run(TeamTable().open())
        self.run(self.table.carla.close())
        self.both = (self.table.anna, self.table.bernd)

    def teardown(self) -> None:
        if hasattr(self, "table"):
            self.run(self.table.close())
            self.loop.close()

    def run(self, work):
        return self.loop.run_until_complete(work)

    def one(self, number: int) -> Workstation:
        return self.both[number]

    # ---- what people do

    @rule(number=NUMBERS, hours=st.integers(2, 96), invited=st.booleans())
    def notes(self, number: int, hours: int, invited: bool) -> None:
        one = self.one(number)
        self.run(one.start())
        (noted,) = self.run(one.book.note(draft_of(self.table.clock, hours * HOUR)))
        self.run(one.book.agree(noted.id, "1"))
        if invited:
            self.run(one.book.invite(noted.id))
        self.run(one.look())

    @rule(number=NUMBERS)
    def invites(self, number: int) -> None:
        one = self.one(number)
        for found in self.stands(one) if one.runs else []:
            if found.stage is Stage.AGREED:
                self.try_to(one.book.invite(found.id))

    @rule(number=NUMBERS)
    def cancels_own(self, number: int) -> None:
        one = self.one(number)
        for found in self.stands(one)[:1] if one.runs else []:
            self.try_to(one.book.cancel(found.id, by_client=False, tell=Tell.NOBODY))

    @rule(number=NUMBERS, kind=st.sampled_from(ActKind), absence=ABSENCE)
    def acts(self, number: int, kind: ActKind, absence: str) -> None:
        one, holder = self.one(number), self.one(1 - number)
        self.run(one.start())
        if absence != "here":
            self.run(holder.close() if absence == "closed" else holder.kill())
        listed = [entry for entry in self.run(one.listed(holder)) if entry.act is None]
        if listed:
            self.try_to(one.passing(one.team.act(kind, holder.team.as_member(), listed[0].seen, Tell.MAIL)))

    @rule(number=NUMBERS)
    def starts(self, number: int) -> None:
        """Nothing goes out before the first look; then whatever is due."""
        self.run(self.one(number).start())
        self.mails_go_out(number, looks=False)

    @rule(number=NUMBERS)
    def mails_go_out(self, number: int, looks: bool = True) -> None:
        one = self.one(number)
        if not one.runs:
            return
        if looks:
            self.run(one.look())
        before = len(one.outbox.sent)
        one.outbox.send_all()
        for mail, appointment in one.outbox.sent[before:]:
            if mail.kind in TELLS_OF_THE_LINK or mail.kind.is_reminder:
                assert self.holders(appointment.id) == [one.name], "only who has the appointment invites and reminds"

    @rule(hours=st.integers(1, 12))
    def time_passes(self, hours: int) -> None:
        async def passes() -> None:
            self.table.clock.advance(hours * HOUR)
            for one in self.both:
                await one.passing(one.rest())

        self.run(passes())

    @precondition(lambda self: any(not one.runs for one in self.both))
    @rule()
    def everybody_is_back(self) -> None:
        for one in self.both:
            self.run(one.start())
        for _ in range(3):
            for one in self.both:
                self.run(one.look())
        for one in self.both:
            assert one.store.note("team.pending") is None

    @invariant()
    def of_those_that_run_one_at_most_has_it(self) -> None:
        ids = {found.id for one in self.both for found in one.store.between(0, 2**40)}
        assert all(len(self.holders(ident)) <= 1 for ident in ids)

    @invariant()
    def nothing_crashed(self) -> None:
        assert not [error for one in self.both for error in one.crashes]

    # ---- inside

    def stands(self, one: Workstation) -> list:
        return [found for found in one.store.between(0, 2**40) if not found.stage.is_over]

    def holders(self, ident: str) -> list[str]:
        """In whose book it stands: of those that run, for who is away sends nothing."""
        running = [one for one in self.both if one.runs]
        return [one.name for one in running if any(found.id == ident for found in self.stands(one))]

    def try_to(self, work) -> None:
        with contextlib.suppress(BookError):
            self.run(work)


TestNeverTwice = NeverTwice.TestCase
TestNeverTwice.settings = settings(
    max_examples=rounds(25), stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
