"""Whom the server accepts: offers one-time codes, takes workstations in, and says of each key where it belongs.

Everything that becomes or stops being known goes over this desk. Logs events without keys and codes. Knows no connection and no SQL.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.domain.enrolment import VALID_S, EnrolmentCode
from app.domain.secrets import from_b64url
from app.server import envelopes
from app.server.enrolment.ports import Handshake, Offer, Way, Workstation, WorkstationStore
from app.server.ports import Clock, Fanout, Refusal
from app.wire.codes import Code
from app.wire.handshake import Place, code_text, enrolling_text, owner_id
from app.wire.messages import Enrol

log = structlog.get_logger(__name__)

SPENT_KEPT_S = 30 * 86_400
"""So long after its end an offer still gets an answer of its own (too late, used already) instead of "unknown"."""
LOOK_BACK_S = 600
"""A sweep looks again at what ended so long before the last one: clocks of several machines may differ, transactions take a moment."""


@dataclass(frozen=True, slots=True)
class Home:
    """Where workstations belong whose keys stand in the settings, and what links of this server start with."""

    site: str
    label: str
    public_url: str
    keys: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()
    """Further ones to which people may belong who sign in."""


class EnrolmentDesk:
    """One for each server process, and one for each run of the command line."""

    def __init__(self, store: WorkstationStore, home: Home, clock: Clock) -> None:
        self._store = store
        self._home = home
        self._clock = clock
        self._looked = int(clock())

    @property
    def _now(self) -> int:
        return int(self._clock())

    # ---- who is known

    async def accepted(self, key: str) -> Workstation | None:
        """The workstation with this key, if it may open a control link now."""
        if key in self._home.keys:
            return Workstation(key, self._home.site, self._home.label, 0, Way.CONFIGURED)
        found = await self._store.find(key)
        return found if found is not None and found.holds(self._now) else None

    def place_of(self, workstation: Workstation) -> Place:
        """What the workstation is told of itself."""
        return Place(workstation.site, workstation.label, self._home.public_url, workstation.until)

    async def known(self) -> Sequence[Workstation]:
        """All that ever became known and are not forgotten, those of the settings first."""
        of_settings = [Workstation(key, self._home.site, self._home.label, 0, Way.CONFIGURED) for key in sorted(self._home.keys)]
        return [*of_settings, *await self._store.workstations()]

    async def revoked_owners(self, site: str) -> frozenset[str]:
        """Owners of rooms whose workstation belonged to this site and was revoked."""
        return frozenset(known.owner for known in await self._store.workstations() if known.site == site and known.revoked_at is not None)

    async def has_site(self, site: str) -> bool:
        """True if a workstation of this site is or was known, or may be by a sign-in."""
        return site == self._home.site or site in self._home.sites or await self._store.has_site(site)

    # ---- becoming known

    async def offer(self, server_key: str, site: str, label: str, replaces: str | None = None) -> EnrolmentCode:
        """A new code, valid for a day. It is told once and kept nowhere."""
        code = EnrolmentCode.new(server_key)
        await self._store.add_offer(Offer(code.offer, code.verifier, site, label, self._now + VALID_S, replaces))
        log.info("enrolment-offered")
        return code

    async def enrol(self, wanted: Enrol, values: Handshake) -> Workstation:
        """Register whoever shows that they have the code and the key. Refuses what the store refuses.

        What is wrong with a code is told only to who has it; all others hear `unknown-code`.
        """
        offer = await self._store.find_offer(wanted.offer)
        has_code = offer is not None and signature_holds(offer.verifier, wanted.proof, code_text(*values, wanted.offer))
        if not has_code or not signature_holds(wanted.workstation_key, wanted.signature, enrolling_text(*values, wanted.offer)):
            raise Refusal(Code.UNKNOWN_CODE)
        if wanted.workstation_key in self._home.keys:
            raise Refusal(Code.CONFLICT)  # the settings say where it belongs, and a code cannot say otherwise
        workstation = await self._store.redeem(wanted.offer, Workstation(wanted.workstation_key, "", "", self._now, Way.CODE))
        log.info("workstation-known")
        return workstation

    async def register(self, workstation: Workstation) -> Workstation:
        """Register or renew without a code. Refuses what the store refuses, and `conflict` for a key of the settings."""
        if workstation.key in self._home.keys:
            raise Refusal(Code.CONFLICT)
        registered = await self._store.register(workstation)
        log.info("sign-in-registered")
        return registered

    # ---- no longer known

    async def revoke(self, key: str) -> Workstation | None:
        """Accept this key never again; None if it is not known by enrolment."""
        revoked = await self._store.revoke(key, self._now)
        if revoked is not None:
            log.info("workstation-revoked")
        return revoked

    async def tell_to_look(self, fanout: Fanout, key: str) -> None:
        """The link of this workstation, wherever it is, is to look whether it is still accepted."""
        fanout.publish(envelopes.owner_topic(owner_id(key)), envelopes.pack(envelopes.LookWhetherKnown()))

    async def ended_lately(self) -> Sequence[str]:
        """Keys that are not accepted any more since about the last look."""
        now = self._now
        ended = await self._store.ended_since(self._looked - LOOK_BACK_S, now)
        self._looked = now
        return ended

    async def tidy(self) -> None:
        """Forget what nobody asks for any more."""
        await self._store.forget(self._now - SPENT_KEPT_S)


def signature_holds(public_key: str, signature: str, text: bytes) -> bool:
    """True if the holder of this Ed25519 key signed the text."""
    try:
        Ed25519PublicKey.from_public_bytes(from_b64url(public_key)).verify(from_b64url(signature), text)
    except (InvalidSignature, ValueError):
        return False
    return True
