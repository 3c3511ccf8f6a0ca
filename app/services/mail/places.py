"""What may stand in the places of a template, in the client's language. Pure, no I/O; imports the domain only.

Nothing of it says what the appointment is about, who the counsellor is or which office it is, unless the agency's own name does.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time

from app.domain.appointments import Appointment, Way
from app.domain.secrets import code_in_threes
from app.services.local_time import wall_of

FULL_KBPS, SAVING_KBPS = 2_540, 400
"""At most, one way, with sound and overhead; the page says the same (`resources/web/data_use.js`)."""
_LOCALES = {"en": "en_GB"}
"""Where a language alone would give the words of another country."""
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who writes, as clients see it."""

    agency: str
    """Neutral."""
    phone: str = ""
    reply: bool = False
    """Whether somebody reads answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The names are what templates may ask for. Each text is one line."""

    agency: str
    phone: str
    name: str = field(repr=False)
    """The client's, kept apart from the direction of the text around it (Unicode Standard Annex 9). Our own mails do not say it."""
    date: str
    """With the day of the week."""
    short_date: str
    time: str
    end: str
    end_date: str
    """Only where it ends on another day."""
    minutes: int
    link: str = field(repr=False)
    start_page: str
    """Where the code is entered."""
    code: str = field(repr=False)
    """In threes; empty without one."""
    megabytes: str
    """At most so many for both ways together."""
    megabytes_saving: str
    save_data: bool
    by_phone: bool
    on_site: bool
    by_mail: bool
    """False on paper and in a text that is copied."""
    reply: bool

    @classmethod
    def of(cls, appointment: Appointment, link: str, language: str, sender: Sender, by_mail: bool = True) -> Places:
        """Of an appointment; `link` is empty where there is none any more."""
        starts, ends, locale = wall_of(appointment.starts_at), wall_of(appointment.ends_at), locale_of(language)
        access, client = appointment.access, appointment.client
        return cls(
            agency=sender.agency,
            phone=sender.phone,
            name=f"{_FIRST_STRONG_ISOLATE}{client.name}{_POP_ISOLATE}" if client.name else "",
            date=format_date(starts, "full", locale),
            short_date=format_date(starts, "long", locale),
            time=_clock(starts, locale),
            end=_clock(ends, locale),
            end_date=format_date(ends, "long", locale) if ends.date() != starts.date() else "",
            minutes=appointment.minutes,
            link=link,
            start_page=link.partition("/r#")[0],
            code=code_in_threes(access.code) if access is not None and link else "",
            megabytes=_megabytes(FULL_KBPS, appointment.minutes),
            megabytes_saving=_megabytes(SAVING_KBPS, appointment.minutes),
            save_data=client.save_data,
            by_phone=appointment.way is Way.PHONE,
            on_site=appointment.way is Way.ON_SITE,
            by_mail=by_mail,
            reply=sender.reply,
        )

    def as_dict(self) -> dict[str, Any]:
        """For the template."""
        return {name: getattr(self, name) for name in NAMES}


NAMES = frozenset(place.name for place in fields(Places))


def locale_of(language: str) -> Locale:
    """How dates are written in a language (BCP 47); German where Babel knows nothing of it."""
    for tag in (_LOCALES.get(language, language), language.partition("-")[0]):
        try:
            return Locale.parse(tag, sep="_" if "_" in tag else "-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("de")


def direction_of(language: str) -> str:
    """`ltr` or `rtl`."""
    return locale_of(language).text_direction


def _clock(wall: datetime, locale: Locale) -> str:
    return format_time(wall, "short", locale=locale)


def _megabytes(kbps: int, minutes: int) -> str:
    """Both ways, two significant digits."""
    return f"{float(f'{2 * kbps * 1000 * 60 * minutes / 8 / 1_000_000:.2g}'):.0f}"
