"""What every AppointmentStore must do: the one on disk and the fake."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.appointments import Access, Agreement, Appointment, Client, Stage
from app.domain.mails import MailState
from app.domain.readiness import Readiness
from app.services.appointments.ports import AppointmentStore, Evidence, Retention, Stale, StoreError, Write
from app.services.fakes import MemoryStore
from app.services.store.drivers import PlainSqlite
from app.services.store.place import StorePlace
from tests.support.appointments import DAY, NOW, full_appointment, make_appointment, make_mail
from tests.support.stores import new_store

NOTHING = Retention(appointments_before=0, evidence_before=0, readiness_before=0)


@pytest.fixture(params=["memory", "sqlcipher", "sqlcipher on a network drive", "plain sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AppointmentStore]:
    opened: AppointmentStore = MemoryStore()
    if request.param != "memory":
        driver = PlainSqlite() if request.param == "plain sqlite" else None
        opened = new_store(StorePlace(tmp_path, shared="network" in request.param), driver)
    yield opened
    opened.close()


def put(store: AppointmentStore, *appointments: Appointment) -> list[Appointment]:
    return list(store.write(Write(appointments=appointments)))


# ---- writing


def test_what_was_written_is_found_whole_with_its_revision(store: AppointmentStore) -> None:
    new = full_appointment()
    [stored] = put(store, new)
    assert stored == replace(new, revision=1) == store.find(new.id)
    [again] = put(store, replace(stored, topic="anders"))
    assert again == replace(new, topic="anders", revision=2) == store.find(new.id)
    assert store.find("nobody") is None


@pytest.mark.parametrize("revision", [0, 2])
def test_an_older_or_unknown_revision_is_refused_with_all_of_the_write(store: AppointmentStore, revision: int) -> None:
    [stored] = put(store, make_appointment())
    other = make_appointment()
    mail = make_mail(stored.id)
    store.write(Write(mails=[mail]))
    write = Write(
        appointments=[other, replace(stored, revision=revision)],
        mails=[make_mail(other.id)],
        withdraw_mails_of=[stored.id],
        notes=[("name", b"content")],
    )
    with pytest.raises(Stale):
        store.write(write)
    assert store.find(other.id) is None
    assert store.find(stored.id) == stored
    assert list(store.mails_of(stored.id)) == [mail]
    assert not store.mails_of(other.id)
    assert store.note("name") is None


def test_who_is_gone_is_not_written_again(store: AppointmentStore) -> None:
    [stored] = put(store, make_appointment())
    store.forget_person([stored.id])
    with pytest.raises(Stale):
        put(store, stored)


def test_the_same_appointment_twice_in_one_write_is_refused(store: AppointmentStore) -> None:
    new = make_appointment()
    with pytest.raises(Stale):
        put(store, new, new)
    assert store.find(new.id) is None


@pytest.mark.parametrize(
    "values",
    [{"minutes": 0}, {"minutes": -30}, {"minutes": 481}, {"starts_at": -1}, {"starts_at": 2**62}, {"starts_at": 2**80}],
    ids=str,
)
def test_an_impossible_time_is_refused_with_a_sentence(store: AppointmentStore, values: dict[str, int]) -> None:
    good, bad = make_appointment(), make_appointment(**values)
    with pytest.raises(StoreError) as caught:
        put(store, good, bad)
    assert caught.value.key == "app.store.impossible-time"
    assert store.find(good.id) is store.find(bad.id) is None


def test_half_a_character_is_refused_with_a_sentence(store: AppointmentStore) -> None:
    bad = make_appointment(client=Client(name="A\ud800"))
    with pytest.raises(StoreError) as caught:
        put(store, bad)
    assert caught.value.key == "app.store.impossible-text"
    [stored] = put(store, make_appointment())
    for write in (lambda mail: store.write(Write(mails=[mail])), lambda mail: store.move_mail(mail, MailState.WAITING)):
        with pytest.raises(StoreError) as caught:
            write(make_mail(stored.id, reply="\udfff"))
        assert caught.value.key == "app.store.impossible-text"
    assert not store.mails_of(stored.id)


@pytest.mark.parametrize(
    "name", ["n" * 10_000, "O'Brien\"; DROP TABLE appointments; --", "\u202eevil\u202c", "👩‍👩‍👧", "a\x00b\r\nBcc: x", "%_\\"]
)
def test_strange_names_come_back_as_they_were_and_are_found(store: AppointmentStore, name: str) -> None:
    [stored] = put(store, make_appointment(client=Client(name=name, needs=name)))
    assert store.find(stored.id) == stored
    assert list(store.search(name)) == [stored]


def test_notes_are_kept_replaced_and_removed(store: AppointmentStore) -> None:
    store.write(Write(notes=[("a", b"\x00\xff"), ("b", b"")]))
    assert (store.note("a"), store.note("b"), store.note("c")) == (b"\x00\xff", b"", None)
    store.write(Write(notes=[("a", b"2"), ("b", None), ("c", None)]))
    assert (store.note("a"), store.note("b"), store.note("c")) == (b"2", None, None)


# ---- looking


def test_between_gives_all_that_overlap_by_start(store: AppointmentStore) -> None:
    before = make_appointment(starts_at=NOW - 1800)  # ends at NOW
    across = make_appointment(starts_at=NOW - 479 * 60, minutes=480)
    within = make_appointment(starts_at=NOW + 60, stage=Stage.CANCELLED)
    last = make_appointment(starts_at=NOW + 3599)
    after = make_appointment(starts_at=NOW + 3600)
    put(store, after, last, within, across, before)
    assert [a.id for a in store.between(NOW, NOW + 3600)] == [across.id, within.id, last.id]
    assert not store.between(NOW + 10 * DAY, NOW + 11 * DAY)


def test_a_series_is_found_by_start(store: AppointmentStore) -> None:
    series = [make_appointment(series="s", starts_at=NOW + week * 7 * DAY) for week in (2, 0, 1)]
    put(store, *series, make_appointment(series="t"), make_appointment())
    assert [a.starts_at for a in store.in_series("s")] == [NOW, NOW + 7 * DAY, NOW + 14 * DAY]


@pytest.mark.parametrize("text", ["müller", "MÜLL", "mu\u0308ller", "weiterb", "@EXAMPLE", "030/12", "(0)30", "03012345", "\u200fmüller"])
def test_search_looks_at_name_topic_address_and_number_whatever_the_case(store: AppointmentStore, text: str) -> None:
    found = make_appointment(topic="Weiterbildung", client=Client(name="Erika Müller", email="erika@example.org", phone="030/12 345"))
    zero = make_appointment(client=Client(phone="(0)30", needs="müller weiterb @example 030/12 03012345"))
    [stored, other] = put(store, found, zero)
    assert list(store.search(text)) == ([other] if text == "(0)30" else [stored])


def test_search_gives_the_newest_first_and_no_more_than_asked_for(store: AppointmentStore) -> None:
    put(store, *(make_appointment(starts_at=NOW + day * DAY, client=Client(name=f"Fall {day}")) for day in range(60)))
    assert [a.starts_at for a in store.search("fall", limit=3)] == [NOW + day * DAY for day in (59, 58, 57)]
    assert len(store.search("FALL")) == 50
    assert not store.search("fall_")
    assert not store.search("%")


def test_what_was_changed_is_found_by_its_new_words_only(store: AppointmentStore) -> None:
    [stored] = put(store, make_appointment(client=Client(name="Meier")))
    [stored] = put(store, replace(stored, client=Client(name="Maier")))
    assert not store.search("Meier")
    assert list(store.search("Maier")) == [stored]


def test_an_appointment_is_found_by_its_room_as_long_as_it_has_it(store: AppointmentStore) -> None:
    [stored] = put(store, make_appointment(access=Access(room="first", token="t", code="1")))
    assert store.by_room("first") == stored
    [stored] = put(store, replace(stored, access=Access(room="second", token="t", code="1")))
    assert store.by_room("first") is None
    assert store.by_room("second") == stored


def test_open_rooms_are_those_with_an_access_that_are_not_over(store: AppointmentStore) -> None:
    access = Access(room="r", token="t", code="1")
    ended = make_appointment(access=access, starts_at=NOW - DAY - 1800)  # a day ago, to the second
    lately = make_appointment(access=access, starts_at=NOW - DAY - 1799)
    ahead = make_appointment(access=access, starts_at=NOW + 300 * DAY, stage=Stage.INVITED)
    closed = make_appointment(access=access, stage=Stage.CLOSED)
    cancelled = make_appointment(access=access, stage=Stage.CANCELLED)
    put(store, ahead, ended, lately, closed, cancelled, make_appointment())
    assert [a.id for a in store.open_rooms(NOW)] == [lately.id, ahead.id]


# ---- the outbox


def test_mails_come_with_the_write_and_by_due_time(store: AppointmentStore) -> None:
    new = make_appointment()
    later, sooner = make_mail(new.id, due_at=NOW + 9, useless_at=NOW + 99), make_mail(new.id, due_at=NOW, reply="250 Ja 🦊")
    store.write(Write(appointments=[new], mails=[later, sooner]))
    assert list(store.mails_of(new.id)) == [sooner, later]


def test_a_mail_without_its_appointment_or_twice_is_refused(store: AppointmentStore) -> None:
    [stored] = put(store, make_appointment())
    mail = make_mail(stored.id)
    store.write(Write(mails=[mail]))
    for wrong in (make_mail("nobody"), mail, make_mail(stored.id, id=mail.id)):
        with pytest.raises(Stale):
            store.write(Write(mails=[make_mail(stored.id), wrong], notes=[("n", b"1")]))
    assert list(store.mails_of(stored.id)) == [mail]
    assert store.note("n") is None


def test_waiting_mails_are_due_and_not_to_be_tried_later(store: AppointmentStore) -> None:
    [stored] = put(store, make_appointment())
    due, early = make_mail(stored.id, due_at=NOW), make_mail(stored.id, due_at=NOW - 5, next_try_at=NOW)
    later = [make_mail(stored.id, due_at=NOW + 1), make_mail(stored.id, due_at=NOW - 5, next_try_at=NOW + 2)]
    others = [make_mail(stored.id, state=state, due_at=NOW - 9) for state in MailState if state is not MailState.WAITING]
    store.write(Write(mails=[due, early, *later, *others]))
    assert list(store.waiting_mails(NOW)) == [early, due]
    assert store.next_mail_at() == NOW
    for mail in (due, early):
        assert store.move_mail(replace(mail, state=MailState.ACCEPTED), MailState.WAITING)
    assert not store.waiting_mails(NOW)
    assert store.next_mail_at() == NOW + 1


def test_fifty_mails_at_once_and_none_without_one(store: AppointmentStore) -> None:
    assert store.next_mail_at() is None
    [stored] = put(store, make_appointment())
    store.write(Write(mails=[make_mail(stored.id, due_at=NOW - number) for number in range(60)]))
    assert [mail.due_at for mail in store.waiting_mails(NOW)] == [NOW - number for number in range(59, 9, -1)]


def test_a_mail_is_claimed_once(store: AppointmentStore) -> None:
    [stored] = put(store, make_appointment())
    mail = make_mail(stored.id)
    store.write(Write(mails=[mail]))
    sending = replace(mail, state=MailState.SENDING, tries=1, changed_at=NOW)
    assert store.move_mail(sending, MailState.WAITING)
    assert not store.move_mail(replace(sending, tries=2), MailState.WAITING)
    assert list(store.stuck_mails()) == list(store.mails_of(stored.id)) == [sending]
    unclear = replace(sending, state=MailState.UNCLEAR, reply="…", message=b"")
    assert store.move_mail(unclear, MailState.SENDING)
    assert not store.stuck_mails()
    assert list(store.mails_of(stored.id)) == [unclear]
    assert not store.move_mail(make_mail(stored.id), MailState.WAITING), "a mail that is not there"


def test_withdrawing_stops_what_waits_and_nothing_else(store: AppointmentStore) -> None:
    [one, two] = put(store, make_appointment(), make_appointment())
    waiting, of_two = make_mail(one.id), make_mail(two.id)
    sent = make_mail(one.id, state=MailState.ACCEPTED, message=b"", due_at=NOW - 1)
    store.write(Write(mails=[waiting, of_two, sent]))
    new = make_mail(one.id, due_at=NOW + 1)
    store.write(Write(withdraw_mails_of=[one.id], mails=[new]))
    assert list(store.mails_of(one.id)) == [sent, replace(waiting, state=MailState.WITHDRAWN, message=b""), new]
    assert list(store.mails_of(two.id)) == [of_two]
    assert not store.move_mail(replace(waiting, state=MailState.SENDING), MailState.WAITING)


# ---- evidence and forgetting


def test_evidence_follows_the_agreement_and_outlives_it(store: AppointmentStore) -> None:
    agreement = Agreement(text_version="1", agreed_at=NOW)
    [stored] = put(store, make_appointment(agreement=agreement))
    evidence = Evidence(appointment=stored.id, text_version="1", agreed_at=NOW)
    assert list(store.evidence()) == [evidence]
    [stored] = put(store, replace(stored, agreement=replace(agreement, withdrawn_at=NOW + 5)))
    withdrawn = replace(evidence, withdrawn_at=NOW + 5)
    assert list(store.evidence()) == [withdrawn]
    [stored] = put(store, replace(stored, agreement=Agreement(text_version="2", agreed_at=NOW + 9)))
    put(store, replace(stored, agreement=None))
    assert list(store.evidence()) == [withdrawn, Evidence(appointment=stored.id, text_version="2", agreed_at=NOW + 9)]


def test_what_is_old_enough_is_forgotten_with_its_mails_and_notes(store: AppointmentStore) -> None:
    old = full_appointment(starts_at=NOW - 31 * DAY)
    young = full_appointment(starts_at=NOW - 30 * DAY)
    store.write(
        Write(
            appointments=[old, young],
            mails=[make_mail(old.id), make_mail(young.id, state=MailState.ACCEPTED)],
            notes=[(f"sealed/{old.id}", b"1"), (f"sealed/{young.id}", b"2"), ("sealed", b"3")],
        )
    )
    assert store.forget(replace(NOTHING, appointments_before=NOW - 30 * DAY)) == 1
    assert store.find(old.id) is store.by_room(old.access.room) is None  # type: ignore[union-attr]
    assert store.find(young.id) is not None
    assert not store.mails_of(old.id)
    assert len(store.mails_of(young.id)) == 1
    assert store.next_mail_at() is None
    assert [store.note(name) for name in (f"sealed/{old.id}", f"sealed/{young.id}", "sealed")] == [None, b"2", b"3"]
    assert [a.id for a in store.search("öztürk")] == [young.id]
    assert {e.appointment for e in store.evidence()} == {old.id, young.id}
    assert store.forget(replace(NOTHING, appointments_before=NOW - 30 * DAY)) == 0


def test_evidence_goes_when_it_is_old_and_its_appointment_is_gone(store: AppointmentStore) -> None:
    agreement = Agreement(text_version="1", agreed_at=NOW)
    gone, stands = make_appointment(agreement=agreement), make_appointment(agreement=agreement, starts_at=NOW + DAY)
    put(store, gone, stands)
    assert store.forget(Retention(appointments_before=NOW + 5401, evidence_before=NOW, readiness_before=0)) == 1
    assert {e.appointment for e in store.evidence()} == {gone.id, stands.id}
    assert store.forget(replace(NOTHING, evidence_before=NOW + 1)) == 0
    assert {e.appointment for e in store.evidence()} == {stands.id}


def test_readiness_goes_first_and_an_older_write_does_not_bring_it_back(store: AppointmentStore) -> None:
    past, ahead = full_appointment(starts_at=NOW - DAY), full_appointment(starts_at=NOW + DAY)
    [past, ahead] = put(store, past, ahead)
    for _ in range(2):
        assert store.forget(replace(NOTHING, readiness_before=NOW)) == 0
        assert store.find(past.id) == replace(past, readiness=Readiness(), revision=2)
        assert store.find(ahead.id) == ahead
    with pytest.raises(Stale):
        put(store, past)


def test_a_person_is_forgotten_at_once_with_evidence(store: AppointmentStore) -> None:
    one, two, other = full_appointment(), full_appointment(starts_at=NOW - 9 * DAY), full_appointment()
    put(store, one, two, other)
    store.write(Write(mails=[make_mail(one.id), make_mail(other.id)], notes=[(f"sealed/{two.id}", b"1")]))
    assert store.forget_person([one.id, two.id, one.id, "nobody"]) == 2
    assert [a.id for a in store.search("")] == [other.id]
    assert not store.mails_of(one.id)
    assert len(store.mails_of(other.id)) == 1
    assert store.note(f"sealed/{two.id}") is None
    assert {e.appointment for e in store.evidence()} == {other.id}
