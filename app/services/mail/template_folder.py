"""The texts of mails and letters side by side with the agency's own: what each would say, and why one cannot be used. For a window.

Imports records only: what reads templates takes a moment to load, and is loaded on the thread that looks.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from app.services.appointments.ports import Preview
from app.services.tasks import Refusal
from app.texts import FIRST_LANGUAGE

if TYPE_CHECKING:
    from app.services.mail.template_reading import TemplateReading
    from app.services.mail.templates import TemplateRefused


class TemplateFolderError(Refusal):
    """The folder cannot be written to. `key` is the sentence for IT (catalogue `app`), `values` fill its places."""

    def __init__(self, key: str, **values: str) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


class Standing(enum.Enum):
    """Whose text goes out."""

    OWN = "own"
    """The program's; the agency has none."""
    AGENCY = "agency"
    HELD_BACK = "held-back"
    """The agency's is good, but another one of its texts is not, so the program's goes out."""
    REFUSED = "refused"
    """The agency's cannot be used."""


@dataclass(frozen=True, slots=True)
class TemplateLook:
    """One text in one language."""

    name: str
    """Of `TEMPLATES` or `PARTS` (`app.services.mail.templates`); something else for a file that nothing asks for."""
    language: str
    standing: Standing
    refused: TemplateRefused | None = None
    preview: Preview | None = field(default=None, repr=False)
    """What the agency's text says where it is good, otherwise what the program's says. Of a part its template stands in `plain`."""
    may_copy: bool = False
    """There is a text of the program's that can be put into the folder."""
    is_part: bool = False
    """It stands in other texts."""
    known: bool = True
    """Something asks for it."""


@dataclass(frozen=True, slots=True)
class FolderLook:
    """All of them, as the files are now."""

    folder: Path | None
    """None where IT has set none."""
    there: bool
    configured: bool
    """It is the one whose texts go out, not another that is only looked at."""
    looks: Sequence[TemplateLook]

    @property
    def refused(self) -> int:
        """How many cannot be used. One is enough to hold back the others."""
        return sum(look.standing is Standing.REFUSED for look in self.looks)

    @property
    def of_agency(self) -> int:
        """How many the agency has."""
        return sum(look.standing is not Standing.OWN for look in self.looks)


class TemplateFolder:
    """The one that is configured, or another before it is. `look` and `copy` work on files: call them on a thread, one at a time."""

    def __init__(self, own: Path, configured: Path | None, agency: str, phone: str, reply: bool, renew: Callable[[], None]) -> None:
        """`own` is `resources/mail`; `renew` makes the texts of the configured folder hold as they are now."""
        self.configured = configured
        self._own = own
        self._sender = (agency, phone, reply)
        self._renew = renew
        self._made: TemplateReading | None = None

    def look(self, folder: Path | None = None) -> FolderLook:
        """Read everything again; of the configured folder it holds from now on. `folder` is another one, to be looked at only."""
        looked_at = folder or self.configured
        configured = looked_at is not None and looked_at == self.configured
        there = looked_at is not None and looked_at.is_dir()
        looks = self._reading.looks(looked_at if there else None)
        if configured:
            self._renew()
        return FolderLook(looked_at, there, configured, looks)

    def copy(self, look: TemplateLook, folder: Path) -> Path:
        """Put the program's text into the folder, to be changed there. Nothing is overwritten. Raises TemplateFolderError."""
        source = next(path for language in (look.language, FIRST_LANGUAGE) if (path := self._own / language / f"{look.name}.txt").is_file())
        target = folder / look.language / f"{look.name}.txt"
        try:
            text = source.read_text("utf-8")
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            raise TemplateFolderError("app.mailtexts.copy.there", file=str(target)) from None
        except OSError:
            raise TemplateFolderError("app.mailtexts.copy.refused", file=str(target)) from None
        return target

    @property
    def _reading(self) -> TemplateReading:
        if self._made is None:
            from app.services.mail.places import Sender
            from app.services.mail.template_reading import TemplateReading

            agency, phone, reply = self._sender
            self._made = TemplateReading(self._own, Sender(agency=agency, phone=phone, reply=reply))
        return self._made
