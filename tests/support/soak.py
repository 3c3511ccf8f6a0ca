"""How often the repeats run: once a round in `make test`, VB_SOAK_ROUNDS times as often in `make soak`."""

from __future__ import annotations

import os


def rounds(usual: int) -> int:
    """The number of repeats to make now, where `usual` is that of `make test`."""
    return usual * int(os.environ.get("VB_SOAK_ROUNDS", "1"))
