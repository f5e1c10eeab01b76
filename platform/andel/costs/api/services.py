"""Services, their cost components, and what of a service can be changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from andel.costs.api.examples import COMPONENT, SERVICE
from andel.costs.api.finding import (
    component_answer,
    component_row,
    components_of,
    counted_services,
    service_answer,
    service_row,
    source_columns,
)
from andel.costs.api.schemas.services import (
    ComponentAnswer,
    ComponentsAnswer,
    ComponentsQuery,
    ServiceAnswer,
    ServiceChange,
    ServicesAnswer,
    ServicesQuery,
)
from andel.costs.service.changing import change_service
from andel.shared.api import Answered, Inside, Resources, expect, page_of_list
from andel.shared.api.changing import Changing, actor_of
from andel.shared.api.sources import source_of

READ: Final = "costs:read"
MANAGE: Final = "costs:manage"


def add_services(resources: Resources, changing: Changing) -> None:
    """Add the operations on services and components."""
    _add_reading(resources)
    _add_components(resources)

    @resources.patch(
        "/<tenant>/services/<service>",
        scope=MANAGE,
        sv="Ändra en tjänst",
        answers=ServiceAnswer,
        example=SERVICE,
        body=ServiceChange,
        sent={"bearer": SERVICE["bearer"]},
    )
    def change_one_service(inside: Inside, body: Mapping[str, Any], service: str) -> Answered:
        """Change a service.

        What is named changes, the rest stays. A key never changes; components are changed by what they consist of.
        """
        row = service_row(inside.session, service, locked=True)
        expect(service_answer(inside.session, row))
        with changing(inside.session):
            change_service(inside.session, row, _columns(body), by=actor_of(inside))
        return Answered(body=service_answer(inside.session, row))


def _add_reading(resources: Resources) -> None:
    @resources.get(
        "/<tenant>/services",
        scope=READ,
        sv="Lista tjänster",
        answers=ServicesAnswer,
        example={"services": [SERVICE], "next": None},
        query=ServicesQuery,
    )
    def list_services(inside: Inside, query: Mapping[str, Any]) -> Answered:
        """List the services.

        What the region shares, and who bears its cost.
        """
        rows = inside.session.scalars(counted_services()).all()
        page = page_of_list(rows, lambda row: (row.key,), query)
        services = [service_answer(inside.session, row) for row in page.rows]
        return Answered(body={"services": services, "next": page.next})

    @resources.get(
        "/<tenant>/services/<service>",
        scope=READ,
        sv="Läs en tjänst",
        answers=ServiceAnswer,
        example=SERVICE,
        versioned=True,
    )
    def read_service(inside: Inside, service: str) -> Answered:
        """Read a service.

        By its key, which never changes.
        """
        return Answered(body=service_answer(inside.session, service_row(inside.session, service)))


def _add_components(resources: Resources) -> None:
    @resources.get(
        "/<tenant>/services/<service>/components",
        scope=READ,
        sv="Lista en tjänsts kostnadsdelar",
        answers=ComponentsAnswer,
        example={"components": [COMPONENT], "next": None},
        query=ComponentsQuery,
    )
    def list_components(inside: Inside, query: Mapping[str, Any], service: str) -> Answered:
        """List a service's cost components.

        Each is one cost with one cost model.
        """
        rows = components_of(inside.session, service_row(inside.session, service))
        page = page_of_list(rows, lambda row: (row.key,), query)
        components = [component_answer(inside.session, service, row) for row in page.rows]
        return Answered(body={"components": components, "next": page.next})

    @resources.get(
        "/<tenant>/services/<service>/components/<component>",
        scope=READ,
        sv="Läs en kostnadsdel",
        answers=ComponentAnswer,
        example=COMPONENT,
        versioned=True,
    )
    def read_component(inside: Inside, service: str, component: str) -> Answered:
        """Read a cost component.

        By the keys of its service and its own.
        """
        row = component_row(inside.session, service, component)
        return Answered(body=component_answer(inside.session, service, row))


def _columns(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns that a change names."""
    columns: dict[str, Any] = {}
    for name in ("title", "bearer", "summary"):
        if name in body:
            words = body[name] or {"sv": "", "en": ""}
            columns |= {f"{name}_sv": words["sv"], f"{name}_en": words["en"]}
    if "source" in body:
        columns |= source_columns(source_of(body["source"]))
    return columns
