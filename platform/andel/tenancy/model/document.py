"""A region as one document: a pure value, the same whether it came from a folder or through the API.

Strict: an unknown key is refused, nothing is guessed from a value of another type, and every figure names its
source or is marked as an example. The order of lists carries no meaning; ``TenantDocument.plain`` sorts them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from andel.costs.model import Basis
from andel.sdk.facts import Source
from andel.sdk.money import parse_kronor
from andel.sdk.party import PartyKind
from andel.sdk.period import Period
from andel.sdk.text import Text
from andel.sdk.workings import canonical_json
from andel.tenancy.model.words import (
    Amount,
    Colour,
    Count,
    CountyCode,
    Day,
    Key,
    Line,
    MunicipalityCode,
    OrganizationNumber,
    Values,
    Version,
    Words,
)

FORMAT = 1
"""The version of the document's form."""

EXAMPLE = "Exempel"
"""The title of a source that is only marked as an example."""


class Part(BaseModel):
    """Base of every part of the document: frozen, strict, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class BothWords(Part):
    """The same words in Swedish and in English."""

    sv: Words
    en: Words

    @property
    def text(self) -> Text:
        """The words as the SDK has them."""
        return Text(self.sv, self.en)


class SourceWords(Part):
    """Where a figure comes from.

    A figure that no public source gives is an ``example`` and is shown so; any other needs a ``title``.
    """

    title: Line = Field(default="", max_length=2000)
    date: Day | None = None
    example: bool = False

    @model_validator(mode="after")
    def _named_or_example(self) -> Self:
        if not self.title and not self.example:
            message = "the source is empty; name it, or mark the figure with example = true"
            raise ValueError(message)
        if self.title.casefold().startswith(("exempel", "example")) and not self.example:
            message = "the source calls the figure an example; mark it with example = true"
            raise ValueError(message)
        return self

    @property
    def source(self) -> Source:
        """The source as the SDK has it."""
        return Source(title=self.title or EXAMPLE, date=self.date, example=self.example)


def _titled(source: SourceWords) -> SourceWords:
    """Give an example without a title the one that it is shown with: written or not, the document is the same."""
    return source if source.title else source.model_copy(update={"title": EXAMPLE})


TitledSource = Annotated[SourceWords, AfterValidator(_titled)]
"""Where a figure comes from, as every part of the document has it."""


class Colours(Part):
    """The region's four colours: accent for text, fill and mid for graphics, tint for surfaces."""

    accent: Colour
    fill: Colour
    mid: Colour
    tint: Colour


class RegionIdentity(Part):
    """Who the region is.

    Attributes:
        key: name of the tenant, and of its folder.
        organization: key of the region's own organization among those that share a cost.
        source: where name and organization number are from.
    """

    key: Key
    organization: Key
    code: CountyCode
    name: Words
    organization_number: OrganizationNumber | None = None
    language: Literal["sv", "en"] = "sv"
    source: Words
    colours: Colours


class Organization(Part):
    """Anyone but the region itself; it exists from ``valid_from`` up to, not including, ``valid_to``."""

    key: Key
    name: Words
    kind: PartyKind
    code: MunicipalityCode | None = None
    organization_number: OrganizationNumber | None = None
    authority: Key | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None
    source: Words

    @model_validator(mode="after")
    def _exists_some_day(self) -> Self:
        if self.valid_to is not None and self.valid_to <= (self.valid_from or date.min):
            message = f"it ends on {self.valid_to}, before it began; valid_to is the first day it no longer exists"
            raise ValueError(message)
        return self


class GroupOf(Part):
    """Organizations that are named together, as a federation's members."""

    key: Key
    title: Words
    members: tuple[Key, ...] = Field(min_length=1)
    source: Words


class SuccessionOf(Part):
    """From the day ``on``, ``successor`` stands in the place of ``predecessors``."""

    predecessors: tuple[Key, ...] = Field(min_length=1)
    successor: Key
    on: Day
    source: Words


class Facts(Part):
    """One figure per organization, all of one day and one source.

    Attributes:
        control_total: the sum that the source prints; None when it prints none.
        revision: 1 for what was first loaded, the next for a correction of the same name and day.
        corrects: why; needed from revision 2.
    """

    name: str = Field(pattern=r"^[a-z][a-z_]*$", max_length=80)
    unit: str
    reference_date: Day
    source: TitledSource
    control_total: Count | None = None
    revision: int = Field(default=1, ge=1, le=1000)
    corrects: Line = Field(default="", max_length=2000)
    values: dict[Key, Count]

    @model_validator(mode="after")
    def _correction_has_a_reason(self) -> Self:
        if (self.revision > 1) != bool(self.corrects):
            message = 'revision and "corrects" do not fit; from revision 2 say there why it replaces the one before'
            raise ValueError(message)
        return self


