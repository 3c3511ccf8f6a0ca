"""What handing in needs of the server. Records and protocols only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from app.services.tasks import Refusal


class LineTrouble(Refusal):
    """The server cannot be reached or cannot do it at the moment; later it may."""


class TakeUpLine(Protocol):
    """Port: the server's side. Implementations: `app.services.take_up.line.ServerLine`, and the honest fake
    `app.services.fakes.take_up.FakeTakeUpLine`. One contract suite. Every coroutine may raise LineTrouble."""

    @property
    def site(self) -> str | None:
        """Under whose keys is handed in, as the server said; None for the server's own site."""
        ...

    async def keys(self) -> Mapping[str, int]:
        """Open quarter → modulus of its key, the same for everybody who asks."""
        ...

    async def sign(self, quarter: str, blinded: bytes) -> bytes | None:
        """The blind signature over a right; who asks is known here. None for a quarter that is closed."""
        ...

    async def hand_in(self, body: bytes) -> str:
        """Post what was counted; who hands it in is not told. Gives the server's code: `counted` or why not."""
        ...
