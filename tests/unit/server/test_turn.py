"""Who gets credentials for the agency's relay, what they say, and when they are renewed."""

from __future__ import annotations

import base64
import hashlib
import hmac
from pathlib import Path
from typing import Any

import pytest

from app.server import turn
from app.server.settings import RelayOnly, Settings, SettingsError, from_environment
from app.server.turn import CHECK_S, SESSION_S, Relays
from app.wire.messages import IceServer
from tests.support.server import START, RunningServer, running_server

SECRET = "0123456789abcdef0123456789abcdef"
URLS = ("turn:turn.example:3478?transport=udp", "turns:turn.example:443")
RENEW_S = 20
"""Half an hour would be many signs of life."""
TURN: dict[str, Any] = {"turn_urls": URLS, "turn_secret": SECRET}


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "RENEW_S", RENEW_S)


def holds(server: dict[str, Any]) -> bool:
    """As the relay looks at it (draft-uberti-behave-turn-rest-00, section 2.2)."""
    digest = hmac.new(SECRET.encode(), server["username"].encode(), hashlib.sha1).digest()
    return bool(server["credential"] == base64.b64encode(digest).decode())


def ends_at(server: dict[str, Any]) -> int:
    return int(server["username"].split(":")[0])


async def test_page_and_program_get_their_own_and_new_ones_in_time(tmp_path: Path) -> None:
    async with running_server(tmp_path, **TURN) as server:
        room = server.appointment()
        page = server.page(room)
        async with server.workstation(room) as work, page.connected():
            (welcome,) = next(m for m in work.line.received if m["type"] == "welcome")["ice_servers"]
            waiting = await page.join()
            assert "ice_servers" not in waiting, "who waits gets none"
            await work.command("admit", room=room.room, seat=page.seat)
            (admitted,) = (await page.line.expect("admitted"))["ice_servers"]
            for one in (welcome, admitted):
                assert holds(one)
                assert one["urls"] == list(URLS)
                assert ends_at(one) == START + SESSION_S
                assert room.room not in one["username"]
            assert welcome["username"] != admitted["username"]
            assert welcome["relay_only"]
            assert not admitted.get("relay_only", False)

            await server.clock.pass_time(RENEW_S - 5, work.line, page.line)
            await server.swept(work)
            assert not [m for line in (work.line, page.line) for m in line.received if m["type"] == "relay"]
            await server.clock.pass_time(5, work.line, page.line)
            for line, before in ((work.line, welcome), (page.line, admitted)):
                (fresh,) = (await line.expect("relay"))["ice_servers"]
                assert holds(fresh)
                assert ends_at(fresh) == START + RENEW_S + SESSION_S
                assert fresh["username"].split(":")[1] == before["username"].split(":")[1]


async def test_who_waits_is_told_nothing_however_long(tmp_path: Path) -> None:
    async with running_server(tmp_path, **TURN) as server:
        room = server.appointment()
        async with server.workstation(room) as work, server.page(room).connected() as page:
            await page.join()
            await server.clock.pass_time(RENEW_S, work.line, page.line)
            await work.line.expect("relay")
            heard = len(page.line.beats)
            await page.line.until(lambda: len(page.line.beats) >= heard + 3)
            assert not [m for m in page.line.received if "ice_servers" in m]


async def test_the_check_gets_credentials_of_a_few_minutes(tmp_path: Path) -> None:
    async with running_server(tmp_path, **TURN) as server:
        room = server.appointment()
        async with server.workstation(room), server.page(room).connected() as page:
            await page.line.send("relay", look=room.look)
            (one,) = (await page.line.expect("relay"))["ice_servers"]
            assert holds(one)
            assert ends_at(one) == START + CHECK_S


async def test_without_credentials_that_end_nothing_is_renewed(tmp_path: Path) -> None:
    async with running_server(tmp_path, ice_servers=(IceServer(urls=["turn:a.example"], username="u", credential="c"),)) as server:
        room = server.appointment()
        async with server.workstation(room) as work:
            await server.clock.pass_time(RENEW_S, work.line)
            await server.swept(work)
            assert not [m for m in work.line.received if m["type"] == "relay"]


