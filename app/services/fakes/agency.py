"""An agency's server and its door in memory: codes that are good, and every trouble on demand. Imports the ports only."""

from __future__ import annotations

from app.services.agency.address import AddressError, control_url, origin
from app.services.agency.choice import AgencyChoice
from app.services.agency.ports import NotEnrolled, Trouble
from app.services.agency.settings import AgencyServer
from app.services.events import Event
from app.services.server_port import ServerState

KEY = "A" * 43


class FakeServer:
    """Keeps the `Server` contract; the test says how it stands."""

    def __init__(self) -> None:
        self.changed: Event[ServerState] = Event()
        self.state = ServerState.STARTING
        self.problem: str | None = None
        self.pid: int | None = None

    def start(self) -> None:
        """Nothing runs."""

    async def close(self) -> None:
        """Nothing ran."""

    def stand(self, state: ServerState, problem: str | None = None) -> None:
        """From now on it stands so."""
        self.state, self.problem = state, problem
        self.changed.announce(state)


class FakeAgencyDoor:
    """Keeps the `AgencyDoor` contract over one server that knows its codes."""

    def __init__(self, *codes: str, address: str = "", locked: bool = False, current: AgencyServer | None = None) -> None:
        """Each of `codes` is good once."""
        self.server = FakeServer()
        self.moved: Event[AgencyServer] = Event()
        self.ends_soon: Event[int] = Event()
        self.current = self.at_work = current
        self.choice = AgencyChoice(current, control_url(address) if locked else None)
        self.address = address
        self.locked = locked
        self.trouble: NotEnrolled | None = None
        """What stands in the way of the next attempt."""
        self._codes = set(codes)
        self._spent: set[str] = set()

    async def connect(self, address: str, code: str) -> AgencyServer:
        try:
            url = control_url(address)
        except AddressError:
            raise NotEnrolled(Trouble.ADDRESS) from None
        if self.trouble is not None:
            raise self.trouble
        if code not in self._codes:
            raise NotEnrolled(Trouble.CODE_USED if code in self._spent else Trouble.CODE_UNKNOWN)
        self._codes.discard(code)
        self._spent.add(code)
        self.current = sample_agency(url)
        return self.current

    async def leave(self) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.current = None


def sample_agency(url: str = "wss://video.jobcenter.example/ws/control") -> AgencyServer:
    """One that a workstation is enrolled at."""
    return AgencyServer(url=url, server_key=KEY, site="musterstadt-nord", label="Jobcenter Musterstadt", public_url=origin(url))
