"""Cases that an official can read: given these parties and facts, then these shares.

A file under ``cases/`` holds one case, or several with ``---`` between them. This is one::

    title: Två kommuner delar 100 kr efter invånare
    source: Överenskommelsen, bilaga 1
    model: even
    version: 1
    given:
      period: 2025                        # a year, or 2025-01-01/2025-06-30 with the last day included
      amount: 100.00                      # kronor
      settings: {region_part: 50 %}
      parties:
        region-ås: {name: Region Ås, kind: region}
        älvsund: Älvsunds kommun          # the name alone: a municipality
        östmark: {name: Östmarks kommun, organization_number: 199001-0009}
      facts:
        - name: inhabitants
          on: 2024-12-31
          source: Befolkningsregistret
          values: {älvsund: 1 000, östmark: 2 000}
    then:
      kind: split
      total: 100.00
      region: 50.00
      shares: {älvsund: 16.67, östmark: 33.33}
      rounding:
        - {column: amount, method: largest-remainder, takers: [älvsund]}
      scalars: {cost: 100.00 kr, parties_bear: 50.00 kr}
      columns: {ideal: {älvsund: ≈ 16.6667 kr}}

``given`` takes also ``amount_source``, ``region`` (when it is not the one party of kind region), ``successions``
(``{predecessors: [a, b], successor: c, on: date, source}``) and ``charged`` (kronor of earlier periods by party). A
party takes ``name``, ``kind``, ``organization_number``, ``authority``, ``valid_from`` and ``valid_to`` (the first day
it is no more); a fact ``name``, ``on``, ``source``, ``values``, ``unit``, ``source_date``, ``control_total``,
``corrects`` and ``example``.

``then`` takes ``kind``, ``shares``, ``region``, ``total``, ``charged`` (the sum of the shares), ``supplier_cost``,
``residual``, ``payers``, ``findings``, ``rounding``, ``scalars`` and ``columns``, or ``refused`` with words of the
error alone. All that is listed is compared exactly; shares, payers, findings and rounding must be listed whole. Of a
number written with ``≈`` the decimals that are written are compared, rounded half-up; ``kr`` turns öre into kronor.
Every case is also held to the demands on all results, and its workings must replay.

Run them with ``test_cases = cases(folder, models)`` in a test file of the distribution.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from andel.sdk import demands
from andel.sdk.cost import Allocation, CostModel, CostRequest
from andel.sdk.errors import AndelError, did_you_mean
from andel.sdk.facts import FactBook, FactSeries, Source
from andel.sdk.money import Money
from andel.sdk.party import Party, PartyKind, Succession, check_organization_number
from andel.sdk.period import Period
from andel.sdk.replay import replay
from andel.sdk.testing.expectations import REFUSED, Expectation, read_expectations
from andel.sdk.testing.marked import CaseError, Entry, documents
from andel.sdk.testing.strategies import UNITS

__all__ = ["Case", "CaseError", "cases", "read_cases"]

_KINDS = tuple(kind.value for kind in PartyKind)
_PARTY = ("kind", "organization_number", "authority", "valid_from", "valid_to")
_GIVEN = ("amount", "amount_source", "settings", "region", "facts", "successions", "charged")
_FACT = ("unit", "source_date", "control_total", "corrects", "example")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case of a file: what is given, and what is expected of it.

    Attributes:
        where: file and line.
        facts: all that are given; the model gets those that it needs.
        refused: words of the error that is expected instead of a result.
    """

    where: str
    title: str
    model: str
    version: str
    settings: Mapping[str, object]
    request: CostRequest
    expected: tuple[Expectation, ...]
    refused: str = ""

    def differences(self, models: Sequence[CostModel[Any]]) -> tuple[str, ...]:
        """Run the case and return what is not as expected, each with its line.

        Raises:
            CaseError: no such model is among the models.
            SettingsError: the settings are not the model's.
        """
        model = self._model(models)
        settings = model.settings_type.read(self.settings, where=f"{self.where}: given.settings")
        try:
            facts = self.request.facts.only(model.needs(self.request.period, settings))
            request = replace(self.request, facts=facts)
            found = model.allocate(request, settings)
        except AndelError as error:
            return tuple(self._not_refused(error))
        if self.refused:
            return (f'{self.where}: expected a refusal with "{self.refused}", it is answered',)
        broken = _broken(request, found, model, settings)
        return (*broken, *(difference for expectation in self.expected for difference in expectation(found)))

    def check(self, models: Sequence[CostModel[Any]]) -> None:
        """Run the case.

        Raises:
            AssertionError: with a line for each difference.
        """
        differences = self.differences(models)
        if differences:
            raise AssertionError("\n".join((f"{self.title}:", *differences)))

    def _model(self, models: Sequence[CostModel[Any]]) -> CostModel[Any]:
        known = {f"{model.id} {model.version}": model for model in models}
        name = f"{self.model} {self.version}"
        if name not in known:
            message = f"There is no cost model {name}."
            raise CaseError(message, where=self.where, remedy=did_you_mean(name, known))
        return known[name]

    def _not_refused(self, error: AndelError) -> list[str]:
        words = " ".join(
            str(complaint.in_language(tongue)) for complaint in error.complaints for tongue in ("sv", "en")
        )
        if not self.refused:
            return [f"{self.where}: it is refused: {error}"]
        return [] if self.refused in words else [f'{self.where}: expected a refusal with "{self.refused}": {words}']


