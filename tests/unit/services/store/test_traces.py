"""After its time a canary is found nowhere: in no page, free page or frame of the log, decrypted; in no log, no temporary file; and the
same with plain SQLite, where the raw bytes speak for themselves."""

from __future__ import annotations

import logging
import os
import random
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from app.domain.appointments import Agreement, Client
from app.domain.mails import MailState
from app.domain.outcome import Outcome, OutcomeKind
from app.domain.readiness import Readiness
from app.services.appointments.ports import Retention, Stale, StoreError, Write
from app.services.store import forgetting
from app.services.store.drivers import Driver, PlainSqlite
from app.services.store.opening import open_store
from app.services.store.place import StorePlace
from app.services.store.sql import SqlStore
from app.services.store.tables import APPOINTMENTS
from tests.support.appointments import DAY, NOW, make_appointment, make_mail
from tests.support.pages import traces
from tests.support.soak import rounds
from tests.support.stores import KEY, new_store

CANARY = "Kanarienvogel-5f1c9a"
OLD, YOUNG = NOW - 40 * DAY, NOW
Forget = Callable[[SqlStore, list[str]], object]


def by_time(store: SqlStore, _: list[str]) -> object:
    return store.forget(Retention(appointments_before=NOW - 30 * DAY, evidence_before=NOW - 30 * DAY, readiness_before=NOW - DAY))


def by_person(store: SqlStore, appointments: list[str]) -> object:
    return store.forget_person(appointments)


@pytest.fixture(params=["sqlcipher", "plain sqlite"])
def driver(request: pytest.FixtureRequest) -> Driver | None:
    return PlainSqlite() if "plain" in request.param else None


def found(place: StorePlace, driver: Driver | None) -> dict[str, int]:
    return traces(place.profile, CANARY.encode(), None if driver else KEY)


def live_with_canary(store: SqlStore, seed: int) -> list[str]:
    """Many appointments written, changed and moved about; gives the ids of those that carry the canary, in everything they have."""
    chance = random.Random(seed)
    everywhere = Client(name=CANARY, email=f"{CANARY}@example.org", phone=CANARY, needs=f"{CANARY} " * chance.randrange(1, 600))
    carriers = []
    for number in range(40):
        store.write(Write(appointments=[make_appointment(starts_at=YOUNG + number, client=Client(needs="x" * chance.randrange(3000)))]))
        outcome = Outcome(kind=OutcomeKind.HELD, decided_at=OLD, remark=CANARY)
        readiness = Readiness(opened_at=OLD, step=CANARY)
        agreement = Agreement(text_version=CANARY, agreed_at=OLD)
        new = make_appointment(
            starts_at=OLD, topic=CANARY, client=everywhere, outcome=outcome, readiness=readiness, agreement=agreement, series=CANARY
        )
        message = f"To: {CANARY}\r\n\r\n".encode() * chance.randrange(1, 500)
        mail = make_mail(new.id, recipient=CANARY, reply=CANARY, message=message)
        [stored] = store.write(Write(appointments=[new], mails=[mail], notes=[(f"sealed/{new.id}", CANARY.encode())]))
        carriers.append(stored.id)
        store.move_mail(replace(mail, state=MailState.ACCEPTED, message=b""), MailState.WAITING)
        if chance.random() < 0.5:
            store.write(Write(appointments=[replace(stored, client=Client(name="geändert" * chance.randrange(200)))]))
        with pytest.raises(Stale):
            store.write(Write(appointments=[replace(stored, revision=77)]))
    return carriers


