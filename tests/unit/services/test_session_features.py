"""What an agency leaves out of conversations: the page is told, and what still comes of it is passed over."""

from __future__ import annotations

import pytest

from app.domain.features import EVERY, Feature
from app.wire.talk import Chat, MediaState, Offered, parse_talk
from tests.support.services import prints
from tests.support.session_table import Table

LINE = Chat(id="a" * 22, text="Guten Tag")
SHOWS = MediaState(microphone=True, camera=True, screen=True)


def offered(table: Table) -> list[Offered]:
    return [message for message in map(parse_talk, table.call.sent) if isinstance(message, Offered)]


def test_nothing_is_said_where_nothing_is_left_out() -> None:
    table = Table()
    table.running()
    assert offered(table) == []


@pytest.mark.parametrize("left_out", list(Feature))
def test_each_part_can_be_left_out_by_itself(left_out: Feature) -> None:
    table = Table(EVERY - {left_out})
    browser = table.running()
    assert offered(table) == [Offered(chat=left_out is not Feature.CHAT, screen=left_out is not Feature.SCREEN)]
    browser.say(LINE)
    browser.say(SHOWS)
    assert bool(table.session.chat) is (left_out is not Feature.CHAT)
    assert table.session.remote_media.screen is (left_out is not Feature.SCREEN)
    assert table.session.remote_media.camera


def test_it_is_said_again_on_every_channel() -> None:
    table = Table(frozenset())
    browser = table.running()
    table.offer(2)
    browser.connect(2, prints(3, 4))
    assert offered(table) == [Offered(chat=False, screen=False)] * 2
