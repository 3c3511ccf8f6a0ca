"""Settings from the environment and from the embedded child's line; the server's key file."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.secrets import new_token
from app.server.enrolment.opening import home_of
from app.server.envelopes import Relay
from app.server.identity import KEY_FILE, Identity
from app.server.key_file import KeyFileError
from app.server.settings import Settings, SettingsError, database_url, database_url_beside, from_environment, from_line, label_of, origin_of
from app.wire.messages import IceServer


def line(**values: object) -> str:
    return json.dumps({"workstation_key": new_token(), "data_dir": "/var/lib/vb", **values})


def test_the_least_an_embedded_child_is_told() -> None:
    key = new_token()
    settings = from_line(line(workstation_key=key))
    assert settings == Settings(data_dir="/var/lib/vb", workstation_keys=(key,))
    assert settings.bind_host == settings.control_bind_host == "127.0.0.1"
    assert database_url(settings) == "sqlite:////var/lib/vb/rooms.sqlite3"
    assert database_url(from_line(line(database="memory"))) is None


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "{",
        "[]",
        "{}",
        line(data_dir=""),
        line(public_port=70_000),
        line(workstation_key="short"),
        line(unknown=1),
        line(phone="ring me"),
        line(public_url="ftp://x"),
        line(public_url="http://x/path"),
        line(public_url="http://x:99999"),
    ],
    ids=range(12),  # the lines hold a fresh key: two processes would call them differently
)
def test_a_line_that_cannot_be_used(bad: str) -> None:
    with pytest.raises(SettingsError):
        from_line(bad)


def test_an_error_names_the_setting_and_not_its_value() -> None:
    with pytest.raises(SettingsError) as caught:
        from_line(line(label="Frau Beispiel\n"))
    assert "label" in str(caught.value)
    assert "Beispiel" not in str(caught.value)


def test_the_environment_of_a_server_of_its_own() -> None:
    keys = (new_token(), new_token())
    settings = from_environment(
        {
            "VB_DATA_DIR": "/srv/vb",
            "VB_WORKSTATION_KEYS": ", ".join(keys),
            "VB_BIND_HOST": "192.0.2.10",
            "VB_PUBLIC_PORT": "8080",
            "VB_PUBLIC_URL": "https://video.example.org",
            "VB_LANGUAGES": "de,en",
            "VB_ICE_SERVERS": '[{"urls": ["turn:192.0.2.1"], "username": "u", "credential": "c"}]',
            "HOME": "/root",
        }
    )
    assert settings.workstation_keys == keys
    assert (settings.public_port, settings.languages) == (8080, ("de", "en"))
    assert settings.ice_servers[0].urls == ["turn:192.0.2.1"]


@pytest.mark.parametrize(
    "environment",
    [{}, {"VB_DATA_DIR": ""}, {"VB_DATA_DIR": "/x", "VB_PUBLIC_PORT": "many"}, {"VB_DATA_DIR": "/x", "VB_ICE_SERVERS": "turn:x"}],
)
def test_an_environment_that_cannot_be_used(environment: dict[str, str]) -> None:
    with pytest.raises(SettingsError):
        from_environment(environment)


@pytest.mark.parametrize(
    ("url", "origin", "websocket"),
    [
        ("https://Video.Example.org/", "https://video.example.org", "wss://video.example.org"),
        ("https://video.example.org:443", "https://video.example.org", "wss://video.example.org"),
        ("http://192.0.2.1:8080", "http://192.0.2.1:8080", "ws://192.0.2.1:8080"),
        ("http://[2001:db8::1]:80", "http://[2001:db8::1]", "ws://[2001:db8::1]"),
    ],
)
def test_origins_are_written_as_browsers_write_them(url: str, origin: str, websocket: str) -> None:
    assert (str(origin_of(url)), origin_of(url).websocket) == (origin, websocket)


@pytest.mark.parametrize(
    ("database", "survey"),
    [
        (None, "sqlite:////x/survey.sqlite3"),
        ("memory", None),
        ("sqlite:////y/rooms.sqlite3", "sqlite:////y/rooms-survey.sqlite3"),
        ("postgresql://db.example/vb", "postgresql://db.example/vb"),
    ],
)
def test_answers_never_lie_in_a_file_that_is_made_anew(database: str | None, survey: str | None) -> None:
    assert database_url_beside(Settings(data_dir="/x", database=database), "survey") == survey


@given(st.text())
def test_no_text_breaks_the_reader_of_urls(text: str) -> None:
    try:
        origin = str(origin_of(text))
    except SettingsError as error:
        origin = str(error)
    assert origin.startswith(("http://", "https://", "public_url: "))


def test_the_servers_key_is_made_once_and_kept_to_itself(tmp_path: Path) -> None:
    first, second = Identity.load_or_create(tmp_path), Identity.load_or_create(tmp_path)
    assert first.public_key == second.public_key
    assert first.sign(b"x") == second.sign(b"x")
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert Identity.new().public_key != first.public_key


def test_a_key_that_others_read_or_that_is_none_is_not_used(tmp_path: Path) -> None:
    Identity.load_or_create(tmp_path)
    os.chmod(tmp_path / KEY_FILE, 0o644)
    with pytest.raises(KeyFileError, match="readable by others"):
        Identity.load_or_create(tmp_path)
    os.chmod(tmp_path / KEY_FILE, 0o600)
    (tmp_path / KEY_FILE).write_bytes(b"short")
    with pytest.raises(KeyFileError, match="no Ed25519 key"):
        Identity.load_or_create(tmp_path)


def test_an_empty_key_file_is_a_first_start_that_was_cut_off(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).touch(0o644)
    first = Identity.load_or_create(tmp_path)
    assert Identity.load_or_create(tmp_path).public_key == first.public_key
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600


def test_starts_at_the_same_time_agree_on_one_whole_key(tmp_path: Path) -> None:
    """Nobody ever sees a key file that is there and not yet written, as a cut of power would leave it."""
    for number in range(5):
        folder = tmp_path / str(number)
        folder.mkdir()
        with ThreadPoolExecutor(8) as pool:
            keys = list(pool.map(lambda _: Identity.load_or_create(folder).public_key, range(8)))  # noqa: B023 - the pool ends here
        assert len(set(keys)) == 1
        assert [path.name for path in folder.iterdir()] == [KEY_FILE]


PLACE = {"VB_DATA_DIR": "/var/lib/vb"}


def test_urls_with_passwords_come_from_the_environment_a_file_or_a_credential(tmp_path: Path) -> None:
    url = "postgresql://vb:geheim@db.example/vb"
    assert from_environment({**PLACE, "VB_DATABASE_URL": url}).database == url
    assert from_environment({**PLACE, "VB_DATABASE": "memory"}).database == "memory"
    (tmp_path / "database-url").write_text(url + "\n")
    (tmp_path / "named").write_text("rediss://:geheim@broker.example:6379/0")
    settings = from_environment({**PLACE, "CREDENTIALS_DIRECTORY": str(tmp_path), "VB_REDIS_URL_FILE": str(tmp_path / "named")})
    assert (settings.database, settings.redis) == (url, "rediss://:geheim@broker.example:6379/0")
    assert from_environment({**PLACE, "CREDENTIALS_DIRECTORY": str(tmp_path / "none")}).database is None


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"VB_DATABASE_URL": "mysql://vb:geheim@db/vb"}, "database_url: must begin with postgresql:// or sqlite://"),
        ({"VB_REDIS_URL": "geheim"}, "redis_url: must begin with redis:// or rediss:// or unix://"),
        ({"VB_REDIS_URL_FILE": "/proc/none/geheim"}, "redis_url_file: cannot be read"),
    ],
)
def test_urls_that_cannot_be_used_are_named_without_their_value(environment: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingsError) as caught:
        from_environment({**PLACE, **environment})
    assert str(caught.value) == sentence


def test_passwords_do_not_show() -> None:
    server = IceServer(urls=["turn:192.0.2.7"], credential="geheim")
    settings = Settings(data_dir="d", database="postgresql://vb:geheim@db/vb", redis="redis://:geheim@r", ice_servers=(server,))
    assert "geheim" not in repr(settings)
    assert "geheim" not in repr(Relay(message="geheim"))


SIGN_IN = {"oidc_issuer": "https://id.example.org/realms/agency", "oidc_client_id": "videoberatung", "oidc_amr": ["mfa"]}


def test_a_sign_in_is_read_from_the_environment() -> None:
    settings = from_environment(
        {
            "VB_DATA_DIR": "d",
            "VB_OIDC_ISSUER": "https://id.example.org/realms/agency",
            "VB_OIDC_CLIENT_ID": "videoberatung",
            "VB_OIDC_ACR_VALUES": "silver, gold",
            "VB_OIDC_SITE_CLAIM": "groups",
            "VB_OIDC_SITES": '{"/Jobcenter Nord, West": "nord"}',
            "VB_OIDC_HOURS": "8",
        }
    )
    assert settings.oidc_acr_values == ("silver", "gold")
    assert settings.oidc_sites == {"/Jobcenter Nord, West": "nord"}
    assert settings.oidc_hours == 8


def test_each_site_may_have_a_name_of_its_own() -> None:
    one_name = from_environment({**PLACE, "VB_LABEL": "Die Jobcenter"})
    assert (label_of(one_name, "nord"), label_of(one_name, "west")) == ("Die Jobcenter", "Die Jobcenter")
    many = from_environment({**PLACE, "VB_LABEL": "Die Jobcenter", "VB_SITE_LABELS": '{"nord": "Jobcenter Nord"}'})
    assert (label_of(many, "nord"), label_of(many, "west")) == ("Jobcenter Nord", None)
    assert [home_of(settings, "").label for settings in (one_name, many)] == ["Die Jobcenter", "Die Jobcenter"]
    assert home_of(from_environment({**PLACE, "VB_SITE": "nord", "VB_SITE_LABELS": '{"nord": "Nord"}'}), "").label == "Nord"


@pytest.mark.parametrize("table", ['{"No Site": "Nord"}', '{"nord": ""}', '{"nord": "Nord\\nWest"}', "[]", "{"])
def test_a_table_of_names_that_cannot_be_used(table: str) -> None:
    with pytest.raises(SettingsError, match="site_labels"):
        from_environment({**PLACE, "VB_SITE_LABELS": table})


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"oidc_issuer": None}, "oidc_client_id"),
        ({"oidc_issuer": "http://id.example.org"}, "oidc_issuer"),
        ({"oidc_issuer": "https://id.example.org/?tenant=1"}, "oidc_issuer"),
        ({"oidc_issuer": "https://name@id.example.org/"}, "oidc_issuer"),
        ({"oidc_issuer": "https://id.example.org:port/"}, "oidc_issuer"),
        ({"oidc_client_id": None}, "oidc_client_id"),
        ({"oidc_amr": []}, "oidc_acr_values or oidc_amr"),
        ({"oidc_amr": ["two words"]}, "oidc_amr"),
        ({"oidc_site_claim": "groups"}, "oidc_site_claim and oidc_sites"),
        ({"oidc_sites": {"a": "nord"}}, "oidc_site_claim and oidc_sites"),
        ({"oidc_site_claim": "groups", "oidc_sites": {"a": "No Site"}}, "oidc_sites"),
        ({"oidc_hours": 25}, "oidc_hours"),
    ],
)
def test_a_sign_in_that_would_let_in_too_many_or_nobody(changes: dict[str, object], named: str) -> None:
    assert from_line(line(**SIGN_IN)).oidc_issuer
    with pytest.raises(SettingsError, match=named):
        from_line(line(**{**SIGN_IN, **changes}))
