"""The agency's server as the window sees it: what is told at once, what after a while, and what is not worth a sentence."""

from __future__ import annotations

import msgspec
import pytest

from app.services.agency.remote_server import AWAY_AFTER_S, NEEDS_ENROLMENT, RemoteServer
from app.services.agency.settings import AgencyServer, Way
from app.services.events import Event
from app.services.fakes import ManualClock
from app.services.fakes.agency import sample_agency
from app.services.link_port import LinkTarget, LinkTrouble
from app.services.ports import LinkState
from app.services.server_port import ServerState

AGENCY = sample_agency()


class NotedLink:
    """As much of a link as the server looks at."""

    def __init__(self) -> None:
        self.state_changed: Event[LinkState] = Event()
        self.trouble_changed: Event[LinkTrouble | None] = Event()
        self.state = LinkState.CONNECTING
        self.trouble: LinkTrouble | None = None
        self.aimed: list[LinkTarget] = []
        self.kept_away = False

    def aim(self, target: LinkTarget) -> None:
        self.aimed.append(target)

    def stay_away(self) -> None:
        self.kept_away = True

    def stand(self, state: LinkState, trouble: LinkTrouble | None = None) -> None:
        """In the order of `ControlLink`: the trouble first."""
        if trouble is not self.trouble:
            self.trouble = trouble
            self.trouble_changed.announce(trouble)
        if state is not self.state:
            self.state = state
            self.state_changed.announce(state)


class Watched:
    """A server that was started, and what it told."""

    def __init__(self, agency: AgencyServer | None = AGENCY) -> None:
        self.clock, self.link = ManualClock(), NotedLink()
        self.server = RemoteServer(agency, self.link, self.clock)
        self.told: list[tuple[ServerState, str | None]] = []
        self.server.changed.subscribe(lambda state: self.told.append((state, self.server.problem)))
        self.server.start()


@pytest.fixture
def watched() -> Watched:
    return Watched()


def test_the_link_is_aimed_at_the_server_and_its_key(watched: Watched) -> None:
    assert watched.link.aimed == [LinkTarget(AGENCY.url, AGENCY.server_key)]
    assert watched.server.state is ServerState.STARTING
    assert watched.server.pid is None
    watched.link.stand(LinkState.CONNECTED)
    assert watched.told == [(ServerState.READY, None)]


def test_who_is_not_enrolled_needs_a_person_and_nothing_is_tried() -> None:
    watched = Watched(None)
    assert watched.told == [(ServerState.FAILING, "not-enrolled")]
    assert watched.link.aimed == []
    assert watched.link.kept_away
    watched.link.stand(LinkState.REFUSED, LinkTrouble.NOT_ACCEPTED)
    assert watched.server.problem == "not-enrolled"


def test_a_server_that_is_back_in_time_is_not_worth_a_sentence(watched: Watched) -> None:
    watched.link.stand(LinkState.CONNECTED)
    watched.link.stand(LinkState.LOST, LinkTrouble.AWAY)
    watched.clock.advance(AWAY_AFTER_S - 1)
    watched.link.stand(LinkState.CONNECTED)
    watched.clock.advance(10 * AWAY_AFTER_S)
    assert watched.told == [(ServerState.READY, None), (ServerState.RESTARTING, None), (ServerState.READY, None)]


@pytest.mark.parametrize("was_there", [False, True])
def test_a_server_that_stays_away_is_told_once(watched: Watched, was_there: bool) -> None:
    if was_there:
        watched.link.stand(LinkState.CONNECTED)
        watched.link.stand(LinkState.LOST, LinkTrouble.AWAY)
    else:
        watched.link.stand(LinkState.CONNECTING, LinkTrouble.AWAY)
    watched.clock.advance(3 * AWAY_AFTER_S)
    assert watched.told[-1] == (ServerState.FAILING, "away")
    assert len([state for state, _ in watched.told if state is ServerState.FAILING]) == 1
    watched.link.stand(LinkState.CONNECTED)
    assert watched.told[-1] == (ServerState.READY, None)


@pytest.mark.parametrize("trouble", [LinkTrouble.CERTIFICATE, LinkTrouble.CLOCK])
def test_a_certificate_is_told_at_once_because_waiting_does_not_help(watched: Watched, trouble: LinkTrouble) -> None:
    watched.link.stand(LinkState.CONNECTING, trouble)
    assert watched.told == [(ServerState.FAILING, trouble.value)]
    watched.clock.advance(3 * AWAY_AFTER_S)
    assert len(watched.told) == 1


@pytest.mark.parametrize(
    ("trouble", "way", "problem"),
    [
        (LinkTrouble.NOT_ACCEPTED, Way.CODE, "revoked"),
        (LinkTrouble.NOT_ACCEPTED, Way.SIGN_IN, "sign-in-over"),
        (LinkTrouble.OTHER_SERVER, Way.CODE, "other-server"),
        (LinkTrouble.TAKEN_OVER, Way.CODE, "taken-over"),
    ],
)
def test_a_refusal_is_told_at_once_with_its_reason(trouble: LinkTrouble, way: Way, problem: str) -> None:
    watched = Watched(msgspec.structs.replace(AGENCY, way=way))
    watched.link.stand(LinkState.CONNECTED)
    watched.link.stand(LinkState.REFUSED, trouble)
    assert watched.told[-1] == (ServerState.FAILING, problem)
    assert (problem in NEEDS_ENROLMENT) is (trouble is LinkTrouble.NOT_ACCEPTED)


async def test_after_its_end_nothing_is_told(watched: Watched) -> None:
    await watched.server.close()
    assert watched.told == [(ServerState.STOPPED, None)]
    watched.link.stand(LinkState.CONNECTED)
    watched.clock.advance(3 * AWAY_AFTER_S)
    assert len(watched.told) == 1
