"""What IT can prescribe: the one table. From it the program takes what holds, and `tools/policies.py` makes the ADMX and ADML files, the
example for `/etc` and the handbook's reference.

Imports the policy's reader and the settings. Titles and explanations are in the catalogue, `app.policies.NAME.title` and `.help`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import msgspec
import structlog

from app.domain.checks import Side
from app.domain.features import Feature
from app.domain.udp_ports import UdpPorts
from app.domain.wishes import Ringing
from app.logs import LogLevel
from app.services.agency.address import SERVER_KEY, SERVER_URL, control_url
from app.services.agency.choice import agency_choice, prescribed_address
from app.services.exchange.feed_settings import NAMES_LOCKED
from app.services.mail.prescribed import MAIL, SECRETS_LOCKED
from app.services.mail.settings import MailSettings
from app.services.policy import PROFILE, Policy
from app.services.profile import Settings
from app.services.public_holidays import Region
from app.services.team.settings import TeamSettings

_log = structlog.get_logger(__name__)


class Kind(Enum):
    """How a value is written down."""

    TEXT = "text"
    NUMBER = "number"
    SWITCH = "switch"
    """True and false; in the registry 1 and 0."""
    CHOICE = "choice"
    LIST = "list"
    """Of texts; in the registry REG_MULTI_SZ."""
    OBJECT = "object"
    """As in `settings.json`; in the registry the same as text in JSON."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One policy. Its name is that of the field of `Settings` it stands above, where there is one."""

    name: str
    kind: Kind
    example: Any
    """A value that could stand there."""
    least: int = 0
    most: int = 0
    """Bounds of a number."""
    choices: tuple[str, ...] = ()
    """Of a choice, or of each in a list."""
    pattern: str = ""
    """What the whole of a text has to look like; a regular expression."""
    check: Callable[[str], object] | None = None
    """Raises ValueError for a text in which a pattern sees no mistake."""
    lowers_only: bool = False
    """The smaller of the policy and the settings holds."""
    object_type: type[msgspec.Struct] | None = None
    """Of an object: the record that says what may stand in it."""

    @property
    def title(self) -> str:
        """Key of its name for people."""
        return f"app.policies.{self.name}.title"

    @property
    def explanation(self) -> str:
        """Key of what it does."""
        return f"app.policies.{self.name}.help"

    @property
    def setting(self) -> bool:
        """Whether it stands above a field of `Settings` of its own name, and is laid over it here."""
        return self.name in Settings.__struct_fields__ and self.name != MAIL  # a part of the mail's settings may stand alone


def _values(choices: type[Enum]) -> tuple[str, ...]:
    return tuple(one.value for one in choices)


RULES: tuple[Rule, ...] = (
    Rule(PROFILE, Kind.TEXT, "/srv/videoberatung/$USER"),
    Rule(SERVER_URL, Kind.TEXT, "https://video.jobcenter.example", pattern=r"(https|wss)://[^\s?#]+", check=control_url),
    Rule(SERVER_KEY, Kind.TEXT, "0123456789abcdefghijABCDEFGHIJ_-0123456789A", pattern=r"[A-Za-z0-9_-]{43}"),
    Rule("public_url", Kind.TEXT, "https://video.jobcenter.example", pattern=r"https?://[^\s/?#]+"),
    Rule("bind_host", Kind.TEXT, "127.0.0.1", pattern=r"[0-9A-Fa-f.:]+"),
    Rule("trusted_proxies", Kind.LIST, ["127.0.0.1"]),
    Rule("turn_urls", Kind.LIST, ["turn:turn.jobcenter.example:3478"]),
    Rule("turn_secret_file", Kind.TEXT, "/etc/videoberatung/turn-secret"),
    Rule("relay_only", Kind.LIST, ["counsellor"], choices=_values(Side)),
    Rule("udp_ports", Kind.TEXT, "49152-49407", pattern=r"[0-9]+-[0-9]+", check=UdpPorts.parse),
    Rule("features", Kind.LIST, ["screen"], choices=_values(Feature)),
    Rule("page_languages", Kind.LIST, ["de", "de-simple"]),
    Rule("ringing", Kind.CHOICE, "once", choices=_values(Ringing)),
    Rule("autostart", Kind.SWITCH, True),
    Rule("log_level", Kind.CHOICE, "warning", choices=_values(LogLevel)),
    Rule("site", Kind.TEXT, "musterstadt-nord"),
    Rule("label", Kind.TEXT, "Jobcenter Musterstadt"),
    Rule("phone", Kind.TEXT, "0123 456789"),
    Rule("language", Kind.CHOICE, "de", choices=("de", "en")),
    Rule("region", Kind.CHOICE, "BY", choices=tuple(region.value for region in Region if region.value)),
    Rule("retention_days", Kind.NUMBER, 14, least=1, most=90, lowers_only=True),
    Rule("evidence_days", Kind.NUMBER, 92, least=1, most=3650),
    Rule("team", Kind.OBJECT, {"folder": "/srv/team", "list_file": "/srv/it/team.json"}, object_type=TeamSettings),
    Rule(
        MAIL,
        Kind.OBJECT,
        {"host": "mail.jobcenter.example", "tls": "starttls", "login": "none", "sender": "termine@jobcenter.example"},
        object_type=MailSettings,
    ),
    Rule(SECRETS_LOCKED, Kind.SWITCH, True),
    Rule(NAMES_LOCKED, Kind.SWITCH, True),
)


