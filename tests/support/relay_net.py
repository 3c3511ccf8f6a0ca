"""The relay as it is shipped, with public-looking addresses, in network namespaces that lead nowhere. Needs root, coturn, nftables.

    with RelayNet() as net, shipped_relay(folder, net.relay, authority) as relay:
        net.let_through("tls")          # from now on nothing but TLS reaches the relay

The counsellor sits behind a private address, as in a home office. Neither side has a way to the other: between them is a router that
passes nothing on. On it are the relay and a `Door` to the counsellor's server.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import secrets
import subprocess
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import trustme
from aioice import stun, turn

from app.media.relay_places import places_of
from app.server.turn import password
from app.wire.messages import IceServer
from tests.support.netns import Door, Host, _ip, _setns

RELAY, RELAY_V6 = "9.3.0.3", "2a0a:1234::3"
CLIENT, COUNSELLOR = "9.2.0.20", "192.168.77.20"
SHIPPED = Path(__file__).resolve().parent.parent.parent / "packaging" / "server" / "turnserver.conf"
PORT, TLS_PORT = 3478, 443
URLS = {
    "udp": f"turn:{RELAY}:{PORT}?transport=udp",
    "tcp": f"turn:{RELAY}:{PORT}?transport=tcp",
    "tls": f"turns:{RELAY}:{TLS_PORT}?transport=tcp",
}
WAYS = {"udp": f"udp dport {PORT}", "tcp": f"tcp dport {PORT}", "tls": f"tcp dport {TLS_PORT}"}


class RelayNet:
    """`Hosts` of a session."""

    def __init__(self) -> None:
        tag = f"vb{os.getpid() % 100000}"
        self.relay = Host(f"{tag}r", RELAY)
        self.counsellor = Host(f"{tag}a", COUNSELLOR)
        self.client = Host(f"{tag}b", CLIENT)
        self.bind, self.public = COUNSELLOR, RELAY
        self._door: int | None = None
        self._served: tuple[int, ...] = ()

    def __enter__(self) -> RelayNet:
        try:
            self._build()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._remove()

    def open_door(self, port: int) -> Door:
        """To the counsellor's server, at the router's public address."""
        self._door = port
        return Door(self.relay.namespace, (RELAY, port), COUNSELLOR)

    def serve(self, *ports: int) -> None:
        """TCP ports of servers on the router itself: open to both sides from the next `let_through` on."""
        self._served = ports

    def let_through(self, *ways: str) -> None:
        """Of `udp`, `tcp`, `tls`: these and the way to the server, nothing else, for both sides. The rest is dropped in silence."""
        allowed = ["iif lo accept", *(f"{WAYS[way]} accept" for way in ways)]
        allowed += [f"tcp dport {port} accept" for port in self._served]
        if self._door is not None:
            allowed += [f"tcp dport {self._door} accept", f"ip saddr {COUNSELLOR} tcp sport {self._door} accept"]
        rules = "\n".join(allowed)
        chain = f"chain in {{ type filter hook input priority 0; policy drop;\n{rules}\n}}"
        table = f"table inet wall\ndelete table inet wall\ntable inet wall {{\n{chain}\n}}\n"
        subprocess.run(["ip", "netns", "exec", self.relay.namespace, "nft", "-f", "-"], input=table, text=True, check=True)

    def ways(self) -> int:
        """That the relay has given out at the moment."""
        asked = ["ip", "netns", "exec", self.relay.namespace, "ss", "-Huan"]
        lines = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.splitlines()
        return sum(int(line.split()[3].rsplit(":", 1)[1]) >= shipped_value("min-port") for line in lines)

    def _build(self) -> None:
        for host in (self.relay, self.counsellor, self.client):
            _ip("netns", "add", host.namespace)
            _ip("link", "set", "dev", "lo", "up", namespace=host.namespace)
        _ip("addr", "add", f"{RELAY}/32", "dev", "lo", namespace=self.relay.namespace)
        _ip("addr", "add", f"{RELAY_V6}/128", "dev", "lo", namespace=self.relay.namespace)
        for host, port, gateway in ((self.counsellor, "porta", "192.168.77.1"), (self.client, "portb", "9.2.0.1")):
            _ip("link", "add", "dev", "eth0", "netns", host.namespace, "type", "veth", "peer", "name", port, "netns", self.relay.namespace)
            for address, device, namespace in ((host.address, "eth0", host.namespace), (gateway, port, self.relay.namespace)):
                _ip("addr", "add", f"{address}/24", "dev", device, namespace=namespace)
                _ip("link", "set", "dev", device, "up", namespace=namespace)
            _ip("route", "replace", "default", "via", gateway, namespace=host.namespace)

    def _remove(self) -> None:
        for host in (self.relay, self.counsellor, self.client):
            subprocess.run(["ip", "netns", "del", host.namespace], check=False, capture_output=True)


@dataclass(frozen=True)
class ShippedRelay:
    """One that runs."""

    secret_file: Path
    secret: str = field(repr=False)

    log: Path

    def server(self, way: str, ends_at: int, secret: str = "", room: str = "room") -> IceServer:
        """With credentials as the server makes them."""
        username = f"{ends_at}:{room}"
        return IceServer(urls=[URLS[way]], username=username, credential=password((secret or self.secret).encode(), username))


@contextmanager
def shipped_relay(folder: Path, host: Host, authority: trustme.CA, **values: int) -> Iterator[ShippedRelay]:
    """coturn with the shipped file; changed are the lines marked so, and where it logs, and what `values` name (`total_quota=9`)."""
    secret = secrets.token_hex(32)
    certificate = authority.issue_cert(RELAY)
    certificate.private_key_and_cert_chain_pem.write_to_path(str(folder / "relay.pem"))
    (folder / "relay.conf").write_text(_settled(SHIPPED.read_text("utf-8"), folder, secret, values))
    (folder / "relay.secret").touch(0o600)
    (folder / "relay.secret").write_text(secret)
    further = ("--log-file", "stdout", "--simple-log", "--pidfile", str(folder / "relay.pid"), "--userdb", str(folder / "relay.db"))
    command = [*host.prefix, "turnserver", "-c", str(folder / "relay.conf"), *further]
    log = folder / "relay.log"
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, cwd=folder) as child:
        try:
            on_host(host, lambda: _listens(child, log))
            relay = ShippedRelay(folder / "relay.secret", secret, log)
            on_host(host, lambda: _answers(relay))
            yield relay
        finally:
            child.terminate()


async def _listens(child: subprocess.Popen[bytes], log: Path) -> None:
    async with asyncio.timeout(20):
        for port in (PORT, TLS_PORT):
            while not await _taken(port):
                assert child.poll() is None, f"coturn ended; {log.name} says why"
                await asyncio.sleep(0.02)


async def _answers(relay: ShippedRelay) -> None:
    """The first question makes a database that nobody needs, and whoever asks meanwhile is refused (coturn 4.6.1)."""
    (place,) = places_of(relay.server("udp", int(time.time()) + 60))
    async with asyncio.timeout(20):
        while True:
            with contextlib.suppress(stun.TransactionError):
                transport, _ = await turn.create_turn_endpoint(
                    asyncio.DatagramProtocol, place.address, place.username, place.credential, transport="udp"
                )
                await transport._TurnTransport__inner_protocol.delete()
                return


async def _taken(port: int) -> bool:
    with contextlib.suppress(OSError):
        _, writer = await asyncio.open_connection(RELAY, port)
        writer.close()
        await writer.wait_closed()
        return True
    return False


def shipped_value(name: str) -> int:
    """A number of the shipped file."""
    (value,) = re.findall(rf"^{name}=(\d+)$", SHIPPED.read_text("utf-8"), re.MULTILINE)
    return int(value)


def _settled(text: str, folder: Path, secret: str, numbers: Mapping[str, int]) -> str:
    """The shipped file as an agency would change it."""
    values: dict[str, Sequence[str]] = {
        **{name.replace("_", "-"): (str(number),) for name, number in numbers.items()},
        "listening-ip": (RELAY, RELAY_V6),
        "relay-ip": (RELAY, RELAY_V6),
        "static-auth-secret": (secret,),
        "cert": (str(folder / "relay.pem"),),
        "pkey": (str(folder / "relay.pem"),),
    }
    lines: list[str] = []
    for line in text.splitlines():
        name = line.split("=", 1)[0]
        if name in values:
            lines += [f"{name}={value}" for value in values[name]]
        elif name not in ("syslog", "no-stdout-log", "proc-user", "proc-group"):
            lines.append(line)
    return "\n".join(lines) + "\n"


def on_host(host: Host, work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """Runs a coroutine on a loop of its own inside the namespace; gives its result."""
    results: list[Any] = []

    def run() -> None:
        with open(f"/run/netns/{host.namespace}") as file:
            _setns(file.fileno())
        try:
            results.append(asyncio.run(work()))
        except BaseException as error:
            results.append(error)

    thread = threading.Thread(target=run, name="on-host")
    thread.start()
    thread.join()
    if isinstance(results[0], BaseException):
        raise results[0]
    return results[0]
