"""Runs a command beside a PostgreSQL and a Redis of its own: `python -m tests.support.with_databases COMMAND…`.

`{database}` and `{redis}` in the command stand for their addresses. For what measures and must not import the tests.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from tests.support.postgres import running_postgres
from tests.support.redis_server import running_redis


def main(command: Sequence[str]) -> int:
    """Gives the command's own status."""
    with running_postgres() as postgres, running_redis() as redis, postgres.database() as database:
        addresses = {"{database}": database, "{redis}": redis.url}
        return subprocess.run([addresses.get(word, word) for word in command], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
