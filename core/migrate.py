"""The database's shape, part by part: core has one Alembic history and one version table, and so has every module.

With one shared history, taking a module's folder away would break every later upgrade; so a part's revisions lie in its
own ``migrations/versions`` and its position in its own table ``<part>_alembic``. Tables belong to a part by their
prefix, and a table that no loaded part owns is never touched: it may be the data of a module that is switched off.
"""
from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.autogenerate.api import AutogenContext
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import ResolutionError
from sqlalchemy import JSON, ClauseElement, Column, Connection, MetaData, Table, inspect
from sqlalchemy.dialects import postgresql

from core.addon import Suite, table_owner
from core.db import Model, UtcDateTime
from core.errors import Refusal
from core.migration_engine import migration_engine as migration_engine  # asked for here, too
from core.words import gettext as _

HERE = Path(__file__).resolve().parent / "migrations"
NOISE = re.compile(r"[ \t]+$|^ *# ###.*\n", re.MULTILINE)
"""What Alembic writes into a revision and nobody wants to read: blanks at the ends of lines, its own remarks."""


@dataclass(frozen=True)
class Part:
    """Core or one module, as far as its tables go."""

    name: str
    versions: Path
    modules: tuple[str, ...] = ()
    """The names of all modules there are: the longest one that fits a table's name owns the table."""

    @property
    def version_table(self) -> str:
        """The table that holds the part's position in its history."""
        return f"{self.name}_alembic"

    def owns(self, table: str) -> bool:
        """Whether ``table`` is this part's, going by its name. Version tables are nobody's."""
        return not table.endswith("_alembic") and table_owner(table, self.modules) == self.name


def parts(suite: Suite) -> tuple[Part, ...]:
    """Core, then the loaded modules in load order."""
    names = tuple(suite.found)
    modules = (Part(addon.name, addon.path / "migrations" / "versions", names) for addon in suite.addons)
    return (Part("core", HERE / "versions", names), *modules)


def head(part: Part) -> str | None:
    """The newest revision in the part's files; None when it has none."""
    return _scripts(part).get_current_head()


def current(connection: Connection, part: Part) -> str | None:
    """The revision that the database has for the part; None when the part was never installed."""
    return MigrationContext.configure(connection, opts={"version_table": part.version_table}).get_current_revision()


def pending(connection: Connection, part: Part) -> list[str]:
    """The revisions still to be applied, oldest first. Refused when the database is at one that the files do not have:
    it was upgraded by a newer version."""
    newest, position = head(part), current(connection, part)
    if newest is None:
        return []
    try:
        return [script.revision for script in _scripts(part).iterate_revisions(newest, position or "base")][::-1]
    except ResolutionError as error:
        raise Refusal(_("The database is newer than this program: %(part)s is at %(position)s there, at %(newest)s here. "
                        "Install the newer version.", part=part.name, position=position, newest=newest)) from error


def upgrade_part(connection: Connection, part: Part, revision: str = "head") -> list[str]:
    """Bring the part's tables up to ``revision``; returns the revisions applied, oldest first. Never commits."""
    before = pending(connection, part)
    if before:
        command.upgrade(_config(part, connection), revision)
        check_references(connection)
    after = pending(connection, part)
    return [name for name in before if name not in after]


def downgrade_part(connection: Connection, part: Part, revision: str = "base") -> None:
    """Take the part's tables back to ``revision`` (everything it has: ``"base"``). Never commits."""
    if current(connection, part) is not None:
        command.downgrade(_config(part, connection), revision)


def check(connection: Connection, part: Part, metadata: MetaData = Model.metadata) -> list[str]:
    """How the part's models differ from the database, one line each; empty when models and migrations agree."""
    context = MigrationContext.configure(connection, opts=options(part, metadata))
    return [_describe(difference) for difference in compare_metadata(context, metadata)]


def revision(connection: Connection, part: Part, message: str, metadata: MetaData = Model.metadata) -> Path:
    """Write the revision that makes the database like the part's models, to be read and corrected by a person; the
    database must be at the part's head. Revisions are numbered: ``credit_repair_0002``. Returns the new file."""
    part.versions.mkdir(parents=True, exist_ok=True)
    number = len(list(_scripts(part).walk_revisions())) + 1
    script = command.revision(_config(part, connection, metadata), message, autogenerate=True,
                              rev_id=f"{part.name}_{number:04d}", process_revision_directives=_for_both_databases)
    if script is None or isinstance(script, list):
        raise LookupError(f"{part.name}: no revision was written")
    path = Path(script.path)
    path.write_text(re.sub(r"\n{4,}", "\n\n\n", NOISE.sub("", path.read_text("utf-8"))), "utf-8")
    return path


