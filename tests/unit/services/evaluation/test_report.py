"""What a report looks like on paper, on the page, and in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from pypdf import PdfReader

from app.domain.disclosure import Share
from app.domain.evaluation import LEAST, TAKE_UP
from app.paths import RESOURCES
from app.services.evaluation.accepting import Rejected
from app.services.evaluation.export import Reason
from app.services.evaluation.figures import Counting
from app.services.evaluation.merging import Merger
from app.services.evaluation.report import Writer
from app.services.evaluation.setting import html, pdf
from app.services.evaluation.sheets import COLUMNS, csv_of, dictionary, lines, xlsx_of
from app.services.evaluation.wording import Wording
from app.services.papers.typesetting import PaperError
from app.texts import Texts
from tests.support.evaluation import NEWEST, QUESTIONNAIRES, counted, export

DAY = date(2026, 11, 2)
NAMES = {"jc-a": "Jobcenter <b>Å & Co</b>", "jc-b": '=HYPERLINK("x")', "jc-c": "#panic() *C* $x$ 🎓"}
REJECTED = [Rejected("a<b>.vbx", Reason.ALTERED), Rejected("x" * 10_000, Reason.DOUBLE)]


def wording(language: str = "de") -> Wording:
    return Wording(Texts.load(RESOURCES / "i18n", language, "app"))


def figures(*, invented: bool = False, sites: int = 3, quarters=("2026-Q2", "2026-Q3")):
    exports = [export(site, [counted(quarter, 40, seed) for quarter in quarters]) for seed, site in enumerate(list(NAMES)[:sites])]
    return Counting(NEWEST, LEAST, NAMES).figures(Merger(NEWEST, LEAST).merge(exports), invented=invented)


def report(language: str = "de", **how):
    return Writer(wording(language)).write(figures(**how), REJECTED, DAY)


class Page(HTMLParser):
    """Tags with their attributes, and the text."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page.decode())

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data) -> None:
        self.text += data


@pytest.fixture(scope="module")
def paper() -> PdfReader:
    return PdfReader(io.BytesIO(pdf(report(invented=True))))


def test_the_paper_is_tagged_and_says_so(paper) -> None:
    catalogue = paper.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == "de"
    assert paper.metadata.title == "Videoberatung: Auswertung"
    assert b"pdfuaid" in catalogue["/Metadata"].get_data()


def test_every_drawing_has_its_words(paper) -> None:
    alts, nodes = [], [paper.trailer["/Root"]["/StructTreeRoot"]]
    while nodes:
        node = nodes.pop().get_object()
        if isinstance(node, dict):
            alts += [node["/Alt"]] if "/Alt" in node and node.get("/S") == "/Figure" else []
            below = node.get("/K", [])
            nodes += below if isinstance(below, list) else [below]
    assert len(alts) == len(report(invented=True).plots)
    assert all(len(alt) > 20 for alt in alts)


def test_invented_figures_are_marked_everywhere(paper) -> None:
    assert all("Erfundene Daten" in page.extract_text() for page in paper.pages)
    marked = report(invented=True)
    assert all("Erfundene Daten" in plot.svg for plot in marked.plots)
    assert "Erfundene Daten" in Page(html(marked)).text
    assert "Erfundene Daten" not in Page(html(report())).text


def test_names_are_text_wherever_they_stand(paper) -> None:
    text = "".join(page.extract_text() for page in paper.pages)
    assert "#panic() *C*" in text
    page = html(report())
    assert "Jobcenter &lt;b&gt;Å &amp; Co&lt;/b&gt;" in page.decode()
    assert not any(tag == "b" for tag, _ in Page(page).tags)


def test_the_page_needs_no_other_file_and_no_script() -> None:
    page = Page(html(report()))
    for tag, attributes in page.tags:
        assert tag not in {"script", "link", "iframe", "object"}
        assert all(value.startswith("data:image/svg+xml") for name, value in attributes.items() if name in ("src", "href"))
        assert tag != "img" or attributes["alt"]


