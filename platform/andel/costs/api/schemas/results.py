"""What the API says and receives of runs, allocations, charges and workings."""

from __future__ import annotations

from andel.costs.api.schemas.services import DIGEST
from andel.costs.tables import ItemState, Kind, Purpose, RunState
from andel.sdk.workings import Role, Rounding
from andel.shared.api.fields import (
    AskedWhole,
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
)
from andel.shared.api.schemas import (
    Answer,
    BothWords,
    MoneyAnswer,
    PageQuery,
    PeriodAnswer,
    PeriodOf,
    Query,
    SourceAnswer,
    Strict,
    next_link,
)

EXACT = r"^-?[0-9]+(/[0-9]+)?$"
REVISIONS = ("current", "superseded", "all")
FIRST_YEAR, LAST_YEAR = 1990, 2100


# ---- previews ---------------------------------------------------------------------------------------------------
class PreviewQuery(Query):
    """The period: a year, or the days from `start` up to, not including, `end`. This year when nothing is said."""

    year = AskedWhole(least=FIRST_YEAR, most=LAST_YEAR)
    start = Day(about="The first day; goes with `end`.")
    end = Day(about="The first day after; goes with `start`.")


class AmountAnswer(Answer):
    """What one organization pays, and who is invoiced for it. Of a ceiling: the most that it can pay."""

    organization = Key(required=True)
    payer = Key(required=True)
    amount = Part(MoneyAnswer, required=True)


class PreviewAnswer(Answer):
    """What a run would make now."""

    service = Key(required=True)
    component = Key(required=True)
    period = Part(PeriodAnswer, required=True)
    kind = Choice(Kind, required=True)
    whole = Part(
        MoneyAnswer, required=True, allow_none=True, about="The cost that is divided, or that the supplier takes."
    )
    charged = Part(MoneyAnswer, required=True, about="What the parties pay together.")
    region_bears = Part(MoneyAnswer, required=True, allow_none=True, about="Null when nobody knows.")
    model = Line(required=True, most=80)
    model_version = Line(required=True, most=40)
    settings_digest = Line(required=True, most=64, pattern=DIGEST)
    workings_digest = Line(required=True, most=64, pattern=DIGEST)
    digest = Line(required=True, most=64, pattern=DIGEST, about="Equal digests, equal results of equal input.")
    amounts = Many(Part(AmountAnswer), required=True)
    stored = Identifier(required=True, allow_none=True, about="The current allocation of the same days.")
    is_stored = Truth(required=True, about="Whether that allocation has the same digest.")


# ---- runs -------------------------------------------------------------------------------------------------------
class RunOf(Strict):
    """An order to allocate the costs of a period."""

    period = Part(PeriodOf, required=True)
    services = Many(Key(), least=1, most=200, about="The services to take; all unless given.")


class ProgressAnswer(Answer):
    """How far a run has come."""

    parts = Whole(required=True, about="Components and periods that it has.")
    done = Whole(required=True)
    failed = Whole(required=True)
    waiting = Whole(required=True)


class RunAnswer(Answer):
    """An order to allocate a period's costs."""

    id = Identifier(required=True)
    period = Part(PeriodAnswer, required=True)
    purpose = Choice(Purpose, required=True)
    state = Choice(RunState, required=True)
    ordered_by = Line(required=True, most=400)
    ordered_at = Moment(required=True)
    started_at = Moment(required=True, allow_none=True)
    finished_at = Moment(required=True, allow_none=True)
    progress = Part(ProgressAnswer, required=True)


class ComplaintAnswer(Answer):
    """Why a part could not be allocated, and what to do."""

    what = Part(BothWords, required=True)
    where = Line(required=True, most=4000)
    remedy = Part(BothWords, required=True)


