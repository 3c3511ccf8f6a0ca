"""The control link against the real server in this process."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import json
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import truststore
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace as replace_fields
from structlog.testing import capture_logs
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from app.domain.readiness import Check, Readiness, Wish
from app.domain.secrets import hash_code, hash_secret, look_key, new_code, new_id, new_token
from app.domain.survey import quarter_before, quarter_of
from app.domain.survey_counts import SurveyCounts
from app.server import turn
from app.server.ports import StateUnavailable
from app.server.rate_limits import Rates
from app.server.state.memory import MemoryRoomStore
from app.services.keys import WorkstationKey
from app.services.link import CommandRefused, ControlLink, LinkTarget, system_trust
from app.services.link_port import LinkTrouble, RoomReadiness
from app.services.ports import LinkState
from app.services.tasks import Tasks
from app.wire.codes import Code
from app.wire.messages import (
    CONTROL_SUBPROTOCOL,
    Admit,
    Answer,
    Candidate,
    End,
    ForgetReadiness,
    IceServer,
    Offer,
    Reached,
    RoomCard,
    RoomState,
)
from tests.support.page_client import PageClient
from tests.support.server import RunningServer, running_server
from tests.support.services import until, until_told

SECRET = b"w" * 32


class Told:
    """A link with everything that it tells."""

    def __init__(self, link: ControlLink) -> None:
        self.link = link
        self.states: asyncio.Queue[LinkState] = asyncio.Queue()
        self.rooms: asyncio.Queue[RoomState] = asyncio.Queue()
        self.signals: asyncio.Queue[Offer | Candidate] = asyncio.Queue()
        link.state_changed.subscribe(self.states.put_nowait)
        link.room_changed.subscribe(self.rooms.put_nowait)
        self.readiness: asyncio.Queue[RoomReadiness] = asyncio.Queue()
        self.codes_taken: asyncio.Queue[str] = asyncio.Queue()
        link.signalled.subscribe(self.signals.put_nowait)
        link.readiness_changed.subscribe(self.readiness.put_nowait)
        link.code_taken.subscribe(self.codes_taken.put_nowait)

    async def client_seats(self, count: int) -> RoomState:
        """The first room state with so many client seats."""
        while True:
            state = await until_told(self.rooms)
            if len(state.seats) == count + 1:
                return state


@asynccontextmanager
async def linked(secret: bytes = SECRET, trust: Callable[[], ssl.SSLContext] = system_trust) -> AsyncIterator[Told]:
    crashes: list[tuple[str, BaseException]] = []
    tasks = Tasks(lambda name, error: crashes.append((name, error)))
    link = ControlLink(WorkstationKey(secret), tasks, trust)
    told = Told(link)
    link.start()
    yield told
    await tasks.close()
    assert crashes == []


def target(server: RunningServer) -> LinkTarget:
    return LinkTarget(f"ws://127.0.0.1:{server.ready.control_port}/ws/control", server.ready.server_key)


def card(server: RunningServer, token: str) -> RoomCard:
    now = int(server.clock())
    return RoomCard(
        room=new_id(),
        site="nord",
        label="Jobcenter Nord",
        phone="",
        token_hash=hash_secret(token),
        look_hash=hash_secret(look_key(token)),
        starts_at=now,
        minutes=30,
        opens_at=now,
        closes_at=now + 3600,
        language="de",
    )


async def test_from_the_arrival_to_the_answer(tmp_path: Path) -> None:
    token = new_token()
    async with running_server(tmp_path, key=Ed25519PrivateKey.from_private_bytes(SECRET)) as server, linked() as told:
        room = card(server, token)
        told.link.publish([room])
        told.link.aim(target(server))
        assert await until_told(told.states) is LinkState.CONNECTED
        assert (await told.client_seats(0)).room == room.room

        async with PageClient(server.url, token).connected() as page:
            assert (await page.join())["type"] == "waiting"
            state = await told.client_seats(1)
            assert page.seat in [seat.seat for seat in state.seats]
            assert told.link.send(Reached(seq=1, room=room.room, seat=page.seat))
            await page.line.expect("reached")

            await told.link.command(Admit(seq=1, room=room.room, seat=page.seat or ""))
            await page.line.expect("admitted")
            epoch = await page.offer()
            offer = await until_told(told.signals)
            assert (offer.epoch, offer.from_) == (epoch, page.seat)
            assert told.link.send(Answer(seq=1, room=room.room, epoch=epoch, sdp="v=0\r\n", to=page.seat))
            await page.line.expect("answer", epoch=epoch)

            with pytest.raises(CommandRefused) as caught:
                await told.link.command(Admit(seq=1, room=room.room, seat=page.seat or ""))
            assert caught.value.code is Code.CONFLICT
            await told.link.command(End(seq=1, room=room.room))
            await page.line.expect("ended")


async def test_a_server_that_comes_back_gets_the_rooms_again(tmp_path: Path) -> None:
    token = new_token()
    key = Ed25519PrivateKey.from_private_bytes(SECRET)
    async with linked() as told:
        async with running_server(tmp_path, key=key) as server:
            room = card(server, token)
            told.link.publish([room])
            told.link.aim(target(server))
            assert await until_told(told.states) is LinkState.CONNECTED
            port = server.ready.control_port
        assert await until_told(told.states) is LinkState.LOST
        assert not told.link.send(Reached(seq=1, room=room.room, seat=new_id()))
        ending = asyncio.ensure_future(told.link.command(End(seq=1, room=room.room)))
        async with running_server(tmp_path, key=key, control_port=port):
            assert await until_told(told.states) is LinkState.CONNECTED
            await ending  # waited for the link; the server with an empty memory knew the room from the publish


@pytest.mark.logs_errors
async def test_another_server_on_the_same_port_is_refused(tmp_path: Path) -> None:
    async with running_server(tmp_path, key=Ed25519PrivateKey.from_private_bytes(SECRET)) as server, linked() as told:
        told.link.aim(LinkTarget(target(server).url, WorkstationKey(b"o" * 32).public))
        assert await until_told(told.states) is LinkState.REFUSED
        told.link.aim(target(server))
        assert await until_told(told.states) is LinkState.CONNECTING
        assert await until_told(told.states) is LinkState.CONNECTED


@pytest.mark.logs_errors
async def test_a_workstation_that_the_server_does_not_know_is_refused(tmp_path: Path) -> None:
    async with running_server(tmp_path, key=Ed25519PrivateKey.from_private_bytes(SECRET)) as server, linked(b"u" * 32) as told:
        told.link.aim(target(server))
        assert await until_told(told.states) is LinkState.REFUSED


@pytest.mark.logs_errors
async def test_a_second_program_with_the_same_key_takes_over_and_the_first_does_not_fight(tmp_path: Path) -> None:
    async with running_server(tmp_path, key=Ed25519PrivateKey.from_private_bytes(SECRET)) as server, linked() as first:
        first.link.aim(target(server))
        assert await until_told(first.states) is LinkState.CONNECTED
        server.clock.now += 1  # links of the same moment are told apart by chance
        async with linked() as second:
            second.link.aim(target(server))
            assert await until_told(second.states) is LinkState.CONNECTED
            assert await until_told(first.states) is LinkState.REFUSED


async def test_nobody_there_is_no_refusal(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but nobody listens
        async with linked() as told:
            told.link.aim(LinkTarget(f"ws://127.0.0.1:{taken.getsockname()[1]}/ws/control", "k" * 43))
            async with running_server(tmp_path, key=Ed25519PrivateKey.from_private_bytes(SECRET)) as server:
                told.link.aim(target(server))
                assert await until_told(told.states) is LinkState.CONNECTED


@pytest.mark.logs_errors
async def test_trouble_with_one_message_is_reported_and_the_link_lives(tmp_path: Path) -> None:
    crashes: list[tuple[str, BaseException]] = []
    tasks = Tasks(lambda name, error: crashes.append((name, error)))
    told = Told(ControlLink(WorkstationKey(SECRET), tasks))
    told.link.room_changed.subscribe(lambda state: {}[state.room])
    async with running_server(tmp_path, key=Ed25519PrivateKey.from_private_bytes(SECRET)) as server:
        told.link.publish([card(server, new_token())])
        told.link.start()
        told.link.aim(target(server))
        assert await until_told(told.states) is LinkState.CONNECTED
        assert [(name, type(error)) for name, error in crashes] == [("control link message", KeyError)]
        await tasks.close()


async def test_a_thousand_rooms_are_published_and_the_link_stands(tmp_path: Path) -> None:
    async with running_server(tmp_path, key=Ed25519PrivateKey.from_private_bytes(SECRET)) as server, linked() as told:
        token, dropped = new_token(), new_token()
        rooms = [card(server, dropped), card(server, token), *(card(server, new_token()) for _ in range(999))]
        told.link.publish(rooms)
        told.link.aim(target(server))
        assert await until_told(told.states) is LinkState.CONNECTED
        assert {told.rooms.get_nowait().room for _ in rooms} == {room.room for room in rooms}
        told.link.publish(rooms[1:])
        await told.link.command(End(seq=1, room=rooms[-1].room))  # answered after the publish before it
        assert json.loads((await server.look(look_key(token))).body)["state"] == "open"
        assert json.loads((await server.look(look_key(dropped))).body)["state"] == "over"
        assert told.states.empty()


@pytest.mark.logs_errors
async def test_too_many_proofs_of_an_address_put_the_link_off_and_refuse_it_not(tmp_path: Path) -> None:
    key = Ed25519PrivateKey.from_private_bytes(SECRET)
    async with linked(b"u" * 32) as stranger, linked() as told:
        async with running_server(tmp_path / "strict", key=key, rates=Rates(proofs="1/hour")) as strict:
            stranger.link.aim(target(strict))
            assert await until_told(stranger.states) is LinkState.REFUSED
            told.link.aim(target(strict))
            assert await until_told(told.states) is LinkState.LOST
        async with running_server(tmp_path / "patient", key=key) as server:
            told.link.aim(target(server))
            assert await until_told(told.states) is LinkState.CONNECTED


async def test_too_many_connections_of_an_address_put_the_link_off(tmp_path: Path) -> None:
    key = Ed25519PrivateKey.from_private_bytes(SECRET)
    async with linked() as told, running_server(tmp_path, key=key, rates=Rates(connections="1/hour")) as server, server.workstation():
        told.link.aim(target(server))
        assert await until_told(told.states) is LinkState.LOST


class AwayStore(MemoryRoomStore):
    """A database that is not there."""

    async def forget_reached(self, owner: str) -> None:
        raise StateUnavailable("away")


@pytest.mark.logs_errors
async def test_a_server_without_its_database_puts_the_link_off(tmp_path: Path) -> None:
    key = Ed25519PrivateKey.from_private_bytes(SECRET)
    with capture_logs() as logs:
        async with linked() as told, running_server(tmp_path, key=key, store=AwayStore()) as server:
            told.link.aim(target(server))
            assert await until_told(told.states) is LinkState.LOST
    assert {"event": "link.put_off", "reason": "TRY_AGAIN_LATER", "pause_s": 2.0, "log_level": "warning"} in logs


def _own_authority(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The server's TLS context for 127.0.0.1, and a client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoding, file = serialization.Encoding.PEM, folder / "server.pem"
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(private + certificate.public_bytes(encoding))
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context(cafile=file)
    server.load_cert_chain(file)
    return server, client


async def test_a_wss_address_is_trusted_as_the_system_says(tmp_path: Path) -> None:
    at_server, trusting = _own_authority(tmp_path)
    welcomed: asyncio.Queue[bool] = asyncio.Queue()

    async def greet(socket: ServerConnection) -> None:
        welcomed.put_nowait(True)
        await socket.wait_closed()

    async with serve(greet, "127.0.0.1", 0, ssl=at_server, subprotocols=[Subprotocol(CONTROL_SUBPROTOCOL)]) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        aim = LinkTarget(f"wss://127.0.0.1:{port}/ws/control", "k" * 43)
        with capture_logs() as logs:
            async with linked() as stranger:
                stranger.link.aim(aim)
                await until(lambda: any(entry.get("error") == "SSLCertVerificationError" for entry in logs))
                assert stranger.link.trouble is LinkTrouble.CERTIFICATE
        assert welcomed.empty()
        async with linked(trust=lambda: trusting) as told:
            told.link.aim(aim)
            assert await until_told(welcomed)


async def test_a_server_elsewhere_is_reached_through_the_systems_proxy_and_our_own_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: asyncio.Queue[str] = asyncio.Queue()

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.put_nowait((await reader.readline()).decode().strip())
        writer.write(b"HTTP/1.1 403 Forbidden\r\n\r\n")
        writer.close()

    proxy = await asyncio.start_server(refuse, "127.0.0.1", 0)
    for name in ("HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}")
    monkeypatch.setenv("NO_PROXY", "")
    async with linked() as told:
        told.link.aim(LinkTarget("wss://video.agency.example/ws/control", "k" * 43))
        assert await until_told(asked) == "CONNECT video.agency.example:443 HTTP/1.1"
        await until(lambda: told.link.trouble is LinkTrouble.AWAY)
    proxy.close()
    async with running_server(tmp_path, key=Ed25519PrivateKey.from_private_bytes(SECRET)) as server, linked() as told:
        told.link.aim(target(server))
        await until(lambda: told.link.state is LinkState.CONNECTED)
    assert asked.empty()


def test_by_default_it_is_the_operating_system_that_trusts() -> None:
    context = system_trust()
    assert isinstance(context, truststore.SSLContext)
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


async def test_the_way_to_a_server_elsewhere_is_measured(tmp_path: Path) -> None:
    async with running_server(tmp_path, key=Ed25519PrivateKey.from_private_bytes(SECRET)) as server:
        async with linked() as far:
            far.link.aim(target(server))
            await until(lambda: far.link.server_ms is not None)
            assert 0 <= (far.link.server_ms or 0) < 10_000
        async with linked() as near:
            near.link.aim(replace(target(server), here=True))
            assert await until_told(near.states) is LinkState.CONNECTED
            assert near.link.server_ms is None


async def test_readiness_is_told_when_it_changes_and_anew_after_a_new_connection(tmp_path: Path) -> None:
    token = new_token()
    async with running_server(tmp_path, key=Ed25519PrivateKey.from_private_bytes(SECRET)) as server:
        room = card(server, token)
        known = Readiness(opened_at=room.starts_at, camera=Check.OK, wish=Wish.CALL_ME, at=room.starts_at)
        async with linked() as told:
            told.link.publish([room])
            told.link.aim(target(server))
            assert (await told.client_seats(0)).readiness is None
            assert (await server.post("/api/report", token=token, camera="ok", wish="call-me")).status == 204
            assert await until_told(told.readiness) == RoomReadiness(room.room, known)
            async with PageClient(server.url, token).connected() as page:
                await page.join()  # another change of the room is no news of its readiness
                await told.client_seats(1)
            assert told.readiness.empty()
        async with linked() as told:
            told.link.publish([room])
            told.link.aim(target(server))
            assert await until_told(told.readiness) == RoomReadiness(room.room, known)
            await told.link.command(ForgetReadiness(seq=1, room=room.room))
            assert await until_told(told.readiness) == RoomReadiness(room.room, Readiness())


async def test_the_survey_is_counted_for_a_closed_quarter_only(tmp_path: Path) -> None:
    async with running_server(tmp_path, key=Ed25519PrivateKey.from_private_bytes(SECRET)) as server, linked() as told:
        told.link.publish([])
        told.link.aim(target(server))
        now = quarter_of(int(server.clock()))
        with pytest.raises(CommandRefused) as refused:
            await told.link.survey_counts(now)
        assert refused.value.code is Code.PERIOD_OPEN
        before = quarter_before(now, 2)
        assert await told.link.survey_counts(before) == SurveyCounts("jobcenter", before, (), ())


async def test_a_code_that_another_room_has_is_told(tmp_path: Path) -> None:
    code = hash_code(new_code())
    async with running_server(tmp_path, key=Ed25519PrivateKey.from_private_bytes(SECRET)) as server, linked() as told:
        first, second = [replace_fields(card(server, new_token()), code_hash=code) for _ in range(2)]
        told.link.publish([first, second])
        told.link.aim(target(server))
        assert await until_told(told.codes_taken) == second.room


async def test_servers_that_hear_late_of_each_other_are_told(tmp_path: Path) -> None:
    delayed: asyncio.Queue[bool] = asyncio.Queue()
    key = Ed25519PrivateKey.from_private_bytes(SECRET)
    async with running_server(tmp_path, key=key, redis=f"unix://{tmp_path}/nobody-there") as server, linked() as told:
        told.link.delayed.subscribe(delayed.put_nowait)
        told.link.aim(target(server))
        assert await until_told(delayed) is True


async def test_fresh_credentials_for_the_relay_are_told_while_the_link_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "RENEW_S", 10)
    relay = {"turn_urls": ("turn:turn.example",), "turn_secret": "0123456789abcdef0123456789abcdef"}
    async with running_server(tmp_path, key=Ed25519PrivateKey.from_private_bytes(SECRET), **relay) as server, linked() as told:
        changes: asyncio.Queue[Sequence[IceServer]] = asyncio.Queue()
        told.link.ice_servers_changed.subscribe(changes.put_nowait)
        told.link.publish([card(server, new_token())])
        told.link.aim(target(server))
        assert await until_told(told.states) is LinkState.CONNECTED
        (first,) = told.link.ice_servers
        assert first.relay_only
        server.clock.now += 10
        (renewed,) = await until_told(changes)
        assert renewed.username > first.username
        assert tuple(told.link.ice_servers) == (renewed,)
