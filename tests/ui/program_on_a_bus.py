"""Run under a display and a session bus: the whole program over the profile in argv[1], until it is told to end (SIGTERM).

It has simulated devices, and in place of the system's key store one that lasts as long as the process. The names that follow stand in
the calendar today, one at noon, the next two hours later.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from app.application import Options, configure_logs, make_application, program_running
from app.domain.appointments import ZONE, Client, Way
from app.office import book_of
from app.services.appointments.ports import Draft, Foreign
from app.services.host import Services
from app.services.keys import KeysOfAFolder
from app.ui import qt_loop


def main(profile: Path, names: list[str]) -> int:
    configure_logs()
    application = make_application()

    async def run() -> int:
        told = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
        options = Options(profile=profile, simulated_devices=True, language="de")
        async with program_running(application, options, key_store=KeysOfAFolder()) as program:
            await note(program.services, names)
            await told.wait()
        return 0

    return qt_loop.run(application, run)


async def note(services: Services, names: list[str]) -> None:
    """One appointment for each name. A visit may lie in the past; a video may not."""
    noon = int(datetime.now(ZoneInfo(ZONE)).replace(hour=12, minute=0, second=0, microsecond=0).timestamp())
    foreign = [
        Foreign(
            id=f"{number:022}",
            draft=Draft(starts_at=noon + number * 7200, minutes=30, topic="Umzug", client=Client(name=name), way=Way.ON_SITE),
        )
        for number, name in enumerate(names)
    ]
    if foreign:
        await book_of(services).take_over(foreign)


sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
