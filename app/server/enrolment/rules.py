"""How offers and workstations may change: pure functions, used by every WorkstationStore. No I/O, no clock."""

from __future__ import annotations

from dataclasses import replace

from app.server.enrolment.ports import Offer, Way, Workstation
from app.server.ports import Refusal
from app.wire.codes import Code


def used(offer: Offer | None, workstation: Workstation) -> Offer:
    """The offer, used by this workstation. Refuses what the port says."""
    if offer is None:
        raise Refusal(Code.UNKNOWN_CODE)
    if offer.used_by == workstation.key:
        return offer
    if offer.used_by is not None:
        raise Refusal(Code.CONFLICT)
    if workstation.since >= offer.until:
        raise Refusal(Code.EXPIRED_LINK)
    return replace(offer, used_by=workstation.key)


def registered(before: Workstation | None, workstation: Workstation) -> Workstation:
    """The workstation as it is known from now on. Refuses `unauthorised` for a key that was revoked: it never comes back; and what
    `_check_sign_in` refuses."""
    if before is None:
        return workstation
    if before.revoked_at is not None:
        raise Refusal(Code.UNAUTHORISED)
    if workstation.way is Way.SIGN_IN:
        _check_sign_in(before, workstation)
    return replace(workstation, replaces=workstation.replaces or before.replaces)


def _check_sign_in(before: Workstation, workstation: Workstation) -> None:
    """Refuses `conflict` where a code holds already, `not-yours` for another person (the rooms are not theirs) and `right-spent` for the
    same sign-in a second time: `since` is when it happened."""
    if before.way is not Way.SIGN_IN:
        raise Refusal(Code.CONFLICT)
    if before.person != workstation.person:
        raise Refusal(Code.NOT_YOURS)
    if workstation.since <= before.since:
        raise Refusal(Code.RIGHT_SPENT)


def of_offer(offer: Offer, workstation: Workstation) -> Workstation:
    """The workstation, with what the offer says of it."""
    replaces = None if offer.replaces == workstation.key else offer.replaces
    return replace(workstation, site=offer.site, label=offer.label, way=Way.CODE, until=None, person=None, replaces=replaces)


def revoked(before: Workstation, now: int) -> Workstation:
    """The workstation, never to be accepted again."""
    return before if before.revoked_at is not None else replace(before, revoked_at=now)


def ended_between(workstation: Workstation, then: int, now: int) -> bool:
    """True if it was revoked or expired in that time."""
    ends = (workstation.revoked_at, workstation.until)
    return any(end is not None and then <= end <= now for end in ends)


def order(workstation: Workstation) -> tuple[str, str, int, str]:
    """How lists are sorted."""
    return workstation.site, workstation.label, workstation.since, workstation.key