def read_cases(path: Path | str) -> tuple[Case, ...]:
    """Read the cases of a file, or of all ``*.yaml`` files of a folder.

    Raises:
        CaseError: a file is malformed, with file, line, key and remedy; or there are no cases at all.
    """
    place = Path(path)
    files = sorted(place.glob("*.yaml")) if place.is_dir() else [place]
    if not files or not all(file.is_file() for file in files):
        message = "There are no cases here."
        raise CaseError(message, where=str(place), remedy="Name a folder with *.yaml files, or one such file.")
    return tuple(_case(document) for file in files for document in documents(file))


def cases(path: Path | str, models: Sequence[CostModel[Any]]) -> Callable[[Case], None]:
    """Return a test function for pytest, one test per case.

    Raises:
        CaseError: as ``read_cases``; pytest shows it as an error of the test file.
    """
    import pytest  # noqa: PLC0415  (cases can be read and run without pytest)

    found = read_cases(path)

    @pytest.mark.parametrize("case", found, ids=[f"{case.where.partition(':')[0]}: {case.title}" for case in found])
    def test_case(case: Case) -> None:
        case.check(models)

    return test_case


def _broken(request: CostRequest, found: Allocation, model: CostModel[Any], settings: object) -> list[str]:
    subject = demands.Subject(request=request, result=found, promised=model.promised(settings))
    broken = demands.examine(subject, demands.CHECKS)
    if broken is not None:
        return [f"the result breaks {broken[0]}: {broken[1].en}"]
    return [f"the workings do not replay: {mismatch}" for mismatch in replay(found.workings)]


def _case(document: Entry) -> Case:
    fields = document.fields(("title", "model", "version", "given", "then"), ("source",))
    expected = read_expectations(fields["then"])
    given = fields["given"].fields(("period", "parties"), _GIVEN)
    settings = given["settings"].plain() if "settings" in given else {}
    if not isinstance(settings, dict):
        what, remedy = "Here stands no table.", "Write the settings as key: value."
        raise given["settings"].error(what, remedy)
    then = fields["then"].table()
    return Case(
        where=document.where,
        title=fields["title"].text(),
        model=fields["model"].text(),
        version=fields["version"].text(),
        settings=settings,
        request=_request(given, fields["source"].text() if "source" in fields else "The case"),
        expected=expected,
        refused=then[REFUSED].text() if REFUSED in then else "",
    )


