"""`python -m tests.support.chaos`: breaks an agency's servers under 200 waiting clients and 20 conversations, prints what it cost."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import structlog

from tests.support.chaos.play import Result, Size, as_json, play

HEAD = (
    *("blow", "clients cut", "back p50 / p95 / max", "programs back", "described again p95"),
    *("admissions", "told p95 / max", "silence", "equal after", "lost", "twice", "ghosts"),
)
"""All times in seconds; docs/benchmarks.md explains them."""


def row(result: Result) -> tuple[str, ...]:
    """One line of the table."""
    clients = result.clients
    return (
        result.blow,
        str(clients.count),
        f"{clients.p50:.1f} / {clients.p95:.1f} / {clients.max:.1f}",
        f"{result.counsellors.max:.1f}",
        f"{result.descriptions.p95:.1f}",
        str(result.admissions.count),
        f"{result.admissions.p95:.1f} / {result.admissions.max:.1f}",
        f"{result.silence_s:.2f}",
        f"{result.settled_s:.1f}",
        str(result.lost),
        str(result.twice),
        str(result.ghosts),
    )


def line(cells: Sequence[str]) -> str:
    """Markdown."""
    return f"| {' | '.join(cells)} |"


def tell(result: Result) -> None:
    """As soon as it is known."""
    print(line(row(result)), flush=True)
    for trouble in result.trouble:
        print(f"{result.blow}: {trouble}", file=sys.stderr, flush=True)


def main() -> int:
    """0 if nobody lost anything."""
    size = Size()
    parser = argparse.ArgumentParser(prog="chaos", description="Breaks an agency's servers under load and prints what it cost.")
    parser.add_argument("--waiting", type=int, default=size.waiting, help="clients who wait (default: %(default)s)")
    parser.add_argument("--talking", type=int, default=size.talking, help="conversations (default: %(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything there")
    given = parser.parse_args()
    size = Size(given.waiting, given.talking)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory(prefix="vb-chaos-") as folder:
        print(line(HEAD), line(["---"] * len(HEAD)), sep="\n", flush=True)
        results = asyncio.run(play(Path(folder), size, told=tell))
    if given.json is not None:
        given.json.parent.mkdir(parents=True, exist_ok=True)
        given.json.write_text(json.dumps(as_json(size, results), indent=1) + "\n", "utf-8")
    return 0 if all(result.clean for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
