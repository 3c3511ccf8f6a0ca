"""Two hosts on one machine with a line between them that can be cut: network namespaces, veth pairs and a bridge. Needs root, iproute2.

    with Line() as line:
        subprocess.Popen([*line.counsellor.prefix, "python", …])      # 10.88.0.1
        line.cut(); …; line.mend()

A cut line loses packets without a word: both ends keep their link and their addresses, as behind a router that lost its uplink. Every
packet that an end sends to anybody but the two hosts is noted by `Watcher`, because the default route leads onto the line.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import socket
import struct
import subprocess
import threading
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol

COUNSELLOR_ADDRESS = "10.88.0.1"
CLIENT_ADDRESS = "10.88.0.2"
DOOR_ADDRESS = "10.88.0.9"
"""Of the bridge: where a `Door` stands."""


def _ip(*words: str, namespace: str = "") -> None:
    subprocess.run(["ip", *(["-n", namespace] if namespace else []), *words], check=True, capture_output=True)


@dataclass(frozen=True, slots=True)
class Host:
    """One end of the line."""

    namespace: str
    address: str

    @property
    def prefix(self) -> tuple[str, ...]:
        """What a command line must begin with to run on this host."""
        return ("ip", "netns", "exec", self.namespace)


class Hosts(Protocol):
    """Where the two sides of a session run."""

    counsellor: Host
    client: Host
    bind: str
    """Where the counsellor's server listens."""
    public: str
    """Where the client finds it."""


class Alone:
    """Both sides on one host that has nothing but its loopback."""

    def __init__(self) -> None:
        self.counsellor = self.client = Host(f"vb{os.getpid() % 100000}l", "127.0.0.1")
        self.bind = self.public = "127.0.0.1"

    def __enter__(self) -> Alone:
        _ip("netns", "add", self.client.namespace)
        _ip("link", "set", "dev", "lo", "up", namespace=self.client.namespace)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        subprocess.run(["ip", "netns", "del", self.client.namespace], check=False, capture_output=True)


class Line:
    """Counsellor and client, and a bridge between them in a namespace of its own."""

    def __init__(self) -> None:
        tag = f"vb{os.getpid() % 100000}"
        self._middle = f"{tag}m"
        self.counsellor = Host(f"{tag}a", COUNSELLOR_ADDRESS)
        self.client = Host(f"{tag}b", CLIENT_ADDRESS)
        self.bind = self.public = COUNSELLOR_ADDRESS

    def __enter__(self) -> Line:
        try:
            self._build()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._remove()

    def cut(self) -> None:
        """From now on nothing passes."""
        _ip("link", "set", "dev", "portb", "nomaster", namespace=self._middle)

    def mend(self) -> None:
        """Packets pass again."""
        _ip("link", "set", "dev", "portb", "master", "bridge0", namespace=self._middle)

    def move(self, host: Host, address: str) -> None:
        """The host's adapter gets another address instead of the one it has, as when a router gives out new ones."""
        _ip("addr", "flush", "dev", "eth0", "scope", "global", namespace=host.namespace)
        _ip("addr", "add", f"{address}/24", "dev", "eth0", namespace=host.namespace)
        _ip("route", "replace", "default", "dev", "eth0", namespace=host.namespace)

    def change_adapter(self, host: Host, address: str) -> None:
        """From Wi-Fi to mobile: the host's adapter goes down, another one comes up with an address of its own."""
        port = f"extra{address.rsplit('.', 1)[1]}"
        _ip("addr", "flush", "dev", "eth0", "scope", "global", namespace=host.namespace)
        _ip("link", "set", "dev", "eth0", "down", namespace=host.namespace)
        self._plug(host, "wwan0", port, address)

    def open_door(self, port: int) -> Door:
        """At the line's public address."""
        return Door(self._middle, (self.public, port), self.counsellor.address)

    def watch(self) -> Watcher:
        """Note every packet on the line from now on."""
        return Watcher(self._middle)

    def _build(self) -> None:
        for namespace in (self._middle, self.counsellor.namespace, self.client.namespace):
            _ip("netns", "add", namespace)
            _ip("link", "set", "dev", "lo", "up", namespace=namespace)
        _ip("link", "add", "name", "bridge0", "type", "bridge", namespace=self._middle)
        _ip("link", "set", "dev", "bridge0", "up", namespace=self._middle)
        for host, port in ((self.counsellor, "porta"), (self.client, "portb")):
            self._plug(host, "eth0", port, host.address)

    def _plug(self, host: Host, adapter: str, port: str, address: str) -> None:
        """A cable from the host to the bridge."""
        _ip("link", "add", "dev", adapter, "netns", host.namespace, "type", "veth", "peer", "name", port, "netns", self._middle)
        _ip("addr", "add", f"{address}/24", "dev", adapter, namespace=host.namespace)
        _ip("link", "set", "dev", adapter, "up", namespace=host.namespace)
        _ip("link", "set", "dev", port, "master", "bridge0", "up", namespace=self._middle)
        _ip("route", "replace", "default", "dev", adapter, namespace=host.namespace)

    def _remove(self) -> None:
        for namespace in (self._middle, self.counsellor.namespace, self.client.namespace):
            subprocess.run(["ip", "netns", "del", namespace], check=False, capture_output=True)


