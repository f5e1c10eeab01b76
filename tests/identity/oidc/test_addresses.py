"""Where Andel may be sent by a provider's metadata: the forms that an attacker writes an inner address in."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from andel.identity.model.oidc.addresses import address_fault, place_of
from andel.identity.model.oidc.refusals import Reason, RefusedError

FORBIDDEN = [
    # this machine, as numbers
    "https://127.0.0.1/",
    "https://127.0.0.1:8443/",
    "https://127.1/",
    "https://127.0.1/",
    "https://2130706433/",
    "https://017700000001/",
    "https://0177.0.0.1/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0x7F.0x0.0x0.0x1/",
    "https://127.0.0.01/",
    "https://127.255.255.254/",
    "https://0/",
    "https://0.0.0.0/",
    "https://0.1.2.3/",
    "https://127.0.0.1./",
    "https://4294967296/",
    "https://1.2.3.4.5/",
    "https://256.256.256.256/",
    "https://1.1.1/",
    # this machine, as names
    "https://localhost/",
    "https://LOCALHOST/",
    "https://localhost./",
    "https://a.localhost/",
    "https://localhost.localdomain/",
    # this machine and others, in IPv6
    "https://[::1]/",
    "https://[::]/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::ffff:8.8.8.8]/",
    "https://[::127.0.0.1]/",
    "https://[::ffff:0:127.0.0.1]/",
    "https://[64:ff9b::127.0.0.1]/",
    "https://[64:ff9b::a00:1]/",
    "https://[64:ff9b:1::a00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[2001:0:7f00:1::]/",
    "https://[fe80::1]/",
    "https://[fe80::1%25eth0]/",
    "https://[fc00::1]/",
    "https://[fd00:ec2::254]/",
    "https://[fec0::1]/",
    "https://[ff02::1]/",
    "https://[100::1]/",
    "https://[2001:db8::1]/",
    "https://[3fff::1]/",
    # inside networks, and the metadata hosts of clouds
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://172.31.255.255/",
    "https://192.168.1.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://169.254.170.2/",
    "https://100.100.100.200/",
    "https://100.64.0.1/",
    "https://192.0.0.192/",
    "https://168.63.129.16/",
    "https://198.18.0.1/",
    "https://203.0.113.7/",
    "https://224.0.0.1/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
    "https://2852039166/",
    "https://0xa9fea9fe/",
    "https://metadata/",
    "https://metadata.google.internal/",
    "https://kubernetes.default.svc/",
    "https://postgres/",
    "https://printer.local/",
    "https://router.home.arpa/",
    # other ways to mislead
    "http://idp.borlange.se/",
    "ftp://idp.borlange.se/",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "data:application/json,{}",
    "gopher://idp.borlange.se/",
    "//idp.borlange.se/",
    "https:///path",
    "https://",
    "https://idp.borlange.se@127.0.0.1/",
    "https://127.0.0.1@idp.borlange.se/",
    "https://user:password@idp.borlange.se/",
    "https://idp.borlange.se\\@127.0.0.1/",
    "https://idp.borlange.se#@127.0.0.1/",
    "https://idp.borlange.se:0/",
    "https://idp.borlange.se:/",
    "https://idp.borlange.se:65536/",
    "https://idp.borlange.se:443:80/",
    "https://idp.borlange.se /",
    "https://idp.borlange.se\r\nHost: 127.0.0.1/",
    "https://idp.borl\u200bange.se/",
    "https://①②⑦.⓪.⓪.①/",
    "https://127。0。0。1/",
    "https://%31%32%37.0.0.1/",
    "https://idp..borlange.se/",
    "https://-idp.borlange.se/",
    "https://idp_.borlange.se/",
    "https://[::1/",
    "https://[idp.borlange.se]/",
    "https://idp.borlange.se/" + "a" * 2048,
    "",
]


@pytest.mark.parametrize("url", FORBIDDEN)
def test_a_form_of_an_address_that_leads_inside_is_refused(url: str) -> None:
    with pytest.raises(RefusedError) as refused:
        place_of(url)
    assert refused.value.reason is Reason.ADDRESS_FORBIDDEN


@pytest.mark.parametrize("value", [None, 17, ["https://idp.borlange.se/"], b"https://idp.borlange.se/"])
def test_what_is_no_text_is_no_address(value: object) -> None:
    with pytest.raises(RefusedError):
        place_of(value)


def test_the_table_has_sixty_forms_and_more() -> None:
    assert len(set(FORBIDDEN)) == len(FORBIDDEN) >= 60


@pytest.mark.parametrize(
    ("url", "host", "port", "target"),
    [
        ("https://idp.borlange.se", "idp.borlange.se", 443, "/"),
        ("https://IDP.Borlange.SE/a/b?c=d", "idp.borlange.se", 443, "/a/b?c=d"),
        ("https://idp.borlange.se:8443/x", "idp.borlange.se", 8443, "/x"),
        ("https://xn--hbo-ula.se/", "xn--hbo-ula.se", 443, "/"),
        ("https://8.8.8.8/", "8.8.8.8", 443, "/"),
        ("https://[2a00:1450::1]/", "2a00:1450::1", 443, "/"),
        ("https://[64:ff9b::808:808]/", "64:ff9b::808:808", 443, "/"),
    ],
)
def test_a_public_address_is_read_as_it_is_written(url: str, host: str, port: int, target: str) -> None:
    place = place_of(url)
    assert (place.secure, place.host, place.port, place.target) == (True, host, port, target)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_development_may_ask_this_machine(scheme: str, host: str) -> None:
    assert place_of(f"{scheme}://{host}:9000/x", development=True).port == 9000


@pytest.mark.parametrize("url", ["http://idp.borlange.se/", "http://127.0.0.2/", "https://10.0.0.1/", "http://127.1/"])
def test_development_opens_nothing_but_this_machine(url: str) -> None:
    with pytest.raises(RefusedError):
        place_of(url, development=True)


@pytest.mark.parametrize("address", ["8.8.8.8", "130.242.1.1", "2a00:1450::1", "64:ff9b::808:808", "2620:4f:8000::1"])
def test_public_addresses_are_allowed(address: str) -> None:
    assert not address_fault(ip_address(address))


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("https://idp.borlange.se/x", "idp.borlange.se"),
        ("https://idp.borlange.se:8443/x", "idp.borlange.se:8443"),
        ("https://[2a00:1450::1]/x", "[2a00:1450::1]"),
        ("http://localhost:80/x", "localhost"),
    ],
)
def test_the_host_header_names_a_port_that_is_not_the_usual_one(url: str, authority: str) -> None:
    assert place_of(url, development=True).authority == authority
