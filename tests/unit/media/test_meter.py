"""Counters become rates."""

from __future__ import annotations

from app.media.meter import WINDOW, Counters, Heard, Meter

SILENCE = Heard(0.0, 0.0, {})


def test_rates_are_means_over_the_window() -> None:
    meter = Meter()
    for look in range(2 * WINDOW):
        meter.look(1, Counters(sent_bytes=look * 31_250, sent_pictures=look * 7, sent_size=(1280, 720)), SILENCE, look / 4)
    assert meter.newest.sent_kbps == 1000
    assert meter.newest.sent_fps == 28
    assert (meter.newest.sent_width, meter.newest.sent_height) == (1280, 720)


def test_a_new_epoch_begins_anew() -> None:
    meter = Meter()
    meter.look(1, Counters(sent_bytes=10_000_000), SILENCE, 0.0)
    meter.look(2, Counters(sent_bytes=0), SILENCE, 1.0)
    meter.look(2, Counters(sent_bytes=125_000), SILENCE, 2.0)
    assert meter.newest.sent_kbps == 1000


def test_what_limits_the_picture_is_passed_on() -> None:
    meter = Meter()
    meter.look(1, Counters(device_limited=True), SILENCE, 0.0)
    assert (meter.newest.device_limited, meter.newest.network_limited) == (True, False)
    meter.look(1, Counters(network_limited=True), SILENCE, 0.25)
    assert (meter.newest.device_limited, meter.newest.network_limited) == (False, True)
