"""The check of the network over a real line between two hosts: what the line does is what the verdict says.

Namespaces and a relay in user space (`app.bench.poor_line`), the real server, Debian's coturn. Needs root.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from app.bench.poor_line import COUNSELLOR, PoorLine, Quality
from app.domain.check_result import Measured, judge
from app.domain.check_rules import NetworkFigures
from app.domain.checks import Blame, Fault, Side
from app.domain.secrets import new_token
from app.services.server_process import end, server_command, spawn
from app.wire.messages import IceServer
from tests.support.checks import TABLE
from tests.support.turn_server import turn_server

PORT = 8443
"""On a host of its own nobody else listens there."""
TURN = (3478, 5349)
WIDE = 50_000.0


def question(url: str = "", ice: IceServer | None = None, brief: bool = True) -> dict[str, Any]:
    """Without a `url` the server is on the near end, so that TCP tells nothing of the line."""
    servers = [] if ice is None else [{"urls": ice.urls, "username": ice.username, "credential": ice.credential}]
    return {"url": url, "ice": servers, "brief": brief}


def measured(line: PoorLine, *questions: dict[str, Any]) -> list[NetworkFigures]:
    """From the near end of the line."""
    asked = "".join(json.dumps(one) + "\n" for one in questions)
    command = [*line.client, sys.executable, "-m", "tests.support.way_host"]
    done = subprocess.run(command, input=asked, stdout=subprocess.PIPE, text=True, check=True, timeout=90)
    told = [json.loads(answer) for answer in done.stdout.splitlines()]
    return [NetworkFigures(**{**figures, "trouble": figures["trouble"] and Fault(figures["trouble"])}) for figures in told]


def verdict(figures: NetworkFigures) -> tuple[Fault | None, Blame]:
    """A busy machine may sway on top of what the line does, so others are not looked at."""
    said = judge(Measured(network=figures), TABLE, Side.COUNSELLOR).verdict
    return said.fault, said.blame


@contextmanager
def far_server(line: PoorLine, folder: Path) -> Iterator[str]:
    """The real server on the other host; its address."""
    url = f"http://{COUNSELLOR}:{PORT}"
    child = spawn([*line.counsellor, *server_command()])
    plan = {"workstation_key": new_token(), "data_dir": str(folder), "bind_host": COUNSELLOR, "public_port": PORT, "public_url": url}
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        child.stdin.write(json.dumps({**plan, "database": "memory"}).encode() + b"\n")
        child.stdin.flush()
        assert b"ready" in child.stdout.readline()
        yield url
    finally:
        end(child)
        for pipe in (child.stdout, child.stderr):
            assert pipe is not None
            pipe.close()


def test_loss_of_packets(tmp_path: Path) -> None:
    with (
        PoorLine(Quality(loss=0.12, delay_ms=10, kbps=WIDE)) as line,
        turn_server(tmp_path, COUNSELLOR, line.counsellor, ports=TURN) as turn,
    ):
        (figures,) = measured(line, question(ice=turn.ice("stun"), brief=False))
    assert figures.loss == pytest.approx(0.12, abs=0.08)
    assert verdict(figures) == (Fault.LOSS_HIGH, Blame.OUR_NETWORK)


def test_jitter(tmp_path: Path) -> None:
    swaying = Quality(jitter_ms=250, delay_ms=5, kbps=WIDE)
    with PoorLine(swaying) as line, turn_server(tmp_path, COUNSELLOR, line.counsellor, ports=TURN) as turn:
        (figures,) = measured(line, question(ice=turn.ice("stun"), brief=False))
    assert verdict(figures) == (Fault.JITTER_HIGH, Blame.OUR_NETWORK)


def test_a_long_way(tmp_path: Path) -> None:
    with PoorLine(Quality(delay_ms=190, kbps=WIDE)) as line, far_server(line, tmp_path) as url:
        (figures,) = measured(line, question(url))
    assert figures.round_trip_ms == pytest.approx(380, abs=40)
    assert verdict(figures) == (Fault.DELAY_HIGH, Blame.OUR_NETWORK)


def test_a_narrow_way(tmp_path: Path) -> None:
    with PoorLine(Quality(delay_ms=10, kbps=500)) as line, far_server(line, tmp_path) as url:
        (figures,) = measured(line, question(url, brief=False))
    assert figures.up_kbps is not None
    assert figures.down_kbps is not None
    assert 100 < min(figures.up_kbps, figures.down_kbps) <= max(figures.up_kbps, figures.down_kbps) < 550
    assert verdict(figures) == (Fault.BANDWIDTH_SMALL, Blame.OUR_NETWORK)


def test_what_a_firewall_drops_without_a_word(tmp_path: Path) -> None:
    """UDP, so that the relay's TCP is the only way; the same with a relay that refuses; the server's own port."""
    firewall = Quality(udp=False, closed_port=PORT, delay_ms=5, kbps=WIDE)
    with PoorLine(firewall) as line, turn_server(tmp_path, COUNSELLOR, line.counsellor, ports=TURN) as turn:
        by_tcp, refused, closed = measured(
            line,
            question(ice=turn.ice("udp", "tcp")),
            question(ice=turn.ice("udp", "tcp", password="another")),
            question(f"http://{COUNSELLOR}:{PORT}"),
        )
    assert (by_tcp.udp, by_tcp.relay) == (False, True)
    assert verdict(by_tcp) == (Fault.UDP_BLOCKED, Blame.OUR_NETWORK)
    assert verdict(refused) == (Fault.RELAY_REFUSED, Blame.OUR_SERVER)
    assert verdict(closed) == (Fault.SERVER_UNREACHABLE, Blame.OUR_SERVER)
