"""Begins `app.bench.program` as the program's command line begins the program: the server's process first."""

from __future__ import annotations

import sys

from app.services.server_process import early_server


def main() -> int:
    """Run until stdin ends."""
    with early_server() as server:
        from app.bench.program import main as program

        return program(server)


if __name__ == "__main__":
    sys.exit(main())
