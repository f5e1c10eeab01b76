from __future__ import annotations

from enum import StrEnum

from pydantic import ValidationInfo, field_validator

from andel.sdk.building import MethodName
from andel.sdk.settings import Kronor, PluginSettings, SettingRefused, described
from andel.sdk.text import Text
from andel.sdk.workings import Rounding


class Key(StrEnum):
    """What usage is measured by."""

    UNITS = "units"
    TRANSACTIONS = "last-years-transactions"


class DirectUsageSettings(PluginSettings):
    """What usage is measured by, what it costs, and who is invoiced for it."""

    key: Key = described(
        "Nyckel",
        "Key",
        help_sv="units: styckpris × beställt eller utfärdat. last-years-transactions: kostnaden efter förra året.",
        help_en="units: unit price × what was ordered or issued. last-years-transactions: the cost by last year's use.",
    )
    unit_price: Kronor | None = described(
        "Styckpris",
        "Unit price",
        help_sv="I kronor utan moms, när nyckeln är units. Ett nytt pris är en ny revision med eget datum.",
        help_en="In kronor without VAT, when the key is units. A new price is a new revision with its own date.",
        default=None,
        ge=0,
    )
    fact: str | None = described(
        "Faktum",
        "Fact",
        help_sv="Vad som räknas. Utelämnat: orders för units, annars transactions.",
        help_en="What is counted. Left out: orders for units, else transactions.",
        default=None,
        min_length=1,
    )
    payer: str | None = described(
        "Betalare",
        "Payer",
        help_sv="Den part som faktureras i allas ställe och för kostnaden vidare, med samma uträkning.",
        help_en="The party that is invoiced in everyone's place and passes the cost on, with the same workings.",
        default=None,
        min_length=1,
    )
    payers: dict[str, str] = described(
        "Betalare per part",
        "Payers by party",
        help_sv="Den part som faktureras i en viss parts ställe, per partens nyckel. Går före betalaren för alla.",
        help_en="The party that is invoiced in a certain party's place, by its key. Goes before the payer for all.",
        default={},
    )
    region_takes_part: bool = described(
        "Regionen är med",
        "The region takes part",
        help_sv="Regionen har en egen rad bland transaktionerna och bär sin del av kostnaden.",
        help_en="The region has a row of its own among the transactions and bears its part of the cost.",
        default=True,
    )
    earlier_counts: bool = described(
        "Ett tidigare antal får gälla",
        "An earlier count may hold",
        help_sv="Den som saknar förra årets transaktioner behåller sitt senaste antal, och det anges i uträkningen.",
        help_en="Whoever lacks last year's transactions keeps its last count, and the workings say so.",
        default=False,
    )
    missing_is_zero: bool = described(
        "Saknat antal är noll",
        "A missing count is zero",
        help_sv="Den som saknar antal betalar inget, och det anges i uträkningen. Annars stoppas fördelningen.",
        help_en="Whoever has no count pays nothing, and the workings say so. Otherwise nothing is charged.",
        default=False,
    )
    method: MethodName = described(
        "Metod",
        "Method",
        help_sv="Hur transaktionernas kostnad fördelas på hela ören. Lika rester: lägst organisationsnummer först.",
        help_en="How the cost of transactions is divided into whole öre. Equal remainders: lowest number first.",
        default=Rounding.LARGEST_REMAINDER,
    )

    @property
    def counted(self) -> str:
        """The fact that usage is read from."""
        return self.fact or ("orders" if self.key is Key.UNITS else "transactions")

    @field_validator("unit_price")
    @classmethod
    def _priced(cls, price: int | None, info: ValidationInfo) -> int | None:
        key = info.data.get("key")
        if key is Key.UNITS and price is None:
            raise SettingRefused(Text("nyckeln units behöver ett styckpris", "the key units needs a unit price"))
        if key is Key.TRANSACTIONS and price is not None:
            message = Text(
                "förra årets transaktioner delar en kostnad, utan styckpris",
                "last year's transactions divide a cost, without a unit price",
            )
            raise SettingRefused(message)
        return price

    @field_validator("earlier_counts")
    @classmethod
    def _of_the_period(cls, earlier: bool, info: ValidationInfo) -> bool:  # noqa: FBT001  (pydantic's signature)
        if earlier and info.data.get("key") is Key.UNITS:
            message = Text(
                "beställningar hör till sin period, tidigare gäller inte för en ny",
                "orders belong to their period, earlier ones do not hold for a new one",
            )
            raise SettingRefused(message)
        return earlier
