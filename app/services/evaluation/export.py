"""Makes and reads an export: counts of one site as JSON, signed by the site, sealed for the head office. Uses the team's envelope.

Inside the envelope lies what `schema.Export` says, in front of it a line by which a file is known. No disk.
"""

from __future__ import annotations

import enum
import os
from collections.abc import Mapping, Sequence
from datetime import date

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from app.domain.evaluation import Source
from app.domain.secrets import from_b64url, new_id
from app.domain.survey import Questionnaire
from app.services.evaluation.schema import SCHEMA, Counted, Export, SchemaOnly, Site, check, closed, from_the_future
from app.services.keys import WorkstationKey
from app.services.team.members import Member, OwnKeys
from app.services.team.sealing import SealError, SealTrouble, seal, unseal
from app.wire.handshake import owner_id

SUFFIX = ".vbx"
MOST_BYTES = 1024 * 1024
"""No export is longer."""
_BEGIN = b"videoberatung export 1\n"
_PLACE = "evaluation/export/1"


class Reason(enum.Enum):
    """Why an export is not counted."""

    UNREADABLE = "unreadable"
    """The file could not be read."""
    ALTERED = "altered"
    """Changed or cut off on its way, or no export at all."""
    UNKNOWN_SITE = "unknown-site"
    """Signed by a key that is not in the list of sites."""
    WRONG_KEY = "wrong-key"
    """Sealed for another key than ours."""
    OTHER_SCHEMA = "other-schema"
    QUESTIONNAIRE = "questionnaire"
    """Answers to a questionnaire that this program does not know."""
    COUNTS = "counts"
    """Counts that contradict each other or stand outside the closed sets."""
    OPEN_PERIOD = "open-period"
    """Of a quarter that is not over, or was not when it was made."""
    CLOCK = "clock"
    """Made in the future: one of the two clocks is wrong."""
    INVENTED = "invented"
    """Invented among real ones, or the other way round."""
    DOUBLE = "double"
    OVERLAPPING = "overlapping"
    """Another export of the same source has one of its quarters."""
    TOO_FEW_NEW = "too-few-new"
    """It adds too few answers to what was published already."""


class ExportError(ValueError):
    """An export that is not counted."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class ExportWriter:
    """One source of one site."""

    def __init__(self, site: str, key: WorkstationKey, source: Source, source_id: str, office: str) -> None:
        """`source_id` is `new_id()`, made once and kept; `office` the head office's public key. Raises ValueError for no key."""
        X25519PublicKey.from_public_bytes(from_b64url(office))
        self._site = site
        self._keys = OwnKeys(key, os.urandom(32))  # nothing is ever sealed for it
        self._source, self._source_id = source, source_id
        self._office = Member(id="", name="", sign_key="", seal_key=office)

    def write(self, quarters: Sequence[Counted], made_on: date, *, invented: bool = False) -> bytes:
        """The file's content. Raises ExportError with OPEN_PERIOD for a quarter that is not over."""
        if not closed(quarters, made_on):
            raise ExportError(Reason.OPEN_PERIOD)
        export = Export(
            schema=SCHEMA,
            id=new_id(),
            site=self._site,
            source=self._source,
            source_id=self._source_id,
            made_on=made_on,
            invented=invented,
            quarters=sorted(quarters, key=lambda counted: counted.quarter),
        )
        return _BEGIN + seal(self._keys, [self._office], _PLACE, msgspec.json.encode(export))


class ExportReader:
    """The head office's side."""

    def __init__(self, private: bytes, sites: Sequence[Site], questionnaires: Mapping[str, Questionnaire]) -> None:
        """`private` is the office's X25519 key, 32 bytes."""
        self._keys = OwnKeys(WorkstationKey(os.urandom(32)), private)
        self._members = {member.id: member for member in map(_member, sites)}
        self._sites = {owner_id(site.key): site.id for site in sites}
        self._questionnaires = questionnaires

    def read(self, data: bytes, today: date) -> Export:
        """The export of a file's content. Raises ExportError."""
        if len(data) > MOST_BYTES or not data.startswith(_BEGIN):
            raise ExportError(Reason.ALTERED)
        try:
            opened = unseal(self._keys, self._members.get, _PLACE, data[len(_BEGIN) :])
        except SealError as error:
            raise ExportError(_TROUBLES[error.trouble]) from None
        export = _parse(opened.content)
        if export.site != self._sites[opened.sender.id]:
            raise ExportError(Reason.UNKNOWN_SITE)
        self._check(export, today)
        return export

    def _check(self, export: Export, today: date) -> None:
        if from_the_future(export.made_on, today):
            raise ExportError(Reason.CLOCK)
        if not closed(export.quarters, min(export.made_on, today)):
            raise ExportError(Reason.OPEN_PERIOD)
        try:
            check(export, self._questionnaires)
        except ValueError as error:
            raise ExportError(Reason(str(error))) from None


_TROUBLES = {
    SealTrouble.BROKEN: Reason.ALTERED,
    SealTrouble.UNKNOWN_SENDER: Reason.UNKNOWN_SITE,
    SealTrouble.NOT_FOR_US: Reason.WRONG_KEY,
}


def _parse(content: bytes) -> Export:
    try:
        if msgspec.json.decode(content, type=SchemaOnly).schema != SCHEMA:
            raise ExportError(Reason.OTHER_SCHEMA)
        return msgspec.json.decode(content, type=Export)
    except (msgspec.DecodeError, UnicodeError):
        raise ExportError(Reason.COUNTS) from None


def _member(site: Site) -> Member:
    return Member(id=owner_id(site.key), name=site.id, sign_key=site.key, seal_key="")
