"""What a reader should know: what does not add up, and what the printed table hides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from andel.sdk.money import half_up
from andel.sdk.text import Text
from andel.sdk.workings import Finding
from andel_invoice_capped.census import PARTS, Census
from andel_invoice_capped.limits import limit_on
from andel_invoice_capped.settings import CapPer, InvoiceCappedSettings, Rest
from andel_invoice_capped.table import Row, Table, half_up_whole, whole_kronor
from andel_invoice_capped.words import kronor, listed, number, percent

_PRINTED_PLACES = 3


def of_ceiling(table: Table, settings: InvoiceCappedSettings) -> tuple[Finding, ...]:
    """Return the findings of the table of ceilings."""
    rows = _printed_rows(table)
    return (
        *_share_sum(rows),
        *(() if table.parts else _column_sums(rows, table.of_all())),
        *_printed_price(table),
        *_authorities(table, settings),
        *of_limit(settings),
        *of_census(table.census, settings),
    )


def of_limit(settings: InvoiceCappedSettings) -> Iterator[Finding]:
    """Yield what is to be said about the limit: another day's would differ, or its source is old."""
    limit, started = settings.limit, settings.procurement_started
    other = limit_on(started, settings.category) if started else limit
    if other.amount != limit.amount:
        here, there = kronor(limit.amount), kronor(other.amount)
        text = Text(
            f"Taken räknas på gränsbeloppet den {settings.limit_date}, {here.sv}. Lagens övergångsregel utgår från "
            f"dagen då upphandlingen påbörjades, {started}: då var det {there.sv}. Andel visar båda och avgör "
            "inte vilket som är rätt.",
            f"The caps rest on the limit of {settings.limit_date}, {here.en}. The transition rule of the law goes by "
            f"the day the procurement started, {started}: the limit was {there.en} then. Andel shows both and does not "
            "settle which is right.",
        )
        yield Finding(code="transition_rule", text=text)
    if limit.sourced_to and settings.limit_date > limit.sourced_to:
        amount = kronor(limit.amount)
        text = Text(
            f"Gränsbeloppet {amount.sv} är belagt till och med {limit.sourced_to}. Kontrollera att det gällde den "
            f"{settings.limit_date}.",
            f"The limit {amount.en} is sourced up to {limit.sourced_to}. Check that it held on {settings.limit_date}.",
        )
        yield Finding(code="limit_source", text=text)


def of_census(census: Census, settings: InvoiceCappedSettings) -> Iterator[Finding]:
    """Yield what is to be said about who was counted, and by which figures."""
    days = {day for day in (census.day, census.districts_day) if day and day != census.wanted}
    for day in sorted(days):
        text = Text(
            f"Invånartal för {census.wanted} saknas; de från {day} är använda.",
            f"There are no figures of {census.wanted}; those of {day} are used.",
        )
        yield Finding(code="older_population", text=text)
    if census.not_charged:
        names = listed([party.name for party in census.not_charged])
        text = Text(
            f"{names.sv} har inga egna invånare och debiteras inte: det gör bara kommuner och stadsdelar.",
            f"{names.en} have no inhabitants of their own and are not charged: only municipalities and districts are.",
        )
        yield Finding(code="not_charged", text=text)
    for city in census.cities if settings.rest is Rest.LEAVE else ():
        rest = number(city.rest)
        text = Text(
            f"{rest.sv} invånare utan adress i {city.name} räknas inte hos någon stadsdel.",
            f"{rest.en} inhabitants of {city.name} without an address are counted in no district.",
        )
        yield Finding(code="rest_left", text=text)


def _printed_rows(table: Table) -> tuple[Row, ...]:
    """Return the rows of the printed table of municipalities: the cities in their districts' place."""
    inside = {row for city in table.census.cities for row in city.rows}
    columns = zip(table.shares(), table.per_year(), table.totals, strict=True)
    own = (Row(*values) for place, values in enumerate(columns) if place not in inside)
    return (*own, *(table.of_city(city) for city in table.census.cities))


def _share_sum(rows: Sequence[Row]) -> Iterator[Finding]:
    total = sum(row.share for row in rows)
    if total != PARTS:
        shares = percent(Fraction(total, PARTS))
        text = Text(
            f"Andelarna avrundas var för sig. Tillsammans blir de {shares.sv}, inte 100.",
            f"The shares are rounded one by one. Together they make {shares.en}, not 100.",
        )
        yield Finding(code="share_sum", text=text)


