"""The agency's identity provider for tests: the npm package `oidc-provider` on loopback with TLS, and a person without a browser.

Its signing keys are made here, so that a test can also forge what the provider would never sign.
"""

from __future__ import annotations

import contextlib
import http.cookiejar
import json
import ssl
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPCookieProcessor, HTTPSHandler, Request, build_opener

import jwt
import trustme
from cryptography.hazmat.primitives.asymmetric import ec, rsa

ROOT = Path(__file__).parents[2]
CLIENT = "videoberatung"
PATH = "/sign-in"
TWO_FACTORS = "urn:example:two"


@dataclass(frozen=True)
class SigningKey:
    """One of the provider's keys; the test may sign with it, too."""

    kid: str
    algorithm: str
    private: Any

    @classmethod
    def new(cls, kid: str, algorithm: str = "RS256") -> SigningKey:
        """RSA of 2048 bits, or P-256 for ES256."""
        curve = algorithm == "ES256"
        private = ec.generate_private_key(ec.SECP256R1()) if curve else rsa.generate_private_key(public_exponent=65537, key_size=2048)
        return cls(kid, algorithm, private)

    def jwk(self, *, private: bool = False) -> dict[str, Any]:
        """RFC 7517; with the private part for the provider's own use."""
        kind: Any = jwt.algorithms.ECAlgorithm if self.algorithm == "ES256" else jwt.algorithms.RSAAlgorithm
        key = self.private if private else self.private.public_key()
        return {
            "kty": "EC" if self.algorithm == "ES256" else "RSA",
            **{name: value for name, value in kind.to_jwk(key, as_dict=True).items() if name != "key_ops"},
            "kid": self.kid,
            "alg": self.algorithm,
            "use": "sig",
        }

    def sign(self, claims: dict[str, Any], **headers: Any) -> str:
        """With further headers; None leaves one out."""
        told = {name: value for name, value in {"kid": self.kid, **headers}.items() if value is not None}
        return jwt.encode(claims, self.private, self.algorithm, told)


@dataclass
class OidcProvider:
    """A running one."""

    issuer: str
    ca_file: Path
    keys: list[SigningKey]
    context: ssl.SSLContext = field(repr=False)

    def next(self, sub: str = "person-1", *, acr: str = TWO_FACTORS, amr: tuple[str, ...] = ("pwd", "otp"), **claims: Any) -> None:
        """Who signs in next, and how."""
        self._tell("next", {"person": {"sub": sub, "acr": acr, "amr": amr, "claims": claims}, "error": ""})

    def refuse_next(self, error: str) -> None:
        """The provider sends the person back with this word (RFC 6749, section 4.1.2.1)."""
        self._tell("next", {"error": error})

    def rotate(self, *keys: SigningKey) -> None:
        """From now on it signs with the first of these and publishes all of them; everything else is forgotten."""
        self.keys = list(keys)
        self._tell("keys", {"keys": [key.jwk(private=True) for key in keys]})

    def asked(self) -> dict[str, int]:
        """Path -> how often somebody asked for it."""
        return dict(self._tell("asked", {})["asked"])

    def _tell(self, what: str, value: dict[str, Any]) -> Any:
        request = Request(f"{self.issuer}/test/{what}", json.dumps(value).encode())  # noqa: S310 - our own
        with build_opener(HTTPSHandler(context=self.context)).open(request) as response:
            return json.load(response)

    def person(self) -> Callable[[str], int]:
        """Somebody with a fresh browser, as far as the provider can tell: opens an address and signs in. Gives the last status."""
        opener = build_opener(HTTPSHandler(context=self.context), HTTPCookieProcessor(http.cookiejar.CookieJar()))

        def sign_in(address: str) -> int:
            try:
                with opener.open(address) as response:
                    url, status = response.url, response.status
                if "/interaction/" in url:
                    with opener.open(Request(url, b"", method="POST")) as response:  # noqa: S310 - where the provider led
                        status = response.status
            except HTTPError as error:
                with error:
                    return error.code
            return int(status)

        return sign_in


@contextlib.contextmanager
def running_oidc_provider(folder: Path, algorithm: str = "RS256") -> Iterator[OidcProvider]:
    """One on a free port while the context lasts."""
    authority = trustme.CA()
    ca_file = folder / "oidc-authority.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    certificate = authority.issue_cert("localhost")
    keys = [SigningKey.new("first", algorithm)]
    setup = {
        "key": certificate.private_key_pem.bytes().decode(),
        "certificate": certificate.cert_chain_pems[0].bytes().decode(),
        "client": CLIENT,
        "path": PATH,
        "keys": [key.jwk(private=True) for key in keys],
    }
    command = [str(ROOT / ".venv/bin/node"), "--no-warnings", str(Path(__file__).with_suffix(".mjs"))]
    with (folder / "oidc-provider.log").open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, cwd=ROOT)
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(setup).encode() + b"\n")
            process.stdin.flush()
            line = process.stdout.readline()
            if not line:
                raise RuntimeError((folder / "oidc-provider.log").read_text("utf-8", "replace")[-4000:])
            yield OidcProvider(
                f"https://localhost:{json.loads(line)['port']}", ca_file, keys, ssl.create_default_context(cafile=str(ca_file))
            )
        finally:
            process.stdin.close()
            process.wait(30)
            process.stdout.close()
