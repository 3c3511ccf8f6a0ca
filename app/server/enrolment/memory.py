"""WorkstationStore in the memory of one process: for tests, for training, and as the model the others are held to."""

from __future__ import annotations

from collections.abc import Sequence

from app.server.enrolment import rules
from app.server.enrolment.ports import Offer, Way, Workstation


class MemoryWorkstationStore:
    """The methods are documented at the port; each is a single step of the event loop."""

    def __init__(self) -> None:
        self._offers: dict[str, Offer] = {}
        self._workstations: dict[str, Workstation] = {}

    async def add_offer(self, offer: Offer) -> None:
        self._offers[offer.id] = offer

    async def find_offer(self, offer: str) -> Offer | None:
        return self._offers.get(offer)

    async def redeem(self, offer: str, workstation: Workstation) -> Workstation:
        before = self._offers.get(offer)
        after = rules.used(before, workstation)
        known = self._workstations.get(workstation.key)
        registered = rules.registered(known, rules.of_offer(after, workstation))
        if after == before and known is not None:
            return known
        former = self._workstations.get(after.replaces) if after.replaces not in (None, workstation.key) else None
        if former is not None:
            self._workstations[former.key] = rules.revoked(former, workstation.since)
        self._offers[offer] = after
        self._workstations[registered.key] = registered
        return registered

    async def register(self, workstation: Workstation) -> Workstation:
        registered = rules.registered(self._workstations.get(workstation.key), workstation)
        self._workstations[registered.key] = registered
        return registered

    async def find(self, key: str) -> Workstation | None:
        return self._workstations.get(key)

    async def workstations(self) -> Sequence[Workstation]:
        return sorted(self._workstations.values(), key=rules.order)

    async def has_site(self, site: str) -> bool:
        return any(one.site == site for one in self._workstations.values())

    async def revoke(self, key: str, now: int) -> Workstation | None:
        before = self._workstations.get(key)
        if before is not None:
            self._workstations[key] = rules.revoked(before, now)
        return self._workstations.get(key)

    async def ended_since(self, then: int, now: int) -> Sequence[str]:
        return [one.key for one in self._workstations.values() if rules.ended_between(one, then, now)]

    async def forget(self, before: int) -> None:
        self._offers = {key: offer for key, offer in self._offers.items() if offer.until >= before}
        self._workstations = {key: one for key, one in self._workstations.items() if not _is_past(one, before)}

    async def close(self) -> None:
        self._offers.clear()
        self._workstations.clear()


def _is_past(one: Workstation, before: int) -> bool:
    return one.way is Way.SIGN_IN and one.revoked_at is None and one.until is not None and one.until < before
