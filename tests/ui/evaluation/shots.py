"""Photographs the windows of the evaluation: `python -m tests.ui.evaluation.shots DIR [dark]`; QT_SCALE_FACTOR=2 for 200 %."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication, QDialog, QWidget

from app.paths import RESOURCES
from app.services.evaluation.site import SiteEvaluation
from app.services.evaluation.site_settings import EvaluationSettings
from app.services.fakes import ManualClock
from app.services.fakes.appointments import SampleBook
from app.services.fakes.link import FakeLink
from app.services.link_port import LinkTarget
from app.services.tasks import Tasks
from app.texts import Texts
from app.ui.appointment.parts import AppointmentParts
from app.ui.colours import DARK, LIGHT
from app.ui.evaluation.export import ExportDialog
from app.ui.evaluation.window import FiguresWindow
from app.ui.messages import Messages
from app.ui.quiet import Quiet
from app.ui.theme import Theme
from tests.support.evaluation import OFFICE_PUBLIC, site_key_file
from tests.ui.appointment.shots import NOW, put_up_a_screen
from tests.ui.appointment.support import settle, turn
from tests.ui.evaluation.support import AGENCY, HERE, counts


async def photograph_figures(application: QApplication, folder: Path, dark: bool) -> None:
    """Everything once."""
    scale = os.environ.get("QT_SCALE_FACTOR", "")
    suffix = f"{'-dark' if dark else ''}{f'-x{scale}' if scale else ''}"
    clock, texts = ManualClock(NOW), Texts.load(RESOURCES / "i18n", "de", "app")
    theme = Theme(application, RESOURCES, lambda _palette, _scheme, _contrast: DARK if dark else LIGHT)
    tasks = Tasks(lambda name, error: print(name, repr(error), file=sys.stderr))
    parts = AppointmentParts(SampleBook(clock), tasks, Messages(texts), texts, theme, Quiet(clock), ["de", "en"], clock)
    window = QWidget()
    window.setObjectName("window")
    window.show()
    key = folder / "jc-a.key"
    key.unlink(missing_ok=True)
    ready = EvaluationSettings(office_key=OFFICE_PUBLIC, site_key_file=str(site_key_file(folder)))
    key.unlink()

    def evaluation(target: LinkTarget = AGENCY, settings: EvaluationSettings = ready, invented: bool = False) -> SiteEvaluation:
        link = FakeLink()
        link.connect()
        of = SiteEvaluation(link, lambda: target, lambda: settings, "jc-a", clock, invented=invented)
        link.survey |= {quarter: counts(quarter, 150, number) for number, quarter in enumerate(of.quarters())}
        return of

    async def take(name: str, shown: QDialog, row: int = 0, tab: int = 0) -> None:
        shown.open()
        for _ in range(3):
            await settle(parts)
        if isinstance(shown, FiguresWindow):
            shown.list.setCurrentRow(row)
            shown.view.tabs.setCurrentIndex(tab)
        await asyncio.sleep(0.2)  # the drawing follows the width a moment later
        await settle(parts)
        shown.grab().save(str(folder / f"{name}{suffix}.png"))
        shown.reject()
        await turn()

    await take("figures", FiguresWindow(window, parts, evaluation(HERE, invented=True)))
    await take("figures-question", FiguresWindow(window, parts, evaluation(HERE, invented=True)), row=2)
    await take("figures-table", FiguresWindow(window, parts, evaluation(HERE, invented=True)), tab=1)
    await take("figures-hidden", FiguresWindow(window, parts, evaluation()), row=9)
    await take("figures-alone", FiguresWindow(window, parts, evaluation(HERE)))
    await take("figures-export-missing", ExportDialog(window, parts, evaluation(settings=EvaluationSettings())))
    await tasks.close()


if __name__ == "__main__":
    pictures = Path(sys.argv[1])
    pictures.mkdir(parents=True, exist_ok=True)
    put_up_a_screen(pictures)
    asyncio.run(photograph_figures(QApplication([]), pictures, "dark" in sys.argv[2:]))