class Revision(Part):
    """Settings of a component's model, from a day on, until the next revision's."""

    valid_from: Day
    version: Version
    source: TitledSource
    values: Values


class CostLine(Part):
    """An amount for a calendar year, or for the days from ``start`` up to, not including, ``end``."""

    year: int | None = Field(default=None, ge=1900, le=2199)
    start: Day | None = None
    end: Day | None = None
    amount: Amount
    source: TitledSource
    reference: Line = Field(default="", max_length=200)

    @model_validator(mode="after")
    def _one_period(self) -> Self:
        days = (self.start, self.end)
        if (self.year is None) == (days == (None, None)) or (self.year is None and None in days):
            message = 'the amount is for no period; give "year", or both "start" and "end" (the first day after)'
            raise ValueError(message)
        if self.start is not None and self.end is not None and self.end <= self.start:
            message = f"the period {self.start} to {self.end} has no days; end is the first day after it"
            raise ValueError(message)
        return self

    @property
    def period(self) -> Period:
        """The days that the amount is for."""
        if self.start is not None and self.end is not None:
            return Period(self.start, self.end)
        return Period.year(self.year or 0)

    @property
    def ore(self) -> int:
        """The amount in öre."""
        return parse_kronor(self.amount)


def _in_whole_years(cost: CostLine) -> CostLine:
    """Write the days of a calendar year as its number: the same days are the same document."""
    year = cost.period.start.year
    if cost.year is not None or cost.period != Period.year(year):
        return cost
    return cost.model_copy(update={"year": year, "start": None, "end": None})


class Component(Part):
    """One cost of a service, with one cost model and its dated settings.

    Attributes:
        parties: who shares the cost beside the region: keys of groups and organizations; empty means everyone.
    """

    key: Key
    title: BothWords
    model: str = Field(min_length=1, max_length=80)
    basis: Basis
    parties: tuple[Key, ...] = ()
    settings: tuple[Revision, ...] = Field(min_length=1)
    costs: tuple[Annotated[CostLine, AfterValidator(_in_whole_years)], ...] = ()


class ServiceOf(Part):
    """A shared service; ``bearer`` says in words who bears its cost."""

    key: Key
    title: BothWords
    bearer: BothWords
    summary: BothWords | None = None
    source: TitledSource
    components: tuple[Component, ...] = ()


class TenantDocument(Part):
    """All that makes a region of the instance: who shares what, by which rules, on which figures."""

    format: Literal[1]
    region: RegionIdentity
    plugins: tuple[str, ...] = ()
    organizations: tuple[Organization, ...] = ()
    groups: tuple[GroupOf, ...] = ()
    successions: tuple[SuccessionOf, ...] = ()
    facts: tuple[Facts, ...] = ()
    services: tuple[ServiceOf, ...] = ()

    def plain(self) -> dict[str, Any]:
        """Return the document as plain data, every list in one order; ``read_document`` takes it back."""
        data: dict[str, Any] = _in_order(self.model_dump(mode="json", exclude_none=True))
        return data

    @property
    def digest(self) -> str:
        """SHA-256 of the document as canonical JSON: equal documents have equal digests in any order of lists."""
        return hashlib.sha256(canonical_json(self.plain())).hexdigest()

    def members(self, names: tuple[str, ...]) -> frozenset[str]:
        """Return the organizations that the names mean: a group's members, or the organization itself."""
        groups = {group.key: group.members for group in self.groups}
        return frozenset(key for name in names for key in groups.get(name, (name,)))

    def organization_keys(self) -> frozenset[str]:
        """Return the keys of all organizations, the region's own among them."""
        return frozenset({self.region.organization, *(organization.key for organization in self.organizations)})


def _in_order(data: object, *, settings: bool = False) -> Any:  # noqa: ANN401  (plain data)
    """Sort every list by its text, but those inside settings: there only the model knows what order means."""
    if isinstance(data, Mapping):
        return {name: _in_order(value, settings=settings or name == "values") for name, value in data.items()}
    if isinstance(data, list):
        inside = [_in_order(value, settings=settings) for value in data]
        return inside if settings else sorted(inside, key=_as_text)
    return data


def _as_text(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, sort_keys=True)
