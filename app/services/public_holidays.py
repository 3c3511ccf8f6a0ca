"""Public holidays of the German states, by the package `holidays`. No Qt; loading it costs 0.3 s: call `names` on a thread."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from datetime import date


class Region(enum.Enum):
    """Where the office lies. Values are ISO 3166-2:DE without `DE-`, with what differs within a state behind a stroke."""

    ALL = ""
    """No state chosen: only the holidays that hold everywhere."""
    BADEN_WUERTTEMBERG = "BW"
    BAYERN = "BY"
    BAYERN_CATHOLIC = "BY/catholic"
    """Municipalities that keep Mariä Himmelfahrt (Art. 1 (1) no. 2 FTG)."""
    AUGSBURG = "BY/augsburg"
    """With the Friedensfest (Art. 1 (2) FTG); the city keeps Mariä Himmelfahrt too."""
    BERLIN = "BE"
    BRANDENBURG = "BB"
    BREMEN = "HB"
    HAMBURG = "HH"
    HESSEN = "HE"
    MECKLENBURG_VORPOMMERN = "MV"
    NIEDERSACHSEN = "NI"
    NORDRHEIN_WESTFALEN = "NW"
    RHEINLAND_PFALZ = "RP"
    SAARLAND = "SL"
    SACHSEN = "SN"
    SACHSEN_CATHOLIC = "SN/catholic"
    """Municipalities that keep Fronleichnam (§ 1 (1) SächsSFG)."""
    SACHSEN_ANHALT = "ST"
    SCHLESWIG_HOLSTEIN = "SH"
    THUERINGEN = "TH"
    THUERINGEN_CATHOLIC = "TH/catholic"
    """Municipalities that keep Fronleichnam (§ 2 (2) ThürFGtG)."""


def names(region: Region, years: Iterable[int], language: str) -> Mapping[date, str]:
    """Day -> the holiday's name, German or (any other language) English. Slow at its first call in a process."""
    import holidays

    state, _, kind = region.value.partition("/")
    subdivision = "Augsburg" if kind == "augsburg" else state or None
    categories = ("public", "catholic") if kind else ("public",)
    spoken = "de" if language == "de" else "en_US"
    return dict(holidays.country_holidays("DE", subdiv=subdivision, years=list(years), language=spoken, categories=categories))
