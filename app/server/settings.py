"""What IT (or the desktop program, for its embedded child) sets. Two readers: environment `VB_*`, and one line of JSON.

Bind address and `public_url` are two settings: the first says where the process listens, the second what stands in the links.
"""

from __future__ import annotations

import enum
import ipaddress
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from app.wire.discreet import Discreet
from app.wire.fields import Key32, Label, Language, Phone, SiteId
from app.wire.messages import IceServer

LOOPBACK = "127.0.0.1"
MEMORY = "memory"
"""Value of `database` for a server that forgets everything when it stops."""

URLS = {"database": ("postgresql", "sqlite"), "redis": ("redis", "rediss", "unix")}
"""Settings that are URLs and may hold a password -> the schemes they may have."""
JSON_SETTINGS = frozenset({"ice_servers", "oidc_sites", "site_labels"})
"""Settings that are JSON in the environment."""

Port = Annotated[int, Meta(ge=0, le=65535)]
Words = tuple[Annotated[str, Meta(pattern=r"^[\x21\x23-\x5B\x5D-\x7E]{1,200}\Z")], ...]
"""Words that travel in one line with blanks between them (RFC 6749, section 3.3)."""

_TURN_URL = re.compile(r"(turn:[\w.-]+(:\d{1,5})?(\?transport=(udp|tcp))?|turns:[\w.-]+(:\d{1,5})?(\?transport=tcp)?)", re.ASCII)
"""RFC 7065, as far as both browsers and the program speak it."""


class RelayOnly(enum.Enum):
    """A side whose packets go through the relay alone, so that the other side never sees its addresses."""

    CLIENT = "client"
    COUNSELLOR = "counsellor"


class PlainLine(enum.Enum):
    """A way of the server to another machine."""

    DATABASE = "database"
    BROKER = "broker"


class SettingsError(Exception):
    """A setting that cannot be used. For IT; the text names the setting and never its value."""


