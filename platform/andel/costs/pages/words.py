"""What results are called on pages, in both languages."""

from __future__ import annotations

from typing import Final

from andel.sdk.apportionment import Promise
from andel.sdk.text import Text

PROMISES: Final[dict[Promise, Text]] = {
    Promise.ORDER_FREE: Text("Parternas ordning spelar ingen roll", "The order of the parties does not matter"),
    Promise.WITHIN_QUOTA: Text(
        "Varje belopp är mindre än ett öre från det exakta", "Every amount is less than one öre from the exact one"
    ),
    Promise.HOUSE_MONOTONE: Text("En högre kostnad sänker ingens belopp", "A higher cost lowers nobody's amount"),
    Promise.NEVER_ABOVE_CAP: Text("Aldrig över taket", "Never above the cap"),
    Promise.ZERO_FOR_ZERO: Text("Den som inget använder betalar inget", "Who uses nothing pays nothing"),
}
"""What a model promises of every result, in words for those who pay."""
