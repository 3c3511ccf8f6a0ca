"""Questions to other people's servers over verified HTTPS, by the standard library's client. Blocks: call it on a thread. Logs nothing.

It knows the proxies of the operating system, follows nobody elsewhere (a secret would go with it) and reads only so much. Imports
nothing of `app`.
"""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, ProxyHandler, Request, build_opener

TIMEOUT_S = 30.0
MOST_BYTES = 64_000


class Unreachable(Exception):
    """No answer came."""

    def __init__(self, *, certificate: bool = False) -> None:
        """`certificate`: the other side could not show who it is."""
        super().__init__("certificate" if certificate else "unreachable")
        self.certificate = certificate


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, an error's status included."""

    status: int
    content: bytes = field(repr=False)
    """At most so much as was asked for; the rest is not read."""


def asked(
    url: str,
    context: ssl.SSLContext,
    form: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    *,
    timeout_s: float = TIMEOUT_S,
    most_bytes: int = MOST_BYTES,
) -> Answer:
    """GET, or POST of a form. Raises Unreachable, and ValueError for an address that is not https."""
    if urlsplit(url).scheme != "https":
        raise ValueError("not https")
    told = {"Accept": "application/json", **(headers or {})}
    request = Request(url, form, told, method="GET" if form is None else "POST")  # noqa: S310 - https, looked at above
    opener = build_opener(ProxyHandler(), HTTPSHandler(context=context), _NoRedirect())
    try:
        with opener.open(request, timeout=timeout_s) as response:
            return Answer(response.status, response.read(most_bytes))
    except HTTPError as error:
        with error, contextlib.suppress(OSError, HTTPException):
            return Answer(error.code, error.read(most_bytes))
        raise Unreachable from None
    except (OSError, HTTPException) as error:
        cause = error.reason if isinstance(error, URLError) else error
        raise Unreachable(certificate=isinstance(cause, ssl.SSLCertVerificationError)) from None


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_of_the_answer: Any) -> None:
        return None
