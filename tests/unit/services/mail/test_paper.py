"""The letter: tagged, with title and language, one page, and a code that leads where the link leads."""

from __future__ import annotations

import io
from dataclasses import replace

import cv2
import numpy as np
import pypdf
import pytest

from app.domain.appointments import Appointment
from app.paths import RESOURCES
from app.services.mail.blocks import blocks_of
from app.services.mail.paper import Paper
from app.services.mail.places import Places, Sender
from app.services.mail.templates import LETTER, Templates
from tests.support.letters import LINK_BASE, PHONE, invited, link_of, writer


def letter(appointment: Appointment) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(writer().letter(appointment, link_of(appointment))))


@pytest.mark.parametrize(("language", "title"), [("de", "Ihr Termin am 1. Dezember 2026"), ("en", "Your appointment on 1 December 2026")])
def test_it_is_accessible(language: str, title: str) -> None:
    pdf = letter(invited(client=replace(invited().client, language=language)))
    root = pdf.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"], root["/ViewerPreferences"]["/DisplayDocTitle"]) == (language, True, True)
    assert pdf.metadata is not None
    assert pdf.metadata.title == title
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    assert "/Figure" in str(tags(root["/StructTreeRoot"]))
    assert len(pdf.pages) == 1


def tags(node: object) -> set[str]:
    """Of the structure tree."""
    found: set[str] = set()
    seen: list[object] = [node]
    while seen:
        one = seen.pop()
        one = one.get_object() if isinstance(one, pypdf.generic.IndirectObject) else one
        if isinstance(one, pypdf.generic.DictionaryObject):
            found |= {str(one["/S"])} if "/S" in one else set()
            seen.append(one.get("/K"))
        elif isinstance(one, pypdf.generic.ArrayObject):
            seen.extend(one)
    return found


def test_headings_lists_and_paragraphs_are_tagged() -> None:
    assert tags(letter(invited()).trailer["/Root"]["/StructTreeRoot"]) >= {"/H1", "/H2", "/P", "/L", "/LI", "/Figure", "/Link"}


def test_it_says_what_the_mail_says() -> None:
    appointment = invited()
    text = letter(appointment).pages[0].extract_text()
    together = "".join(text.split())
    for said in (link_of(appointment), "123 456 789", LINK_BASE, PHONE, "Kanari Vogel", "Dienstag, 1. Dezember 2026", "freiwillig"):
        assert "".join(said.split()) in together
    assert "E-Mail" not in text
    assert "Kanari-" not in text


def test_its_code_leads_where_the_link_leads() -> None:
    appointment = invited()
    places = Places.of(appointment, link_of(appointment), "de", Sender(agency="Beratung", phone=PHONE), by_mail=False)
    said = Templates.read(RESOURCES / "mail").say(LETTER, "de", places)
    picture = Paper(RESOURCES / "mail/letter.typ").picture(said.subject, blocks_of(said.body, places), "de", "Beratung", "")
    pixels = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert cv2.QRCodeDetectorAruco().detectAndDecode(pixels)[0] == link_of(appointment)


@pytest.mark.parametrize("name", ["Änne Öztürk", "מרים بنت كريم", "Kim 🦊", "#set page(fill: red) \\u{0} $x$", "\U000f0000"])
def test_every_name_makes_a_letter(name: str) -> None:
    pdf = letter(invited(client=replace(invited().client, name=name)))
    assert len(pdf.pages) == 1
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"] == True  # noqa: E712 - a boolean of pypdf's
