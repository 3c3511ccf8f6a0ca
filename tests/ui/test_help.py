"""The help leads to the handbooks, and says what to do where there are none."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget

from app.paths import first_page
from app.ui.help import HelpDialog
from app.ui.shortcuts import MAIN_WINDOW


class Opened:
    """The dialog, and what it opened."""

    def __init__(self, qtbot, texts, page: Path | None, *, browser: bool = True) -> None:
        self.parent = QWidget()
        qtbot.addWidget(self.parent)
        self.pages: list[Path] = []

        def show(page: Path) -> bool:
            self.pages.append(page)
            return browser

        self.dialog = HelpDialog(self.parent, texts, MAIN_WINDOW, lambda: page, show)
        self.dialog.open()
        self.dialog.books.click()


def test_the_first_page_opens_and_nothing_more_is_said(qtbot, texts, tmp_path) -> None:
    opened = Opened(qtbot, texts, tmp_path / "index.html")
    assert opened.pages == [tmp_path / "index.html"]
    assert not opened.dialog.said.isVisible()


def test_in_a_checkout_without_pages_a_sentence_says_how_to_get_them(qtbot, texts) -> None:
    opened = Opened(qtbot, texts, None)
    assert opened.pages == []
    assert opened.dialog.said.isVisible()
    assert opened.dialog.said.text() == texts("app.help.books.none")
    assert "make handbook" in opened.dialog.said.text()


def test_without_a_browser_the_place_is_told(qtbot, texts, tmp_path) -> None:
    opened = Opened(qtbot, texts, tmp_path / "index.html", browser=False)
    assert str(tmp_path / "index.html") in opened.dialog.said.text()


@pytest.mark.parametrize("made", [(), ("built",), ("packed",), ("packed", "built")])
def test_packed_pages_go_before_built_ones(tmp_path, made) -> None:
    for name in made:
        page = tmp_path / name / "handbook/index.html"
        page.parent.mkdir(parents=True)
        page.write_text("x", "utf-8")
    found = first_page((tmp_path / "packed", tmp_path / "built"))
    assert found == (tmp_path / made[0] / "handbook/index.html" if made else None)
