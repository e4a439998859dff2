"""the cases of a unit that nobody has are found without reading all"""
from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = 'core_0003'
down_revision = 'core_0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    nobody = sa.text("assignee_id IS NULL")
    op.create_index("ix_core_case_unclaimed", "core_case", ["unit_id", "meaning", "due_at"],
                    sqlite_where=nobody, postgresql_where=nobody)


def downgrade() -> None:
    op.drop_index("ix_core_case_unclaimed", "core_case")
