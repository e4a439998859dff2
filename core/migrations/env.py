"""Run by Alembic for one part of the suite (core or a module); :mod:`core.migrate` hands over the connection."""
from __future__ import annotations

from alembic import context

from core.migrate import options

attributes = context.config.attributes
context.configure(connection=attributes["connection"], **options(attributes["part"], attributes["metadata"]))
with context.begin_transaction():
    context.run_migrations()
