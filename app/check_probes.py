"""What `videoberatung check` measures with: the real devices and the server of this profile. No Qt. A part of the composition root."""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from app.media.catalogue import SoundCatalogue, is_hardware
from app.media.devices import Hardware
from app.media.measuring.probes import HardwareProbes
from app.media.ports import DeviceCatalogue, DeviceKind
from app.media.relay_probe import IceRelayProbe
from app.media.turns import SoundSystem
from app.paths import RESOURCES
from app.services.checks.check_list import Probes
from app.services.checks.network import ServerNetworkProbe
from app.services.checks.system import MachineProbe
from app.services.embedded_server import EmbeddedServer, ReadyServer, ServerPlan
from app.services.keys import SECRET_BYTES, WorkstationKey
from app.services.profile import Settings
from app.texts import languages
from app.wire.messages import IceServer

READY_S = 20.0
LOOK_S = 1.0


class CataloguePresence:
    """`Presence` by the list of devices."""

    def __init__(self, catalogue: DeviceCatalogue) -> None:
        self._catalogue = catalogue

    async def loudspeaker(self, device: str) -> bool:
        if not is_hardware(device):
            return True
        listed = await asyncio.to_thread(self._catalogue.devices, DeviceKind.LOUDSPEAKER)
        return any(device in ("", one.id) for one in listed)


@asynccontextmanager
async def real_probes(settings: Settings, ice_servers: Sequence[IceServer]) -> AsyncIterator[Probes]:
    """From here to the end of the block."""
    system = SoundSystem()
    async with _server(settings) as url:
        network = ServerNetworkProbe(url, IceRelayProbe(), lambda: ice_servers)
        yield Probes(
            HardwareProbes(Hardware(system)), CataloguePresence(SoundCatalogue(system)), network, MachineProbe(network.clock_off_s)
        )


@asynccontextmanager
async def _server(settings: Settings) -> AsyncIterator[str]:
    """Where the server is. Where links lead to this machine only and no program runs, a server of the check's own stands in for its."""
    if settings.public_url or (settings.public_port and await _listens(settings.public_port)):
        yield settings.link_base
        return
    with tempfile.TemporaryDirectory(prefix="videoberatung-check-", ignore_cleanup_errors=True) as folder:
        server = EmbeddedServer(_plan(settings, Path(folder)))
        ready: asyncio.Future[ReadyServer] = asyncio.get_running_loop().create_future()
        server.ready.subscribe(lambda said: None if ready.done() else ready.set_result(said))
        server.start()
        try:
            port = 0
            with contextlib.suppress(TimeoutError):
                port = (await asyncio.wait_for(ready, READY_S)).public_port
            yield f"http://localhost:{port or settings.public_port or 9}"
        finally:
            await server.close()


async def _listens(port: int) -> bool:
    try:
        async with asyncio.timeout(LOOK_S):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


def _plan(settings: Settings, folder: Path) -> ServerPlan:
    """On any free ports and with nobody's rooms."""
    return ServerPlan(
        workstation_key=WorkstationKey(os.urandom(SECRET_BYTES)).public,
        bind_host="127.0.0.1",
        public_port=0,
        control_port=0,
        public_url="",
        data_dir=str(folder),
        label=settings.label,
        phone=settings.phone,
        languages=languages(RESOURCES / "i18n"),
    )
