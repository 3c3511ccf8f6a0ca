"""Records whose `repr` keeps secrets to itself, so that none gets into a log or a trace by way of an f-string. Imports msgspec."""

from __future__ import annotations

from typing import ClassVar

import msgspec


class Discreet(msgspec.Struct, frozen=True):
    """Shows its fields as every Struct does, but `…` in place of a value that nobody but the two ends should read."""

    HIDDEN: ClassVar[frozenset[str]] = frozenset(
        {"token", "secret", "credential", "sdp", "candidate", "text", "message", "filler", "id_token"}
    )
    """Names of such fields: what opens a seat or a relay, descriptions and candidates (ICE passwords, addresses), chat lines,
    who somebody is."""

    def __repr__(self) -> str:
        parts = (f"{name}={self._shown(name)}" for name in self.__struct_fields__)
        return f"{type(self).__name__}({', '.join(parts)})"

    def _shown(self, name: str) -> str:
        value = getattr(self, name)
        return "…" if name in self.HIDDEN and value else repr(value)
