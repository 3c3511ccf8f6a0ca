"""The export's dialog: it says what IT has to set up, asks for quarter and folder, and says where the file lies."""

from __future__ import annotations

from pathlib import Path

import msgspec

from app.services.evaluation.site import SiteEvaluation
from app.services.evaluation.site_settings import EvaluationSettings
from app.services.fakes.link import FakeLink
from app.ui.evaluation.export import ExportDialog, show_export
from tests.support.evaluation import OFFICE_PUBLIC, site_key_file
from tests.ui.appointment.support import settle
from tests.ui.evaluation.support import AGENCY, counts
from tests.ui.support import dialog, names


def evaluation(parts, settings: EvaluationSettings, *quarters: str) -> SiteEvaluation:
    link = FakeLink()
    link.connect()
    for quarter in quarters:
        link.survey[quarter] = counts(quarter)
    return SiteEvaluation(link, lambda: AGENCY, lambda: settings, "jc-a", parts.clock)


def written(folder: Path) -> list[Path]:
    return list(folder.glob("*.vbx"))


async def test_the_chosen_quarter_lies_in_the_folder(parts, main, tmp_path: Path) -> None:
    settings = EvaluationSettings(office_key=OFFICE_PUBLIC, site_key_file=str(site_key_file(tmp_path)))
    of = evaluation(parts, settings)
    newest = of.quarters()[1]
    of = evaluation(parts, settings, newest)
    show_export(main, parts, of)
    shown = dialog(ExportDialog)
    await settle(parts)
    assert shown.save.isEnabled()
    shown.write_into(tmp_path)
    await settle(parts)
    assert "Der Server wird" not in shown.said.text()
    assert "nicht abgeschlossen" in shown.said.text()  # of the first quarter nothing is told
    shown.quarter.setCurrentIndex(1)
    shown.write_into(tmp_path)
    await settle(parts)
    [file] = written(tmp_path)
    assert newest in file.name
    assert dialog(ExportDialog) is None


async def test_what_it_has_to_set_up_is_said_and_nothing_can_be_written(parts, main) -> None:
    show_export(main, parts, evaluation(parts, msgspec.structs.replace(EvaluationSettings(), office_key="")))
    await settle(parts)
    shown = dialog(ExportDialog)
    assert "evaluation.office_key" in shown.said.text()
    assert not shown.save.isEnabled()
    assert parts.texts("app.takeup.quarter") in names(shown)
    shown.reject()
