"""`videoberatung-server check-config`: everything at once, in sentences, with a status for scripts and never a secret."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest
import trustme

from app import https
from app.paths import RESOURCES
from app.server import logs
from app.server.__main__ import Status, main
from app.server.checkup import reach
from app.server.checkup.command import findings, sentence
from app.server.checkup.findings import Level
from app.server.checkup.given import read_file
from app.server.enrolment import provider
from app.server.settings import from_environment, variables
from app.texts import Texts
from tests.support.postgres import Postgres
from tests.support.redis_server import RedisServer

GOOD = {
    "VB_PUBLIC_URL": "https://video.example.org",
    "VB_PUBLIC_PORT": "8480",
    "VB_CONTROL_PORT": "8481",
    "VB_CONTROL_HOSTS": "video.example.org",
    "VB_TRUSTED_PROXIES": "127.0.0.1, 192.0.2.0/24",
    "VB_ICE_SERVERS": '[{"urls": ["stun:127.0.0.1"]}]',
}
SECRET = "geheim" + "x" * 32
TLS = {"VB_TLS_CERTIFICATE_FILE": "/x", "VB_TLS_KEY_FILE": "/y"}


@pytest.fixture(autouse=True)
def logging_of_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "configure", lambda _: None)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def good(data: Path) -> dict[str, str]:
    return {**GOOD, "VB_DATA_DIR": str(data)}


def codes(environment: dict[str, str], *, offline: bool = True) -> set[tuple[str, str]]:
    """(last word of the sentence's key, variable), and that each sentence can be said in both languages without the secret."""
    found = findings(environment, offline=offline)
    for language in ("de", "en"):
        texts = Texts.load(RESOURCES / "i18n", language, "running")
        assert not [one for one in found if "geheim" in sentence(one, texts)]
    return {(one.key.rpartition(".")[2], one.setting) for one in found}


def test_nothing_is_said_of_good_settings(good: dict[str, str]) -> None:
    assert codes(good) == set()


@pytest.mark.parametrize(
    ("changed", "code", "setting"),
    [
        ({"VB_TRUSTED_PROXIE": "1"}, "unknown-like", "VB_TRUSTED_PROXIE"),
        ({"VB_SOMETHING_ELSE_ENTIRELY": "1"}, "unknown", "VB_SOMETHING_ELSE_ENTIRELY"),
        ({"VB_PUBLIC_PORT": "geheim"}, "value", "VB_PUBLIC_PORT"),
        ({"VB_SITE": "geheim Amt"}, "value", "VB_SITE"),
        ({"VB_ICE_SERVERS": "geheim"}, "value", "VB_ICE_SERVERS"),
        ({"VB_REDIS_URL_FILE": "/proc/none/x"}, "value", "VB_REDIS_URL_FILE"),
        ({"VB_DATABASE_URL": "mysql://vb:geheim@db/vb"}, "url-scheme", "VB_DATABASE_URL"),
        ({"VB_REDIS_URL": "geheim://x", "VB_DATABASE_URL": "postgresql:///vb"}, "url-scheme", "VB_REDIS_URL"),
        ({"VB_PUBLIC_URL": "ftp://geheim"}, "public-url-wrong", "VB_PUBLIC_URL"),
        (
            {"VB_PUBLIC_URL": "http://127.0.0.1", "VB_TLS_CERTIFICATE_FILE": "/x", "VB_TLS_KEY_FILE": "/y"},
            "public-url-tls",
            "VB_PUBLIC_URL",
        ),
        ({"VB_TURN_URLS": "geheim", "VB_TURN_SECRET": SECRET}, "turn-urls", "VB_TURN_URLS"),
        ({"VB_TURN_URLS": "turn:127.0.0.1"}, "turn-one-secret", "VB_TURN_SECRET_FILE"),
        ({"VB_TLS_KEY_FILE": "/x"}, "tls-both", "VB_TLS_KEY_FILE"),
        ({"VB_OIDC_AMR": "mfa"}, "oidc-without-issuer", "VB_OIDC_AMR"),
        ({"VB_PUBLIC_URL": "http://video.example.org"}, "public-url-http", "VB_PUBLIC_URL"),
        ({"VB_PUBLIC_URL": ""}, "no-public-url", "VB_PUBLIC_URL"),
        ({"VB_BIND_HOST": "192.0.2.1"}, "open-without-tls", "VB_BIND_HOST"),
        ({"VB_CONTROL_BIND_HOST": "::"}, "open-without-tls", "VB_CONTROL_BIND_HOST"),
        ({"VB_MANAGEMENT_BIND_HOST": "::", "VB_MANAGEMENT_PORT": "9480"}, "management-everywhere", "VB_MANAGEMENT_BIND_HOST"),
        ({"VB_CONTROL_PORT": "0"}, "port-by-chance", "VB_CONTROL_PORT"),
        ({"VB_CONTROL_PORT": "8480"}, "same-port", "VB_CONTROL_PORT"),
        ({"VB_TRUSTED_PROXIES": "*"}, "proxy-everybody", "VB_TRUSTED_PROXIES"),
        ({"VB_TRUSTED_PROXIES": "0.0.0.0/0"}, "proxy-everybody", "VB_TRUSTED_PROXIES"),
        ({"VB_TRUSTED_PROXIES": "proxy.example.org"}, "proxy-no-address", "VB_TRUSTED_PROXIES"),
        ({"VB_TRUSTED_PROXIES": ""}, "no-proxy", "VB_TRUSTED_PROXIES"),
        ({"VB_CONTROL_HOSTS": ""}, "no-control-host", "VB_CONTROL_HOSTS"),
        ({"VB_DATABASE_URL": "memory"}, "memory", "VB_DATABASE_URL"),
        ({"VB_REDIS_URL": "redis://:geheim@127.0.0.1"}, "redis-without-postgres", "VB_REDIS_URL"),
        ({"VB_DATABASE_URL": f"postgresql://vb:{SECRET}@db/vb", "VB_DATABASE_URL_FILE": "/x"}, "twice", "VB_DATABASE_URL"),
        ({"VB_ICE_SERVERS": "[]"}, "no-relay", "VB_TURN_URLS"),
        ({"VB_TRAINING": "true"}, "training", "VB_TRAINING"),
        ({"VB_TURN_URLS": "turn:127.0.0.1", "VB_TURN_SECRET": "geheim"}, "turn-secret", "VB_TURN_SECRET_FILE"),
        ({"VB_DATA_DIR": ""}, "no-data-dir", "VB_DATA_DIR"),
        ({"VB_DATA_DIR": "/proc/version/x"}, "data-dir-not-made", "VB_DATA_DIR"),
        ({"VB_DATA_DIR": "/proc/version"}, "data-dir-not-usable", "VB_DATA_DIR"),
        ({"VB_SURVEY_KEY_FOLDER": "/proc/none"}, "no-folder", "VB_SURVEY_KEY_FOLDER"),
        ({"VB_OIDC_CA_FILE": "/proc/none"}, "value", "VB_OIDC_CA_FILE"),
        ({"VB_OIDC_CA_FILE": "/proc/version"}, "value", "VB_OIDC_CA_FILE"),
        ({"VB_OIDC_SITES": "geheim"}, "value", "VB_OIDC_SITES"),
        ({"VB_SITE_LABELS": '{"Geheim": "geheim"}'}, "value", "VB_SITE_LABELS"),
    ],
)
def test_each_thing_that_is_wrong_is_said(good: dict[str, str], changed: dict[str, str], code: str, setting: str) -> None:
    assert (code, setting) in codes({name: value for name, value in {**good, **changed}.items() if value})


def test_a_folder_that_is_named_and_empty_is_none(good: dict[str, str]) -> None:
    assert codes({**good, "VB_DATA_DIR": ""}) == {("no-data-dir", "VB_DATA_DIR")}


def test_everything_that_lacks_for_a_sign_in_is_said_at_once(good: dict[str, str]) -> None:
    found = findings({**good, "VB_OIDC_ISSUER": "http://geheim.example.org", "VB_OIDC_SITE_CLAIM": "groups"}, offline=True)
    assert [(one.key.rpartition(".")[2], one.setting) for one in found] == [
        ("oidc-issuer", "VB_OIDC_ISSUER"),
        ("oidc-client-id", "VB_OIDC_CLIENT_ID"),
        ("oidc-proof", "VB_OIDC_ACR_VALUES"),
        ("oidc-claim", "VB_OIDC_SITES"),
    ]


def test_many_things_are_said_at_once_and_what_is_wrong_comes_first(good: dict[str, str]) -> None:
    bad = {"VB_PUBLIC_PORT": "x", "VB_LANGUAGES": "?", "VB_TURN_URLS": "x", "VB_TRAINING": "true", "VB_NOTHING": ""}
    found = findings({**good, **bad}, offline=True)
    assert len(found) >= len(bad)
    levels = [one.level for one in found]
    assert levels == sorted(levels, key=lambda level: level is not Level.ERROR)


def test_files_that_others_read(good: dict[str, str], data: Path, tmp_path: Path) -> None:
    data.chmod(0o755)
    for name in ("server-key", "code-key", "survey-seal", "survey-key-jobcenter-2026-Q4"):
        (data / name).write_bytes(b"k" * 32)
        (data / name).chmod(0o640)
    (tmp_path / "url").write_text("postgresql://127.0.0.1/x")
    (tmp_path / "url").chmod(0o644)
    found = findings({**good, "VB_DATABASE_URL_FILE": str(tmp_path / "url")}, offline=True)
    assert sorted(one.key.rpartition(".")[2] for one in found) == ["data-dir-open", *["key-open"] * 4, "secret-open"]


# ---- TLS


def put(folder: Path, authority: trustme.CA, name: str, days: int, mode: int = 0o600) -> dict[str, str]:
    """A certificate with its key, and the settings that name them."""
    now = datetime.datetime.now(datetime.UTC)
    issued = authority.issue_cert(name, not_before=now - datetime.timedelta(days=400), not_after=now + datetime.timedelta(days=days))
    (folder / "chain").write_bytes(b"".join(one.bytes() for one in issued.cert_chain_pems))
    (folder / "key").write_bytes(issued.private_key_pem.bytes())
    (folder / "key").chmod(mode)
    return {"VB_TLS_CERTIFICATE_FILE": str(folder / "chain"), "VB_TLS_KEY_FILE": str(folder / "key")}


@pytest.mark.parametrize(
    ("name", "days", "mode", "expected"),
    [
        ("*.example.org", 90, 0o640, set()),
        ("video.example.org", 5, 0o600, {"tls-ends-soon"}),
        ("video.example.org", -1, 0o600, {"tls-ended"}),
        ("other.example.org", 90, 0o644, {"tls-other-name", "key-open"}),
    ],
)
def test_certificates(good: dict[str, str], tmp_path: Path, name: str, days: int, mode: int, expected: set[str]) -> None:
    parent = trustme.CA()
    named = put(tmp_path, parent.create_child_ca(), name, days, mode)
    assert {code for code, _ in codes({**good, **named})} == expected


def test_a_chain_that_is_not_whole_and_a_pair_that_is_none(good: dict[str, str], tmp_path: Path) -> None:
    named = put(tmp_path, trustme.CA(), "video.example.org", 90)
    assert codes({**good, **named}) == {("tls-no-chain", "VB_TLS_CERTIFICATE_FILE")}
    (tmp_path / "key").write_bytes(trustme.CA().issue_cert("x.example").private_key_pem.bytes())
    assert codes({**good, **named}) == {("tls-no-pair", "VB_TLS_CERTIFICATE_FILE")}
    (tmp_path / "key").unlink()
    assert codes({**good, **named}) == {("tls-unreadable", "VB_TLS_KEY_FILE")}


# ---- the ways to database and broker

SECURED = "?sslmode=verify-full"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://vb:geheim@db/vb", True),
        ("postgresql://vb:geheim@db/vb?sslmode=require", True),
        ("postgresql://vb:geheim@db/vb?sslmode=verify-ca", True),
        (f"postgresql://vb:geheim@db/vb{SECURED}", False),
        ("postgresql://vb:geheim@db/vb?sslrootcert=system", False),
        ("postgresql+psycopg://vb:geheim@192.0.2.7:5433/vb", True),
        ("postgresql://[2001:db8::7]:5433/vb", True),
        ("postgresql://127.0.0.1,db:5433/vb", True),
        ("postgresql:///vb?host=127.0.0.1&host=db&target_session_attrs=read-write", True),
        (f"postgresql:///vb{SECURED}&host=a&host=b&target_session_attrs=read-write", False),
        ("postgresql:///vb?host=localhost&hostaddr=192.0.2.7", True),
        ("postgresql://vb:geheim@127.0.0.1:5433/vb", False),
        ("postgresql://[::1]/vb", False),
        ("postgresql://localhost/vb", False),
        ("postgresql:///vb?host=/var/run/postgresql", False),
        ("postgresql:///vb", False),
    ],
)
def test_a_database_on_another_machine_is_spoken_with_by_verified_tls(good: dict[str, str], url: str, said: bool) -> None:
    assert codes({**good, "VB_DATABASE_URL": url}) == ({("database-no-tls", "VB_DATABASE_URL")} if said else set())


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("redis://:geheim@broker:6379/0", True),
        ("redis://192.0.2.7", True),
        ("rediss://:geheim@broker:6379/0", False),
        ("rediss://broker?ssl_ca_certs=/etc/ssl/agency.pem", False),
        ("rediss://broker?ssl_cert_reqs=none", True),
        ("rediss://broker?ssl_check_hostname=no", True),
        ("redis://127.0.0.1:6379/0", False),
        ("redis://[::1]:6379", False),
        ("unix:///run/redis/redis-server.sock", False),
    ],
)
def test_a_broker_on_another_machine_is_spoken_with_by_verified_tls(good: dict[str, str], url: str, said: bool) -> None:
    shared = {**good, "VB_DATABASE_URL": f"postgresql://vb:geheim@db/vb{SECURED}", "VB_REDIS_URL": url}
    assert codes(shared) == ({("redis-no-tls", "VB_REDIS_URL")} if said else set())


