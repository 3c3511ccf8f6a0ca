"""Transport-wide feedback: golden packets worked out by hand from the draft, and a reader of our own for everything else."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from app.media.transport_feedback import INTERVAL_S, Arrivals

T = 0.064 * 5
"""A multiple of the reference time's unit."""


def read(packet: bytes) -> tuple[int, int, dict[int, int | None]]:
    """(number of the report, reference time, ticks of arrival by 16 bit number), by the draft's section 3.1."""
    first, kind, length, sender, media = struct.unpack_from("!BBHLL", packet)
    assert (first, kind, 4 * (length + 1), sender, media) == (0x8F, 205, len(packet), 1, 2)
    base, count, time = struct.unpack_from("!HHL", packet, 12)
    place, symbols = 20, list[int]()
    while len(symbols) < count:
        (chunk,) = struct.unpack_from("!H", packet, place)
        place += 2
        if chunk >> 15 == 0:
            symbols += [chunk >> 13] * (chunk & 0x1FFF)
        elif chunk >> 14 == 2:
            symbols += [chunk >> (13 - n) & 1 for n in range(14)]
        else:
            symbols += [chunk >> (12 - 2 * n) & 3 for n in range(7)]
    at, ticks = (time >> 8) * 256, dict[int, int | None]()
    for n, symbol in enumerate(symbols[:count]):
        form = {0: "", 1: "!B", 2: "!h"}[symbol]
        if form:
            at += struct.unpack_from(form, packet, place)[0]
            place += struct.calcsize(form)
        ticks[(base + n) & 0xFFFF] = at if form else None
    assert len(packet) - place in range(4)
    return time & 0xFF, time >> 8, ticks


def test_golden_three_in_a_row() -> None:
    arrivals = Arrivals()
    for number, at in ((0x1234, T), (0x1235, T + 0.001), (0x1236, T + 0.00125)):
        arrivals.add(number, at + 1e-9)
    assert arrivals.due(1.0, sender=0x01020304, media=0x05060708) == bytes.fromhex(
        "8fcd0006" "01020304" "05060708"  # RTPFB, format 15, seven words
        "12340003" "00000500"  # from 0x1234, three packets; reference 5 * 64 ms, report 0
        "2003" "000401" "000000"  # a run of three small deltas: 0, 4 and 1 quarters of a ms; filled up
    )  # fmt: skip


def test_golden_a_gap_and_a_long_pause() -> None:
    arrivals = Arrivals()
    for number, at in ((7, T + 0.002), (9, T + 0.1), (10, T + 0.1)):
        arrivals.add(number, at + 1e-9)
    assert arrivals.due(1.0, sender=1, media=2) == bytes.fromhex(
        "8fcd0006" "00000001" "00000002"
        "00070004" "00000500"
        "d240" "08" "0188" "00" "0000"  # small, missing, large, small as a vector; 8, 392 and 0 quarters of a ms
    )  # fmt: skip


def test_the_next_report_goes_on_and_names_what_is_missing() -> None:
    arrivals = Arrivals()
    arrivals.add(0xFFFE, T)
    first = arrivals.due(1.0, 1, 2)
    arrivals.add(1, T + 0.01)
    assert arrivals.due(1.0 + INTERVAL_S / 2, 1, 2) is None
    second = arrivals.due(1.0 + INTERVAL_S, 1, 2)
    assert first is not None
    assert second is not None
    assert list(read(first)[2]) == [0xFFFE]
    assert read(second)[0] == 1
    assert [at is not None for at in read(second)[2].values()] == [False, False, True]
    assert list(read(second)[2]) == [0xFFFF, 0, 1]
    assert arrivals.due(9.0, 1, 2) is None


def test_a_late_packet_is_told_with_its_neighbours() -> None:
    arrivals = Arrivals()
    for number in (5, 7, 8):
        arrivals.add(number, T)
    assert arrivals.due(T + 0.01, 1, 2) is not None
    arrivals.add(6, T + 0.02)
    late = arrivals.due(T + 0.1, 1, 2)
    assert late is not None
    assert list(read(late)[2]) == [6]
    arrivals.add(9, T + 0.15)
    after = arrivals.due(T + 0.2, 1, 2)
    assert after is not None
    assert [at is not None for at in read(after)[2].values()] == [True] * len(read(after)[2])


def test_a_pause_that_no_delta_can_say_is_split() -> None:
    arrivals = Arrivals()
    arrivals.add(1, T)
    arrivals.add(2, T + 20)
    first, second = arrivals.due(30.0, 1, 2), arrivals.due(31.0, 1, 2)
    assert first is not None
    assert second is not None
    assert [list(read(packet)[2]) for packet in (first, second)] == [[1], [2]]


@given(
    first=st.integers(0, 0xFFFF),
    steps=st.lists(st.tuples(st.integers(1, 40), st.integers(-30, 5000)), max_size=200),
)
def test_a_reader_finds_what_was_put_in(first: int, steps: list[tuple[int, int]]) -> None:
    arrivals, number, ticks, put = Arrivals(), first, 100_000, {}
    for step, later in [(0, 0), *steps]:
        number, ticks = number + step, ticks + later
        put[number & 0xFFFF] = ticks
        arrivals.add(number & 0xFFFF, (ticks + 0.5) * 0.00025)
    found: dict[int, int | None] = {}
    for report in range(40):
        packet = arrivals.due(10.0 + report, 1, 2)
        if packet is None:
            break
        assert len(packet) < 1200
        found |= read(packet)[2]
    assert {n: at for n, at in found.items() if at is not None} == put
