"""The shown screen's source: started, replaced, stopped, and what it leaves behind."""

from __future__ import annotations

import pytest

from app.media.budget import Wishes
from app.media.frames import black
from app.media.ports import FrameSlot, I420Frame
from app.media.sharing import Sharing


class Source:
    """Puts one picture when it starts."""

    def __init__(self, journal: list[str], name: str, broken: bool = False) -> None:
        self._journal, self._name, self._broken = journal, name, broken
        self.slot: FrameSlot[I420Frame] | None = None

    def start(self, slot: FrameSlot[I420Frame]) -> None:
        if self._broken:
            raise OSError(self._name)
        self._journal.append(f"start {self._name}")
        self.slot = slot
        slot.put(black(64, 48))

    def stop(self) -> None:
        self._journal.append(f"stop {self._name}")
        if self.slot is not None:
            self.slot.clear()


@pytest.fixture
def wishes() -> Wishes:
    return Wishes()


@pytest.fixture
def sharing(wishes: Wishes) -> Sharing:
    return Sharing(wishes)


def test_one_source_replaces_the_other_and_none_ends_it(sharing: Sharing, wishes: Wishes) -> None:
    journal: list[str] = []
    sharing.share(Source(journal, "a"))
    assert (wishes.sharing, sharing.router.size) == (True, (64, 48))
    sharing.share(Source(journal, "b"))
    assert (wishes.sharing, sharing.router.size) == (True, (64, 48))
    sharing.share(None)
    sharing.share(None)
    assert (wishes.sharing, sharing.router.newest) == (False, None)
    assert journal == ["start a", "stop a", "start b", "stop b"]


def test_a_source_that_does_not_start_says_so_and_nothing_is_shared(sharing: Sharing, wishes: Wishes) -> None:
    journal: list[str] = []
    sharing.share(Source(journal, "a"))
    with pytest.raises(OSError, match="b"):
        sharing.share(Source(journal, "b", broken=True))
    assert (wishes.sharing, sharing.router.newest) == (False, None)
    sharing.share(None)
    assert journal == ["start a", "stop a"]
