"""Asks where a file is to go and writes it beside the window. Imports Qt and `app.ui` only."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFileDialog, QWidget

from app.services.appointments.ports import BookError
from app.texts import Texts


def ask_where(parent: QWidget, title: str, name: str, kind: str, chosen: Callable[[Path], object]) -> None:
    """Open the system's dialog; `name` is proposed (it names nobody), `kind` is its filter, for instance `PDF (*.pdf)`."""
    dialog = QFileDialog(parent, title)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilter(kind)
    dialog.setDefaultSuffix(Path(name).suffix.lstrip("."))
    dialog.selectFile(name)
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


async def written(path: Path, content: Coroutine[Any, Any, bytes], texts: Texts) -> Path:
    """Write it there, on a thread: the folder may be far away. Raises BookError with a sentence if it cannot be written."""
    data = await content
    try:
        await asyncio.to_thread(path.write_bytes, data)
    except OSError as error:
        raise BookError("app.letter.not-written", reason=error.strerror or texts("app.letter.not-written.unknown")) from error
    return path
