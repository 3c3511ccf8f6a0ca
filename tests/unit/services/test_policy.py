"""What IT prescribes stands above the environment; what cannot be read does not keep the program from starting."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.services.policy import profile_folder, read_policy


def test_the_policy_stands_above_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "policy.json"
    environment = {"VB_PROFILE": "/srv/environment"}
    assert profile_folder(read_policy(file), None, {}) is None
    assert profile_folder(read_policy(file), None, environment) == Path("/srv/environment")
    assert profile_folder(read_policy(file), Path("/srv/typed"), environment) == Path("/srv/typed")
    file.write_text('{"profile": "/srv/policy", "retention_days": 14}')
    assert profile_folder(read_policy(file), Path("/srv/typed"), environment) == Path("/srv/policy")
    assert read_policy(file)["retention_days"] == 14


def test_each_person_gets_a_folder_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VB_TEST_PERSON", "erika")
    monkeypatch.setenv("HOME", "/home-of-erika")
    assert profile_folder({"profile": "/srv/$VB_TEST_PERSON/video"}, None, {}) == Path("/srv/erika/video")
    assert profile_folder({"profile": "~/video"}, None, {}) == Path("/home-of-erika/video")


@pytest.mark.parametrize("content", ["", "[]", "{", "\udcff"])
def test_a_policy_that_cannot_be_read_counts_as_none(tmp_path: Path, content: str) -> None:
    file = tmp_path / "policy.json"
    file.write_bytes(content.encode("utf-8", "surrogateescape"))
    assert read_policy(file) == {}
    assert read_policy(tmp_path) == {}


@pytest.mark.parametrize("value", [7, "", " ", None, ["/srv"]])
def test_a_folder_that_is_none_falls_to_the_environment(value: object) -> None:
    assert profile_folder({"profile": value}, None, {"VB_PROFILE": "/srv/environment"}) == Path("/srv/environment")
