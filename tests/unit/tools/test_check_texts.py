"""The check of the catalogues finds each kind of gap between German, the other languages and the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.check_texts import check

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'


def catalogue(root: Path, language: str, part: str, **texts: str) -> None:
    path = root / f"resources/i18n/{language}/{part}.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    entries = (f'msgid "{part}.{key}"\nmsgstr "{text}"\n' for key, text in texts.items())
    path.write_text(HEAD + "\n".join(entries), "utf-8")


def source(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A tree in which everything fits."""
    catalogue(tmp_path, "de", "app", title="Videoberatung", hello="Guten Tag, {name}.")
    catalogue(tmp_path, "en", "app", title="Counselling by video", hello="Hello, {name}.")
    catalogue(tmp_path, "de", "page", join="Beitreten", lost="Verbindung weg.")
    catalogue(tmp_path, "en", "page", join="Join", lost="Connection lost.")
    source(tmp_path, "app/ui/window.py", 'texts("app.title")\ntexts(f"app.he{what}")\nlogger = "app.ui.window"\n')
    source(tmp_path, "resources/web/page.js", "t('page.join'); t(`page.lo${rest}`);")
    source(tmp_path, "resources/web/words.js", "/** Says `page.words.STATE`. */")
    source(tmp_path, "resources/web/index.html", '<p data-text="page.join"></p>')
    return tmp_path


def test_a_good_tree_passes(root: Path) -> None:
    assert check(root) == []


def test_a_text_missing_in_a_language_is_found(root: Path) -> None:
    catalogue(root, "en", "page", join="Join")
    assert check(root) == ["en: page.lost is missing"]


def test_a_text_that_german_has_not_is_found(root: Path) -> None:
    catalogue(root, "en", "page", join="Join", lost="Connection lost.", more="More")
    assert check(root) == ["en: page.more is not in de"]


def test_a_part_missing_in_a_language_is_found(root: Path) -> None:
    (root / "resources/i18n/en/page.po").unlink()
    assert "no catalogue 'page' for language 'en'" in check(root)


def test_easier_texts_have_every_key_of_their_file_and_no_other(root: Path) -> None:
    catalogue(root, "de-simple", "page", join="Kommen", lost="Weg.")
    assert check(root) == []
    catalogue(root, "de-simple", "page", join="Kommen, {name}", more="Mehr")
    assert check(root) == [
        "de-simple/page.po: page.lost is in one only",
        "de-simple/page.po: page.more is in one only",
        "de-simple: page.join has other places in braces",
    ]


def test_an_empty_text_is_found(root: Path) -> None:
    catalogue(root, "en", "page", join="", lost="Connection lost.")
    assert "en/page.po: 'page.join' has no finished text" in check(root)


def test_other_places_in_braces_are_found(root: Path) -> None:
    catalogue(root, "en", "app", title="Counselling by video", hello="Hello, {nane}.")
    assert check(root) == ["en: app.hello has other places in braces than de"]


def test_a_broken_brace_is_found(root: Path) -> None:
    catalogue(root, "en", "app", title="Counselling by video", hello="Hello, {name.")
    (problem,) = check(root)
    assert problem.startswith("en: app.hello: ")


def test_a_key_of_another_part_is_found(root: Path) -> None:
    path = root / "resources/i18n/de/app.po"
    path.write_text(path.read_text("utf-8").replace("app.title", "page.title"), "utf-8")
    assert "de/app.po: page.title does not begin with app." in check(root)


def test_a_key_in_no_catalogue_is_found(root: Path) -> None:
    source(root, "resources/web/more.js", 't("page.jion")')
    assert check(root) == ["resources/web/more.js: page.jion is in no catalogue"]


def test_a_beginning_without_any_key_is_found(root: Path) -> None:
    source(root, "app/ui/more.py", 'texts("app.refused." + code)')
    assert check(root) == ["app/ui/more.py: no key begins with app.refused."]


def test_a_beginning_that_stands_for_a_whole_part_is_found(root: Path) -> None:
    source(root, "resources/web/more.js", "t(`page.${anything}`)")
    assert check(root) == ["resources/web/more.js: page. begins too many keys"]


def test_a_text_that_nothing_uses_is_found(root: Path) -> None:
    source(root, "resources/web/page.js", "t('page.join');")
    assert check(root) == ["de: nothing uses page.lost"]


def test_a_tasks_file_holds_the_tasks_keys_only(root: Path) -> None:
    for language in ("de", "en"):
        catalogue(root, language, "app.sheet", call="Anrufen")
    source(root, "app/ui/sheet.py", 'texts("app.sheet.call")')
    assert check(root) == []
    path = root / "resources/i18n/de/app.sheet.po"
    path.write_text(path.read_text("utf-8").replace("app.sheet.call", "app.title"), "utf-8")
    problems = check(root)
    assert "de/app.sheet.po: app.title does not begin with app.sheet." in problems
    assert "de/app.sheet.po: app.title stands in another file already" in problems
