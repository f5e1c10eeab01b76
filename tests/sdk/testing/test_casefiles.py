from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

import andel.sdk.testing.casefiles as documented
from andel.sdk.apportionment import Promise
from andel.sdk.building import Named, cost_scalar, divide, region_scalar, whole_scalar
from andel.sdk.cost import Allocation, CostModel, CostRequest, Split
from andel.sdk.errors import AllocationError, SettingsError
from andel.sdk.facts import FactNeed
from andel.sdk.money import half_up
from andel.sdk.period import Period
from andel.sdk.settings import Part, PluginSettings, described
from andel.sdk.testing import Case, CaseError, cases, read_cases
from andel.sdk.text import Text
from andel.sdk.workings import Column, Finding, Role, Rounding, Workings


class EvenSettings(PluginSettings):
    region_part: Part = described("Del", "Part", help_sv="Regionens.", help_en="The region's.", default="0 %")


class Even(CostModel[EvenSettings]):
    id = "even"
    version = "1"
    title = Text("Jämnt", "Even")
    summary = Text("Efter invånare.", "By inhabitants.")
    promises = frozenset({Promise.ORDER_FREE, Promise.WITHIN_QUOTA})
    settings_type = EvenSettings

    def needs(self, period: Period, settings: EvenSettings) -> tuple[FactNeed, ...]:  # noqa: ARG002  (the contract's)
        return (FactNeed(name="inhabitants", on=date(period.start.year - 1, 12, 31)),)

    def allocate(self, request: CostRequest, settings: EvenSettings) -> Allocation:
        payers = request.payers()
        series = request.facts.latest(self.needs(request.period, settings)[0])
        weights = [series.of(party.key) for party in payers]
        cost = request.cost().ore
        borne = int(half_up(cost * (1 - settings.region_part)))
        if not any(weights):
            message = Text("Ingen har invånare.", "No one has inhabitants.")
            raise AllocationError(message, remedy=Text("Läs in dem.", "Load them."))
        names = Named(total="parties_bear", basis="inhabitants", whole="sum(inhabitants)")
        found = divide(borne, weights, payers, method=Rounding.LARGEST_REMAINDER, names=names)
        workings = Workings(
            parties=tuple(party.key for party in payers),
            scalars=(
                cost_scalar(request),
                whole_scalar("parties_bear", Text("Parterna", "Parties"), borne, "ore", source=series.source),
                region_scalar(request, found.amounts),
            ),
            columns=(
                Column(
                    name="inhabitants",
                    label=Text("Invånare", "Inhabitants"),
                    numerators=tuple(weights),
                    unit="inhabitant",
                    role=Role.BASIS,
                    source=series.source,
                ),
                *found.columns,
            ),
            remainders=found.remainders,
            findings=(Finding(code="example", text=Text("Exempel", "Example")),) if series.source.example else (),
        )
        return Split(
            parties=workings.parties,
            amounts=found.amounts,
            workings=workings,
            total=cost,
            region=cost - sum(found.amounts),
        )


MODELS: list[CostModel[Any]] = [Even()]
EXAMPLE = dedent((documented.__doc__ or "").split("::\n\n")[1].split("\n\n``given`` takes")[0]) + "\n"
Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(text: str) -> Path:
        file = tmp_path / "cases" / "even.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    return written


def changed(old: str, new: str) -> str:
    assert EXAMPLE.count(old) >= 1, old
    return EXAMPLE.replace(old, new, 1)


def differences(file: Path) -> tuple[str, ...]:
    [case] = read_cases(file)
    return case.differences(MODELS)


