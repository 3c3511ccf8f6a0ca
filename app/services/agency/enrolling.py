"""The handshake by which a workstation becomes known to an agency's server, with a one-time code (PROTOCOL.md, section 13). No Qt.

The program sends nothing before the server has shown the key that the code was made for, and believes nothing that this key did not sign.
So somebody in between, an inspecting proxy for instance, reads everything and gets nothing: neither the code nor a registration of theirs.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain.enrolment import CodeError, CodeFault, EnrolmentCode
from app.domain.secrets import b64url, new_token
from app.services.agency.first_talk import FirstTalk, KnownServer, Values, first_talk, known_server
from app.services.agency.ports import NotEnrolled, Trouble
from app.services.agency.settings import AgencyServer, Way
from app.services.keys import WorkstationKey
from app.services.tls import system_trust
from app.wire.handshake import code_text, enrolling_text
from app.wire.messages import Challenge, Enrol, Enrolled

_log = structlog.get_logger(__name__)

_OF_CODE = {
    CodeFault.EMPTY: Trouble.CODE_EMPTY,
    CodeFault.OTHER: Trouble.CODE_OTHER,
    CodeFault.VERSION: Trouble.CODE_VERSION,
    CodeFault.LENGTH: Trouble.CODE_LENGTH,
    CodeFault.GROUP: Trouble.CODE_GROUP,
}


async def enrol(url: str, code: str, key: WorkstationKey, trust: Callable[[], ssl.SSLContext] = system_trust) -> AgencyServer:
    """Register `key` at the server behind `url` (its control link, `wss://…/ws/control`) with what a person typed as the code.

    After a lost answer the same again leads to the same. `trust` makes the context for wss addresses. Raises NotEnrolled.
    """
    read = read_code(code)
    try:
        async with first_talk(url, trust) as talk:
            server = await _enrolled(talk, key, read)
    except NotEnrolled as refusal:
        _log.info("agency.not_enrolled", reason=refusal.trouble.value)
        raise
    place = server.place
    return AgencyServer(url=url, server_key=server.key, way=Way.CODE, site=place.site, label=place.label, public_url=place.public_url)


def read_code(text: str) -> EnrolmentCode:
    """The code that a person typed or pasted. Raises NotEnrolled."""
    try:
        return EnrolmentCode.parse(text)
    except CodeError as error:
        raise NotEnrolled(_OF_CODE[error.fault], group=error.group) from None


async def _enrolled(talk: FirstTalk, key: WorkstationKey, code: EnrolmentCode) -> KnownServer:
    challenge = await talk.next(Challenge)
    if not code.is_for(challenge.server_key):
        raise NotEnrolled(Trouble.OTHER_SERVER)
    values = (challenge.server_key, key.public, challenge.nonce, new_token())
    await talk.send(_request(key, code, values))
    return known_server(await talk.next(Enrolled), values)


def _request(key: WorkstationKey, code: EnrolmentCode, values: Values) -> Enrol:
    return Enrol(
        seq=1,
        workstation_key=key.public,
        nonce=values[3],
        offer=code.offer,
        proof=_signed(code.signer(), code_text(*values, code.offer)),
        signature=key.sign(enrolling_text(*values, code.offer)),
    )


def _signed(key: Ed25519PrivateKey, text: bytes) -> str:
    return b64url(key.sign(text))