def test_each_side_may_be_kept_to_the_relay_where_there_is_one() -> None:
    stun = IceServer(urls=["stun:stun.example"])
    relays = Relays([stun], URLS, SECRET.encode(), [RelayOnly.CLIENT])
    assert [one.relay_only for one in relays.for_client("room", START)] == [True, True]
    assert [one.relay_only for one in relays.for_check("room", START)] == [True, True]
    assert [one.relay_only for one in relays.for_counsellor("owner", START)] == [False, False]
    assert [one.relay_only for one in Relays([stun]).for_counsellor("owner", START)] == [False], "without a relay it would be nobody"
    fixed = IceServer(urls=["turns:turn.example"], username="u", credential="c")
    assert [one.relay_only for one in Relays([fixed]).for_counsellor("owner", START)] == [True]


def test_replicas_with_the_same_secret_give_out_the_same() -> None:
    one, other = (Relays((), URLS, SECRET.encode()) for _ in range(2))
    assert one.for_client("room", START) == other.for_client("room", START)
    assert one.for_client("room", START)[0].username != one.for_client("another", START)[0].username


def test_the_secret_comes_from_the_setting_or_a_file_that_few_can_read(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.touch(0o600)
    file.write_text(SECRET + "\n")
    by_file = Relays.of(Settings(data_dir="d", turn_urls=URLS, turn_secret_file=str(file)))
    assert by_file.for_client("room", START) == Relays.of(Settings(data_dir="d", **TURN)).for_client("room", START)
    file.chmod(0o644)
    for settings in (
        Settings(data_dir="d", turn_urls=URLS, turn_secret_file=str(file)),
        Settings(data_dir="d", turn_urls=URLS, turn_secret_file=str(tmp_path / "none")),
        Settings(data_dir="d", turn_urls=URLS, turn_secret="short"),
    ):
        with pytest.raises(SettingsError) as caught:
            Relays.of(settings)
        assert SECRET not in str(caught.value)


def test_the_secret_does_not_show() -> None:
    assert SECRET not in repr(Settings(data_dir="d", **TURN))
    server = Relays((), URLS, SECRET.encode()).for_client("room", START)[0]
    assert server.credential not in repr(server)


def test_from_the_environment() -> None:
    settings = from_environment(
        {"VB_DATA_DIR": "/x", "VB_TURN_URLS": ", ".join(URLS), "VB_TURN_SECRET": SECRET, "VB_RELAY_ONLY": "client,counsellor"}
    )
    assert (settings.turn_urls, settings.relay_only) == (URLS, (RelayOnly.CLIENT, RelayOnly.COUNSELLOR))
    assert from_environment({"VB_DATA_DIR": "/x", "VB_RELAY_ONLY": ""}).relay_only == ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"VB_TURN_URLS": "turn:a.example"},
        {"VB_TURN_URLS": "turn:a.example", "VB_TURN_SECRET": SECRET, "VB_TURN_SECRET_FILE": "/y"},
        {"VB_TURN_URLS": "https://a.example", "VB_TURN_SECRET": SECRET},
        {"VB_TURN_URLS": "turns:a.example?transport=udp", "VB_TURN_SECRET": SECRET},
        {"VB_RELAY_ONLY": "everybody"},
    ],
)
def test_what_cannot_be_meant_is_refused_without_a_value(wrong: dict[str, str]) -> None:
    with pytest.raises(SettingsError) as caught:
        from_environment({"VB_DATA_DIR": "/x", **wrong})
    assert SECRET not in str(caught.value)


async def test_a_server_whose_secret_cannot_be_read_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        async with running_server(tmp_path, turn_urls=URLS, turn_secret_file=str(tmp_path / "none")) as server:
            assert isinstance(server, RunningServer)
