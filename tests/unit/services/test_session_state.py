"""Where a session stands, from seat and line."""

from __future__ import annotations

import pytest

from app.domain.rooms import SeatState
from app.media.ports import CallState
from app.services.ports import SessionState
from app.services.session_state import Standing

ADMITTED, LEFT, WAITING = SeatState.ADMITTED, SeatState.LEFT, SeatState.WAITING


@pytest.mark.parametrize(
    ("standing", "state"),
    [
        (Standing(), SessionState.WAITING_FOR_CLIENT),
        (Standing(ADMITTED), SessionState.WAITING_FOR_CLIENT),
        (Standing(ADMITTED, newest_epoch=1), SessionState.CONNECTING),
        (Standing(ADMITTED, newest_epoch=1, flowing=1, once_connected=True), SessionState.RUNNING),
        (Standing(ADMITTED, newest_epoch=2, once_connected=True), SessionState.RECOVERING),
        (Standing(ADMITTED, present=False), SessionState.CLIENT_AWAY),
        (Standing(ADMITTED, present=False, once_connected=True), SessionState.CLIENT_AWAY),
        (Standing(ADMITTED, present=False, flowing=1, once_connected=True), SessionState.RUNNING),
        (Standing(LEFT, flowing=1, once_connected=True), SessionState.CLIENT_AWAY),
        (Standing(ADMITTED, flowing=1, ending=True), SessionState.ENDING),
        (Standing(ADMITTED, flowing=1, ending=True, over=True), SessionState.OVER),
    ],
)
def test_state(standing: Standing, state: SessionState) -> None:
    assert standing.state() is state


def test_a_new_epoch_replaces_the_one_before() -> None:
    standing = Standing(ADMITTED)
    standing.heard(1, CallState.CONNECTING)
    standing.heard(1, CallState.CONNECTED)
    standing.heard(2, CallState.CONNECTING)
    assert standing.flowing == 1  # made before the old one is closed
    standing.heard(2, CallState.CONNECTED)
    standing.heard(1, CallState.CLOSED)
    assert standing.flowing == 2
    standing.heard(2, CallState.STALLED)
    assert standing.flowing == 0


def test_an_epoch_that_fails_takes_no_older_one_for_granted() -> None:
    standing = Standing(ADMITTED)
    standing.heard(1, CallState.CONNECTED)
    standing.heard(2, CallState.STALLED)
    assert standing.state() is SessionState.RECOVERING


@pytest.mark.parametrize(("seat", "present", "reachable"), [(ADMITTED, True, True), (ADMITTED, False, False), (WAITING, True, False)])
def test_only_an_admitted_browser_that_is_there_can_be_asked(seat: SeatState, present: bool, reachable: bool) -> None:
    assert Standing(seat, present).reachable is reachable
