"""Where the product's own files lie. Imports nothing of `app`."""

from __future__ import annotations

from pathlib import Path

RESOURCES = Path(__file__).resolve().parent.parent / "resources"
"""The folder `resources/`, beside `app/` in a checkout; the installers keep that neighbourhood."""

BOOKS = (RESOURCES / "handbook", RESOURCES.parent / "build/handbook")
"""Where the handbooks' pages lie: packed with the program, or made in a checkout by `make handbook`."""


def first_page(books: tuple[Path, ...] = BOOKS) -> Path | None:
    """What a browser opens of the handbooks; None where nobody has made them."""
    pages = [folder / "handbook/index.html" for folder in books]
    return next((page for page in pages if page.is_file()), None)
