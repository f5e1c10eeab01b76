"""The four regions as they stand in ``tenants/``: valid, and giving the numbers that their sources print."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from andel.costs.model import RegionBook
from andel.costs.model.result import Result
from andel.costs.service.allocating import Allocator
from andel.host.registry import Registry
from andel.host.view import TenantView
from andel.sdk.cost import Split, Tariff
from andel.sdk.facts import FactNeed
from andel.sdk.party import PartyKind
from andel.sdk.period import Period
from andel.tenancy.model.document import TenantDocument
from andel.tenancy.service.loading import load_tenant, tenant_names

TENANTS = Path(__file__).parents[2] / "tenants"
REGIONS = ("dalarna", "skane", "stockholm", "vastragotaland")
NATIONAL_NUMBERS = {"stockholm": "232100-0016", "dalarna": "232100-0180", "vastragotaland": "232100-0131"}


@pytest.fixture(scope="module")
def documents(registry: Registry) -> dict[str, TenantDocument]:
    return {name: load_tenant(TENANTS, name, registry).valid_document() for name in REGIONS}


@pytest.fixture(scope="module")
def books(registry: Registry) -> dict[str, RegionBook]:
    return {name: load_tenant(TENANTS, name, registry).book() for name in REGIONS}


@pytest.fixture(scope="module")
def allocators(
    registry: Registry, books: dict[str, RegionBook], documents: dict[str, TenantDocument]
) -> dict[str, Allocator]:
    views = {name: TenantView.of(registry, name, documents[name].plugins) for name in REGIONS}
    return {name: Allocator(books[name], views[name]) for name in REGIONS}


def allocated(allocator: Allocator, service: str, component: str, year: int) -> Result:
    found = allocator.book.service(service)
    return allocator.allocate(found, found.component(component), Period.year(year))


def test_these_are_the_regions() -> None:
    assert tenant_names(TENANTS) == REGIONS


@pytest.mark.parametrize("name", REGIONS)
def test_a_region_is_valid_and_all_its_years_can_be_allocated(name: str, registry: Registry) -> None:
    faults = load_tenant(TENANTS, name, registry, trial=True).faults
    assert faults == (), "\n".join(str(fault.complaint()) for fault in faults)


@pytest.mark.parametrize("name", REGIONS)
def test_2026_can_be_allocated_in_every_service(name: str, allocators: dict[str, Allocator]) -> None:
    allocator = allocators[name]
    pairs = allocator.book.applying(Period.year(2026))
    assert {service.key for service, _ in pairs} == {service.key for service in allocator.book.services}
    for service, component in pairs:
        allocation = allocator.allocate(service, component, Period.year(2026)).allocation
        if isinstance(allocation, Split):
            assert sum(allocation.amounts) + allocation.region == allocation.total


@pytest.mark.parametrize("name", REGIONS)
def test_only_numbers_read_in_a_printed_source_stand_here(name: str, documents: dict[str, TenantDocument]) -> None:
    document = documents[name]
    assert document.region.organization_number == NATIONAL_NUMBERS.get(name)
    assert {organization.organization_number for organization in document.organizations} == {None}


@pytest.mark.parametrize("name", REGIONS)
def test_no_amount_of_kronor_is_unmarked_unless_a_source_prints_it(
    name: str, documents: dict[str, TenantDocument]
) -> None:
    components = [one for service in documents[name].services for one in service.components]
    unmarked = [
        (one.key, cost.year, cost.amount) for one in components for cost in one.costs if not cost.source.example
    ]
    assert unmarked == ([("support", 2020, "3250000.00")] if name == "stockholm" else [])


# ---- Stockholm ----------------------------------------------------------------------------------------------
def test_stockholm_has_39_payers_and_never_the_city_as_well(allocators: dict[str, Allocator]) -> None:
    parties = allocated(allocators["stockholm"], "samverkan-vardovergangar", "tak", 2026).allocation.parties
    kinds = [allocators["stockholm"].book.parties.party(key).kind for key in parties]
    assert (kinds.count(PartyKind.MUNICIPALITY), kinds.count(PartyKind.DISTRICT)) == (25, 14)
    assert "stockholm" not in parties


def test_stockholms_caps_are_those_of_the_printed_table(allocators: dict[str, Allocator]) -> None:
    caps = allocated(allocators["stockholm"], "samverkan-vardovergangar", "tak", 2026).allocation
    assert caps.amount_of("botkyrka").ore == 439_451_00
    assert caps.amount_of("sodermalm").ore == 615_312_00
    assert caps.workings.scalar("stockholm_rest").value == 2446


def test_support_is_250_kronor_a_user_and_425_000_for_the_municipalities(allocators: dict[str, Allocator]) -> None:
    for year in (2020, 2025, 2026):
        support = allocated(allocators["stockholm"], "samverkan-vardovergangar", "support", year).allocation
        assert isinstance(support, Split)
        assert support.workings.scalar("price").value == 250_00
        assert sum(support.amounts) == 425_000_00
        assert support.region == 2_825_000_00


def test_a_merged_district_stands_in_the_place_of_those_it_merged(allocators: dict[str, Allocator]) -> None:
    invoices = {
        year: allocated(allocators["stockholm"], "samverkan-vardovergangar", "leverantor", year).allocation
        for year in (2021, 2024)
    }
    assert len(invoices[2021].parties) == 38
    assert len(invoices[2024].parties) == 36
    assert {"jarva", "norra-innerstaden"} == set(invoices[2024].parties) - set(invoices[2021].parties)
    assert {"norrmalm", "ostermalm", "rinkeby-kista", "spanga-tensta"} == (
        set(invoices[2021].parties) - set(invoices[2024].parties)
    )


# ---- Skåne --------------------------------------------------------------------------------------------------
def test_skane_has_34_principals_and_the_region_bears_half(allocators: dict[str, Allocator]) -> None:
    (group,) = allocators["skane"].book.parties.groups
    assert len(group.members) == 34
    budget = allocated(allocators["skane"], "handlingsplan", "budget", 2026).allocation
    assert isinstance(budget, Split)
    assert (len(budget.parties), sum(budget.amounts), budget.region) == (33, 1_200_000_00, 1_200_000_00)


# ---- Dalarna ------------------------------------------------------------------------------------------------
def test_moras_costs_of_2026_are_those_of_the_pages(allocators: dict[str, Allocator]) -> None:
    asked = (("synergi", "licenser"), ("rss", "verksamhet"), ("sip", "support"), ("siths", "kort"))
    found = [allocated(allocators["dalarna"], *names, 2026).allocation.amount_of("mora").ore for names in asked]
    assert found == [20_000_00, 66_386_31, 23_000_00, 9_310_00]


def test_fifty_licences_cost_250_000_and_are_charged_from_2024_on(allocators: dict[str, Allocator]) -> None:
    licences = allocated(allocators["dalarna"], "synergi", "licenser", 2024).allocation
    assert isinstance(licences, Tariff)
    assert sum(licences.amounts) == 250_000_00
    component = allocators["dalarna"].book.service("synergi").component("licenser")
    assert not component.applies(Period.year(2023))


def test_dalarna_has_parties_that_are_no_municipality(books: dict[str, RegionBook]) -> None:
    kinds = [party.kind for party in books["dalarna"].parties.parties]
    assert (kinds.count(PartyKind.MUNICIPALITY), kinds.count(PartyKind.PROVIDER)) == (15, 3)


# ---- Västra Götaland ----------------------------------------------------------------------------------------
def test_kungsbacka_belongs_to_a_federation_and_to_no_split(allocators: dict[str, Allocator]) -> None:
    book = allocators["vastragotaland"].book
    assert book.parties.codes["kungsbacka"].startswith("13")
    assert [group.key for group in book.parties.groups_of("kungsbacka")] == ["medlemmar-goteborgsregionen"]
    samsa = allocated(allocators["vastragotaland"], "samsa", "forvaltning", 2026).allocation
    assert isinstance(samsa, Split)
    assert len(samsa.parties) == 49
    assert "kungsbacka" not in samsa.parties
    assert Fraction(sum(samsa.amounts), samsa.total) == Fraction(30, 100)


def test_every_municipality_belongs_to_one_federation(books: dict[str, RegionBook]) -> None:
    groups = {group.key: group.members for group in books["vastragotaland"].parties.groups}
    everyone = sorted(groups.pop("kommuner"))
    members = sorted(member for group in groups.values() for member in group)
    assert len(everyone) == 49
    assert len(groups) == 4
    assert members == sorted([*everyone, "kungsbacka"])


def test_vastkom_is_invoiced_for_the_cards_and_each_municipality_for_its_deliveries(
    allocators: dict[str, Allocator],
) -> None:
    cards = allocated(allocators["vastragotaland"], "siths", "kort", 2026).allocation
    deliveries = allocated(allocators["vastragotaland"], "oppenvardsdos", "leveranser", 2026).allocation
    assert {share.payer for share in cards.shares} == {"vastkom"}
    assert all(share.payer == share.party for share in deliveries.shares)


# ---- figures ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "day", "total"),
    [
        ("stockholm", (2018, 12, 31), 2_344_124),
        ("skane", (2019, 12, 31), 1_377_827),
        ("stockholm", (2025, 12, 31), 2_486_253),
        ("skane", (2025, 12, 31), 1_433_082),
        ("dalarna", (2025, 12, 31), 286_048),
        ("vastragotaland", (2025, 12, 31), 1_777_794),
    ],
)
def test_the_inhabitants_add_up_to_the_sum_that_is_known(
    name: str, day: tuple[int, int, int], total: int, books: dict[str, RegionBook]
) -> None:
    series = books[name].facts.latest(FactNeed(name="inhabitants", on=date(*day)))
    assert series.reference_date == date(*day)
    assert sum(series.values.values()) == total
    assert not series.source.example


def test_settings_that_are_examples_say_so(books: dict[str, RegionBook]) -> None:
    period = Period.year(2026)
    found = {
        (name, service.key, component.key)
        for name, book in books.items()
        for service in book.services
        for component in service.components
        if (source := component.settings_source(period)) is not None and source.example
    }
    assert found == {
        ("dalarna", "rss", "verksamhet"),
        ("dalarna", "sip", "support"),
        ("dalarna", "siths", "kort"),
        ("vastragotaland", "oppenvardsdos", "leveranser"),
        ("vastragotaland", "samsa", "forvaltning"),
        ("vastragotaland", "siths", "kort"),
    }
