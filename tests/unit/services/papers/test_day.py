"""The list of a day on paper: tagged, in its language, and nothing that a person typed is a command."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from pypdf import PdfReader

from app.services.papers.day import DayPaper, day_paper
from app.services.papers.typesetting import PaperError

PAPER = DayPaper(
    language="de",
    title="Termine am Mittwoch, 13. Mai 2026",
    note="Christi Himmelfahrt",
    headings=["Zeit", "Mit wem", "Anliegen", "Weg", "Stand", "Hinweise"],
    rows=[("9:00–9:45", "Emine Yılmaz", "Sprachkurs", "Video", "eingeladen", "Reihe")],
    empty="Nichts.",
    made="Stand: heute",
    page="Seite {page} von {pages}",
)


def read(paper: DayPaper) -> PdfReader:
    return PdfReader(io.BytesIO(day_paper(paper)))


def test_it_is_tagged_and_says_so() -> None:
    reader = read(PAPER)
    catalogue = reader.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == "de"
    assert reader.metadata.title == PAPER.title
    assert b"pdfuaid" in catalogue["/Metadata"].get_data()
    tags = str(catalogue["/StructTreeRoot"]["/K"].get_object())
    assert tags


def test_the_words_stand_there() -> None:
    (page,) = read(PAPER).pages
    text = page.extract_text()
    for word in ("Termine am Mittwoch", "Christi Himmelfahrt", "Emine", "Sprachkurs", "Hinweise", "Seite 1 von 1"):
        assert word in text


@pytest.mark.parametrize(
    "typed", ["#panic()", "*a* _b_ $x$ <l> @m", '"#read("/etc/hostname")', "\\u{41}", "مرحبا", "👩‍💻", "x" * 10_000, "{page}"]
)
def test_what_was_typed_is_text(typed) -> None:
    row = ("9:00", typed, typed, "Video", "eingeladen", "")
    text = "".join(page.extract_text() for page in read(replace(PAPER, rows=[row])).pages)
    if typed.isascii() and len(typed) < 100:
        assert typed.split()[0] in text.replace("\n", "")


def test_a_day_without_appointments_says_so() -> None:
    assert "Nichts." in read(replace(PAPER, rows=[])).pages[0].extract_text()


def test_a_long_day_goes_over_pages_with_its_headings() -> None:
    reader = read(replace(PAPER, rows=PAPER.rows * 60))
    assert len(reader.pages) > 1
    assert all("Anliegen" in page.extract_text() for page in reader.pages)


def test_a_broken_template_is_ours_to_mend(tmp_path) -> None:
    template = tmp_path / "broken.typ"
    template.write_text("#panic()", encoding="utf-8")
    with pytest.raises(PaperError):
        day_paper(PAPER, template)


def test_a_letter_without_a_shape_does_not_cost_the_day() -> None:
    row = ("9:00", "Emine 👩‍💻 Yılmaz", "🎓🎓", "Video", "eingeladen", "")
    text = read(replace(PAPER, rows=[row])).pages[0].extract_text()
    assert "Emine ?" in text
    assert "Yılmaz" in text.replace("\n", " ")
