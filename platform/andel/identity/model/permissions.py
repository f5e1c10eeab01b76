"""What each role may do: one table, for pages, the API and jobs alike."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final

from andel.identity.model.roles import Role
from andel.sdk.text import Text


class Permission(StrEnum):
    """Something that can be allowed. The value is also the scope of the API: ``noun:verb``."""

    COSTS_READ = "costs:read"
    COSTS_COMPARE = "costs:compare"
    COSTS_MANAGE = "costs:manage"
    COSTS_ALLOCATE = "costs:allocate"
    FACTS_READ = "facts:read"
    FACTS_LOAD = "facts:load"
    INVOICES_READ = "invoices:read"
    INVOICES_DRAFT = "invoices:draft"
    INVOICES_ATTEST = "invoices:attest"
    INVOICES_FINALIZE = "invoices:finalize"
    LICENSES_READ = "licenses:read"
    LICENSES_ANSWER = "licenses:answer"
    LICENSES_MANAGE = "licenses:manage"
    AGREEMENTS_READ = "agreements:read"
    AGREEMENTS_PREPARE = "agreements:prepare"
    AGREEMENTS_SIGN = "agreements:sign"
    DECISIONS_READ = "decisions:read"
    DECISIONS_RECORD = "decisions:record"
    MEETINGS_PREPARE = "meetings:prepare"
    MINUTES_CLOSE = "minutes:close"
    USERS_READ = "users:read"
    USERS_MANAGE = "users:manage"
    SIGN_IN_MANAGE = "sign-in:manage"
    CLIENTS_MANAGE = "clients:manage"
    LOG_READ = "log:read"
    REGION_MANAGE = "region:manage"
    REGION_EXPORT = "region:export"
    OPERATION_MANAGE = "operation:manage"


P: Final = Permission

WORDS: Final = MappingProxyType(
    {
        P.COSTS_READ: Text("se kostnader, fördelningar och uträkningar", "see costs, allocations and workings"),
        P.COSTS_COMPARE: Text("jämföra kostnadsmodeller", "compare cost models"),
        P.COSTS_MANAGE: Text("ändra tjänster, kostnader och inställningar", "change services, costs and settings"),
        P.COSTS_ALLOCATE: Text("köra fördelningar", "run allocations"),
        P.FACTS_READ: Text("se underlag", "see sources"),
        P.FACTS_LOAD: Text("läsa in underlag", "load sources"),
        P.INVOICES_READ: Text("se fakturor", "see invoices"),
        P.INVOICES_DRAFT: Text("förbereda fakturor", "draft invoices"),
        P.INVOICES_ATTEST: Text("attestera fakturor", "attest invoices"),
        P.INVOICES_FINALIZE: Text("slutföra fakturor", "finalize invoices"),
        P.LICENSES_READ: Text("se licenser", "see licences"),
        P.LICENSES_ANSWER: Text("svara på behovsinventeringar", "answer inventories"),
        P.LICENSES_MANAGE: Text("förvalta licenser", "manage licences"),
        P.AGREEMENTS_READ: Text("se avtal", "see agreements"),
        P.AGREEMENTS_PREPARE: Text("förbereda avtal", "prepare agreements"),
        P.AGREEMENTS_SIGN: Text("signera avtal", "sign agreements"),
        P.DECISIONS_READ: Text("se ärenden och beslut", "see cases and decisions"),
        P.DECISIONS_RECORD: Text("registrera beslut", "record decisions"),
        P.MEETINGS_PREPARE: Text("förbereda möten", "prepare meetings"),
        P.MINUTES_CLOSE: Text("justera protokoll", "close minutes"),
        P.USERS_READ: Text("se användare", "see users"),
        P.USERS_MANAGE: Text("förvalta användare", "manage users"),
        P.SIGN_IN_MANAGE: Text("ställa in inloggning", "set up sign-in"),
        P.CLIENTS_MANAGE: Text("förvalta API-klienter", "manage API clients"),
        P.LOG_READ: Text("läsa loggen", "read the log"),
        P.REGION_MANAGE: Text("ställa in regionen", "set up the region"),
        P.REGION_EXPORT: Text("ta ut regionens data", "export the region's data"),
        P.OPERATION_MANAGE: Text("driva instansen", "operate the instance"),
    }
)

STEP_UP: Final = frozenset({P.AGREEMENTS_SIGN, P.INVOICES_FINALIZE, P.MINUTES_CLOSE})
"""What asks for proof anew of who signs or finalizes, at the provider's higher level when it has one."""

_OWN: Final = frozenset(
    {
        P.COSTS_READ,
        P.COSTS_COMPARE,
        P.FACTS_READ,
        P.INVOICES_READ,
        P.LICENSES_READ,
        P.AGREEMENTS_READ,
        P.DECISIONS_READ,
    }
)
_ADMINISTRATION: Final = frozenset({P.USERS_READ, P.USERS_MANAGE, P.SIGN_IN_MANAGE, P.CLIENTS_MANAGE})

PERMISSIONS: Final = MappingProxyType(
    {
        Role.VIEWER: _OWN,
        Role.ADMINISTRATOR: _OWN | _ADMINISTRATION,
        Role.LICENSE_CONTACT: _OWN | {P.LICENSES_ANSWER},
        Role.SIGNATORY: _OWN | {P.DECISIONS_RECORD, P.AGREEMENTS_SIGN},
        Role.ECONOMIST: _OWN
        | {
            P.COSTS_MANAGE,
            P.COSTS_ALLOCATE,
            P.FACTS_LOAD,
            P.INVOICES_DRAFT,
            P.INVOICES_ATTEST,
            P.INVOICES_FINALIZE,
        },
        Role.LICENSE_MANAGER: _OWN | {P.FACTS_LOAD, P.LICENSES_MANAGE},
        Role.SECRETARY: _OWN | {P.AGREEMENTS_PREPARE, P.DECISIONS_RECORD, P.MEETINGS_PREPARE, P.MINUTES_CLOSE},
        Role.MANAGER: _OWN
        | _ADMINISTRATION
        | {
            P.COSTS_MANAGE,
            P.INVOICES_ATTEST,
            P.AGREEMENTS_PREPARE,
            P.AGREEMENTS_SIGN,
            P.LOG_READ,
            P.REGION_MANAGE,
            P.REGION_EXPORT,
        },
        Role.AUDITOR: _OWN | {P.USERS_READ, P.LOG_READ},
        Role.OPERATOR: _OWN | {P.LOG_READ, P.OPERATION_MANAGE},
    }
)
"""The table. An operator's rights to see a region hold only under a grant, and never let change anything of it."""


def allowed(role: Role, permission: Permission) -> bool:
    """Return whether a role may do something."""
    return permission in PERMISSIONS[role]


def table(language: str) -> list[tuple[str, tuple[Role, ...]]]:
    """Return the table as it is shown: what can be allowed, in words, and the roles that may."""
    return [
        (words.in_language(language), tuple(role for role in Role if allowed(role, permission)))
        for permission, words in WORDS.items()
    ]
