"""The agency's identity provider as the program asks it: where to sign in, and a token for what the browser brought back.

Authorization code with PKCE (RFC 6749, section 4.1; RFC 7636; OpenID Connect Core 1.0, section 3.1). Blocks: call it on a thread. The
token is neither read nor kept here; the server looks at it. Nothing that the provider said is logged.
"""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import msgspec
import truststore

from app import https
from app.domain.secrets import b64url, new_token
from app.services.agency.sign_in_port import SignInFailed, SignInFault

T = TypeVar("T")


class Description(msgspec.Struct, frozen=True):
    """OpenID Connect Discovery 1.0, section 3, as far as the program needs it."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    code_challenge_methods_supported: list[str] | None = None
    """RFC 8414, section 2; who says nothing may support it nevertheless."""
    authorization_response_iss_parameter_supported: bool = False
    """RFC 9207, section 3."""


class _Granted(msgspec.Struct):
    """OpenID Connect Core 1.0, section 3.1.3.3; the other tokens are not even read."""

    id_token: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One request to sign in."""

    client_id: str
    redirect_uri: str
    nonce: str
    scopes: tuple[str, ...] = ("openid",)
    acr_values: tuple[str, ...] = ()
    max_age: int | None = None
    """Seconds."""
    state: str = field(default_factory=new_token, repr=False)
    verifier: str = field(default_factory=new_token, repr=False)
    """RFC 7636, section 4.1: 43 characters."""

    def address(self, described: Description) -> str:
        """What the browser opens. Nothing in it opens anything by itself: the verifier stays here."""
        values: dict[str, Any] = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": " ".join(self.scopes),
            "state": self.state,
            "nonce": self.nonce,
            "code_challenge": b64url(hashlib.sha256(self.verifier.encode("ascii")).digest()),
            "code_challenge_method": "S256",
        }
        if self.acr_values:
            values["acr_values"] = " ".join(self.acr_values)
        if self.max_age is not None:
            values["max_age"] = self.max_age
        joint = "&" if urlsplit(described.authorization_endpoint).query else "?"
        return f"{described.authorization_endpoint}{joint}{urlencode(values)}"


class Provider:
    """Asks one provider."""

    def __init__(self, issuer: str, context: ssl.SSLContext | None = None) -> None:
        """`context` in place of what the operating system trusts."""
        self._issuer = issuer
        self._context = context

    def described(self) -> Description:
        """Raises SignInFailed."""
        answer = self._asked(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        found = _read(answer, Description)
        methods = found.code_challenge_methods_supported
        secure = all(urlsplit(url).scheme == "https" for url in (found.authorization_endpoint, found.token_endpoint))
        if found.issuer != self._issuer or not secure or (methods is not None and "S256" not in methods):
            raise SignInFailed(SignInFault.PROVIDER_UNCLEAR)
        return found

    def id_token(self, described: Description, asked: Asked, arrived: Mapping[str, str]) -> str:
        """A token for what the browser brought. Raises SignInFailed."""
        self._check_issuer(described, arrived)
        if "error" in arrived:
            raise SignInFailed(_fault(arrived["error"]))
        form = {
            "grant_type": "authorization_code",
            "code": arrived.get("code", ""),
            "redirect_uri": asked.redirect_uri,
            "client_id": asked.client_id,
            "code_verifier": asked.verifier,
        }
        return _read(self._asked(described.token_endpoint, urlencode(form).encode("ascii")), _Granted).id_token

    def _check_issuer(self, described: Description, arrived: Mapping[str, str]) -> None:
        """RFC 9207, section 2.4: the answer comes from whom we asked."""
        said = arrived.get("iss")
        if said != self._issuer and (said is not None or described.authorization_response_iss_parameter_supported):
            raise SignInFailed(SignInFault.PROVIDER_UNCLEAR)

    def _asked(self, url: str, form: bytes | None = None) -> https.Answer:
        try:
            context = self._context or truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            return https.asked(url, context, form)
        except https.Unreachable as error:
            fault = SignInFault.PROVIDER_CERTIFICATE if error.certificate else SignInFault.PROVIDER_AWAY
            raise SignInFailed(fault) from None
        except ValueError:
            raise SignInFailed(SignInFault.PROVIDER_UNCLEAR) from None


def _fault(error: str) -> SignInFault:
    """RFC 6749, section 4.1.2.1, and OpenID Connect Core 1.0, section 3.1.2.6."""
    if error in ("access_denied", "login_required", "interaction_required"):
        return SignInFault.DECLINED
    away = error in ("temporarily_unavailable", "server_error")
    return SignInFault.PROVIDER_AWAY if away else SignInFault.PROVIDER_UNCLEAR


def _read(answer: https.Answer, kind: type[T]) -> T:
    if answer.status >= 500 or answer.status == 429:
        raise SignInFailed(SignInFault.PROVIDER_AWAY)
    try:
        if answer.status == 200:
            return msgspec.json.decode(answer.content, type=kind)
    except (msgspec.DecodeError, UnicodeError):
        pass
    raise SignInFailed(SignInFault.PROVIDER_UNCLEAR)
