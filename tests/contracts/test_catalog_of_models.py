"""The models and the migrations make the same database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from procrastinate import schema
from sqlalchemy import URL, Connection, Engine, MetaData, NullPool, create_engine, text

from andel.shared.database.migration import Schema, migrations_folder, revisions
from andel.shared.database.names import CONTROL_REVISION, REGION_REVISION
from andel.tenancy.service.databases import Databases
from andel.tenancy.service.schema import control_metadata, region_metadata

DEFINITIONS = """
SELECT 'constraint' AS what, c.relname || '.' || k.conname AS name, pg_get_constraintdef(k.oid) AS definition
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
WHERE k.connamespace = 'public'::regnamespace AND k.contype IN ('c', 'f', 'p', 'u', 'x')
UNION ALL
SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT 'comment', c.relname, obj_description(c.oid, 'pg_class') FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
UNION ALL
SELECT 'column', c.relname || '.' || a.attname,
    format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' ' || a.attidentity::text || ' '
    || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (c.oid, a.attnum)
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
"""


@pytest.fixture
def connections(request: pytest.FixtureRequest, databases: Databases, admin: URL) -> Iterator[Connection]:
    engines: dict[Schema, str] = {Schema.CONTROL: "andel_control", Schema.REGION: "andel_region_testlandet"}
    if request.param is Schema.REGION:
        request.getfixturevalue("region_db")
    assert databases.server == admin
    engine = create_engine(admin.set(database=engines[request.param]), poolclass=NullPool)
    with engine.connect() as connection:
        yield connection


def metadata_of(schema: Schema) -> MetaData:
    return region_metadata() if schema is Schema.REGION else control_metadata()


BOTH = pytest.mark.parametrize(
    ("connections", "schema"), [(one, one) for one in Schema], indirect=["connections"], ids=list(Schema)
)


@BOTH
def test_alembic_finds_no_difference(connections: Connection, schema: Schema) -> None:
    options = {"compare_type": True, "compare_server_default": True}
    context = MigrationContext.configure(connections, opts=options)
    assert compare_metadata(context, metadata_of(schema)) == []


@BOTH
def test_the_catalogs_have_the_same_definitions(connections: Connection, schema: Schema, admin: URL) -> None:
    migrated = {tuple(row) for row in connections.execute(text(DEFINITIONS)) if "alembic" not in row.name}
    modelled = definitions_of_models(admin, schema)
    assert len(modelled) > 10
    assert migrated - modelled == set()
    assert modelled - migrated == set()


def definitions_of_models(admin: URL, schema: Schema) -> set[tuple[str, ...]]:
    name = f"models_of_{schema}"
    server = create_engine(admin, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
        try:
            return _made_by_models(create_engine(admin.set(database=name), poolclass=NullPool), schema)
        finally:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def _made_by_models(engine: Engine, schema: Schema) -> set[tuple[str, ...]]:
    with engine.begin() as connection:
        connection.execute(text("CREATE EXTENSION btree_gist"))
        metadata_of(schema).create_all(connection)
        return {tuple(row) for row in connection.execute(text(DEFINITIONS))}


def test_the_code_asks_for_the_last_revision_of_each_schema() -> None:
    assert revisions(Schema.REGION)[-1] == REGION_REVISION
    assert revisions(Schema.CONTROL)[-1] == CONTROL_REVISION


@pytest.mark.parametrize("schema", list(Schema))
def test_revisions_count_up_from_one(schema: Schema) -> None:
    found = revisions(schema)
    assert found == tuple(f"{number:04}" for number in range(1, len(found) + 1))


def test_the_vendored_queue_is_the_installed_one() -> None:
    vendored = migrations_folder() / "region" / "vendor" / "procrastinate" / "schema-3.10.0.sql"
    assert vendored.read_text(encoding="utf-8").strip() == schema.SchemaManager.get_schema().strip()