@pytest.mark.parametrize("shared", [False, True], ids=["local", "network drive"])
@pytest.mark.parametrize("forget", [by_time, by_person])
def test_a_canary_is_found_before_and_nowhere_after(
    tmp_path: Path, driver: Driver | None, forget: Forget, shared: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for seed in range(rounds(1)):
        place = StorePlace(tmp_path / str(seed), shared)
        with capture_logs() as logged:
            store = new_store(place, driver)
            carriers = live_with_canary(store, seed)
            store.search(CANARY)
            before = found(place, driver)
            assert before.get("appointments.db-wal" if not shared else "appointments.db", 0) > 40, "the scanner is not blind"
            assert forget(store, carriers)
            assert found(place, driver) == {}, "while the store stays open"
            assert not store.search(CANARY)
            assert len(store.search("", limit=99)) == 40
            store.close()
        assert found(place, driver) == {}
        assert CANARY.lower() not in f"{logged} {caplog.text}".lower()


def test_readiness_leaves_no_trace_though_its_appointment_stays(tmp_path: Path, driver: Driver | None) -> None:
    place = StorePlace(tmp_path)
    store = new_store(place, driver)
    appointments = [make_appointment(starts_at=NOW - 2 * DAY, readiness=Readiness(opened_at=NOW, step=CANARY)) for _ in range(50)]
    store.write(Write(appointments=appointments))
    assert found(place, driver)
    assert store.forget(Retention(appointments_before=0, evidence_before=0, readiness_before=NOW - DAY)) == 0
    assert found(place, driver) == {}
    assert len(store.search("", limit=99)) == 50
    store.close()


def test_a_program_killed_after_the_deletion_wipes_at_its_next_start(tmp_path: Path, driver: Driver | None) -> None:
    place, killed = StorePlace(tmp_path / "one"), StorePlace(tmp_path / "killed")
    store = new_store(place, driver)
    live_with_canary(store, 1)
    with store.database.transaction() as connection:
        assert forgetting.remove(connection, APPOINTMENTS.c.ends_at < NOW - 30 * DAY) == 40
        forgetting.remove_evidence(connection, NOW)
    shutil.copytree(place.profile, killed.profile)
    store.close()
    assert found(killed, driver)
    again = open_store(killed, KEY, driver)
    assert found(killed, driver) == {}
    again.close()


def test_a_full_disk_is_told_and_the_traces_are_wiped_later(tmp_path: Path, driver: Driver | None) -> None:
    disk = tmp_path / "small"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk], check=True)
    try:
        place = StorePlace(disk)
        store = new_store(place, driver)
        others = [make_appointment(starts_at=YOUNG, client=Client(needs="n" * 2000)) for _ in range(300)]
        carriers = store.write(Write(appointments=[make_appointment(starts_at=OLD, topic=CANARY) for _ in range(20)]))
        store.write(Write(appointments=others))
        store.database.outside("PRAGMA wal_checkpoint(TRUNCATE)")
        ballast = disk / "ballast"
        ballast.write_bytes(bytes(shutil.disk_usage(disk).free - 400_000))
        with capture_logs() as logged, pytest.raises(StoreError) as caught:
            store.forget_person([carrier.id for carrier in carriers])
        assert caught.value.key == "app.store.traces-left"
        assert [entry["event"] for entry in logged] == ["store.traces_left"]
        assert len(store.search("", limit=999)) == 300
        store.close()
        with capture_logs():
            open_store(place, KEY, driver).close()
        ballast.unlink()
        open_store(place, KEY, driver).close()
        assert found(place, driver) == {}
    finally:
        subprocess.run(["umount", disk], check=True)


def test_no_temporary_file_is_ever_open(tmp_path: Path, driver: Driver | None) -> None:
    seen: set[str] = set()

    def look() -> int:
        for descriptor in os.listdir("/proc/self/fd"):
            try:
                seen.add(os.readlink(f"/proc/self/fd/{descriptor}"))
            except FileNotFoundError:
                continue
        return 0

    def files() -> set[str]:
        temporary = f"{tempfile.gettempdir()}/"  # perhaps below /dev
        devices = {name for name in seen if name.startswith(("/dev/", "/proc/")) and not name.startswith(temporary)}
        return {name for name in seen - devices if name.startswith("/")}

    look()
    others = files()
    place = StorePlace(tmp_path)
    store = new_store(place, driver)
    store.database._raw.set_progress_handler(look, 200)
    carriers = live_with_canary(store, 2)
    assert by_time(store, carriers) == 40
    store.close()
    ours = {place.lock, *(place.folder / f"appointments.db{end}" for end in ("", "-wal", "-shm"))}
    assert files() - others == {str(path) for path in ours}


def test_pages_that_were_rebalanced_keep_no_shadow(tmp_path: Path, driver: Driver | None) -> None:
    """Overwriting what is deleted is not enough: cells that moved to another page leave copies (without VACUUM this test fails)."""
    chance, place = random.Random(1), StorePlace(tmp_path)
    store = new_store(place, driver)

    def client(word: str) -> Client:
        return Client(name=f"{word} " * chance.randrange(1, 30))

    carriers = []
    for _ in range(300):
        if chance.random() < 0.5:
            carriers += store.write(Write(appointments=[make_appointment(starts_at=OLD, client=client(CANARY))]))
        else:
            store.write(Write(appointments=[make_appointment(client=client("anderes"))]))
        if carriers and chance.random() < 0.3:
            which = chance.randrange(len(carriers))
            [carriers[which]] = store.write(Write(appointments=[replace(carriers[which], client=client(CANARY))]))
    assert found(place, driver)
    chance.shuffle(carriers)
    for carrier in carriers[1:]:
        with store.database.transaction() as connection:
            forgetting.remove(connection, APPOINTMENTS.c.id == carrier.id)
    assert by_time(store, []) == 1
    assert found(place, driver) == {}
    store.close()
