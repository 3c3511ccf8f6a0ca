"""One contract for every `Session`: the fake that windows are tested with, and the real one over a call without media."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import pytest

from app.domain.rooms import SeatState
from app.media.ports import DeviceKind, DeviceTrouble
from app.services.fakes import FakeDesk, FakeSession, ManualClock
from app.services.ports import ChatLine, Delivery, RemoteMedia, SafetyWords, Session, SessionState, WordsState
from app.wire.talk import Chat, MediaState
from tests.support.services import Browser, prints
from tests.support.session_table import Picture, Table


class Talk(Protocol):
    """A session and what happens around it."""

    session: Session
    clock: ManualClock

    def connects(self) -> None: ...

    def line_goes_and_comes(self) -> None: ...

    def leaves(self) -> None: ...

    def says(self, text: str) -> None: ...

    def sees(self) -> None:
        """Every line so far is acknowledged."""
        ...

    def switches(self, microphone: bool, camera: bool) -> None: ...

    def shares(self, on: bool) -> None:
        """The client shows a screen, or ends that."""
        ...

    def device_fails(self) -> None: ...

    def another_device(self) -> None:
        """The client's seat is taken over by another browser."""
        ...


class FakeTalk:
    def __init__(self) -> None:
        self.clock = ManualClock()
        desk = FakeDesk(self.clock)
        room = desk.create_now("", "de", 30).room
        self.session: FakeSession = desk.admit(room, desk.client_arrives(room))

    def connects(self) -> None:
        self.session.client_connects()

    def line_goes_and_comes(self) -> None:
        self.session.line_lost()
        self.session.line_back()

    def leaves(self) -> None:
        self.session.client_leaves()

    def says(self, text: str) -> None:
        self.session.client_says(text)

    def sees(self) -> None:
        self.session.client_sees()

    def switches(self, microphone: bool, camera: bool) -> None:
        self.session.client_switches(microphone, camera)

    def shares(self, on: bool) -> None:
        self.session.client_shares(on)

    def device_fails(self) -> None:
        self.session.device_fails(DeviceKind.CAMERA, DeviceTrouble.BUSY)

    def another_device(self) -> None:
        self.session.another_device()


class LiveTalk:
    def __init__(self) -> None:
        self.table = Table().admitted()
        self.session, self.clock = self.table.session, self.table.clock
        self.browser = Browser(self.table.call)
        self.browser.acknowledges = False

    def connects(self) -> None:
        self.table.offer(1)
        self.browser.connect(1, prints(1, 2))

    def line_goes_and_comes(self) -> None:
        self.table.call.stall(1)
        self.table.offer(2)
        self.browser.connect(2, prints(3, 4))

    def leaves(self) -> None:
        self.session.seat_changed(SeatState.LEFT, present=True)

    def says(self, text: str) -> None:
        self.browser.say(Chat(id="abcdefgh", text=text))

    def sees(self) -> None:
        self.browser.acknowledges = True
        self.table.offer(9)
        self.browser.connect(9, prints(5, 6))

    def switches(self, microphone: bool, camera: bool) -> None:
        self.browser.say(MediaState(microphone=microphone, camera=camera))

    def shares(self, on: bool) -> None:
        self.browser.say(MediaState(microphone=True, camera=True, screen=on))

    def device_fails(self) -> None:
        self.table.call.fail_device(DeviceKind.CAMERA, DeviceTrouble.BUSY)

    def another_device(self) -> None:
        self.session.another_device()


both = pytest.mark.parametrize("make", [FakeTalk, LiveTalk])
Make = Callable[[], Talk]


def states_of(talk: Talk) -> list[SessionState]:
    states: list[SessionState] = []
    talk.session.state_changed.subscribe(states.append)
    return states


