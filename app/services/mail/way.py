"""The way to the agency's mail server as a window shows it: what is in force, what is to be tested, which passwords it wants. A record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.services.mail.settings import MailSettings

if TYPE_CHECKING:
    from app.services.mail.bounces import Mailbox
    from app.services.mail.secrets import MailSecrets
    from app.services.mail.server import MailServer


@dataclass(frozen=True, slots=True)
class MailWay:
    """Without settings there is nothing else."""

    settings: MailSettings | None = None
    server: MailServer | None = None
    mailbox: Mailbox | None = None
    """For bounces, where there is one."""
    secrets: MailSecrets | None = None
    locked: frozenset[str] = frozenset()
    """Fields of `MailSettings` that the policy has fixed."""
