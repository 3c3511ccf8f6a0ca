"""The record of a check: JSON and paper say the same, in both languages, and nothing of a person or a device's name."""

from __future__ import annotations

import io
import json

import pytest
from pypdf import PdfReader

from app.domain.checks import Fault, Side
from app.media.ports import DeviceChoice
from app.paths import RESOURCES
from app.services.checks.check_list import CheckList, Length
from app.services.checks.record import CheckRecord
from app.services.checks.simulated import Simulation
from app.services.checks.wording import CheckWording
from app.services.papers.check import check_paper
from app.texts import Texts
from tests.support.checks import TABLE, no_time

AT = 1_779_000_000
NAMED = DeviceChoice("HD Webcam of Erika Muster", "serial-0815", "hw:1,0")


@pytest.fixture(params=["de", "en"])
def texts(request) -> Texts:
    return Texts.load(RESOURCES / "i18n", request.param, "app")


async def record(*faults: Fault) -> CheckRecord:
    simulation = Simulation(TABLE, pause=no_time)
    simulation.provoke(*faults)
    return CheckRecord(await CheckList(simulation.probes(), TABLE, NAMED, pause=no_time).run_all(), Length.FULL, AT)


async def test_as_json(texts) -> None:
    said = (await record(Fault.MIC_SILENT, Fault.CAMERA_DARK)).as_json(CheckWording(texts, TABLE))
    assert said["ok"] is False
    (found,) = [line for line in said["results"] if line["check"] == "microphone"]
    assert (found["outcome"], found["fault"]) == ("failed", "mic-silent")
    assert found["sentence"] == texts("app.fault.mic-silent.sentence")
    assert found["next_action"] == said["verdict"]["next_action"] == texts("app.fault.mic-silent.action")
    assert found["figures"]["peak_dbfs"] == -100.0
    assert (said["verdict"]["blame"], said["verdict"]["others"]) == ("our-device", ["camera-dark"])
    assert json.loads(json.dumps(said, allow_nan=False)) == said


async def test_as_json_of_what_is_well(texts) -> None:
    said = (await record()).as_json(CheckWording(texts, TABLE))
    assert said["ok"] is True
    assert said["verdict"]["fault"] is said["verdict"]["next_action"] is None
    assert all(line["next_action"] is None for line in said["results"])


async def test_on_paper(texts) -> None:
    wording = CheckWording(texts, TABLE)
    reader = PdfReader(io.BytesIO(check_paper((await record(Fault.MIC_SILENT)).as_paper(wording, texts))))
    catalogue = reader.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == texts.language
    assert b"pdfuaid" in catalogue["/Metadata"].get_data()
    words = " ".join(page.extract_text() for page in reader.pages).replace("\n", " ")
    for said in (
        texts("app.check.paper.title"),
        texts("app.check.blame.our-device"),
        texts("app.fault.mic-silent.sentence"),
        "peak_dbfs",
        "-100",
    ):
        assert said in words


async def test_neither_names_a_device(texts) -> None:
    wording, one = CheckWording(texts, TABLE), await record(Fault.MIC_SILENT)
    paper = one.as_paper(wording, texts)
    for name in (NAMED.camera, NAMED.microphone, NAMED.loudspeaker):
        assert name not in json.dumps(one.as_json(wording))
        assert name not in repr(paper)


@pytest.mark.parametrize("row", TABLE.rows, ids=lambda row: row.fault.value)
def test_every_fault_has_its_words_for_whom_it_concerns(texts, row) -> None:
    wording = CheckWording(texts, TABLE)
    assert wording.sentence(row.fault).endswith(".")
    assert wording.action(row.fault).endswith((".", "?", "“", "”"))
    if Side.CLIENT in row.provoked_by:
        assert wording.to_client(row.fault).endswith((".", "?"))