def test_the_page_has_headings_tables_and_its_language() -> None:
    page = Page(html(report("en")))
    assert dict(page.tags)["html"] == {"lang": "en"}
    tags = [tag for tag, _ in page.tags]
    assert tags.count("h1") == 1
    assert tags.count("table") == tags.count("caption") > 15
    assert all(attributes.get("scope") in ("col", "row") for tag, attributes in page.tags if tag == "th")
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_every_drawing_has_an_equal_table() -> None:
    for section in report().sections:
        if section.plot is not None:
            assert section.table is not None
            cells = {cell for row in section.table.rows for cell in row}
            drawn = re.findall(r">((?:unter |über )?[\d–]+ %)</text>", section.plot.svg)
            assert set(drawn) <= cells


def test_published_figures_stand_beside_ours() -> None:
    table = report().sections[0].table
    assert [row[2] for row in table.rows] == ["96–97 %", "90 %", "83 %", "43 %"]


def test_one_quarter_has_no_course() -> None:
    headings = [section.heading for section in report(quarters=("2026-Q3",)).sections]
    assert "Beteiligung im Verlauf" not in headings
    assert "Beteiligung im Verlauf" in [section.heading for section in report().sections]


def test_forty_five_sites_and_more_fit() -> None:
    many = replace(figures(), by_site=figures().by_site * 40)
    made = PdfReader(io.BytesIO(pdf(Writer(wording()).write(many, [], DAY))))
    assert "Seite 1 von" in made.pages[0].extract_text()


def test_a_broken_template_is_ours_to_mend(tmp_path) -> None:
    template = tmp_path / "broken.typ"
    template.write_text("#panic()", "utf-8")
    with pytest.raises(PaperError):
        pdf(report(), template)


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_question_answer_and_counter_has_its_words(language) -> None:
    w = wording(language)
    for questionnaire in QUESTIONNAIRES.values():
        said = [w.title("question", question.id) for question in questionnaire.questions]
        said += [w.title("about", statement.id) for statement in questionnaire.about]
        said += [w.answer("question", question.id, answer) for question in questionnaire.questions for answer in question.answers]
        said += [w.answer("about", statement.id, answer) for statement in questionnaire.about for answer in statement.answers]
        said += [w.indicator(indicator.id) + w.short(indicator.id) for indicator in questionnaire.indicators]
        assert all(said)
    assert all(
        w.title("take-up", table) and w.answer("take-up", table, counter) for table, counters in TAKE_UP.items() for counter in counters
    )
    assert all(w.reason(reason) for reason in Reason)


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (None, "zu wenige"),
        (Share(0, 50), "unter 10 %"),
        (Share(50, 50), "über 90 %"),
        (Share(45, 50), "90 %"),
        (Share(5, 5000), "unter 1 %"),
    ],
)
def test_shares_in_words(share, said) -> None:
    assert wording().share(share) == said


def test_versions_of_the_questionnaire_mean_the_same_by_the_same_word() -> None:
    """Otherwise their answers could not be added up."""
    answers: dict[str, set[tuple[str, ...]]] = {}
    for questionnaire in QUESTIONNAIRES.values():
        for question in questionnaire.questions:
            answers.setdefault(question.id, set()).add(question.answers)
    assert all(len(of) == 1 for of in answers.values())


def test_the_spreadsheet_opens_with_figures_and_no_formula() -> None:
    data = csv_of(lines(figures(invented=True), wording()), COLUMNS)
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
    assert {row["table"] for row in rows} == {"question", "about", "take-up", "indicator", "site", "quarter", "language"}
    assert all("Erfundene Daten" in row["note"] for row in rows)
    assert {row["of"] for row in rows if row["table"] == "site"} == {NAMES["jc-a"], "'" + NAMES["jc-b"], NAMES["jc-c"]}
    assert all(row["count"] or row["share"] or "zu wenige" in row["note"] for row in rows)


def test_the_workbook_has_a_dictionary_of_its_columns() -> None:
    book = zipfile.ZipFile(io.BytesIO(xlsx_of(figures(), wording())))
    texts = book.read("xl/sharedStrings.xml").decode()
    assert "Erläuterung" in book.read("xl/workbook.xml").decode()
    assert all(column in texts and meaning.split(":")[0] in texts for column, meaning in dictionary(wording()))
    assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