def test_the_example_of_the_format_holds(write: Write) -> None:
    [case] = read_cases(write(EXAMPLE))
    assert case.differences(MODELS) == ()
    assert case.request.amount_source is not None
    assert case.request.amount_source.title == "Överenskommelsen, bilaga 1"
    assert case.request.region == "region-ås"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("älvsund: 16.67", "älvsund: 16.66", "then.shares.älvsund: expected 16.66, it is 16.67"),
        (", östmark: 33.33}", "}", "östmark has 33.33 and is not expected"),
        ("östmark: 33.33}", "östmark: 33.33, näs: 0.00}", "then.shares.näs: expected 0.00, the party has no row"),
        ("region: 50.00", "region: 49.99", "expected the region's part 49.99, it is 50.00"),
        ("  total: 100.00", "  total: 100.01", "expected the total 100.01, it is 100.00"),
        ("  total: 100.00", "  charged: 1.00", "expected the sum of the shares 1.00, it is 50.00"),
        ("  total: 100.00", "  residual: 1.00", "expected the residual 1.00, a split has none"),
        ("  total: 100.00", "  supplier_cost: 1.00", "expected the cost 1.00, a split has none"),
        ("  total: 100.00", "  payers: {älvsund: näs}", "expected {'älvsund': 'näs'}, it is {}"),
        ("  total: 100.00", "  findings: [example]", "expected ['example'], it is []"),
        ("kind: split", "kind: tariff", "expected a tariff, it is a split"),
        ("takers: [älvsund]", "takers: [östmark]", "then.rounding: expected [('amount', 'largest-remainder'"),
        ("cost: 100.00 kr", "cost: 100.01 kr", "then.scalars.cost: expected 100.01 kr, it is 100"),
        ("cost: 100.00 kr", "coat: 100.01 kr", "no such scalar, only cost, parties_bear, region_bears"),
        ("≈ 16.6667 kr", "≈ 16.6666 kr", "älvsund: expected ≈ 16.6666 kr, it is 50/3 (≈ 16.666666667)"),
        ("≈ 16.6667 kr", "16.6667 kr", "expected 16.6667 kr, it is 50/3"),
        ("{ideal: {", "{idea: {", "no such row; there are the columns inhabitants, ideal, amount"),
    ],
)  # fmt: skip
def test_every_expectation_is_compared_and_reported_with_its_line(write: Write, old: str, new: str, said: str) -> None:
    text = changed(old, new)
    found = "\n".join(differences(write(text)))
    line = next(number for number, one in enumerate(text.splitlines(), 1) if one not in EXAMPLE.splitlines())
    assert said in found
    assert f"cases/even.yaml:{line}: then." in found


@pytest.mark.parametrize(
    ("old", "new", "where", "said"),
    [
        ("title:", "titel:", ":1: titel", 'no key "titel" here. Did you mean "title"?'),
        ("period: 2025", "perod: 2025", "given.perod", 'Did you mean "period"?'),
        ("period: 2025", "period: 25", "given.period", "is no period"),
        ("period: 2025", "period: 2025-07-01/2025-06-30", "given.period", "is no period"),
        ("amount: 100.00", "amount: 100,00", "given.amount", "is not an amount in kronor"),
        ("amount: 100.00", "amount: 1e2", "given.amount", "is not an amount in kronor"),
        ("name: Region Ås", "namn: Region Ås", "given.parties.region-ås.namn", 'Did you mean "name"?'),
        ("kind: region", "kind: regoin", "given.parties.region-ås.kind", 'Did you mean "region"?'),
        ("kind: region", "kind: provider", "given.parties", "0 of the parties are of kind region"),
        ("199001-0009", "199001-0008", "organization_number", "check digit"),
        ("on: 2024-12-31", "on: 2024-12-32", "given.facts[1].on", "is no date"),
        ("name: inhabitants", "name: innevånare", "given.facts[1].name", "its unit is not known"),
        ("values: {älvsund: 1 000", "values: {alvsund: 1 000", "values.alvsund", 'Did you mean "älvsund"?'),
        ("älvsund: 1 000", "älvsund: 1.5", "values.älvsund", "is no whole number"),
        ("älvsund: 1 000", "älvsund: -1", "given.facts[1]", "not a whole number from 0"),
        ("source: Bef", "control_total: 2999\n      source: Bef", "given.facts[1]", "control total is 2999"),
        ("source: Bef", "example: ja\n      source: Bef", "given.facts[1].example", "neither true nor false"),
        ("  kind: split", "  kind: spilt", "then.kind", 'Did you mean "split"?'),
        ("  kind: split", "  share: {}", "then.share", 'Did you mean "shares"?'),
        ("  kind: split", "  refused: no", "then.refused", "a refusal and a result"),
        ("  region: 50.00", "  total: 50.00", "then.total", 'The key "total" stands twice'),
        ("method: largest-remainder", "method: largest-remaindr", "method", 'Did you mean "largest-remainder"?'),
        ("shares: {älvsund: 16.67, östmark: 33.33}", "shares: 16.67", "then.shares", "Here stands no table"),
        ("- {column: amount", "{column: amount", "then.rounding", "Here stands no list"),
        ("≈ 16.6667 kr", "~ 16.6667 kr", "then.columns.ideal.älvsund", "is no number"),
        ("settings: {region_part: 50 %}", "settings: [50 %]", "given.settings", "Here stands no table"),
        ("title: Två kommuner delar 100 kr efter invånare", "title: [a]", ":1: title", "Here stands no text"),
        ("settings: {region_part: 50 %}", "region: region-as", "given.region", 'Did you mean "region-ås"?'),
        ("model: even", "# even", "", 'The key "model" is missing'),
        ("{region_part: 50 %}", "&a {region_part: *a}", "", "The alias *a"),
        ("{region_part: 50 %}", "{region_part: 50 %", "", "The file is no YAML"),
    ],
)  # fmt: skip
def test_a_slip_in_a_case_is_refused_with_its_place(write: Write, old: str, new: str, where: str, said: str) -> None:
    with pytest.raises(CaseError) as caught:
        read_cases(write(changed(old, new)))
    assert "cases/even.yaml" in caught.value.where
    assert where in caught.value.where
    assert said in str(caught.value)
    assert caught.value.remedy