class Settings(Discreet, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that can be set. The fields are those of the embedded child's line of JSON."""

    HIDDEN = frozenset({"database", "redis", "code_key", "turn_secret"})

    data_dir: str
    """Folder for the server's key and, if nothing else is said, its database."""
    workstation_keys: tuple[Key32, ...] = ()
    """Ed25519 public keys that may open a control link."""
    bind_host: str = LOOPBACK
    """Address of the public listener."""
    public_port: Port = 0
    """0: any free one."""
    control_bind_host: str = LOOPBACK
    """Address of the control listener; anything but loopback belongs behind a TLS proxy."""
    control_port: Port = 0
    management_port: Port | None = None
    """Figures for Prometheus (`/metrics`), `/healthz` and `/readyz` for those who run the server; nothing means no such listener."""
    management_bind_host: str = LOOPBACK
    """Its address. Whoever reaches it reads how many people wait and talk, so it never belongs before the public."""
    management_hosts: tuple[str, ...] = ()
    """Further values of the Host header there; loopback names are always allowed."""
    public_url: str | None = None
    """Origin in the links, for instance `https://video.example.org`; without it `http://` and what the process listens on."""
    tls_certificate_file: str | None = None
    """PEM with the whole chain: the server speaks TLS itself, on the public listener and on a control listener that is not loopback. Both
    files are read again when they change. Nothing means that a proxy in front does it."""
    tls_key_file: str | None = None
    """The key to it, PEM without a passphrase."""
    allowed_hosts: tuple[str, ...] = ()
    """Further values of the Host header, with port unless it is the default one."""
    control_hosts: tuple[str, ...] = ()
    """The same for the control listener; loopback names are always allowed there."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses whose X-Forwarded-For and X-Forwarded-Proto are believed."""
    database: str | None = None
    """URL of the database (`postgresql://…` or `sqlite:///…`), `memory`, or nothing for SQLite in the data folder. Environment:
    `VB_DATABASE_URL`, a file named in `VB_DATABASE_URL_FILE`, or systemd's credential `database-url`."""
    redis: str | None = None
    """URL of Redis or Valkey (`redis://…`, `rediss://…`, `unix://…`) where several servers share a database; nothing for one server
    alone. Environment: `VB_REDIS_URL`, `VB_REDIS_URL_FILE`, or systemd's credential `redis-url`."""
    plain_lines: tuple[PlainLine, ...] = ()
    """Ways that may lead to another machine without verified TLS, because something else guards them: a tunnel, a cable of their own."""
    code_key_file: str | None = None
    """File with the key over the dictatable codes, or nothing for one in the data folder. It belongs where the database's backup is not."""
    code_key: Key32 | None = None
    """That key itself, base64url, from whoever keeps it elsewhere; then none lies in the data folder."""
    survey_key_folder: str | None = None
    """Folder with the keys of the survey, or nothing for the data folder. As with the codes: where the database's backup is not."""
    site: SiteId = "jobcenter"
    """Whose answers to the survey are counted here."""
    label: Label = "Jobcenter"
    """The agency's side, never a person."""
    site_labels: Annotated[dict[SiteId, Label], Meta(max_length=1000)] = msgspec.field(default_factory=dict)
    """Site -> what clients and counsellors of this site read instead of `label`. Once it names anything, a sign-in at a site that it does
    not name is refused."""
    phone: Phone = ""
    languages: tuple[Language, ...] = ()
    """Languages of the page, the first one by default; nothing means all that are there."""
    ice_servers: tuple[IceServer, ...] = ()
    """Servers with fixed credentials, or a STUN server."""
    turn_urls: tuple[str, ...] = ()
    """The agency's relay, whose credentials this server makes: `turn:HOST:3478?transport=udp`, `turns:HOST:443`."""
    turn_secret: str | None = None
    """coturn's `static-auth-secret`."""
    turn_secret_file: str | None = None
    """A file that holds it."""
    relay_only: tuple[RelayOnly, ...] = (RelayOnly.COUNSELLOR,)
    """Whose packets go through the relay alone, where there is one (decision 0038). Nobody's: an empty list."""
    training: bool = False
    """Everything here is invented: pages say so, and nothing of it is counted."""
    oidc_issuer: str | None = None
    """The agency's identity provider, exactly as it calls itself, with https. Nothing: workstations come by one-time codes alone."""
    oidc_client_id: str | None = None
    """What the program is called there: a public client with PKCE and the redirect `http://127.0.0.1/sign-in`, any port."""
    oidc_scopes: Words = ()
    """Asked for beside `openid`, where the claim of the site needs it."""
    oidc_acr_values: Words = ()
    """One of them must stand in the token's `acr`: how the person proved who they are."""
    oidc_amr: Words = ()
    """All of them must stand in the token's `amr` (RFC 8176), for instance `mfa`."""
    oidc_site_claim: str | None = None
    """The claim of the token that says where a person belongs; nothing: everybody belongs to `site`."""
    oidc_sites: Annotated[dict[str, SiteId], Meta(max_length=1000)] = msgspec.field(default_factory=dict)
    """Its values -> sites. Who has none of them, or those of several sites, is not let in."""
    oidc_hours: Annotated[int, Meta(ge=1, le=24)] = 12
    """So long a sign-in lasts."""
    oidc_ca_file: str | None = None
    """PEM of the authority behind the provider; nothing: what the operating system trusts."""


_PLAIN = Settings(data_dir="")


class _Line(Settings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The line of the embedded child names its one workstation in the singular."""

    workstation_key: Key32


def from_line(line: str | bytes) -> Settings:
    """Settings of an embedded child. Raises SettingsError."""
    try:
        read = msgspec.json.decode(line, type=_Line)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise SettingsError(_place(error)) from None
    values = {name: getattr(read, name) for name in Settings.__struct_fields__}
    return _checked(Settings(**{**values, "workstation_keys": (*read.workstation_keys, read.workstation_key)}))


def from_environment(environment: Mapping[str, str]) -> Settings:
    """Settings from `VB_*`: lists are separated by commas, `JSON_SETTINGS` are JSON. Raises SettingsError."""
    return _checked(read_environment(environment))


def variables() -> dict[str, str]:
    """Every variable of the environment that is read -> the setting it belongs to."""
    named = {f"VB_{field.name.upper()}": field.name for field in msgspec.structs.fields(Settings)}
    return named | {f"VB_{name.upper()}_URL{end}": name for name in URLS for end in ("", "_FILE")}


def read_environment(environment: Mapping[str, str]) -> Settings:
    """The same without a look at `contradictions`. Raises SettingsError."""
    values: dict[str, object] = {}
    for one in msgspec.structs.fields(Settings):
        text = _secret_url(one.name, environment) if one.name in URLS else environment.get(f"VB_{one.name.upper()}")
        if text is None:
            continue
        if one.name in JSON_SETTINGS:
            values[one.name] = _json(one.name, text)
        elif isinstance(one.default, tuple):
            values[one.name] = [part.strip() for part in text.split(",") if part.strip()]
        else:
            values[one.name] = text
    try:
        return msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(_place(error)) from None


def _secret_url(name: str, environment: Mapping[str, str]) -> str | None:
    """A URL that may hold a password: itself, or from a file, or from a credential of systemd (systemd.exec(5), CREDENTIALS)."""
    setting = f"{name}_url"
    if (text := environment.get(f"VB_{setting.upper()}") or environment.get(f"VB_{name.upper()}")) is not None:
        return text
    file = environment.get(f"VB_{setting.upper()}_FILE")
    folder = environment.get("CREDENTIALS_DIRECTORY")
    credential = Path(folder) / setting.replace("_", "-") if folder else None
    path = Path(file) if file else credential if credential and credential.is_file() else None
    if path is None:
        return None
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeError):
        raise SettingsError(f"{setting}_file: cannot be read") from None


def _json(name: str, text: str) -> object:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        raise SettingsError(f"{name}: not JSON") from None


def _place(error: Exception) -> str:
    """What is wrong and where, as msgspec says it; it names types and fields, not values."""
    return str(error) if isinstance(error, msgspec.ValidationError) else "not JSON"


def _checked(settings: Settings) -> Settings:
    for contradiction in contradictions(settings):
        raise SettingsError(contradiction.why)
    return settings


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What cannot be although each setting by itself may be what it is. Names settings and no value."""

    key: str
    """Of the sentence in the catalogue `running`."""
    setting: str
    """The one to look at first."""
    why: str
    """For the log."""
    values: Mapping[str, object] = field(default_factory=dict)
    """Of the sentence."""


def contradictions(settings: Settings) -> Iterator[Contradiction]:
    """All of them."""
    if not settings.data_dir:
        yield Contradiction("running.check.no-data-dir", "data_dir", "data_dir: must name a folder")
    for name, schemes in URLS.items():
        url = getattr(settings, name)
        if url and url != MEMORY and url.partition("://")[0].partition("+")[0] not in schemes:
            begin = " or ".join(f"{scheme}://" for scheme in schemes)
            why = f"{name}_url: must begin with {begin}"
            yield Contradiction("running.check.url-scheme", f"{name}_url", why, {"schemes": begin.replace(" or ", ", ")})
    if settings.public_url and (wrong := _wrong_origin(settings.public_url)):
        yield Contradiction("running.check.public-url-wrong", "public_url", wrong)
    elif settings.tls_certificate_file and settings.public_url and not origin_of(settings.public_url).secure:
        yield Contradiction("running.check.public-url-tls", "public_url", "public_url: begins with https:// where the server speaks TLS")
    if (settings.tls_certificate_file is None) != (settings.tls_key_file is None):
        why = "tls_certificate_file and tls_key_file belong together"
        yield Contradiction("running.check.tls-both", "tls_key_file" if settings.tls_key_file else "tls_certificate_file", why)
    yield from _wrong_relay(settings)
    yield from _wrong_sign_in(settings)


def _wrong_origin(url: str) -> str | None:
    try:
        origin_of(url)
    except SettingsError as error:
        return str(error)
    return None


def _wrong_relay(settings: Settings) -> Iterator[Contradiction]:
    if not all(_TURN_URL.fullmatch(url) for url in settings.turn_urls):
        why = "turn_urls: turn:HOST[:PORT][?transport=udp|tcp] or turns:HOST[:PORT][?transport=tcp]"
        yield Contradiction("running.check.turn-urls", "turn_urls", why)
    if settings.turn_urls and (settings.turn_secret is None) == (settings.turn_secret_file is None):
        yield Contradiction("running.check.turn-one-secret", "turn_secret_file", "turn_urls need either turn_secret or turn_secret_file")


def _wrong_sign_in(settings: Settings) -> Iterator[Contradiction]:
    if settings.oidc_issuer is None:
        given = [
            name for name in Settings.__struct_fields__ if name.startswith("oidc_") and getattr(settings, name) != getattr(_PLAIN, name)
        ]
        if given:
            yield Contradiction("running.check.oidc-without-issuer", given[0], f"{given[0]}: means nothing without oidc_issuer")
        return
    if not _is_issuer(settings.oidc_issuer):
        why = "oidc_issuer: begins with https:// and is exactly what the provider calls itself, without query and fragment"
        yield Contradiction("running.check.oidc-issuer", "oidc_issuer", why)
    if not settings.oidc_client_id:
        why = "oidc_client_id: missing; it is what the identity provider calls this program"
        yield Contradiction("running.check.oidc-client-id", "oidc_client_id", why)
    if not settings.oidc_acr_values and not settings.oidc_amr:
        why = "oidc_acr_values or oidc_amr: say by what the provider shows that a person has proved twice who they are"
        yield Contradiction("running.check.oidc-proof", "oidc_acr_values", why)
    if (settings.oidc_site_claim is None) != (not settings.oidc_sites):
        missing = "oidc_sites" if settings.oidc_site_claim else "oidc_site_claim"
        yield Contradiction("running.check.oidc-claim", missing, "oidc_site_claim and oidc_sites belong together")


def _is_issuer(url: str) -> bool:
    """OpenID Connect Discovery 1.0, section 3."""
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and bool(parts.hostname) and parts.port != 0 and not {"?", "#", "@"} & set(url)
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme and host, as in a browser's Origin header (RFC 6454)."""

    scheme: str
    host: str
    """With the port, unless it is the scheme's default."""

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}"

    @property
    def secure(self) -> bool:
        """True for https."""
        return self.scheme == "https"

    @property
    def websocket(self) -> str:
        """The same host for WebSockets."""
        return f"{'wss' if self.secure else 'ws'}://{self.host}"


def origin_of(url: str) -> Origin:
    """The origin of a URL without path. Raises SettingsError."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise SettingsError("public_url: not a URL") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise SettingsError("public_url: must be http(s)://host[:port] without a path")
    default = 443 if parts.scheme == "https" else 80
    return Origin(parts.scheme, host_header(parts.hostname, port or default, default))


def host_header(host: str, port: int, default: int = 80) -> str:
    """The Host header a client sends for this address."""
    name = f"[{host}]" if ":" in host else host.lower()
    return name if port == default else f"{name}:{port}"


def loopback_hosts(port: int) -> frozenset[str]:
    """Host headers that lead to this very machine whatever the name service says."""
    return frozenset(host_header(name, port) for name in (LOOPBACK, "localhost", "::1"))


def is_loopback(bind: str) -> bool:
    """True if nobody but this machine reaches the address."""
    try:
        return ipaddress.ip_address(bind).is_loopback
    except ValueError:
        return bind == "localhost"


def database_url_beside(settings: Settings, name: str) -> str | None:
    """Where `survey` or `workstations` lie: with SQLite in a file of their own, because the rooms' may be made anew; None for memory."""
    url = database_url(settings)
    if url is None or not url.startswith("sqlite"):
        return url
    return url.removesuffix(".sqlite3") + f"-{name}.sqlite3" if settings.database else url.replace("rooms.sqlite3", f"{name}.sqlite3")


def database_url(settings: Settings) -> str | None:
    """The SQLAlchemy URL, or None for memory."""
    if settings.database == MEMORY:
        return None
    return settings.database or f"sqlite:///{(Path(settings.data_dir) / 'rooms.sqlite3').as_posix()}"


def label_of(settings: Settings, site: str) -> str | None:
    """What people of this site read; None where the table of labels does not name it."""
    return settings.site_labels.get(site) if settings.site_labels else settings.label


def is_shared(settings: Settings) -> bool:
    """True for a database that servers on several machines may use."""
    url = database_url(settings)
    return url is not None and not url.startswith("sqlite")
