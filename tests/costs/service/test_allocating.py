from __future__ import annotations

import pytest

from andel.app import Installation
from andel.costs.service.allocating import Allocator, charged_by
from andel.sdk.errors import AndelError
from andel.sdk.period import Period

MORA_2026 = {"rss": 66_386_31, "sip": 23_000_00, "siths": 9_310_00, "synergi": 20_000_00}


def test_mora_pays_what_the_four_services_of_dalarna_say(allocator: Allocator) -> None:
    year = Period.year(2026)
    paid = {
        service.key: allocator.allocate(service, component, year).allocation.amount_of("mora").ore
        for service, component in allocator.book.applying(year)
    }
    assert paid == MORA_2026


def test_fifty_synergi_licences_cost_250_000_kronor(allocator: Allocator) -> None:
    synergi = allocator.book.service("synergi")
    result = allocator.allocate(synergi, synergi.components[0], Period.year(2024))
    assert sum(result.allocation.amounts) == 250_000_00


def test_a_capped_year_counts_what_earlier_years_charged(instance: Installation) -> None:
    book = instance.book("stockholm")
    allocator = Allocator(book, instance.view("stockholm"))
    service, component = next(
        (s, c) for s, c in book.applying(Period.year(2026)) if c.model == "invoice-capped" and c.costs
    )
    before = charged_by(allocator.allocate(service, component, Period.year(year)) for year in range(2021, 2026))
    result = allocator.allocate(service, component, Period.year(2026))
    assert dict(result.request.charged) == dict(before)
    assert sum(before.values()) == 6_532_000_00


def test_the_same_book_gives_the_same_digest(instance: Installation) -> None:
    digests = set()
    for _ in range(2):
        book = instance.book("skane")
        allocator = Allocator(book, instance.view("skane"))
        service, component = book.applying(Period.year(2026))[0]
        digests.add(allocator.allocate(service, component, Period.year(2026)).digest)
    assert len(digests) == 1


def test_a_year_without_costs_says_which_years_have_them(allocator: Allocator) -> None:
    with pytest.raises(AndelError, match=r"nothing to allocate for 1999") as error:
        allocator.book.applying(Period.year(1999))
    assert "2026" in error.value.remedy
