"""units and people are found by pinyin"""
from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.pinyin import spelled, spelled_person

revision = 'core_0004'
down_revision = 'core_0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("core_unit", sa.Column("pinyin", sa.String(255), server_default="", nullable=False))
    op.add_column("ab_user", sa.Column("pinyin", sa.String(255), nullable=True))
    units = sa.table("core_unit", *map(sa.column, ("id", "short_name", "name", "pinyin")))
    people = sa.table("ab_user", *map(sa.column, ("id", "last_name", "first_name", "pinyin")))
    for table, one, two, words in ((units, "short_name", "name", spelled),
                                   (people, "last_name", "first_name", spelled_person)):
        rows = op.get_bind().execute(sa.select(table.c.id, table.c[one], table.c[two])).all()
        if rows:
            op.get_bind().execute(table.update().where(table.c.id == sa.bindparam("row")).values(pinyin=sa.bindparam("words")),
                                  [{"row": row, "words": words(a or "", b or "")} for row, a, b in rows])


def downgrade() -> None:
    op.drop_column("ab_user", "pinyin")
    op.drop_column("core_unit", "pinyin")
