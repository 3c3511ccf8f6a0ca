"""The load of the whole computer."""

from __future__ import annotations

from app.media.machine import WINDOW_S, MachineLoad, processor_times


def test_it_is_the_mean_of_the_last_window() -> None:
    clock = {"worked": 0.0, "total": 0.0}
    load = MachineLoad(lambda: (clock["worked"], clock["total"]))

    def pass_s(seconds: int, busy: float) -> list[float]:
        seen = []
        for _ in range(seconds * 10):
            clock["worked"] += 0.1 * 2 * busy
            clock["total"] += 0.1 * 2
            seen.append(load.look(clock["total"] / 2))
        return seen

    assert set(pass_s(int(WINDOW_S) - 1, 1.0)) == {0.0}
    assert abs(pass_s(3, 1.0)[-1] - 1) < 0.01
    assert 0.2 < pass_s(2, 0.25)[-1] < 1
    assert abs(pass_s(5, 0.25)[-1] - 0.25) < 0.01


def test_the_computer_tells_its_times() -> None:
    worked, total = processor_times()
    assert 0 < worked < total
