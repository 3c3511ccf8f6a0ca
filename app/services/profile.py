"""The profile: one folder with the settings of this workstation and the embedded server's data. Imports bounds and the settings of parts.

Secrets do not lie here (see `keys`). The ports are chosen once and kept, because links that were given out name them.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import platformdirs

from app.domain.checks import Side
from app.domain.features import Feature
from app.domain.wishes import Ringing
from app.logs import LogLevel
from app.media.ports import DeviceChoice
from app.services.agency.early import APP_NAME, SETTINGS_FILE
from app.services.agency.settings import AgencyServer
from app.services.evaluation.site_settings import EvaluationSettings
from app.services.exchange.feed_settings import FeedSettings
from app.services.mail.settings import MailSettings
from app.services.public_holidays import Region
from app.services.team.settings import TeamSettings
from app.wire.fields import Label, Language, Phone, SiteId

_INSIDE_SUFFIXES = ("localhost", "local", "internal", "home.arpa", "lan", "test", "invalid")
"""Names that lead nowhere outside (RFC 6761, RFC 6762, RFC 8375), or by habit only inside an agency."""


class ProfileError(Exception):
    """The profile cannot be used. `key` is the sentence for the person (catalogue `app`), `values` fill its places."""

    def __init__(self, key: str, **values: str) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


class Devices(msgspec.Struct, frozen=True, kw_only=True):
    """The chosen devices; empty is the system's default, None is no device."""

    camera: str | None = ""
    microphone: str | None = ""
    loudspeaker: str | None = ""
    headphones: bool = False
    """See `DeviceChoice`."""

    def choice(self) -> DeviceChoice:
        """As the engine takes it."""
        return DeviceChoice(self.camera, self.microphone, self.loudspeaker, self.headphones)

    @classmethod
    def of(cls, choice: DeviceChoice) -> Devices:
        """From what a person chose."""
        return cls(camera=choice.camera, microphone=choice.microphone, loudspeaker=choice.loudspeaker, headphones=choice.headphones)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What the file `settings.json` holds. Changed ones are written with `Profile.save(msgspec.structs.replace(settings, …))`."""

    public_port: int = 0
    """TCP port of the client's side; 0 only before the first start."""
    control_port: int = 0
    """TCP port of the control side, loopback only."""
    bind_host: str = "127.0.0.1"
    """Address on which the client's side listens."""
    public_url: str = ""
    """What links are built from, without a slash at the end; empty means `http://localhost:PUBLIC_PORT`."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses of a TLS proxy before the client's side (for instance `127.0.0.1`); without them all clients behind it count as one."""
    turn_urls: tuple[str, ...] = ()
    """The agency's relay (`turn:` and `turns:` URLs), for which the server makes credentials."""
    turn_secret_file: str | None = None
    """Where the secret lies that the relay and the server share."""
    relay_only: tuple[Side, ...] = (Side.COUNSELLOR,)
    """Whose packets go through the relay alone, where there is one (decision 0038)."""
    udp_ports: str = ""
    """From where to where the UDP ports of picture and sound lie (`UdpPorts`); empty takes any."""
    page_languages: tuple[Language, ...] = ()
    """Of the client's page, the first one by default; empty means all that there are."""
    features: tuple[Feature, ...] = tuple(Feature)
    """What conversations offer besides picture and sound."""
    site: SiteId = "jobcenter"
    label: Label = "Jobcenter"
    """The agency's neutral name, shown to clients."""
    phone: Phone = ""
    """The agency's number, shown to clients."""
    language: Language = "de"
    """Of this program."""
    ringing: Ringing = Ringing.REPEATED
    """How the program tells by ear that somebody waits."""
    autostart: bool = False
    """Start when the person signs in to the computer (asked by `videoberatung --autostart`)."""
    log_level: LogLevel = LogLevel.INFO
    """From there on the program writes into its log."""
    retention_days: int = 30
    """So long after an appointment its personal data stays; 1 to 90."""
    evidence_days: int = 92
    """So long after it was given the evidence of an agreement stays, without a name."""
    region: Region = Region.ALL
    """Whose public holidays the calendar shows."""
    devices: Devices = Devices()
    device_sets: dict[str, Devices] = {}
    """What was chosen for which set of devices (`app.services.checks.remembered`), the newest last."""
    check_hint: bool = True
    """Nobody has checked the devices of this workstation yet, nor put the hint away."""
    self_view: str = ""
    """Corner of the conversation's window in which the own picture stands; empty is the usual one."""
    feed: FeedSettings = FeedSettings()
    """The calendar file for Outlook."""
    team: TeamSettings | None = None
    """Colleagues who stand in for each other; None until IT has set it up."""
    mail: MailSettings | None = None
    """The way to the agency's mail server; None until IT has set it up."""
    evaluation: EvaluationSettings | None = None
    """Keys for the head office's evaluation; None until IT has set it up."""
    agency: AgencyServer | None = None
    """Where this workstation is enrolled; None works with the program's own server."""

    @property
    def link_base(self) -> str:
        """What a personal link starts with."""
        return self.public_url.rstrip("/") or f"http://localhost:{self.public_port}"


