"""Only public addresses are dialled, however they are spelled."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from listener.door.address import Private, literal, why_not

BAD = """
0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.100.100.200 127.0.0.1 127.255.255.254 168.63.129.16 169.254.169.254 172.16.0.1
172.31.255.255 192.0.0.192 192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1 192.168.1.1 192.175.48.1 198.18.0.1
198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
:: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1 100::1 2001::1
2001:10::1 2001:2::1 2001:db8::1 2002:7f00:1::1 3fff::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1
ff02::1 ff0e::1 2620:4f:8000::1 2606:4700::1%eth0 4000::1
"""

GOOD = """
1.1.1.1 8.8.8.8 93.184.216.34 100.63.255.255 100.128.0.0 168.63.129.15 172.15.255.255 172.32.0.0 192.0.1.1 198.17.0.1
223.255.255.255 ::ffff:8.8.8.8 2606:4700:4700::1111 2a00:1450:4001::1 2001:4860:4860::8888
"""


@pytest.mark.parametrize("text", BAD.split())
def test_it_names_why_an_address_may_not_be_dialled(text):
    assert why_not(ip_address(text))


@pytest.mark.parametrize("text", GOOD.split())
def test_it_lets_public_addresses_be_dialled(text):
    assert why_not(ip_address(text)) is None


@pytest.mark.parametrize("text", ["2130706433", "0x7f.1", "127.1", "0177.0.0.1", "127.0.0.1.", "localhost"])
def test_it_takes_only_full_spellings_for_addresses(text):
    assert literal(text) is None


def test_it_lets_in_the_private_hosts_that_the_configuration_names():
    private = Private.read(["127.0.0.1:8900", "Feeds.LAN", "[::1]:80", "fd00::1"])

    assert private.lets("127.0.0.1", 8900)
    assert not private.lets("127.0.0.1", 8901)
    assert private.lets("feeds.lan", 80)
    assert private.lets("feeds.lan", 8080)
    assert private.lets("::1", 80)
    assert not private.lets("::1", 81)
    assert private.lets("fd00::1", 443)
    assert not Private.read([]).lets("127.0.0.1", 80)
