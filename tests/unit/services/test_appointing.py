"""What is wrong with mails reaches whoever tells the person: settings that cannot be used, a server that cannot be used any more."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec

from app.paths import RESOURCES
from app.services.appointing import Appointing, Office
from app.services.clock import LoopClock
from app.services.fakes import DirectStore, MemoryStore
from app.services.keys import KeysOfAFolder
from app.services.mail.server import Trouble
from app.services.mail.settings import MailSettings
from app.services.profile import Profile, Settings
from app.services.tasks import Tasks
from app.texts import Texts


def appointing(folder: Path, mail: MailSettings) -> Appointing:
    def nobody() -> None:
        raise AssertionError("nobody is asked")

    office = Office(Texts.load(RESOURCES / "i18n", "de", "app"), "1", nobody, RESOURCES)  # type: ignore[arg-type]
    return Appointing(office, Profile(folder), msgspec.structs.replace(Settings(), mail=mail), KeysOfAFolder())


def test_settings_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    made = appointing(tmp_path, MailSettings(host="mail.example", sender="no address"))
    assert made.refused is not None
    assert made.refused.part == "sender"
    assert made.plan().outbox is None


async def test_a_server_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    made = appointing(tmp_path, MailSettings(host="mail.example", sender="termine@agency.example"))
    told: list[Trouble] = []
    made.troubled.subscribe(told.append)
    make = made.plan().outbox
    assert make is not None
    tasks = Tasks(lambda *_: None)
    outbox = make(DirectStore(MemoryStore()), LoopClock(asyncio.get_running_loop()), tasks)
    outbox.troubled.announce(Trouble.CERTIFICATE)  # type: ignore[attr-defined]
    outbox.troubled.announce(None)  # type: ignore[attr-defined]
    assert told == [Trouble.CERTIFICATE]
    await tasks.close()