PLAIN = {"VB_DATABASE_URL": "postgresql://vb:geheim@db/vb", "VB_REDIS_URL": "redis://:geheim@broker"}


@pytest.mark.parametrize(
    ("allowed", "levels"),
    [
        ("", {"VB_DATABASE_URL": Level.ERROR, "VB_REDIS_URL": Level.ERROR}),
        ("broker", {"VB_DATABASE_URL": Level.ERROR, "VB_REDIS_URL": Level.DOUBT}),
        ("database, broker", {"VB_DATABASE_URL": Level.DOUBT, "VB_REDIS_URL": Level.DOUBT}),
    ],
)
def test_a_way_without_tls_is_wrong_unless_it_is_named(good: dict[str, str], allowed: str, levels: dict[str, Level]) -> None:
    found = findings({**good, **PLAIN, "VB_PLAIN_LINES": allowed}, offline=True)
    assert {one.setting: one.level for one in found} == levels


def test_no_server_starts_over_a_way_without_tls_and_it_says_why(
    good: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {**good, **PLAIN, "VB_PLAIN_LINES": "database"}.items():
        monkeypatch.setenv(name, value)
    assert main(["serve"]) == Status.UNUSABLE
    written = capsys.readouterr()
    assert json.loads(written.out)["failed"]["code"] == "settings"
    assert "geheim" not in written.out + written.err
    assert "VB_PLAIN_LINES=broker" in written.err
    assert "VB_PLAIN_LINES=database" not in written.err


# ---- what answers


@pytest.fixture
def steady_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "clock_is_adrift", lambda: False)


