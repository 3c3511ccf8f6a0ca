"""HTTP beside the WebSockets: headers on every answer, doors closed to foreign hosts and origins, GET without effect, the look."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path

import pytest
import websockets

from app.domain.secrets import new_token
from app.paths import RESOURCES
from app.server.pages import MEDIA_TYPES, PAGES
from app.server.rate_limits import Rates
from app.wire.messages import CLIENT_SUBPROTOCOL, CONTROL_SUBPROTOCOL
from tests.support.page_client import Appointment
from tests.support.server import Answer, RunningServer, running_server

CSP = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "media-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
ROUTES = [
    *PAGES,
    "/i18n/de.json",
    "/i18n/en.json",
    "/i18n/xx.json",
    "/words/de.json",
    "/site.json",
    "/healthz",
    "/api/look",
    "/static/",
    "/static/nothing.js",
    "/static/..%2f..%2fpyproject.toml",
    "/ws/client",
    "/nowhere",
    "/r/",
    "//evil.example/",
    "/static/%00",
]


def check_headers(answer: Answer, server: RunningServer) -> None:
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy.pop("connect-src") == f"'self' ws://{server.host}"
    assert policy == CSP
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-opener-policy"] == answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["x-robots-tag"].startswith("noindex")
    features = dict(part.split("=") for part in answer.headers["permissions-policy"].split(", "))
    assert {features[name] for name in ("camera", "microphone", "display-capture")} == {"(self)"}
    assert {features[name] for name in ("geolocation", "payment", "usb", "serial", "midi", "gyroscope")} == {"()"}
    assert answer.headers["cache-control"] in ("no-store", "no-cache")
    assert not {"server", "set-cookie", "access-control-allow-origin", "strict-transport-security"} & set(answer.headers)


async def test_modules_and_style_sheets_carry_no_policy_of_documents(server: RunningServer) -> None:
    for path in ("/static/room.js", "/static/style.css"):
        answer = await server.http("GET", path)
        assert answer.status == 200
        assert "permissions-policy" not in answer.headers
        assert answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
async def test_every_route_and_method_carries_the_headers(server: RunningServer, method: str) -> None:
    for path in ROUTES:
        answer = await server.http(method, path)
        check_headers(answer, server)
        assert answer.status < 500, path
        if method not in ("GET", "HEAD") and path not in ("/api/look", "/api/code", "/api/report"):
            assert answer.status in (404, 405), path


async def test_refusals_of_a_websockets_upgrade_carry_the_headers_too(server: RunningServer) -> None:
    url = server.url.replace("http", "ws") + "/ws/client"
    with pytest.raises(websockets.InvalidStatus) as caught:
        await websockets.connect(url, origin="https://evil.example", subprotocols=[CLIENT_SUBPROTOCOL], proxy=None)  # type: ignore[arg-type, list-item]
    response = caught.value.response
    assert response.status_code == 403
    check_headers(Answer(403, {name.lower(): value for name, value in response.headers.raw_items()}, b""), server)


async def test_hsts_where_the_public_url_is_https(tmp_path: Path) -> None:
    async with running_server(tmp_path, public_url="https://video.example.org") as server:
        answer = await server.http("GET", "/healthz", Host="video.example.org")
        assert answer.status == 200
        assert answer.headers["strict-transport-security"].startswith("max-age=31536000")
        assert "wss://video.example.org" in answer.headers["content-security-policy"]


# ---- the door


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "", "localhost.evil.example", "127.0.0.1.nip.example"])
async def test_foreign_hosts_stay_outside(server: RunningServer, host: str) -> None:
    for port in (server.ready.public_port, server.ready.control_port):
        assert (await server.http("GET", "/healthz", port=port, Host=host)).status == 403


async def test_own_names_come_in(server: RunningServer) -> None:
    for name in ("127.0.0.1", "localhost", "LocalHost", "[::1]"):
        assert (await server.http("GET", "/healthz", Host=f"{name}:{server.ready.public_port}")).status == 200
    assert (await server.http("GET", "/healthz", port=server.ready.control_port)).status == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1", "https://127.0.0.1:{port}", "file://"])
async def test_foreign_origins_stay_outside(server: RunningServer, origin: str) -> None:
    origin = origin.format(port=server.ready.public_port)
    assert (await server.http("POST", "/api/look", b"{}", Origin=origin)).status == 403
    await refused_upgrade(server.url.replace("http", "ws") + "/ws/client", CLIENT_SUBPROTOCOL, origin)


async def test_a_websocket_of_the_page_says_its_origin_and_one_of_the_workstation_has_none(server: RunningServer) -> None:
    await refused_upgrade(server.url.replace("http", "ws") + "/ws/client", CLIENT_SUBPROTOCOL, None)
    await refused_upgrade(f"ws://127.0.0.1:{server.ready.control_port}/ws/control", CONTROL_SUBPROTOCOL, server.url)


async def refused_upgrade(url: str, subprotocol: str, origin: str | None) -> None:
    with pytest.raises(websockets.InvalidStatus) as caught:
        await websockets.connect(url, origin=origin, subprotocols=[subprotocol], proxy=None)  # type: ignore[arg-type, list-item]
    assert caught.value.response.status_code == 403


async def test_the_control_side_is_not_on_the_public_listener(server: RunningServer) -> None:
    with pytest.raises(websockets.InvalidStatus):
        await websockets.connect(server.url.replace("http", "ws") + "/ws/control", origin=server.url, proxy=None)  # type: ignore[arg-type]
    assert (await server.http("GET", "/", port=server.ready.control_port)).status == 404


async def test_the_pace_of_requests_is_limited(tmp_path: Path) -> None:
    async with running_server(tmp_path, rates=Rates(requests="5/hour")) as server:
        answers = [await server.http("GET", "/healthz") for _ in range(6)]
        assert [a.status for a in answers] == [200] * 5 + [429]
        assert json.loads(answers[5].body) == {"code": "too-many"}
        check_headers(answers[5], server)


# ---- files and texts


@pytest.fixture
def resources(tmp_path: Path) -> Path:
    """Resources of a small page, whatever the real one looks like at the moment."""
    made = tmp_path / "resources"
    for path, content in {
        "web/index.html": "<!doctype html><title>Start</title>",
        "web/r.html": "<!doctype html><title>Raum</title>",
        "web/page.js": "export const big = '" + "x" * 5000 + "';",
        "web/notes.txt": "not for anybody",
        "outside.js": "secret",
        "i18n/de/page.po": 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "page.title"\nmsgstr "Gespräch"\n',
        "words/de.txt": "\n".join(f"wort{n}" for n in range(2048)),
    }.items():
        (made / path).parent.mkdir(parents=True, exist_ok=True)
        (made / path).write_text(content, encoding="utf-8")
    return made


async def test_files_lie_where_the_paper_says(tmp_path: Path, resources: Path) -> None:
    async with running_server(tmp_path / "data", resources=resources, label="Jobcenter Musterstadt", phone="0123 456-0") as server:
        assert b"Start" in (await server.http("GET", "/")).body
        assert b"Raum" in (await server.http("GET", "/r")).body
        assert (await server.http("GET", "/info")).status == 404
        script = await server.http("GET", "/static/page.js")
        assert script.headers["content-type"] == "text/javascript; charset=utf-8"
        assert json.loads((await server.http("GET", "/i18n/de.json")).body) == {"page.title": "Gespräch"}
        assert len(json.loads((await server.http("GET", "/words/de.json")).body)) == 2048
        site = {"label": "Jobcenter Musterstadt", "phone": "0123 456-0", "languages": ["de"], "plain": []}
        assert json.loads((await server.http("GET", "/site.json")).body) == site


@pytest.mark.parametrize(("asked", "sent"), [("gzip", "gzip"), ("gzip, deflate, br;q=1.0", "br")])
async def test_files_are_validated_by_etag_and_compressed(tmp_path: Path, resources: Path, asked: str, sent: str) -> None:
    async with running_server(tmp_path / "data", resources=resources) as server:
        first = await server.http("GET", "/static/page.js", Accept_Encoding=asked)
        assert first.headers["content-encoding"] == sent
        assert first.headers["cache-control"] == "no-cache"
        assert len(first.body) < 500
        again = await server.http("GET", "/static/page.js", If_None_Match=first.headers["etag"])
        assert (again.status, again.body) == (304, b"")
        (resources / "web/page.js").write_text("export {};")
        changed = await server.http("GET", "/static/page.js", If_None_Match=first.headers["etag"])
        assert (changed.status, changed.body) == (200, b"export {};")


@pytest.mark.parametrize(
    "path", ["notes.txt", "../outside.js", "..%2foutside.js", "/etc/passwd", "%2e%2e/outside.js", "a/../../outside.js", "", "."]
)
async def test_nothing_outside_the_folder_and_nothing_of_another_kind(tmp_path: Path, resources: Path, path: str) -> None:
    async with running_server(tmp_path / "data", resources=resources) as server:
        answer = await server.http("GET", "/static/" + path)
        assert answer.status == 404
        assert b"secret" not in answer.body


def test_every_file_of_the_page_can_be_served() -> None:
    files = [p for p in (RESOURCES / "web").rglob("*") if p.is_file()]
    odd = [p.name for p in files if p.suffix not in MEDIA_TYPES and p.name not in ("tsconfig.json", "README.md")]
    assert not odd


# ---- the look


async def test_a_look_tells_what_the_person_may_know(server: RunningServer) -> None:
    room, early = server.appointment(), server.appointment(opens_in=3600)
    async with server.workstation(room, early) as work:
        answer = await server.look(room.look)
        card = {"label": "Jobcenter Musterstadt", "phone": "0123 456-0", "starts_at": room.now, "minutes": 30, "language": "de"}
        times = {"opens_at": room.now - 60, "now": room.now}
        assert json.loads(answer.body) == {**card, **times, "save_data": False, "wish": "", "state": "open"}
        assert answer.headers["cache-control"] == "no-store"
        assert json.loads((await server.look(early.look)).body)["state"] == "early"
        await work.command("publish", rooms=[{**room.card(), "save_data": True}])
        assert json.loads((await server.look(room.look)).body)["save_data"] is True
        await work.command("end", room=room.room)
        assert json.loads((await server.look(room.look)).body)["state"] == "over"


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"look": 1}', b'{"look": "short"}', b'{"look": "' + b"a" * 43 + b'"}', b"x" * 100_000, b"\xff\xfe", b"[" * 900],
)
async def test_malformed_and_unknown_looks_get_the_same_answer(server: RunningServer, body: bytes) -> None:
    answer = await server.http("POST", "/api/look", body)
    assert (answer.status, json.loads(answer.body)) == (404, {"code": "unknown-link"})


async def test_the_token_and_its_hash_are_no_look(server: RunningServer) -> None:
    room = server.appointment()
    async with server.workstation(room):
        for key in (room.token, room.card()["look_hash"], room.card()["token_hash"]):
            assert (await server.look(key)).status == 404


async def test_guessing_looks_is_slowed_down_and_good_ones_are_not_counted(tmp_path: Path) -> None:
    async with running_server(tmp_path, rates=Rates(failures="3/hour")) as server:
        room = server.appointment()
        async with server.workstation(room):
            assert {(await server.look(room.look)).status for _ in range(6)} == {200}
            guesses = [await server.look(new_token()) for _ in range(4)]
            assert [g.status for g in guesses] == [404, 404, 404, 429]
            assert json.loads(guesses[3].body) == {"code": "too-many"}


async def test_looking_and_scanning_change_nothing(tmp_path: Path) -> None:
    """The whole database, row by row, before and after; and the workstation hears nothing."""
    async with running_server(tmp_path, database=None) as server:
        room = server.appointment()
        async with server.workstation(room) as work:
            before = dump(tmp_path)
            await scan(server, room)
            await work.line.sign_of_life()
            assert len([m for m in work.line.received if m["type"] == "room-state"]) == 1
            assert dump(tmp_path) == before
            assert room.token not in before
            assert room.look not in before


async def scan(server: RunningServer, room: Appointment) -> None:
    """What a mail scanner does with a link, with JavaScript and without."""
    for method in ("GET", "HEAD"):
        for path in (*ROUTES, f"/r?token={room.token}", f"/r?{room.token}"):
            await server.http(method, path)
    for key in (room.look, room.look, new_token()):
        await server.look(key)


def dump(data: Path) -> str:
    with contextlib.closing(sqlite3.connect(data / "rooms.sqlite3")) as database:
        return "\n".join(database.iterdump())
