"""Builds what enrolment stands on from the settings, for the running server and for the command line alike."""

from __future__ import annotations

from functools import partial

from app.server.enrolment.desk import EnrolmentDesk, Home
from app.server.enrolment.memory import MemoryWorkstationStore
from app.server.enrolment.ports import SignIns, WorkstationStore
from app.server.identity import Identity
from app.server.meter import Meter
from app.server.settings import Settings, SettingsError, database_url_beside, label_of

_PERSON = b"videoberatung/enrol/person/1"


def home_of(settings: Settings, public_url: str) -> Home:
    """Where the workstations of the settings belong."""
    label = label_of(settings, settings.site) or settings.label
    return Home(settings.site, label, public_url, frozenset(settings.workstation_keys), frozenset(settings.oidc_sites.values()))


async def open_workstation_store(settings: Settings, meter: Meter | None = None) -> WorkstationStore:
    """Raises StateUnavailable."""
    url = database_url_beside(settings, "workstations")
    if url is None:
        return MemoryWorkstationStore()
    from app.server.enrolment.sql import SqlWorkstationStore

    return await SqlWorkstationStore.open(url, meter)


def sign_ins_of(settings: Settings, identity: Identity, enrolment: EnrolmentDesk) -> SignIns | None:
    """None where no identity provider is named. Raises SettingsError."""
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        return None
    try:
        from app.server.enrolment.id_token import Demands
        from app.server.enrolment.provider import Provider, asking, verified_tls
        from app.server.enrolment.sign_in import SignInDesk, Sites
    except ModuleNotFoundError:
        raise SettingsError("oidc_issuer needs the packages of videoberatung[server-agency]") from None
    try:
        ask = asking(verified_tls(settings.oidc_ca_file))
    except OSError as error:
        raise SettingsError(f"oidc_ca_file: {type(error).__name__}") from None
    lasts = settings.oidc_hours * 3600
    demands = Demands(settings.oidc_issuer, settings.oidc_client_id, lasts, settings.oidc_acr_values, settings.oidc_amr)
    sites = Sites(settings.site, settings.oidc_site_claim, settings.oidc_sites)
    provider = Provider(settings.oidc_issuer, ask)
    labels = partial(label_of, settings)
    return SignInDesk(demands, settings.oidc_scopes, provider, sites, labels, identity.derived(_PERSON), enrolment)
