"""What the API says of a region, its organizations and groups, and of figures."""

from __future__ import annotations

from andel.sdk.party import PartyKind
from andel.sdk.workings import BASE_UNITS
from andel.shared.api.fields import (
    Choice,
    Day,
    Identifier,
    Key,
    Line,
    Many,
    Moment,
    Part,
    Truth,
    Whole,
    Words,
)
from andel.shared.api.schemas import Answer, PageQuery, SourceAnswer, SourceOf, Strict, next_link

FACT_NAME = r"^[a-z][a-z_]*$"


class RegionAnswer(Answer):
    """The region itself."""

    key = Key(required=True)
    name = Line(required=True)
    county_code = Line(required=True, most=2, pattern="^[0-9]{2}$")
    language = Choice(("sv", "en"), required=True)
    organization = Key(required=True, about="The region's own organization.")
    source = Line(required=True, most=2000)


class OrganizationAnswer(Answer):
    """Who can bear a part of a cost; it exists from `valid_from` up to, not including, `valid_to`."""

    key = Key(required=True, about="A stable name; every result refers to it.")
    name = Line(required=True, most=2000)
    kind = Choice(PartyKind, required=True)
    organization_number = Line(required=True, allow_none=True, pattern="^[0-9]{6}-[0-9]{4}$")
    municipality_code = Line(required=True, allow_none=True, pattern="^[0-9]{4}$")
    authority = Key(required=True, allow_none=True, about="The legal authority that a city district belongs to.")
    groups = Many(Key(), required=True, about="The groups that it is a member of.")
    valid_from = Day(required=True, allow_none=True, about="Null: as long as anyone knows.")
    valid_to = Day(required=True, allow_none=True, about="The first day that it no longer exists.")
    source = Line(required=True, most=2000)


class OrganizationsAnswer(Answer):
    """A page of organizations."""

    organizations = Many(Part(OrganizationAnswer), required=True)
    next = next_link()


class OrganizationsQuery(PageQuery):
    """Which organizations."""

    kind = Choice(PartyKind, about="Only those of a kind.")
    group = Key(about="Only the members of a group.")
    existing_on = Day(about="Only those that exist on the day.")
    sort = Choice(("key", "-key"), load_default="key")


class GroupAnswer(Answer):
    """Organizations that are named together: a federation's members, a network, the principals."""

    key = Key(required=True)
    title = Line(required=True, most=2000)
    members = Many(Key(), required=True)
    source = Line(required=True, most=2000)


class GroupsAnswer(Answer):
    """A page of groups."""

    groups = Many(Part(GroupAnswer), required=True)
    next = next_link()


class GroupsQuery(PageQuery):
    """Which groups."""

    member = Key(about="Only those that an organization is a member of.")


class SeriesAnswer(Answer):
    """Figures of one day and source, without their rows."""

    id = Identifier(required=True)
    name = Line(required=True, most=80, pattern=FACT_NAME, about="What is counted.")
    unit = Choice(tuple(sorted(BASE_UNITS)), required=True)
    reference_date = Day(required=True, about="The day that the figures describe.")
    revision = Whole(required=True, least=1)
    is_current = Truth(required=True, about="Whether no later revision corrects it.")
    corrects = Line(required=True, allow_none=True, most=2000, about="Why it replaces the revision before.")
    corrects_id = Identifier(required=True, allow_none=True)
    source = Part(SourceAnswer, required=True)
    control_total = Whole(required=True, allow_none=True, about="The sum that the source prints.")
    total = Whole(required=True, about="The sum of the rows.")
    rows = Whole(required=True, about="How many rows there are.")
    recorded_at = Moment(required=True)


class FigureAnswer(Answer):
    """One organization's figure."""

    organization = Key(required=True)
    value = Whole(required=True)


class WholeSeriesAnswer(SeriesAnswer):
    """Figures of one day and source."""

    values = Many(Part(FigureAnswer), required=True)


class FactsAnswer(Answer):
    """A page of series."""

    facts = Many(Part(SeriesAnswer), required=True)
    next = next_link()


class FactsQuery(PageQuery):
    """Which series."""

    name = Line(least=1, most=80, pattern=FACT_NAME, about="Only those of a name.")
    reference_date = Day(about="Only those of a day.")
    revisions = Choice(("current", "superseded", "all"), load_default="current", about="Those that count, or others.")
    sort = Choice(("name", "-name", "recorded_at", "-recorded_at"), load_default="name")


class FigureOf(Strict):
    """One organization's figure: a whole number from zero."""

    organization = Key(required=True)
    value = Whole(required=True)


class SeriesOf(Strict):
    """Figures to load: all of one day and source."""

    name = Line(required=True, least=1, most=80, pattern=FACT_NAME, about="What is counted.")
    unit = Choice(tuple(sorted(BASE_UNITS)), required=True)
    reference_date = Day(required=True, about="The day that the figures describe.")
    source = Part(SourceOf, required=True)
    control_total = Whole(
        load_default=None,
        allow_none=True,
        about="The sum that the source prints. Rows that do not add up to it are refused, all of them.",
    )
    corrects = Words(
        about="Why these figures replace those of the same name and day. They become the next revision; what was"
        " loaded before is kept.",
    )
    values = Many(Part(FigureOf), required=True, least=1, most=1000)
