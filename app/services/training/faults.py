"""Every fault of the table, switched on and off while a check or a conversation runs, on our side or the client's. No Qt, no devices.

Our devices get it from `SimulatedFaults`, our check of network and machine from `Simulation`; the client's devices from
`SimulatedFaults` of their own, and the way between the two becomes as bad as the fault says.
"""

from __future__ import annotations

from collections.abc import Collection

from app.domain.checks import Fault, FaultTable, Part, Side
from app.media.simulated_faults import SIMULATED, SimulatedFaults
from app.services.checks.simulated import Simulation
from app.services.events import Event

NO_NETWORK = frozenset(
    {
        Fault.SERVER_UNREACHABLE,
        Fault.DNS_WRONG,
        Fault.CERTIFICATE_UNTRUSTED,
        Fault.PROXY_REFUSED,
        Fault.WEBSOCKET_BLOCKED,
    }
)
"""With these a client cannot reach the server."""


class TrainingFaults:
    """One for a group. On the desktop's loop."""

    def __init__(self, table: FaultTable) -> None:
        self.changed: Event[Side] = Event()
        self.table = table
        self.our_devices = SimulatedFaults()
        self.their_devices = SimulatedFaults()
        self.our_check = Simulation(table)
        self._on: dict[Side, frozenset[Fault]] = {side: frozenset() for side in Side}

    def can(self, side: Side) -> list[Fault]:
        """That this side can meet, part by part."""
        rows = [row for row in self.table.rows if side in row.provoked_by]
        return [row.fault for part in Part for row in rows if row.part is part]

    def on(self, side: Side) -> frozenset[Fault]:
        """What is wrong there now."""
        return self._on[side]

    def switch(self, side: Side, fault: Fault, on: bool) -> None:
        """From now on. Raises ValueError for a fault that this side cannot meet."""
        if side not in self.table.row(fault).provoked_by:
            raise ValueError(f"{fault.value} is not met there")
        self._on[side] = self._on[side] | {fault} if on else self._on[side] - {fault}
        if side is Side.COUNSELLOR:
            (self.our_check.provoke if on else self.our_check.clear)(fault)
        if fault in SIMULATED:
            (self.our_devices if side is Side.COUNSELLOR else self.their_devices).switch(fault, on)
        self.changed.announce(side)

    def clear(self) -> None:
        """All is well again, on both sides."""
        self._on = {side: frozenset() for side in Side}
        self.our_devices.clear()
        self.their_devices.clear()
        self.our_check.clear()
        for side in Side:
            self.changed.announce(side)

    @property
    def way(self) -> Collection[Fault]:
        """What makes the way between the two bad, whoever's it is."""
        return self._on[Side.CLIENT] | self._on[Side.COUNSELLOR]

    @property
    def client_cut_off(self) -> bool:
        """The client does not reach the server."""
        return bool(self._on[Side.CLIENT] & NO_NETWORK)
