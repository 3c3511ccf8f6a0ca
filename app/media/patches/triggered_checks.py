"""A check of a path that comes in while our own of the same path is under way has ours sent again at once (RFC 8445, section 7.3.1.4).

aioice waits for its retransmission, half a second later. Our first check is lost as a rule where the other side is at a relay, which
lets nothing through before that side has read our answer; its own check is the sign that it has.
"""
# mypy: disable-error-code="attr-defined,has-type,method-assign"
# (private names of aioice, which the checker does not know or does not let be replaced)

from __future__ import annotations

from typing import Any

from aioice import stun
from aioice.ice import CandidatePair, Connection, StunProtocol

_original = Connection.check_incoming


def _check_incoming(self: Connection, message: stun.Message, addr: tuple[str, int], protocol: StunProtocol) -> None:
    waiting = [pair for pair in self._check_list if _waits(pair, addr, protocol)]
    _original(self, message, addr, protocol)
    for pair in waiting:
        for transaction in list(protocol.transactions.values()):
            _send_again(transaction, pair)


def _waits(pair: CandidatePair, addr: tuple[str, int], protocol: StunProtocol) -> bool:
    return pair.protocol is protocol and pair.remote_addr == addr and pair.state == CandidatePair.State.IN_PROGRESS


def _send_again(transaction: Any, pair: CandidatePair) -> None:
    if transaction._Transaction__addr == pair.remote_addr and not transaction._Transaction__future.done():
        pair.protocol.send_stun(transaction._Transaction__request, pair.remote_addr)


def install() -> None:
    """Change aioice in this process. May be called twice."""
    Connection.check_incoming = _check_incoming
