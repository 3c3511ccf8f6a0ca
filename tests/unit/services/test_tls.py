"""What is said of a certificate that the operating system does not trust."""

from __future__ import annotations

import ssl

import pytest

from app.services.link_port import LinkTrouble
from app.services.tls import trouble_of_certificate


def refused(code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code = code
    return error


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (refused(20), LinkTrouble.CERTIFICATE),
        (refused(62), LinkTrouble.CERTIFICATE),
        (refused(9), LinkTrouble.CLOCK),
        (refused(10), LinkTrouble.CLOCK),
        (refused(0x800B0101), LinkTrouble.CLOCK),
        (refused(-2146762495), LinkTrouble.CLOCK),
        (ssl.SSLCertVerificationError(1, "without a code"), LinkTrouble.CERTIFICATE),
        (ssl.SSLError(1, "no TLS"), None),
        (ConnectionRefusedError(), None),
    ],
)
def test_the_clock_is_told_from_a_lack_of_trust(error: OSError, trouble: LinkTrouble | None) -> None:
    assert trouble_of_certificate(error) is trouble
