"""Allocations written for a terminal: the worked table, the steps behind one amount, and verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from rich import box
from rich.console import Console, Group, RenderableType
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text as Styled

from andel.costs.cli.answers import Answer
from andel.costs.model import CostComponent, RegionBook, Service
from andel.costs.model.result import Result
from andel.costs.model.table import ROUNDINGS, WorkedTable, is_membership, worked_table
from andel.costs.model.wording import worded
from andel.costs.service.verifying import Verdict, Verification
from andel.sdk.cost import Allocation, Split, Tariff
from andel.sdk.facts import Source
from andel.sdk.period import Period
from andel.sdk.text import Text
from andel.sdk.workings import Role, Workings
from andel.shared.formats import Language
from andel.shared.units import unit_noun, written

_WIDEST = 10_000

_KINDS = {
    "split": Text("fördelning", "split"),
    "tariff": Text("pris gånger antal", "price times quantity"),
    "ceiling": Text("tak, faktureras inte", "ceiling, never invoiced"),
}


def worked(
    book: RegionBook, service: Service, component: CostComponent, result: Result, *, lang: Language
) -> RenderableType:
    """Write one component's allocation: its scalars, the worked table, what rounding did and what was found."""
    workings = result.allocation.workings
    kind = _KINDS[result.allocation.kind].in_language(lang)
    title = f"\n{book.title}: {service.title.in_language(lang)}, {component.title.in_language(lang)}"
    parts: list[RenderableType] = [
        Styled(f"{title}, {result.request.period} ({kind})", style="bold"),
        _scalars(workings, lang),
        _rows(worked_table(result.allocation, book.parties.names()), result.allocation, lang),
    ]
    parts += [Styled(line) for line in (*_remainders(workings, book, lang), *_findings(workings, lang))]
    parts.append(_stamp(result))
    return Group(*parts)


def explanation(answer: Answer, *, lang: Language) -> RenderableType:
    """Write the numbered steps behind one organization's amount."""
    amount = written(Fraction(answer.ore), "ore", lang=lang)
    question = Text(f"Varför {amount} för {answer.name}?", f"Why {amount} for {answer.name}?").in_language(lang)
    table = _table()
    table.add_column("", justify="right")
    table.add_column(Text("Värde", "Value").in_language(lang))
    table.add_column("", justify="right", no_wrap=True)
    table.add_column(Text("Så räknas det", "How it is computed").in_language(lang))
    for number, step in enumerate(answer.steps, start=1):
        basis = "\n".join(part for part in (step.formula, step.note, source_words(step.source, lang)) if part)
        table.add_row(str(number), step.label, step.value, Styled(basis, style="dim"))
    titles = (answer.service.title.in_language(lang), answer.component.title.in_language(lang))
    where = f"{', '.join(titles)}, {answer.result.request.period}"
    return Group(Styled(f"\n{question}", style="bold"), Styled(where), table, _stamp(answer.result))


def without_cost(parts: Sequence[tuple[Service, CostComponent]], period: Period, *, lang: Language) -> RenderableType:
    """Say what was left out, because it has no cost in the period."""
    titles = "; ".join(f"{one.title.in_language(lang)}, {part.title.in_language(lang)}" for one, part in parts)
    return Styled(
        Text(f"\nUtan belopp för {period}: {titles}.", f"\nWithout a cost for {period}: {titles}.").in_language(lang)
    )


def print_whole(console: Console, written_out: RenderableType) -> None:
    """Print it no narrower than its tables need: on a narrow terminal lines run on, and no number is cut."""
    tables = [part for part in getattr(written_out, "renderables", ()) if isinstance(part, Table)]
    rigid = [table for table in tables if all(column.no_wrap for column in table.columns)]
    free = console.options.update(width=_WIDEST)
    needed = max((Measurement.get(console, free, table).maximum for table in rigid), default=0)
    Console(width=max(console.width, needed)).print(written_out, crop=False)


def verdicts(verification: Verification) -> RenderableType:
    """Write what each check of a saved result came to."""
    request = verification.result.request
    table = _table()
    marks = {Verdict.SAME: "✔ same", Verdict.DIFFERENT: "✘ differs", Verdict.UNKNOWN: "? unknown"}
    colours = {Verdict.SAME: "green", Verdict.DIFFERENT: "red", Verdict.UNKNOWN: "yellow"}
    for check in verification.checks:
        table.add_row(check.name, Styled(marks[check.verdict], style=colours[check.verdict]), check.words)
    return Group(Styled(f"\n{request.service} {request.component} {request.period}", style="bold"), table)


