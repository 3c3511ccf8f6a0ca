"""Records and printed lines of the demonstration's steps."""

from __future__ import annotations

import io

import pytest

from app.demo.steps import StepFailed, Steps
from app.paths import RESOURCES
from app.texts import Texts


def _steps(seen: list[str], out: io.StringIO) -> Steps:
    async def after(name: str) -> None:
        seen.append(name)

    return Steps(Texts.load(RESOURCES / "i18n", "de", "demo"), after, out)


async def test_a_step_is_recorded_printed_and_photographed() -> None:
    seen: list[str] = []
    out = io.StringIO()
    steps = _steps(seen, out)
    assert not steps.ok, "nothing was shown yet"
    async with steps.step("mail-received"):
        assert not seen
    assert steps.ok
    assert [(s.name, s.ok, s.why) for s in steps.records] == [("mail-received", True, "")]
    assert seen == ["mail-received"]
    assert "der persönliche Link steht darin." in out.getvalue()


async def test_an_error_fails_the_step_and_ends_the_demonstration() -> None:
    seen: list[str] = []
    out = io.StringIO()
    steps = _steps(seen, out)
    async with steps.step("program-started"):
        pass
    with pytest.raises(StepFailed, match="mail-received"):
        async with steps.step("mail-received"):
            raise LookupError("no link there")
    assert not steps.ok
    assert steps.records[-1].why == "LookupError: no link there"
    assert seen == ["program-started", "mail-received"], "a failed step is photographed as well"
    assert "FEHLER" in out.getvalue()
    assert "no link there" in out.getvalue()
