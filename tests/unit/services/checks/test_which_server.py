"""What a check of the network says depends on the server to which the way was measured."""

from __future__ import annotations

import msgspec
import pytest

from app.domain.checks import FaultTable, Part
from app.paths import RESOURCES
from app.services.agency.choice import AgencyChoice
from app.services.checks.which_server import WhichServer, which_server
from app.services.checks.wording import CheckWording
from app.services.fakes.agency import sample_agency
from app.services.profile import Settings
from app.texts import Texts

TABLE = FaultTable.parse((RESOURCES / "web" / "faults.json").read_bytes())


@pytest.mark.parametrize(
    ("public_url", "choice", "which"),
    [
        ("", AgencyChoice(), WhichServer.HERE),
        ("https://own.example", AgencyChoice(), WhichServer.OWN),
        ("https://video.jobcenter.example", AgencyChoice(sample_agency()), WhichServer.AGENCY),
        ("https://video.jobcenter.example", AgencyChoice(None, sample_agency().url), WhichServer.NOT_ENROLLED),
    ],
)
def test_it_is_the_one_that_the_program_works_with(public_url: str, choice: AgencyChoice, which: WhichServer) -> None:
    assert which_server(msgspec.structs.replace(Settings(), public_url=public_url), choice) is which


@pytest.mark.parametrize("language", ["de", "en"])
def test_each_has_a_sentence_of_its_own_where_all_is_well(language: str) -> None:
    texts = Texts.load(RESOURCES / "i18n", language, "app")
    said = {CheckWording(texts, TABLE, which).all_well(Part.NETWORK) for which in WhichServer}
    assert len(said) == len(WhichServer)
    assert all(sentence.endswith(".") for sentence in said)
    assert len({CheckWording(texts, TABLE, which).all_well(Part.CAMERA) for which in WhichServer}) == 1
