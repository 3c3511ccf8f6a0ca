"""A range of ports as IT writes it."""

from __future__ import annotations

import pytest

from app.domain.udp_ports import FEWEST, UdpPorts


def test_both_ends_belong_to_it() -> None:
    ports = UdpPorts.parse("49152-49407")
    assert len(ports) == 256
    assert 49152 in ports
    assert 49407 in ports
    assert 49151 not in ports
    assert 49408 not in ports


def test_as_small_and_as_large_as_it_may_be() -> None:
    assert len(UdpPorts.parse(f"5000-{5000 + FEWEST - 1}")) == FEWEST
    assert UdpPorts.parse("1024-65535") == UdpPorts(1024, 65535)


@pytest.mark.parametrize(
    "text", ["", "5000", "5000-", f"5000-{5000 + FEWEST - 2}", "6000-5000", "1000-2000", "65000-65536", "５０００-6000", "5000-6000\n"]
)
def test_what_is_no_range(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  its text is the range
        UdpPorts.parse(text)
