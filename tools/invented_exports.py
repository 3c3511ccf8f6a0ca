"""Writes invented exports for demonstrations and tests: `python -m tools.invented_exports [FOLDER]`, by default tests/data/exports.

Sites, counts and keys are made up, and every file says so. Some exports are spoilt on purpose: altered, sent twice, overlapping, signed
by a key that nobody knows. The numbers are the same in every run; ids and ciphertexts are not.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import msgspec

from app.domain.evaluation import TAKE_UP, Source
from app.domain.secrets import b64url, new_id
from app.domain.survey import NO_ANSWER, Questionnaire, Spoken, Variant
from app.evaluation import questionnaires
from app.services.evaluation.export import SUFFIX, ExportWriter
from app.services.evaluation.folder import public_of
from app.services.evaluation.schema import About, Counted, KeyFile, Sheets, Site, SiteList, Table
from app.services.keys import WorkstationKey

FOLDER = Path(__file__).resolve().parent.parent / "tests/data/exports"
MADE_ON = date(2026, 7, 6)
QUARTERS = ("2026-Q1", "2026-Q2")
NOTE = "Erfunden: nur für Vorführung und Tests, nie für echte Zahlen."
SITES = {
    "jc-ahornberg": ("Jobcenter Ahornberg", 240),
    "jc-birkenau-nord": ("Jobcenter Birkenau-Nord", 130),
    "jc-eschenfeld": ("Jobcenter Eschenfeld", 90),
    "jc-lindenthal": ("Jobcenter Lindenthal", 60),
    "jc-tannhausen": ("Jobcenter Tannhausen", 4),
    "jc-ulmenstadt": ("Jobcenter Ulmenstadt", 180),
}
"""Id → name and sheets a quarter."""
_WEIGHTS: Mapping[str, Sequence[int]] = {
    "joining": (46, 42, 7, 4, 1),
    "sound-picture": (38, 41, 14, 5, 2),
    "privacy": (70, 22, 6, 2),
    "again": (52, 30, 11, 7),
    "next": (42, 16, 18, 24),
    "recommend": (1, 0, 1, 1, 1, 3, 4, 9, 21, 25, 34),
    "failed-at": (12, 34, 16, 30, 8),
    "children": (21, 79),
    "health": (17, 83),
    "new-to-it": (28, 72),
    "asked": (58, 12, 4, 5, 9, 7, 2, 3),
    "rehearsal": (84, 16),
    "outcome": (22, 38, 20, 4, 5, 6, 1, 1, 1, 1, 1, 0),
    "device": (66, 9, 25),
    "language": (81, 19),
}
_SILENT = 0.06
"""Share of those who give no answer to a question."""


class Inventor:
    """Makes counts up; the same for the same seed."""

    def __init__(self, questionnaire: Questionnaire, seed: int) -> None:
        self._questionnaire = questionnaire
        self._random = random.Random(seed)  # noqa: S311 - nothing secret is drawn

    def quarter(self, name: str, sheets: int) -> Counted:
        """One quarter with about so many sheets."""
        cells = []
        for spoken, of_spoken in ((Spoken.GERMAN, 0.8), (Spoken.OTHER, 0.2)):
            for variant, of_variant in ((Variant.HELD, 0.86), (Variant.PHONE, 0.07), (Variant.FAILED, 0.07)):
                count = round(sheets * of_spoken * of_variant)
                answers = {
                    question.id: self._drawn(question.id, question.answers, count) for question in self._questionnaire.asked(variant)
                }
                if count:
                    cells.append(Sheets(version=self._questionnaire.version, spoken=spoken, variant=variant, sheets=count, answers=answers))
        about = {statement.id: self._drawn(statement.id, statement.answers, sheets) for statement in self._questionnaire.about}
        return Counted(
            quarter=name, cells=cells, about=[About(version=self._questionnaire.version, statements=about)], take_up=self._take_up(sheets)
        )

    def _take_up(self, sheets: int) -> Table:
        events = {"asked": 3.2, "rehearsal": 1.1, "outcome": 1.9, "device": 2.3, "language": 2.3}
        return {id_: self._drawn(id_, TAKE_UP[id_], round(sheets * times)) for id_, times in events.items()}

    def _drawn(self, id_: str, answers: Sequence[str], count: int) -> dict[str, int]:
        """So many answers, some of them none. Large counts are shared out, small ones are drawn."""
        weights = [*(weight * (1 - _SILENT) for weight in _WEIGHTS[id_]), sum(_WEIGHTS[id_]) * _SILENT]
        if count > 5_000:
            shared = {answer: int(count * weight / sum(weights)) for answer, weight in zip((*answers, NO_ANSWER), weights, strict=True)}
            return shared | {NO_ANSWER: shared[NO_ANSWER] + count - sum(shared.values())}
        return dict(sorted(Counter(self._random.choices((*answers, NO_ANSWER), weights, k=count)).items()))


def main(argv: Sequence[str]) -> int:
    """Replaces the folder's exports, list of sites and key."""
    folder = Path(argv[0]) if argv else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"*{SUFFIX}"):
        old.unlink()
    questionnaire = list(questionnaires().values())[-1]
    office = _office(folder)
    keys = {id_: WorkstationKey(random.Random(f"invented {id_}").randbytes(32)) for id_ in SITES}  # noqa: S311 - invented on purpose
    sites = [Site(id=id_, name=name, key=keys[id_].public) for id_, (name, _) in SITES.items()]
    listed = SiteList(videoberatung_sites=1, invented=True, sites=sites)
    (folder / "sites.json").write_bytes(msgspec.json.format(msgspec.json.encode(listed), indent=2) + b"\n")
    for number, (id_, (_, sheets)) in enumerate(SITES.items()):
        _site(folder, id_, keys[id_], office, Inventor(questionnaire, number), sheets)
    _spoilt(folder, keys, office, Inventor(questionnaire, 100))
    print(f"{len(list(folder.glob(f'*{SUFFIX}')))} invented exports in {folder.name}")
    return 0