def source_words(source: Source | None, lang: Language) -> str:
    """Write a source with its date; a figure that no source gives is called an example."""
    if source is None:
        return ""
    title = source.title_in(lang)
    words = f"{title}, {source.date}" if source.date else title
    told = title.casefold().startswith(("exempel", "example"))
    return f"{Text('exempel', 'example').in_language(lang)}: {words}" if source.example and not told else words


def _table() -> Table:
    return Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)


def _scalars(workings: Workings, lang: Language) -> RenderableType:
    words = {value.name: value.label.in_language(lang) for value in workings.values}
    table = _table()
    table.add_column(Text("Värde", "Value").in_language(lang))
    table.add_column("", justify="right")
    table.add_column(Text("Så räknas det", "How it is computed").in_language(lang))
    for scalar in workings.scalars:
        basis = worded(scalar.formula, words, lang, unit=scalar.unit) or source_words(scalar.source, lang)
        value = written(scalar.value, scalar.unit, lang=lang)
        table.add_row(scalar.label.in_language(lang), value, Styled(basis, style="dim"))
    return table


def _rows(worked_rows: WorkedTable, allocation: Allocation, lang: Language) -> Table:
    table = _table()
    table.add_column(Text("Part", "Party").in_language(lang), no_wrap=True)
    shown = [place for place, column in enumerate(worked_rows.columns) if not is_membership(column)]
    for place in shown:
        column = worked_rows.columns[place]
        style = "bold" if column.role is Role.AMOUNT else ""
        head = f"{column.label.in_language(lang)}\n{unit_noun(column.unit, lang=lang)}"
        table.add_column(head, justify="right", style=style, no_wrap=True)
    for name, values in zip((row.name for row in worked_rows.rows), worked_rows.cells(lang), strict=True):
        table.add_row(name, *(values[place] for place in shown))
    table.add_section()
    for label, cells in _feet(worked_rows, allocation, lang):
        table.add_row(Styled(label, style="bold"), *(cells[place] for place in shown))
    return table


def _feet(table: WorkedTable, allocation: Allocation, lang: Language) -> Iterator[tuple[str, list[str]]]:
    columns = list(zip(table.sums, table.columns, strict=True))
    sums = ["" if total is None else written(total, column.unit, lang=lang, noun=False) for total, column in columns]
    yield Text("Summa av parterna", "Sum of the parties").in_language(lang), sums
    whole: int | None = None
    match allocation:
        case Split(total=total):
            whole = total
        case Tariff(supplier_cost=cost):
            whole = cost
    for label, ore in (
        (Text("Regionen bär", "The region bears"), table.own),
        (Text("Hela kostnaden", "The whole cost"), whole),
    ):
        if ore is not None:
            cells = [""] * len(table.columns)
            cells[table.amount_at] = written(Fraction(ore), "ore", lang=lang, noun=False)
            yield label.in_language(lang), cells


def _remainders(workings: Workings, book: RegionBook, lang: Language) -> Iterator[str]:
    names = book.parties.names()
    for remainder in workings.remainders:
        label = workings.column(remainder.column).label.in_language(lang)
        method = ROUNDINGS[remainder.method].in_language(lang)
        takers = ", ".join(names.get(taker, taker) for taker in remainder.takers)
        left = Text(f"{remainder.units} öre blev över", f"{remainder.units} öre were left over").in_language(lang)
        yield f"{label}: {left}. {method}: {takers}." if takers else f"{label}: {left}. {method}."


def _findings(workings: Workings, lang: Language) -> Iterator[str]:
    for number, finding in enumerate(workings.findings, start=1):
        yield f"{number}. {finding.text.in_language(lang)}"


def _stamp(result: Result) -> Styled:
    """Write what made the result, the digest on a line of its own so that it can be copied whole."""
    made = f"{result.model} {result.version}  settings {result.settings_digest[:12]}"
    return Styled(f"{made}\nsha256 {result.digest}", style="dim", no_wrap=True, overflow="ignore")