class Profile:
    """The folder. One program at a time works in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def of_this_person(cls) -> Profile:
        """Where the operating system wants it."""
        return cls(Path(platformdirs.user_data_dir(APP_NAME, appauthor=False)))

    @property
    def server_data(self) -> Path:
        """Folder of the embedded server's database."""
        return self.folder / "server"

    @property
    def rooms_file(self) -> Path:
        """Today's rooms, sealed."""
        return self.folder / "rooms.sealed"

    @property
    def settings_file(self) -> Path:
        return self.folder / SETTINGS_FILE

    def load(self) -> Settings:
        """The settings, with ports chosen and written at the first start.

        Raises ProfileError: for a file that cannot be understood (it is kept aside under a name of its own, so the next start
        works and nothing is lost), and for a folder that cannot be written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            data = self.settings_file.read_bytes()
        except FileNotFoundError:
            data = b"{}"
        except OSError as error:
            raise ProfileError("app.profile.unreadable", folder=str(self.folder)) from error
        try:
            settings = msgspec.json.decode(data, type=Settings)
        except (msgspec.DecodeError, UnicodeError) as error:
            raise ProfileError("app.profile.broken", file=str(self._keep_aside())) from error
        if settings.public_port and settings.control_port:
            return settings
        public_port, control_port = _two_free_ports()
        settings = msgspec.structs.replace(settings, public_port=public_port, control_port=control_port)
        self.save(settings)
        return settings

    def peek(self) -> Settings:
        """The settings as they lie there, for who only looks: nothing is written, chosen or put aside. Raises ProfileError."""
        try:
            return msgspec.json.decode(self.settings_file.read_bytes(), type=Settings)
        except FileNotFoundError:
            return Settings()
        except OSError as error:
            raise ProfileError("app.profile.unreadable", folder=str(self.folder)) from error
        except (msgspec.DecodeError, UnicodeError) as error:
            raise ProfileError("app.profile.broken", file=str(self.settings_file)) from error

    def save(self, settings: Settings) -> None:
        """Write the settings whole or not at all. Raises ProfileError if the disk refuses."""
        fresh = self.settings_file.with_suffix(".new")
        try:
            with fresh.open("wb") as file:
                file.write(msgspec.json.format(msgspec.json.encode(settings), indent=2))
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self.settings_file)
        except OSError as error:
            raise ProfileError("app.profile.unwritable", folder=str(self.folder)) from error

    def _keep_aside(self) -> Path:
        number = 1
        while (aside := self.folder / f"settings.broken-{number}.json").exists():
            number += 1
        with contextlib.suppress(OSError):
            self.settings_file.replace(aside)
        return aside


def only_demonstration(public_url: str) -> bool:
    """True where nobody outside can open a link: the address is loopback, private or a name of the inside, or the page would
    have no camera there (browsers give it only to https, W3C Secure Contexts)."""
    parts = urlsplit(public_url)
    host = (parts.hostname or "").rstrip(".").lower()
    if parts.scheme != "https":
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith(tuple(f".{suffix}" for suffix in _INSIDE_SUFFIXES))


def _two_free_ports() -> tuple[int, int]:
    with socket.socket() as first, socket.socket() as second:
        first.bind(("127.0.0.1", 0))
        second.bind(("127.0.0.1", 0))
        return int(first.getsockname()[1]), int(second.getsockname()[1])
