"""Two hosts on this machine with a poor line between them: namespaces, and a relay in user space that delays, loses and throttles.

    with PoorLine(Quality(loss=0.02)) as line:
        subprocess.Popen([*line.counsellor, "python", …])     # 10.99.0.1
        subprocess.Popen([*line.client, "chromium", …])       # 10.99.0.2

For kernels without netem. Needs root and iproute2. Each way has its own queue and its own chance, from a fixed seed. ARP passes at once.
"""

from __future__ import annotations

import array
import contextlib
import fcntl
import heapq
import json
import os
import random
import select
import socket
import struct
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from types import TracebackType

COUNSELLOR, CLIENT = "10.99.0.1", "10.99.0.2"
QUEUE_S = 0.2
"""What waits longer than this for the bottleneck is lost, as in a router."""
_ARP = b"\x08\x06"
_IPV4 = b"\x08\x00"
_TCP, _UDP = 6, 17
_SIOCETHTOOL = 0x8946
_OFFLOADS = (0x17, 0x1F, 0x2C, 0x19)
"""Checksums, segmentation, merging, scatter-gather: what passes user space must be whole packets with whole checksums."""
_SEED = 7


@dataclass(frozen=True, slots=True)
class Quality:
    """Of the line, the same for both ways."""

    loss: float = 0.0
    """Share of packets, each by itself."""
    delay_ms: float = 25.0
    """One way."""
    kbps: float = 1000.0
    jitter_ms: float = 0.0
    """Up to so much more for each packet, each by itself."""
    udp: bool = True
    """Whether UDP passes at all."""
    closed_port: int = 0
    """TCP to and from this port does not pass, as behind a firewall that says nothing."""

    def lets(self, packet: bytes) -> bool:
        """Whether an Ethernet frame passes (RFC 791, section 3.1: the header's first byte tells its length, the tenth the protocol)."""
        if packet[12:14] != _IPV4:
            return True
        protocol, ports = packet[23], 14 + (packet[14] & 15) * 4
        if protocol == _UDP:
            return self.udp
        closed = self.closed_port.to_bytes(2, "big")
        return protocol != _TCP or not self.closed_port or closed not in (packet[ports : ports + 2], packet[ports + 2 : ports + 4])


class Way:
    """One direction: when a packet leaves the line, or that it is lost."""

    def __init__(self, quality: Quality, seed: int) -> None:
        self._quality = quality
        self._chance = random.Random(seed)  # noqa: S311  no secret
        self._free_at = 0.0

    def leaves_at(self, now: float, size: int) -> float | None:
        """`now` in seconds, `size` in bytes."""
        if self._chance.random() < self._quality.loss:
            return None
        begins = max(now, self._free_at)
        if begins - now > QUEUE_S:
            return None
        self._free_at = begins + size * 8 / (self._quality.kbps * 1000)
        return self._free_at + (self._quality.delay_ms + self._chance.random() * self._quality.jitter_ms) / 1000


class PoorLine:
    """The line while the block runs."""

    def __init__(self, quality: Quality) -> None:
        self._quality = quality
        tag = f"pl{os.getpid() % 100000}"
        self._names = (f"{tag}a", f"{tag}m", f"{tag}b")
        self.counsellor = ("ip", "netns", "exec", f"{tag}a")
        self.client = ("ip", "netns", "exec", f"{tag}b")
        self._relay: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> PoorLine:
        try:
            self._build()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._remove()

    def _build(self) -> None:
        here, middle, there = self._names
        for name in self._names:
            _ip("netns", "add", name)
            _ip("-n", name, "link", "set", "dev", "lo", "up")
        for name, near, far, address in ((here, "enda", "porta", COUNSELLOR), (there, "endb", "portb", CLIENT)):
            _ip("link", "add", "dev", near, "netns", name, "type", "veth", "peer", "name", far, "netns", middle)
            _ip("-n", name, "addr", "add", f"{address}/24", "dev", near)
            _ip("-n", name, "link", "set", "dev", near, "up")
            _ip("-n", middle, "link", "set", "dev", far, "up")
            _ip("-n", name, "route", "add", "default", "dev", near)
            _run(name, "plain", near)
            _run(middle, "plain", far)
        command = _command(middle, "relay", "porta", "portb", json.dumps(asdict(self._quality)))
        self._relay = subprocess.Popen(command)

    def _remove(self) -> None:
        if self._relay is not None:
            self._relay.terminate()
            self._relay.wait()
        for name in self._names:
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


def _command(namespace: str, *words: str) -> list[str]:
    return ["ip", "netns", "exec", namespace, sys.executable, "-m", "app.bench.poor_line", *words]


def _run(namespace: str, *words: str) -> None:
    subprocess.run(_command(namespace, *words), check=True)


def _make_plain(device: str) -> None:
    """Turn the device's offloads off."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        for command in _OFFLOADS:
            value = array.array("B", struct.pack("II", command, 0))
            with contextlib.suppress(OSError):
                fcntl.ioctl(control, _SIOCETHTOOL, struct.pack("16sP", device.encode(), value.buffer_info()[0]))


def _relay(devices: tuple[str, str], quality: Quality) -> None:
    """Carry packets between the two devices until terminated."""
    ends = []
    for device in devices:
        end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        end.bind((device, 0))
        ends.append(end)
    ways = [Way(quality, _SEED), Way(quality, _SEED + 1)]
    waiting: list[tuple[float, int, int, bytes]] = []
    number = 0
    while True:
        while waiting and waiting[0][0] <= time.monotonic():
            _, _, to, packet = heapq.heappop(waiting)
            with contextlib.suppress(OSError):
                ends[to].send(packet)
        patience = max(0.0, waiting[0][0] - time.monotonic()) if waiting else 0.1
        for end in select.select(ends, [], [], patience)[0]:
            packet, address = end.recvfrom(65535)
            if address[2] == socket.PACKET_OUTGOING:
                continue
            now, number, index = time.monotonic(), number + 1, ends.index(end)
            if not quality.lets(packet):
                continue
            leaves = now if packet[12:14] == _ARP else ways[index].leaves_at(now, len(packet))
            if leaves is not None:
                heapq.heappush(waiting, (leaves, number, 1 - index, packet))


if __name__ == "__main__":
    if sys.argv[1] == "plain":
        _make_plain(sys.argv[2])
    else:
        _relay((sys.argv[2], sys.argv[3]), Quality(**json.loads(sys.argv[4])))
