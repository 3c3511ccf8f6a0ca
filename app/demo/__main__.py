"""`videoberatung demo`: the whole way of one appointment with simulated devices, a temporary profile and a real browser as the client."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from app.command_line import CommandLine, texts_for
from app.demo import film, keeper
from app.demo.browser import BrowserMissing, find_browser
from app.demo.display import DisplayMissing, some_display
from app.paths import RESOURCES
from app.texts import Texts

SHOTS = Path("build") / "demo"
PARTS: dict[str, Callable[[Sequence[str]], int]] = {"film": film.main, "keeper": keeper.main}
"""What a packed program starts of itself (`app.demo.again`); no person types these."""


def main(argv: Sequence[str] | None = None) -> int:
    """Gives 0 only if every step came about."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words and words[0] in PARTS:
        return PARTS[words[0]](words[1:])
    arguments = _parser(texts_for(words)).parse_args(words)
    texts = Texts.load(RESOURCES / "i18n", arguments.language, "demo")
    try:
        find_browser()
        with some_display(virtual=arguments.unattended):
            from app.demo.run import Plan, run

            return run(Plan(arguments.unattended, arguments.shots, arguments.json, arguments.language), texts)
    except BrowserMissing:
        print(texts("demo.error.no-browser"), file=sys.stderr)
    except DisplayMissing:
        print(texts("demo.error.no-display"), file=sys.stderr)
    return 2


def _parser(texts: Texts) -> CommandLine:
    parser = CommandLine(texts, prog="videoberatung demo", description=texts("commands.demo"))
    parser.add_argument("--unattended", action="store_true", help=texts("commands.demo.unattended"))
    parser.add_argument("--json", type=Path, metavar=texts("commands.file"), help=texts("commands.demo.json"))
    parser.add_argument("--shots", type=Path, default=SHOTS, metavar=texts("commands.folder"), help=texts("commands.demo.shots"))
    parser.add_language(texts("commands.language"))
    return parser


if __name__ == "__main__":
    sys.exit(main())