@both
def test_it_begins_by_waiting(make: Make) -> None:
    talk = make()
    assert talk.session.state is SessionState.WAITING_FOR_CLIENT
    assert talk.session.words == SafetyWords(WordsState.NONE)
    assert talk.session.chat == ()
    assert talk.session.own_media == talk.session.remote_media == RemoteMedia()
    assert not talk.session.identity_checked


@both
def test_each_state_is_told_once(make: Make) -> None:
    talk = make()
    states = states_of(talk)
    talk.connects()
    talk.line_goes_and_comes()
    talk.leaves()
    S = SessionState
    assert states == [S.CONNECTING, S.RUNNING, S.RECOVERING, S.RUNNING, S.CLIENT_AWAY]
    assert talk.session.state is S.CLIENT_AWAY


@both
def test_words_are_ready_and_then_kept(make: Make) -> None:
    talk = make()
    talk.connects()
    ready = talk.session.words
    assert ready.state is WordsState.READY
    assert len(ready.words) == 4
    talk.line_goes_and_comes()
    assert talk.session.words == SafetyWords(WordsState.KEPT, ready.words)


@both
def test_chat_is_told_as_a_whole(make: Make) -> None:
    talk = make()
    talk.connects()
    told: list[list[ChatLine]] = []
    talk.session.chat_changed.subscribe(lambda lines: told.append(list(lines)))
    talk.session.say("Guten Tag")
    talk.says("Hallo")
    assert [(line.text, line.own) for line in told[-1]] == [("Guten Tag", True), ("Hallo", False)]
    assert [line.delivery for line in talk.session.chat if line.own] == [Delivery.SENDING]
    talk.sees()
    assert [line.delivery for line in talk.session.chat if line.own] == [Delivery.SEEN]
    assert list(talk.session.chat) == told[-1]


@both
@pytest.mark.parametrize("text", ["", "x" * 2001])
def test_lines_have_a_length(make: Make, text: str) -> None:
    talk = make()
    with pytest.raises(ValueError, match="1 to 2000"):
        talk.session.say(text)
    assert talk.session.chat == ()


@both
def test_switches_of_both_sides(make: Make) -> None:
    talk = make()
    talk.connects()
    own: list[RemoteMedia] = []
    theirs: list[RemoteMedia] = []
    talk.session.own_media_changed.subscribe(own.append)
    talk.session.remote_media_changed.subscribe(theirs.append)
    talk.session.set_microphone(False)
    talk.session.set_microphone(False)
    talk.session.set_camera(False)
    talk.switches(microphone=False, camera=True)
    assert own == [RemoteMedia(False, True), RemoteMedia(False, False)]
    assert theirs == [RemoteMedia(False, True)] == [talk.session.remote_media]


@both
def test_the_end_and_its_undo(make: Make) -> None:
    talk = make()
    talk.connects()
    states = states_of(talk)
    talk.session.end()
    talk.session.end()
    talk.clock.advance(9.9)
    assert states == [SessionState.ENDING]
    talk.session.undo_end()
    talk.clock.advance(30)
    assert states == [SessionState.ENDING, SessionState.RUNNING]
    talk.session.end()
    talk.clock.advance(10.1)
    talk.session.undo_end()
    assert states[2:] == [SessionState.ENDING, SessionState.OVER]


@both
def test_what_is_over_stays_over(make: Make) -> None:
    talk = make()
    talk.connects()
    talk.session.end_now()
    states = states_of(talk)
    talk.session.end()
    talk.session.end_now()
    talk.session.send_back()
    talk.session.say("zu spät")
    talk.clock.advance(60)
    assert states == []
    assert talk.session.state is SessionState.OVER
    assert talk.session.chat == ()


@both
def test_identity_and_device_trouble(make: Make) -> None:
    talk = make()
    troubles: list[tuple[DeviceKind, DeviceTrouble]] = []
    talk.session.trouble.subscribe(troubles.append)
    talk.session.confirm_identity()
    talk.device_fails()
    assert talk.session.identity_checked
    assert troubles == [(DeviceKind.CAMERA, DeviceTrouble.BUSY)]


