"""Looks through a database for what is not protected as it was declared.

It reads PostgreSQL's own catalog and trusts no code: a table that nobody classified, a policy that was dropped, a
right that was granted by hand are all found. The tests run it on every database, and so can an operator.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, text

from andel.shared.database.base import Gate, Keeping, Ownership, TableClass
from andel.shared.database.names import CONTROL, GATE, LOGIN_ROLES, MEMBER, OWNER, STAFF

_RELATIONS: Final = r"""
SELECT n.nspname || '.' || c.relname AS name, c.oid AS oid, c.relkind AS kind, pg_get_userbyid(c.relowner) AS owner,
    r.rolsuper OR r.rolbypassrls AS unbound, c.relrowsecurity AS secured, c.relforcerowsecurity AS forced,
    'security_invoker=true' = ANY (coalesce(c.reloptions, '{}')) AS invoker,
    ARRAY(SELECT DISTINCT CASE WHEN a.grantee = 0 THEN 'everybody' ELSE pg_get_userbyid(a.grantee)::text END
          FROM (SELECT c.relacl AS acl UNION ALL SELECT attacl FROM pg_attribute WHERE attrelid = c.oid) AS acls,
               aclexplode(acls.acl) AS a) AS holders
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles r ON r.oid = c.relowner
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
ORDER BY 1
"""

_POLICIES: Final = """
SELECT p.polname AS name, p.polpermissive AS permissive, p.polcmd AS command,
    (SELECT array_agg(CASE WHEN role = 0 THEN 'public' ELSE pg_get_userbyid(role)::text END)
     FROM unnest(p.polroles) AS role) AS roles,
    coalesce(pg_get_expr(p.polqual, p.polrelid), '') AS seen,
    coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '') AS written
FROM pg_policy p WHERE p.polrelid = :oid
"""

_LEADING_INDEX: Final = """
SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
WHERE i.indrelid = :oid AND a.attname = 'organization_id' AND i.indisvalid AND i.indpred IS NULL
"""

_OWNER_COLUMN: Final = """
SELECT FROM pg_attribute
WHERE attrelid = :oid AND attname = 'organization_id' AND attnotnull AND atttypid = 'uuid'::regtype
"""

_TRIGGERS: Final = """
SELECT t.tgenabled = 'O' AS enabled, p.proname AS function, t.tgtype AS kind
FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE t.tgrelid = :oid AND NOT t.tgisinternal
"""

_RIGHTS: Final = """
SELECT role, "right", has_table_privilege(role, CAST(:oid AS oid), "right") AS whole,
    CASE WHEN "right" IN ('DELETE', 'TRUNCATE') THEN has_table_privilege(role, CAST(:oid AS oid), "right")
         ELSE has_any_column_privilege(role, CAST(:oid AS oid), "right") END AS any
FROM unnest(CAST(:roles AS name[])) AS role, unnest(CAST(:rights AS text[])) AS "right"
"""

_CASCADES: Final = r"""
SELECT n.nspname || '.' || c.relname AS name, k.conname AS constraint
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype = 'f' AND (k.confdeltype IN ('c', 'n', 'd') OR k.confupdtype IN ('c', 'n', 'd'))
    AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
"""

_DEFINERS: Final = r"""
SELECT p.oid::regprocedure::text AS name
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE p.prosecdef AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    AND NOT EXISTS (SELECT FROM unnest(p.proconfig) AS setting WHERE setting LIKE 'search\_path=%')
"""

_CALLABLE: Final = r"""
SELECT p.oid::regprocedure::text AS name
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE p.prosecdef AND p.prorettype <> 'trigger'::regtype
    AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
    AND EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a WHERE a.grantee = 0)
"""

_RIGHT_NAMES: Final = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")

# bits of pg_trigger.tgtype
_ROW, _BEFORE, _DELETE, _UPDATE, _TRUNCATE = 1, 2, 8, 16, 32
_OWN = "(organization_id = ANY (( SELECT viewer_organizations() AS viewer_organizations)::uuid[]))"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that is not as declared: the table, view or function, and a sentence."""

    name: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Relation:
    name: str
    oid: int
    kind: str
    owner: str
    unbound: bool
    secured: bool
    forced: bool
    invoker: bool
    holders: list[str]


def examine(connection: Connection, declared: Mapping[str, TableClass]) -> list[Finding]:
    """Return everything in a database that is not as declared; an empty list when all is well.

    Args:
        connection: as a role that may read the catalog: any role.
        declared: what each table is, by ``schema.table``.
    """
    relations = [_Relation(**row) for row in connection.execute(text(_RELATIONS)).mappings()]
    findings = [
        Finding(name, "is declared and does not exist.") for name in declared.keys() - {r.name for r in relations}
    ]
    for relation in relations:
        if relation.kind in {"v", "m"}:
            findings += _view(relation)
            continue
        findings += _anything(relation)
        if relation.name not in declared:
            findings.append(Finding(relation.name, "is not classified."))
            continue
        findings += _rights(connection, relation, declared[relation.name])
        if declared[relation.name].ownership is Ownership.ORGANIZATION:
            findings += _row_security(connection, relation, declared[relation.name].gate)
        findings += _kept(connection, relation, declared[relation.name].keeping)
    for row in connection.execute(text(_CASCADES)):
        if row.name not in declared or declared[row.name].ownership is not Ownership.CONTROL:
            findings.append(Finding(row.name, f"has a cascade, {row.constraint}."))
    for row in connection.execute(text(_DEFINERS)):
        findings.append(Finding(row.name, "runs as its owner without a search_path of its own."))
    for row in connection.execute(text(_CALLABLE)):
        findings.append(Finding(row.name, "runs as its owner, and everybody may call it."))
    return sorted(findings)