class RunPartAnswer(Answer):
    """What became of one component and period."""

    service = Key(required=True)
    component = Key(required=True)
    period = Part(PeriodAnswer, required=True)
    state = Choice(ItemState, required=True)
    allocation = Identifier(required=True, allow_none=True)
    is_new = Truth(required=True, about="False: the stored allocation was made from the same.")
    outdated = Truth(required=True, about="What it was made from changed before the run had ended.")
    complaints = Many(Part(ComplaintAnswer), required=True)


class WholeRunAnswer(RunAnswer):
    """An order to allocate a period's costs, with its parts."""

    parts = Many(Part(RunPartAnswer), required=True)


class RunsAnswer(Answer):
    """A page of runs."""

    runs = Many(Part(RunAnswer), required=True)
    next = next_link()


class RunsQuery(PageQuery):
    """Which runs; the newest first."""

    state = Choice(RunState)


# ---- allocations ------------------------------------------------------------------------------------------------
class ChangeOfAmountAnswer(Answer):
    """An organization whose amount a revision changed; null where it had or has none."""

    organization = Key(required=True)
    before = Part(MoneyAnswer, required=True, allow_none=True)
    after = Part(MoneyAnswer, required=True, allow_none=True)


class CauseAnswer(Answer):
    """One thing that changed between two revisions."""

    cause = Line(required=True, most=40)
    name = Line(required=True, most=400)
    reason = Line(required=True, most=2000)


class DifferenceAnswer(Answer):
    """How a revision differs from the one that it supersedes, and why."""

    amounts = Many(Part(ChangeOfAmountAnswer), required=True)
    causes = Many(Part(CauseAnswer), required=True)


class AllocationAnswer(Answer):
    """One result of one component and period. It never changes: a correction is the next revision."""

    id = Identifier(required=True)
    service = Key(required=True)
    component = Key(required=True)
    period = Part(PeriodAnswer, required=True)
    purpose = Choice(Purpose, required=True)
    revision = Whole(required=True, least=1)
    is_current = Truth(required=True)
    kind = Choice(Kind, required=True, about="A ceiling charges nothing.")
    whole = Part(
        MoneyAnswer, required=True, allow_none=True, about="The cost that was divided, or that the supplier takes."
    )
    charged = Part(MoneyAnswer, required=True, about="What the parties pay together.")
    region_bears = Part(MoneyAnswer, required=True, allow_none=True, about="Null when nobody knows.")
    charge_count = Whole(required=True, about="How many charges it has.")
    model = Line(required=True, most=80)
    model_version = Line(required=True, most=40)
    plugin = Line(required=True, most=80)
    plugin_version = Line(required=True, most=40)
    settings_digest = Line(required=True, most=64, pattern=DIGEST)
    input_digest = Line(required=True, most=64, pattern=DIGEST)
    workings_digest = Line(required=True, most=64, pattern=DIGEST)
    digest = Line(required=True, most=64, pattern=DIGEST)
    run = Identifier(required=True, allow_none=True)
    recorded_at = Moment(required=True)
    difference = Part(DifferenceAnswer, required=True, allow_none=True)


class AllocationsAnswer(Answer):
    """A page of allocations."""

    allocations = Many(Part(AllocationAnswer), required=True)
    next = next_link()


class ResultsQuery(PageQuery):
    """Which results."""

    service = Key(about="Only those of a service.")
    component = Key(about="Only those of a cost component; goes with `service`.")
    year = AskedWhole(least=FIRST_YEAR, most=LAST_YEAR, about="Only those whose period begins in a year.")
    revisions = Choice(REVISIONS, load_default="current", about="Those that count, or others.")


class AllocationsQuery(ResultsQuery):
    """Which allocations."""

    kind = Choice(Kind)
    run = Identifier(about="Only those that a run stored.")
    sort = Choice(("recorded_at", "-recorded_at", "period", "-period"), load_default="-recorded_at")


