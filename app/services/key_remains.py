"""Every secret of ours in the operating system's store, whatever its name: found and forgotten. For whoever leaves. Imports `keys` only.

`keyring` forgets what it is told the name of; of a store there is one secret for each, and mails have passwords of their own names. So
the system itself is asked: Windows' Credential Manager, or the Secret Service.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from app.services.keys import SERVICE

Forget = Callable[[], int]
"""Gives how many there were. Raises OSError where the store does not answer."""


def ours(target: str) -> bool:
    """Of a credential's target as `keyring` names them in Windows: the service, or NAME@SERVICE where there is more than one."""
    return target == SERVICE or target.endswith(f"@{SERVICE}")


def forget_all() -> int:
    """As `Forget`; 0 where the system has no such store."""
    return _in_windows() if sys.platform == "win32" else _in_secret_service()


def _in_windows() -> int:
    from win32ctypes.pywin32 import pywintypes, win32cred

    try:
        found = [entry["TargetName"] for entry in win32cred.CredEnumerate(None, 0)]
    except pywintypes.error:  # there is none at all
        return 0
    targets = [target for target in found if ours(target)]
    for target in targets:
        win32cred.CredDelete(target, win32cred.CRED_TYPE_GENERIC, 0)
    return len(targets)


def _in_secret_service() -> int:
    import secretstorage

    try:
        connection = secretstorage.dbus_init()
    except secretstorage.SecretServiceNotAvailableException:
        return 0
    try:
        found = list(secretstorage.search_items(connection, {"service": SERVICE}))
        for item in found:
            item.delete()
        return len(found)
    except secretstorage.SecretStorageException as error:
        raise OSError(type(error).__name__) from None
    finally:
        connection.close()