@both
def test_at_another_device_identity_and_words_are_to_be_checked_again(make: Make) -> None:
    talk = make()
    talk.connects()
    told: list[bool] = []
    talk.session.identity_changed.subscribe(told.append)
    talk.session.confirm_identity()
    talk.session.confirm_identity()
    talk.another_device()
    assert told == [True, False]
    assert not talk.session.identity_checked
    assert talk.session.words == SafetyWords(WordsState.COMPARE_AGAIN)
    assert talk.session.state is SessionState.WAITING_FOR_CLIENT


@both
def test_another_device_during_the_end_leaves_the_end_to_run(make: Make) -> None:
    talk = make()
    talk.connects()
    talk.session.end()
    talk.another_device()
    assert talk.session.state is SessionState.ENDING
    talk.session.undo_end()
    assert talk.session.state is SessionState.WAITING_FOR_CLIENT


@both
def test_a_pause_restores_what_stood_before(make: Make) -> None:
    talk = make()
    talk.connects()
    own: list[RemoteMedia] = []
    talk.session.set_camera(False)
    talk.session.own_media_changed.subscribe(own.append)
    talk.session.pause(True)
    talk.session.pause(True)
    assert talk.session.own_media == RemoteMedia(microphone=False, camera=False, paused=True)
    talk.session.set_camera(True)
    talk.session.set_microphone(False)
    assert len(own) == 1, "a switch turned in the pause counts after it"
    talk.session.pause(False)
    assert own == [RemoteMedia(False, False, paused=True), RemoteMedia(microphone=False, camera=True)]


@both
def test_a_screen_is_shown_until_the_end_of_it(make: Make) -> None:
    talk = make()
    talk.connects()
    picture = Picture()
    talk.session.share_screen(picture)
    assert (picture.starts, picture.shown) == (1, True)
    assert talk.session.own_media == RemoteMedia(screen=True)
    talk.session.pause(True)
    assert not picture.shown
    assert talk.session.own_media == RemoteMedia(False, False, paused=True)
    talk.session.pause(False)
    assert (picture.starts, picture.shown) == (2, True)
    other = Picture()
    talk.session.share_screen(other)
    assert (picture.shown, other.shown) == (False, True)
    talk.session.share_screen(None)
    assert not other.shown
    assert talk.session.own_media == RemoteMedia()


@both
def test_one_screen_at_a_time(make: Make) -> None:
    talk = make()
    talk.connects()
    picture, later = Picture(), Picture()
    talk.session.share_screen(picture)
    talk.shares(True)
    assert not picture.shown
    assert not talk.session.own_media.screen
    assert talk.session.remote_media.screen
    talk.session.share_screen(later)
    assert later.shown, "who begins later replaces the other"
    talk.shares(True)
    assert later.shown, "the same screen of theirs is no new one"
    talk.shares(False)
    assert later.shown
    assert talk.session.remote_media == RemoteMedia()


@both
def test_a_screen_is_for_the_person_it_was_shown_to(make: Make) -> None:
    talk = make()
    talk.connects()
    picture = Picture()
    talk.session.share_screen(picture)
    talk.another_device()
    assert not picture.shown
    assert not talk.session.own_media.screen


@both
@pytest.mark.parametrize("by_phone", [False, True])
def test_a_shared_screen_stands_still_while_the_end_can_be_undone(make: Make, by_phone: bool) -> None:
    talk = make()
    talk.connects()
    picture = Picture()
    talk.session.share_screen(picture)
    if by_phone:
        talk.session.go_on_by_phone()
    else:
        talk.session.end()
    assert talk.session.state is SessionState.ENDING
    assert not picture.shown
    talk.session.undo_end()
    assert picture.shown
    talk.session.end_now()
    assert not picture.shown
    assert talk.session.state is SessionState.OVER