@pytest.mark.usefixtures("steady_clock")
def test_database_and_broker_that_answer(good: dict[str, str], postgres: Postgres, redis_server: RedisServer) -> None:
    url = postgres.empty_tables().replace("+psycopg", "")
    assert codes({**good, "VB_DATABASE_URL": url, "VB_REDIS_URL": redis_server.url}, offline=False) == set()


@pytest.mark.usefixtures("steady_clock")
def test_database_and_broker_that_do_not(good: dict[str, str]) -> None:
    away = {"VB_DATABASE_URL": f"postgresql://vb:{SECRET}@127.0.0.1:1/vb", "VB_REDIS_URL": f"redis://:{SECRET}@127.0.0.1:1"}
    assert codes({**good, **away}, offline=False) == {("database-away", "VB_DATABASE_URL"), ("redis-away", "VB_REDIS_URL")}


SIGN_IN = {"VB_OIDC_ISSUER": "https://id.example.org", "VB_OIDC_CLIENT_ID": "videoberatung", "VB_OIDC_AMR": "mfa"}


SITES = {"VB_OIDC_SITE_CLAIM": "groups", "VB_OIDC_SITES": '{"/a": "nord", "/b": "west"}'}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (SITES, {"one-label"}),
        ({**SITES, "VB_SITE_LABELS": '{"nord": "Nord"}'}, {"site-without-label"}),
        ({**SITES, "VB_SITE_LABELS": '{"nord": "Nord", "west": "West", "ost": "Ost"}'}, set()),
        ({}, set()),
        ({"VB_SITE_LABELS": '{"nord": "Nord"}'}, {"site-without-label"}),
        ({"VB_SITE_LABELS": '{"nord": "Nord"}', "VB_SITE": "nord"}, set()),
    ],
)
def test_every_site_of_a_sign_in_has_a_name(good: dict[str, str], changed: dict[str, str], said: set[str]) -> None:
    assert {code for code, _ in codes({**good, **SIGN_IN, **changed})} == said


