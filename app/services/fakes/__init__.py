"""Honest fakes of the services and of the engine: for window tests, service tests and training. No Qt, no sockets, no media.

They keep the same contracts as the real ones (`tests/contract` runs on both). What a client or a network would do is said to them
by methods that are no part of the ports: `FakeDesk.client_arrives`, `FakeSession.client_connects`, `FakeCall.connect` ….
"""

from app.services.fakes.appointments import DirectStore, SampleBook
from app.services.fakes.clock import ManualClock
from app.services.fakes.desk import FakeDesk
from app.services.fakes.engine import SCREEN_LINE, FakeCall, FakeEngine
from app.services.fakes.link import FakeLink
from app.services.fakes.mail_server import FakeMailServer
from app.services.fakes.mailbox import FakeMailbox
from app.services.fakes.rooms import KeptInMemory
from app.services.fakes.session import FakeSession
from app.services.fakes.store import MemoryStore

__all__ = [
    "SCREEN_LINE",
    "DirectStore",
    "FakeCall",
    "FakeDesk",
    "FakeEngine",
    "FakeLink",
    "FakeMailServer",
    "FakeMailbox",
    "FakeSession",
    "KeptInMemory",
    "ManualClock",
    "MemoryStore",
    "SampleBook",
]
