"""What people and policies write as the address of a server, and what the program connects to."""

from __future__ import annotations

import pytest

from app.services.agency.address import AddressError, control_url, origin


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("video.agency.example", "wss://video.agency.example/ws/control"),
        ("  https://Video.Agency.example/ ", "wss://video.agency.example/ws/control"),
        ("https://video.agency.example:443", "wss://video.agency.example/ws/control"),
        ("video.agency.example:8443", "wss://video.agency.example:8443/ws/control"),
        ("wss://video.agency.example/ws/control", "wss://video.agency.example/ws/control"),
        ("wss://video.agency.example/ws/control/", "wss://video.agency.example/ws/control"),
        ("https://[2001:db8::7]:8443", "wss://[2001:db8::7]:8443/ws/control"),
        ("http://localhost:8080", "ws://localhost:8080/ws/control"),
        ("ws://127.0.0.1:8080/ws/control", "ws://127.0.0.1:8080/ws/control"),
    ],
)
def test_every_way_to_write_it_leads_to_the_same_place(written: str, url: str) -> None:
    assert control_url(written) == url
    assert control_url(url) == url


@pytest.mark.parametrize(
    "written",
    [
        "",
        "https://",
        "http://video.agency.example",
        "ws://192.0.2.1/ws/control",
        "ftp://video.agency.example",
        "https://video.agency.example/other",
        "https://video.agency.example/?a=b",
        "https://video.agency.example/r#token",
        "https://somebody:secret@video.agency.example",
        "https://video.agency.example:port",
        "https://video agency example",
        "https://[2001:db8::7",
    ],
)
def test_what_is_no_address_is_refused(written: str) -> None:
    with pytest.raises(AddressError):
        control_url(written)


def test_the_origin_is_what_a_browser_writes() -> None:
    assert origin("wss://video.agency.example:8443/ws/control") == "https://video.agency.example:8443"
    assert origin("ws://127.0.0.1:8080/ws/control") == "http://127.0.0.1:8080"
