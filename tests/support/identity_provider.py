"""A small identity provider on loopback with TLS: OAuth 2.0 client credentials by secret or signed assertion, each really checked.

On a thread of its own, because who asks it waits on a thread, too.
"""

from __future__ import annotations

import base64
import json
import secrets
import ssl
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote_plus

import jwt
import trustme

CLIENT, SECRET, SCOPE = "videoberatung", "geheim: ~/+ %&", "mail.send"
LIFE_S = 3600


class Hands:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Provider:
    """What it knows and what it does."""

    secret: str = SECRET
    public_key: Any = None
    """Of the client, where it proves itself by a signature."""
    clock: Hands = field(default_factory=Hands)
    life_s: int | str | None = LIFE_S
    """`expires_in`; None leaves it out."""
    answer: tuple[int, bytes] | None = None
    """Instead of looking at the question."""
    redirect: str = ""
    asked: int = 0
    questions: list[dict[str, str]] = field(default_factory=list)
    assertions: list[tuple[dict[str, Any], dict[str, Any]]] = field(default_factory=list)
    """Header and claims of those that held."""
    given: dict[str, float] = field(default_factory=dict)
    """Token -> when it expires."""
    _seen: set[str] = field(default_factory=set)

    def holds(self, token: str) -> bool:
        """As a mail server asks."""
        return self.given.get(token, 0.0) > self.clock.now

    def reply(self, url: str, headers: Any, body: bytes) -> tuple[int, bytes]:
        self.asked += 1
        if self.answer is not None:
            return self.answer
        fields = {name: values[0] for name, values in parse_qs(body.decode("ascii"), strict_parsing=True).items()}
        self.questions.append(fields)
        if not self._known(url, headers.get("Authorization", ""), fields):
            return 401, b'{"error": "invalid_client", "error_description": "canary-description"}'
        if fields.get("grant_type") != "client_credentials":
            return 400, b'{"error": "unsupported_grant_type"}'
        if fields.get("scope", SCOPE) != SCOPE:
            return 400, b'{"error": "invalid_scope"}'
        token = secrets.token_urlsafe(24)
        life = float(self.life_s or 60)
        self.given[token] = self.clock.now + life
        granted: dict[str, object] = {"access_token": token, "token_type": "Bearer"}
        if self.life_s is not None:
            granted["expires_in"] = self.life_s
        return 200, json.dumps(granted).encode()

    def _known(self, url: str, authorization: str, fields: dict[str, str]) -> bool:
        if authorization.startswith("Basic "):
            name, _, secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
            return (unquote_plus(name), unquote_plus(secret)) == (CLIENT, self.secret)
        if "client_assertion" in fields:
            return self._signed(url, fields)
        return (fields.get("client_id"), fields.get("client_secret")) == (CLIENT, self.secret)

    def _signed(self, url: str, fields: dict[str, str]) -> bool:
        if fields.get("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer":
            return False
        text = fields["client_assertion"]
        try:
            claims = jwt.decode(
                text,
                self.public_key,
                algorithms=["PS256", "RS256", "ES256", "ES384", "ES512", "EdDSA"],
                audience=url,
                issuer=CLIENT,
                options={"require": ["exp", "iat", "nbf", "jti", "sub"]},
            )
        except jwt.InvalidTokenError:
            return False
        fresh = claims["jti"] not in self._seen and claims["sub"] == CLIENT
        self._seen.add(claims["jti"])
        self.assertions.append((jwt.get_unverified_header(text), claims))
        return fresh


class IdentityProvider:
    """One on a free port; `url` is its token endpoint, `ca_file` leads to its authority."""

    def __init__(self, folder: Path, name: str = "localhost") -> None:
        self.provider = provider = Provider()
        authority = trustme.CA()
        self.ca_file = folder / "sign-in-authority.pem"
        authority.cert_pem.write_to_path(str(self.ca_file))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(context)

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if provider.redirect:
                    provider.asked += 1
                    self.send_response(307)
                    self.send_header("Location", provider.redirect)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                status, content = provider.reply(f"https://{self.headers['Host']}{self.path}", self.headers, body)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"https://localhost:{self._server.server_address[1]}/token"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="identity-provider")
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
