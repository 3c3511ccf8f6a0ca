"""The colours of the window, light and dark, by what they are for. Imports nothing.

Text stands out from its ground by at least 4.5:1, borders of controls and focus rings by at least 3:1 (WCAG 2.2, 1.4.3 and 1.4.11);
`tests/ui/test_small_things.py` computes it for every pair in `PAIRS`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Colours:
    """Each attribute is a `#rrggbb` colour."""

    ground: str
    """Behind everything."""
    surface: str
    """Cards, lists, fields."""
    raised: str
    """A control on a surface, under the pointer or pressed in."""
    text: str
    muted: str
    """Second-rank text, still readable."""
    line: str
    """Borders of controls."""
    hair: str
    """Separators that carry no meaning."""
    accent: str
    """The main action, selection, focus."""
    on_accent: str
    accent_soft: str
    """The ground of what is selected; `text` is written on it."""
    notice: str
    """The ground of a banner that wants to be read; `on_notice` is written on it."""
    on_notice: str
    notice_line: str
    """A banner's edge: only under high contrast more than a hint."""
    good: str
    warn: str
    danger: str
    on_danger: str
    stage: str
    """Behind pictures; `on_stage` is written on it."""
    on_stage: str
    speaking: str
    """A ring on the stage while the client is heard."""
    showing: str
    """A ring on the stage while a screen of ours is shown."""


LIGHT = Colours(
    ground="#eef2f4",
    surface="#ffffff",
    raised="#e3eaee",
    text="#17242c",
    muted="#4d5d68",
    line="#778894",
    hair="#d6dfe4",
    accent="#0f5f73",
    on_accent="#ffffff",
    accent_soft="#d7ebf0",
    notice="#fdf0d2",
    on_notice="#4a3500",
    notice_line="#ecd49a",
    good="#1b7340",
    warn="#8f5a00",
    danger="#b3261e",
    on_danger="#ffffff",
    stage="#0c1215",
    on_stage="#e9eff2",
    speaking="#5fd08a",
    showing="#f2645a",
)

DARK = Colours(
    ground="#12181c",
    surface="#1b2329",
    raised="#2a353d",
    text="#e9eff2",
    muted="#aebbc4",
    line="#74848f",
    hair="#303b43",
    accent="#7bcbdd",
    on_accent="#06232b",
    accent_soft="#1e404a",
    notice="#43360f",
    on_notice="#ffe7ad",
    notice_line="#63501c",
    good="#7ad69b",
    warn="#f0c063",
    danger="#f48c84",
    on_danger="#2d0503",
    stage="#0c1215",
    on_stage="#e9eff2",
    speaking="#5fd08a",
    showing="#f2645a",
)

PAIRS = (
    ("text", "ground", 4.5),
    ("text", "surface", 4.5),
    ("text", "raised", 4.5),
    ("text", "accent_soft", 4.5),
    ("muted", "ground", 4.5),
    ("muted", "surface", 4.5),
    ("muted", "accent_soft", 4.5),
    ("on_accent", "accent", 4.5),
    ("on_notice", "notice", 4.5),
    ("good", "surface", 4.5),
    ("warn", "surface", 4.5),
    ("danger", "surface", 4.5),
    ("danger", "raised", 4.5),
    ("good", "accent_soft", 4.5),
    ("warn", "accent_soft", 4.5),
    ("danger", "accent_soft", 4.5),
    ("accent", "accent_soft", 4.5),
    ("accent", "ground", 4.5),
    ("warn", "ground", 4.5),
    ("on_danger", "danger", 4.5),
    ("on_stage", "stage", 4.5),
    ("speaking", "stage", 3.0),
    ("showing", "stage", 3.0),
    ("line", "surface", 3.0),
    ("line", "ground", 3.0),
    ("accent", "surface", 3.0),
    ("accent", "ground", 3.0),
)
"""(foreground, ground, least contrast) of what is drawn over what."""