def _request(given: Mapping[str, Entry], source: str) -> CostRequest:
    parties = {key: _party(key, entry) for key, entry in given["parties"].table().items()}
    facts = given["facts"].items() if "facts" in given else ()
    successions = given["successions"].items() if "successions" in given else ()
    charged = _by_party(given["charged"], parties) if "charged" in given else {}
    return CostRequest(
        service="case",
        component="case",
        period=_period(given["period"]),
        region=_region(given, parties),
        parties=tuple(parties.values()),
        amount=Money(given["amount"].kronor()) if "amount" in given else None,
        amount_source=Source(title=given["amount_source"].text() if "amount_source" in given else source),
        facts=FactBook(tuple(_fact(entry, parties) for entry in facts)),
        charged={party: entry.kronor() for party, entry in charged.items()},
        successions=tuple(_succession(entry, parties) for entry in successions),
    )


def _by_party(entry: Entry, parties: Mapping[str, Party]) -> dict[str, Entry]:
    found = entry.table()
    for key, value in found.items():
        if key not in parties:
            what = f'"{key}" is not among the parties.'
            raise value.error(what, did_you_mean(key, parties))
    return found


def _party(key: str, entry: Entry) -> Party:
    if not entry.is_table:
        return Party(key=key, name=entry.text(), kind=PartyKind.MUNICIPALITY)
    fields = entry.fields(("name",), _PARTY)
    number = fields.get("organization_number")
    authority, kind = fields.get("authority"), fields.get("kind")
    return Party(
        key=key,
        name=fields["name"].text(),
        kind=PartyKind(kind.one_of(_KINDS)) if kind else PartyKind.MUNICIPALITY,
        organization_number=_number(number) if number else None,
        authority=authority.text() if authority else None,
        valid_from=fields["valid_from"].day() if "valid_from" in fields else date.min,
        valid_to=fields["valid_to"].day() if "valid_to" in fields else None,
    )


def _number(entry: Entry) -> str:
    try:
        return check_organization_number(entry.text())
    except AndelError as error:
        raise entry.error(error.what, error.remedy) from None


def _region(given: Mapping[str, Entry], parties: Mapping[str, Party]) -> str:
    if "region" in given:
        return given["region"].one_of(parties)
    found = [party.key for party in parties.values() if party.kind is PartyKind.REGION]
    if len(found) != 1:
        what, remedy = (
            f"{len(found)} of the parties are of kind region.",
            "Give one kind: region, or say which: region.",
        )
        raise given["parties"].error(what, remedy)
    return found[0]


def _period(entry: Entry) -> Period:
    first, slash, last = entry.text().partition("/")
    try:
        if not slash and len(first) == len("2025"):
            return Period.year(int(first))
        return Period(date.fromisoformat(first), date.fromordinal(date.fromisoformat(last).toordinal() + 1))
    except (ValueError, AndelError):
        what = f'"{entry.text()}" is no period.'
        raise entry.error(what, "Write a year, 2025, or first and last day, 2025-01-01/2025-06-30.") from None


def _fact(entry: Entry, parties: Mapping[str, Party]) -> FactSeries:
    fields = entry.fields(("name", "on", "source", "values"), _FACT)
    name = fields["name"].text()
    if "unit" not in fields and name not in UNITS:
        what, remedy = f'"{name}" is no standard fact, so its unit is not known.', "Add the key unit."
        raise fields["name"].error(what, remedy)
    try:
        return FactSeries(
            name=name,
            unit=fields["unit"].text() if "unit" in fields else UNITS[name],
            reference_date=fields["on"].day(),
            source=Source(
                title=fields["source"].text(),
                date=fields["source_date"].day() if "source_date" in fields else None,
                example="example" in fields and fields["example"].flag(),
            ),
            values={party: value.whole() for party, value in _by_party(fields["values"], parties).items()},
            control_total=fields["control_total"].whole() if "control_total" in fields else None,
            corrects=fields["corrects"].text() if "corrects" in fields else "",
        )
    except CaseError:
        raise
    except AndelError as error:
        raise entry.error(error.what, error.remedy) from None


def _succession(entry: Entry, parties: Mapping[str, Party]) -> Succession:
    fields = entry.fields(("predecessors", "successor", "on"), ("source",))
    return Succession(
        predecessors=tuple(item.one_of(parties) for item in fields["predecessors"].items()),
        successor=fields["successor"].one_of(parties),
        on=fields["on"].day(),
        source=fields["source"].text() if "source" in fields else "",
    )
