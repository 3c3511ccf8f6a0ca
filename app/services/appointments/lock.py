"""Why nobody can be invited by mail. Pure; imports the profile's rule for addresses only."""

from __future__ import annotations

from dataclasses import dataclass

from app.services.profile import only_demonstration

DEAD_LINKS = "app.appointment.locked.public-url"
"""Links lead nowhere outside: no letter and no dictated code is of use either."""


@dataclass(frozen=True, slots=True)
class Lock:
    """A sentence of the catalogue `app`."""

    key: str
    values: tuple[tuple[str, str], ...] = ()


def lock_of(link_base: str, has_mail_server: bool, demonstration: bool) -> Lock | None:
    """None while inviting is possible. `demonstration` is True in the demonstration and in training, where links need not lead outside."""
    if only_demonstration(link_base) and not demonstration:
        return Lock(DEAD_LINKS, (("address", link_base),))
    return None if has_mail_server else Lock("app.appointment.locked.no-mail-server")
