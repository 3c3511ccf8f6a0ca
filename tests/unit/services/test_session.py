"""A conversation over a call without media: epochs, states, the end and its undo, chat, words, devices."""

from __future__ import annotations

import pytest

from app.domain.rooms import SeatState
from app.media.ports import CallState, DeviceChoice, DeviceKind, DeviceTrouble
from app.services.ending import UNDO_S
from app.services.own_side import NO_DEVICES
from app.services.ports import Delivery, RemoteMedia, SafetyWords, SessionState, WordsState
from app.services.session_line import Parting
from app.wire.messages import Candidate, IceServer, OfferReason
from app.wire.talk import MediaState
from tests.support.pictures import grey
from tests.support.services import Browser, prints
from tests.support.session_table import DEVICES, ROOM, Table


def test_devices_warm_up_before_the_first_offer() -> None:
    table = Table()
    assert table.call.choice == DEVICES
    assert table.session.state is SessionState.WAITING_FOR_CLIENT


def test_from_the_offer_to_the_conversation() -> None:
    table = Table().admitted()
    table.offer(1)
    assert table.line.answers == [(1, "v=0\r\ns=answer 1\r\n")]
    table.session.add_candidate(Candidate(seq=1, room=ROOM, epoch=1, candidate="candidate:1", mid="0", line=0))
    assert [(c.epoch, c.candidate, c.mid, c.line) for c in table.call.candidates] == [(1, "candidate:1", "0", 0)]
    Browser(table.call).connect(1, prints(1, 2))
    assert table.states == [SessionState.CONNECTING, SessionState.RUNNING]


def test_a_stall_asks_for_a_new_epoch_until_one_comes() -> None:
    table = Table()
    browser = table.running()
    table.call.stall(1)
    assert table.session.state is SessionState.RECOVERING
    assert table.line.asked == [(1, OfferReason.STALLED)]
    table.clock.advance(3)
    assert len(table.line.asked) == 2
    table.offer(2)
    table.clock.advance(5.9)
    assert len(table.line.asked) == 2  # the browser tries by itself for 5 s
    browser.connect(2, prints(3, 4))
    assert table.session.state is SessionState.RUNNING
    table.clock.advance(60)
    assert len(table.line.asked) == 2


def test_a_doubt_asks_for_a_new_epoch_and_is_seen_by_nobody() -> None:
    table = Table()
    browser = table.running()
    table.call.doubt(1)
    assert table.line.asked == [(1, OfferReason.STALLED)]
    table.clock.advance(60)
    assert len(table.line.asked) == 1, "the line may speak again by itself"
    table.offer(2)
    browser.connect(2, prints(3, 4))
    assert table.states == [SessionState.CONNECTING, SessionState.RUNNING]


def test_a_doubt_that_comes_true_is_a_stall_like_any_other() -> None:
    table = Table()
    table.running()
    table.call.doubt(1)
    table.call.stall(1)
    assert table.session.state is SessionState.RECOVERING
    assert table.line.asked == [(1, OfferReason.STALLED)] * 2, "a page that passed the first question over obeys the second"


def test_a_doubt_of_an_epoch_that_is_over_or_while_nobody_can_be_asked_asks_nobody() -> None:
    table = Table()
    browser = table.running()
    table.offer(2)
    browser.connect(2, prints(3, 4))
    table.call.doubt(1)
    table.session.seat_changed(SeatState.ADMITTED, present=False)
    table.call.doubt(2)
    assert table.line.asked == []


def test_after_an_epoch_that_came_to_nothing_the_question_names_the_newest() -> None:
    table = Table()
    table.running()
    table.offer(2)
    table.call.doubt(1)
    assert table.line.asked == [(2, OfferReason.STALLED)]


def test_packets_that_come_back_by_themselves_are_enough() -> None:
    table = Table()
    table.running()
    table.call.stall(1)
    table.call.resume(1)
    assert table.states[-2:] == [SessionState.RECOVERING, SessionState.RUNNING]


def test_the_old_epoch_goes_on_until_the_new_one_stands() -> None:
    table = Table()
    browser = table.running()
    table.offer(2)
    assert table.session.state is SessionState.RUNNING
    browser.connect(2, prints(3, 4))
    table.call.stall(1)
    assert table.states == [SessionState.CONNECTING, SessionState.RUNNING]


def test_older_offers_are_passed_over() -> None:
    table = Table().admitted()
    table.offer(5)
    table.offer(5)
    table.offer(4)
    assert [epoch for epoch, _ in table.call.offers] == [5]


def test_an_offer_that_cannot_be_answered_leads_to_another_one() -> None:
    table = Table().admitted()
    table.offer(1, sdp="nonsense")
    assert table.line.answers == []
    table.clock.advance(6)
    assert table.line.asked == [(1, OfferReason.STALLED)]


