"""The folder is away from the holder only, and both act on the same appointment: each of them hears of it, once."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from app.domain.appointments import Appointment, Stage
from app.domain.deputy import ActKind
from app.paths import RESOURCES
from app.services.appointments.ports import Tell
from app.services.fakes.team import MemoryShelf
from app.texts import Texts
from tests.support.teams import TeamTable

HOLDER, DEPUTY = "app.team.told.both", "app.team.told.both.deputy"


class Apart(TeamTable):
    """Anna reaches the same folder by a line of her own."""

    def __init__(self) -> None:
        shelf = MemoryShelf()
        super().__init__(shelf)
        self.line = MemoryShelf()
        self.line.files = shelf.files
        self.anna.shelf = self.line
        self.anna._make()

    async def both_act(self, kind: ActKind) -> Appointment:
        """Anna calls off what Bernd takes care of; then her line is back."""
        invited = await self.anna.invited()
        await self.anna.look()
        self.line.away = True
        await self.anna.book.cancel(invited.id, by_client=True, tell=Tell.NOBODY)
        await self.bernd.act(kind, self.anna)
        self.line.away = False
        return invited

    def left(self) -> list[str]:
        """What lies about of acts."""
        return [name for name in self.line.files if name.startswith("acts/")]


@pytest_asyncio.fixture
async def table() -> AsyncIterator[Apart]:
    made = Apart()
    await made.open()
    yield made
    await made.close()


@pytest.mark.parametrize("kind", [ActKind.TAKE_OVER, ActKind.CANCEL_BY_CLIENT])
async def test_both_are_told_once(table: Apart, kind: ActKind) -> None:
    invited = await table.both_act(kind)
    heard: list[tuple[str, dict[str, str]]] = []
    table.bernd.team.tell_to(heard.append)
    for _ in range(3):
        await table.anna.look()
        await table.bernd.look()
    assert table.anna.told.count(HOLDER) == 1
    ((key, values),) = heard
    assert (key, values["name"]) == (DEPUTY, "Anna")
    for language in ("de", "en"):
        assert "Anna" in Texts.load(RESOURCES / "i18n", language, "app")(key, **values)
    assert table.left() == []
    assert table.bernd.store.note("team.pending") is None
    assert table.anna.find(invited.id).stage is Stage.CANCELLED


async def test_a_deputy_who_was_away_is_told_at_the_start(table: Apart) -> None:
    await table.both_act(ActKind.TAKE_OVER)
    await table.bernd.close()
    await table.anna.look()
    await table.bernd.start()
    await table.bernd.look()
    assert DEPUTY in table.bernd.told
    assert table.left() == []


async def test_nobody_is_told_where_the_holder_s_book_follows(table: Apart) -> None:
    await table.anna.invited()
    await table.anna.look()
    await table.anna.close()
    await table.bernd.act(ActKind.TAKE_OVER, table.anna)
    await table.anna.start()
    await table.bernd.look()
    assert table.bernd.told == []
    assert table.anna.told == ["app.team.told.take-over"]


async def test_a_forged_word_says_nothing_and_holds_up_nothing(table: Apart) -> None:
    await table.anna.invited()
    await table.anna.look()
    await table.anna.close()
    await table.bernd.act(ActKind.TAKE_OVER, table.anna)
    (decision,) = [name for name in table.left() if name.endswith(".decision")]
    table.line.files[decision.replace(".decision", ".both")] = table.line.files[decision]
    await table.anna.start()
    await table.bernd.look()
    assert table.bernd.told == []
    assert table.left() == []