def test_a_case_without_any_expectation_is_refused(write: Write) -> None:
    bare = EXAMPLE.partition("then:")[0] + "then: {}\n"
    with pytest.raises(CaseError, match="expects nothing, so it cannot fail"):
        read_cases(write(bare))


def test_an_empty_file_and_an_empty_folder_are_refused(write: Write, tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="empty"):
        read_cases(write("# nothing yet\n"))
    with pytest.raises(CaseError, match="no cases"):
        read_cases(tmp_path)
    with pytest.raises(CaseError, match="no cases"):
        read_cases(tmp_path / "missing.yaml")


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "latin.yaml"
    file.write_bytes("title: Årsavgift".encode("latin-1"))
    with pytest.raises(CaseError, match="UTF-8"):
        read_cases(file)


def test_several_cases_stand_in_one_file(write: Write) -> None:
    second = changed("title: Två kommuner", "title: Ännu två kommuner")
    first, other = read_cases(write(f"{EXAMPLE}---\n{second}"))
    assert other.title.startswith("Ännu två")
    assert first.where.endswith(":1")
    assert other.where == f"cases/even.yaml:{EXAMPLE.count(chr(10)) + 2}"


def test_a_refusal_can_be_expected_in_either_language(write: Write) -> None:
    nobody = changed("älvsund: 1 000, östmark: 2 000", "älvsund: 0, östmark: 0").partition("then:")[0]
    assert differences(write(nobody + "then: {refused: No one has inhabitants}\n")) == ()
    assert differences(write(nobody + "then: {refused: Ingen har invånare}\n")) == ()
    assert "expected a refusal" in differences(write(nobody + "then: {refused: Something else}\n"))[0]
    assert "it is refused" in differences(write(nobody + "then: {kind: split}\n"))[0]
    answered = EXAMPLE.partition("then:")[0] + "then: {refused: No one}\n"
    assert "it is answered" in differences(write(answered))[0]


def test_a_fact_of_another_name_is_missing_as_it_would_be_for_the_host(write: Write) -> None:
    [found] = differences(write(changed("name: inhabitants", "name: users")))
    assert 'There is no fact "inhabitants"' in found


def test_the_model_gets_no_other_facts_than_those_it_needs(write: Write) -> None:
    class Curious(Even):
        def allocate(self, request: CostRequest, settings: EvenSettings) -> Allocation:
            assert request.facts.names() == {"inhabitants"}
            return super().allocate(request, settings)

    more = "    - {name: users, on: 2024-12-31, source: Räkning, values: {}}\nthen:"
    [case] = read_cases(write(changed("then:", more)))
    assert {series.name for series in case.request.facts.series} == {"inhabitants", "users"}
    assert case.differences([Curious()]) == ()