@dataclass(frozen=True, slots=True)
class Prescribed:
    """What a policy comes to."""

    settings: Settings
    """Those that hold."""
    locked: frozenset[str]
    """Names of `Settings` that the person cannot change."""
    refused: tuple[str, ...]
    """Names of the policy whose values cannot be used: the setting below them holds."""
    unknown: tuple[str, ...]
    """Names that nothing in the program asks for."""


def prescribe(own: Settings, policy: Policy, rules: Sequence[Rule] = RULES) -> Prescribed:
    """The policy above the settings, value by value: a wrong one takes nothing else with it. Raises nothing."""
    values: dict[str, Any] = {}
    refused: list[str] = []
    known = {rule.name: rule for rule in rules}
    for name, rule in known.items():
        if name in policy:
            try:
                value = read(rule, policy[name])
            except (msgspec.ValidationError, msgspec.DecodeError, ValueError):
                refused.append(name)
            else:
                values |= {name: min(value, getattr(own, name)) if rule.lowers_only else value} if rule.setting else {}
    unknown = tuple(sorted(name for name in policy if name not in known))
    return Prescribed(msgspec.structs.replace(own, **values), frozenset(values), tuple(refused), unknown)


def settings_in_force(own: Settings, policy: Policy) -> Settings:
    """Those that hold, what an agency's server says above them; what of the policy does not hold goes into the log, by name."""
    found = prescribe(own, policy)
    for event, names in (("policy.not_understood", found.refused), ("policy.unknown", found.unknown)):
        if names:
            _log.warning(event, names=list(names))
    return agency_choice(found.settings, prescribed_address(policy)).over(found.settings)


def read(rule: Rule, value: object) -> Any:
    """A value as the program takes it. Raises ValidationError, DecodeError or ValueError for one that it cannot."""
    match rule.kind:
        case Kind.SWITCH:
            if value not in (True, False):
                raise ValueError(rule.name)
            return bool(value)
        case Kind.NUMBER:
            if isinstance(value, bool):
                raise ValueError(rule.name)
            number = msgspec.convert(value, int, strict=False)
            if not rule.least <= number <= rule.most:
                raise ValueError(rule.name)
            return number
        case Kind.OBJECT:
            return _object(rule, msgspec.json.decode(value) if isinstance(value, str) else value)
        case _:
            if value == "" or (rule.kind is Kind.CHOICE and value not in rule.choices):
                raise ValueError(rule.name)
            read_value = msgspec.convert(value, _types().get(rule.name, str))
            if rule.pattern and not re.fullmatch(rule.pattern, str(value)):
                raise ValueError(rule.name)
            if rule.check is not None:
                rule.check(str(value))
            return read_value


def _object(rule: Rule, value: object) -> Any:
    """The record; of the mail's settings a part may stand there, whose values `mail.prescribed` looks at."""
    if not isinstance(value, Mapping) or rule.object_type is None:
        raise ValueError(rule.name)
    if set(value) - set(rule.object_type.__struct_fields__):
        raise ValueError(rule.name)
    return msgspec.convert(value, rule.object_type) if rule.setting else value


def _types() -> Mapping[str, Any]:
    return {field.name: field.type for field in msgspec.structs.fields(Settings)}
