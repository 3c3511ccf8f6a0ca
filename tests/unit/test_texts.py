"""The catalogue: read as Babel reads it, and what is no finished text refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from app.paths import RESOURCES
from app.texts import CatalogueError, Texts, languages, plain, read_file, read_part, read_plain

HEADER = 'msgid ""\nmsgstr "Language: de\\n"\n\n'


def part(folder: Path, text: str) -> dict[str, str]:
    (folder / "de").mkdir(exist_ok=True)
    (folder / "de" / "app.po").write_text(text, "utf-8")
    return read_part(folder, "de", "app")


@pytest.mark.parametrize("path", sorted((RESOURCES / "i18n").glob("*/*.po")), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_catalogue_is_read_as_babel_reads_it(path: Path) -> None:
    with path.open("rb") as file:
        known = {message.id: message.string for message in read_po(file) if message.id}
    assert read_file(path.parents[1], path.parent.name, path.stem) == known
    assert len(known) > 1


def test_remarks_continuations_and_escapes(tmp_path: Path) -> None:
    written = """# a remark
#. for the translator
msgid "app.a"
msgstr ""
"Eins\\n"
"\\"zwei\\" \\\\n\\t."
msgid "app."
"b"
msgstr "B"
#~ msgid "app.old"
#~ msgstr "Alt"
"""
    assert part(tmp_path, HEADER + written) == {"app.a": 'Eins\n"zwei" \\n\t.', "app.b": "B"}


@pytest.mark.parametrize(
    "text",
    [
        'msgid "app.a"\nmsgstr ""\n',
        '#, fuzzy\nmsgid "app.a"\nmsgstr "A"\n',
        'msgid "app.a"\nmsgstr "A"\n\nmsgid "app.a"\nmsgstr "B"\n',
        'msgid "app.a"\n',
        'msgid "app.a"\nmsgid "app.b"\nmsgstr "B"\n',
        'msgstr "A"\n',
        '"A"\n',
        'msgid "app.a"\nmsgstr "A\n',
        'msgid "app.a"\nmsgstr "A"B"\n',
        'msgid "app.a"\nmsgstr "\\x"\n',
        'msgctxt "x"\nmsgid "app.a"\nmsgstr "A"\n',
        'msgid "app.a"\nmsgid_plural "app.b"\nmsgstr[0] "A"\n',
    ],
)
def test_what_is_no_finished_text_is_refused(tmp_path: Path, text: str) -> None:
    assert part(tmp_path, HEADER + 'msgid "app.z"\nmsgstr "Z"\n') == {"app.z": "Z"}
    with pytest.raises(CatalogueError, match=r"^de/app\.po:"):
        part(tmp_path, HEADER + text)


def test_a_catalogue_that_is_not_there_or_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError):
        read_part(tmp_path, "de", "app")
    part(tmp_path, HEADER)
    (tmp_path / "de" / "app.po").write_bytes(b"\xff")
    with pytest.raises(CatalogueError):
        read_part(tmp_path, "de", "app")


def test_places_are_filled_and_a_missing_one_is_ours_to_mend() -> None:
    texts = Texts("de", {"app.a": "{name} wartet"})
    assert texts("app.a", name="Wer") == "Wer wartet"
    for wrong in (lambda: texts("app.b"), lambda: texts("app.a", other="Wer")):
        with pytest.raises(CatalogueError):
            wrong()


def test_german_comes_first() -> None:
    assert languages(RESOURCES / "i18n")[0] == "de"


def test_a_tasks_texts_are_read_with_their_part_and_none_twice(tmp_path: Path) -> None:
    part(tmp_path, HEADER + 'msgid "app.a"\nmsgstr "A"\n')
    (tmp_path / "de" / "app.sheet.po").write_text(HEADER + 'msgid "app.sheet.a"\nmsgstr "B"\n', "utf-8")
    assert read_part(tmp_path, "de", "app") == {"app.a": "A", "app.sheet.a": "B"}
    (tmp_path / "de" / "app.zoo.po").write_text(HEADER + 'msgid "app.a"\nmsgstr "C"\n', "utf-8")
    with pytest.raises(CatalogueError, match=r"^de/app\.zoo\.po: 'app\.a'"):
        read_part(tmp_path, "de", "app")


def test_easier_texts_are_no_language_of_their_own_and_fall_back_on_it(tmp_path: Path) -> None:
    part(tmp_path, HEADER + 'msgid "app.a"\nmsgstr "schwierig"\n\nmsgid "app.b"\nmsgstr "B"\n')
    (tmp_path / "de-simple").mkdir()
    (tmp_path / "de-simple" / "app.po").write_text(HEADER + 'msgid "app.a"\nmsgstr "leicht"\n', "utf-8")
    assert (languages(tmp_path), plain(tmp_path)) == (["de"], ["de-simple"])
    assert read_plain(tmp_path, "de-simple", "app") == {"app.a": "leicht", "app.b": "B"}


def test_the_survey_has_easier_german_texts_throughout() -> None:
    folder = RESOURCES / "i18n"
    easier, usual = read_plain(folder, "de-simple", "page"), read_part(folder, "de", "page")
    assert easier.keys() == usual.keys()
    own = {key for key in usual if easier[key] != usual[key]}
    assert own
    assert all(key.startswith("page.survey.") for key in own)
    lines = [line for key in own for line in easier[key].split("\n")]
    assert max(len(line.split()) for line in lines) <= 12, "one short sentence in a line"
