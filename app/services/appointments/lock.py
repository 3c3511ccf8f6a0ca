"""Why nobody can be invited by mail. Pure; imports the profile's rule for addresses only."""

from __future__ import annotations

from dataclasses import dataclass

from app.services.profile import only_demonstration

DEAD_LINKS = "app.appointment.locked.public-url"
"""Links lead nowhere outside: no letter and no dictated code is of use either."""

NOT_ENROLLED = "app.agency.lock"
"""The same, until this workstation is enrolled at the agency's server."""
NO_LINKS = frozenset({DEAD_LINKS, NOT_ENROLLED})
"""While one of these holds nothing with a link is given out."""


@dataclass(frozen=True, slots=True)
class Lock:
    """A sentence of the catalogue `app`."""

    key: str
    values: tuple[tuple[str, str], ...] = ()


def lock_of(link_base: str, has_mail_server: bool, demonstration: bool, enrolled: bool = True) -> Lock | None:
    """None while inviting is possible. `demonstration` is True in the demonstration and in training, where links need not lead outside;
    `enrolled` is False where the server does not know this workstation yet, so that nobody knows what links start with."""
    if not enrolled:
        return Lock(NOT_ENROLLED)
    if only_demonstration(link_base) and not demonstration:
        return Lock(DEAD_LINKS, (("address", link_base),))
    return None if has_mail_server else Lock("app.appointment.locked.no-mail-server")
