"""``tenant.toml`` of a document: one table after the other, short ones on a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

import tomlkit
from tomlkit.items import SingleKey

from andel.tenancy.model.document import (
    Component,
    CostLine,
    Facts,
    GroupOf,
    Part,
    Revision,
    ServiceOf,
    SuccessionOf,
    TenantDocument,
)
from andel.tenancy.model.plan import Place, cost_name, series_name
from andel.tenancy.service.writing.layout import SECTION, Layout, in_order, key_of, revision_name, succession_name

WIDTH: Final = 120
"""Characters of a line; what does not fit goes on lines of its own."""

_FACTS: Final = ("name", "unit", "reference_date", "revision", "corrects", "file", "control_total", "source")
_COSTS: Final = ("year", "start", "end", "amount", "reference", "source")

Data = Mapping[str, Any]


def tenant_text(document: TenantDocument, layout: Layout, fact_files: Mapping[str, str]) -> str:
    """Return the text of ``tenant.toml``.

    Args:
        document: the region.
        layout: how its folder was written before.
        fact_files: the file of each series, by its name.
    """
    return "\n".join(_Writer(document, layout, fact_files).lines()).strip("\n") + "\n"


class _Writer:
    def __init__(self, document: TenantDocument, layout: Layout, fact_files: Mapping[str, str]) -> None:
        self._document = document
        self._comments = dict(layout.comments)
        self._fact_files = fact_files
        self._like = layout.document or document

    def lines(self) -> Iterator[str]:
        document, like = self._document, self._like
        yield from self._pairs((), {"format": document.format, "plugins": sorted(document.plugins)})
        yield ""
        yield from self._table(("region",), "region", _plain(document.region), apart=frozenset({"colours"}))
        for group in in_order(document.groups, like.groups, key_of):
            yield from self._group(group)
        for succession in in_order(document.successions, like.successions, succession_name):
            yield from self._succession(succession)
        for series in in_order(sorted(document.facts, key=series_name), like.facts, series_name):
            yield from self._facts(series)
        for service in in_order(document.services, like.services, key_of):
            yield from self._service(service)
        yield from self._left_over()

    def _group(self, group: GroupOf) -> Iterator[str]:
        before = {one.key: one.members for one in self._like.groups}.get(group.key, ())
        data = {**_plain(group, without={"members"}), "members": in_order(sorted(group.members), before, str)}
        yield from self._element(("groups", group.key), "groups", data)

    def _succession(self, succession: SuccessionOf) -> Iterator[str]:
        yield from self._element(("successions", succession_name(succession)), "successions", _plain(succession))

    def _facts(self, series: Facts) -> Iterator[str]:
        data = {**_plain(series), "file": self._fact_files[series_name(series)]}
        data |= {} if series.revision > 1 else {"revision": "", "corrects": ""}
        yield from self._element(("facts", series_name(series)), "facts", _said(data, _FACTS))

    def _service(self, service: ServiceOf) -> Iterator[str]:
        place: Place = ("services", service.key)
        yield from self._element(place, "services", _plain(service, without={"components"}))
        before = {one.key: one for one in self._like.services}.get(service.key, service)
        for component in in_order(service.components, before.components, key_of):
            like = {one.key: one for one in before.components}.get(component.key, component)
            yield from self._component((*place, "components", component.key), component, like)

    def _component(self, place: Place, component: Component, like: Component) -> Iterator[str]:
        data = _plain(component, without={"settings", "costs", "parties"})
        if component.parties:
            data = {**data, "parties": in_order(component.parties, like.parties, str)}
        yield from self._element(place, "services.components", data)
        revisions = sorted(component.settings, key=revision_name)
        for revision in revisions:
            yield from self._revision((*place, "settings", revision_name(revision)), revision)
        for cost in in_order(sorted(component.costs, key=cost_name), like.costs, cost_name):
            yield from self._cost((*place, "costs", cost_name(cost)), cost)

    def _revision(self, place: Place, revision: Revision) -> Iterator[str]:
        data = {**_plain(revision, without={"values"}), "values": revision.values}
        yield from self._element(place, "services.components.settings", data)

    def _cost(self, place: Place, cost: CostLine) -> Iterator[str]:
        yield from self._element(place, "services.components.costs", _said(_plain(cost), _COSTS))

    # ---- tables ---------------------------------------------------------------------------------------------
    def _element(self, place: Place, header: str, data: Data) -> Iterator[str]:
        yield from self._about(place[0])
        yield from self._table(place, header, data, form="[[{}]]")

    def _table(
        self, place: Place, header: str, data: Data, *, form: str = "[{}]", apart: frozenset[str] = frozenset()
    ) -> Iterator[str]:
        """Yield a table; tables in it that are ``apart``, or too long for a line, come after it on their own."""
        tables = {name: value for name, value in data.items() if isinstance(value, Mapping)}
        long = {name: value for name, value in tables.items() if name in apart or _too_long(name, value)}
        yield from self._said(place)
        yield form.format(header)
        yield from self._pairs(place, {name: value for name, value in data.items() if name not in long})
        yield ""
        for name, value in long.items():
            yield from self._table((*place, name), f"{header}.{_key(name)}", value)

    def _pairs(self, place: Place, data: Data) -> Iterator[str]:
        for name, value in data.items():
            yield from self._said((*place, name))
            if isinstance(value, list | tuple) and _too_long(name, value):
                yield from _long_list(name, value)
            else:
                yield f"{_key(name)} = {_inline(value)}"

    # ---- comments -------------------------------------------------------------------------------------------
    def _about(self, kind: str) -> Iterator[str]:
        yield from self._comments.pop((SECTION + kind,), ())

    def _said(self, place: Place) -> Iterator[str]:
        yield from self._comments.pop(place, ())

    def _left_over(self) -> Iterator[str]:
        """Yield the comments of parts that are no more: what a person wrote is not thrown away unseen."""
        for words in self._comments.values():
            yield from words


def _plain(part: Part, *, without: Iterable[str] = ()) -> dict[str, Any]:
    """Return a part as plain data with days as days; what is not said is left out."""
    data = part.model_dump(exclude_none=True, exclude=set(without), mode="python")
    return {name: _unsaid(value) for name, value in data.items() if (name, value) != ("language", "sv")}


def _said(data: Data, names: Iterable[str]) -> Data:
    """Return what there is under the names, in their order; an empty text says nothing."""
    return {name: data[name] for name in names if data.get(name, "") != ""}


def _unsaid(value: object) -> object:
    """Leave out of a source what it has by itself."""
    if isinstance(value, Mapping) and "example" in value:
        return {name: one for name, one in value.items() if one is not False}
    return value


# ---- values -------------------------------------------------------------------------------------------------
def _too_long(name: str, value: object) -> bool:
    nested = isinstance(value, Mapping) and any(isinstance(one, Mapping | list) and one for one in value.values())
    return nested or len(f"{name} = {_inline(value)}") > WIDTH


def _long_list(name: str, values: Sequence[Any]) -> Iterator[str]:
    """Yield a list over several lines: texts as many as fit, tables one on each."""
    yield f"{_key(name)} = ["
    line = "   "
    for value in values:
        text = f" {_inline(value)},"
        if line.strip() and (isinstance(value, Mapping) or len(line + text) > WIDTH):
            yield line
            line = "   "
        line += text
    yield line
    yield "]"


def _inline(value: object) -> str:
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{_key(str(name))} = {_inline(one)}" for name, one in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_inline, value))}]"
    if isinstance(value, date):
        return value.isoformat()
    return tomlkit.item(str(value) if isinstance(value, str) else value).as_string()


def _key(name: str) -> str:
    return SingleKey(name).as_string()