def baseline(part: Part, metadata: MetaData = Model.metadata) -> Path:
    """Write the part's first revision anew from its models, the old one thrown away; the same models give the same file.

    Only while nothing was built on it: refused when the part has a second revision. Returns the file.
    """
    old = [Path(script.path) for script in _scripts(part).walk_revisions()]
    if len(old) > 1:
        raise Refusal(_("%(part)s has revisions that are built on its first one. Write a further one instead: yingshang "
                        "migrations new %(part)s", part=part.name))
    kept = [(path, path.read_bytes()) for path in old]
    for path in old:
        path.unlink()
    try:
        with migration_engine("sqlite://").connect() as connection:
            return revision(connection, part, "baseline", metadata)
    except BaseException:
        for path, content in kept:
            path.write_bytes(content)
        raise


def drift(suite: Suite, metadata: MetaData = Model.metadata) -> dict[str, list[str]]:
    """For every part how its models differ from what its migrations make, tried out on an empty database in memory."""
    engine = migration_engine("sqlite://")
    with engine.connect() as connection:
        for part in parts(suite):
            upgrade_part(connection, part)
        return {part.name: check(connection, part, metadata) for part in parts(suite)}


def installed_parts(connection: Connection) -> set[str]:
    """The parts that the database knows, whether or not their folders are still there."""
    tables = inspect(connection).get_table_names()
    return {table.removesuffix("_alembic") for table in tables if table.endswith("_alembic")}


def tables_of(connection: Connection, name: str) -> list[str]:
    """The tables that the part ``name`` has in the database, sorted, its version table left out."""
    known = installed_parts(connection) | {name}
    return sorted(table for table in inspect(connection).get_table_names()
                  if not table.endswith("_alembic") and table_owner(table, known) == name)


def options(part: Part, metadata: MetaData) -> dict[str, Any]:
    """What Alembic is told about a part: its version table, which tables are its, how columns are written."""
    def ours(name: str | None, kind: str, parents: Mapping[str, str | None]) -> bool:
        if kind == "index" and (name or "").endswith("_trgm"):  # made by upgrade where the database can, see core.case.search
            return False
        return kind != "table" or part.owns(name or "")

    def known(item: object, name: str | None, kind: str, reflected: bool, compared_to: object) -> bool:
        table = item if isinstance(item, Table) else getattr(item, "table", None)
        if isinstance(table, Table) and not part.owns(table.name):
            return False
        return not (kind == "table" and reflected and compared_to is None)  # never drop what no model describes

    return {"target_metadata": metadata, "version_table": part.version_table, "render_as_batch": True,
            "compare_type": True, "include_name": ours, "include_object": known, "render_item": _render,
            "transactional_ddl": True}


def _render(kind: str, item: Any, context: AutogenContext) -> str | Literal[False]:
    """Own column types are written as what the database stores, so that a migration does not change with our code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and type(item) is JSON:  # Alembic writes its variant with a name that it does not import
        context.imports.add("from sqlalchemy.dialects import postgresql")
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    return False


def _for_both_databases(context: MigrationContext, _revision: object, _directives: object) -> None:
    """Expressions are written as PostgreSQL has them (``IS false``): SQLite reads that too, the reverse is not so."""
    def written(expression: ClauseElement, is_server_default: bool = False, **_options: Any) -> str:
        return str(expression.compile(dialect=target, compile_kwargs={"literal_binds": True, "include_table": False}))

    target = postgresql.dialect()  # type: ignore[no-untyped-call]  # carries no types
    context.impl.render_ddl_sql_expr = written  # type: ignore[assignment]  # a method, replaced for this run only


def _config(part: Part, connection: Connection, metadata: MetaData = Model.metadata) -> Config:
    config = Config(cmd_opts=Namespace(quiet=True),
                    attributes={"connection": connection, "part": part, "metadata": metadata})
    config.set_main_option("script_location", _escaped(HERE))
    config.set_main_option("version_locations", _escaped(part.versions))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config


def _escaped(path: Path) -> str:
    return str(path).replace("%", "%%")


def _scripts(part: Part) -> ScriptDirectory:
    return ScriptDirectory(str(HERE), version_locations=[str(part.versions)])


def check_references(connection: Connection) -> None:
    """SQLite did not watch the foreign keys during the change; see that none was broken, else ``LookupError``."""
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise LookupError(f"the migration left a row of {broken[0]} that refers to a missing row of {broken[2]}")


def _describe(difference: Any) -> str:
    """Alembic's tuple (or list of tuples, for a changed column) in words."""
    if isinstance(difference, list):
        return "; ".join(_describe(part) for part in difference)
    return " ".join([str(difference[0]).replace("_", " "), *_names(difference[1:])])


def _names(items: Iterable[Any]) -> list[str]:
    names = []
    for item in items:
        if isinstance(item, Column):
            names.append(str(item.name))
        elif isinstance(item, str | int | float | bool):
            names.append(str(item))
        elif getattr(item, "name", None):
            names.append(str(item.name))
    return names
