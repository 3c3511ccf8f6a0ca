"""Keys of quarters: made once, found again, open for as long as the paper says, and unharmed by a clock that is wrong by a year."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from app.domain.survey import start_of
from app.server.key_file import KeyFileError
from app.server.survey.key_shelf import StoreShelf
from app.server.survey.keys import GRACE_S, QuarterKeys, seal_key
from app.server.survey.memory import MemorySurveyStore
from tests.support.server import HandClock

DAY = 86_400


@pytest.fixture
def clock() -> HandClock:
    clock = HandClock()
    clock.now = start_of("2026-Q4") + 40 * DAY
    return clock


def files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def modulus(keys: QuarterKeys, quarter: str) -> bytes | None:
    signer = await keys.signer(quarter)
    return signer.modulus if signer else None


async def test_a_key_is_found_again_after_a_restart_and_is_readable_by_its_owner_only(tmp_path: Path, clock: HandClock) -> None:
    made = await modulus(QuarterKeys(tmp_path, "jobcenter", clock), "2026-Q4")
    assert made == await modulus(QuarterKeys(tmp_path, "jobcenter", clock), "2026-Q4") is not None
    (file,) = files(tmp_path)
    assert file.stat().st_mode & 0o077 == 0
    assert made != await modulus(QuarterKeys(tmp_path, "other", clock), "2026-Q4")


async def test_the_quarter_before_stays_open_for_two_weeks_with_its_key(tmp_path: Path, clock: HandClock) -> None:
    keys = QuarterKeys(tmp_path, "jobcenter", clock)
    old = await modulus(keys, "2026-Q4")
    clock.now = start_of("2027-Q1") + GRACE_S - 1
    assert keys.open_quarters() == ["2027-Q1", "2026-Q4"]
    assert await modulus(QuarterKeys(tmp_path, "jobcenter", clock), "2026-Q4") == old
    assert not keys.is_closed("2026-Q4")
    clock.now += 1
    assert keys.open_quarters() == ["2027-Q1"]
    assert keys.is_closed("2026-Q4")
    assert await modulus(keys, "2026-Q4") is None


async def test_no_key_is_made_for_a_quarter_that_is_over(tmp_path: Path, clock: HandClock) -> None:
    clock.now = start_of("2026-Q4") + DAY
    assert await modulus(QuarterKeys(tmp_path, "jobcenter", clock), "2026-Q3") is None
    assert files(tmp_path) == []


async def test_a_clock_that_is_wrong_by_a_year_loses_no_key(tmp_path: Path, clock: HandClock) -> None:
    right = await modulus(QuarterKeys(tmp_path, "jobcenter", clock), "2026-Q4")
    clock.now += 365 * DAY
    keys = QuarterKeys(tmp_path, "jobcenter", clock)
    assert await modulus(keys, "2026-Q4") is None
    assert await modulus(keys, "2027-Q4") is not None
    clock.now -= 365 * DAY
    keys = QuarterKeys(tmp_path, "jobcenter", clock)
    assert await modulus(keys, "2026-Q4") == right
    assert await modulus(keys, "2027-Q4") is None
    assert not keys.is_closed("2027-Q4")


async def test_keys_of_years_ago_are_deleted(tmp_path: Path, clock: HandClock) -> None:
    await modulus(QuarterKeys(tmp_path, "jobcenter", clock), "2026-Q4")
    clock.now += 3 * 365 * DAY
    await modulus(QuarterKeys(tmp_path, "jobcenter", clock), "2029-Q4")
    assert [file.name for file in files(tmp_path)] == ["survey-key-jobcenter-2029-Q4"]


async def test_files_that_are_no_keys_are_said(tmp_path: Path, clock: HandClock) -> None:
    for name in ("survey-key-jobcenter-2026-Q4", "survey-seal"):
        (tmp_path / name).write_bytes(b"nonsense")
        (tmp_path / name).chmod(0o600)
    with pytest.raises(KeyFileError):
        await QuarterKeys(tmp_path, "jobcenter", clock).signer("2026-Q4")
    with pytest.raises(KeyFileError):
        seal_key(tmp_path)


def test_the_seal_is_made_once(tmp_path: Path) -> None:
    assert seal_key(tmp_path) == seal_key(tmp_path)


async def test_keys_in_a_database_are_sealed_and_found_again_by_who_has_the_seal(clock: HandClock) -> None:
    store = MemorySurveyStore()
    made = await modulus(QuarterKeys(StoreShelf(store, b"s" * 32), "jobcenter", clock), "2026-Q4")
    assert made == await modulus(QuarterKeys(StoreShelf(store, b"s" * 32), "jobcenter", clock), "2026-Q4") is not None
    assert made != await modulus(QuarterKeys(StoreShelf(store, b"s" * 32), "other", clock), "2026-Q4")
    sealed = await store.key("survey-key-jobcenter", "2026-Q4")
    assert sealed is not None
    with pytest.raises(ValueError, match="deserialize"):
        serialization.load_der_private_key(sealed[12:], None)
    with pytest.raises(KeyFileError, match="survey-seal"):
        await QuarterKeys(StoreShelf(store, b"t" * 32), "jobcenter", clock).signer("2026-Q4")


async def test_a_key_that_was_sealed_for_one_site_opens_for_no_other(clock: HandClock) -> None:
    store = MemorySurveyStore()
    await QuarterKeys(StoreShelf(store, b"s" * 32), "a", clock).signer("2026-Q4")
    moved = await store.key("survey-key-a", "2026-Q4")
    assert moved is not None
    await store.add_key("survey-key-b", "2026-Q4", moved)
    with pytest.raises(KeyFileError):
        await QuarterKeys(StoreShelf(store, b"s" * 32), "b", clock).signer("2026-Q4")
