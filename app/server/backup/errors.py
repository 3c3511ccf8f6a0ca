"""Why a backup or a restore could not be made."""

from __future__ import annotations


class BackupError(Exception):
    """Nothing was made, or nothing was changed. `key` is a sentence of the catalogue `running`."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values
