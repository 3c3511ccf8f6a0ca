"""The export of a site: what the server counted, joined, signed and sealed, and a sentence for everything that is in the way."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from app.domain.evaluation import Source
from app.domain.survey import Spoken, Variant
from app.domain.survey_counts import AboutCounts, CellCounts, SurveyCounts
from app.services.appointments.ports import BookError
from app.services.control_connection import LinkLost
from app.services.evaluation.site import SiteEvaluation
from app.services.evaluation.site_settings import EvaluationSettings, prescribed
from app.services.fakes.clock import ManualClock
from app.services.fakes.link import FakeLink
from app.services.link_port import LinkTarget
from tests.support.evaluation import NEWEST, OFFICE_PUBLIC, TODAY, reader, sheets_of, site_key_file

HERE = LinkTarget("ws://127.0.0.1:1/ws/control", "k" * 43, here=True)
AGENCY = LinkTarget("wss://beratung.example.org/ws/control", "s" * 43)
QUARTER = "2026-Q2"


def counts(quarter: str = QUARTER) -> SurveyCounts:
    sheets = sheets_of({"again": {"yes": 12}})
    cell = CellCounts(NEWEST.version, Spoken.GERMAN, Variant.HELD, sheets.sheets, sheets.answers)
    about = AboutCounts(NEWEST.version, {"children": {"yes": 2, "none": 10}})
    return SurveyCounts("jobcenter", quarter, (cell,), (about,), {"asked": {"agreed": 20, "declined.privacy": 1}})


@pytest.fixture
def link() -> FakeLink:
    made = FakeLink()
    made.connect()
    made.survey[QUARTER] = counts()
    return made


@pytest.fixture
def settings(tmp_path: Path) -> EvaluationSettings:
    return EvaluationSettings(office_key=OFFICE_PUBLIC, site_key_file=str(site_key_file(tmp_path)), site="jc-a")


def site(link: FakeLink, settings: EvaluationSettings, target: LinkTarget | None = AGENCY, invented: bool = False) -> SiteEvaluation:
    return SiteEvaluation(link, lambda: target, lambda: settings, "jobcenter", ManualClock(), invented=invented)


async def test_the_head_office_reads_what_the_server_counted(tmp_path: Path, link: FakeLink, settings: EvaluationSettings) -> None:
    file = await site(link, settings).export(QUARTER, tmp_path)
    export = reader().read(file.read_bytes(), TODAY)
    [quarter] = export.quarters
    assert (export.site, export.source, export.invented, quarter.quarter) == ("jc-a", Source.SERVER, False, QUARTER)
    assert quarter.cells[0].answers["again"] == {"yes": 12, "none": 0}
    assert quarter.about[0].statements == {"children": {"yes": 2, "none": 10}}
    assert quarter.take_up == {"asked": {"agreed": 20, "declined.privacy": 1}}


async def test_all_programs_of_one_server_are_one_source(tmp_path: Path, link: FakeLink, settings: EvaluationSettings) -> None:
    files = [await site(link, settings, target).export(QUARTER, tmp_path) for target in (AGENCY, AGENCY, HERE)]
    first, second, own = (reader().read(file.read_bytes(), TODAY) for file in files)
    assert files[0] == files[1] != files[2]
    assert first.source_id == second.source_id != own.source_id
    assert own.source is Source.WORKSTATION


async def test_a_demonstration_never_mixes_with_real_ones(tmp_path: Path, link: FakeLink, settings: EvaluationSettings) -> None:
    file = await site(link, settings, invented=True).export(QUARTER, tmp_path)
    assert reader().read(file.read_bytes(), TODAY).invented


async def test_quarters_on_offer_are_those_of_which_nothing_arrives_any_more(link: FakeLink, settings: EvaluationSettings) -> None:
    assert list(site(link, settings).quarters()) == ["2026-Q2", "2026-Q1", "2025-Q4", "2025-Q3"]


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"office_key": ""}, "app.takeup.export.no-office"),
        ({"office_key": "abc"}, "app.takeup.export.bad-office"),
        ({"site_key_file": ""}, "app.takeup.export.no-site-key"),
        ({"site_key_file": "/nowhere/site.key"}, "app.takeup.export.bad-site-key"),
    ],
)
async def test_what_it_has_to_set_up_first_is_said(link: FakeLink, settings: EvaluationSettings, change: dict[str, str], key: str) -> None:
    with pytest.raises(BookError) as refused:
        await site(link, msgspec.structs.replace(settings, **change)).check()
    assert refused.value.key == key


async def test_trouble_with_the_server_leaves_no_file(tmp_path: Path, link: FakeLink, settings: EvaluationSettings) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    link.survey["2026-Q1"] = SurveyCounts("jobcenter", "2026-Q1", (), ())
    for quarter, key in (("2026-Q3", "app.takeup.open"), ("2026-Q1", "app.takeup.export.empty")):
        with pytest.raises(BookError) as refused:
            await site(link, settings).export(quarter, folder)
        assert refused.value.key == key
    with pytest.raises(BookError) as refused:
        await site(link, settings, target=None).export(QUARTER, folder)
    assert refused.value.key == "app.takeup.no-server"
    assert list(folder.iterdir()) == []


async def test_a_lost_link_is_said(link: FakeLink, settings: EvaluationSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    async def lost(_: str) -> SurveyCounts:
        raise LinkLost

    monkeypatch.setattr(link, "survey_counts", lost)
    with pytest.raises(BookError) as refused:
        await site(link, settings).counted(QUARTER)
    assert refused.value.key == "app.takeup.no-server"


def test_the_policy_stands_above_the_settings_and_never_below_the_floor() -> None:
    own = EvaluationSettings(office_key="own", least=3)
    assert prescribed(own, {}) == own
    assert own.smallest == 5
    assert prescribed(own, {"evaluation": {"office_key": "it"}}) == EvaluationSettings(office_key="it", least=3)
    assert prescribed(None, {"evaluation": '{"least": 20}'}).smallest == 20
    for broken in ("{", "[]", {"unknown": 1}, {"least": "x"}):
        with pytest.raises(BookError):
            prescribed(own, {"evaluation": broken})
