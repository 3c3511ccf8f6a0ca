"""A session through the relay alone: the real program, the real page, Debian's coturn with the shipped file, every other way closed.

Nothing but UDP 3478, then nothing but TLS 443, then nothing but TCP 3478 reaches the relay, and the two sides never reach each other.
"""

from __future__ import annotations

import ipaddress
import json
import os
import re
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import trustme

from tests.support.chromium import enter
from tests.support.relay_net import COUNSELLOR, RELAY, URLS, RelayNet, shipped_relay
from tests.support.session import Guest, Session, session_on

PAIR = """async () => {
  const said = [];
  for (const connection of __probe.connections) {
    if (connection.connectionState !== 'connected') continue;
    const stats = [...(await connection.getStats()).values()];
    const by = (id) => stats.find((one) => one.id === id);
    const pair = by(stats.find((one) => one.type === 'transport').selectedCandidatePairId);
    said.push({ local: by(pair.localCandidateId), remote: by(pair.remoteCandidateId),
      servers: connection.getConfiguration().iceServers });
  }
  return said;
}"""
GOES_BY = f"""async (way) => {{
  const lines = await ({PAIR})();
  return lines.length === 1 && lines[0].local.relayProtocol === way;
}}"""
PAUSES = """() => {
  const video = document.getElementById('remote-video');
  let last = performance.now();
  window.__longestPause = 0;
  const shown = () => {
    const now = performance.now();
    window.__longestPause = Math.max(window.__longestPause, now - last);
    last = now;
    video.requestVideoFrameCallback(shown);
  };
  video.requestVideoFrameCallback(shown);
}"""
"""Begins to note the longest time between two of the counsellor's pictures, in ms."""
ADDRESS = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}|[0-9a-f]*:[0-9a-f:]*:[0-9a-f]*", re.IGNORECASE)


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """An agency's own: the program finds it in the system's file, the browser in its store."""
    authority = trustme.CA()
    file = tmp_path / "trusted.pem"
    authority.cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    monkeypatch.setenv("HOME", str(tmp_path))
    store = tmp_path / ".pki" / "nssdb"
    store.mkdir(parents=True)
    for words in (("-N", "--empty-password"), ("-A", "-t", "C,,", "-n", "agency", "-i", str(file))):
        subprocess.run(["certutil", "-d", f"sql:{store}", *words], check=True)
    return authority


@pytest.mark.timeout(180)
async def test_udp_then_tls_then_tcp_is_the_only_way_and_no_own_address_leaves(tmp_path: Path, authority: trustme.CA) -> None:
    with RelayNet() as net, shipped_relay(tmp_path, net.relay, authority) as relay:
        settings = {"turn_urls": list(URLS.values()), "turn_secret_file": str(relay.secret_file)}
        async with session_on(tmp_path, net, settings=settings) as session:
            port = urlsplit(session.link).port
            assert port is not None
            door = net.open_door(port)
            try:
                net.let_through("udp")
                guest = await Guest.arrive(session.browser)
                answers = _answers(guest)
                await _admitted(session, guest)
                await _goes_by("udp", guest)
                print(f"{net.ways()} ways at the relay where UDP alone reaches it")
                for way in ("tls", "tcp"):
                    await guest.page.evaluate(PAUSES)
                    await session.desk.ask("longest_pause", room=session.room)
                    net.let_through(way)
                    began = time.monotonic()
                    await guest.page.wait_for_function(GOES_BY, arg=way, timeout=30_000)
                    await session.flowing(guest, 30)
                    await _goes_by(way, guest)
                    took, pauses = time.monotonic() - began, await _pauses(session, guest)
                    print(f"after {way} became the only way: {took:.1f} s, {pauses}; {net.ways()} ways")
                assert len(answers) >= 3
                for answer in answers:
                    _shows_the_relay_only(answer)
                await session.desk.ask("end", room=session.room)
                await guest.page.locator("#page[data-state=ended]").wait_for()
            finally:
                door.close()


def _answers(guest: Guest) -> list[str]:
    """The program's descriptions, as they come to the page."""
    answers: list[str] = []

    def read(frame: str | bytes) -> None:
        message = json.loads(frame)
        if message["type"] == "answer":
            answers.append(message["sdp"])

    guest.page.on("websocket", lambda socket: socket.on("framereceived", read))
    return answers


async def _admitted(session: Session, guest: Guest) -> None:
    await enter(guest.page, session.link)
    (seat,) = await session.desk.until("seats", lambda seats: seats and seats[0]["present"], room=session.room)
    await session.desk.ask("admit", room=session.room, seat=seat["seat"])
    await session.flowing(guest)


async def _pauses(session: Session, guest: Guest) -> str:
    """How long each side saw nothing new, and how busy the machine is."""
    there = await guest.page.evaluate("__longestPause") / 1000
    here = await session.desk.ask("longest_pause", room=session.room)
    return f"no picture for {here:.1f} s at the counsellor and {there:.1f} s at the client; load {os.getloadavg()[0]:.0f}"


async def _goes_by(way: str, guest: Guest) -> None:
    (line,) = await guest.page.evaluate(PAIR)
    assert line["remote"]["address"] == RELAY, "the program's end is at the relay"
    assert (line["local"]["candidateType"], line["local"]["relayProtocol"]) == ("relay", way)
    (server,) = line["servers"]
    assert server["urls"] == list(URLS.values())
    assert int(server["username"].split(":")[0]) == pytest.approx(time.time() + 3600, abs=120)


def _shows_the_relay_only(answer: str) -> None:
    """No address of the counsellor's, and none that is special in any other way but as a blank (RFC 8839, section 5.1)."""
    assert COUNSELLOR not in answer
    lines = [line for line in answer.splitlines() if line.startswith(("a=candidate", "c=", "o=", "a=rtcp:"))]
    shown = {found for line in lines for found in ADDRESS.findall(line)}
    assert {address for address in shown if not ipaddress.ip_address(address).is_unspecified} == {RELAY}
    candidates = [line for line in lines if line.startswith("a=candidate")]
    assert candidates
    assert all(" typ relay raddr 0.0.0.0 rport 9" in line for line in candidates)
