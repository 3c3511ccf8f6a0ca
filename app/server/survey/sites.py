"""The desks of all sites that the server knows: each with keys, answers and sums of its own. Knows neither kind of desk."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from app.server.ports import Refusal
from app.wire.codes import Code

Desk = TypeVar("Desk")
Known = Callable[[str], Awaitable[bool]]
"""Whether there is such a site. May raise StateUnavailable."""


async def none_further(_: str) -> bool:
    """A server with one site."""
    return False


class Desks(Generic[Desk]):
    """Makes a desk when it is first asked for. A name that somebody thought up gets none: each desk makes keys."""

    def __init__(self, home: str, make: Callable[[str], Desk], known: Known = none_further) -> None:
        """`home` is the site of the settings, meant where nobody names one."""
        self.home = home
        self._make = make
        self._known = known
        self._desks: dict[str, Desk] = {}

    def of(self, site: str) -> Desk:
        """Of a site that a workstation or its room belongs to."""
        if site not in self._desks:
            self._desks[site] = self._make(site)
        return self._desks[site]

    async def named(self, site: str | None, otherwise: Code) -> Desk:
        """Of a site as somebody from outside names it. Refuses with `otherwise` where there is none."""
        name = site or self.home
        if name not in self._desks and name != self.home and not await self._known(name):
            raise Refusal(otherwise)
        return self.of(name)
