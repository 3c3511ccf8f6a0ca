"""What the agency's policy says about mails; it stands above `settings.json` field by field. Imports the settings and the policy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from app.services.mail.settings import MailSettings, MailSettingsError
from app.services.policy import Policy

MAIL = "mail"
"""An object as in `settings.json`; in the registry the same as text in JSON."""
SECRETS_LOCKED = "mail_secrets_locked"
"""Passwords of the mail are put into the keyring by IT, and not in the program."""


def prescribed(own: MailSettings | None, policy: Policy) -> tuple[MailSettings | None, frozenset[str]]:
    """The settings that hold, and the names of those that the policy has fixed. Raises MailSettingsError for IT."""
    above = policy.get(MAIL)
    if above is None:
        return own, frozenset()
    fields = _object(above)
    for name in fields:
        if name not in MailSettings.__struct_fields__:
            raise MailSettingsError("app.mail.settings.policy", name)
    below = {} if own is None else msgspec.to_builtins(own)
    try:
        return msgspec.convert({**below, **fields}, MailSettings), frozenset(fields)
    except msgspec.ValidationError as error:
        raise MailSettingsError("app.mail.settings.policy", _place(str(error))) from None


def _place(said: str) -> str:
    """Of msgspec's sentence the names only: it may repeat a value."""
    place, missing = re.search(r"`\$\.([\w.]+)`$", said), re.search(r"missing required field `(\w+)`", said)
    return ".".join(found[1] for found in (place, missing) if found is not None) or MAIL


def _object(above: object) -> Mapping[str, Any]:
    if isinstance(above, str):
        try:
            above = msgspec.json.decode(above)
        except msgspec.DecodeError:
            above = None
    if not isinstance(above, Mapping):
        raise MailSettingsError("app.mail.settings.policy", MAIL)
    return above
