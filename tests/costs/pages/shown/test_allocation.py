from __future__ import annotations

from fractions import Fraction

from andel.app import Installation
from andel.costs.model import RegionBook
from andel.costs.pages.shown.allocation import Shown, shown
from andel.costs.service.allocating import Allocator
from andel.sdk.cost import Allocation, Tariff
from andel.sdk.party import Party, PartyKind
from andel.sdk.period import Period
from andel.sdk.text import Text
from andel.sdk.workings import Column, Role, Workings


def laid_out(instance: Installation, region: str, service: str, component: str) -> Shown:
    book = instance.book(region)
    one = book.service(service)
    result = Allocator(book, instance.view(region)).allocate(one, one.component(component), Period.year(2026))
    return shown(result.allocation, {party.key: party for party in book.parties.parties}, "sv")


def heads(group: int, found: Shown) -> list[str]:
    return [head.label for head in found.groups[group].heads]


def made(*columns: Column, kinds: tuple[PartyKind, ...]) -> tuple[Allocation, dict[str, Party]]:
    keys = tuple("abc"[: len(kinds)])
    amounts = next(column.numerators for column in columns if column.role is Role.AMOUNT)
    allocation = Tariff(
        parties=keys,
        amounts=amounts,
        workings=Workings(parties=keys, columns=columns),
        supplier_cost=None,
        residual=None,
    )
    return allocation, {key: Party(key=key, name=key.upper(), kind=kind) for key, kind in zip(keys, kinds, strict=True)}


def column(name: str, *values: int, unit: str = "inhabitant", role: Role | None = None) -> Column:
    return Column(name=name, label=Text(name, name), numerators=values, unit=unit, role=role)


def test_kinds_of_parties_stand_in_tables_of_their_own_with_their_own_sums(instance: Installation) -> None:
    found = laid_out(instance, "stockholm", "samverkan-vardovergangar", "leverantor")
    assert [group.title for group in found.groups] == ["25 kommuner", "11 stadsdelsförvaltningar"]
    assert found.groups[0].sums[heads(0, found).index("Belopp")] == "883\u00a0140,50"
    assert found.feet[0] == ("Summa av parterna", "1\u00a0498\u00a0000")


def test_a_column_that_only_tells_members_apart_is_left_out(instance: Installation) -> None:
    found = laid_out(instance, "stockholm", "samverkan-vardovergangar", "leverantor")
    assert all("Stadsdel i Stockholm" not in heads(group, found) for group in (0, 1))


def test_a_column_that_says_nothing_of_a_kind_is_left_out_of_its_table(instance: Installation) -> None:
    found = laid_out(instance, "stockholm", "samverkan-vardovergangar", "leverantor")
    assert "Andel av staden" not in heads(0, found)
    assert "Invånare inkl. rest" not in heads(0, found)
    assert {"Andel av staden", "Invånare inkl. rest"} <= set(heads(1, found))


def test_one_kind_alone_keeps_every_column_also_one_of_zeros() -> None:
    allocation, parties = made(
        column("base", 0, 0), column("amount", 5, 5, unit="ore", role=Role.AMOUNT), kinds=(PartyKind.MUNICIPALITY,) * 2
    )
    assert heads(0, shown(allocation, parties, "sv")) == ["base", "amount"]


def test_amounts_stand_even_when_all_are_zero() -> None:
    allocation, parties = made(
        column("amount", 0, 0, unit="ore", role=Role.AMOUNT), kinds=(PartyKind.MUNICIPALITY, PartyKind.DISTRICT)
    )
    found = shown(allocation, parties, "sv")
    assert [heads(group, found) for group in (0, 1)] == [["amount"], ["amount"]]


def test_shares_of_different_wholes_have_no_sum(instance: Installation) -> None:
    found = laid_out(instance, "stockholm", "samverkan-vardovergangar", "leverantor")
    assert found.groups[0].sums[heads(0, found).index("Använt av taket")] == ""


def test_what_is_not_known_of_a_tariff_is_no_number() -> None:
    allocation, parties = made(column("amount", 7, unit="ore", role=Role.AMOUNT), kinds=(PartyKind.PROVIDER,))
    found = shown(allocation, parties, "sv")
    assert (found.own, found.whole, found.charged) == (None, None, 7)
    assert found.feet == (("Summa av parterna", "0,07"),)


def test_caps_are_drawn_with_what_is_used_and_the_limit(instance: Installation) -> None:
    found = laid_out(instance, "stockholm", "samverkan-vardovergangar", "leverantor")
    assert found.capped
    assert "gräns 615\u00a0312" in found.drawings[0][1]
    assert not laid_out(instance, "dalarna", "rss", "verksamhet").capped


def test_the_largest_and_the_smallest_are_named(instance: Installation) -> None:
    found = laid_out(instance, "dalarna", "rss", "verksamhet")
    assert found.largest is not None
    assert found.smallest is not None
    assert (found.largest.name, found.smallest.name) == ("Falun", "Vansbro")


def test_who_took_the_remainder_is_named_and_a_remainder_of_nothing_is_not(
    instance: Installation, dalarna: RegionBook
) -> None:
    found = laid_out(instance, "dalarna", "rss", "verksamhet")
    ((name, units, method, takers),) = found.remainders
    assert (name, units, len(takers)) == ("Belopp", 8, 8)
    assert "största resten" in method
    assert set(takers) <= set(dalarna.parties.names().values())
    assert laid_out(instance, "dalarna", "sip", "support").remainders == ()


def test_a_scalar_says_how_it_follows_or_where_it_comes_from(instance: Installation) -> None:
    lines = {line.label: line for line in laid_out(instance, "dalarna", "rss", "verksamhet").lines}
    assert lines["Regionen bär"].formula == "Kostnad − (summan av Belopp)"
    assert lines["Kostnad"].source is not None
    assert lines["Kostnad"].source.example
    assert Fraction(lines["Kostnad"].value.replace("\u00a0", "").removesuffix("kr")) == 1_860_000
