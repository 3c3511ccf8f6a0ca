"""The texts of mails in a window: what goes out, what is refused and why, nothing fetched from anywhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QWidget

from app.paths import RESOURCES
from app.services.fakes.store_care import NotedStoreCare
from app.services.mail.template_folder import TemplateFolder
from app.services.mail.way import MailWay
from app.ui.appointment.signs import Sign
from app.ui.chores import Chores, ChoresParts
from app.ui.settings.mail_texts_view import MailHtml
from app.ui.settings.mail_texts_window import MailTextsWindow
from tests.ui.appointment.support import opened, press, says, settle, until
from tests.ui.support import find, names
from tests.ui.test_accessibility import nameless

GOOD = "Subject: Ihr Gespräch\n\nGuten Tag,\n\nIhr Link:\n\n{{ link }}\n"
NO_LINK = "Subject: Ihr Gespräch\n\nGuten Tag,\n"
BROKEN = "Subject: Ihr Gespräch\n\n{% if %}\n"


class Opened:
    """A desktop that shows folders, or has nothing to show them with."""

    def __init__(self) -> None:
        self.works = True
        self.folders: list[Path] = []

    def __call__(self, folder: Path) -> bool:
        self.folders.append(folder)
        return self.works


def write(folder: Path, name: str, text: str, language: str = "de") -> None:
    (folder / language).mkdir(parents=True, exist_ok=True)
    (folder / language / f"{name}.txt").write_text(text, "utf-8")


def choose(window: MailTextsWindow, name: str) -> None:
    rows = [row for row in range(window.list.count()) if window.list.item(row).text().startswith(name)]
    window.list.setCurrentRow(rows[0])


@pytest.fixture
def desktop() -> Opened:
    return Opened()


@pytest.fixture
def window_of(main: QWidget, parts, desktop: Opened):
    made: list[MailTextsWindow] = []

    async def made_of(folder: Path | None, renewed: list[int] | None = None) -> MailTextsWindow:
        def renew() -> None:
            if renewed is not None:
                renewed.append(1)

        of = TemplateFolder(RESOURCES / "mail", folder, "Beratung Köln", "0221 12 34 56", False, renew)
        window = MailTextsWindow(main, parts, of, desktop)
        made.append(window)
        window.open()
        await settle(parts)
        return window

    yield made_of
    for window in made:
        window.reject()


async def test_without_a_folder_the_programs_texts_are_shown(window_of, texts) -> None:
    window = await window_of(None)
    assert window.summary.told.text == texts("app.mailtexts.none")
    assert window.list.currentItem().text() == "Deutsch: Einladung"
    assert "Ihr Termin" in window.view.subject.text()
    assert "Beratung Köln" in window.view.html.toPlainText()
    assert "0221 12 34 56" in window.view.plain.toPlainText()
    choose(window, "Englisch: Einladung")
    assert "Tuesday, 1 December 2026" in window.view.plain.toPlainText()
    choose(window, "Deutsch: Kalendereintrag")
    assert not window.view.tabs.isTabVisible(0)
    choose(window, "Deutsch: Baustein: Wann")
    assert says(window, texts("app.mailtexts.said.part"))
    assert not find(window, texts("app.mailtexts.copy")).isEnabled()
    assert nameless(window) == []


async def test_the_menu_opens_it(main, parts, texts) -> None:
    of = TemplateFolder(RESOURCES / "mail", None, "Beratung", "", False, lambda: None)
    chores = Chores(main, parts, ChoresParts(lambda: pytest.fail("no feed"), NotedStoreCare(), MailWay, lambda: of))
    next(action for action in chores.menu.actions() if action.text() == texts("app.chores.mail-texts")).trigger()
    window = await opened(MailTextsWindow)
    await settle(parts)
    assert window.list.count() > 0
    window.reject()
    chores.close()


@pytest.mark.parametrize(("bad", "reason"), [(NO_LINK, "persönliche Link"), (BROKEN, "Zeile 3")])
async def test_what_is_refused_and_why_and_what_goes_out_instead(window_of, texts, tmp_path, bad, reason) -> None:
    write(tmp_path, "moved", bad)
    write(tmp_path, "invitation", GOOD)
    window = await window_of(tmp_path)
    assert window.summary.told.sign is Sign.BAD
    assert window.list.currentItem().text() == f"Deutsch: Verlegung\n{texts('app.mailtexts.standing.refused')}"
    assert reason in window.view.state.told.text
    assert texts("app.mailtexts.said.instead") in window.view.state.told.text
    assert "0221 12 34 56" in window.view.plain.toPlainText()
    choose(window, "Deutsch: Einladung")
    assert window.view.state.told.text == texts("app.mailtexts.said.held-back")
    assert "Ihr Link:" in window.view.plain.toPlainText()


async def test_mended_in_an_editor_it_holds_after_a_reload(window_of, texts, tmp_path) -> None:
    write(tmp_path, "invitation", NO_LINK)
    renewed: list[int] = []
    window = await window_of(tmp_path, renewed)
    write(tmp_path, "invitation", GOOD)
    press(window, texts("app.mailtexts.reload"))
    await until(lambda: window.summary.told.sign is Sign.GOOD)
    assert window.view.state.told.text == texts("app.mailtexts.said.agency")
    assert len(renewed) == 2


async def test_a_text_is_copied_once_and_never_over_another(window_of, texts, tmp_path, parts) -> None:
    folder = tmp_path / "texte"
    window = await window_of(folder)
    assert window.summary.told.text == texts("app.mailtexts.no-folder", folder=str(folder))
    choose(window, "Deutsch: Absage")
    press(window, texts("app.mailtexts.copy"))
    await until(lambda: window.said.told.sign is Sign.GOOD)
    await settle(parts)
    copied = folder / "de" / "cancelled.txt"
    assert copied.read_bytes() == (RESOURCES / "mail/de/cancelled.txt").read_bytes()
    assert window.list.currentItem().text().startswith("Deutsch: Absage\n")
    assert not find(window, texts("app.mailtexts.copy")).isEnabled()
    choose(window, "Deutsch: Einladung")
    write(folder, "invitation", GOOD)
    press(window, texts("app.mailtexts.copy"))
    await until(lambda: window.said.told.sign is Sign.BAD)
    assert (folder / "de" / "invitation.txt").read_text("utf-8") == GOOD


async def test_the_folder_is_opened_in_the_desktop_or_its_path_is_said(window_of, texts, tmp_path, desktop) -> None:
    window = await window_of(tmp_path)
    press(window, texts("app.mailtexts.open"))
    desktop.works = False
    press(window, texts("app.mailtexts.open"))
    assert desktop.folders == [tmp_path, tmp_path]
    assert window.said.told.text == texts("app.mailtexts.not-opened", folder=str(tmp_path))


async def test_another_folder_is_only_looked_at(window_of, texts, tmp_path, parts) -> None:
    write(tmp_path / "other", "invitation", NO_LINK)
    write(tmp_path / "other", "einladung", GOOD)
    renewed: list[int] = []
    window = await window_of(None, renewed)
    window.look_at(tmp_path / "other")
    await settle(parts)
    assert window.summary.told.text == texts("app.mailtexts.only-looked-at", folder=str(tmp_path / "other"), count=2)
    assert any(texts("app.mailtexts.kind.unknown", name="einladung") in name for name in names(window))
    assert renewed == []


def test_html_of_a_mail_fetches_nothing(qtbot) -> None:
    shown = MailHtml("Mail")
    qtbot.addWidget(shown)
    asked: list[str] = []

    class Noting(MailHtml):
        def loadResource(self, kind: int, name: QUrl | str) -> object:
            asked.append(QUrl(name).toString())
            return super().loadResource(kind, name)

    noting = Noting("Mail")
    qtbot.addWidget(noting)
    noting.setHtml('<img src="file:///etc/hostname"><img src="http://127.0.0.1:1/x.png"><a href="file:///etc/passwd">x</a>')
    noting.show()
    noting.document().adjustSize()
    noting.grab()
    assert "http://127.0.0.1:1/x.png" in asked
    assert shown.loadResource(QTextDocument.ResourceType.ImageResource, QUrl("file:///etc/hostname")) is None
    assert not noting.openLinks()
    assert "root" not in noting.toPlainText()
