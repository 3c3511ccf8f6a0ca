"""An agency's own servers on a host of their own: replicas over one PostgreSQL and one Redis, TLS, a relay, and IT's command line.

agency = Agency(folder, net.relay, authority, postgres.empty_tables(), redis_server.empty(), relay)
async with agency.replica(A), agency.replica(B):
    code = await agency.code("musterstadt-nord", "Jobcenter Musterstadt")
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import trustme

from tests.support.netns import Host
from tests.support.relay_net import URLS, ShippedRelay

ROOT = Path(__file__).resolve().parent.parent.parent
READY_S = 60
_ERROR = re.compile(r'"level": "(?:error|critical)"|Traceback')


@dataclass(frozen=True)
class Place:
    """Where a replica listens."""

    name: str
    public_port: int
    control_port: int


A, B = Place("a", 8441, 8442), Place("b", 8443, 8444)


@dataclass
class Agency:
    """What its servers share. Clients are sent to B, workstations to A."""

    folder: Path
    host: Host
    authority: trustme.CA
    database: str
    redis: str
    relay: ShippedRelay

    @property
    def public_url(self) -> str:
        return f"https://{self.host.address}:{B.public_port}"

    @property
    def address(self) -> str:
        """What IT tells the workstations."""
        return f"https://{self.host.address}:{A.control_port}"

    @contextlib.asynccontextmanager
    async def replica(self, place: Place) -> AsyncIterator[asyncio.subprocess.Process]:
        """A server process from here to the end of the block, which must not have logged an error."""
        log = self.folder / f"replica-{place.name}.log"
        with log.open("wb") as out:
            process = await self._started(["serve"], self._environment(place), out)
        assert process.stdout is not None
        try:
            ready = json.loads(await asyncio.wait_for(process.stdout.readline(), READY_S))["ready"]
            assert ready["public_url"] == self.public_url
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await asyncio.wait_for(process.wait(), READY_S)
            said = log.read_text("utf-8", "replace")
            print(said, file=sys.stderr)
        assert not [line for line in said.splitlines() if _ERROR.search(line)]

    async def code(self, site: str, label: str) -> str:
        """As IT makes one: the command prints it and nothing else."""
        with (self.folder / "enrol.log").open("wb") as out:
            process = await self._started(["enrol", "--site", site, "--label", label], self._environment(A), out)
        said, _ = await asyncio.wait_for(process.communicate(), READY_S)
        assert process.returncode == 0
        return said.decode().strip()

    def _environment(self, place: Place) -> dict[str, str]:
        data = self.folder / "agency"
        data.mkdir(exist_ok=True)
        chain, key = self.folder / "agency.pem", self.folder / "agency.key"
        if not chain.exists():
            certificate = self.authority.issue_cert(self.host.address)
            certificate.private_key_pem.write_to_path(str(key))
            for blob in certificate.cert_chain_pems:
                blob.write_to_path(str(chain), append=True)
        address = self.host.address
        return {
            "VB_DATA_DIR": str(data),
            "VB_DATABASE_URL": self.database,
            "VB_REDIS_URL": self.redis,
            "VB_BIND_HOST": address,
            "VB_PUBLIC_PORT": str(place.public_port),
            "VB_PUBLIC_URL": self.public_url,
            "VB_CONTROL_BIND_HOST": address,
            "VB_CONTROL_PORT": str(place.control_port),
            "VB_CONTROL_HOSTS": f"{address}:{place.control_port}",
            "VB_TLS_CERTIFICATE_FILE": str(chain),
            "VB_TLS_KEY_FILE": str(key),
            "VB_TURN_URLS": ",".join(URLS.values()),
            "VB_TURN_SECRET_FILE": str(self.relay.secret_file),
        }

    async def _started(self, words: list[str], environment: dict[str, str], log: object) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *(*self.host.prefix, sys.executable, "-W", "error", "-m", "app.server", *words),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            cwd=ROOT,
            env={**os.environ, **environment},
        )
