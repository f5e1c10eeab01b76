from __future__ import annotations

from fractions import Fraction
from typing import Annotated

from pydantic import StringConstraints, field_validator

from andel.sdk.building import MethodName
from andel.sdk.counting import CountDay
from andel.sdk.money import half_up
from andel.sdk.party import PartyKind
from andel.sdk.settings import Part, PluginSettings, SettingRefused, described
from andel.sdk.text import Text
from andel.sdk.workings import Rounding

_PERCENT = 100
Reference = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Group(PluginSettings):
    """Parties that bear a fixed part of the cost together."""

    name: str = described(
        "Namn",
        "Name",
        help_sv="Vad gruppen heter i uträkningen.",
        help_en="What the workings call the group.",
        min_length=1,
    )
    part: Part = described(
        "Del",
        "Part",
        help_sv='Gruppens del av kostnaden, "50 %" eller "1/3". Delarna blir tillsammans 100 %.',
        help_en='The group\'s part of the cost, "50 %" or "1/3". The parts add up to 100 %.',
        gt=0,
        le=1,
    )
    kinds: tuple[PartyKind, ...] = described(
        "Slag av parter",
        "Kinds of parties",
        help_sv="Alla parter av dessa slag är med, utom de som en annan grupp räknar upp.",
        help_en="All parties of these kinds are members, but those that another group lists.",
        default=(),
    )
    members: tuple[str, ...] = described(
        "Medlemmar",
        "Members",
        help_sv="Parter som är med, uppräknade med sina nycklar.",
        help_en="Parties that are members, listed by their keys.",
        default=(),
    )


class DeviatingKey(PluginSettings):
    """Another key than inhabitants, and the decision of each principal that it rests on."""

    fact: str = described(
        "Faktum",
        "Fact",
        help_sv="Vad kostnaden delas efter i stället för invånare.",
        help_en="What the cost is divided by instead of inhabitants.",
        min_length=1,
    )
    decisions: dict[str, Reference] = described(
        "Beslut",
        "Decisions",
        help_sv="Varje huvudmans beslut: diarienummer och paragraf, per huvudmannens nyckel.",
        help_en="Each principal's decision: diary number and paragraph, by the principal's key.",
    )


class PerCapitaSettings(PluginSettings):
    """Which groups share the cost, and by which count their members divide the group's part."""

    groups: tuple[Group, ...] = described(
        "Grupper",
        "Groups",
        help_sv="Grupperna och deras fasta delar. Regionen är ensam i sin grupp.",
        help_en="The groups and their fixed parts. The region is alone in its group.",
        min_length=1,
    )
    counted_on: CountDay = described(
        "Räknas den",
        "Counted on",
        help_sv='Dagen som invånarna avser: "2019-12-31", eller "06-30" för den dagen året före perioden.',
        help_en='The day the inhabitants are of: "2019-12-31", or "06-30" for that day of the year before the period.',
    )
    earlier_counts: bool = described(
        "Ett tidigare antal får gälla",
        "An earlier count may hold",
        help_sv="Finns inget antal från rätt dag gäller det senaste före, och det anges i uträkningen.",
        help_en="When there is no count of the right day the last before it holds, and the workings say so.",
        default=False,
    )
    method: MethodName = described(
        "Metod",
        "Method",
        help_sv="Hur gruppens del fördelas på hela ören. Lika rester: lägst organisationsnummer först.",
        help_en="How a group's part is divided into whole öre. Equal remainders: lowest organization number first.",
        default=Rounding.LARGEST_REMAINDER,
    )
    deviating_key: DeviatingKey | None = described(
        "Avvikande nyckel",
        "Deviating key",
        help_sv="En annan nyckel än invånare. Den gäller först när varje huvudman har beslutat den.",
        help_en="Another key than inhabitants. It holds only when each principal has decided it.",
        default=None,
    )

    @property
    def fact(self) -> str:
        """What the groups' parts are divided by."""
        return self.deviating_key.fact if self.deviating_key else "inhabitants"

    @field_validator("groups")
    @classmethod
    def _whole(cls, groups: tuple[Group, ...]) -> tuple[Group, ...]:
        whole = sum((group.part for group in groups), Fraction(0))
        if whole != 1:
            message = Text(
                f"Gruppernas delar blir {_percent(whole)}, inte 100 %",
                f"The groups' parts add up to {_percent(whole)}, not to 100 %",
            )
            raise SettingRefused(message)
        return groups

    @field_validator("groups")
    @classmethod
    def _clear(cls, groups: tuple[Group, ...]) -> tuple[Group, ...]:
        for what in ("name", "kinds", "members"):
            found = [value for group in groups for value in _listed(getattr(group, what))]
            twice = sorted({str(value) for value in found if found.count(value) > 1})
            if twice:
                message = Text(f'"{twice[0]}" står i två grupper', f'"{twice[0]}" stands in two groups')
                raise SettingRefused(message)
        for group in groups:
            if not (group.kinds or group.members):
                message = Text(
                    f"Gruppen {group.name} har varken slag av parter eller medlemmar",
                    f"The group {group.name} has neither kinds of parties nor members",
                )
                raise SettingRefused(message)
        return groups


def _listed(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def _percent(part: Fraction) -> str:
    percent = part * _PERCENT
    if percent.denominator == 1:
        return f"{percent} %"
    whole, hundredths = divmod(int(half_up(percent, 2) * _PERCENT), _PERCENT)
    return f"{whole},{hundredths:02d} % ({part})"
