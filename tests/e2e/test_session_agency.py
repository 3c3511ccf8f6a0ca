"""A session over an agency's own servers: the real program is enrolled with a code through its window at replica A, the client's Chromium
comes to replica B, and media go through coturn over TLS, with every other way closed.

Both replicas stand over one PostgreSQL and one Redis and speak TLS under the agency's own authority.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import trustme
from playwright.async_api import async_playwright

from tests.e2e.test_session_relay import _answers, _goes_by, _shows_the_relay_only, authority
from tests.support.agency import A, Agency, B
from tests.support.chromium import FAKE_DEVICES, FLAGS, enter
from tests.support.desk_host import DeskProcess
from tests.support.postgres import Postgres
from tests.support.redis_server import RedisServer
from tests.support.relay_net import RelayNet, shipped_relay
from tests.support.session import Guest, Session, on_this_machine, wrapper

__all__ = ["authority"]

SITE, LABEL = "musterstadt-nord", "Jobcenter Musterstadt"


@pytest.mark.timeout(240)
async def test_enrolled_at_one_replica_a_client_at_the_other_media_over_the_relays_tls(
    tmp_path: Path, authority: trustme.CA, postgres: Postgres, redis_server: RedisServer
) -> None:
    with RelayNet() as net, shipped_relay(tmp_path, net.relay, authority) as relay:
        agency = Agency(tmp_path, net.relay, authority, postgres.empty_tables(), redis_server.empty(), relay)
        async with agency.replica(A), agency.replica(B):
            net.serve(A.control_port, B.public_port)
            net.let_through("tls")
            code = await agency.code(SITE, LABEL)
            async with DeskProcess(tmp_path / "profile", net.counsellor.prefix, ["--window"]) as desk, async_playwright() as play:
                assert await desk.ask("server_pid") is not None
                await desk.ask("join", address=agency.address, code=code)
                await desk.until("works_with", lambda label: label == LABEL, 60)
                await desk.until("link", lambda state: state == "connected", 60)
                assert await desk.ask("server_pid") is None
                assert code not in _everything_kept(tmp_path)
                made = await desk.ask("create")
                assert made["link"].startswith(f"{agency.public_url}/r#")
                executable = str(wrapper(tmp_path / "chromium", net.client.prefix))
                flags = [*FLAGS, FAKE_DEVICES, "--use-fake-ui-for-media-stream"]
                browser = await play.chromium.launch(executable_path=executable, args=flags)
                try:
                    session = Session(desk, browser, made["room"], made["link"])
                    guest = await Guest.arrive(browser)
                    answers = _answers(guest)
                    await enter(guest.page, session.link)
                    (seat,) = await desk.until("seats", lambda seats: seats and seats[0]["present"], room=session.room)
                    await desk.ask("admit", room=session.room, seat=seat["seat"])
                    await session.flowing(guest, on_this_machine(30))
                    await _goes_by("tls", guest)
                    assert answers
                    for answer in answers:
                        _shows_the_relay_only(answer)
                    assert await guest.page.evaluate("location.origin") == agency.public_url
                    await desk.ask("end", room=made["room"])
                    await guest.page.locator("#page[data-state=ended]").wait_for()
                finally:
                    await browser.close()


def _everything_kept(folder: Path) -> str:
    """Of the workstation and of both servers: profile, keys, data, logs."""
    files = [file for file in folder.rglob("*") if file.is_file() and file.stat().st_size < 5_000_000 and ".pki" not in file.parts]
    return "\n".join(file.read_text("utf-8", "replace") for file in files)
