"""What Sphinx does for our book beside its own work: German words around the pages, the mark of pages in English, nothing superfluous.

A Sphinx extension; imports the standard library and what Sphinx hands it.
"""

from __future__ import annotations

import shutil
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

WORDS = {
    "Toggle site navigation sidebar": "Inhaltsverzeichnis zeigen oder verbergen",
    "Toggle table of contents sidebar": "Überschriften dieser Seite zeigen oder verbergen",
    "Toggle Light / Dark / Auto color theme": "Helle oder dunkle Farben",
    "Toggle navigation of ": "Unterseiten zeigen oder verbergen: ",
    "Skip to content": "Zum Inhalt",
    "Back to top": "Nach oben",
    "On this page": "Auf dieser Seite",
    "Light mode": "Hell",
    "Dark mode": "Dunkel",
    "Auto light/dark, in light mode": "Wie das System, jetzt hell",
    "Auto light/dark, in dark mode": "Wie das System, jetzt dunkel",
    "Expand": "Aufklappen",
    "Contents": "Inhalt",
    "Menu": "Menü",
}
"""Words that the theme has in English only."""
FOR_READERS = {
    '<p class="caption" role="heading">': '<p class="caption" role="heading" aria-level="2">',
    '<aside class="sidebar-drawer"': '<aside class="sidebar-drawer" aria-label="Alle Seiten"',
    '<aside class="toc-drawer': '<aside aria-label="Auf dieser Seite" class="toc-drawer',
}
"""What a screen reader misses in the theme's own marks (WAI-ARIA 1.2, heading; axe, landmark-unique)."""
MAIN = '<article role="main" id="furo-main-content"'
MADE_FOR_MACHINES = (
    *("_sources", "objects.inv", ".buildinfo", "_static/debug.css", "_static/file.png", "_static/scripts/furo-extensions.js"),
    *(f"_static/{name}.map" for name in ("scripts/furo.js", "styles/furo.css", "styles/furo-extensions.css")),
)
"""Files that no page needs."""
GIVEN_ON = ("furo", "sphinx", "pygments")
"""Packages of which style sheets and scripts lie in the book; the stemmer's came with Sphinx."""


def in_english(page: str) -> bool:
    """Handbooks are German; decisions, figures and limits are papers of the developers."""
    return not page.startswith("handbook/") and page != "search"


def german(html: str) -> str:
    """A page with the theme's words put into German."""
    for english, word in WORDS.items():
        for before, after in ((">", "<"), ('"', '"')):
            html = html.replace(f"{before}{english}{after}", f"{before}{word}{after}")
        html = html.replace(f"\n  {english}\n", f"\n  {word}\n").replace(f"\n            {english}\n", f"\n            {word}\n")
    return html


def finish(app: Sphinx, error: Exception | None) -> None:
    """After Sphinx' last page."""
    if error is not None:
        return
    out = Path(app.outdir)
    for page in out.rglob("*.html"):
        html = german(page.read_text("utf-8"))
        for mark, better in FOR_READERS.items():
            html = html.replace(mark, better)
        if in_english(page.relative_to(out).with_suffix("").as_posix()):
            html = html.replace(MAIN, f'{MAIN} lang="en"')
        page.write_text(html, "utf-8")
    for name in MADE_FOR_MACHINES:
        shutil.rmtree(out / name, ignore_errors=True) if (out / name).is_dir() else (out / name).unlink(missing_ok=True)
    (out / "licences.txt").write_text("\n\n\n".join(_licence(name) for name in GIVEN_ON), "utf-8")


def _licence(name: str) -> str:
    found = distribution(name)
    texts = [file for file in found.files or () if ".dist-info/" in str(file) and "licen" in file.name.lower()]
    return "\n\n".join([f"{found.metadata['Name']} {found.version}", *(file.read_text("utf-8").strip() for file in texts)])


def setup(app: Sphinx) -> dict[str, Any]:
    """As Sphinx calls it."""
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