def test_a_browser_that_never_offers_is_asked() -> None:
    table = Table().admitted()
    table.clock.advance(6)
    assert table.line.asked == [(0, OfferReason.ADMITTED)]


def test_nobody_is_asked_before_the_admission_and_while_away() -> None:
    table = Table()
    table.clock.advance(30)
    assert table.line.asked == []
    table.running()
    table.session.seat_changed(SeatState.LEFT, present=True)
    assert table.session.state is SessionState.CLIENT_AWAY
    table.call.stall(1)
    table.clock.advance(30)
    assert table.line.asked == []
    table.session.seat_changed(SeatState.ADMITTED, present=True)
    assert table.session.state is SessionState.RECOVERING
    table.clock.advance(6)
    assert table.line.asked == [(1, OfferReason.STALLED)]


def test_signalling_may_be_gone_while_media_flow() -> None:
    table = Table()
    table.running()
    table.session.seat_changed(SeatState.ADMITTED, present=False)
    assert table.session.state is SessionState.RUNNING
    table.call.stall(1)
    assert table.session.state is SessionState.CLIENT_AWAY
    assert table.line.asked == []


def test_the_end_is_dark_at_once_and_can_be_undone() -> None:
    table = Table()
    browser = table.running()
    table.session.set_camera(False)
    table.session.end()
    assert table.session.state is SessionState.ENDING
    assert table.call.choice == NO_DEVICES
    assert (table.call.microphone_on, table.call.camera_on) == (False, False)
    browser.listen()
    assert browser.media == MediaState(microphone=False, camera=False)
    table.clock.advance(UNDO_S - 1)
    table.session.undo_end()
    assert table.session.state is SessionState.RUNNING
    assert table.call.choice == DEVICES
    assert (table.call.microphone_on, table.call.camera_on) == (True, False)
    browser.listen()
    assert browser.media == MediaState(microphone=True, camera=False)
    table.clock.advance(60)
    assert table.line.ends == []


def test_after_ten_seconds_the_end_is_told_and_the_call_closed() -> None:
    table = Table()
    table.running()
    table.session.end()
    table.session.end()
    table.clock.advance(UNDO_S)
    assert table.line.ends == [Parting.GOODBYE]
    assert table.call.closed
    assert table.states[-2:] == [SessionState.ENDING, SessionState.OVER]
    table.session.undo_end()
    table.session.end_now()
    assert table.line.ends == [Parting.GOODBYE]
    assert table.session.state is SessionState.OVER


def test_devices_chosen_while_ending_are_used_after_the_undo() -> None:
    table = Table()
    table.running()
    table.session.end()
    other = DeviceChoice("other", None, "")
    table.session.choose_devices(other)
    assert table.call.choice == NO_DEVICES
    table.session.undo_end()
    assert table.call.choice == other
    assert table.line.chosen == [other]


@pytest.mark.parametrize("goodbye", [True, False])
def test_ending_at_once_and_sending_back(goodbye: bool) -> None:
    table = Table()
    table.running()
    if goodbye:
        table.session.end_now()
    else:
        table.session.send_back()
    assert table.line.ends == [Parting.GOODBYE if goodbye else Parting.SENT_BACK]
    assert table.call.closed
    assert table.session.state is SessionState.OVER


def test_when_the_server_ended_it_nothing_is_told() -> None:
    table = Table()
    table.running()
    table.session.close()
    table.session.close()
    assert table.line.ends == []
    assert table.states[-1] is SessionState.OVER
    table.offer(9)
    table.clock.advance(60)
    table.session.say("zu spät")
    table.session.set_microphone(False)
    assert len(table.call.offers) == 1
    assert table.session.chat == ()


def test_switches_are_applied_and_told() -> None:
    table = Table()
    browser = table.running()
    seen: list[RemoteMedia] = []
    table.session.own_media_changed.subscribe(seen.append)
    table.session.set_microphone(False)
    table.session.set_microphone(False)
    assert seen == [RemoteMedia(microphone=False, camera=True)]
    assert table.call.microphone_on is False
    browser.listen()
    assert browser.media == MediaState(microphone=False, camera=True)
    browser.media = None
    table.offer(2)
    browser.connect(2, prints(3, 4))
    assert browser.media == MediaState(microphone=False, camera=True)


def test_the_clients_switches_are_shown() -> None:
    table = Table()
    browser = table.running()
    seen: list[RemoteMedia] = []
    table.session.remote_media_changed.subscribe(seen.append)
    browser.say(MediaState(microphone=True, camera=False))
    assert seen == [RemoteMedia(microphone=True, camera=False)] == [table.session.remote_media]


def test_chat_both_ways_and_again_after_a_new_epoch() -> None:
    table = Table()
    browser = table.running()
    browser.acknowledges = False
    table.session.say("Guten Tag")
    browser.listen()
    assert [line.delivery for line in table.session.chat] == [Delivery.SENDING]
    browser.acknowledges = True
    table.offer(2)
    browser.connect(2, prints(3, 4))
    assert [line.delivery for line in table.session.chat] == [Delivery.SEEN]
    assert [line.text for line in browser.shown] == ["Guten Tag"]