# ---- charges ----------------------------------------------------------------------------------------------------
class ChargeAnswer(Answer):
    """What one organization is to pay by one allocation; `payer` is who is invoiced for it."""

    allocation = Identifier(required=True)
    organization = Key(required=True)
    payer = Key(required=True)
    service = Key(required=True)
    component = Key(required=True)
    period = Part(PeriodAnswer, required=True)
    amount = Part(MoneyAnswer, required=True)
    revision = Whole(required=True, least=1)
    is_current = Truth(required=True)
    workings_row = Whole(required=True, about="Its row in the worked table, from 0.")


class ChargesAnswer(Answer):
    """A page of charges."""

    charges = Many(Part(ChargeAnswer), required=True)
    next = next_link()


class ChargesQuery(ResultsQuery):
    """Which charges."""

    organization = Key(about="Only those of an organization.")
    payer = Key(about="Only those that an organization is invoiced for.")


class OwnChargesQuery(PageQuery):
    """How much of an allocation's charges."""


# ---- workings ---------------------------------------------------------------------------------------------------
class NamedAnswer(Answer):
    """A named value: exact, with its unit, and how it follows from others or where it comes from."""

    name = Line(required=True, most=80)
    label = Part(BothWords, required=True)
    unit = Line(required=True, most=80, about="As `ore`, `inhabitant`, `ore/inhabitant`.")
    formula = Line(required=True, most=4000, about="How it follows from other names; empty for an input.")
    rounding = Choice(Rounding, required=True)
    source = Part(SourceAnswer, required=True, allow_none=True, about="Where an input comes from.")


class ScalarAnswer(NamedAnswer):
    """A value that holds for all organizations."""

    value = Line(required=True, most=400, pattern=EXACT, about="Exact: `25` or `59/7`.")


class ColumnAnswer(NamedAnswer):
    """A value for each organization, in the order of `organizations`."""

    role = Choice(Role, required=True, allow_none=True)
    values = Many(Line(most=400, pattern=EXACT), required=True, about="Exact: `25` or `59/7`.")


class RemainderAnswer(Answer):
    """Who took the öre that rounding left over in a column, one each."""

    column = Line(required=True, most=80)
    method = Choice(Rounding, required=True)
    units = Whole(required=True, least=-(10**12))
    takers = Many(Key(), required=True)


class FindingAnswer(Answer):
    """Something a reader should know."""

    code = Line(required=True, most=80)
    text = Part(BothWords, required=True)


class WorkingsAnswer(Answer):
    """The worked table of an allocation. Its canonical JSON has the digest; formulas can be evaluated again."""

    allocation = Identifier(required=True)
    digest = Line(required=True, most=64, pattern=DIGEST)
    organizations = Many(Key(), required=True)
    scalars = Many(Part(ScalarAnswer), required=True)
    columns = Many(Part(ColumnAnswer), required=True)
    remainders = Many(Part(RemainderAnswer), required=True)
    findings = Many(Part(FindingAnswer), required=True)
    is_complete = Truth(required=True, about="False: the region keeps the others' shares to each.")


class StepAnswer(Answer):
    """One step of "why this amount?", inputs first, the amount last."""

    label = Part(BothWords, required=True)
    value = Part(BothWords, required=True)
    formula = Part(BothWords, required=True)
    note = Part(BothWords, required=True)
    source = Part(SourceAnswer, required=True, allow_none=True)


class ChargeWorkingsAnswer(Answer):
    """Why one organization pays what it pays."""

    allocation = Identifier(required=True)
    organization = Key(required=True)
    amount = Part(MoneyAnswer, required=True)
    model = Line(required=True, most=80)
    model_version = Line(required=True, most=40)
    digest = Line(required=True, most=64, pattern=DIGEST, about="Of the whole worked table.")
    scalars = Many(Part(ScalarAnswer), required=True)
    row = Many(Part(ScalarAnswer), required=True, about="Its row of the worked table.")
    steps = Many(Part(StepAnswer), required=True)
