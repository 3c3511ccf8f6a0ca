"""`videoberatung bench`: what the program does, measured beside a reference in the same run. Each subcommand is a module of its own."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from app.demo.browser import BrowserMissing, find_browser
from app.demo.display import DisplayMissing, some_display
from app.paths import RESOURCES
from app.texts import FIRST_LANGUAGE, Texts


def main(argv: Sequence[str] | None = None) -> int:
    """Gives 0 if the benchmark ran to its end, and to its goal where it has one of its own."""
    arguments = _parser().parse_args(argv)
    return _BENCHMARKS[arguments.benchmark](arguments)


def _call(arguments: argparse.Namespace) -> int:
    texts = Texts.load(RESOURCES / "i18n", FIRST_LANGUAGE, "demo")
    try:
        find_browser()
        with some_display(virtual=True):
            from app.bench.call_report import run_and_report

            return run_and_report(arguments.rounds, arguments.seconds, arguments.json, arguments.markdown, arguments.plot)
    except BrowserMissing:
        print(texts("demo.error.no-browser"), file=sys.stderr)
    except DisplayMissing:
        print(texts("demo.error.no-display"), file=sys.stderr)
    return 2


def _echo(arguments: argparse.Namespace) -> int:
    from app.bench.echo import run

    return run(arguments.json)


def _evaluate(arguments: argparse.Namespace) -> int:
    from app.bench.evaluate import run

    return run(arguments.json)


def _flood(arguments: argparse.Namespace) -> int:
    from app.bench.flood import run

    return run(arguments.json, arguments.clients, arguments.seconds)


def _lips(arguments: argparse.Namespace) -> int:
    from app.bench.lips import run

    return run(arguments.seconds, arguments.json)


def _server(arguments: argparse.Namespace) -> int:
    from app.bench.server import Plan, run

    return run(Plan(arguments.clients, database=arguments.database, redis=arguments.redis), arguments.json)


def _store(arguments: argparse.Namespace) -> int:
    from app.bench.store import run

    try:
        return run(arguments.json, arguments.folder)
    except DisplayMissing:
        print(Texts.load(RESOURCES / "i18n", FIRST_LANGUAGE, "demo")("demo.error.no-display"), file=sys.stderr)
    return 2


def _line(arguments: argparse.Namespace) -> int:
    from app.bench.line import run

    return run(arguments.rounds, arguments.seconds, arguments.json)


_BENCHMARKS = {"call": _call, "echo": _echo, "evaluate": _evaluate, "line": _line, "lips": _lips, "server": _server, "store": _store}


_BENCHMARKS = {
    "call": _call,
    "echo": _echo,
    "evaluate": _evaluate,
    "flood": _flood,
    "line": _line,
    "lips": _lips,
    "server": _server,
    "store": _store,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="videoberatung bench", description="Measures the program beside a reference.")
    benchmarks = parser.add_subparsers(dest="benchmark", required=True)
    call = benchmarks.add_parser("call", help="ours, unchanged aiortc and Chromium as the counsellor's side against one Chromium client")
    call.add_argument("--rounds", type=int, default=4, metavar="N", help="calls of each side (default: %(default)s)")
    call.add_argument("--seconds", type=float, default=20.0, metavar="S", help="length of each call (default: %(default)s)")
    call.add_argument("--json", type=Path, required=True, metavar="FILE", help="write medians and every round there")
    call.add_argument("--markdown", type=Path, metavar="FILE", help="write the table there as well")
    call.add_argument("--plot", type=Path, metavar="FILE", help="draw the figures' shares of Chromium's there (SVG)")
    echo = benchmarks.add_parser("echo", help="the other side's voice out of a simulated room, with our processing and without")
    echo.add_argument("--json", type=Path, required=True, metavar="FILE", help="write the figures of every room there")
    evaluate = benchmarks.add_parser("evaluate", help="the report over 45 exports whose counts stand for a million sheets")
    evaluate.add_argument("--json", type=Path, required=True, metavar="FILE", help="write the figures there")
    flood = benchmarks.add_parser("flood", help="how long clients of the server wait while another one floods it")
    flood.add_argument("--clients", type=int, default=100, metavar="N", help="beside the one who floods (default: %(default)s)")
    flood.add_argument("--seconds", type=float, default=10.0, metavar="S", help="of quiet, and of flood (default: %(default)s)")
    flood.add_argument("--json", type=Path, required=True, metavar="FILE", help="write the figures there")
    line = benchmarks.add_parser("line", help="ours and unchanged aiortc over lines that lose packets (as root)")
    line.add_argument("--rounds", type=int, default=3, metavar="N", help="calls of each side on each line (default: %(default)s)")
    line.add_argument("--seconds", type=float, default=30.0, metavar="S", help="length of each call (default: %(default)s)")
    line.add_argument("--json", type=Path, required=True, metavar="FILE", help="write the medians there")
    lips = benchmarks.add_parser("lips", help="how long after the lips the voice comes, to a Chromium page and from it")
    lips.add_argument("--seconds", type=float, default=15.0, metavar="S", help="length of the measurement (default: %(default)s)")
    lips.add_argument("--json", type=Path, required=True, metavar="FILE", help="write the figures there")
    server = benchmarks.add_parser("server", help="waiting clients on one server process, beside a PeerJS server (Linux)")
    server.add_argument("--clients", type=int, default=10_000, metavar="N", help="at most, in tens (default: %(default)s)")
    server.add_argument("--database", metavar="URL", help="an empty PostgreSQL database, to hold one replica against two")
    server.add_argument("--redis", metavar="URL", help="and a Redis between them")
    server.add_argument("--json", type=Path, required=True, metavar="FILE", help="write the figures there")
    store = benchmarks.add_parser("store", help="a year and a day of appointments, confirmed writes, the calendar's scrolling")
    store.add_argument("--folder", type=Path, metavar="DIR", help="on the disk to be measured (default: the system's temporary folder)")
    store.add_argument("--json", type=Path, required=True, metavar="FILE", help="write the figures there")
    return parser


if __name__ == "__main__":
    sys.exit(main())
