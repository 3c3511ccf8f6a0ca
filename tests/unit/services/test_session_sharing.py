"""A shared screen, the pause and the client's wishes over a call without media."""

from __future__ import annotations

import pytest

from app.media.ports import CallStats, FrameSlot, I420Frame, PictureLimit
from app.services.fakes import SCREEN_LINE
from app.services.ports import RemoteMedia
from app.services.session_line import Parting
from app.wire.messages import OfferReason
from app.wire.talk import Limits, LineReport, MediaState
from tests.support.pictures import grey
from tests.support.services import prints
from tests.support.session_table import Picture, Table

WITH_SCREEN = f"v=0\r\n{SCREEN_LINE}\r\n"


def test_sharing_asks_for_an_epoch_with_a_screen_line_after_it_was_told() -> None:
    table = Table()
    browser = table.running()
    order: list[str] = []
    table.line.on_asked = lambda: order.append("asked" if browser.media is None or not browser.media.screen else "asked after telling")
    picture = Picture()
    table.session.own_media_changed.subscribe(lambda _: browser.listen())
    table.session.share_screen(picture)
    assert order == ["asked after telling"]
    assert table.line.asked == [(1, OfferReason.SCREEN)]
    assert table.call.screen is picture
    table.offer(2, sdp=WITH_SCREEN)
    browser.connect(2, prints(3, 4))
    assert browser.media == MediaState(microphone=True, camera=True, screen=True)
    table.clock.advance(60)
    assert table.line.asked == [(1, OfferReason.SCREEN)]


def test_the_line_is_asked_for_until_it_is_there() -> None:
    table = Table()
    table.running()
    table.session.share_screen(Picture())
    table.clock.advance(6.1)
    assert table.line.asked == [(1, OfferReason.SCREEN)] * 3
    table.session.share_screen(None)
    table.clock.advance(30)
    assert len(table.line.asked) == 3


def test_an_epoch_that_carries_a_screen_already_needs_no_other() -> None:
    table = Table().admitted()
    browser = table.running()
    table.offer(2, sdp=WITH_SCREEN)
    browser.connect(2, prints(3, 4))
    table.session.share_screen(Picture())
    table.clock.advance(30)
    assert table.line.asked == []


def test_nothing_is_asked_while_a_line_is_being_made() -> None:
    table = Table()
    browser = table.running()
    table.offer(2)
    table.session.share_screen(Picture())
    assert table.line.asked == []
    browser.connect(2, prints(3, 4))
    assert table.line.asked == [(2, OfferReason.SCREEN)]


def test_the_client_who_begins_to_share_ends_ours() -> None:
    table = Table()
    browser = table.running()
    picture = Picture()
    table.session.share_screen(picture)
    browser.say(MediaState(microphone=True, camera=True, screen=True))
    assert table.call.screen is None
    assert not picture.shown
    browser.listen()
    assert browser.media == MediaState(microphone=True, camera=True, screen=False)
    table.clock.advance(30)
    assert len(table.line.asked) == 1


def test_the_clients_screen_is_seen_in_one_slot() -> None:
    table = Table()
    table.running()
    frame = grey(7)
    table.call.remote_screen.put(frame)
    assert table.session.remote_screen.newest()[1] is frame
    table.session.another_device()
    assert table.session.remote_screen.newest()[1] is None


def test_a_pause_is_told_and_turns_everything_off() -> None:
    table = Table()
    browser = table.running()
    table.session.set_camera(False)
    table.session.share_screen(Picture())
    table.session.pause(True)
    browser.listen()
    assert browser.media == MediaState(microphone=False, camera=False, paused=True)
    assert (table.call.microphone_on, table.call.camera_on, table.call.screen) == (False, False, None)
    table.session.pause(False)
    browser.listen()
    assert browser.media == MediaState(microphone=True, camera=False, screen=True)
    assert (table.call.microphone_on, table.call.camera_on) == (True, False)
    assert table.call.screen is not None


def test_the_pause_of_a_client_is_shown_and_ends_with_their_device() -> None:
    table = Table()
    browser = table.running()
    browser.say(MediaState(microphone=False, camera=False, paused=True))
    assert table.session.remote_media.paused
    table.session.another_device()
    assert not table.session.remote_media.paused


def test_the_clients_limits_reach_the_call() -> None:
    table = Table()
    browser = table.running()
    browser.say(Limits(height=360, kbps=400))
    assert table.call.limit == PictureLimit(360, 400)
    browser.say(Limits())
    assert table.call.limit == PictureLimit()


def test_the_line_is_reported_from_the_calls_figures_and_the_way_to_the_server() -> None:
    table = Table()
    browser = table.running()
    table.call.figures = CallStats(round_trip_ms=80.0, received_loss=0.05)
    table.line.server_ms = 33
    table.clock.advance(3)
    browser.listen()
    assert browser.report == LineReport(loss=0.05, round_trip_ms=80, server_ms=33)
    browser.report = None
    table.call.stall(1)
    table.clock.advance(9)
    browser.listen()
    assert browser.report is None, "a line that is gone has no figures"


def test_by_phone_is_told_with_the_end() -> None:
    table = Table()
    table.running()
    table.session.go_on_by_phone()
    table.session.end()
    table.clock.advance(10)
    assert table.line.ends == [Parting.BY_PHONE]


def test_an_undone_way_to_the_phone_is_forgotten() -> None:
    table = Table()
    table.running()
    table.session.go_on_by_phone()
    table.session.undo_end()
    table.session.end_now()
    assert table.line.ends == [Parting.GOODBYE]


def test_a_screen_that_is_shared_while_the_line_is_away_is_asked_for_when_it_stands() -> None:
    table = Table()
    browser = table.running()
    table.call.stall(1)
    table.line.asked.clear()
    table.session.share_screen(Picture())
    assert OfferReason.SCREEN not in {reason for _, reason in table.line.asked}
    table.offer(2)
    browser.connect(2, prints(3, 4))
    assert table.line.asked[-1] == (2, OfferReason.SCREEN)


class ClosedWindow(Picture):
    """Somebody closed it: it shows itself no more."""

    closed = True

    def start(self, slot: FrameSlot[I420Frame]) -> None:
        if self.closed:
            raise RuntimeError("the window is gone")
        super().start(slot)


def test_a_screen_that_cannot_be_shown_is_refused_to_whoever_shares_it() -> None:
    table = Table()
    browser = table.running()
    with pytest.raises(RuntimeError, match="gone"):
        table.session.share_screen(ClosedWindow())
    assert not table.session.own_media.screen
    browser.listen()
    assert browser.media == MediaState(microphone=True, camera=True)
    assert table.line.asked == []
    table.session.share_screen(Picture())
    assert table.session.own_media.screen


def test_a_window_that_was_closed_in_the_pause_ends_the_sharing_and_nothing_else() -> None:
    table = Table()
    table.running()
    window = ClosedWindow()
    window.closed = False
    table.session.share_screen(window)
    table.session.pause(True)
    window.closed = True
    told: list[RemoteMedia] = []
    table.session.own_media_changed.subscribe(told.append)
    table.session.pause(False)
    assert told == [RemoteMedia()]
    assert (table.call.microphone_on, table.call.camera_on) == (True, True)
