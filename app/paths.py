"""Where the product's own files lie. Imports nothing of `app`."""

from __future__ import annotations

from pathlib import Path

RESOURCES = Path(__file__).resolve().parent.parent / "resources"
"""The folder `resources/`, beside `app/` in a checkout; the installers keep that neighbourhood."""
