"""Which organization somebody belongs to: by the domain of their address, or by its name."""

from __future__ import annotations

from uuid import UUID

import pytest

from andel.identity.model.home import (
    Domain,
    Home,
    alike,
    domain_of,
    elsewhere,
    home_of,
    municipalities,
    search,
    thought_to_be,
)
from andel.identity.model.levels import least, level_of

MORA, BORLANGE, REGION = UUID(int=1), UUID(int=2), UUID(int=3)
DOMAINS = (
    Domain(domain="mora.se", organization=MORA),
    Domain(domain="borlange.se", organization=BORLANGE, subdomains=True),
    Domain(domain="skola.borlange.se", organization=REGION),
    Domain(domain="regiondalarna.se", organization=REGION, subdomains=True),
)
HOMES = (
    Home(id=MORA, key="mora", name="Mora", code="2062", domains=("mora.se",)),
    Home(id=BORLANGE, key="borlange", name="Borlänge", code="2081", domains=("borlange.se",)),
    Home(id=REGION, key="region-dalarna", name="Region Dalarna", domains=("regiondalarna.se",)),
)


@pytest.mark.parametrize(
    ("written", "domain"),
    [
        ("namn@mora.se", "mora.se"),
        (" Namn@MORA.SE. ", "mora.se"),
        ("mora.se", "mora.se"),
        ("@mora.se", "mora.se"),
        ('"a@b"@mora.se', "mora.se"),
        ("namn@it.mora.se", "it.mora.se"),
        ("namn@håbo.se", "xn--hbo-ula.se"),
        ("namn@ha\u030abo.se", "xn--hbo-ula.se"),
        ("namn", ""),
        ("namn@", ""),
        ("", ""),
        ("namn@mora", ""),
        ("namn@.se", ""),
        ("namn@mora..se", ""),
        ("namn@" + "a" * 64 + ".se", ""),
        ("namn@" + "a." * 130 + "se", ""),
    ],
)
def test_a_domain_is_what_stands_behind_the_last_at(written: str, domain: str) -> None:
    assert domain_of(written) == domain


@pytest.mark.parametrize(
    ("domain", "organization"),
    [
        ("mora.se", MORA),
        ("it.mora.se", None),
        ("borlange.se", BORLANGE),
        ("it.borlange.se", BORLANGE),
        ("a.b.c.borlange.se", BORLANGE),
        ("skola.borlange.se", REGION),
        ("a.skola.borlange.se", BORLANGE),
        ("xborlange.se", None),
        ("borlange.se.evil.com", None),
        ("se", None),
        ("", None),
    ],
)
def test_a_domain_leads_to_who_has_shown_it_and_below_it_only_where_that_was_said(
    domain: str, organization: UUID | None
) -> None:
    found = home_of(domain, DOMAINS)
    assert (found.organization if found else None) == organization


def test_a_top_domain_that_somebody_had_shown_would_still_lead_nobody_there() -> None:
    assert home_of("mora.se", (Domain(domain="se", organization=MORA, subdomains=True),)) is None


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("mora", ["mora"]),
        ("MOR", ["mora"]),
        ("borlange", ["borlange"]),
        ("borlänge", ["borlange"]),
        ("dalarna region", ["region-dalarna"]),
        ("mora.se", ["mora"]),
        ("ora", []),
        ("", []),
        ("   ", []),
    ],
)
def test_a_search_finds_names_by_the_beginnings_of_their_words(words: str, keys: list[str]) -> None:
    assert [home.key for home in search(words, HOMES)] == keys


def test_habo_and_habo_with_a_ring_are_found_together_and_told_apart() -> None:
    found = elsewhere("habo", HOMES)
    assert [(one.name, one.domain, one.region) for one in found] == [
        ("Håbo", "habo.se", "Region Uppsala"),
        ("Habo", "habokommun.se", "Region Jönköpings län"),
    ]
    assert alike([one.name for one in found])
    assert not alike(["Mora", "Borlänge"])
    assert not alike(["Mora", "Mora"])


def test_the_regions_own_municipalities_are_not_elsewhere() -> None:
    assert not elsewhere("mora", HOMES)
    assert not elsewhere("", HOMES)


def test_every_municipality_is_there_once() -> None:
    assert len({one.code for one in municipalities()}) == len(municipalities()) == 290


@pytest.mark.parametrize(
    ("domain", "name"), [("habo.se", "Håbo"), ("it.habo.se", "Håbo"), ("habokommun.se", "Habo"), ("okand.se", None)]
)
def test_a_domain_is_thought_to_be_of_one(domain: str, name: str | None) -> None:
    found = thought_to_be(domain)
    assert (found.name if found else None) == name


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("http://id.sambi.se/loa/loa3", 3),
        ("http://id.elegnamnden.se/loa/1.0/loa3", 3),
        ("urn:something:LoA-2", 2),
        ("http://id.swedenconnect.se/loa/1.0/uncertified-loa3", 3),
        ("loa5", None),
        ("pwd", None),
        ("", None),
    ],
)
def test_a_level_is_the_number_at_the_end_of_its_name(name: str, level: int | None) -> None:
    assert level_of(name) == level


def test_the_least_level_is_what_a_way_gives_at_least() -> None:
    assert least(["http://id.sambi.se/loa/loa3", "http://id.sambi.se/loa/loa2", "pwd"]) == 2
    assert least(["pwd"]) is None
