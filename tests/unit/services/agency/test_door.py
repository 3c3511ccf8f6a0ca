"""Enrolling and leaving: what is tried before a code is used, what is kept, and that the code itself stays nowhere."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from app.services.agency.choice import AgencyChoice
from app.services.agency.door import LiveAgencyDoor
from app.services.agency.ports import NotEnrolled, Trouble
from app.services.agency.settings import AgencyServer
from app.services.fakes.agency import FakeServer, sample_agency
from app.services.fakes.clock import ManualClock
from app.services.keys import KeysOfAFolder, KeyStoreError, MemoryKeyStore, WorkstationKey
from app.services.profile import Profile
from app.services.settings_keeper import SettingsKeeper
from app.services.tasks import Tasks

URL = "wss://video.jobcenter.example/ws/control"
CODE = "VB1-GEHEIM"


class Handshake:
    """Answers in turn; keeps what it was asked with."""

    def __init__(self, *answers: AgencyServer | Trouble) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, str, str]] = []

    async def __call__(self, url: str, code: str, key: WorkstationKey) -> AgencyServer:
        self.asked.append((url, code, key.public))
        answer = self.answers.pop(0)
        if isinstance(answer, Trouble):
            raise NotEnrolled(answer)
        return answer


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    profile = Profile(tmp_path)
    profile.load()
    return profile


@pytest.fixture
async def keeper(profile: Profile) -> AsyncIterator[SettingsKeeper]:
    crashes: list[tuple[str, BaseException]] = []
    tasks = Tasks(lambda name, error: crashes.append((name, error)))
    yield SettingsKeeper(profile, tasks)
    await asyncio.sleep(0)
    await tasks.close()
    assert crashes == []


def door(
    keeper: SettingsKeeper, handshake: Handshake, keys: MemoryKeyStore | None = None, choice: AgencyChoice | None = None
) -> LiveAgencyDoor:
    return LiveAgencyDoor(choice or AgencyChoice(), FakeServer(), keys or KeysOfAFolder(), keeper, handshake, ManualClock())


async def test_an_enrolment_is_kept_in_the_profile_and_the_code_is_not(profile: Profile, keeper: SettingsKeeper) -> None:
    handshake = Handshake(sample_agency())
    made = door(keeper, handshake)
    with capture_logs() as logs:
        server = await made.connect("video.jobcenter.example", CODE)
    assert (made.current, made.at_work, made.address) == (server, None, "https://video.jobcenter.example")
    assert profile.load().agency == server
    assert handshake.asked[0][:2] == (URL, CODE)
    assert CODE not in profile.settings_file.read_text() + str(logs) + repr(made)
    await made.leave()
    assert made.current is None
    assert profile.load().agency is None


async def test_a_second_attempt_has_the_same_key_so_that_a_lost_answer_costs_no_code(keeper: SettingsKeeper) -> None:
    handshake, keys = Handshake(Trouble.AWAY, sample_agency()), KeysOfAFolder()
    with pytest.raises(NotEnrolled):
        await door(keeper, handshake, keys).connect("video.jobcenter.example", CODE)
    await door(keeper, handshake, keys).connect("video.jobcenter.example", CODE)
    assert handshake.asked[0] == handshake.asked[1]


async def test_a_key_that_was_revoked_is_renewed_and_the_code_used_with_the_new_one(keeper: SettingsKeeper) -> None:
    handshake, keys = Handshake(Trouble.REVOKED_KEY, sample_agency(), sample_agency()), KeysOfAFolder()
    await door(keeper, handshake, keys).connect("video.jobcenter.example", CODE)
    await door(keeper, handshake, keys).connect("video.jobcenter.example", CODE)
    revoked, renewed, later = (key for _, _, key in handshake.asked)
    assert revoked != renewed == later


async def test_where_a_policy_names_the_server_nothing_else_is_asked(keeper: SettingsKeeper) -> None:
    handshake = Handshake(sample_agency())
    made = door(keeper, handshake, choice=AgencyChoice(None, URL))
    assert made.locked
    assert made.address == "https://video.jobcenter.example"
    await made.connect("somewhere.else.example", CODE)
    assert handshake.asked[0][0] == URL


async def test_what_is_no_address_is_refused_before_anything_is_asked(keeper: SettingsKeeper) -> None:
    handshake = Handshake()
    with pytest.raises(NotEnrolled) as refused:
        await door(keeper, handshake).connect("http://video.jobcenter.example", CODE)
    assert refused.value.trouble is Trouble.ADDRESS


class Closed(KeysOfAFolder):
    """A keyring that nobody opened."""

    def load(self, name: str) -> bytes | None:
        raise KeyStoreError("locked")


@pytest.mark.parametrize("keys", [MemoryKeyStore(), Closed()])
async def test_without_a_keyring_no_code_is_used_up(keeper: SettingsKeeper, keys: MemoryKeyStore) -> None:
    handshake = Handshake()
    with pytest.raises(NotEnrolled) as refused:
        await door(keeper, handshake, keys).connect("video.jobcenter.example", CODE)
    assert refused.value.trouble is Trouble.NO_KEYRING
    assert handshake.asked == []


async def test_where_nothing_can_be_kept_no_code_is_used_up(profile: Profile, keeper: SettingsKeeper) -> None:
    profile.settings_file.with_suffix(".new").mkdir()  # also for root no file can be written over it
    handshake = Handshake()
    made = door(keeper, handshake)
    for act in (made.connect("video.jobcenter.example", CODE), made.leave()):
        with pytest.raises(NotEnrolled) as refused:
            await act
        assert refused.value.trouble is Trouble.NOT_KEPT
    assert handshake.asked == []
