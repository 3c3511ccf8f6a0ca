"""The same surroundings as those of the exchange's windows."""

from __future__ import annotations

from tests.ui.exchange.conftest import main, parts

__all__ = ["main", "parts"]
