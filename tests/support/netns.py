"""Two hosts on one machine with a line between them that can be cut: network namespaces, veth pairs and a bridge. Needs root, iproute2.

    with Line() as line:
        subprocess.Popen([*line.counsellor.prefix, "python", …])      # 10.88.0.1
        line.cut(); …; line.mend()

A cut line loses packets without a word: both ends keep their link and their addresses, as behind a router that lost its uplink. Every
packet that an end sends to anybody but the two hosts is noted by `Watcher`, because the default route leads onto the line.
"""

from __future__ import annotations

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


class Alone:
    """Both sides on one host that has nothing but its loopback."""

    def __init__(self) -> None:
        self.counsellor = self.client = Host(f"vb{os.getpid() % 100000}l", "127.0.0.1")

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
            _ip("link", "add", "dev", "eth0", "netns", host.namespace, "type", "veth", "peer", "name", port, "netns", self._middle)
            _ip("addr", "add", f"{host.address}/24", "dev", "eth0", namespace=host.namespace)
            _ip("link", "set", "dev", "eth0", "up", namespace=host.namespace)
            _ip("link", "set", "dev", port, "master", "bridge0", "up", namespace=self._middle)
            _ip("route", "add", "default", "dev", "eth0", namespace=host.namespace)

    def _remove(self) -> None:
        for namespace in (self._middle, self.counsellor.namespace, self.client.namespace):
            subprocess.run(["ip", "netns", "del", namespace], check=False, capture_output=True)


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