def test_an_unknown_model_or_setting_is_named(write: Write) -> None:
    with pytest.raises(CaseError, match=r'no cost model evan 1\. Did you mean "even 1"'):
        differences(write(changed("model: even", "model: evan")))
    with pytest.raises(SettingsError, match=r'given\.settings\.region_prat: There is no setting "region_prat"'):
        differences(write(changed("region_part: 50 %", "region_prat: 50 %")))


def test_a_result_that_breaks_a_demand_fails_the_case(write: Write) -> None:
    class Careless(Even):
        def allocate(self, request: CostRequest, settings: EvenSettings) -> Allocation:
            found = super().allocate(request, settings)
            return Split(
                parties=found.parties, amounts=found.amounts, workings=found.workings, total=10000, region=4999
            )

    [case] = read_cases(write(EXAMPLE.partition("then:")[0] + "then: {total: 100.00}\n"))
    assert case.differences([Careless()]) == ("the result breaks split_adds_up: the shares miss the total by 1 öre",)


def test_all_that_can_be_given_reaches_the_model(write: Write) -> None:
    text = """
        title: Allt
        model: even
        version: 1
        given:
          period: 2024-07-01/2024-12-31
          amount: 1 234 567.89
          amount_source: Budget
          region: skåne
          parties:
            skåne: {name: Region Skåne, kind: region}
            annan: {name: Region Annan, kind: region}
            gammal: {name: Gamla SDF, kind: district, authority: stad, valid_to: 2024-08-01}
            ny: {name: Nya SDF, kind: district, authority: stad, valid_from: 2024-08-01}
          facts:
            - {name: inhabitants, on: 2023-12-31, source: SCB, source_date: 2024-02-22, values: {gammal: 10}}
            - {name: inhabitants, on: 2023-12-31, source: SCB, corrects: Rättat, example: true, control_total: 12,
               values: {gammal: 12}}
            - {name: fordon, unit: item, on: 2023-10-01, source: Räkning, values: {ny: 3}}
          successions: [{predecessors: [gammal], successor: ny, on: 2024-08-01, source: Beslut}]
          charged: {gammal: 5 000.50}
        then: {kind: split}
    """
    [case] = read_cases(write(dedent(text)))
    request = case.request
    assert str(request.period) == "2024-07-01/2024-12-31"
    assert (request.amount, request.region) == (request.cost(), "skåne")
    assert request.cost().ore == 123456789
    assert {party.key: party.legal_authority for party in request.parties}["ny"] == "stad"
    assert [party.key for party in request.payers(date(2024, 7, 31))] == ["annan", "gammal"]
    assert [party.key for party in request.payers()] == ["annan", "ny"]
    assert request.charged["gammal"] == 500050
    assert request.successions[0].successor == "ny"
    series = request.facts.latest(FactNeed(name="inhabitants", on=date(2024, 1, 1)))
    assert (series.of("gammal"), series.corrects, series.source.example) == (12, "Rättat", True)
    assert request.facts.series[0].source.date == date(2024, 2, 22)
    assert request.facts.series[2].unit == "item"


@pytest.fixture(name="folder")
def a_folder(write: Write) -> Path:
    return write(EXAMPLE).parent


def test_pytest_gets_one_test_per_case_by_its_title(folder: Path) -> None:
    test_case = cases(folder, MODELS)
    [mark] = test_case.pytestmark  # type: ignore[attr-defined]  # pytest hangs it on the function
    [case] = mark.args[1]
    assert isinstance(case, Case)
    assert mark.kwargs["ids"] == ["cases/even.yaml: Två kommuner delar 100 kr efter invånare"]
    test_case(case)


def test_a_failing_case_shows_its_title_and_every_difference(write: Write) -> None:
    [case] = read_cases(write(changed("älvsund: 16.67, östmark: 33.33", "älvsund: 1.00, östmark: 2.00")))
    with pytest.raises(AssertionError) as caught:
        case.check(MODELS)
    assert str(caught.value).splitlines()[0] == "Två kommuner delar 100 kr efter invånare:"
    assert len(str(caught.value).splitlines()) == 3