@pytest.mark.usefixtures("steady_clock")
@pytest.mark.parametrize(
    ("described", "said"),
    [
        ({"issuer": "https://id.example.org", "jwks_uri": "https://id.example.org/keys", "keys": []}, set()),
        ({"issuer": "https://geheim.example.org", "jwks_uri": "https://id.example.org/keys"}, {("provider-away", "VB_OIDC_ISSUER")}),
        (None, {("provider-away", "VB_OIDC_ISSUER")}),
    ],
)
def test_an_identity_provider_that_answers_and_one_that_does_not(
    good: dict[str, str], monkeypatch: pytest.MonkeyPatch, described: dict[str, object] | None, said: set[tuple[str, str]]
) -> None:
    def ask(_: str) -> https.Answer:
        if described is None:
            raise https.Unreachable(certificate=True)
        return https.Answer(200, json.dumps(described).encode())

    monkeypatch.setattr(provider, "asking", lambda _: ask)
    assert codes({**good, **SIGN_IN}, offline=False) == said
    assert codes({**good, **SIGN_IN}) == set()


@pytest.mark.usefixtures("steady_clock")
def test_a_database_that_is_too_old_too_new_read_only_or_in_another_time(
    good: dict[str, str], postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reach, "OLDEST_POSTGRES", 99)
    monkeypatch.setattr(reach, "CLOCKS_APART_S", -1)
    with postgres.database() as url, postgres.connect() as connection:
        name = url.partition("@/")[2].partition("?")[0]
        connection.execute("CREATE ROLE reader LOGIN")
        environment = {**good, "VB_DATABASE_URL": url.replace("+psycopg", "").replace("postgres@", "reader@")}
        said = {code for code, _ in codes(environment, offline=False)}
        assert said == {"database-old", "database-may-not", "database-clock"}
        with postgres.connect(name) as inside:
            inside.execute("CREATE TABLE alembic_version (version_num varchar); INSERT INTO alembic_version VALUES ('9999')")
            inside.execute("CREATE TABLE oldest_server (step varchar); INSERT INTO oldest_server VALUES ('9999')")
            inside.execute("GRANT SELECT ON alembic_version, oldest_server TO reader")
        assert "database-newer" in {code for code, _ in codes(environment, offline=False)}
    with postgres.connect() as connection:
        connection.execute("DROP ROLE reader")


