"""The same surroundings as those of the exchange's windows, with a door to an agency's server."""

from __future__ import annotations

import pytest

from app.services.fakes.agency import FakeAgencyDoor
from app.services.fakes.sign_in import FakeSignIn
from app.ui.agency.parts import AgencyParts, AgencyPlan
from tests.ui.exchange.conftest import main, parts

__all__ = ["main", "parts"]


class Around:
    """What the windows ask of the running program."""

    def __init__(self) -> None:
        self.links_given = False
        self.talking = False
        self.sign_in = FakeSignIn()


@pytest.fixture
def around() -> Around:
    return Around()


@pytest.fixture
def make(parts, around):
    """Parts over a door."""

    def made(door: FakeAgencyDoor) -> AgencyParts:
        plan = AgencyPlan(door, lambda: around.links_given, lambda: around.talking, around.sign_in)
        return AgencyParts(plan, parts.tasks, parts.messages, parts.texts, parts.theme)

    return made
