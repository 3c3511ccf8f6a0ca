"""The survey as the load plays it: a right that is signed unseen, then the answer with it (PROTOCOL.md, section 12)."""

from __future__ import annotations

import asyncio
import http.client
import json
import secrets
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from app.bench.load.page import Page
from app.bench.load.tally import Tally
from app.domain.secrets import b64url, from_b64url
from app.domain.survey import Variant
from app.services.take_up.blinding import blind
from app.wire.survey import RIGHT_CONTEXT, filled

ANSWER_S = 30.0


@dataclass(frozen=True, slots=True)
class Card:
    """The questionnaire of a server and the key that is open now."""

    origin: str
    source: str
    """Where it was asked from; the answers come from the pages' own addresses."""
    content: dict[str, Any]

    @classmethod
    async def of(cls, origin: str, source: str) -> Card:
        """As `GET /survey.json` tells it."""
        status, body = await asyncio.to_thread(_request, origin, source, "GET", "/survey.json", b"")
        if status != 200:
            raise OSError(f"survey.json: {status}")
        return cls(origin, source, body)

    async def answer(self, page: Page, tally: Tally) -> None:
        """Who was in the conversation of this page answers; what is refused is an error in the tally."""
        began = time.perf_counter()
        try:
            await asyncio.to_thread(self._answer, page)
        except (OSError, http.client.HTTPException) as error:
            tally.failed(f"survey-{error}" if isinstance(error, Refused) else f"survey-{type(error).__name__}")
        else:
            tally.surveyed.add(time.perf_counter() - began)

    def _answer(self, page: Page) -> None:
        key = self.content["keys"][0]
        nonce = secrets.token_bytes(32)
        hidden = blind(int.from_bytes(from_b64url(key["n"]), "big"), RIGHT_CONTEXT + nonce)
        asked = {
            "room": page.door.room,
            "seat": page.seat,
            "secret": page.secret,
            "quarter": key["quarter"],
            "blinded": b64url(hidden.blinded),
        }
        signed = self._post(page, "/api/survey/right", json.dumps(asked).encode())
        signature = b64url(hidden.finalize(from_b64url(signed["signature"])))
        self._post(page, "/api/survey", filled(json.dumps(self._sheet(key["quarter"], nonce, signature), separators=(",", ":"))).encode())

    def _sheet(self, quarter: str, nonce: bytes, signature: str) -> dict[str, Any]:
        asked = [question for question in self.content["questions"] if Variant.HELD.value in question["asked"]]
        return {
            "version": self.content["version"],
            "quarter": quarter,
            "spoken": "de",
            "variant": Variant.HELD.value,
            "answers": {question["id"]: question["answers"][0] for question in asked},
            "about": {about["id"]: "none" for about in self.content["about"]},
            "nonce": b64url(nonce),
            "signature": signature,
        }

    def _post(self, page: Page, path: str, body: bytes) -> dict[str, Any]:
        status, answer = _request(self.origin, page.source, "POST", path, body)
        if status != 200 or answer.get("code", "ok") not in ("ok", "counted"):
            raise Refused(f"{status}-{answer.get('code')}")
        return answer


class Refused(OSError):
    """The server said no."""


def _request(origin: str, source: str, method: str, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
    where = urlsplit(origin)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=ANSWER_S, source_address=(source, 0))
    try:
        connection.request(method, path, body, {"Content-Type": "application/json", "Origin": origin})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or b"{}")
    finally:
        connection.close()
