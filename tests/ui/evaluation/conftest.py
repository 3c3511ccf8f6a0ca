"""The windows of the evaluation over a link with a small server inside."""

from __future__ import annotations

from tests.ui.appointment.conftest import parts
from tests.ui.exchange.conftest import main

__all__ = ["main", "parts"]