def test_what_is_not_understood_on_the_channel_is_passed_over() -> None:
    table = Table()
    browser = table.running()
    for text in ("", "{", '{"type": "dance"}', '{"type": "chat", "id": "x"}', "[" * 2000, "x" * 20000):
        table.call.hear(browser.epoch, text)
    assert table.session.chat == ()
    assert table.session.state is SessionState.RUNNING


def test_both_sides_show_the_same_words_and_keep_them() -> None:
    table = Table()
    browser = table.running()
    assert table.session.words == SafetyWords(WordsState.READY, browser.words)
    words = browser.words
    table.offer(2)
    browser.connect(2, prints(3, 4))
    assert table.session.words == SafetyWords(WordsState.KEPT, words)


def test_somebody_between_shows_as_different_words() -> None:
    table = Table().admitted()
    table.offer(1)
    browser = Browser(table.call)
    browser.connect(1, at_browser=prints(1, 66), at_program=prints(66, 2))
    assert browser.words
    assert table.session.words.state is WordsState.READY
    assert table.session.words.words != browser.words


def test_somebody_who_comes_between_later_is_noticed() -> None:
    table = Table()
    browser = table.running()
    table.offer(2)
    browser.connect(2, at_browser=prints(1, 66), at_program=prints(66, 2))
    assert table.session.words.state is WordsState.COMPARE_AGAIN
    assert table.session.words.words != browser.words


def test_another_device_cuts_the_old_one_off_and_keeps_the_chat() -> None:
    table = Table()
    browser = table.running()
    browser.acknowledges = False
    table.session.say("noch da?")
    old = table.call
    table.session.another_device()
    assert old.closed
    assert table.session.state is SessionState.WAITING_FOR_CLIENT
    assert table.session.words == SafetyWords(WordsState.COMPARE_AGAIN)
    old.hear(1, '{"type": "chat", "id": "fromtheold", "text": "x"}')
    old.resume(1)
    assert table.session.state is SessionState.WAITING_FOR_CLIENT
    table.admitted().offer(1)
    new = Browser(table.call)
    new.connect(1, prints(5, 6))
    assert table.session.state is SessionState.RUNNING
    assert [line.text for line in new.shown] == ["noch da?"]
    assert table.session.words == SafetyWords(WordsState.COMPARE_AGAIN, new.words)


def test_another_device_during_the_end_opens_nothing_until_the_undo() -> None:
    table = Table()
    table.running()
    table.session.end()
    table.session.another_device()
    assert table.call.choice == NO_DEVICES
    assert (table.call.microphone_on, table.call.camera_on) == (False, False)
    table.session.undo_end()
    assert table.call.choice == DEVICES


def test_pictures_are_seen_in_one_slot_through_several_calls() -> None:
    table = Table()
    first, second = grey(1), grey(2)
    slot = table.session.remote_picture
    table.call.remote_picture.put(first)
    assert slot.newest()[1] is first
    old = table.call
    table.session.another_device()
    assert slot.newest()[1] is None
    old.remote_picture.put(first)
    assert slot.newest()[1] is None
    table.call.remote_picture.put(second)
    table.call.own_picture.put(first)
    assert table.session.remote_picture.newest()[1] is second
    assert table.session.own_picture.newest()[1] is first
    table.call.remote_picture.clear()
    assert slot.newest()[1] is None


def test_device_trouble_is_passed_on() -> None:
    table = Table()
    seen: list[tuple[DeviceKind, DeviceTrouble]] = []
    table.session.trouble.subscribe(seen.append)
    table.call.fail_device(DeviceKind.CAMERA, DeviceTrouble.BUSY)
    assert seen == [(DeviceKind.CAMERA, DeviceTrouble.BUSY)]


def test_ice_servers_reach_the_call_and_the_next_one() -> None:
    table = Table()
    servers = (IceServer(urls=["turn:relay.example.org"]),)
    table.session.use_ice_servers(servers)
    assert table.call.ice_servers == servers
    table.session.another_device()
    assert table.call.ice_servers == servers


def test_identity_is_confirmed_for_this_session() -> None:
    table = Table()
    assert not table.session.identity_checked
    table.session.confirm_identity()
    assert table.session.identity_checked


def test_figures_come_from_the_call() -> None:
    table = Table()
    assert table.session.stats() == table.call.stats()
    assert table.session.microphone_level() == table.call.microphone_level()


def test_a_stall_of_an_epoch_that_was_replaced_asks_for_nothing() -> None:
    table = Table()
    table.running()
    table.offer(2)
    table.session.call_state(1, CallState.STALLED)
    assert table.session.state is SessionState.RECOVERING
    assert table.line.asked == []
