from __future__ import annotations

from andel.sdk.building import MethodName
from andel.sdk.counting import CountDay
from andel.sdk.settings import PluginSettings, described
from andel.sdk.workings import Rounding


class PerUserSettings(PluginSettings):
    """When users are counted, what holds when a count is missing, and how the öre are divided."""

    fact: str = described(
        "Faktum",
        "Fact",
        help_sv="Vad som räknas. Regionen har en egen rad i det.",
        help_en="What is counted. The region has a row of its own in it.",
        default="users",
        min_length=1,
    )
    counted_on: CountDay = described(
        "Räknas den",
        "Counted on",
        help_sv='"10-01" är den dagen året före perioden; ett datum, "first-day" och "last-day" går också.',
        help_en='"10-01" is that day of the year before the period; a date, "first-day" and "last-day" do as well.',
        default="10-01",
    )
    earlier_counts: bool = described(
        "Ett tidigare antal får gälla",
        "An earlier count may hold",
        help_sv="Den som inte har räknat sina användare behåller sitt senaste antal, och det anges i uträkningen.",
        help_en="Whoever has not counted its users keeps its last count, and the workings say so.",
        default=False,
    )
    missing_is_zero: bool = described(
        "Saknat antal är noll",
        "A missing count is zero",
        help_sv="Den som saknar antal betalar inget, och det anges i uträkningen. Annars stoppas fördelningen.",
        help_en="Whoever has no count pays nothing, and the workings say so. Otherwise nothing is divided.",
        default=False,
    )
    method: MethodName = described(
        "Metod",
        "Method",
        help_sv="Hur parternas del fördelas på hela ören. Lika rester: lägst organisationsnummer först.",
        help_en="How the parties' part is divided into whole öre. Equal remainders: lowest organization number first.",
        default=Rounding.LARGEST_REMAINDER,
    )
