"""What the API says and receives of services, cost components, settings and costs."""

from __future__ import annotations

from andel.costs.model import Basis
from andel.shared.api.fields import Choice, Day, Identifier, Key, Line, Many, Moment, Part, Plain, Words
from andel.shared.api.schemas import (
    Answer,
    BothWords,
    BothWordsOf,
    MoneyAnswer,
    MoneyOf,
    PageQuery,
    PeriodAnswer,
    PeriodOf,
    SourceAnswer,
    SourceOf,
    Strict,
    next_link,
)

VERSION = r"^[0-9]+(\.[0-9]+){0,3}$"
DIGEST = "^[0-9a-f]{64}$"


class ServiceAnswer(Answer):
    """A shared service: what it is and who bears its cost."""

    key = Key(required=True)
    title = Part(BothWords, required=True)
    bearer = Part(BothWords, required=True, about="Who bears its cost, in words.")
    summary = Part(BothWords, required=True, allow_none=True)
    source = Part(SourceAnswer, required=True)
    components = Many(Key(), required=True, about="Its cost components.")


class ServicesAnswer(Answer):
    """A page of services."""

    services = Many(Part(ServiceAnswer), required=True)
    next = next_link()


class ServicesQuery(PageQuery):
    """Which services."""


class ServiceChange(Strict):
    """What changes of a service; what is not named stays."""

    title = Part(BothWordsOf)
    bearer = Part(BothWordsOf, about="Who bears its cost, in words.")
    summary = Part(BothWordsOf, allow_none=True)
    source = Part(SourceOf)


class ComponentAnswer(Answer):
    """One cost of a service, with one cost model."""

    service = Key(required=True)
    key = Key(required=True)
    title = Part(BothWords, required=True)
    model = Line(required=True, most=80, about="The cost model's id.")
    basis = Choice(Basis, required=True, about="What its amounts are.")
    parties = Many(
        Key(), required=True, allow_none=True, about="Who shares the cost beside the region; null: every organization."
    )


class ComponentsAnswer(Answer):
    """A page of cost components."""

    components = Many(Part(ComponentAnswer), required=True)
    next = next_link()


class ComponentsQuery(PageQuery):
    """Which cost components."""


class SettingsAnswer(Answer):
    """The settings of a component's model, in force from `valid_from` up to, not including, `valid_to`."""

    valid_from = Day(required=True)
    valid_to = Day(required=True, allow_none=True, about="The first day of the next revision.")
    model = Line(required=True, most=80)
    model_version = Line(required=True, most=40, pattern=VERSION)
    values = Plain(required=True, about="As the model's JSON Schema says.")
    digest = Line(required=True, most=64, pattern=DIGEST, about="SHA-256 of the values as canonical JSON.")
    source = Part(SourceAnswer, required=True)
    recorded_at = Moment(required=True)


class AllSettingsAnswer(Answer):
    """A page of revisions of settings."""

    settings = Many(Part(SettingsAnswer), required=True)
    next = next_link()


class AllSettingsQuery(PageQuery):
    """Which revisions."""


class SettingsCorrection(Strict):
    """Settings that take the place of those of the same first day."""

    model_version = Line(least=1, most=40, pattern=VERSION, about="The latest installed version unless given.")
    values = Plain(required=True, about="As the model's JSON Schema says.")
    source = Part(SourceOf, required=True)


class SettingsOf(SettingsCorrection):
    """Settings from a day on, until the next revision's."""

    valid_from = Day(required=True)


class CostAnswer(Answer):
    """An amount for a period: a budget line or one of the supplier's invoices."""

    id = Identifier(required=True)
    service = Key(required=True)
    component = Key(required=True)
    basis = Choice(Basis, required=True)
    period = Part(PeriodAnswer, required=True)
    amount = Part(MoneyAnswer, required=True)
    reference = Line(required=True, most=200, about="The invoice's number or the like; may be empty.")
    source = Part(SourceAnswer, required=True)
    recorded_at = Moment(required=True)
    superseded_at = Moment(required=True, allow_none=True, about="When another took its place, or it was ended.")


class CostsAnswer(Answer):
    """A page of costs."""

    costs = Many(Part(CostAnswer), required=True)
    next = next_link()


class CostsQuery(PageQuery):
    """Which costs."""

    revisions = Choice(("current", "superseded", "all"), load_default="current", about="Those that count, or others.")


class CostOf(Strict):
    """An amount for a period: a budget line or one of the supplier's invoices, as the component's basis says."""

    period = Part(PeriodOf, required=True)
    amount = Part(MoneyOf, required=True)
    reference = Words(most=200, about="The invoice's number or the like: two amounts for the same days need one each.")
    source = Part(SourceOf, required=True)
