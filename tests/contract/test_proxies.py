"""nginx, Caddy and HAProxy as the examples set them up, before two servers: TLS, WebSockets, who is believed, and a server that stops."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import itertools
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.server.rate_limits import Rates
from app.wire.codes import CloseCode
from tests.support.figures import looked_at
from tests.support.page_client import PageClient, Workstation
from tests.support.postgres import Postgres
from tests.support.proxies import HOST, KINDS, Kind, Proxy, free_ports, running_proxy
from tests.support.redis_server import RedisServer
from tests.support.server import RunningServer, running_server

MOST = 12
"""Pages come until each server has one; a balancer that needs more than that does not balance."""


class Both:
    """Two servers that a proxy stands before."""

    def __init__(self, folder: Path, postgres: Postgres, redis_server: RedisServer) -> None:
        [self.tls] = free_ports(1)
        self.key = Ed25519PrivateKey.generate()
        self._folder = folder
        self._state = {"database": postgres.empty_tables(), "redis": redis_server.empty()}

    @contextlib.asynccontextmanager
    async def server(self) -> AsyncIterator[RunningServer]:
        name = f"{HOST}:{self.tls}"
        proxied = {"public_url": f"https://{name}", "control_hosts": (name,), "trusted_proxies": ("127.0.0.1",), "management_port": 0}
        async with running_server(self._folder, Rates(failures="2/hour"), key=self.key, **self._state, **proxied) as server:
            yield server


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
async def test_people_go_through_it_and_a_server_that_stops_costs_nobody_the_seat(
    kind: Kind, tmp_path: Path, postgres: Postgres, redis_server: RedisServer
) -> None:
    both = Both(tmp_path / "data", postgres, redis_server)
    async with both.server() as far, contextlib.AsyncExitStack() as stack, contextlib.AsyncExitStack() as first:
        near = await first.enter_async_context(both.server())
        proxy = await asyncio.to_thread(stack.enter_context, running_proxy(kind, both.tls, near, far))
        await asyncio.to_thread(speaks_tls_as_it_should, proxy)
        rooms = [near.appointment() for _ in range(MOST)]
        pages: list[PageClient] = []
        work = Workstation(0, both.key, proxy.origin, proxy.way())
        await stack.enter_async_context(work.connected())
        await work.prove()
        await work.line.expect("welcome")
        await work.publish(*rooms)
        of_near = 0
        while not 0 < of_near < len(pages):
            page = PageClient(proxy.origin, rooms[len(pages)].token, way=proxy.way())
            pages.append(page)
            await stack.enter_async_context(page.connected())
            assert (await page.join())["type"] == "waiting"
            of_near = int((await looked_at(near))[0]["connections", "page"])
        seats, older = [page.seat for page in pages], [page.line for page in pages]
        await first.aclose()
        ends = [asyncio.create_task(line.closed()) for line in older]
        codes = [await end for end in itertools.islice(asyncio.as_completed(ends), of_near)]
        assert codes == [CloseCode.GOING_AWAY] * of_near
        for page in pages:
            await stack.enter_async_context(page.connected())
            assert (await page.join())["type"] == "waiting"
        assert [page.seat for page in pages] == seats
        await asyncio.gather(*ends)
        await asyncio.to_thread(only_the_proxy_is_believed, proxy)


def speaks_tls_as_it_should(proxy: Proxy) -> None:
    plain = http.client.HTTPConnection("127.0.0.1", proxy.plain, timeout=10)
    plain.request("GET", "/r", headers={"Host": HOST})
    answer = plain.getresponse()
    plain.close()
    assert (answer.status, str(answer.getheader("location")).startswith(f"https://{HOST}")) == (308, True)
    assert proxy.spoken(ssl.TLSVersion.TLSv1_3)[0] == "TLSv1.3"
    version, cipher = proxy.spoken(ssl.TLSVersion.TLSv1_2)
    assert (version, cipher.startswith("ECDHE-"), "-GCM-" in cipher) == ("TLSv1.2", True, True)
    with pytest.raises((ssl.SSLError, ConnectionError)):
        proxy.spoken(ssl.TLSVersion.TLSv1_1)
    assert (proxy.ask("GET", "/"), proxy.ask("GET", "/healthz"), proxy.ask("GET", "/readyz")) == (200, 200, 404)


def only_the_proxy_is_believed(proxy: Proxy) -> None:
    """One address uses up its failures, whatever it says of itself; another one still may try."""

    def look(source: str, **headers: str) -> int:
        return proxy.ask("POST", "/api/look", b'{"look": "' + b"x" * 43 + b'"}', source, **headers)

    assert [look("127.0.0.5") for _ in range(3)] == [404, 404, 429]
    assert look("127.0.0.5", X_Forwarded_For="192.0.2.9") == 429
    assert look("127.0.0.5", Forwarded="for=192.0.2.9") == 429
    assert look("127.0.0.6", X_Forwarded_For="127.0.0.5") == 404
