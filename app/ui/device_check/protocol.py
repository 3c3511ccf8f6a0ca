"""What IT support gets of a check: on the clipboard, as PDF, as JSON. Imports Qt, `app.services` and `app.ui` only."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app.domain.check_result import CheckResult
from app.services.exchange.files import write_whole
from app.ui.announce import announce
from app.ui.appointment.saving import ask_where
from app.ui.appointment.work import Work
from app.ui.device_check.kit import CheckParts
from app.ui.device_check.model import CheckModel
from app.ui.parts import Folding, button, label

ROW_LETTERS = 70


class ProtocolRow(QWidget):
    """Three buttons, and what became of it. Nothing in a protocol names a person or a device."""

    def __init__(self, model: CheckModel, parts: CheckParts) -> None:
        super().__init__()
        self._model = model
        self._parts = parts
        self._work = Work(parts.tasks, parts.messages)
        self.destroyed.connect(self._work.close)
        texts = parts.texts
        self.copy = button(texts("app.wizard.protocol.copy"))
        self.pdf = button(texts("app.wizard.protocol.pdf"))
        self.json = button(texts("app.wizard.protocol.json"))
        self.said = label("", "good")
        self.said.hide()
        row = Folding(self, ROW_LETTERS)
        row.setContentsMargins(0, 6, 0, 0)
        row.setSpacing(8)
        for each in (self.copy, self.pdf, self.json, self.said):
            row.addWidget(each)
        row.addStretch(1)
        self.copy.clicked.connect(self._copy)
        self.pdf.clicked.connect(lambda: self._ask("pdf", parts.tools.protocols.pdf))
        self.json.clicked.connect(lambda: self._ask("json", parts.tools.protocols.json))

    def _copy(self) -> None:
        result = self._model.result()
        if result is not None:
            QGuiApplication.clipboard().setText(self._parts.tools.protocols.text(result))
            self._say(self._parts.texts("app.wizard.protocol.copied"))

    def _ask(self, kind: str, write: Callable[[CheckResult], bytes]) -> None:
        name = f"{self._parts.texts('app.wizard.protocol.file')}.{kind}"
        title = self._parts.texts("app.wizard.protocol.save")
        ask_where(self.window(), title, name, f"{kind.upper()} (*.{kind})", partial(self._save, write))

    def _save(self, write: Callable[[CheckResult], bytes], path: Path) -> None:
        result = self._model.result()
        if result is not None:
            save = partial(_written, write, result, path)
            self._work.do("protocol", save, lambda _none: self._say(self._parts.texts("app.wizard.protocol.saved")))

    def _say(self, text: str) -> None:
        self.said.setText(text)
        self.said.show()
        announce(self, text)


async def _written(write: Callable[[CheckResult], bytes], result: CheckResult, path: Path) -> None:
    """Raises BookError with a sentence."""
    await asyncio.to_thread(lambda: write_whole(path, write(result)))
