"""Chat lines: kept until acknowledged, shown once."""

from __future__ import annotations

import pytest

from app.services.chat import MOST_LINES, ChatLog
from app.services.fakes import ManualClock
from app.services.ports import Delivery
from app.wire.talk import Chat, ChatSeen, Talk


def chat() -> tuple[ChatLog, list[Talk]]:
    out: list[Talk] = []
    return ChatLog(out.append, ManualClock()), out


def test_a_line_is_sending_until_it_is_seen() -> None:
    log, out = chat()
    log.say("Guten Tag")
    (line,) = log.lines
    assert (line.text, line.own, line.delivery) == ("Guten Tag", True, Delivery.SENDING)
    assert out == [Chat(id=line.id, text="Guten Tag")]
    log.heard(ChatSeen(id=line.id))
    assert [shown.delivery for shown in log.lines] == [Delivery.SEEN]


def test_a_new_channel_gets_what_nobody_acknowledged_in_its_order() -> None:
    log, out = chat()
    for text in ("one", "two", "three"):
        log.say(text)
    log.heard(ChatSeen(id=log.lines[1].id))
    out.clear()
    log.channel_open()
    assert [m.text for m in out if isinstance(m, Chat)] == ["one", "three"]


def test_a_repeated_line_is_shown_once_and_acknowledged_again() -> None:
    log, out = chat()
    told = []
    log.changed.subscribe(told.append)
    for _ in range(2):
        log.heard(Chat(id="abcdefgh", text="Hallo"))
    assert [(line.text, line.own) for line in log.lines] == [("Hallo", False)]
    assert out == [ChatSeen(id="abcdefgh")] * 2
    assert len(told) == 1


def test_an_acknowledgement_of_nothing_changes_nothing() -> None:
    log, _ = chat()
    log.heard(Chat(id="abcdefgh", text="Hallo"))
    told = []
    log.changed.subscribe(told.append)
    log.heard(ChatSeen(id="abcdefgh"))
    log.heard(ChatSeen(id="zzzzzzzz"))
    assert told == []


@pytest.mark.parametrize("text", ["", "x" * 2001])
def test_lines_have_a_length(text: str) -> None:
    log, out = chat()
    with pytest.raises(ValueError, match="1 to 2000"):
        log.say(text)
    assert out == []


def test_half_a_character_does_no_harm() -> None:
    log, out = chat()
    log.say("a\ud83d")
    assert out == [Chat(id=log.lines[0].id, text="a?")]


def test_a_flood_is_neither_shown_nor_acknowledged() -> None:
    log, out = chat()
    for number in range(MOST_LINES + 5):
        log.heard(Chat(id=f"line-{number:06}", text="x"))
    assert len(log.lines) == len(out) == MOST_LINES
