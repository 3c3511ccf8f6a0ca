"""A page that asks for its right and answers the survey, in Python: as the real one does it, and as a forger would."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from app.domain.secrets import b64url, from_b64url
from app.domain.survey import NO_ANSWER, Questionnaire, Variant
from app.paths import RESOURCES
from app.server.survey.desk import questionnaires
from app.wire.survey import RIGHT_CONTEXT, filled
from tests.support.blinding import Blinded, blind

VERSION = "2026-1"


def questions() -> Questionnaire:
    return questionnaires(RESOURCES / "survey")[VERSION]


@dataclass
class Right:
    """A nonce, hidden until its signature is read."""

    quarter: str
    n: int
    nonce: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    made: Blinded = field(init=False)
    signature: str = ""

    def __post_init__(self) -> None:
        self.made = blind(self.n, RIGHT_CONTEXT + self.nonce)

    @classmethod
    def under(cls, card: bytes, place: int = 0) -> Right:
        """Under a key of `/survey.json`."""
        key = json.loads(card)["keys"][place]
        return cls(key["quarter"], int.from_bytes(from_b64url(key["n"]), "big"))

    @property
    def asked(self) -> dict[str, str]:
        """What is posted, besides who asks."""
        return {"quarter": self.quarter, "blinded": b64url(self.made.blinded)}

    def read(self, signature: str) -> Right:
        """The blind signature came."""
        self.signature = b64url(self.made.unblinded(from_b64url(signature)))
        return self

    def sheet(self, variant: Variant = Variant.HELD, spoken: str = "de", **changes: Any) -> dict[str, Any]:
        """An answer with this right; every question has its first answer unless `answers` says otherwise."""
        questionnaire = questions()
        sheet = {
            "version": VERSION,
            "quarter": self.quarter,
            "spoken": spoken,
            "variant": variant.value,
            "answers": {question.id: question.answers[0] for question in questionnaire.asked(variant)},
            "about": {statement.id: NO_ANSWER for statement in questionnaire.about},
            "nonce": b64url(self.nonce),
            "signature": self.signature,
        }
        return sheet | changes


def body_of(sheet: dict[str, Any]) -> bytes:
    """As it is posted."""
    return filled(json.dumps(sheet, separators=(",", ":"))).encode()
