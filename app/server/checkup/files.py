"""Files and folders of the settings: there, readable, for nobody else, and fitting each other. Changes nothing and makes nothing."""

from __future__ import annotations

import os
import ssl
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509

from app.server.certificates import SOON_S, tls_context
from app.server.checkup.findings import Finding, doubtful, variable, wrong
from app.server.key_files import key_files
from app.server.settings import Settings, SettingsError
from app.server.turn import Relays

OTHERS = 0o007
GROUP_OR_OTHERS = 0o077
SECRET_FILES = ("VB_DATABASE_URL_FILE", "VB_REDIS_URL_FILE")


def files(settings: Settings, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Everything about files."""
    yield from _data_folder(Path(settings.data_dir))
    yield from _keys(settings)
    yield from _secrets(environment)
    if settings.turn_urls:
        yield from _relay(settings)
    if settings.oidc_ca_file:
        yield from _authority(settings.oidc_ca_file)
    if settings.tls_certificate_file and settings.tls_key_file:
        yield from certificate(settings, Path(settings.tls_certificate_file), Path(settings.tls_key_file), time.time())


def settings_file(path: Path) -> Iterator[Finding]:
    """The file of settings itself: a password may stand in it."""
    if _open_to(path, OTHERS):
        yield doubtful("running.check.settings-file-open", file=path)


def _data_folder(folder: Path) -> Iterator[Finding]:
    setting = "VB_DATA_DIR"
    if not folder.exists():
        parent = next(above for above in folder.absolute().parents if above.exists())
        if not parent.is_dir() or not os.access(parent, os.W_OK | os.X_OK):
            yield wrong("running.check.data-dir-not-made", setting, folder=folder)
    elif not folder.is_dir() or not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield wrong("running.check.data-dir-not-usable", setting, folder=folder)
    elif _open_to(folder, OTHERS):
        yield doubtful("running.check.data-dir-open", setting, folder=folder)


def _keys(settings: Settings) -> Iterator[Finding]:
    try:
        keys = list(key_files(settings))
    except OSError:
        return  # the folder was spoken of
    for _, path in keys:
        if not os.access(path, os.R_OK):
            yield wrong("running.check.key-unreadable", file=path)
        elif _open_to(path, GROUP_OR_OTHERS):
            yield wrong("running.check.key-open", file=path)
    if settings.survey_key_folder and not Path(settings.survey_key_folder).is_dir():
        yield wrong("running.check.no-folder", variable("survey_key_folder"), folder=settings.survey_key_folder)


def _secrets(environment: Mapping[str, str]) -> Iterator[Finding]:
    for name in SECRET_FILES:
        if environment.get(name) and _open_to(Path(environment[name]), OTHERS):
            yield doubtful("running.check.secret-open", name, file=environment[name])


def _relay(settings: Settings) -> Iterator[Finding]:
    try:
        Relays.of(settings)
    except SettingsError as error:
        yield wrong("running.check.turn-secret", variable("turn_secret_file"), why=error)


def _authority(file: str) -> Iterator[Finding]:
    try:
        ssl.create_default_context(cafile=file)
    except OSError as error:
        yield wrong("running.check.value", variable("oidc_ca_file"), why=type(error).__name__)


def _open_to(path: Path, bits: int) -> bool:
    try:
        return os.name == "posix" and bool(path.stat().st_mode & bits)
    except OSError:
        return False


# ---- certificate and key


def certificate(settings: Settings, chain: Path, key: Path, now: float) -> Iterator[Finding]:
    """The pair, its end, its names and whether the chain is whole."""
    unreadable = [
        wrong("running.check.tls-unreadable", variable(name), file=path)
        for name, path in (("tls_certificate_file", chain), ("tls_key_file", key))
        if not os.access(path, os.R_OK)
    ]
    if unreadable:
        yield from unreadable
        return
    try:
        tls_context().load_cert_chain(chain, key)
        certificates = x509.load_pem_x509_certificates(chain.read_bytes())
    except (ssl.SSLError, ValueError):
        yield wrong("running.check.tls-no-pair", variable("tls_certificate_file"))
        return
    if _open_to(key, OTHERS):
        yield wrong("running.check.key-open", variable("tls_key_file"), file=key)
    yield from _end(certificates[0], now)
    host = urlsplit(settings.public_url or "").hostname
    if host and not _is_for(certificates[0], host):
        yield wrong("running.check.tls-other-name", variable("tls_certificate_file"), host=host)
    if len(certificates) == 1 and certificates[0].issuer != certificates[0].subject:
        yield doubtful("running.check.tls-no-chain", variable("tls_certificate_file"))


def _end(leaf: x509.Certificate, now: float) -> Iterator[Finding]:
    left = leaf.not_valid_after_utc.timestamp() - now
    if left <= 0:
        yield wrong("running.check.tls-ended", variable("tls_certificate_file"))
    elif left < SOON_S:
        yield doubtful("running.check.tls-ends-soon", variable("tls_certificate_file"), days=int(left // 86_400))
    if leaf.not_valid_before_utc.timestamp() > now:
        yield wrong("running.check.tls-not-yet", variable("tls_certificate_file"))


def _is_for(leaf: x509.Certificate, host: str) -> bool:
    """Whether the certificate names this host; a star stands for the first label (RFC 9525, section 6.3)."""
    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return False
    named = {name.lower() for name in names.get_values_for_type(x509.DNSName)}
    addresses = {str(address) for address in names.get_values_for_type(x509.IPAddress)}
    return bool({host, f"*.{host.partition('.')[2]}"} & named) or host in addresses
