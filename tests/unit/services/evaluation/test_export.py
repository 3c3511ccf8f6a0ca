"""An export is read by the head office only, believed of a known site only, and refused with a stable reason otherwise."""

from __future__ import annotations

import os
from datetime import date

import msgspec
import pytest

from app.domain.evaluation import Source
from app.domain.secrets import new_id
from app.services.evaluation import export as module
from app.services.evaluation.export import ExportError, ExportReader, ExportWriter, Reason
from app.services.evaluation.folder import public_of
from app.services.keys import WorkstationKey
from tests.support.evaluation import KEYS, MADE_ON, OFFICE, OFFICE_PUBLIC, QUESTIONNAIRES, SITES, TODAY, counted, export, reader, writer


def refused(data: bytes, today: date = TODAY, by: ExportReader | None = None) -> Reason:
    with pytest.raises(ExportError) as caught:
        (by or reader()).read(data, today)
    return caught.value.reason


def written(content: dict[str, object], site: str = "jc-a") -> bytes:
    """Signed and sealed as it should be, whatever it says."""
    one = writer(site)
    sealed = module.seal(one._keys, [one._office], module._PLACE, msgspec.json.encode(content))
    return module._BEGIN + sealed


def content(**changed: object) -> dict[str, object]:
    return msgspec.to_builtins(export("jc-a", [counted()])) | changed


def test_what_was_written_is_read() -> None:
    quarter = counted()
    data = writer().write([quarter], MADE_ON)
    read = reader().read(data, TODAY)
    assert (read.site, read.quarters, read.made_on) == ("jc-a", [quarter], MADE_ON)


def test_nobody_else_reads_a_word() -> None:
    data = writer().write([counted()], MADE_ON)
    assert not any(word in data for word in (b"joining", b"jc-a", b"2026-Q3"))


@pytest.mark.parametrize("length", [0, 5, 23, 24, 400, -1])
def test_a_cut_off_file_is_refused(length) -> None:
    assert refused(writer().write([counted()], MADE_ON)[:length]) is Reason.ALTERED


def test_every_changed_byte_is_found() -> None:
    data = writer().write([counted()], MADE_ON)
    for place in range(0, len(data), 97):
        reason = refused(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        assert reason in (Reason.ALTERED, Reason.UNKNOWN_SITE, Reason.WRONG_KEY)


def test_a_file_that_is_too_long_is_no_export() -> None:
    assert refused(writer().write([counted()], MADE_ON) + bytes(module.MOST_BYTES)) is Reason.ALTERED


def test_another_head_office_cannot_open_it() -> None:
    assert refused(writer(office=public_of(os.urandom(32))).write([counted()], MADE_ON)) is Reason.WRONG_KEY


def test_an_unknown_key_is_no_site() -> None:
    stranger = ExportWriter("jc-a", WorkstationKey(os.urandom(32)), Source.SERVER, new_id(), OFFICE_PUBLIC)
    assert refused(stranger.write([counted()], MADE_ON)) is Reason.UNKNOWN_SITE


def test_no_site_speaks_for_another() -> None:
    assert refused(written(content(), "jc-b")) is Reason.UNKNOWN_SITE
    imposter = ExportWriter("jc-a", KEYS["jc-b"], Source.SERVER, new_id(), OFFICE_PUBLIC)
    assert refused(imposter.write([counted()], MADE_ON)) is Reason.UNKNOWN_SITE


def test_a_later_schema_is_told_apart_from_a_broken_one() -> None:
    assert refused(written({"schema": 2, "whatever": "it says"})) is Reason.OTHER_SCHEMA
    assert refused(written({"schema": "1"})) is Reason.COUNTS
    assert refused(written(content(more="than it may"))) is Reason.COUNTS


def test_another_questionnaire_is_said() -> None:
    by = ExportReader(OFFICE, SITES, {"2031-1": QUESTIONNAIRES["2026-1"]})
    assert refused(writer().write([counted()], MADE_ON), by=by) is Reason.QUESTIONNAIRE


@pytest.mark.parametrize(
    "spoil",
    [
        lambda q: q["cells"][0]["answers"]["joining"].update(easy=9999),
        lambda q: q["cells"][0]["answers"]["joining"].update(easy=-1),
        lambda q: q["cells"][0]["answers"]["joining"].update({"of-nobody": 0}),
        lambda q: q["cells"][0]["answers"].pop("joining"),
        lambda q: q["cells"][0]["answers"].update({"failed-at": {"link": 1}}),
        lambda q: q["cells"].append(q["cells"][0]),
        lambda q: q["about"].append(q["about"][0]),
        lambda q: q["take_up"].update(counsellors={"frau-meier": 3}),
        lambda q: q["take_up"]["asked"].update({"x" * 10_000: 1}),
        lambda q: q.update(quarter="2026-Q5"),
    ],
)
def test_counts_that_cannot_be_are_refused(spoil) -> None:
    quarter = msgspec.to_builtins(counted())
    spoil(quarter)
    assert refused(written(content(quarters=[quarter]))) is Reason.COUNTS


@pytest.mark.parametrize("quarters", [[], [counted()] * 2, [counted("2026-Q2"), counted("2026-Q1")], [counted()] * 5])
def test_a_period_has_its_quarters_once_and_in_order(quarters) -> None:
    assert refused(written(content(quarters=msgspec.to_builtins(quarters)))) is Reason.COUNTS


def test_a_quarter_that_is_not_over_is_neither_written_nor_read() -> None:
    with pytest.raises(ExportError, match="open-period"):
        writer().write([counted("2026-Q4")], MADE_ON)
    assert refused(written(content(quarters=msgspec.to_builtins([counted("2026-Q4")])))) is Reason.OPEN_PERIOD


def test_a_clock_that_is_a_year_wrong_is_said() -> None:
    data = writer().write([counted()], MADE_ON)
    assert refused(data, today=date(2025, 11, 2)) is Reason.CLOCK, "ours"
    ahead = writer().write([counted()], date(2027, 10, 5))
    assert refused(ahead) is Reason.CLOCK, "the site's"
    with pytest.raises(ExportError, match="open-period"):
        writer().write([counted()], date(2025, 10, 5))
