"""The trainer's windows over a client without media."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.domain.checks import FaultTable
from app.media.scaling import Painter
from app.paths import RESOURCES
from app.services.checks.wording import CheckWording
from app.services.clock import Clock
from app.services.fakes.client_media import FakeClientMedia
from app.services.ports import Desk
from app.services.tasks import Tasks
from app.services.training.client import SimulatedClient
from app.services.training.faults import TrainingFaults
from app.services.training.ports import Letter
from app.services.training.training import Training
from app.services.wordlist import WordLists
from app.texts import Texts
from app.ui.messages import Messages
from app.ui.theme import Theme
from app.ui.training.parts import TrainerParts

TABLE = FaultTable.parse((RESOURCES / "web" / "faults.json").read_bytes())


@dataclass
class TrainerBench:
    """What the windows stand on, and what they did to it."""

    parts: TrainerParts
    media: FakeClientMedia
    letters: list[Letter]
    opened: list[str] = field(default_factory=list)
    """Links that were opened in a browser."""

    @property
    def training(self) -> Training:
        return self.parts.training


def trainer_bench(texts: Texts, theme: Theme, messages: Messages, desk: Desk, clock: Clock, tasks: Tasks) -> TrainerBench:
    """Nobody has come yet."""
    media, letters, opened = FakeClientMedia(), list[Letter](), list[str]()
    training = Training(SimulatedClient(media, clock, tasks), TrainingFaults(TABLE), desk, tasks)

    def open_page(link: str) -> bool:
        opened.append(link)
        return len(opened) == 1

    parts = TrainerParts(
        training=training,
        letters=lambda: letters,
        texts=texts,
        page_texts=Texts.load(RESOURCES / "i18n", "de", "page"),
        wording=CheckWording(texts, TABLE),
        words=WordLists(RESOURCES / "words"),
        theme=theme,
        messages=messages,
        tasks=tasks,
        make_scaler=lambda: Painter().paint,
        open_page=open_page,
    )
    return TrainerBench(parts, media, letters, opened)
