"""The management listener: figures and health for those who run the server. Loopback unless the settings say otherwise, and never public
(ASVS 5, 13.4.5). Loads `app.server.metrics` only where the listener is wanted.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.server import settings as config
from app.server.certificates import Certificate
from app.server.headers import Allowed
from app.server.meter import Meter
from app.server.pages import healthz
from app.server.readiness import Readiness
from app.server.settings import Settings, SettingsError


def meter_for(settings: Settings) -> Meter:
    """One that counts where somebody may look. Raises SettingsError."""
    if settings.management_port is None:
        return Meter()
    try:
        from app.server.metrics import PrometheusMeter
    except ModuleNotFoundError:
        raise SettingsError("management_port needs the packages of videoberatung[server-agency]") from None
    return PrometheusMeter()


def watch(meter: Meter, readiness: Readiness, certificate: Certificate | None) -> None:
    """What is looked up whenever somebody asks for the figures."""
    meter.watch("stopping", lambda: float(readiness.stopping))
    meter.watch("broker_settled", lambda: float(readiness.settled))
    if certificate is not None:
        meter.watch("tls_certificate_end_seconds", lambda: certificate.ends_at)


def management_routes(meter: Meter, readiness: Readiness) -> list[Route]:
    """Figures, and health in full."""

    async def figures(_: Request) -> Response:
        return Response(meter.exposition(), headers={"content-type": meter.media_type})

    return [Route("/metrics", figures), Route("/healthz", healthz), *readiness.control_routes()]


def management_allowed(settings: Settings, port: int) -> Allowed:
    """No page of a browser has any business here."""
    hosts = config.loopback_hosts(port) | {host.lower() for host in settings.management_hosts}
    return Allowed(hosts=hosts, origins=frozenset(), websocket_needs_origin=True)
