"""Random lives of a store: the one on disk and the one in memory say the same, word for word."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace as replaced
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from app.domain.mails import Mail, MailState
from app.services.appointments.ports import AppointmentStore, Retention, StoreError, Write
from app.services.fakes import MemoryStore
from app.services.store.opening import open_store
from app.services.store.place import StorePlace
from app.services.store.sql import SqlStore
from tests.support.appointments import APPOINTMENTS, IDS, MAILS, SECONDS, WORDS
from tests.support.soak import rounds
from tests.support.stores import KEY, begin

REVISIONS = st.sampled_from(["right", "right", "right", "older", "newer"])
ALL_IDS = [f"id{number:020d}" for number in range(6)]
NOTES = st.tuples(st.sampled_from(["a", f"sealed/{ALL_IDS[0]}", f"sealed/{ALL_IDS[1]}"]), st.none() | st.binary(max_size=9))
RETENTIONS = st.builds(Retention, appointments_before=SECONDS, evidence_before=SECONDS, readiness_before=SECONDS)


def outcome(deed: Callable[[], Any]) -> Any:
    """What it gave, or the sentence it refused with."""
    try:
        return deed()
    except StoreError as error:
        return error.key


class TwoStores(RuleBasedStateMachine):
    """Whatever is done to one is done to the other."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.place = begin(StorePlace(self.folder))
        self.disk: SqlStore = open_store(self.place, KEY)
        self.memory = MemoryStore()

    def teardown(self) -> None:
        self.disk.close()
        shutil.rmtree(self.folder)

    def both(self, deed: Callable[[AppointmentStore], Any]) -> Any:
        on_disk, in_memory = outcome(lambda: deed(self.disk)), outcome(lambda: deed(self.memory))
        assert on_disk == in_memory
        return in_memory

    @rule(data=st.data())
    def write(self, data: st.DataObject) -> None:
        appointments = []
        for appointment in data.draw(st.lists(APPOINTMENTS, max_size=3)):
            there = self.memory.find(appointment.id)
            shift = {"right": 0, "older": -1, "newer": 1}[data.draw(REVISIONS)]
            appointments.append(replaced(appointment, revision=max(0, (there.revision if there else 0) + shift)))
        mails, notes = data.draw(st.lists(MAILS, max_size=2)), data.draw(st.lists(NOTES, max_size=2))
        withdraw = data.draw(st.lists(IDS, max_size=2))
        self.both(lambda store: store.write(Write(appointments=appointments, mails=mails, withdraw_mails_of=withdraw, notes=notes)))

    @rule(mail=MAILS, expected=st.sampled_from(MailState))
    def move_mail(self, mail: Mail, expected: MailState) -> None:
        there = [known for ident in ALL_IDS for known in self.memory.mails_of(ident) if known.id == mail.id]
        mail = replaced(mail, appointment=there[0].appointment) if there else mail
        self.both(lambda store: store.move_mail(mail, expected))

    @rule(retention=RETENTIONS)
    def forget(self, retention: Retention) -> None:
        self.both(lambda store: store.forget(retention))

    @rule(appointments=st.lists(IDS, max_size=2))
    def forget_person(self, appointments: list[str]) -> None:
        self.both(lambda store: store.forget_person(appointments))

    @rule()
    def open_again(self) -> None:
        self.disk.close()
        self.disk = open_store(self.place, KEY)

    @rule(start=SECONDS, length=st.integers(0, 90 * 86_400), text=WORDS, now=SECONDS)
    def look(self, start: int, length: int, text: str, now: int) -> None:
        self.both(lambda store: store.between(start, start + length))
        self.both(lambda store: store.search(text))
        self.both(lambda store: store.open_rooms(now))
        self.both(lambda store: store.waiting_mails(now))

    @invariant()
    def both_say_the_same(self) -> None:
        self.both(lambda store: store.search("", limit=99))
        self.both(lambda store: store.evidence())
        self.both(lambda store: (store.stuck_mails(), store.next_mail_at(), store.note("a")))
        for ident in ALL_IDS:
            self.both(lambda store, ident=ident: (store.find(ident), store.mails_of(ident), store.note(f"sealed/{ident}")))
            self.both(lambda store, ident=ident: (store.by_room(ident), store.in_series(ident)))


TestTwoStores = TwoStores.TestCase
TestTwoStores.settings = settings(deadline=None, database=None, max_examples=rounds(15), stateful_step_count=20)
