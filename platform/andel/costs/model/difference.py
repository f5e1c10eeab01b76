"""How a corrected result differs from the one before it, and what it was that changed: found by comparing both."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from andel.costs.model.result import Result
from andel.sdk.cost import Split, Tariff

FORM = 1
"""The version of the stored form."""

Moved = tuple[str, int | None, int | None]
"""A party, its figure before and its figure after; None where it had or has none."""

_Data = Mapping[str, Any]


class Cause(StrEnum):
    """What a result is made from."""

    FACTS = "facts"
    AMOUNT = "amount"
    AMOUNT_SOURCE = "amount-source"
    SETTING = "setting"
    MODEL = "model"
    PARTIES = "parties"
    SUCCESSIONS = "successions"
    CHARGED = "charged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that changed between two results.

    Attributes:
        name: of the series, the path of the setting; empty where there is only one.
        old: what it was: plain data.
        new: what it is.
        parties: whose figure changed.
        reason: why a series was corrected, as whoever did it wrote.
    """

    cause: Cause
    name: str = ""
    old: Any = None
    new: Any = None
    parties: tuple[Moved, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A result with what it was made from, as plain data.

    Attributes:
        model: the cost model and its version.
        asked: the request, as its canonical JSON reads.
        settings: the settings.
        amounts: öre by party; of a ceiling, the most that it can pay.
        own: what the region bears in öre, None when nobody knows.
    """

    model: str
    asked: _Data
    settings: _Data
    amounts: Mapping[str, int]
    own: int | None = None

    @classmethod
    def of(cls, result: Result) -> Made:
        """Return what a result was made from."""
        own: int | None = None
        match result.allocation:
            case Split(region=region):
                own = region
            case Tariff(residual=residual):
                own = residual
        return cls(
            model=f"{result.model} {result.version}",
            asked=json.loads(result.asked),
            settings=result.settings,
            amounts=dict(zip(result.allocation.parties, result.allocation.amounts, strict=True)),
            own=own,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How two results differ, and why.

    Attributes:
        amounts: the parties whose amount changed, in öre, in the order of the later result.
        own: what the region bears, before and after, in öre.
    """

    amounts: tuple[Moved, ...] = ()
    own: tuple[int | None, int | None] = (None, None)
    changes: tuple[Change, ...] = field(default=())

    def plain(self) -> dict[str, Any]:
        """Return it as plain data, which ``read_difference`` takes back."""
        changes = [_without_empty(asdict(change)) for change in self.changes]
        return {"form": FORM, "amounts": self.amounts, "own": self.own, "changes": changes}


def read_difference(data: _Data) -> Difference:
    """Read a stored difference."""
    return Difference(
        amounts=tuple(_moved(row) for row in data["amounts"]),
        own=(data["own"][0], data["own"][1]),
        changes=tuple(
            Change(**{**change, "cause": Cause(change["cause"]), "parties": _all_moved(change.get("parties", ()))})
            for change in data["changes"]
        ),
    )


def difference_between(before: Made, after: Made) -> Difference:
    """Compare two results of one component and period."""
    return Difference(
        amounts=_movements(before.amounts, after.amounts),
        own=(before.own, after.own),
        changes=tuple(_changes(before, after)),
    )


def _changes(before: Made, after: Made) -> Iterator[Change]:
    old, new = before.asked, after.asked
    yield from _series(old["facts"], new["facts"])
    if old["amount"] != new["amount"]:
        yield Change(cause=Cause.AMOUNT, old=old["amount"], new=new["amount"])
    if old["amount_source"] != new["amount_source"]:
        yield Change(cause=Cause.AMOUNT_SOURCE, old=old["amount_source"], new=new["amount_source"])
    then, now = dict(_flat(before.settings)), dict(_flat(after.settings))
    for path in dict.fromkeys((*then, *now)):
        if then.get(path) != now.get(path):
            yield Change(cause=Cause.SETTING, name=path, old=then.get(path), new=now.get(path))
    if before.model != after.model:
        yield Change(cause=Cause.MODEL, old=before.model, new=after.model)
    yield from _parties(old["parties"], new["parties"])
    if old["successions"] != new["successions"]:
        yield Change(cause=Cause.SUCCESSIONS)
    if charged := _movements(old["charged"], new["charged"]):
        yield Change(cause=Cause.CHARGED, parties=charged)


def _series(before: list[_Data], after: list[_Data]) -> Iterator[Change]:
    """Compare the series: first those of the same day, then what is left of the same name, then the rest."""
    old, new = list(before), list(after)
    for alike in (("name", "reference_date"), ("name",)):
        for then in list(old):
            now = next((one for one in new if all(one[key] == then[key] for key in alike)), None)
            if now is not None:
                old.remove(then)
                new.remove(now)
                if now != then:
                    yield _series_change(then, now)
    yield from (_series_change(then, None) for then in old)
    yield from (_series_change(None, now) for now in new)


def _series_change(old: _Data | None, new: _Data | None) -> Change:
    either = new or old or {}
    values = [one["values"] if one else {} for one in (old, new)]
    return Change(
        cause=Cause.FACTS,
        name=either["name"],
        old=_head(old),
        new=_head(new),
        parties=_movements(*values) if old and new else (),
        reason=new["corrects"] if new else "",
    )


def _head(series: _Data | None) -> dict[str, Any] | None:
    return {"reference_date": series["reference_date"], "source": series["source"]["title"]} if series else None


def _parties(before: list[_Data], after: list[_Data]) -> Iterator[Change]:
    old, new = ({one["key"]: one for one in rows} for rows in (before, after))
    left, joined = sorted(old.keys() - new.keys()), sorted(new.keys() - old.keys())
    changed = sorted(key for key in old.keys() & new.keys() if old[key] != new[key])
    if left or joined:
        yield Change(cause=Cause.PARTIES, old=left, new=joined)
    for key in changed:
        fields = [name for name in new[key] if old[key].get(name) != new[key][name]]
        yield Change(
            cause=Cause.PARTIES,
            name=key,
            old={name: old[key].get(name) for name in fields},
            new={name: new[key][name] for name in fields},
        )


def _movements(before: Mapping[str, int], after: Mapping[str, int]) -> tuple[Moved, ...]:
    keys = dict.fromkeys((*after, *before))
    return tuple((key, before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key))


def _flat(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _flat(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple) and value:
        for place, inner in enumerate(value, start=1):
            yield from _flat(inner, f"{path}.{place}")
    else:
        yield path, value


def _moved(row: Iterable[Any]) -> Moved:
    party, old, new = row
    return party, old, new


def _all_moved(rows: Iterable[Iterable[Any]]) -> tuple[Moved, ...]:
    return tuple(_moved(row) for row in rows)


def _without_empty(change: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in change.items() if value not in (None, "", ())}
