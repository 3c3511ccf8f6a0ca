"""No packet of the program and the server, and no request of the page, goes to a host that nobody configured: over a whole session.

Counsellor and client sit on hosts of their own whose default route leads onto a line that is watched, so nothing can slip out elsewhere.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.netns import CLIENT_ADDRESS, COUNSELLOR_ADDRESS, Line
from tests.support.session import Guest, session_on

TO_ALL = ("224.0.0.", "239.", "255.255.255.255", "10.88.0.255")
"""Multicast and broadcast on the line itself: no host, and no router passes it on (RFC 5771; mDNS is RFC 6762)."""


@pytest.mark.timeout(180)
async def test_nothing_leaves_for_a_host_that_nobody_configured(tmp_path: Path) -> None:
    requested: list[str] = []
    with Line() as line:
        watcher = line.watch()
        async with session_on(tmp_path, line) as session:
            guest = await Guest.arrive(session.browser)
            guest.page.on("request", lambda request: requested.append(request.url))
            guest.page.on("websocket", lambda socket: requested.append(socket.url))
            await guest.page.goto(session.link)
            await guest.page.locator("#agree").click()
            await guest.page.locator("#enter-waiting").click()
            (seat,) = await session.desk.until("seats", lambda seats: seats, room=session.room)
            await session.desk.ask("admit", room=session.room, seat=seat["seat"])
            await session.flowing(guest)
            await guest.page.reload()
            await session.flowing(guest)
            ice_servers = await guest.page.evaluate("__probe.connections.map((one) => one.getConfiguration().iceServers)")
            await session.desk.ask("end", room=session.room)
            await guest.page.locator("#page[data-state=ended]").wait_for()
        packets = watcher.close()
    assert packets[COUNSELLOR_ADDRESS, CLIENT_ADDRESS] > 100
    assert packets[CLIENT_ADDRESS, COUNSELLOR_ADDRESS] > 100
    assert not _foreign(packets, COUNSELLOR_ADDRESS), "program and server"
    assert _foreign(packets, CLIENT_ADDRESS) <= _name_servers(), "the page: nobody; the browser itself looks up its maker's names"
    assert ice_servers == [[]] * len(ice_servers)
    assert ice_servers
    assert len(requested) > 10
    assert {urlsplit(url).hostname for url in requested} == {COUNSELLOR_ADDRESS}


def _foreign(packets: dict[tuple[str, str], int], source: str) -> set[str]:
    """Where else this host sent something."""
    hosts = {destination for sender, destination in packets if sender == source}
    return {host for host in hosts if host not in (COUNSELLOR_ADDRESS, CLIENT_ADDRESS) and not host.startswith(TO_ALL)}


def _name_servers() -> set[str]:
    """Of this machine."""
    words = [line.split() for line in Path("/etc/resolv.conf").read_text().splitlines()]
    return {word[1] for word in words if len(word) > 1 and word[0] == "nameserver"}


def test_the_watcher_sees_what_leaves_for_elsewhere() -> None:
    with Line() as line:
        watcher = line.watch()
        send = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'?', ('192.0.2.7', 53))"
        subprocess.run([*line.counsellor.prefix, "python3", "-c", send], check=True)
        subprocess.run([*line.client.prefix, "python3", "-c", send.replace("2.7", "2.8")], check=True)
        packets = watcher.close()
    assert packets[COUNSELLOR_ADDRESS, "192.0.2.7"] >= 1
    assert packets[CLIENT_ADDRESS, "192.0.2.8"] >= 1
