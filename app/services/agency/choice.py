"""Which server the program works with: the agency's, where this workstation is enrolled there or a policy names it, else its own.

Imports the settings and what is laid over them. What is said of the agency's server is laid over the settings of the own one.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from app.services.agency.address import SERVER_KEY, SERVER_URL, AddressError, control_url, origin
from app.services.agency.settings import AgencyServer
from app.services.policy import Policy
from app.services.profile import Settings

_OF_OWN_SERVER = frozenset({"trusted_proxies", "turn_urls", "turn_secret_file"})


@dataclass(frozen=True, slots=True)
class AgencyChoice:
    """Neither of both: the program has a server of its own."""

    server: AgencyServer | None = None
    """Where this workstation is enrolled."""
    address: str | None = None
    """Of the control link, as the policy prescribes it."""
    server_key: str | None = None
    """The server's public key, as the policy prescribes it: then the first sign-in, too, speaks with no other one."""

    @property
    def wanted(self) -> bool:
        """The program starts no server of its own."""
        return self.server is not None or self.address is not None

    @property
    def enrolled(self) -> bool:
        """The server that is worked with knows this workstation, as far as is known here; our own one always does."""
        return self.server is not None or not self.wanted

    @property
    def said_by_server(self) -> frozenset[str]:
        """Names of `Settings` that no longer are this workstation's to say."""
        if self.server is not None:
            return _OF_OWN_SERVER | {"public_url", "site", "label"}
        return _OF_OWN_SERVER | {"public_url"} if self.wanted else frozenset()

    def over(self, settings: Settings) -> Settings:
        """What no longer is this workstation's to say is said by the server."""
        if self.server is not None:
            told = {"site": self.server.site, "label": self.server.label, "public_url": self.server.public_url or origin(self.server.url)}
        elif self.address is not None:
            told = {"public_url": origin(self.address)}
        else:
            return settings
        return msgspec.structs.replace(settings, trusted_proxies=(), turn_urls=(), turn_secret_file=None, **told)


def agency_choice(own: Settings, address: str | None, server_key: str | None = None) -> AgencyChoice:
    """`address` and `server_key` are what the policy prescribes, if it does. Who is enrolled elsewhere has to be enrolled there anew."""
    server = own.agency
    if address is None:
        return AgencyChoice(server, server_key=server_key)
    return AgencyChoice(server if server is not None and server.url == address else None, address, server_key)


def prescribed_address(policy: Policy) -> str | None:
    """Of the control link; None where nothing is prescribed that can be used."""
    prescribed = policy.get(SERVER_URL)
    try:
        return control_url(prescribed) if isinstance(prescribed, str) and prescribed else None
    except AddressError:
        return None


def prescribed_key(policy: Policy) -> str | None:
    """Of the server. What cannot be one fits no server: a mistake in a policy must not open a door."""
    prescribed = policy.get(SERVER_KEY)
    return None if prescribed is None else str(prescribed)
