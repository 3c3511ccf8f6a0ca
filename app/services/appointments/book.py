"""The counsellor's book: implements `app.services.appointments.ports.AppointmentBook` over store, post and clock. No Qt, no SQL.

Every change is one transaction, mails included. What may be done is asked of pure rules (`stages`, `drafts`, `post`, `proposals`).
"""

from __future__ import annotations

from app.services.appointments.at_the_door import AtTheDoor
from app.services.appointments.deputies import Deputies
from app.services.appointments.invitation import Invitation
from app.services.appointments.looking import Looking
from app.services.appointments.outcomes import Outcomes
from app.services.appointments.phone_call import PhoneCall
from app.services.appointments.rights import Rights
from app.services.appointments.taking_over import TakingOver


class LiveAppointmentBook(Looking, PhoneCall, Invitation, Outcomes, Rights, TakingOver, AtTheDoor, Deputies):
    """The book of the running program; its parts share one `Ground`."""
