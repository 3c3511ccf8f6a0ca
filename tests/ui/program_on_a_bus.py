"""Run under a display and a session bus: the whole program over the profile in argv[1], until it is told to end (SIGTERM).

It has simulated devices, and in place of the system's key store one that lasts as long as the process.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

from app.application import Options, configure_logs, make_application, program_running
from app.services.keys import KeysOfAFolder
from app.ui import qt_loop


def main(profile: Path) -> int:
    configure_logs()
    application = make_application()

    async def run() -> int:
        told = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
        options = Options(profile=profile, simulated_devices=True, language="de")
        async with program_running(application, options, key_store=KeysOfAFolder()):
            await told.wait()
        return 0

    return qt_loop.run(application, run)


sys.exit(main(Path(sys.argv[1])))
