"""Sites, keys and exports for tests of the evaluation; everything invented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from app.domain.evaluation import Source
from app.domain.secrets import b64url, new_id
from app.domain.survey import Spoken, Variant
from app.evaluation import questionnaires
from app.services.evaluation.export import ExportReader, ExportWriter
from app.services.evaluation.folder import public_of, write_key
from app.services.evaluation.inventing import Inventor
from app.services.evaluation.schema import SCHEMA, Counted, Export, KeyFile, Sheets, Site, SiteList
from app.services.keys import WorkstationKey

DATA = Path(__file__).resolve().parent.parent / "data/exports"
TODAY = date(2026, 11, 2)
MADE_ON = date(2026, 10, 5)
OFFICE = bytes(range(32))
OFFICE_PUBLIC = public_of(OFFICE)
KEYS = {name: WorkstationKey(name.encode().ljust(32, b".")) for name in ("jc-a", "jc-b", "jc-c", "jc-d")}
QUESTIONNAIRES = questionnaires()
NEWEST = list(QUESTIONNAIRES.values())[-1]
SITES = [Site(id=name, name=name.replace("jc-", "Jobcenter ").upper(), key=key.public) for name, key in KEYS.items()]


def site_list(*, invented: bool = False) -> SiteList:
    """All of them."""
    return SiteList(videoberatung_sites=1, invented=invented, sites=SITES)


def office_key() -> KeyFile:
    """As it lies on the disk."""
    return KeyFile(videoberatung_key="office", private=b64url(OFFICE), public=OFFICE_PUBLIC)


def reader() -> ExportReader:
    """The head office."""
    return ExportReader(OFFICE, SITES, QUESTIONNAIRES)


def writer(site: str = "jc-a", office: str = OFFICE_PUBLIC) -> ExportWriter:
    """A new source of a site."""
    return ExportWriter(site, KEYS[site], Source.SERVER, new_id(), office)


def counted(quarter: str = "2026-Q3", sheets: int = 60, seed: int = 1) -> Counted:
    """About so many sheets."""
    return Inventor(NEWEST, seed).quarter(quarter, sheets)


def sheets_of(answers: Mapping[str, Mapping[str, int]], variant: Variant = Variant.HELD, spoken: Spoken = Spoken.GERMAN) -> Sheets:
    """The questions of a variant; who is not named in `answers` gave none."""
    most = max(sum(of.values()) for of in answers.values())
    whole = {question.id: dict(answers.get(question.id, {})) for question in NEWEST.asked(variant)}
    for of in whole.values():
        of["none"] = most - sum(of.values())
    return Sheets(version=NEWEST.version, spoken=spoken, variant=variant, sheets=most, answers=whole)


def export(site: str, quarters: Sequence[Counted], source: str = "") -> Export:
    """As it was read."""
    ids = {"id": new_id(), "source_id": source or new_id()}
    return Export(schema=SCHEMA, site=site, source=Source.SERVER, made_on=MADE_ON, quarters=list(quarters), **ids)


def site_key_file(folder: Path, site: str = "jc-a") -> Path:
    """The private key of one of the sites, as IT puts it there."""
    file = folder / f"{site}.key"
    write_key(file, KeyFile(videoberatung_key="site", private=b64url(site.encode().ljust(32, b".")), public=KEYS[site].public))
    return file
