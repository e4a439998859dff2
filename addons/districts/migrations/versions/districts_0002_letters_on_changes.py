"""letters on a change of officer are found by their enterprise"""
from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = 'districts_0002'
down_revision = 'districts_0001'
branch_labels = None
depends_on = None

OF_A_CHANGE = "kind = 'districts.officer_change' AND case_id IS NULL"


def upgrade() -> None:
    # whom such a letter was written to stands at the end of its occasion: <post>-<successor>-<day>-<enterprise>
    connection = op.get_bind()
    wanted = [{"letter": row.id, "enterprise": int(row.occasion.rsplit("-", 1)[-1])}
              for row in connection.execute(text(f"SELECT id, occasion FROM core_letter WHERE {OF_A_CHANGE}"))]
    if wanted:
        connection.execute(text(
            "UPDATE core_letter SET enterprise_id = (SELECT COALESCE(e.merged_into_id, e.id) FROM core_enterprise e "
            "WHERE e.id = :enterprise) WHERE id = :letter"), wanted)
    op.execute("INSERT INTO core_portal_letter (id, enterprise_id, number, title, organ, signed_at, voided, sha256) "
               "SELECT l.id, l.enterprise_id, l.number, l.title, u.name, l.signed_at, l.state = 'voided', l.sha256 "
               f"FROM core_letter l JOIN core_unit u ON u.id = l.bureau_id WHERE l.{OF_A_CHANGE} "
               "AND l.enterprise_id IS NOT NULL AND l.number IS NOT NULL")


def downgrade() -> None:
    op.execute("DELETE FROM core_portal_letter WHERE id IN (SELECT id FROM core_letter WHERE enterprise_id IS NOT NULL)")
    op.execute(f"UPDATE core_letter SET enterprise_id = NULL WHERE {OF_A_CHANGE}")
