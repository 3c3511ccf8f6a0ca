"""The shipped examples of proxies, each checked by its own program and run before two servers; only ports, names and paths are changed."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import ssl
import subprocess
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import trustme

from tests.support.daemons import Daemon, folder_of, installed
from tests.support.page_client import Json
from tests.support.server import RunningServer

EXAMPLES = Path(__file__).parents[2] / "packaging/server/examples"
HOST = "video.example.org"


@dataclass(frozen=True)
class Kind:
    """One program: its example, the user it runs as, and what has to be another in a test."""

    name: str
    example: str
    user: str
    changed: Mapping[str, str]
    """Text of the example -> text of the test, with places in braces."""
    check: tuple[str, ...]
    run: tuple[str, ...]


SERVERS = {"127.0.0.1:8480": "{near}", "127.0.0.1:8490": "{far}", "127.0.0.1:8481": "{near_control}", "127.0.0.1:8491": "{far_control}"}
FILES = {"/etc/videoberatung-proxy": "{folder}"}
KINDS = {
    "nginx": Kind(
        "nginx",
        "nginx.conf",
        "www-data",
        {**SERVERS, **FILES, "listen 80;": "listen 127.0.0.1:{plain};", "listen 443 ssl": "listen 127.0.0.1:{tls} ssl"},
        ("nginx", "-t", "-q", "-p", "{folder}", "-c", "{folder}/main.conf"),
        ("nginx", "-p", "{folder}", "-c", "{folder}/main.conf", "-g", "daemon off;"),
    ),
    "caddy": Kind(
        "caddy",
        "Caddyfile",
        "caddy",
        {
            **SERVERS,
            **FILES,
            f"https://{HOST} ": f"https://{HOST}:{{tls}} ",
            f"Host {HOST}": f"Host {HOST}:{{tls}}",
            "	admin off": "	admin off\n	http_port {plain}",
        },
        ("env", "HOME={folder}", "caddy", "validate", "--config", "{folder}/example", "--adapter", "caddyfile"),
        ("env", "HOME={folder}", "caddy", "run", "--config", "{folder}/example", "--adapter", "caddyfile"),
    ),
    "haproxy": Kind(
        "haproxy",
        "haproxy.cfg",
        "haproxy",
        {
            **SERVERS,
            **FILES,
            "bind :80 ": "bind 127.0.0.1:{plain} ",
            "bind :443 ": "bind 127.0.0.1:{tls} ",
            f"hdr Host {HOST}": f"hdr Host {HOST}:{{tls}}",
            "maxconn 20000": "maxconn 200",
            "    user haproxy\n    group haproxy\n": "",
        },
        ("haproxy", "-c", "-f", "{folder}/example"),
        ("haproxy", "-db", "-f", "{folder}/example"),
    ),
}
MAIN = "pid {folder}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\n{bodies}include {folder}/example;\n}}\n"
"""What Debian's own nginx.conf has around our file."""
BODIES = "".join(f"{name}_temp_path {{folder}}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))


@dataclass
class Proxy:
    """A proxy that runs."""

    tls: int
    plain: int
    trust: ssl.SSLContext

    @property
    def origin(self) -> str:
        return f"https://{HOST}:{self.tls}"

    def way(self, source: str = "127.0.0.1") -> Json:
        """For `websockets.connect`: through this proxy, from this address of the machine."""
        return {"host": "127.0.0.1", "port": self.tls, "ssl": self.trust, "server_hostname": HOST, "local_addr": (source, 0)}

    def ask(self, method: str, path: str, body: bytes | None = None, source: str = "127.0.0.1", **headers: str) -> int:
        """The status of one request."""
        connection = http.client.HTTPSConnection("127.0.0.1", self.tls, timeout=10, context=_Named(self.trust), source_address=(source, 0))
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body, {"Host": f"{HOST}:{self.tls}", "Content-Type": "application/json", **named})
            return connection.getresponse().status
        finally:
            connection.close()

    def spoken(self, newest: ssl.TLSVersion) -> tuple[str, ...]:
        """Version and cipher of a handshake with a client that knows nothing newer."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # that is what is to be shown
            context.minimum_version, context.maximum_version = ssl.TLSVersion.MINIMUM_SUPPORTED, newest
        with socket.create_connection(("127.0.0.1", self.tls), 10) as plain, context.wrap_socket(plain, server_hostname=HOST) as secure:
            return str(secure.version()), (secure.cipher() or ("",))[0]


class _Named:
    """A context that always asks for our name, whatever address was dialled."""

    def __init__(self, inside: ssl.SSLContext) -> None:
        self._inside = inside
        self.post_handshake_auth = False

    def __getattr__(self, name: str) -> object:
        return getattr(self._inside, name)

    def wrap_socket(self, sock: socket.socket, **_: object) -> ssl.SSLSocket:
        return self._inside.wrap_socket(sock, server_hostname=HOST)


def free_ports(count: int) -> list[int]:
    """Of this machine, all different."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]


@contextlib.contextmanager
def running_proxy(kind: Kind, tls: int, near: RunningServer, far: RunningServer) -> Iterator[Proxy]:
    """The example before these servers. Raises DaemonMissing."""
    servers = {"near": near.ready.public_port, "far": far.ready.public_port}
    servers |= {"near_control": near.ready.control_port, "far_control": far.ready.control_port}
    installed(kind.name, kind.name)
    [plain] = free_ports(1)
    with folder_of(kind.user) as folder:
        trust = _certificate(folder)
        places = {"folder": str(folder), "tls": tls, "plain": plain} | {name: f"127.0.0.1:{port}" for name, port in servers.items()}
        (folder / "example").write_text(_changed(kind, places))
        (folder / "main.conf").write_text(MAIN.format(folder=folder, bodies=BODIES.format(folder=folder)))
        user = kind.user if os.geteuid() == 0 else None
        command = [part.format(**places) for part in kind.check]
        checked = subprocess.run(command, user=user, capture_output=True, text=True, check=False, cwd="/")
        assert checked.returncode == 0, checked.stdout + checked.stderr
        daemon = Daemon(kind.user, [part.format(**places) for part in kind.run], folder / "log", lambda: _answers(tls))
        daemon.start()
        try:
            yield Proxy(tls, plain, trust)
        finally:
            daemon.stop(signal.SIGTERM)  # haproxy keeps to ignoring SIGINT where whoever started the tests does


def _changed(kind: Kind, places: Mapping[str, object]) -> str:
    text = (EXAMPLES / kind.example).read_text("utf-8")
    for given, wanted in kind.changed.items():
        assert given in text, given
        text = text.replace(given, _filled(wanted, places))
    return text


def _filled(text: str, places: Mapping[str, object]) -> str:
    for name, value in places.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


def _certificate(folder: Path) -> ssl.SSLContext:
    """For the name of the examples, in the forms that they ask for; gives the trust in it."""
    authority = trustme.CA()
    issued = authority.issue_cert(HOST)
    chain = b"".join(one.bytes() for one in issued.cert_chain_pems)
    for name, content in (
        ("fullchain.pem", chain),
        ("key.pem", issued.private_key_pem.bytes()),
        ("chain-and-key.pem", chain + issued.private_key_pem.bytes()),
    ):
        (folder / name).write_bytes(content)
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    return trust


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