def _office(folder: Path) -> str:
    """Its public key."""
    private = random.Random("invented office").randbytes(32)  # noqa: S311 - invented on purpose
    public = public_of(private)
    key = KeyFile(videoberatung_key="office", note=NOTE, private=b64url(private), public=public)
    (folder / "office.key").write_bytes(msgspec.json.format(msgspec.json.encode(key), indent=2) + b"\n")
    return public


def _site(folder: Path, id_: str, key: WorkstationKey, office: str, inventor: Inventor, sheets: int) -> None:
    """Both quarters of the server; Lindenthal has a workstation with its own server, too."""
    writer = ExportWriter(id_, key, Source.SERVER, new_id(), office)
    quarters = [inventor.quarter(name, round(sheets * (1 + 0.15 * number))) for number, name in enumerate(QUARTERS)]
    data = writer.write(quarters, MADE_ON, invented=True)
    (folder / f"{id_}{SUFFIX}").write_bytes(data)
    if id_ == "jc-eschenfeld":
        (folder / f"{id_}-noch-einmal{SUFFIX}").write_bytes(data)
    if id_ == "jc-ulmenstadt":
        late = writer.write([inventor.quarter(QUARTERS[1], sheets)], MADE_ON, invented=True)
        (folder / f"{id_}-zweites-quartal{SUFFIX}").write_bytes(late)
    if id_ == "jc-lindenthal":
        alone = ExportWriter(id_, key, Source.WORKSTATION, new_id(), office)
        (folder / f"{id_}-arbeitsplatz{SUFFIX}").write_bytes(alone.write([inventor.quarter(QUARTERS[1], 14)], MADE_ON, invented=True))


def _spoilt(folder: Path, keys: Mapping[str, WorkstationKey], office: str, inventor: Inventor) -> None:
    """An altered one, and one of nobody."""
    writer = ExportWriter("jc-birkenau-nord", keys["jc-birkenau-nord"], Source.WORKSTATION, new_id(), office)
    data = bytearray(writer.write([inventor.quarter(QUARTERS[0], 20)], MADE_ON, invented=True))
    data[len(data) // 2] ^= 1
    (folder / f"jc-birkenau-nord-veraendert{SUFFIX}").write_bytes(bytes(data))
    nobody = ExportWriter("jc-niemand", WorkstationKey(bytes(31) + b"\x01"), Source.SERVER, new_id(), office)
    (folder / f"jc-niemand{SUFFIX}").write_bytes(nobody.write([inventor.quarter(QUARTERS[0], 40)], MADE_ON, invented=True))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
