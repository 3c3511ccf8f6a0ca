"""TLS of the server itself: what is spoken, what is not, and a certificate that is replaced while the server runs."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
import time
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from OpenSSL import SSL
from structlog.testing import capture_logs
from websockets.asyncio.client import connect

from app.server import certificates
from app.server.certificates import Certificate
from app.server.settings import Settings, SettingsError, from_environment
from app.wire.messages import CLIENT_SUBPROTOCOL
from tests.support.server import RunningServer, running_server
from tests.support.tls_files import Files


@pytest.fixture
def files(tmp_path: Path) -> Files:
    files = Files(tmp_path, trustme.CA())
    files.issue()
    return files


async def shaken(server: RunningServer, trust: ssl.SSLContext) -> ssl.SSLObject:
    """After a handshake on the public listener."""
    _, writer = await asyncio.open_connection("127.0.0.1", server.ready.public_port, ssl=trust)
    spoken: ssl.SSLObject = writer.get_extra_info("ssl_object")
    writer.close()
    return spoken


def number(spoken: ssl.SSLObject) -> int:
    certificate = spoken.getpeercert(binary_form=True)
    assert certificate is not None
    return x509.load_der_x509_certificate(certificate).serial_number


async def test_a_page_is_served_over_tls_and_told_to_stay_there(tmp_path: Path, files: Files) -> None:
    async with running_server(tmp_path, **files.settings) as server:
        assert server.url == f"https://127.0.0.1:{server.ready.public_port}"
        reader, writer = await asyncio.open_connection("127.0.0.1", server.ready.public_port, ssl=files.trust())
        writer.write(f"GET / HTTP/1.1\r\nhost: {server.host}\r\nconnection: close\r\n\r\n".encode())
        head, _, _ = (await reader.read()).partition(b"\r\n\r\n")
        writer.close()
        assert head.startswith(b"HTTP/1.1 200")
        assert b"strict-transport-security: max-age=" in head
        assert f"wss://{server.host}".encode() in head, "the policy lets the page connect"
        async with connect(
            f"wss://{server.host}/ws/client", ssl=files.trust(), origin=server.url, subprotocols=[CLIENT_SUBPROTOCOL], compression=None
        ) as page:
            assert page.subprotocol == CLIENT_SUBPROTOCOL


async def test_tls_1_3_or_1_2_with_ephemeral_keys_and_gcm(tmp_path: Path, files: Files) -> None:
    async with running_server(tmp_path, **files.settings) as server:
        assert (await shaken(server, files.trust())).version() == "TLSv1.3"
        older = await shaken(server, files.trust(ssl.TLSVersion.TLSv1_2))
        cipher = older.cipher()
        assert older.version() == "TLSv1.2"
        assert cipher is not None
        assert cipher[0].startswith("ECDHE-")
        assert "GCM" in cipher[0]
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await shaken(server, files.trust(ssl.TLSVersion.TLSv1_1))
        for others in ("ECDHE+AES:!AESGCM", "ECDHE+CHACHA20", "kRSA+AESGCM", "DHE+AESGCM"):
            trust = files.trust(ssl.TLSVersion.TLSv1_2)
            trust.set_ciphers(others)
            with pytest.raises((ssl.SSLError, ConnectionError)):
                await shaken(server, trust)


async def test_nobody_renegotiates(tmp_path: Path, files: Files) -> None:
    async with running_server(tmp_path, **files.settings) as server:
        assert await asyncio.to_thread(_renegotiated, server.ready.public_port) is False


def _renegotiated(port: int) -> bool:
    """Whether a client of TLS 1.2 gets a second handshake on its connection."""
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_max_proto_version(SSL.TLS1_2_VERSION)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as bare:
        bare.setblocking(True)
        line = SSL.Connection(context, bare)
        line.set_connect_state()
        line.do_handshake()
        try:
            line.renegotiate()
            line.do_handshake()
            while line.renegotiate_pending():
                line.recv(1)
        except SSL.Error:
            return False
        return line.total_renegotiations() > 0


async def test_plain_http_gets_nothing(tmp_path: Path, files: Files) -> None:
    async with running_server(tmp_path, **files.settings) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.ready.public_port)
        writer.write(f"GET / HTTP/1.1\r\nhost: {server.host}\r\n\r\n".encode())
        assert b"HTTP" not in await reader.read()
        writer.close()


async def test_a_control_link_on_the_machine_itself_stays_as_it_is(tmp_path: Path, files: Files) -> None:
    async with running_server(tmp_path, **files.settings) as server, server.workstation() as work:
        await work.line.sign_of_life()


async def test_figures_for_another_machine_go_over_tls_and_say_when_the_certificate_ends(tmp_path: Path, files: Files) -> None:
    async with running_server(tmp_path, **files.settings, management_port=0, management_bind_host="0.0.0.0") as server:  # noqa: S104
        port = server.ready.management_port
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=files.trust())
        writer.write(f"GET /metrics HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n\r\n".encode())
        figures = (await reader.read()).decode()
        writer.close()
    [ends_at] = re.findall(r"^videoberatung_tls_certificate_end_seconds (\S+)", figures, re.MULTILINE)
    assert abs(float(ends_at) - time.time() - 90 * 86_400) < 600


async def test_a_new_certificate_is_taken_while_connections_stand(tmp_path: Path, files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Certificate.watch, "__defaults__", (0.02,))
    async with running_server(tmp_path, **files.settings) as server:
        first = number(await shaken(server, files.trust()))
        reader, writer = await asyncio.open_connection("127.0.0.1", server.ready.public_port, ssl=files.trust())
        second = files.issue()
        async with asyncio.timeout(10):
            while (now := number(await shaken(server, files.trust()))) == first:
                pass
        assert now == second
        writer.write(f"GET /healthz HTTP/1.1\r\nhost: {server.host}\r\nconnection: close\r\n\r\n".encode())
        assert (await reader.read()).startswith(b"HTTP/1.1 200")
        writer.close()


def test_half_of_a_change_waits_for_the_other_half(files: Files) -> None:
    certificate = Certificate(files.chain, files.key)
    assert certificate.renew() is False
    files.issue(key=False)
    with capture_logs() as said:
        assert certificate.renew() is False
    assert [entry["event"] for entry in said] == ["certificate-not-usable"]
    files.chain.unlink()
    assert certificate.renew() is False
    files.issue()
    assert certificate.renew() is True
    assert certificate.renew() is False


def test_an_end_that_is_near_is_said(files: Files) -> None:
    files.issue(days=5)
    with capture_logs() as said:
        Certificate(files.chain, files.key)
    assert [(entry["event"], entry["days"]) for entry in said] == [("certificate-ends-soon", 4)]
    assert certificates.SOON_S > 5 * 86_400


@pytest.mark.parametrize("content", [b"", b"no certificate"])
def test_files_that_are_none_stop_the_start(files: Files, content: bytes) -> None:
    files.chain.write_bytes(content)
    with pytest.raises(SettingsError):
        Certificate.of(Settings(data_dir="d", **files.settings))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [
        {"VB_TLS_CERTIFICATE_FILE": "/c"},
        {"VB_TLS_KEY_FILE": "/k"},
        {"VB_TLS_CERTIFICATE_FILE": "/c", "VB_TLS_KEY_FILE": "/k", "VB_PUBLIC_URL": "http://a.example"},
    ],
)
def test_what_cannot_be_meant_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(SettingsError):
        from_environment({"VB_DATA_DIR": "/x", **wrong})
