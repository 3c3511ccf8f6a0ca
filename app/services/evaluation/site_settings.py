"""What IT decides about the evaluation of one site: the head office's key, the site's own, the smallest group that is shown.

Imports the policy and the book's errors; no Qt, no disk.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from app.domain.evaluation import FLOOR, LEAST
from app.services.appointments.ports import BookError
from app.services.policy import Policy

EVALUATION = "evaluation"
"""Name in the policy and in `settings.json`; in the registry the object stands as text in JSON."""


class EvaluationSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Empty until IT has set it up."""

    office_key: str = ""
    """The head office's public key (`videoberatung evaluate-keys office`), base64url."""
    site_key_file: str = ""
    """File with the site's private key (`videoberatung evaluate-keys site`)."""
    site: str = ""
    """The site's name in the head office's list; empty is the `site` of the settings."""
    least: int = LEAST
    """No smaller group is shown; at least `FLOOR`."""

    @property
    def smallest(self) -> int:
        """The bound that holds."""
        return max(self.least, FLOOR)


def prescribed(own: EvaluationSettings | None, policy: Policy) -> EvaluationSettings:
    """The settings that hold: what the policy names stands above the file, field by field. Raises BookError with a sentence for IT."""
    above = policy.get(EVALUATION)
    below = {} if own is None else msgspec.to_builtins(own)
    try:
        fields = msgspec.json.decode(above) if isinstance(above, str) else {} if above is None else above
        if not isinstance(fields, Mapping) or not set(fields) <= set(EvaluationSettings.__struct_fields__):
            raise BookError("app.takeup.export.policy")
        return msgspec.convert({**below, **fields}, EvaluationSettings)
    except msgspec.MsgspecError:
        raise BookError("app.takeup.export.policy") from None
