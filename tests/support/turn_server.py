"""coturn of Debian, on any address of this machine: a real STUN and TURN server for the check of the relay."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.wire.messages import IceServer

USER, PASSWORD = "check", "a-password-of-tests"


@dataclass(frozen=True)
class TurnServer:
    """One that runs."""

    address: str
    port: int
    tls_port: int

    def ice(self, *kinds: str, password: str = PASSWORD) -> IceServer:
        """With these URLs: `udp`, `tcp`, `tls`, `stun`."""
        urls = {
            "stun": f"stun:{self.address}:{self.port}",
            "udp": f"turn:{self.address}:{self.port}?transport=udp",
            "tcp": f"turn:{self.address}:{self.port}?transport=tcp",
            "tls": f"turns:{self.address}:{self.tls_port}?transport=tcp",
        }
        return IceServer(urls=[urls[kind] for kind in kinds], username=USER, credential=password)


@contextmanager
def turn_server(
    folder: Path,
    address: str = "127.0.0.1",
    prefix: Sequence[str] = (),
    udp: bool = True,
    certificate: tuple[Path, Path] | None = None,
    ports: tuple[int, int] | None = None,
) -> Iterator[TurnServer]:
    """`prefix` leads into a namespace; `udp` False is a firewall that lets TCP through only; `certificate` with its key for `turns:`."""
    port, tls_port = ports or (_free(), _free())
    command = [
        *prefix,
        *(
            "turnserver",
            "-n",
            "--listening-ip",
            address,
            "--relay-ip",
            address,
            "--listening-port",
            str(port),
            "--tls-listening-port",
            str(tls_port),
        ),
        *(
            "--lt-cred-mech",
            "--user",
            f"{USER}:{PASSWORD}",
            "--realm",
            "check",
            "--allow-loopback-peers",
            "--cli-password",
            "x",
            "--no-cli",
        ),
        *(
            "--no-multicast-peers",
            "--log-file",
            "stdout",
            "--simple-log",
            "--pidfile",
            str(folder / "turn.pid"),
            "--db",
            str(folder / "turn.db"),
        ),
        *("--no-dtls", *(() if udp else ("--no-udp",)), *(() if certificate else ("--no-tls",))),
        *(("--cert", str(certificate[0]), "--pkey", str(certificate[1])) if certificate else ()),
    ]
    log = (folder / "turn.log").open("wb")
    with log, subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=folder) as child:
        try:
            wait_for(child, folder / "turn.log")
            yield TurnServer(address, port, tls_port)
        finally:
            child.terminate()


def wait_for(child: subprocess.Popen[bytes], log: Path) -> None:
    """Until it has opened its users' database, which it does when it listens."""
    end = time.monotonic() + 20
    while "DB connection success" not in log.read_text("utf-8", "replace"):
        assert child.poll() is None, log.read_text("utf-8", "replace")
        assert time.monotonic() < end, log.read_text("utf-8", "replace")
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(0.05)


def _free() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