class LineWithDoor(Line):
    """The server has a fixed public address, whatever the counsellor's own is. The test opens the door when it knows the port."""

    def __init__(self) -> None:
        super().__init__()
        self.bind, self.public = "0.0.0.0", DOOR_ADDRESS  # noqa: S104  a host of its own, with no other network

    def _build(self) -> None:
        super()._build()
        _ip("addr", "add", f"{DOOR_ADDRESS}/24", "dev", "bridge0", namespace=self._middle)


class Door:
    """Passes TCP connections on to a server, as a tunnel's far end does; when the server moves, standing connections end."""

    def __init__(self, namespace: str, place: tuple[str, int], server: str) -> None:
        self._place, self._server = place, server
        self._writers: set[asyncio.StreamWriter] = set()
        self._closed = False
        self._loop = asyncio.new_event_loop()
        self._open = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(namespace,), name="door", daemon=True)
        self._thread.start()
        self._open.wait()

    def lead_to(self, server: str) -> None:
        """From now on the server is at that address."""
        self._server = server
        self._loop.call_soon_threadsafe(self._drop)

    def close(self) -> None:
        """End all."""
        asyncio.run_coroutine_threadsafe(self._finish(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, namespace: str) -> None:
        with open(f"/run/netns/{namespace}") as file:
            _setns(file.fileno())
        asyncio.set_event_loop(self._loop)
        self._listening = self._loop.run_until_complete(asyncio.start_server(self._pass, *self._place))
        self._open.set()
        self._loop.run_forever()

    async def _finish(self) -> None:
        """Nobody new, and whoever knocked in the last moment is heard to the end: a connection cut while it is accepted stays open."""
        self._closed = True
        self._listening.close()
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            self._drop()
            await asyncio.wait(others)
        await asyncio.sleep(0)  # what was cut is closed in the next round

    def _drop(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._closed:
            writer.transport.abort()
            return
        self._writers.add(writer)
        with contextlib.suppress(OSError):
            to_reader, to_writer = await asyncio.open_connection(self._server, self._place[1])
            self._writers.add(to_writer)
            await asyncio.gather(self._pump(reader, to_writer), self._pump(to_reader, writer))
            self._writers.discard(to_writer)
        writer.close()
        self._writers.discard(writer)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()


class Watcher:
    """Collects the destinations of all IPv4 packets that the hosts put on the line, and of all names that they asked for by ARP."""

    _ARP, _IPV4, _ALL = 0x0806, 0x0800, 3

    def __init__(self, namespace: str) -> None:
        self.packets: dict[tuple[str, str], int] = {}
        """(source, destination) -> number of IPv4 packets, and of ARP questions for that destination."""
        self._stopping = threading.Event()
        self._socket = _packet_socket(namespace, self._ALL)
        self._thread = threading.Thread(target=self._read, name="watcher", daemon=True)
        self._thread.start()

    def close(self) -> dict[tuple[str, str], int]:
        """End, and give what was seen."""
        self._stopping.set()
        self._thread.join()
        self._socket.close()
        return self.packets

    def _read(self) -> None:
        self._socket.settimeout(0.2)
        while not self._stopping.is_set():
            with contextlib.suppress(TimeoutError):
                self._take()
        self._socket.setblocking(False)
        with contextlib.suppress(BlockingIOError):  # what lay there already when the end was asked for
            while True:
                self._take()

    def _take(self) -> None:
        packet, address = self._socket.recvfrom(65535)
        if address[2] != socket.PACKET_OUTGOING:
            self._note(packet)

    def _note(self, packet: bytes) -> None:
        kind = struct.unpack_from("!H", packet, 12)[0]
        if kind == self._IPV4:
            source, destination = packet[26:30], packet[30:34]
        elif kind == self._ARP:
            source, destination = packet[28:32], packet[38:42]
        else:
            return
        way = (socket.inet_ntoa(source), socket.inet_ntoa(destination))
        self.packets[way] = self.packets.get(way, 0) + 1


def _packet_socket(namespace: str, protocol: int) -> socket.socket:
    """A raw socket inside the namespace: made by a thread that enters it, so that the others stay where they are."""
    made: list[socket.socket] = []

    def make() -> None:
        with open(f"/run/netns/{namespace}") as file:
            _setns(file.fileno())
        made.append(socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(protocol)))

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    return made[0]


def _setns(descriptor: int) -> None:
    """setns(2); Python has it from 3.12 on."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(descriptor, 0) != 0:
        raise OSError(ctypes.get_errno(), "setns")
