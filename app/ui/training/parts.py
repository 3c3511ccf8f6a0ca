"""What the trainer's windows stand on. Imports `app.ui` and the services' training only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.services.checks.wording import CheckWording
from app.services.tasks import Tasks
from app.services.training.ports import Letters
from app.services.training.training import Training
from app.services.wordlist import WordLists
from app.texts import Texts
from app.ui.call.surface import Scaler
from app.ui.messages import Messages
from app.ui.theme import Theme


@dataclass(frozen=True, slots=True)
class TrainerParts:
    """For all of them."""

    training: Training
    letters: Letters
    texts: Texts
    page_texts: Texts
    """Of the client's page."""
    wording: CheckWording
    words: WordLists
    """The lists of safety words."""
    theme: Theme
    messages: Messages
    tasks: Tasks
    make_scaler: Callable[[], Scaler]
    open_page: Callable[[str], bool]
    """Opens a link of this machine in a browser; False if there is none."""