def _column_sums(rows: Sequence[Row], whole: Row) -> Iterator[Finding]:
    per_year, total = sum(row.per_year for row in rows), sum(row.total for row in rows)
    if (per_year, total) == (whole.per_year, whole.total):
        return
    found = [kronor(ore) for ore in (per_year, total, whole.per_year, whole.total)]
    text = Text(
        f"Kommunernas rader, med varje stad som en rad, summerar till {found[0].sv} per år och {found[1].sv} totalt. "
        f"Raden Totalt är {found[2].sv} och {found[3].sv}, för den räknas på sina egna invånare.",
        f"The municipalities' rows, each city as one row, add up to {found[0].en} per year and {found[1].en} in total. "
        f"The row Totalt is {found[2].en} and {found[3].en}, since it is computed on its own inhabitants.",
    )
    yield Finding(code="column_sums", text=text)


def _printed_price(table: Table) -> Iterator[Finding]:
    price = table.price / table.years / 100
    cut = Fraction(price * 10**_PRINTED_PLACES // 1, 10**_PRINTED_PLACES)
    if cut == half_up(price, _PRINTED_PLACES):
        return
    shown, cut_text, rounded = number(price, 9), number(cut, _PRINTED_PLACES), number(price, _PRINTED_PLACES)
    wrong = _wrong_by_rounded_rest(table)
    text = Text(
        f"Priset är {shown.sv} kr per invånare och år. Avkortat till tre decimaler blir det {cut_text.sv}, avrundat "
        f"{rounded.sv}; tabellen räknas på det oavrundade.{wrong.sv}",
        f"The price is SEK {shown.en} per inhabitant and year. Cut to three decimals it is {cut_text.en}, rounded "
        f"{rounded.en}; the table is computed on the unrounded one.{wrong.en}",
    )
    yield Finding(code="printed_price", text=text)


def _wrong_by_rounded_rest(table: Table) -> Text:
    """Say how many totals would differ if the largest party's inhabitants were rounded before the price is set."""
    census, limit = table.census, table.limit.amount
    largest = half_up_whole(table.largest, census.below) * census.below
    if largest == table.largest:
        return Text("", "")
    whole_counts = [count * census.below for count in (*(city.inhabitants for city in census.cities), census.total)]
    counts = [*census.basis, *whole_counts]
    rows = zip(whole_kronor(counts, limit, table.largest), whole_kronor(counts, limit, largest), strict=True)
    wrong = sum(exact != rounded for exact, rounded in rows)
    amount, whole = kronor(limit), number(largest // census.below)
    return Text(
        f" Räknat på hela invånare ({amount.sv} / {whole.sv}) blir {wrong} av {len(counts)} totalbelopp andra.",
        f" Computed on whole inhabitants ({amount.en} / {whole.en}) {wrong} of {len(counts)} totals differ.",
    )


def _authorities(table: Table, settings: InvoiceCappedSettings) -> Iterator[Finding]:
    limit = kronor(table.limit.amount)
    for city in table.census.cities:
        row = table.of_city(city)
        if row.total <= table.limit.amount:
            continue
        count, total = len(city.rows), kronor(row.total)
        if settings.cap_per is CapPer.PARTY:
            text = Text(
                f"{city.name} är en myndighet med {count} stadsdelar som tillsammans når {total.sv}. Gränsbeloppet är "
                f"{limit.sv} per upphandlande myndighet. Andel visar regeln och avgör inte vad som är lagligt.",
                f"{city.name} is one authority with {count} districts that together reach {total.en}. The limit is "
                f"{limit.en} per contracting authority. Andel shows the rule and does not settle what is lawful.",
            )
            yield Finding(code="authority_above_limit", text=text)
        else:
            text = Text(
                f"De {count} stadsdelarna i {city.name} delar på ett gränsbelopp, {limit.sv}, efter invånare. Var för "
                f"sig skulle de ha nått {total.sv}.",
                f"The {count} districts of {city.name} share one limit, {limit.en}, by inhabitants. Each by itself, "
                f"they would have reached {total.en}.",
            )
            yield Finding(code="authority_shares_limit", text=text)
