"""Writes invented exports for demonstrations and tests: `python -m tools.invented_exports [FOLDER]`, by default tests/data/exports.

Sites, counts and keys are made up, and every file says so. Some exports are spoilt on purpose: altered, sent twice, overlapping, signed
by a key that nobody knows. The numbers are the same in every run; ids and ciphertexts are not.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import msgspec

from app.domain.evaluation import Source
from app.domain.secrets import b64url, new_id
from app.evaluation import questionnaires
from app.services.evaluation.export import SUFFIX, ExportWriter
from app.services.evaluation.folder import public_of
from app.services.evaluation.inventing import Inventor
from app.services.evaluation.schema import KeyFile, Site, SiteList
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