def _anything(relation: _Relation) -> Iterator[Finding]:
    if relation.owner != OWNER:
        yield Finding(relation.name, f"is owned by {relation.owner}, not by {OWNER}.")
    for holder in sorted(set(relation.holders) - {OWNER, CONTROL, *LOGIN_ROLES}):
        yield Finding(relation.name, f"gives rights to {holder}.")


def _view(relation: _Relation) -> Iterator[Finding]:
    yield from _anything(relation)
    if relation.unbound:
        yield Finding(relation.name, "is a view whose owner passes by row security.")
    if not relation.invoker:
        yield Finding(relation.name, "is a view that sees what its owner sees, not what the reader may.")


def _row_security(connection: Connection, relation: _Relation, gate: Gate) -> Iterator[Finding]:
    parameters = {"oid": relation.oid}
    if not relation.secured:
        yield Finding(relation.name, "has row security switched off.")
    if not relation.forced:
        yield Finding(relation.name, "does not force row security on its owner.")
    if connection.execute(text(_OWNER_COLUMN), parameters).first() is None:
        yield Finding(relation.name, "has no column organization_id, uuid and not null.")
    if connection.execute(text(_LEADING_INDEX), parameters).first() is None:
        yield Finding(relation.name, "has no index that begins with organization_id.")
    served = set()
    expected = {MEMBER, STAFF} if gate is Gate.CLOSED else {MEMBER, STAFF, GATE}
    for policy in connection.execute(text(_POLICIES), parameters):
        if len(policy.roles) != 1 or policy.roles[0] not in expected:
            yield Finding(relation.name, f"has the policy {policy.name} for {', '.join(policy.roles)}.")
        served.update(policy.roles)
        conditions = {policy.seen, policy.written} - {""}
        if MEMBER in policy.roles and policy.permissive and conditions != {_OWN}:
            yield Finding(relation.name, f"shows a member more than its own rows by the policy {policy.name}.")
    for role in sorted(expected - served):
        yield Finding(relation.name, f"has no policy for {role}.")


def _rights(connection: Connection, relation: _Relation, declared: TableClass) -> Iterator[Finding]:
    rights = {(right.role, right.right): right for right in connection.execute(text(_RIGHTS), _asked(relation))}
    for role in LOGIN_ROLES:
        if rights[role, "TRUNCATE"].whole:
            yield Finding(relation.name, f"can be emptied by {role}.")
        if declared.keeping is not Keeping.CHANGEABLE and rights[role, "DELETE"].whole:
            yield Finding(relation.name, f"never changes, yet {role} may DELETE.")
        if declared.keeping is Keeping.IMMUTABLE and rights[role, "UPDATE"].any:
            yield Finding(relation.name, f"never changes, yet {role} may UPDATE.")
        if declared.keeping is Keeping.CLOSED_ONCE and rights[role, "UPDATE"].whole:
            yield Finding(relation.name, f"is closed by one column, yet {role} may UPDATE all.")
    if declared.ownership is Ownership.CONTROL and any(rights[MEMBER, right].any for right in _RIGHT_NAMES):
        yield Finding(relation.name, f"is machinery, yet {MEMBER} has rights.")
    granted = {(role, right) for (role, right), held in rights.items() if held.any}
    yield from (Finding(relation.name, what) for what in sorted(_at_the_gate(declared, granted)))


def _at_the_gate(declared: TableClass, granted: set[tuple[str, str]]) -> Iterator[str]:
    if declared.gate is Gate.ONLY:
        for role in {role for role, _ in granted} - {GATE}:
            yield f"is for the gate alone, yet {role} has rights."
    if declared.gate is Gate.CLOSED:
        harmless = {"SELECT"} if declared.ownership is Ownership.SHARED else set()
        for right in {right for role, right in granted if role == GATE} - harmless:
            yield f"is closed to the gate, yet {GATE} may {right}."


def _asked(relation: _Relation) -> dict[str, object]:
    return {"oid": relation.oid, "roles": list(LOGIN_ROLES), "rights": list(_RIGHT_NAMES)}


def _kept(connection: Connection, relation: _Relation, keeping: Keeping) -> Iterator[Finding]:
    if keeping is Keeping.CHANGEABLE:
        return
    refused = closing = 0
    for trigger in connection.execute(text(_TRIGGERS), {"oid": relation.oid}):
        if trigger.enabled and trigger.kind & _BEFORE:
            if trigger.function == "refuse_change" and not trigger.kind & _ROW:
                refused |= trigger.kind
            if trigger.function == "refuse_more_than_closing" and trigger.kind & _ROW:
                closing |= trigger.kind
    for bit, statement in ((_DELETE, "DELETE"), (_TRUNCATE, "TRUNCATE")):
        if not refused & bit:
            yield Finding(relation.name, f"never changes, yet no trigger refuses {statement}.")
    if not (refused | closing) & _UPDATE:
        yield Finding(relation.name, "never changes, yet no trigger refuses UPDATE.")
