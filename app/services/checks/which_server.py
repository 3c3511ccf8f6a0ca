"""Against which server a device check measures the network, so that it claims no more than was tried. Imports choice and settings."""

from __future__ import annotations

import enum

from app.services.agency.choice import AgencyChoice
from app.services.profile import Settings


class WhichServer(enum.Enum):
    """The program's own, or the agency's."""

    HERE = "here"
    """Our own, found on this machine only: nothing of the network was tried."""
    OWN = "own"
    """Our own, under the address that clients use."""
    AGENCY = "agency"
    NOT_ENROLLED = "not-enrolled"
    """The agency's, which does not know this workstation yet."""


def which_server(settings: Settings, choice: AgencyChoice) -> WhichServer:
    """`settings` are those that hold."""
    if choice.wanted:
        return WhichServer.AGENCY if choice.enrolled else WhichServer.NOT_ENROLLED
    return WhichServer.OWN if settings.public_url else WhichServer.HERE
