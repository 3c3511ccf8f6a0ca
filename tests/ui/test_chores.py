"""The menu of what is done now and then: every entry opens its window, and a backup to go back to is passed on."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox, QWidget

from app.paths import RESOURCES
from app.services.exchange.feed_file import CalendarFeed
from app.services.exchange.feed_settings import FeedSettings
from app.services.fakes.appointments import SampleBook
from app.services.fakes.store_care import NotedStoreCare
from app.services.fakes.tasks import TasksAtOnce
from app.services.mail.template_folder import TemplateFolder
from app.services.mail.way import MailWay
from app.ui.appointment.parts import AppointmentParts
from app.ui.chores import Chores, ChoresParts
from app.ui.exchange.feed import FeedDialog
from app.ui.messages import Messages
from app.ui.quiet import Quiet
from app.ui.settings.mail_window import MailWindow
from tests.ui.support import dialog


@pytest.fixture
def chores(qtbot, texts, theme, clock):
    tasks = TasksAtOnce(lambda name, error: pytest.fail(f"{name}: {error!r}"))
    book, main = SampleBook(clock), QWidget()
    qtbot.addWidget(main)
    main.show()
    parts = AppointmentParts(book, tasks, Messages(texts), texts, theme, Quiet(clock), ["de"], clock)

    def mail_texts() -> TemplateFolder:
        return TemplateFolder(RESOURCES / "mail", None, "Beratung", "", False, lambda: None)

    trained: list[None] = []
    feed = CalendarFeed(book, clock, tasks, texts, FeedSettings(), lambda _settings: None)
    made = Chores(main, parts, ChoresParts(lambda: feed, NotedStoreCare(), MailWay, mail_texts, train=lambda: trained.append(None)))
    made.trained = trained
    yield made
    made.close()


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("app.chores.take-over", QFileDialog),
        ("app.chores.feed", FeedDialog),
        ("app.chores.table", QDialog),
        ("app.chores.back-up", QFileDialog),
        ("app.chores.restore", QFileDialog),
        ("app.chores.recovery-key", QMessageBox),
        ("app.chores.mail", MailWindow),
    ],
)
def test_every_entry_opens_its_window(qtbot, chores, texts, key, kind) -> None:
    action = next(action for action in chores.menu.actions() if action.text() == texts(key))
    action.trigger()
    qtbot.waitUntil(lambda: dialog(kind) is not None)
    shown = dialog(kind)
    assert shown is not None
    shown.close()
    qtbot.wait(0)


def test_a_backup_to_go_back_to_is_passed_on(qtbot, chores, texts, tmp_path) -> None:
    wanted: list[Path] = []
    chores.restore_wanted.connect(wanted.append)
    next(action for action in chores.menu.actions() if action.text() == texts("app.chores.restore")).trigger()
    shown = dialog(QFileDialog)
    assert shown is not None
    shown.fileSelected.emit(str(tmp_path / "x.vbsicherung"))
    assert wanted == [tmp_path / "x.vbsicherung"]
    shown.close()
    qtbot.wait(0)


def test_without_a_team_the_menu_offers_none(chores, texts) -> None:
    assert texts("app.chores.stand-in") not in {action.text() for action in chores.menu.actions()}


def test_training_is_started_from_the_menu(chores, texts) -> None:
    next(action for action in chores.menu.actions() if action.text() == texts("app.training.menu")).trigger()
    assert len(chores.trained) == 1
