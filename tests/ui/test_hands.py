"""The demonstration's hands: real input to what can be seen, and a clear refusal where a person could not do it either."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QListWidget, QMessageBox, QPushButton, QVBoxLayout, QWidget

from app.demo.hands import Hands, NotOnScreen, beginning, named
from app.ui import qt_loop


class Window(QWidget):
    """A little of everything."""

    def __init__(self) -> None:
        super().__init__()
        self.clicked: list[str] = []
        column = QVBoxLayout(self)
        for name, enabled, shown in (("Go", True, True), ("Off", False, True), ("Hidden", True, False)):
            button = QPushButton(name)
            button.setEnabled(enabled)
            column.addWidget(button)
            button.setVisible(shown)
            button.clicked.connect(lambda _on, name=name: self.clicked.append(name))
        self.field = QLineEdit()
        self.field.setAccessibleName("Field")
        self.list = QListWidget()
        self.list.addItems(["first row", "second row"])
        self.asking = QPushButton("Ask")
        self.asking.clicked.connect(self._ask)
        for widget in (self.field, self.list, self.asking):
            column.addWidget(widget)
        self.resize(400, 400)

    def _ask(self) -> None:
        """A dialog with a loop of its own, the worst case for input sent from a coroutine."""
        box = QMessageBox(QMessageBox.Icon.Question, "Question", "Really?", QMessageBox.StandardButton.Yes, self)
        box.exec()
        self.clicked.append("answered")


@pytest.fixture
def window(qtbot) -> Iterator[Window]:
    made = Window()
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    yield made
    made.close()
    made.deleteLater()
    qtbot.wait(0)


def act(qapp: QApplication, do: Callable[[], Awaitable[None]]) -> None:
    """Run a coroutine on Qt's own loop."""

    async def main() -> int:
        await do()
        return 0

    assert qt_loop.run(qapp, main) == 0


def test_clicks_and_types_where_a_person_would(qapp: QApplication, window: Window) -> None:
    hands = Hands()

    async def do() -> None:
        await hands.click(named("Go"), "Go")
        await hands.click(named("Field"), "Field")
        await hands.type("Beratung 1")
        await hands.press(Qt.Key.Key_Backspace)
        await hands.click(beginning("second"), "the second row")

    act(qapp, do)
    assert window.clicked == ["Go"]
    assert window.field.text() == "Beratung "
    assert window.list.currentRow() == 1


@pytest.mark.parametrize(("name", "why"), [("Off", "disabled"), ("Hidden", "not on the screen"), ("Nowhere", "there is: .*Go")])
def test_what_cannot_be_used_is_refused(qapp: QApplication, window: Window, name: str, why: str) -> None:
    async def do() -> None:
        with pytest.raises(NotOnScreen, match=why):
            await Hands().click(named(name), name, seconds=0.1)
        with pytest.raises(NotOnScreen, match="still on the screen"):
            await Hands().wait_gone(named("Go"), "Go", seconds=0.1)

    act(qapp, do)
    assert not window.clicked


def test_a_dialog_with_its_own_loop_can_be_answered(qapp: QApplication, window: Window) -> None:
    hands = Hands()

    async def do() -> None:
        await hands.click(named("Ask"), "Ask")
        await hands.click(lambda name: name.replace("&", "") in ("Yes", "Ja"), "yes")
        await hands.wait_gone(named("Really?"), "the question")

    act(qapp, do)
    assert window.clicked == ["answered"]


def test_photographs_the_active_window(qapp: QApplication, window: Window) -> None:
    picture = Hands().shoot()
    assert (picture.width(), picture.height()) == (window.width(), window.height())
    assert len({picture.pixel(x, y) for x in range(0, 400, 7) for y in range(0, 400, 7)}) > 3
