"""The commands `videoberatung evaluate` and `videoberatung evaluate-keys`: the head office's report out of the exports of many sites.

Sends nothing, asks no network. Imports `app.services.evaluation`; no Qt.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec

from app.command_line import CommandLine, texts_for
from app.domain.evaluation import FLOOR, LEAST
from app.domain.secrets import b64url
from app.domain.survey import Questionnaire
from app.paths import RESOURCES
from app.services.evaluation.accepting import Rejected, accept, shown_name
from app.services.evaluation.export import ExportReader, Reason
from app.services.evaluation.figures import Counting, Figures
from app.services.evaluation.folder import FileTrouble, public_of, read_key, read_previous, read_sites, summary, write_folder, write_key
from app.services.evaluation.merging import Batches, Merger, PreviousMissing
from app.services.evaluation.report import Writer, plot_files
from app.services.evaluation.schema import KeyFile, Site, SiteList
from app.services.evaluation.setting import html, pdf
from app.services.evaluation.sheets import COLUMNS, csv_of, dictionary, lines, xlsx_of
from app.services.evaluation.wording import Wording
from app.services.keys import WorkstationKey
from app.services.papers.typesetting import PaperError
from app.texts import Texts

SURVEYS = RESOURCES / "survey"
ALL, SOME, NONE = 0, 1, 2
"""Exit status: every export is counted, some were rejected, no report was written."""


def main(argv: Sequence[str], today: Callable[[], date] = lambda: datetime.now(UTC).date()) -> int:
    """`videoberatung evaluate`."""
    chosen = _parser(texts_for(argv)).parse_args(argv)
    texts = Texts.load(RESOURCES / "i18n", chosen.language, "app")
    try:
        return Evaluation(texts, max(chosen.least, FLOOR), today()).run(
            chosen.exports, chosen.trust, chosen.key, chosen.out, chosen.previous
        )
    except FileTrouble as trouble:
        print(texts(trouble.key, file=_name(trouble.file)), file=sys.stderr)
    except PaperError as error:
        print(texts("app.evaluation.trouble.setting"), file=sys.stderr)
        traceback.print_exception(error)
    except PreviousMissing:
        print(texts("app.evaluation.trouble.previous-missing"), file=sys.stderr)
    return NONE


_NAME_SHOWN = 100


def _name(file: Path) -> str:
    return shown_name(file)[:_NAME_SHOWN]


def questionnaires() -> Mapping[str, Questionnaire]:
    """All versions, the newest last."""
    found = [Questionnaire.parse(file.read_text("utf-8")) for file in SURVEYS.glob("*.toml")]
    ordered = sorted(found, key=lambda questionnaire: [int(part) for part in questionnaire.version.split("-")])
    return {questionnaire.version: questionnaire for questionnaire in ordered}


class Evaluation:
    """One run."""

    def __init__(self, texts: Texts, least: int, today: date) -> None:
        self._texts = texts
        self._wording = Wording(texts)
        self._least = least
        self._today = today
        self._questionnaires = questionnaires()

    def run(self, exports: Sequence[Path], trust: Path, key: Path, out: Path, previous: Path | None) -> int:
        """Gives the exit status. Raises FileTrouble and PreviousMissing: then nothing is written."""
        sites = read_sites(trust)
        private = read_key(key, "office")
        before = None if previous is None else read_previous(previous)
        figures, rejected = self.figures(exports, sites, private, before)
        self._tell(rejected)
        if not figures.sites:
            print(self._texts("app.evaluation.trouble.no-export"), file=sys.stderr)
            return NONE
        write_folder(out, self.files(figures, rejected))
        print(self._texts("app.evaluation.written", folder=_name(out), sites=figures.sites, count=len(rejected)))
        return SOME if rejected else ALL

    def figures(
        self, exports: Sequence[Path], sites: SiteList, private: bytes, before: Batches | None = None
    ) -> tuple[Figures, Sequence[Rejected]]:
        """Reads, merges and rounds."""
        accepted = accept(exports, ExportReader(private, sites.sites, self._questionnaires), self._today, invented=sites.invented)
        newest = list(self._questionnaires.values())[-1]
        merged = Merger(newest, self._least).merge([export for _, export in accepted.exports], before)
        late = [Rejected(name, Reason.TOO_FEW_NEW) for name, export in accepted.exports if export.id in merged.too_few]
        names = {site.id: site.name for site in sites.sites}
        figures = Counting(newest, self._least, names).figures(merged, invented=sites.invented)
        return figures, sorted([*accepted.rejected, *late], key=lambda file: file.file)

    def files(self, figures: Figures, rejected: Sequence[Rejected]) -> Mapping[str, bytes]:
        """File name → content of the whole report."""
        report = Writer(self._wording).write(figures, rejected, self._today)
        headings = [self._texts("app.evaluation.dictionary.heading.column"), self._texts("app.evaluation.dictionary.heading.meaning")]
        return {
            "report.pdf": pdf(report),
            "report.html": html(report),
            **plot_files(report),
            "figures.csv": csv_of(lines(figures, self._wording), COLUMNS),
            "dictionary.csv": csv_of(dictionary(self._wording), headings),
            "figures.xlsx": xlsx_of(figures, self._wording),
            "summary.json": summary(figures, rejected),
        }

    def _tell(self, rejected: Sequence[Rejected]) -> None:
        for file in rejected:
            print(f"{file.file[:_NAME_SHOWN]} ({file.reason.value}): {self._wording.reason(file.reason)}", file=sys.stderr)


def keys(argv: Sequence[str]) -> int:
    """`videoberatung evaluate-keys`: a new key of the head office or of a site. Private halves lie in a file of mode 0600."""
    chosen = _keys_parser(texts_for(argv)).parse_args(argv)
    texts = Texts.load(RESOURCES / "i18n", chosen.language, "app")
    private = os.urandom(32)
    try:
        public, entry = _public(chosen.of, private, chosen.id, chosen.name or chosen.id)
        write_key(chosen.file, KeyFile(videoberatung_key=chosen.of, private=b64url(private), public=public))
    except msgspec.ValidationError:
        print(texts("app.evaluation.trouble.site-entry"), file=sys.stderr)
        return NONE
    except FileTrouble as trouble:
        print(texts(trouble.key, file=_name(trouble.file)), file=sys.stderr)
        return NONE
    print(entry)
    return ALL


def _public(of: str, private: bytes, id_: str, name: str) -> tuple[str, str]:
    """The public key, and what is to be handed on. Raises msgspec.ValidationError for an id or a name that is none."""
    if of == "office":
        public = public_of(private)
        return public, public
    public = WorkstationKey(private).public
    site = msgspec.convert({"id": id_, "name": name, "key": public}, Site)
    return public, msgspec.json.encode(site).decode()


def _keys_parser(texts: Texts) -> CommandLine:
    parser = CommandLine(texts, prog="videoberatung evaluate-keys", description=texts("commands.evaluate-keys"))
    parser.add_argument("of", choices=("office", "site"), help=texts("commands.evaluate-keys.of"))
    parser.add_argument("file", type=Path, metavar=texts("commands.file"), help=texts("commands.evaluate-keys.file"))
    parser.add_argument("--id", default="", metavar=texts("commands.id"), help=texts("commands.evaluate-keys.id"))
    parser.add_argument("--name", default="", metavar=texts("commands.name"), help=texts("commands.evaluate-keys.name"))
    parser.add_language(texts("commands.language"))
    return parser


def _parser(texts: Texts) -> CommandLine:
    parser = CommandLine(texts, prog="videoberatung evaluate", description=texts("commands.evaluate"))
    number, least = texts("commands.number"), texts("commands.evaluate.least", floor=FLOOR)
    parser.add_argument("exports", type=Path, nargs="+", metavar="EXPORT", help=texts("commands.evaluate.exports"))
    parser.add_argument("--trust", type=Path, required=True, metavar="SITES.json", help=texts("commands.evaluate.trust"))
    parser.add_argument("--key", type=Path, required=True, metavar=texts("commands.file"), help=texts("commands.evaluate.key"))
    parser.add_argument("--out", type=Path, required=True, metavar=texts("commands.folder"), help=texts("commands.evaluate.out"))
    parser.add_argument("--previous", type=Path, metavar="SUMMARY.json", help=texts("commands.evaluate.previous"))
    parser.add_argument("--least", type=int, default=LEAST, metavar=number, help=least)
    parser.add_language(texts("commands.evaluate.language"))
    return parser
