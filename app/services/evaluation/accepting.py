"""Which exports are counted: each by itself, then against those before it. One bad file never costs the others. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.services.evaluation.export import MOST_BYTES, ExportError, ExportReader, Reason
from app.services.evaluation.schema import Export


@dataclass(frozen=True, slots=True)
class Rejected:
    """A file that is not counted."""

    file: str
    """Its name, without folders."""
    reason: Reason


@dataclass(frozen=True, slots=True)
class Accepted:
    """What is counted, in the order of the files, and what is not."""

    exports: Sequence[tuple[str, Export]]
    """File name and export."""
    rejected: Sequence[Rejected]


def accept(files: Iterable[Path], reader: ExportReader, today: date, *, invented: bool) -> Accepted:
    """Reads all of them. Of two that are double or overlap that one counts which has more quarters, then the first by its name."""
    read: list[tuple[Path, Export]] = []
    rejected: list[Rejected] = []
    for file in sorted(files, key=lambda file: (file.stem, str(file))):
        try:
            read.append((file, reader.read(_content(file), today)))
        except ExportError as error:
            rejected.append(Rejected(shown_name(file), error.reason))
    exports: list[tuple[str, Export]] = []
    for file, export in sorted(read, key=lambda one: -len(one[1].quarters)):
        try:
            _against(export, [other for _, other in exports], invented)
        except ExportError as error:
            rejected.append(Rejected(shown_name(file), error.reason))
        else:
            exports.append((shown_name(file), export))
    return Accepted(exports, rejected)


def shown_name(file: Path) -> str:
    """The file's name without its folder; bytes that are no UTF-8 become question marks."""
    return file.name.encode("utf-8", "replace").decode()


def _content(file: Path) -> bytes:
    """One byte more than an export may have at most."""
    try:
        with file.open("rb") as opened:
            return opened.read(MOST_BYTES + 1)
    except (OSError, ValueError):
        raise ExportError(Reason.UNREADABLE) from None


def _against(export: Export, others: Iterable[Export], invented: bool) -> None:
    if export.invented != invented:
        raise ExportError(Reason.INVENTED)
    quarters = _quarters(export)
    for other in others:
        if other.id == export.id:
            raise ExportError(Reason.DOUBLE)
        if (other.site, other.source_id) == (export.site, export.source_id) and quarters & _quarters(other):
            raise ExportError(Reason.DOUBLE if quarters == _quarters(other) else Reason.OVERLAPPING)


def _quarters(export: Export) -> set[str]:
    return {counted.quarter for counted in export.quarters}
