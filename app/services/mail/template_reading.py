"""Reads the program's texts and the agency's, and makes previews for `app.services.mail.template_folder`. Imports the mail's parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import TemplateError

from app.domain.appointments import ZONE, Access, Appointment, Client
from app.services.appointments.ports import Preview
from app.services.mail.blocks import blocks_of, plain_of
from app.services.mail.html import Frame
from app.services.mail.places import Places, Sender
from app.services.mail.template_folder import Standing, TemplateLook
from app.services.mail.templates import ENTRY, LETTER, PARTS, SAMPLE, TEMPLATES, TemplateRefused, Templates, files_of
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


class TemplateReading:
    """In the agency's name."""

    def __init__(self, own: Path, sender: Sender) -> None:
        """`own` is `resources/mail`."""
        self._own = own
        self._sender = sender
        self._frame = Frame(own / "frame.html")

    def looks(self, folder: Path | None) -> Sequence[TemplateLook]:
        """Every text as the files are now; German first."""
        own = dict(files_of(self._own))
        agency = dict(files_of(folder)) if folder is not None else {}
        templates = Templates(own, agency)
        keys = own.keys() | agency.keys() | templates.refusals.keys()
        return [self._look_at(key, own, agency, templates) for key in sorted(keys, key=_place)]

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
        known = name in TEMPLATES or name in PARTS
        return TemplateLook(name, language, standing, refused, preview, copies, name in PARTS, known)

    def _preview(self, name: str, language: str, templates: Templates) -> Preview | None:
        if not templates.has(name, language):
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
