"""The texts of mails and letters side by side with the agency's own: what each would say, and why one cannot be used. For a window.

Reads and writes files, so call it on a thread. Imports the parts of the mail.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import TemplateError

from app.domain.appointments import ZONE, Access, Appointment, Client
from app.services.appointments.ports import Preview
from app.services.mail.blocks import blocks_of, plain_of
from app.services.mail.html import Frame
from app.services.mail.places import Places, Sender
from app.services.mail.templates import ENTRY, LETTER, PARTS, SAMPLE, TEMPLATES, TemplateRefused, Templates, files_of
from app.services.tasks import Refusal
from app.texts import FIRST_LANGUAGE

WITHOUT_HTML = (ENTRY,)
_SAMPLE = Appointment(
    id="sample",
    starts_at=int(datetime(2026, 12, 1, 14, tzinfo=ZoneInfo(ZONE)).timestamp()),
    minutes=30,
    topic="",
    client=Client(name="Kim Muster"),
    access=Access(room="sample", token="sample", code=SAMPLE.code.replace(" ", "")),  # noqa: S106 - of nobody
)


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
    """Of `TEMPLATES` or `PARTS`; something else for a file that nothing asks for."""
    language: str
    standing: Standing
    refused: TemplateRefused | None = None
    preview: Preview | None = field(default=None, repr=False)
    """What the agency's text says where it is good, otherwise what the program's says. Of a part its template stands in `plain`."""
    may_copy: bool = False
    """There is a text of the program's that can be put into the folder."""

    @property
    def is_part(self) -> bool:
        """It stands in other texts."""
        return self.name in PARTS


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
    """The one that is configured, or another before it is."""

    def __init__(self, own: Path, configured: Path | None, agency: str, phone: str, reply: bool, renew: Callable[[], None]) -> None:
        """`own` is `resources/mail`; `renew` makes the texts of the configured folder hold as they are now."""
        self.configured = configured
        self._own = own
        self._sender = Sender(agency=agency, phone=phone, reply=reply)
        self._renew = renew
        self._frame: Frame | None = None

    def look(self, folder: Path | None = None) -> FolderLook:
        """Read everything again; of the configured folder it holds from now on. `folder` is another one, to be looked at only."""
        if self._frame is None:
            self._frame = Frame(self._own / "frame.html")
        looked_at = folder or self.configured
        configured = looked_at is not None and looked_at == self.configured
        there = looked_at is not None and looked_at.is_dir()
        own = dict(files_of(self._own))
        agency = dict(files_of(looked_at)) if there and looked_at is not None else {}
        templates = Templates(own, agency)
        if configured:
            self._renew()
        keys = own.keys() | agency.keys() | templates.refusals.keys()
        looks = [self._look_at(key, own, agency, templates) for key in sorted(keys, key=_place)]
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

    def _look_at(self, key: str, own: Mapping[str, str], agency: Mapping[str, str], templates: Templates) -> TemplateLook:
        language, _, name = key.partition("/")
        refused = templates.refusals.get(key)
        if refused is not None:
            standing = Standing.REFUSED
        elif key not in agency:
            standing = Standing.OWN
        else:
            standing = Standing.HELD_BACK if templates.refused else Standing.AGENCY
        good = refused is None and key in agency
        copies = key not in agency and (key in own or f"{FIRST_LANGUAGE}/{name}" in own)
        if name in PARTS:
            text = (agency if good else own).get(key)
            preview = None if text is None else Preview(subject="", plain=text.strip(), html="", recipient="")
        else:
            preview = self._preview(name, language, Templates({**own, **agency})) if good else None
            preview = preview or self._preview(name, language, Templates(own))
        return TemplateLook(name, language, standing, refused, preview, copies)

    def _preview(self, name: str, language: str, templates: Templates) -> Preview | None:
        if not templates.has(name, language) or self._frame is None:
            return None
        places = Places.of(_SAMPLE, SAMPLE.link, language, self._sender, by_mail=name != LETTER)
        try:
            said = templates.say(name, language, places)
        except (TemplateError, TemplateRefused):
            return None  # a part of the agency's that it includes is refused
        html = "" if name in WITHOUT_HTML else self._frame.around(said.subject, blocks_of(said.body, places), language)
        return Preview(subject=said.subject, plain=plain_of(said.body), html=html, recipient="")


def _place(key: str) -> tuple[bool, str, int, str]:
    """German first, then wholes, parts, and what nothing asks for."""
    language, _, name = key.partition("/")
    order = (*TEMPLATES, *PARTS)
    return language != FIRST_LANGUAGE, language, order.index(name) if name in order else len(order), name
