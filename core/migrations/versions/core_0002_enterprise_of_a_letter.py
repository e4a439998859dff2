"""letters that belong to no case are for an enterprise"""
from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = 'core_0002'
down_revision = 'core_0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # in plain SQL: copied into a new table, as SQLite would have it, the letters would lose their CHECKs
    op.execute("ALTER TABLE core_letter ADD COLUMN enterprise_id INTEGER "
               "CONSTRAINT fk_core_letter_enterprise_id REFERENCES core_enterprise (id) "
               "CONSTRAINT ck_core_letter_enterprise_of_its_case CHECK (case_id IS NULL OR enterprise_id IS NULL)")
    op.create_index(op.f('ix_core_letter_enterprise_id'), 'core_letter', ['enterprise_id'])
    with op.batch_alter_table('core_portal_letter', schema=None) as batch_op:
        batch_op.add_column(sa.Column('enterprise_id', sa.Integer(), nullable=True))
        batch_op.alter_column('case_id', existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_index(batch_op.f('ix_core_portal_letter_enterprise_id'), ['enterprise_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_core_portal_letter_enterprise_id'), 'core_enterprise', ['enterprise_id'],
                                    ['id'])
    op.execute("UPDATE core_portal_letter SET enterprise_id = (SELECT c.enterprise_id FROM core_portal_case c "
               "WHERE c.id = core_portal_letter.case_id)")


def downgrade() -> None:
    op.execute("DELETE FROM core_portal_letter WHERE case_id IS NULL")
    with op.batch_alter_table('core_portal_letter', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_core_portal_letter_enterprise_id'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_core_portal_letter_enterprise_id'))
        batch_op.alter_column('case_id', existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column('enterprise_id')
    op.drop_index(op.f('ix_core_letter_enterprise_id'), 'core_letter')
    op.execute("ALTER TABLE core_letter DROP COLUMN enterprise_id")
