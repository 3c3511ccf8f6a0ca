"""Authenticode by osslsigncode: with the publisher's key where one is configured, otherwise with one of this build. Standard library only.

The configuration is a TOML file that VB_SIGNING names. A key in hardware or in a cloud comes by its PKCS #11 module; its PIN stands in a
file of its own, never on a command line:

    certificates = "/etc/signing/chain.pem"       # the publisher's first, then its authorities
    key = "pkcs11:token=codesigning;object=key"   # or a file in PEM
    pkcs11_module = "/usr/lib/opensc-pkcs11.so"   # only with such a key
    password_file = "/etc/signing/pin"            # if there is one
    timestamp = "http://timestamp.example.org"    # RFC 3161; without one a signature ends with its certificate
"""

from __future__ import annotations

import datetime
import os
import shlex
import subprocess
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.set_up import SetUpError

CONFIGURATION = "VB_SIGNING"
TRIAL = "Videoberatung (trial, not for use)"
KNOWN = {"certificates", "key", "pkcs11_module", "password_file", "timestamp"}


@dataclass(frozen=True, slots=True)
class Signing:
    """Who signs."""

    options: tuple[str, ...]
    """Of osslsigncode: certificates, key, time stamp."""
    trial: bool
    """Nobody but this build knows the authority."""
    authority: Path | None = None
    """Of a trial: what its signatures are held against."""

    def sign(self, file: Path, name: str) -> None:
        """In its place. Raises SetUpError."""
        signed = file.with_name(file.name + ".signed")
        signed.unlink(missing_ok=True)
        msi = ["-add-msi-dse"] if file.suffix == ".msi" else []
        command = [*self._beginning(name), *msi, "-in", str(file), "-out", str(signed)]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
        if answer.returncode != 0:
            raise SetUpError(f"{file.name} could not be signed: {answer.stderr[-400:]}{answer.stdout[-400:]}")
        signed.chmod(file.stat().st_mode)
        signed.replace(file)

    def verify(self, file: Path) -> None:
        """Raises SetUpError if the signature does not hold."""
        known = ["-CAfile", str(self.authority), "-TSA-CAfile", str(self.authority)] if self.authority else ["-CAfile", _SYSTEM]
        command = ["osslsigncode", "verify", "-ignore-crl", *known, "-in", str(file)]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
        if answer.returncode != 0 or "Signature verification: ok" not in answer.stdout:
            raise SetUpError(f"{file.name}: its signature does not hold: {answer.stdout[-400:]}{answer.stderr[-400:]}")

    def line(self, source: str, target: str, name: str) -> str:
        """The same as a line of a shell, for makensis, which makes the removing program and packs it. Both places are the shell's."""
        return f'{shlex.join(self._beginning(name))} -in "{source}" -out "{target}"'

    def _beginning(self, name: str) -> list[str]:
        return ["osslsigncode", "sign", "-h", "sha256", *self.options, "-n", name]


_SYSTEM = "/etc/ssl/certs/ca-certificates.crt"


def read(environment: Mapping[str, str], folder: Path, when: datetime.datetime) -> Signing:
    """The publisher's, or a trial's with keys in `folder`; `when` is the time a signature says it was made, the same in two builds. Raises
    SetUpError for a configuration that cannot be understood."""
    named = environment.get(CONFIGURATION)
    return configured(Path(named), when) if named else trial(folder, when)


def configured(file: Path, when: datetime.datetime) -> Signing:
    """As the TOML file says. Raises SetUpError."""
    try:
        said = tomllib.loads(file.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SetUpError(f"{CONFIGURATION}: {file.name} cannot be read: {error}") from None
    strange, missing = sorted(said.keys() - KNOWN), sorted({"certificates", "key"} - said.keys())
    if strange or missing or not all(isinstance(value, str) for value in said.values()):
        raise SetUpError(f"{CONFIGURATION}: {file.name}: missing: {missing}, unknown: {strange}; every value is a text")
    options = ["-certs", said["certificates"], "-key", said["key"], *_made(when)]
    for name, option in (("pkcs11_module", "-pkcs11module"), ("password_file", "-readpass"), ("timestamp", "-ts")):
        options += [option, said[name]] if name in said else []
    return Signing(tuple(options), trial=False)


def trial(folder: Path, when: datetime.datetime) -> Signing:
    """An authority and a publisher of this build, made once. No time stamp: each one is another, and two builds were never the same."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "publisher.pem").is_file():
        _certificate(folder, "authority", "Trial authority", "keyUsage=critical,keyCertSign,cRLSign")
        limits = ("basicConstraints=critical,CA:FALSE", "keyUsage=critical,digitalSignature", "extendedKeyUsage=codeSigning")
        _certificate(folder, "publisher", TRIAL, *limits, by="authority")
    keys = ["-certs", str(folder / "publisher.pem"), "-key", str(folder / "publisher.key"), "-ac", str(folder / "authority.pem")]
    return Signing((*keys, *_made(when)), trial=True, authority=folder / "authority.pem")


def _made(when: datetime.datetime) -> list[str]:
    return ["-time", f"{when.timestamp():.0f}"]


def _certificate(folder: Path, name: str, subject: str, *extensions: str, by: str = "") -> None:
    """`NAME.key` and `NAME.pem`; without `by` it vouches for itself."""
    words = ["req", "-x509", "-newkey", "rsa:3072", "-noenc", "-days", "3650", "-keyout", f"{name}.key", "-out", f"{name}.pem"]
    words += ["-subj", f"/O=Videoberatung/CN={subject}", *(["-CA", f"{by}.pem", "-CAkey", f"{by}.key"] if by else [])]
    _openssl(folder, *words, *(word for extension in extensions for word in ("-addext", extension)))


def _openssl(folder: Path, *words: str) -> None:
    answer = subprocess.run(["openssl", *words], cwd=folder, capture_output=True, text=True, check=False, env={**os.environ})
    if answer.returncode != 0:
        raise SetUpError(f"openssl: {answer.stderr[-400:]}")