@pytest.mark.usefixtures("steady_clock")
def test_a_relay_whose_name_leads_nowhere(good: dict[str, str]) -> None:
    relay = {"VB_TURN_URLS": "turn:relay.invalid:3478?transport=udp", "VB_TURN_SECRET": "s" * 32}
    assert codes({**good, **relay}, offline=False) == {("turn-no-address", "VB_TURN_URLS")}


def test_the_kernel_says_whether_a_time_server_keeps_the_clock() -> None:
    assert reach.clock_is_adrift() in (True, False)


# ---- the command


def test_its_status_and_what_scripts_read(good: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "environment"

    def checked(*options: str, **changed: str) -> tuple[int, dict[str, object]]:
        file.write_text(
            "# a remark\n" + "".join(f'{name}="{value}"\n' for name, value in {**good, **changed}.items() if name != "VB_ICE_SERVERS")
        )
        file.chmod(0o640)
        status = main(["check-config", "--offline", "--json", "--file", str(file), *options])
        return status, json.loads(capsys.readouterr().out)

    status, said = checked(VB_TURN_URLS="turn:127.0.0.1", VB_TURN_SECRET="s" * 32)
    assert (status, said) == (0, {"outcome": "ok", "findings": []})
    assert checked()[0] == 0
    assert checked("--strict")[0] == 1
    status, said = checked(VB_PUBLIC_PORT="many")
    assert (status, said["outcome"]) == (2, "error")
    first = said["findings"][0]  # type: ignore[index]
    assert (first["code"], first["setting"], first["level"]) == ("value", "VB_PUBLIC_PORT", "error")


def test_a_file_of_settings_is_read_as_systemd_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "environment"
    file.write_text('# VB_A=1\n; VB_B=1\n\n VB_C = 1 \nVB_D=\'a "b"\'\nVB_E="x"\nVB_F=a=b\nVB_G=one \\\ntwo\nnonsense\n')
    assert read_file(file) == {"VB_C": "1", "VB_D": 'a "b"', "VB_E": "x", "VB_F": "a=b", "VB_G": "one two"}


def test_a_file_that_is_missing_and_a_user_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-config", "--file", str(tmp_path / "none")]) == 2
    assert "FileNotFoundError" in capsys.readouterr().err
    assert main(["check-config", "--user", "nobody-of-this-name"]) == 2
    assert "nobody-of-this-name" in capsys.readouterr().err


def test_a_server_that_does_not_start_says_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name, value in {"VB_DATA_DIR": str(tmp_path), "VB_PUBLIC_PORT": "x", "VB_PHONE": "ring me"}.items():
        monkeypatch.setenv(name, value)
    assert main(["serve"]) == Status.UNUSABLE
    out, errors = capfd.readouterr()
    assert json.loads(out)["failed"]["code"] == "settings"
    assert "VB_PUBLIC_PORT" in errors
    assert "VB_PHONE" in errors


def test_a_database_that_is_away_has_a_status_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VB_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("VB_DATABASE_URL", "postgresql://127.0.0.1:1/vb")
    assert main(["serve"]) == Status.DATABASE_AWAY


def test_every_variable_is_known() -> None:
    assert {"VB_DATA_DIR", "VB_DATABASE_URL_FILE", "VB_REDIS_URL", "VB_MANAGEMENT_PORT"} <= set(variables())


def test_a_long_table_goes_on_in_the_next_line(tmp_path: Path) -> None:
    """As systemd reads it, too: a backslash at the end of a line takes both away (systemd.exec(5), EnvironmentFile=)."""
    (tmp_path / "environment").write_text('VB_DATA_DIR=/x\nVB_SITE_LABELS={"nord": "Nord", \\\n"west": "West"}\n', "utf-8")
    assert from_environment(read_file(tmp_path / "environment")).site_labels == {"nord": "Nord", "west": "West"}
