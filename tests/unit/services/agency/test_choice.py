"""Which server the program works with, what is laid over the settings then, and what is seen of it before anything is loaded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from app.services.agency.choice import AgencyChoice, agency_choice, prescribed_address
from app.services.agency.early import works_with_agency
from app.services.fakes.agency import sample_agency
from app.services.policies import prescribe, settings_in_force
from app.services.profile import Profile, Settings

ROOT = Path(__file__).parents[4]
URL = "wss://video.jobcenter.example/ws/control"
OWN = Settings(
    public_port=1,
    public_url="https://own.example",
    site="own",
    label="Own",
    turn_urls=("turn:own.example",),
    trusted_proxies=("127.0.0.1",),
)
ENROLLED = msgspec.structs.replace(OWN, agency=sample_agency())


def test_without_an_enrolment_and_a_policy_the_program_has_its_own_server() -> None:
    assert settings_in_force(OWN, {}) == OWN
    assert not agency_choice(OWN, None).wanted
    assert agency_choice(OWN, None).enrolled


def test_what_the_agencys_server_says_stands_above_the_settings_and_above_other_policies() -> None:
    held = settings_in_force(ENROLLED, {"label": "Of a policy", "public_url": "https://policy.example", "phone": "0911 1"})
    assert (held.label, held.site, held.link_base) == ("Jobcenter Musterstadt", "musterstadt-nord", "https://video.jobcenter.example")
    assert (held.turn_urls, held.turn_secret_file, held.trusted_proxies) == ((), None, ())
    assert held.phone == "0911 1"
    for name in msgspec.structs.fields(Settings):
        overlaid = name.name in agency_choice(ENROLLED, None).said_by_server
        assert overlaid or getattr(settings_in_force(ENROLLED, {}), name.name) == getattr(ENROLLED, name.name)
    assert agency_choice(OWN, None).said_by_server == set()


def test_a_policy_names_the_server_before_anybody_is_enrolled() -> None:
    policy = {"server_url": "https://video.jobcenter.example"}
    choice = agency_choice(OWN, prescribed_address(policy))
    assert choice == AgencyChoice(None, URL)
    assert choice.wanted
    assert not choice.enrolled
    assert settings_in_force(OWN, policy).link_base == "https://video.jobcenter.example"
    assert agency_choice(ENROLLED, prescribed_address(policy)).server == ENROLLED.agency


def test_who_is_enrolled_elsewhere_than_the_policy_says_has_to_be_enrolled_there() -> None:
    choice = agency_choice(ENROLLED, prescribed_address({"server_url": "https://other.example"}))
    assert choice == AgencyChoice(None, "wss://other.example/ws/control")


@pytest.mark.parametrize(
    "value", ["", "video.jobcenter.example", "http://video.jobcenter.example", "https://x.example/path", 7, ["x"], None]
)
def test_a_policy_that_is_no_address_is_refused_by_name_and_holds_nothing_up(value: object) -> None:
    found = prescribe(OWN, {"server_url": value})
    assert found.refused == ("server_url",)
    assert found.settings == OWN


def test_a_look_before_anything_is_loaded_sees_both(tmp_path: Path) -> None:
    profile = Profile(tmp_path)
    assert not works_with_agency({}, tmp_path)
    profile.save(profile.load())
    assert not works_with_agency({}, tmp_path)
    assert works_with_agency({"server_url": "https://video.jobcenter.example"}, tmp_path)
    profile.save(msgspec.structs.replace(profile.load(), agency=sample_agency()))
    assert works_with_agency({}, tmp_path)
    profile.settings_file.write_bytes(b"{ broken")
    assert not works_with_agency({}, tmp_path)
    profile.settings_file.write_bytes(b"[1]")
    assert not works_with_agency({}, tmp_path)


@pytest.mark.parametrize("home", ["", "elsewhere"])
def test_that_look_finds_this_persons_own_profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / home) if home else "")
    profile = Profile.of_this_person()
    assert not works_with_agency({}, None)
    profile.folder.mkdir(parents=True)
    profile.save(msgspec.structs.replace(Settings(), agency=sample_agency()))
    assert works_with_agency({}, None)


def test_that_look_loads_next_to_nothing() -> None:
    look = (
        "import sys; from app.services.agency.early import works_with_agency; from app.services.policy import read_policy; read_policy();"
    )
    heavy = "print(sorted({'msgspec', 'structlog', 'asyncio', 'cryptography', 'PySide6'} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", look + heavy], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
