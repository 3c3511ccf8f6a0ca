"""What the composition root hands on of the agency's policy."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from app.office import WindowsOffice
from app.services.fakes import SampleBook
from app.services.fakes.agency import FakeAgencyDoor, sample_agency
from app.services.host import Services
from app.services.profile import Settings
from app.services.tasks import Tasks


@pytest.mark.parametrize(("policy", "allowed"), [({}, True), ({"feed_names_locked": 1}, False), ({"feed_names_locked": True}, False)])
def test_a_policy_keeps_names_out_of_the_file_for_outlook(qapp: Any, texts: Any, policy: dict[str, Any], allowed: bool) -> None:
    async def main() -> None:
        tasks = Tasks(lambda *_: None)
        services = SimpleNamespace(book=SampleBook(), tasks=tasks, settings=Settings(), keeper=None)
        office = WindowsOffice(texts, demonstration=False, policy=policy)
        assert office.feed(cast(Services, services)).names_allowed is allowed
        office.close()
        await tasks.close()

    asyncio.run(main())


def test_what_the_agencys_server_says_stands_locked_in_the_settings(texts) -> None:
    services = SimpleNamespace(keeper=SimpleNamespace(now=lambda: Settings(label="Own")), agency=FakeAgencyDoor(current=sample_agency()))
    chosen = WindowsOffice(texts, demonstration=False)._chosen(services)  # type: ignore[arg-type]
    assert {"label", "site", "public_url"} <= chosen.locked
    assert (chosen.holds("label"), chosen.holds("phone")) == ("Jobcenter Musterstadt", "")
