"""a loss of credit whose repair the law excludes"""
from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = 'credit_repair_0002'
down_revision = 'credit_repair_0001'
branch_labels = None
depends_on = None

TABLE, INDEX = 'credit_repair_penalty', 'ix_credit_repair_penalty_apply'
COVERED = ['id', 'outside', 'published_on', 'corrected_on', 'paid_on', 'fine', 'confiscated']


def upgrade() -> None:
    op.add_column(TABLE, sa.Column('unrepairable', sa.String(length=255), server_default='', nullable=False))
    # with the new column, so that the repair rate is still answered from the index
    op.drop_index(INDEX, TABLE)
    op.create_index(INDEX, TABLE, ['apply_from'], postgresql_include=[*COVERED, 'unrepairable'])


def downgrade() -> None:
    op.drop_index(INDEX, TABLE)
    op.create_index(INDEX, TABLE, ['apply_from'], postgresql_include=COVERED)
    # in plain SQL: copied into a new table, as SQLite would have it, the decisions would lose their CHECKs
    op.execute(f"ALTER TABLE {TABLE} DROP COLUMN unrepairable")
