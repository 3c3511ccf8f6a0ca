"""The command `videoberatung mail-texts FOLDER`: what the agency's own mail texts would say, or why one of them cannot be used.

For IT, before the folder is named in `templates_folder`. Sends nothing; the client in it is a made-up one. Imports `app.services.mail`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from app.command_line import CommandLine, texts_for
from app.paths import RESOURCES
from app.services.mail.blocks import blocks_of, plain_of
from app.services.mail.html import Frame
from app.services.mail.templates import SAMPLE, TEMPLATES, Templates
from app.texts import FIRST_LANGUAGE, Texts

OWN = RESOURCES / "mail"


def main(argv: Sequence[str]) -> int:
    """0 if all of them can be used, 1 if one cannot, 2 for a folder that is none."""
    chosen = _parser(texts_for(())).parse_args(argv)
    texts = Texts.load(RESOURCES / "i18n", FIRST_LANGUAGE, "app")
    if not chosen.folder.is_dir():
        print(texts("app.mail.texts.no-folder"), file=sys.stderr)
        return 2
    templates = Templates.read(OWN, chosen.folder)
    for refusal in templates.refused:
        print(texts(refusal.key, **refusal.values), file=sys.stderr)
    if templates.refused:
        return 1
    _show(templates, templates.language_for(chosen.language), chosen.html)
    return 0


def _parser(texts: Texts) -> CommandLine:
    """`--language` is of the texts that are shown, of which there may be more than the program's own; the rest is German."""
    parser = CommandLine(texts, prog="videoberatung mail-texts", description=texts("commands.mail-texts"))
    folder = texts("commands.folder")
    parser.add_argument("folder", type=Path, metavar=folder, help=texts("commands.mail-texts.folder"))
    parser.add_argument("--language", default=FIRST_LANGUAGE, help=texts("commands.mail-texts.language"))
    parser.add_argument("--html", type=Path, metavar=folder, help=texts("commands.mail-texts.html"))
    return parser


def _show(templates: Templates, language: str, html: Path | None) -> None:
    frame = Frame(OWN / "frame.html")
    for name in TEMPLATES:
        said = templates.say(name, language, SAMPLE)
        print(f"=== {name} ({language})\n{said.subject}\n\n{plain_of(said.body)}\n")
        if html is not None:
            html.mkdir(parents=True, exist_ok=True)
            (html / f"{name}.html").write_text(frame.around(said.subject, blocks_of(said.body, SAMPLE), language), "utf-8")
