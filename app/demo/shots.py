"""Screenshots of both sides after each step. Imports Qt by `app.demo.hands` only."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

from app.demo.cdp import CdpError
from app.demo.client import Client
from app.demo.hands import Hands, save_png


class Shots:
    """Writes NUMBER-STEP-counsellor.png and NUMBER-STEP-client.png; those of an earlier run are removed first."""

    def __init__(self, folder: Path, hands: Hands) -> None:
        self._folder = folder
        self._hands = hands
        self._number = 0
        self.client: Client | None = None
        """None as long as there is no browser."""
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("[0-9][0-9]-*.png"):
            old.unlink()

    async def take(self, step: str) -> None:
        """Both sides as they look now. A browser that is gone leaves no picture and no error: the step says what happened."""
        self._number += 1
        name = f"{self._number:02}-{step}"
        await save_png(self._hands.shoot(), self._folder / f"{name}-counsellor.png")
        if self.client is not None:
            with contextlib.suppress(CdpError):
                picture = await self.client.screenshot()
                await asyncio.to_thread((self._folder / f"{name}-client.png").write_bytes, picture)
