"""The evaluation of one site, for its program: asks the server for the sums of a closed quarter and writes them for the head office.

What is asked for is unsuppressed: it goes into an export, or through `app.domain.disclosure` before anybody sees it. No Qt.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from app.domain.evaluation import MOST_QUARTERS, Source
from app.domain.secrets import b64url, from_b64url, new_id
from app.domain.survey import closed_quarters
from app.domain.survey_counts import SurveyCounts
from app.services.appointments.ports import BookError
from app.services.clock import Clock
from app.services.control_connection import CommandRefused, LinkLost
from app.services.evaluation.export import SUFFIX, ExportWriter
from app.services.evaluation.folder import FileTrouble, read_key
from app.services.evaluation.schema import SCHEMA, About, Counted, Export, Sheets, Table
from app.services.evaluation.site_settings import EvaluationSettings
from app.services.exchange.files import write_whole
from app.services.keys import WorkstationKey
from app.services.link_port import Link, LinkTarget
from app.wire.codes import Code

_SOURCE = b"videoberatung/evaluation/source/1:"


class SiteEvaluation:
    """One for the program. Coroutines raise BookError with a sentence for the person."""

    def __init__(
        self,
        link: Link,
        target: Callable[[], LinkTarget | None],
        settings: Callable[[], EvaluationSettings],
        site: str,
        clock: Clock,
        *,
        invented: bool = False,
    ) -> None:
        """`settings` raises BookError for a policy that cannot be read; `site` is that of the server, `invented` true in a
        demonstration."""
        self._link = link
        self._target = target
        self._settings = settings
        self._site = site
        self._clock = clock
        self.invented = invented

    @property
    def alone(self) -> bool:
        """The server is the program's own, so all figures are those of one counsellor: they are exported, and not shown."""
        target = self._target()
        return target is None or target.here

    @property
    def least(self) -> int:
        """No smaller group is shown. Raises BookError."""
        return self._settings().smallest

    @property
    def site(self) -> str:
        """As the head office calls it. Raises BookError."""
        return self._settings().site or self._site

    def quarters(self) -> Sequence[str]:
        """Of which nothing arrives any more, the newest first."""
        return closed_quarters(self._clock.unix(), MOST_QUARTERS)

    async def counted(self, quarter: str) -> Counted:
        """Unsuppressed."""
        try:
            return counted_of(await self._link.survey_counts(quarter))
        except CommandRefused as refused:
            raise BookError("app.takeup.open" if refused.code is Code.PERIOD_OPEN else "app.takeup.not-ready") from None
        except LinkLost:
            raise BookError("app.takeup.no-server") from None

    async def all_counted(self) -> Export:
        """Everything that is closed, for the window of the figures."""
        quarters = [counted for name in self.quarters() if not _empty(counted := await self.counted(name))]
        if not quarters:
            raise BookError("app.takeup.nothing")
        ordered = sorted(quarters, key=lambda one: one.quarter)
        source, _ = self._source()
        return Export(
            schema=SCHEMA, id=new_id(), site=self.site, source=source, source_id=new_id(), made_on=self._today(), quarters=ordered
        )

    # ---- export

    async def check(self) -> None:
        """Raises BookError where IT has something to set up first."""
        await asyncio.to_thread(self._writer)

    async def export(self, quarter: str, folder: Path) -> Path:
        """The file that was written; an earlier one of the same quarter and source is replaced."""
        writer = await asyncio.to_thread(self._writer)
        counted = await self.counted(quarter)
        if _empty(counted):
            raise BookError("app.takeup.export.empty")
        data = writer.write([counted], self._today(), invented=self.invented)
        file = folder / f"{self.site}-{quarter}-{self._source()[1][:6]}{SUFFIX}"
        await asyncio.to_thread(write_whole, file, data)
        return file

    def _writer(self) -> ExportWriter:
        settings = self._settings()
        if not settings.office_key or not settings.site_key_file:
            raise BookError("app.takeup.export.no-office" if not settings.office_key else "app.takeup.export.no-site-key")
        try:
            key = WorkstationKey(read_key(Path(settings.site_key_file), "site"))
        except FileTrouble:
            raise BookError("app.takeup.export.bad-site-key", file=settings.site_key_file) from None
        try:
            return ExportWriter(self.site, key, *self._source(), settings.office_key)
        except ValueError:
            raise BookError("app.takeup.export.bad-office") from None

    def _source(self) -> tuple[Source, str]:
        """Two programs of one server and site export as the same source, so the head office counts it once."""
        target = self._target()
        if target is None:
            raise BookError("app.takeup.no-server")
        of_site = b"" if target.here else self._site.encode()
        digest = hashlib.sha256(_SOURCE + from_b64url(target.server_key) + of_site).digest()
        return Source.WORKSTATION if target.here else Source.SERVER, b64url(digest[:16])

    def _today(self) -> date:
        return datetime.fromtimestamp(self._clock.unix(), UTC).date()


def counted_of(counts: SurveyCounts) -> Counted:
    """The sums as they stand in an export."""
    return Counted(
        quarter=counts.quarter,
        cells=[
            Sheets(version=cell.version, spoken=cell.spoken, variant=cell.variant, sheets=cell.sheets, answers=_table(cell.answers))
            for cell in counts.cells
        ],
        about=[About(version=about.version, statements=_table(about.statements)) for about in counts.about],
        take_up=_table(counts.take_up),
    )


def _table(counts: Mapping[str, Mapping[str, int]]) -> Table:
    return {name: dict(answers) for name, answers in counts.items()}


def _empty(counted: Counted) -> bool:
    return not (counted.cells or counted.about or counted.take_up)
