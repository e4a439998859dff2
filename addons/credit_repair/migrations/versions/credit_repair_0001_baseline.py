"""baseline"""
# ruff: noqa: E501  # lines as Alembic writes them
from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = 'credit_repair_0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('credit_repair_city_average',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('indicator', sa.String(length=64), nullable=False),
    sa.Column('value', sa.Numeric(precision=10, scale=6), nullable=False),
    sa.Column('source', sa.String(length=200), nullable=False),
    sa.Column('imported_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_repair_city_average')),
    sa.UniqueConstraint('indicator', 'month', name=op.f('uq_credit_repair_city_average_indicator_month'))
    )
    op.create_table('credit_repair_month_count',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('bureau_id', sa.Integer(), nullable=False),
    sa.Column('decisions', sa.Integer(), nullable=False),
    sa.Column('exempt', sa.Integer(), nullable=False),
    sa.Column('sampled', sa.Integer(), nullable=False),
    sa.Column('unreported', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(length=128), nullable=False),
    sa.CheckConstraint('decisions >= exempt AND sampled >= unreported AND exempt >= 0 AND unreported >= 0', name=op.f('ck_credit_repair_month_count_counts')),
    sa.ForeignKeyConstraint(['bureau_id'], ['core_unit.id'], name=op.f('fk_credit_repair_month_count_bureau_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_repair_month_count')),
    sa.UniqueConstraint('bureau_id', 'month', name=op.f('uq_credit_repair_month_count_bureau_id_month'))
    )
    with op.batch_alter_table('credit_repair_month_count', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_credit_repair_month_count_month'), ['month'], unique=False)

    op.create_table('credit_repair_bulletin',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('figures', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('late', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('compiled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('issued_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['id'], ['core_case.id'], name=op.f('fk_credit_repair_bulletin_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_repair_bulletin')),
    sa.UniqueConstraint('month', name=op.f('uq_credit_repair_bulletin_month'))
    )
    op.create_table('credit_repair_penalty',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('party_name', sa.String(length=200), nullable=False),
    sa.Column('party_type', sa.String(length=32), nullable=False),
    sa.Column('uscc', sa.String(length=18), nullable=True),
    sa.Column('reg_no', sa.String(length=50), nullable=True),
    sa.Column('org_code', sa.String(length=9), nullable=True),
    sa.Column('tax_no', sa.String(length=15), nullable=True),
    sa.Column('institution_no', sa.String(length=12), nullable=True),
    sa.Column('society_no', sa.String(length=50), nullable=True),
    sa.Column('legal_rep', sa.String(length=50), nullable=True),
    sa.Column('document_number', sa.String(length=128), nullable=False),
    sa.Column('violation', sa.String(length=2000), nullable=False),
    sa.Column('facts', sa.Text(), nullable=False),
    sa.Column('legal_basis', sa.String(length=2048), nullable=False),
    sa.Column('kinds', sa.String(length=255), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('fine', sa.Numeric(precision=16, scale=6), nullable=True),
    sa.Column('confiscated', sa.Numeric(precision=16, scale=6), nullable=True),
    sa.Column('licence', sa.String(length=200), nullable=True),
    sa.Column('decided_on', sa.Date(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('published_until', sa.Date(), nullable=True),
    sa.Column('authority_name', sa.String(length=200), nullable=False),
    sa.Column('authority_code', sa.String(length=18), nullable=False),
    sa.Column('source_name', sa.String(length=200), nullable=False),
    sa.Column('source_code', sa.String(length=18), nullable=False),
    sa.Column('remark', sa.String(length=512), nullable=True),
    sa.Column('procedure', sa.String(length=16), nullable=False),
    sa.Column('secret', sa.Boolean(), nullable=False),
    sa.Column('special', sa.Boolean(), nullable=False),
    sa.Column('tier', sa.Enum('light', 'general', 'serious', name='tier', native_enum=False, create_constraint=True, length=16), nullable=False),
    sa.Column('chosen_tier', sa.String(length=16), nullable=True),
    sa.Column('publish_reason', sa.String(length=255), nullable=False),
    sa.Column('rule_version', sa.String(length=16), nullable=False),
    sa.Column('min_last', sa.Date(), nullable=True),
    sa.Column('apply_from', sa.Date(), nullable=False),
    sa.Column('max_last', sa.Date(), nullable=False),
    sa.Column('market_system', sa.Boolean(), nullable=False),
    sa.Column('other_province', sa.Boolean(), nullable=False),
    sa.Column('market_pushed_on', sa.Date(), nullable=True),
    sa.Column('market_published_on', sa.Date(), nullable=True),
    sa.Column('notice_number', sa.String(length=64), nullable=False),
    sa.Column('served_on', sa.Date(), nullable=True),
    sa.Column('served_how', sa.String(length=64), nullable=False),
    sa.Column('served_with_letter', sa.Boolean(), nullable=False),
    sa.Column('receipt', sa.String(length=128), nullable=False),
    sa.Column('paid_on', sa.Date(), nullable=True),
    sa.Column('corrected_on', sa.Date(), nullable=True),
    sa.Column('first_sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('first_accepted', sa.Boolean(), nullable=True),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('published_on', sa.Date(), nullable=True),
    sa.Column('rejections', sa.Integer(), nullable=False),
    sa.Column('reject_reason', sa.String(length=320), nullable=False),
    sa.Column('revocation', sa.String(length=16), nullable=False),
    sa.Column('revoked_by', sa.String(length=128), nullable=False),
    sa.Column('revoked_on', sa.Date(), nullable=True),
    sa.Column('revocation_reason', sa.Text(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('entered_by_id', sa.Integer(), nullable=True),
    sa.Column('legal_by_id', sa.Integer(), nullable=True),
    sa.Column('outside', sa.Boolean(), nullable=False),
    sa.Column('report_days', sa.Integer(), nullable=True),
    sa.Column('notice_before_end_on', sa.Date(), nullable=True),
    sa.Column('prenoticed_on', sa.Date(), nullable=True),
    sa.Column('prenotice_counts_until', sa.Date(), nullable=True),
    sa.Column('explanation_number', sa.String(length=64), nullable=False),
    sa.Column('plan_number', sa.String(length=128), nullable=False),
    sa.Column('litigation', sa.String(length=128), nullable=False),
    sa.Column('litigation_from', sa.Date(), nullable=True),
    sa.Column('litigation_to', sa.Date(), nullable=True),
    sa.Column('ruling', sa.String(length=200), nullable=False),
    sa.Column('shielded_on', sa.Date(), nullable=True),
    sa.Column('successor_id', sa.Integer(), nullable=True),
    sa.Column('succession', sa.String(length=16), nullable=False),
    sa.Column('succeeded_on', sa.Date(), nullable=True),
    sa.Column('barred_until', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['entered_by_id'], ['ab_user.id'], name=op.f('fk_credit_repair_penalty_entered_by_id')),
    sa.ForeignKeyConstraint(['id'], ['core_case.id'], name=op.f('fk_credit_repair_penalty_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['legal_by_id'], ['ab_user.id'], name=op.f('fk_credit_repair_penalty_legal_by_id')),
    sa.ForeignKeyConstraint(['successor_id'], ['core_enterprise.id'], name=op.f('fk_credit_repair_penalty_successor_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_repair_penalty'))
    )
    with op.batch_alter_table('credit_repair_penalty', schema=None) as batch_op:
        batch_op.create_index('ix_credit_repair_penalty_apply', ['apply_from'], unique=False, postgresql_include=['id', 'outside', 'published_on', 'corrected_on', 'paid_on', 'fine', 'confiscated'])
        batch_op.create_index('ix_credit_repair_penalty_decided', ['decided_on'], unique=False, postgresql_include=['id', 'outside', 'first_sent_at'])
        batch_op.create_index('ix_credit_repair_penalty_prenoticed', ['prenoticed_on'], unique=False, postgresql_include=['id', 'outside', 'prenotice_counts_until'])
        batch_op.create_index('ix_credit_repair_penalty_sent', ['first_sent_at'], unique=False, postgresql_include=['id', 'outside', 'first_accepted', 'report_days'])
        batch_op.create_index('ix_credit_repair_penalty_served', ['served_on'], unique=False, postgresql_include=['id', 'outside', 'served_with_letter'])
        batch_op.create_index(batch_op.f('ix_credit_repair_penalty_successor_id'), ['successor_id'], unique=False)
        batch_op.create_index('ix_credit_repair_penalty_until', ['published_until'], unique=False)
        batch_op.create_index(batch_op.f('ix_credit_repair_penalty_uscc'), ['uscc'], unique=False)
        batch_op.create_index('uq_credit_repair_penalty_document', ['authority_code', 'document_number'], unique=True)

    op.create_table('credit_repair_repair',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('agent_name', sa.String(length=64), nullable=False),
    sa.Column('agent_phone', sa.String(length=32), nullable=False),
    sa.Column('agent_role', sa.String(length=24), nullable=False),
    sa.Column('authorised_from', sa.Date(), nullable=True),
    sa.Column('authorised_until', sa.Date(), nullable=True),
    sa.Column('authorised', sa.Boolean(), nullable=False),
    sa.Column('channel', sa.String(length=24), nullable=False),
    sa.Column('bundle', sa.String(length=40), nullable=False),
    sa.Column('eligible_on', sa.Date(), nullable=True),
    sa.Column('rule_version', sa.String(length=16), nullable=False),
    sa.Column('proof', sa.Boolean(), nullable=False),
    sa.Column('external_number', sa.String(length=64), nullable=False),
    sa.Column('assisted', sa.Boolean(), nullable=False),
    sa.Column('missing', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('complete_by', sa.Date(), nullable=True),
    sa.Column('submitted_on', sa.Date(), nullable=True),
    sa.Column('pushed_on', sa.Date(), nullable=True),
    sa.Column('accepted_on', sa.Date(), nullable=True),
    sa.Column('decided_on', sa.Date(), nullable=True),
    sa.Column('declined_on', sa.Date(), nullable=True),
    sa.Column('total_days', sa.Integer(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('condition', sa.String(length=255), nullable=False),
    sa.Column('remedy', sa.String(length=500), nullable=False),
    sa.Column('revoked_on', sa.Date(), nullable=True),
    sa.Column('sync_platform', sa.Boolean(), nullable=False),
    sa.Column('sync_sharing', sa.Boolean(), nullable=False),
    sa.Column('sync_sanctions', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['id'], ['core_case.id'], name=op.f('fk_credit_repair_repair_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_repair_repair'))
    )
    with op.batch_alter_table('credit_repair_repair', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_credit_repair_repair_bundle'), ['bundle'], unique=False)
        batch_op.create_index('ix_credit_repair_repair_decided', ['decided_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_credit_repair_repair_eligible_on'), ['eligible_on'], unique=False)
        batch_op.create_index('ix_credit_repair_repair_phone', ['agent_phone'], unique=False)
        batch_op.create_index('ix_credit_repair_repair_submitted', ['submitted_on'], unique=False)

    op.create_table('credit_repair_instalment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('amount', sa.Numeric(precision=16, scale=6), nullable=False),
    sa.Column('paid_on', sa.Date(), nullable=True),
    sa.CheckConstraint('amount > 0', name=op.f('ck_credit_repair_instalment_amount')),
    sa.ForeignKeyConstraint(['case_id'], ['credit_repair_penalty.id'], name=op.f('fk_credit_repair_instalment_case_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_repair_instalment')),
    sa.UniqueConstraint('case_id', 'due_on', name=op.f('uq_credit_repair_instalment_case_id_due_on'))
    )
    with op.batch_alter_table('credit_repair_instalment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_credit_repair_instalment_case_id'), ['case_id'], unique=False)

    op.create_table('credit_repair_objection',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('penalty_id', sa.Integer(), nullable=False),
    sa.Column('ground', sa.String(length=16), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('site', sa.String(length=128), nullable=False),
    sa.Column('external_number', sa.String(length=64), nullable=False),
    sa.Column('asker_name', sa.String(length=64), nullable=False),
    sa.Column('asker_phone', sa.String(length=32), nullable=False),
    sa.Column('answered_on', sa.Date(), nullable=True),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['id'], ['core_case.id'], name=op.f('fk_credit_repair_objection_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['penalty_id'], ['credit_repair_penalty.id'], name=op.f('fk_credit_repair_objection_penalty_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_repair_objection'))
    )
    with op.batch_alter_table('credit_repair_objection', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_credit_repair_objection_penalty_id'), ['penalty_id'], unique=False)

    op.create_table('credit_repair_penalty_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('replaced_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('instrument', sa.String(length=128), nullable=False),
    sa.Column('values', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['credit_repair_penalty.id'], name=op.f('fk_credit_repair_penalty_version_case_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_repair_penalty_version')),
    sa.UniqueConstraint('case_id', 'revision', name=op.f('uq_credit_repair_penalty_version_case_id_revision'))
    )
    with op.batch_alter_table('credit_repair_penalty_version', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_credit_repair_penalty_version_case_id'), ['case_id'], unique=False)

    op.create_table('credit_repair_prior',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('party_name', sa.String(length=200), nullable=False),
    sa.Column('uscc', sa.String(length=18), nullable=False),
    sa.Column('document_number', sa.String(length=128), nullable=False),
    sa.Column('noticed_on', sa.Date(), nullable=False),
    sa.Column('filed_on', sa.Date(), nullable=True),
    sa.Column('violation', sa.String(length=2000), nullable=False),
    sa.Column('kinds', sa.String(length=255), nullable=False),
    sa.Column('fine', sa.Numeric(precision=16, scale=6), nullable=True),
    sa.Column('notice_number', sa.String(length=64), nullable=False),
    sa.Column('told_on', sa.Date(), nullable=True),
    sa.Column('told_how', sa.String(length=64), nullable=False),
    sa.Column('receipt', sa.String(length=128), nullable=False),
    sa.Column('penalty_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['id'], ['core_case.id'], name=op.f('fk_credit_repair_prior_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['penalty_id'], ['credit_repair_penalty.id'], name=op.f('fk_credit_repair_prior_penalty_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_repair_prior'))
    )
    with op.batch_alter_table('credit_repair_prior', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_credit_repair_prior_penalty_id'), ['penalty_id'], unique=False)
        batch_op.create_index('uq_credit_repair_prior_document', ['uscc', 'document_number'], unique=True)

    op.create_table('credit_repair_repair_penalty',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('penalty_id', sa.Integer(), nullable=False),
    sa.Column('committed_on', sa.Date(), nullable=True),
    sa.CheckConstraint('case_id <> penalty_id', name=op.f('ck_credit_repair_repair_penalty_two')),
    sa.ForeignKeyConstraint(['case_id'], ['credit_repair_repair.id'], name=op.f('fk_credit_repair_repair_penalty_case_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['penalty_id'], ['credit_repair_penalty.id'], name=op.f('fk_credit_repair_repair_penalty_penalty_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_repair_repair_penalty')),
    sa.UniqueConstraint('case_id', 'penalty_id', name=op.f('uq_credit_repair_repair_penalty_case_id_penalty_id'))
    )
    with op.batch_alter_table('credit_repair_repair_penalty', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_credit_repair_repair_penalty_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_credit_repair_repair_penalty_penalty_id'), ['penalty_id'], unique=False)

    op.create_table('credit_repair_sanction',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('holder', sa.String(length=128), nullable=False),
    sa.Column('measure', sa.String(length=255), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['credit_repair_penalty.id'], name=op.f('fk_credit_repair_sanction_case_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['unit_id'], ['core_unit.id'], name=op.f('fk_credit_repair_sanction_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_repair_sanction')),
    sa.UniqueConstraint('case_id', 'holder', 'measure', name=op.f('uq_credit_repair_sanction_case_id_holder_measure'))
    )
    with op.batch_alter_table('credit_repair_sanction', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_credit_repair_sanction_case_id'), ['case_id'], unique=False)

    op.create_table('credit_repair_sync',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('repair_id', sa.Integer(), nullable=True),
    sa.Column('party_name', sa.String(length=200), nullable=False),
    sa.Column('uscc', sa.String(length=18), nullable=False),
    sa.Column('document_numbers', sa.String(length=1000), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=False),
    sa.Column('holder', sa.String(length=128), nullable=False),
    sa.Column('measure', sa.String(length=255), nullable=False),
    sa.Column('answered_on', sa.Date(), nullable=True),
    sa.Column('receipt', sa.String(length=128), nullable=False),
    sa.ForeignKeyConstraint(['id'], ['core_case.id'], name=op.f('fk_credit_repair_sync_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['repair_id'], ['credit_repair_repair.id'], name=op.f('fk_credit_repair_sync_repair_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_repair_sync'))
    )
    with op.batch_alter_table('credit_repair_sync', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_credit_repair_sync_repair_id'), ['repair_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('credit_repair_sync', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_credit_repair_sync_repair_id'))

    op.drop_table('credit_repair_sync')
    with op.batch_alter_table('credit_repair_sanction', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_credit_repair_sanction_case_id'))

    op.drop_table('credit_repair_sanction')
    with op.batch_alter_table('credit_repair_repair_penalty', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_credit_repair_repair_penalty_penalty_id'))
        batch_op.drop_index(batch_op.f('ix_credit_repair_repair_penalty_case_id'))

    op.drop_table('credit_repair_repair_penalty')
    with op.batch_alter_table('credit_repair_prior', schema=None) as batch_op:
        batch_op.drop_index('uq_credit_repair_prior_document')
        batch_op.drop_index(batch_op.f('ix_credit_repair_prior_penalty_id'))

    op.drop_table('credit_repair_prior')
    with op.batch_alter_table('credit_repair_penalty_version', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_credit_repair_penalty_version_case_id'))

    op.drop_table('credit_repair_penalty_version')
    with op.batch_alter_table('credit_repair_objection', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_credit_repair_objection_penalty_id'))

    op.drop_table('credit_repair_objection')
    with op.batch_alter_table('credit_repair_instalment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_credit_repair_instalment_case_id'))

    op.drop_table('credit_repair_instalment')
    with op.batch_alter_table('credit_repair_repair', schema=None) as batch_op:
        batch_op.drop_index('ix_credit_repair_repair_submitted')
        batch_op.drop_index('ix_credit_repair_repair_phone')
        batch_op.drop_index(batch_op.f('ix_credit_repair_repair_eligible_on'))
        batch_op.drop_index('ix_credit_repair_repair_decided')
        batch_op.drop_index(batch_op.f('ix_credit_repair_repair_bundle'))

    op.drop_table('credit_repair_repair')
    with op.batch_alter_table('credit_repair_penalty', schema=None) as batch_op:
        batch_op.drop_index('uq_credit_repair_penalty_document')
        batch_op.drop_index(batch_op.f('ix_credit_repair_penalty_uscc'))
        batch_op.drop_index('ix_credit_repair_penalty_until')
        batch_op.drop_index(batch_op.f('ix_credit_repair_penalty_successor_id'))
        batch_op.drop_index('ix_credit_repair_penalty_served', postgresql_include=['id', 'outside', 'served_with_letter'])
        batch_op.drop_index('ix_credit_repair_penalty_sent', postgresql_include=['id', 'outside', 'first_accepted', 'report_days'])
        batch_op.drop_index('ix_credit_repair_penalty_prenoticed', postgresql_include=['id', 'outside', 'prenotice_counts_until'])
        batch_op.drop_index('ix_credit_repair_penalty_decided', postgresql_include=['id', 'outside', 'first_sent_at'])
        batch_op.drop_index('ix_credit_repair_penalty_apply', postgresql_include=['id', 'outside', 'published_on', 'corrected_on', 'paid_on', 'fine', 'confiscated'])

    op.drop_table('credit_repair_penalty')
    op.drop_table('credit_repair_bulletin')
    with op.batch_alter_table('credit_repair_month_count', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_credit_repair_month_count_month'))

    op.drop_table('credit_repair_month_count')
    op.drop_table('credit_repair_city_average')
