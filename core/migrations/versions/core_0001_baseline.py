"""baseline"""
# ruff: noqa: E501  # lines as Alembic writes them
from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = 'core_0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('ab_group',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('label', sa.String(length=150), nullable=True),
    sa.Column('description', sa.String(length=512), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_group')),
    sa.UniqueConstraint('name', name=op.f('uq_ab_group_name'))
    )
    op.create_table('ab_permission',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_permission')),
    sa.UniqueConstraint('name', name=op.f('uq_ab_permission_name'))
    )
    op.create_table('ab_register_user',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('first_name', sa.String(length=64), nullable=False),
    sa.Column('last_name', sa.String(length=64), nullable=False),
    sa.Column('username', sa.String(length=128), nullable=False),
    sa.Column('password', sa.String(length=256), nullable=True),
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.Column('registration_date', sa.DateTime(), nullable=True),
    sa.Column('registration_hash', sa.String(length=256), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_register_user')),
    sa.UniqueConstraint('email', name=op.f('uq_ab_register_user_email')),
    sa.UniqueConstraint('username', name=op.f('uq_ab_register_user_username'))
    )
    op.create_table('ab_role',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_role')),
    sa.UniqueConstraint('name', name=op.f('uq_ab_role_name'))
    )
    op.create_table('ab_user',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('first_name', sa.String(length=64), nullable=False),
    sa.Column('last_name', sa.String(length=64), nullable=False),
    sa.Column('username', sa.String(length=128), nullable=False),
    sa.Column('password', sa.String(length=256), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=True),
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.Column('last_login', sa.DateTime(), nullable=True),
    sa.Column('login_count', sa.Integer(), nullable=True),
    sa.Column('fail_login_count', sa.Integer(), nullable=True),
    sa.Column('created_on', sa.DateTime(), nullable=True),
    sa.Column('changed_on', sa.DateTime(), nullable=True),
    sa.Column('created_by_fk', sa.Integer(), nullable=True),
    sa.Column('changed_by_fk', sa.Integer(), nullable=True),
    sa.Column('phone', sa.String(length=64), nullable=True),
    sa.Column('post', sa.String(length=64), nullable=True),
    sa.Column('session_version', sa.Integer(), nullable=True),
    sa.Column('must_change_password', sa.Boolean(), nullable=True),
    sa.Column('password_changed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['changed_by_fk'], ['ab_user.id'], name=op.f('fk_ab_user_changed_by_fk')),
    sa.ForeignKeyConstraint(['created_by_fk'], ['ab_user.id'], name=op.f('fk_ab_user_created_by_fk')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_user')),
    sa.UniqueConstraint('email', name=op.f('uq_ab_user_email')),
    sa.UniqueConstraint('username', name=op.f('uq_ab_user_username'))
    )
    op.create_table('ab_view_menu',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=250), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_view_menu')),
    sa.UniqueConstraint('name', name=op.f('uq_ab_view_menu_name'))
    )
    op.create_table('core_audit_head',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('chain', sa.String(length=64), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_audit_head'))
    )
    op.create_table('core_counter',
    sa.Column('series', sa.String(length=128), nullable=False),
    sa.Column('value', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('series', name=op.f('pk_core_counter'))
    )
    op.create_table('core_dictionary_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('dictionary', sa.String(length=64), nullable=False),
    sa.Column('code', sa.String(length=64), nullable=False),
    sa.Column('label', sa.String(length=128), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_dictionary_entry')),
    sa.UniqueConstraint('dictionary', 'code', name=op.f('uq_core_dictionary_entry_dictionary_code'))
    )
    op.create_table('core_enterprise',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uscc', sa.String(length=18), nullable=True),
    sa.Column('reg_no', sa.String(length=50), nullable=True),
    sa.Column('org_code', sa.String(length=9), nullable=True),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('pinyin', sa.String(length=64), server_default='', nullable=False),
    sa.Column('status', sa.String(length=32), server_default='存续', nullable=False),
    sa.Column('kind', sa.String(length=64), nullable=True),
    sa.Column('legal_rep', sa.String(length=64), nullable=True),
    sa.Column('phone', sa.String(length=64), nullable=True),
    sa.Column('registered_address', sa.String(length=255), nullable=True),
    sa.Column('business_address', sa.String(length=255), nullable=True),
    sa.Column('industry', sa.String(length=16), nullable=True),
    sa.Column('industry_name', sa.String(length=128), nullable=True),
    sa.Column('scope', sa.Text(), nullable=True),
    sa.Column('type_code', sa.String(length=16), nullable=True),
    sa.Column('capital', sa.Numeric(precision=18, scale=6), nullable=True),
    sa.Column('currency', sa.String(length=32), nullable=True),
    sa.Column('registered_on', sa.Date(), nullable=True),
    sa.Column('approved_on', sa.Date(), nullable=True),
    sa.Column('term_from', sa.Date(), nullable=True),
    sa.Column('term_to', sa.Date(), nullable=True),
    sa.Column('registrar', sa.String(length=128), nullable=True),
    sa.Column('district_code', sa.String(length=12), nullable=True),
    sa.Column('source', sa.String(length=16), server_default='import', nullable=False),
    sa.Column('verified', sa.Boolean(), server_default='1', nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('merged_into_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['merged_into_id'], ['core_enterprise.id'], name=op.f('fk_core_enterprise_merged_into_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_enterprise')),
    sa.UniqueConstraint('uscc', name=op.f('uq_core_enterprise_uscc'))
    )
    with op.batch_alter_table('core_enterprise', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_enterprise_district_code'), ['district_code'], unique=False)
        batch_op.create_index('ix_core_enterprise_merged_into_id', ['merged_into_id'], unique=False, sqlite_where=sa.text('merged_into_id IS NOT NULL'), postgresql_where=sa.text('merged_into_id IS NOT NULL'))
        batch_op.create_index(batch_op.f('ix_core_enterprise_name'), ['name'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_enterprise_pinyin'), ['pinyin'], unique=False)
        batch_op.create_index('ix_core_enterprise_reg_no', ['reg_no'], unique=False, sqlite_where=sa.text('reg_no IS NOT NULL'), postgresql_where=sa.text('reg_no IS NOT NULL'))
        batch_op.create_index(batch_op.f('ix_core_enterprise_status'), ['status'], unique=False)

    op.create_table('core_grants_epoch',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('word', sa.String(length=32), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_grants_epoch'))
    )
    op.create_table('core_import_batch',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('profile', sa.String(length=80), nullable=False),
    sa.Column('file_name', sa.String(length=255), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('by_name', sa.String(length=100), nullable=False),
    sa.Column('bureau_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('counts', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('state', sa.Enum('done', 'undone', name='batchstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('undone_by_id', sa.Integer(), nullable=True),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_import_batch'))
    )
    with op.batch_alter_table('core_import_batch', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_import_batch_bureau_id'), ['bureau_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_import_batch_profile'), ['profile'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_import_batch_sha256'), ['sha256'], unique=False)

    op.create_table('core_portal_hit',
    sa.Column('bucket', sa.String(length=96), nullable=False),
    sa.Column('span', sa.Integer(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('bucket', 'span', name=op.f('pk_core_portal_hit'))
    )
    with op.batch_alter_table('core_portal_hit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_portal_hit_until'), ['until'], unique=False)

    op.create_table('core_portal_upload',
    sa.Column('token', sa.String(length=43), nullable=False),
    sa.Column('name', sa.String(length=255), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('token', name=op.f('pk_core_portal_upload'))
    )
    with op.batch_alter_table('core_portal_upload', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_portal_upload_created_at'), ['created_at'], unique=False)

    op.create_table('core_rule_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('module', sa.String(length=64), nullable=False),
    sa.Column('key', sa.String(length=128), nullable=False),
    sa.Column('title', sa.String(length=255), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('value', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('unit', sa.Enum('WD', 'CD', 'MONTH', 'HOUR', 'MIN', 'count', 'percent', 'text', 'bool', name='ruleunit', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('basis', sa.String(length=255), nullable=False),
    sa.Column('article', sa.String(length=128), nullable=False),
    sa.Column('status', sa.Enum('law', 'parameter', name='rulestatus', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('valid_to IS NULL OR valid_to >= valid_from', name=op.f('ck_core_rule_version_days')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_rule_version'))
    )
    with op.batch_alter_table('core_rule_version', schema=None) as batch_op:
        batch_op.create_index('uq_core_rule_version_open', ['key', 'valid_from'], unique=True, sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))

    op.create_table('core_unit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('bureau_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.Enum('district', 'bureau', 'street', 'section', 'outside', name='unitkind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('code', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=128), nullable=False),
    sa.Column('short_name', sa.String(length=64), nullable=False),
    sa.Column('doc_word', sa.String(length=32), nullable=False),
    sa.Column('uscc', sa.String(length=18), nullable=True),
    sa.Column('address', sa.String(length=255), nullable=False),
    sa.Column('phone', sa.String(length=64), nullable=False),
    sa.Column('path', sa.String(length=255), nullable=False),
    sa.Column('is_enforcer', sa.Boolean(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['bureau_id'], ['core_unit.id'], name=op.f('fk_core_unit_bureau_id')),
    sa.ForeignKeyConstraint(['parent_id'], ['core_unit.id'], name=op.f('fk_core_unit_parent_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_unit')),
    sa.UniqueConstraint('code', name=op.f('uq_core_unit_code'))
    )
    with op.batch_alter_table('core_unit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_unit_bureau_id'), ['bureau_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_unit_parent_id'), ['parent_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_unit_path'), ['path'], unique=False)

    op.create_table('ab_api_key',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uuid', sa.String(length=36), nullable=False),
    sa.Column('name', sa.String(length=256), nullable=False),
    sa.Column('key_hash', sa.String(length=256), nullable=False),
    sa.Column('lookup_hash', sa.String(length=256), nullable=True),
    sa.Column('key_prefix', sa.String(length=16), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('scopes', sa.Text(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('created_on', sa.DateTime(), nullable=True),
    sa.Column('expires_on', sa.DateTime(), nullable=True),
    sa.Column('revoked_on', sa.DateTime(), nullable=True),
    sa.Column('last_used_on', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_ab_api_key_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_api_key')),
    sa.UniqueConstraint('lookup_hash', name=op.f('uq_ab_api_key_lookup_hash')),
    sa.UniqueConstraint('uuid', name=op.f('uq_ab_api_key_uuid'))
    )
    with op.batch_alter_table('ab_api_key', schema=None) as batch_op:
        batch_op.create_index('idx_api_key_lookup_hash', ['lookup_hash'], unique=True)
        batch_op.create_index('idx_api_key_prefix', ['key_prefix'], unique=False)
        batch_op.create_index('idx_api_key_user_id', ['user_id'], unique=False)

    op.create_table('ab_group_role',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=True),
    sa.Column('role_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['group_id'], ['ab_group.id'], name=op.f('fk_ab_group_role_group_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['role_id'], ['ab_role.id'], name=op.f('fk_ab_group_role_role_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_group_role')),
    sa.UniqueConstraint('group_id', 'role_id', name=op.f('uq_ab_group_role_group_id_role_id'))
    )
    with op.batch_alter_table('ab_group_role', schema=None) as batch_op:
        batch_op.create_index('idx_group_id', ['group_id'], unique=False)
        batch_op.create_index('idx_group_role_id', ['role_id'], unique=False)

    op.create_table('ab_permission_view',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('permission_id', sa.Integer(), nullable=False),
    sa.Column('view_menu_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['permission_id'], ['ab_permission.id'], name=op.f('fk_ab_permission_view_permission_id')),
    sa.ForeignKeyConstraint(['view_menu_id'], ['ab_view_menu.id'], name=op.f('fk_ab_permission_view_view_menu_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_permission_view')),
    sa.UniqueConstraint('permission_id', 'view_menu_id', name=op.f('uq_ab_permission_view_permission_id_view_menu_id'))
    )
    with op.batch_alter_table('ab_permission_view', schema=None) as batch_op:
        batch_op.create_index('idx_permission_id', ['permission_id'], unique=False)
        batch_op.create_index('idx_view_menu_id', ['view_menu_id'], unique=False)

    op.create_table('ab_user_group',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('group_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['group_id'], ['ab_group.id'], name=op.f('fk_ab_user_group_group_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_ab_user_group_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_user_group')),
    sa.UniqueConstraint('user_id', 'group_id', name=op.f('uq_ab_user_group_user_id_group_id'))
    )
    with op.batch_alter_table('ab_user_group', schema=None) as batch_op:
        batch_op.create_index('idx_user_group_id', ['group_id'], unique=False)
        batch_op.create_index('idx_user_id', ['user_id'], unique=False)

    op.create_table('ab_user_role',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('role_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['role_id'], ['ab_role.id'], name=op.f('fk_ab_user_role_role_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_ab_user_role_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_user_role')),
    sa.UniqueConstraint('user_id', 'role_id', name=op.f('uq_ab_user_role_user_id_role_id'))
    )
    op.create_table('core_appointment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('role_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('scope', sa.Enum('all', 'custom', 'unit', 'unit_tree', 'own', name='scope', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('custom_units', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('lent_by_id', sa.Integer(), nullable=True),
    sa.Column('lent_from_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('(lent_by_id IS NULL) = (lent_from_id IS NULL)', name=op.f('ck_core_appointment_lent')),
    sa.CheckConstraint('valid_to IS NULL OR valid_to >= valid_from', name=op.f('ck_core_appointment_days')),
    sa.ForeignKeyConstraint(['lent_by_id'], ['ab_user.id'], name=op.f('fk_core_appointment_lent_by_id')),
    sa.ForeignKeyConstraint(['lent_from_id'], ['core_appointment.id'], name=op.f('fk_core_appointment_lent_from_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['role_id'], ['ab_role.id'], name=op.f('fk_core_appointment_role_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['core_unit.id'], name=op.f('fk_core_appointment_unit_id')),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_core_appointment_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_appointment')),
    sa.UniqueConstraint('user_id', 'lent_from_id', 'valid_from', name=op.f('uq_core_appointment_user_id_lent_from_id_valid_from'))
    )
    with op.batch_alter_table('core_appointment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_appointment_lent_by_id'), ['lent_by_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_appointment_lent_from_id'), ['lent_from_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_appointment_role_id'), ['role_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_appointment_unit_id'), ['unit_id'], unique=False)
        batch_op.create_index('ix_core_appointment_unit_role', ['unit_id', 'role_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_appointment_user_id'), ['user_id'], unique=False)
        batch_op.create_index('uq_core_appointment_own', ['user_id', 'role_id', 'unit_id', 'valid_from'], unique=True, sqlite_where=sa.text('lent_by_id IS NULL'), postgresql_where=sa.text('lent_by_id IS NULL'))

    op.create_table('core_arrangement',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('bureau_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.Column('sort', sa.Enum('assignment', 'reply', 'ladder', name='sort', native_enum=False, create_constraint=True, length=16), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('data', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['bureau_id'], ['core_unit.id'], name=op.f('fk_core_arrangement_bureau_id')),
    sa.ForeignKeyConstraint(['by_id'], ['ab_user.id'], name=op.f('fk_core_arrangement_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_arrangement')),
    sa.UniqueConstraint('bureau_id', 'kind', 'sort', 'name', name=op.f('uq_core_arrangement_bureau_id_kind_sort_name'))
    )
    op.create_table('core_audit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('actor', sa.String(length=255), nullable=False),
    sa.Column('action', sa.String(length=64), nullable=False),
    sa.Column('subject', sa.String(length=64), nullable=False),
    sa.Column('subject_id', sa.String(length=128), nullable=False),
    sa.Column('label', sa.String(length=255), nullable=False),
    sa.Column('changes', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('content', sa.String(length=64), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=True),
    sa.Column('chain', sa.String(length=64), nullable=True),
    sa.ForeignKeyConstraint(['actor_id'], ['ab_user.id'], name=op.f('fk_core_audit_actor_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_audit')),
    sa.UniqueConstraint('seq', name=op.f('uq_core_audit_seq'))
    )
    with op.batch_alter_table('core_audit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_audit_actor_id_at'), ['actor_id', 'at'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_audit_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_audit_subject_subject_id'), ['subject', 'subject_id'], unique=False)

    op.create_table('core_bureau_module',
    sa.Column('bureau_id', sa.Integer(), nullable=False),
    sa.Column('module', sa.String(length=64), nullable=False),
    sa.Column('enabled_by', sa.Integer(), nullable=True),
    sa.Column('enabled_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['bureau_id'], ['core_unit.id'], name=op.f('fk_core_bureau_module_bureau_id')),
    sa.ForeignKeyConstraint(['enabled_by'], ['ab_user.id'], name=op.f('fk_core_bureau_module_enabled_by')),
    sa.PrimaryKeyConstraint('bureau_id', 'module', name=op.f('pk_core_bureau_module'))
    )
    op.create_table('core_calendar_import',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('scope', sa.String(length=64), nullable=False),
    sa.Column('source', sa.String(length=255), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('state', sa.Enum('draft', 'confirmed', name='importstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('imported_by', sa.Integer(), nullable=True),
    sa.Column('imported_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_by', sa.Integer(), nullable=True),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(state = 'confirmed') = (confirmed_at IS NOT NULL)", name=op.f('ck_core_calendar_import_confirmed_at')),
    sa.CheckConstraint('confirmed_by IS NULL OR imported_by IS NULL OR confirmed_by <> imported_by', name=op.f('ck_core_calendar_import_two_persons')),
    sa.ForeignKeyConstraint(['confirmed_by'], ['ab_user.id'], name=op.f('fk_core_calendar_import_confirmed_by')),
    sa.ForeignKeyConstraint(['imported_by'], ['ab_user.id'], name=op.f('fk_core_calendar_import_imported_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_calendar_import'))
    )
    with op.batch_alter_table('core_calendar_import', schema=None) as batch_op:
        batch_op.create_index('ix_core_calendar_import_year_scope', ['year', 'scope'], unique=False)

    op.create_table('core_case',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.Column('number', sa.String(length=40), nullable=False),
    sa.Column('query_code', sa.String(length=8), nullable=False),
    sa.Column('title', sa.String(length=255), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('meaning', sa.Enum('open', 'waiting', 'closed', name='meaning', native_enum=False, create_constraint=True, length=16), nullable=False),
    sa.Column('workflow_version', sa.Integer(), nullable=False),
    sa.Column('result', sa.String(length=40), nullable=False),
    sa.Column('confidentiality', sa.Enum('public', 'internal', 'enterprise', 'restricted', name='confidentiality', native_enum=False, create_constraint=True, length=16), nullable=False),
    sa.Column('bureau_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('enterprise_id', sa.Integer(), nullable=True),
    sa.Column('assignee_id', sa.Integer(), nullable=True),
    sa.Column('first_asker_id', sa.Integer(), nullable=True),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('rule_day', sa.Date(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('due_code', sa.String(length=40), nullable=False),
    sa.Column('due_provisional', sa.Boolean(), nullable=False),
    sa.Column('due_paused', sa.Boolean(), nullable=False),
    sa.Column('returns', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('import_batch_id', sa.Integer(), nullable=True),
    sa.Column('merged_into_id', sa.Integer(), nullable=True),
    sa.Column('awaiting', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['assignee_id'], ['ab_user.id'], name=op.f('fk_core_case_assignee_id')),
    sa.ForeignKeyConstraint(['bureau_id'], ['core_unit.id'], name=op.f('fk_core_case_bureau_id')),
    sa.ForeignKeyConstraint(['created_by_id'], ['ab_user.id'], name=op.f('fk_core_case_created_by_id')),
    sa.ForeignKeyConstraint(['enterprise_id'], ['core_enterprise.id'], name=op.f('fk_core_case_enterprise_id')),
    sa.ForeignKeyConstraint(['first_asker_id'], ['ab_user.id'], name=op.f('fk_core_case_first_asker_id')),
    sa.ForeignKeyConstraint(['merged_into_id'], ['core_case.id'], name=op.f('fk_core_case_merged_into_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['core_unit.id'], name=op.f('fk_core_case_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_case')),
    sa.UniqueConstraint('number', name=op.f('uq_core_case_number'))
    )
    with op.batch_alter_table('core_case', schema=None) as batch_op:
        batch_op.create_index('ix_core_case_assignee', ['assignee_id', 'meaning', 'due_at'], unique=False)
        batch_op.create_index('ix_core_case_closed', ['closed_at', 'id'], unique=False)
        batch_op.create_index('ix_core_case_created_by', ['created_by_id', 'opened_at'], unique=False)
        batch_op.create_index('ix_core_case_due', ['meaning', 'due_at', 'id'], unique=False)
        batch_op.create_index('ix_core_case_due_order', ['due_at', 'id'], unique=False)
        batch_op.create_index('ix_core_case_enterprise', ['enterprise_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_case_import_batch_id'), ['import_batch_id'], unique=False)
        batch_op.create_index('ix_core_case_list', ['kind', 'unit_id', sa.literal_column('opened_at DESC'), sa.literal_column('id DESC')], unique=False)
        batch_op.create_index(batch_op.f('ix_core_case_merged_into_id'), ['merged_into_id'], unique=False)
        batch_op.create_index('ix_core_case_opened', ['kind', sa.literal_column('opened_at DESC'), sa.literal_column('id DESC')], unique=False)

    op.create_table('core_channel_way',
    sa.Column('channel', sa.Enum('inapp', 'email', 'sms', 'wecom', 'webhook', name='channel', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('adapter', sa.String(length=20), nullable=False),
    sa.Column('sealed', sa.Text(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['ab_user.id'], name=op.f('fk_core_channel_way_by_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('channel', name=op.f('pk_core_channel_way'))
    )
    op.create_table('core_enterprise_address',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('enterprise_id', sa.Integer(), nullable=False),
    sa.Column('registered_address', sa.String(length=255), nullable=True),
    sa.Column('business_address', sa.String(length=255), nullable=True),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('valid_to', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['enterprise_id'], ['core_enterprise.id'], name=op.f('fk_core_enterprise_address_enterprise_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_enterprise_address'))
    )
    with op.batch_alter_table('core_enterprise_address', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_enterprise_address_enterprise_id'), ['enterprise_id'], unique=False)

    op.create_table('core_enterprise_merge',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('gone_id', sa.Integer(), nullable=False),
    sa.Column('into_id', sa.Integer(), nullable=False),
    sa.Column('moved', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_by_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('gone_id <> into_id', name=op.f('ck_core_enterprise_merge_two')),
    sa.ForeignKeyConstraint(['by_id'], ['ab_user.id'], name=op.f('fk_core_enterprise_merge_by_id')),
    sa.ForeignKeyConstraint(['gone_id'], ['core_enterprise.id'], name=op.f('fk_core_enterprise_merge_gone_id')),
    sa.ForeignKeyConstraint(['into_id'], ['core_enterprise.id'], name=op.f('fk_core_enterprise_merge_into_id')),
    sa.ForeignKeyConstraint(['undone_by_id'], ['ab_user.id'], name=op.f('fk_core_enterprise_merge_undone_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_enterprise_merge'))
    )
    with op.batch_alter_table('core_enterprise_merge', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_enterprise_merge_gone_id'), ['gone_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_enterprise_merge_into_id'), ['into_id'], unique=False)

    op.create_table('core_enterprise_name',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('enterprise_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['enterprise_id'], ['core_enterprise.id'], name=op.f('fk_core_enterprise_name_enterprise_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_enterprise_name'))
    )
    with op.batch_alter_table('core_enterprise_name', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_enterprise_name_enterprise_id'), ['enterprise_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_enterprise_name_name'), ['name'], unique=False)

    op.create_table('core_idempotency',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=128), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('request', sa.String(length=64), nullable=False),
    sa.Column('status', sa.Integer(), nullable=True),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('location', sa.String(length=500), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_core_idempotency_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_idempotency')),
    sa.UniqueConstraint('key', 'user_id', name=op.f('uq_core_idempotency_key_user_id'))
    )
    with op.batch_alter_table('core_idempotency', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_idempotency_created_at'), ['created_at'], unique=False)

    op.create_table('core_import_change',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('row', sa.Integer(), nullable=False),
    sa.Column('entity', sa.String(length=80), nullable=False),
    sa.Column('key', sa.String(length=120), nullable=False),
    sa.Column('before', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True),
    sa.Column('version', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['batch_id'], ['core_import_batch.id'], name=op.f('fk_core_import_change_batch_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_import_change'))
    )
    with op.batch_alter_table('core_import_change', schema=None) as batch_op:
        batch_op.create_index('ix_core_import_change_batch_id', ['batch_id'], unique=False)

    op.create_table('core_job_run',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('heartbeat_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ok', sa.Boolean(), nullable=True),
    sa.Column('result', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True),
    sa.Column('error', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['ab_user.id'], name=op.f('fk_core_job_run_by_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_job_run'))
    )
    with op.batch_alter_table('core_job_run', schema=None) as batch_op:
        batch_op.create_index('ix_core_job_run_name_started_at', ['name', 'started_at'], unique=False)
        batch_op.create_index('uq_core_job_run_name_open', ['name'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.create_table('core_letter_batch',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('act', sa.Enum('review', 'sign', 'zip', 'print', name='batchact', native_enum=False, create_constraint=True, length=8), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('chosen', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['ab_user.id'], name=op.f('fk_core_letter_batch_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_letter_batch'))
    )
    with op.batch_alter_table('core_letter_batch', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_letter_batch_by_id'), ['by_id'], unique=False)

    op.create_table('core_letter_key',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key_id', sa.String(length=16), nullable=False),
    sa.Column('use', sa.Enum('seal', 'code', name='keyuse', native_enum=False, create_constraint=True, length=8), nullable=False),
    sa.Column('bureau_id', sa.Integer(), nullable=True),
    sa.Column('algorithm', sa.String(length=32), nullable=False),
    sa.Column('public_key', sa.Text(), nullable=False),
    sa.Column('certificate', sa.Text(), nullable=False),
    sa.Column('self_made', sa.Boolean(), nullable=False),
    sa.Column('place', sa.Enum('file', 'pkcs11', name='keyplace', native_enum=False, create_constraint=True, length=8), nullable=False),
    sa.Column('token', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('room', sa.Integer(), nullable=False),
    sa.Column('valid_from', sa.DateTime(timezone=True), nullable=False),
    sa.Column('valid_to', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Enum('active', 'retired', 'revoked', name='keystate', native_enum=False, create_constraint=True, length=8), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.String(length=255), nullable=False),
    sa.CheckConstraint("(state = 'active') = (ended_at IS NULL)", name=op.f('ck_core_letter_key_ended')),
    sa.CheckConstraint("(use = 'seal') = (bureau_id IS NOT NULL)", name=op.f('ck_core_letter_key_whose')),
    sa.CheckConstraint("state <> 'revoked' OR length(reason) > 0", name=op.f('ck_core_letter_key_revoked_why')),
    sa.ForeignKeyConstraint(['bureau_id'], ['core_unit.id'], name=op.f('fk_core_letter_key_bureau_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_letter_key')),
    sa.UniqueConstraint('key_id', name=op.f('uq_core_letter_key_key_id'))
    )
    with op.batch_alter_table('core_letter_key', schema=None) as batch_op:
        batch_op.create_index('uq_core_letter_key_code', ['use'], unique=True, sqlite_where=sa.text("state = 'active' AND use = 'code'"), postgresql_where=sa.text("state = 'active' AND use = 'code'"))
        batch_op.create_index('uq_core_letter_key_in_use', ['use', 'bureau_id'], unique=True, sqlite_where=sa.text("state = 'active'"), postgresql_where=sa.text("state = 'active'"))

    op.create_table('core_letter_series',
    sa.Column('bureau_id', sa.Integer(), nullable=False),
    sa.Column('series', sa.String(length=64), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('word', sa.String(length=32), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.CheckConstraint('last >= 0', name=op.f('ck_core_letter_series_counts')),
    sa.ForeignKeyConstraint(['bureau_id'], ['core_unit.id'], name=op.f('fk_core_letter_series_bureau_id')),
    sa.PrimaryKeyConstraint('bureau_id', 'series', 'year', name=op.f('pk_core_letter_series')),
    sa.UniqueConstraint('word', 'year', name=op.f('uq_core_letter_series_word_year'))
    )
    op.create_table('core_letter_wording',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('bureau_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=True),
    sa.Column('reason', sa.String(length=255), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('version > 0 AND length(reason) > 0', name=op.f('ck_core_letter_wording_version')),
    sa.ForeignKeyConstraint(['bureau_id'], ['core_unit.id'], name=op.f('fk_core_letter_wording_bureau_id')),
    sa.ForeignKeyConstraint(['by_id'], ['ab_user.id'], name=op.f('fk_core_letter_wording_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_letter_wording')),
    sa.UniqueConstraint('bureau_id', 'kind', 'version', name=op.f('uq_core_letter_wording_bureau_id_kind_version'))
    )
    op.create_table('core_login_session',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=64), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('address', sa.String(length=64), nullable=False),
    sa.Column('browser', sa.String(length=200), nullable=False),
    sa.Column('second_factor', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_core_login_session_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_login_session')),
    sa.UniqueConstraint('token', name=op.f('uq_core_login_session_token'))
    )
    with op.batch_alter_table('core_login_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_login_session_ended_at_seen_at'), ['ended_at', 'seen_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_login_session_user_id_ended_at'), ['user_id', 'ended_at'], unique=False)

    op.create_table('core_message',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('recipient_id', sa.Integer(), nullable=True),
    sa.Column('address', sa.String(length=254), nullable=False),
    sa.Column('channel', sa.Enum('inapp', 'email', 'sms', 'wecom', 'webhook', name='channel', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('subject', sa.String(length=200), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('link', sa.String(length=500), nullable=False),
    sa.Column('file_name', sa.String(length=255), nullable=False),
    sa.Column('file_sha256', sa.String(length=64), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=True),
    sa.Column('dedupe_key', sa.String(length=200), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('try_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Enum('pending', 'sent', 'failed', 'dead', name='messagestate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('last_error', sa.Text(), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('dismissed', sa.Boolean(), nullable=False),
    sa.CheckConstraint('attempts >= 0', name=op.f('ck_core_message_attempts')),
    sa.ForeignKeyConstraint(['recipient_id'], ['ab_user.id'], name=op.f('fk_core_message_recipient_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_message')),
    sa.UniqueConstraint('dedupe_key', name=op.f('uq_core_message_dedupe_key'))
    )
    with op.batch_alter_table('core_message', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_message_case_id'), ['case_id'], unique=False)
        batch_op.create_index('ix_core_message_recipient_id_due_at', ['recipient_id', 'due_at'], unique=False)
        batch_op.create_index('ix_core_message_state_try_at', ['state', 'try_at'], unique=False)
        batch_op.create_index('ix_core_message_unread', ['recipient_id', 'due_at'], unique=False, sqlite_where=sa.text("channel = 'inapp' AND read_at IS NULL AND dismissed IS false"), postgresql_where=sa.text("channel = 'inapp' AND read_at IS NULL AND dismissed IS false"))

    op.create_table('core_notice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.Column('bureau_id', sa.Integer(), nullable=True),
    sa.Column('pinned', sa.Boolean(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until', sa.Date(), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('length(trim(title)) > 0', name=op.f('ck_core_notice_title')),
    sa.ForeignKeyConstraint(['bureau_id'], ['core_unit.id'], name=op.f('fk_core_notice_bureau_id')),
    sa.ForeignKeyConstraint(['by_id'], ['ab_user.id'], name=op.f('fk_core_notice_by_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_notice'))
    )
    with op.batch_alter_table('core_notice', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_notice_published_at'), ['published_at'], unique=False)

    op.create_table('core_parameter',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('value', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['ab_user.id'], name=op.f('fk_core_parameter_by_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_core_parameter'))
    )
    op.create_table('core_portal_login',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('enterprise_id', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['enterprise_id'], ['core_enterprise.id'], name=op.f('fk_core_portal_login_enterprise_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_portal_login'))
    )
    with op.batch_alter_table('core_portal_login', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_portal_login_enterprise_id'), ['enterprise_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_portal_login_made_at'), ['made_at'], unique=False)

    op.create_table('core_preference',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('value', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_core_preference_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', 'name', name=op.f('pk_core_preference'))
    )
    op.create_table('core_role_copy',
    sa.Column('role_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=64), nullable=False),
    sa.Column('source', sa.String(length=64), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['ab_user.id'], name=op.f('fk_core_role_copy_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['role_id'], ['ab_role.id'], name=op.f('fk_core_role_copy_role_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('role_id', name=op.f('pk_core_role_copy'))
    )
    op.create_table('core_rule_override',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('bureau_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=128), nullable=False),
    sa.Column('value', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('unit', sa.Enum('WD', 'CD', 'MONTH', 'HOUR', 'MIN', 'count', 'percent', 'text', 'bool', name='ruleunit', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('by', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('length(trim(reason)) > 0', name=op.f('ck_core_rule_override_reason')),
    sa.CheckConstraint('valid_to IS NULL OR valid_to >= valid_from', name=op.f('ck_core_rule_override_days')),
    sa.ForeignKeyConstraint(['bureau_id'], ['core_unit.id'], name=op.f('fk_core_rule_override_bureau_id')),
    sa.ForeignKeyConstraint(['by'], ['ab_user.id'], name=op.f('fk_core_rule_override_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_rule_override'))
    )
    with op.batch_alter_table('core_rule_override', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_rule_override_bureau_id'), ['bureau_id'], unique=False)

    op.create_table('core_saved_search',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('bureau_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('query', sa.String(length=1000), nullable=False),
    sa.Column('shared', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['bureau_id'], ['core_unit.id'], name=op.f('fk_core_saved_search_bureau_id')),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_core_saved_search_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_saved_search')),
    sa.UniqueConstraint('user_id', 'kind', 'name', name=op.f('uq_core_saved_search_user_id_kind_name'))
    )
    with op.batch_alter_table('core_saved_search', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_saved_search_bureau_id'), ['bureau_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_saved_search_user_id'), ['user_id'], unique=False)

    op.create_table('core_seal_picture',
    sa.Column('bureau_id', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('put_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['bureau_id'], ['core_unit.id'], name=op.f('fk_core_seal_picture_bureau_id')),
    sa.PrimaryKeyConstraint('bureau_id', name=op.f('pk_core_seal_picture'))
    )
    op.create_table('core_second_factor',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('secret', sa.Text(), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_step', sa.Integer(), nullable=False),
    sa.Column('spare', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_core_second_factor_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_core_second_factor'))
    )
    op.create_table('core_target',
    sa.Column('code', sa.String(length=80), nullable=False),
    sa.Column('target', sa.Float(), nullable=False),
    sa.Column('limit', sa.Float(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['ab_user.id'], name=op.f('fk_core_target_by_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_core_target'))
    )
    op.create_table('core_task',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=100), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('bureau_id', sa.Integer(), nullable=True),
    sa.Column('params', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('state', sa.Enum('queued', 'running', 'done', 'failed', 'cancelled', name='taskstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=True),
    sa.Column('pace', sa.Double(), nullable=True),
    sa.Column('message', sa.Text(), nullable=False),
    sa.Column('error', sa.Text(), nullable=False),
    sa.Column('cancel_requested', sa.Boolean(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('heartbeat_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('result_sha256', sa.String(length=64), nullable=True),
    sa.Column('result_name', sa.String(length=200), nullable=True),
    sa.Column('result_size', sa.BigInteger(), nullable=True),
    sa.CheckConstraint('done >= 0 AND attempts >= 0', name=op.f('ck_core_task_counts')),
    sa.ForeignKeyConstraint(['bureau_id'], ['core_unit.id'], name=op.f('fk_core_task_bureau_id')),
    sa.ForeignKeyConstraint(['by_id'], ['ab_user.id'], name=op.f('fk_core_task_by_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_task'))
    )
    with op.batch_alter_table('core_task', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_task_bureau_id'), ['bureau_id'], unique=False)
        batch_op.create_index('ix_core_task_by_id_created_at', ['by_id', 'created_at'], unique=False)
        batch_op.create_index('ix_core_task_state', ['state'], unique=False)

    op.create_table('core_webhook',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('bureau_id', sa.Integer(), nullable=False),
    sa.Column('url', sa.String(length=254), nullable=False),
    sa.Column('kinds', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['bureau_id'], ['core_unit.id'], name=op.f('fk_core_webhook_bureau_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_webhook')),
    sa.UniqueConstraint('bureau_id', 'url', name=op.f('uq_core_webhook_bureau_id_url'))
    )
    with op.batch_alter_table('core_webhook', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_webhook_bureau_id'), ['bureau_id'], unique=False)

    op.create_table('ab_permission_view_role',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('permission_view_id', sa.Integer(), nullable=True),
    sa.Column('role_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['permission_view_id'], ['ab_permission_view.id'], name=op.f('fk_ab_permission_view_role_permission_view_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['role_id'], ['ab_role.id'], name=op.f('fk_ab_permission_view_role_role_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ab_permission_view_role')),
    sa.UniqueConstraint('permission_view_id', 'role_id', name=op.f('uq_ab_permission_view_role_permission_view_id_role_id'))
    )
    with op.batch_alter_table('ab_permission_view_role', schema=None) as batch_op:
        batch_op.create_index('idx_permission_view_id', ['permission_view_id'], unique=False)
        batch_op.create_index('idx_role_id', ['role_id'], unique=False)

    op.create_table('core_attachment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=255), nullable=False),
    sa.Column('category', sa.String(length=40), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('content_type', sa.String(length=127), nullable=False),
    sa.Column('public', sa.Boolean(), nullable=False),
    sa.Column('uploaded_by_id', sa.Integer(), nullable=True),
    sa.Column('uploaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['core_case.id'], name=op.f('fk_core_attachment_case_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['uploaded_by_id'], ['ab_user.id'], name=op.f('fk_core_attachment_uploaded_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_attachment'))
    )
    with op.batch_alter_table('core_attachment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_attachment_case_id'), ['case_id'], unique=False)

    op.create_table('core_case_link',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('other_id', sa.Integer(), nullable=False),
    sa.Column('relation', sa.String(length=40), nullable=False),
    sa.CheckConstraint('case_id <> other_id', name=op.f('ck_core_case_link_two')),
    sa.ForeignKeyConstraint(['case_id'], ['core_case.id'], name=op.f('fk_core_case_link_case_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['other_id'], ['core_case.id'], name=op.f('fk_core_case_link_other_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_case_link')),
    sa.UniqueConstraint('case_id', 'other_id', 'relation', name=op.f('uq_core_case_link_case_id_other_id_relation'))
    )
    with op.batch_alter_table('core_case_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_case_link_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_case_link_other_id'), ['other_id'], unique=False)
        batch_op.create_index('uq_core_case_link_part_of', ['case_id'], unique=True, sqlite_where=sa.text("relation = 'part_of'"), postgresql_where=sa.text("relation = 'part_of'"))

    op.create_table('core_case_reader',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reason', sa.String(length=255), nullable=False),
    sa.Column('granted_by_id', sa.Integer(), nullable=True),
    sa.Column('granted_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['core_case.id'], name=op.f('fk_core_case_reader_case_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['granted_by_id'], ['ab_user.id'], name=op.f('fk_core_case_reader_granted_by_id')),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_core_case_reader_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_case_reader'))
    )
    with op.batch_alter_table('core_case_reader', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_case_reader_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_case_reader_user_id'), ['user_id'], unique=False)

    op.create_table('core_case_round',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('action', sa.String(length=64), nullable=False),
    sa.Column('how', sa.Enum('all', 'any', 'in_turn', name='together', native_enum=False, create_constraint=True, length=16), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('data', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('asked_by_id', sa.Integer(), nullable=True),
    sa.Column('asked_by', sa.String(length=128), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('state', sa.Enum('pending', 'agreed', 'rejected', 'withdrawn', name='roundstate', native_enum=False, create_constraint=True, length=16), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['asked_by_id'], ['ab_user.id'], name=op.f('fk_core_case_round_asked_by_id')),
    sa.ForeignKeyConstraint(['case_id'], ['core_case.id'], name=op.f('fk_core_case_round_case_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_case_round'))
    )
    with op.batch_alter_table('core_case_round', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_case_round_case_id'), ['case_id'], unique=False)
        batch_op.create_index('uq_core_case_round_pending', ['case_id'], unique=True, sqlite_where=sa.text("state = 'pending'"), postgresql_where=sa.text("state = 'pending'"))

    op.create_table('core_case_stay',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('waiting', sa.Boolean(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['core_case.id'], name=op.f('fk_core_case_stay_case_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['unit_id'], ['core_unit.id'], name=op.f('fk_core_case_stay_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_case_stay'))
    )
    with op.batch_alter_table('core_case_stay', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_case_stay_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_case_stay_unit_id'), ['unit_id'], unique=False)

    op.create_table('core_case_task',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=255), nullable=False),
    sa.Column('assignee_id', sa.Integer(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('done_by_id', sa.Integer(), nullable=True),
    sa.Column('item', sa.String(length=80), nullable=True),
    sa.Column('role', sa.String(length=64), nullable=False),
    sa.Column('reminded_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['assignee_id'], ['ab_user.id'], name=op.f('fk_core_case_task_assignee_id')),
    sa.ForeignKeyConstraint(['case_id'], ['core_case.id'], name=op.f('fk_core_case_task_case_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['done_by_id'], ['ab_user.id'], name=op.f('fk_core_case_task_done_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_case_task')),
    sa.UniqueConstraint('case_id', 'item', name=op.f('uq_core_case_task_case_id_item'))
    )
    with op.batch_alter_table('core_case_task', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_case_task_assignee_id'), ['assignee_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_case_task_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_case_task_done_at_due_on'), ['done_at', 'due_on'], unique=False)

    op.create_table('core_delivery',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('channel', sa.Enum('inapp', 'email', 'sms', 'wecom', 'webhook', name='channel', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ok', sa.Boolean(), nullable=True),
    sa.Column('reference', sa.String(length=200), nullable=False),
    sa.Column('error', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['core_message.id'], name=op.f('fk_core_delivery_message_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_delivery'))
    )
    with op.batch_alter_table('core_delivery', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_delivery_message_id'), ['message_id'], unique=False)

    op.create_table('core_evaluation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('score', sa.Integer(), nullable=False),
    sa.Column('comment', sa.Text(), nullable=False),
    sa.Column('channel', sa.String(length=24), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('score BETWEEN 1 AND 5', name=op.f('ck_core_evaluation_score')),
    sa.ForeignKeyConstraint(['case_id'], ['core_case.id'], name=op.f('fk_core_evaluation_case_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_evaluation')),
    sa.UniqueConstraint('case_id', name=op.f('uq_core_evaluation_case_id'))
    )
    op.create_table('core_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('action', sa.String(length=64), nullable=False),
    sa.Column('from_state', sa.String(length=40), nullable=False),
    sa.Column('to_state', sa.String(length=40), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('actor', sa.String(length=128), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('public', sa.Boolean(), nullable=False),
    sa.Column('data', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['ab_user.id'], name=op.f('fk_core_event_actor_id')),
    sa.ForeignKeyConstraint(['case_id'], ['core_case.id'], name=op.f('fk_core_event_case_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['unit_id'], ['core_unit.id'], name=op.f('fk_core_event_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_event'))
    )
    with op.batch_alter_table('core_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_event_actor_id_at'), ['actor_id', 'at'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_event_case_id'), ['case_id'], unique=False)

    op.create_table('core_letter',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=True),
    sa.Column('bureau_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('addressee', sa.String(length=255), nullable=False),
    sa.Column('title', sa.String(length=255), nullable=False),
    sa.Column('occasion', sa.String(length=40), nullable=False),
    sa.Column('fields', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('state', sa.Enum('draft', 'reviewed', 'signed', 'delivered', 'voided', name='letterstate', native_enum=False, create_constraint=True, length=16), nullable=False),
    sa.Column('drafter_id', sa.Integer(), nullable=True),
    sa.Column('reviewer_id', sa.Integer(), nullable=True),
    sa.Column('signer_id', sa.Integer(), nullable=True),
    sa.Column('drafted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reviewed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('signed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('number', sa.String(length=64), nullable=True),
    sa.Column('code', sa.String(length=16), nullable=True),
    sa.Column('sha256', sa.String(length=64), nullable=True),
    sa.Column('size', sa.Integer(), nullable=True),
    sa.Column('organ', sa.String(length=128), nullable=False),
    sa.Column('facts_sha256', sa.String(length=64), nullable=True),
    sa.Column('seal_key', sa.String(length=16), nullable=True),
    sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('delivery', sa.String(length=255), nullable=False),
    sa.Column('voided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('void_reason', sa.Text(), nullable=False),
    sa.Column('wording_id', sa.Integer(), nullable=True),
    sa.Column('batch', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(state IN ('draft', 'reviewed')) = (number IS NULL)", name=op.f('ck_core_letter_numbered_when_signed')),
    sa.CheckConstraint("state <> 'voided' OR length(void_reason) > 0", name=op.f('ck_core_letter_void_reason')),
    sa.CheckConstraint('number IS NULL OR (sha256 IS NOT NULL AND signed_at IS NOT NULL AND code IS NOT NULL)', name=op.f('ck_core_letter_bytes_when_numbered')),
    sa.ForeignKeyConstraint(['bureau_id'], ['core_unit.id'], name=op.f('fk_core_letter_bureau_id')),
    sa.ForeignKeyConstraint(['case_id'], ['core_case.id'], name=op.f('fk_core_letter_case_id')),
    sa.ForeignKeyConstraint(['drafter_id'], ['ab_user.id'], name=op.f('fk_core_letter_drafter_id')),
    sa.ForeignKeyConstraint(['reviewer_id'], ['ab_user.id'], name=op.f('fk_core_letter_reviewer_id')),
    sa.ForeignKeyConstraint(['signer_id'], ['ab_user.id'], name=op.f('fk_core_letter_signer_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['core_unit.id'], name=op.f('fk_core_letter_unit_id')),
    sa.ForeignKeyConstraint(['wording_id'], ['core_letter_wording.id'], name=op.f('fk_core_letter_wording_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_letter')),
    sa.UniqueConstraint('code', name=op.f('uq_core_letter_code')),
    sa.UniqueConstraint('number', name=op.f('uq_core_letter_number'))
    )
    with op.batch_alter_table('core_letter', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_letter_bureau_id_state_kind'), ['bureau_id', 'state', 'kind'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_letter_case_id'), ['case_id'], unique=False)
        batch_op.create_index('uq_core_letter_live', ['case_id', 'kind', 'occasion'], unique=True, sqlite_where=sa.text("case_id IS NOT NULL AND state <> 'voided'"), postgresql_where=sa.text("case_id IS NOT NULL AND state <> 'voided'"))

    op.create_table('core_notice_read',
    sa.Column('notice_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['notice_id'], ['core_notice.id'], name=op.f('fk_core_notice_read_notice_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_core_notice_read_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('notice_id', 'user_id', name=op.f('pk_core_notice_read'))
    )
    op.create_table('core_portal_case',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.Column('number', sa.String(length=40), nullable=False),
    sa.Column('code_digest', sa.String(length=64), nullable=False),
    sa.Column('title', sa.String(length=255), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('reply', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('meaning', sa.Enum('open', 'waiting', 'closed', name='meaning', native_enum=False, create_constraint=True, length=16), nullable=False),
    sa.Column('unit', sa.String(length=128), nullable=False),
    sa.Column('server', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('enterprise_id', sa.Integer(), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('due', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('steps', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('listed', sa.Boolean(), nullable=False),
    sa.Column('listed_as', sa.String(length=120), nullable=False),
    sa.ForeignKeyConstraint(['enterprise_id'], ['core_enterprise.id'], name=op.f('fk_core_portal_case_enterprise_id')),
    sa.ForeignKeyConstraint(['id'], ['core_case.id'], name=op.f('fk_core_portal_case_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_portal_case')),
    sa.UniqueConstraint('number', name=op.f('uq_core_portal_case_number'))
    )
    with op.batch_alter_table('core_portal_case', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_portal_case_enterprise_id_id'), ['enterprise_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_portal_case_kind_listed_id'), ['kind', 'listed', 'id'], unique=False)

    op.create_table('core_portal_submission',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('form', sa.String(length=128), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['core_case.id'], name=op.f('fk_core_portal_submission_case_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_core_portal_submission'))
    )
    with op.batch_alter_table('core_portal_submission', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_portal_submission_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_portal_submission_created_at'), ['created_at'], unique=False)

    op.create_table('core_portal_token',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('step', sa.String(length=40), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('used_from', sa.String(length=64), nullable=False),
    sa.CheckConstraint('expires_at > made_at', name=op.f('ck_core_portal_token_expires')),
    sa.ForeignKeyConstraint(['case_id'], ['core_case.id'], name=op.f('fk_core_portal_token_case_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_portal_token')),
    sa.UniqueConstraint('digest', name=op.f('uq_core_portal_token_digest'))
    )
    with op.batch_alter_table('core_portal_token', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_portal_token_case_id'), ['case_id'], unique=False)

    op.create_table('core_watcher',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['core_case.id'], name=op.f('fk_core_watcher_case_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_core_watcher_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_watcher')),
    sa.UniqueConstraint('case_id', 'user_id', name=op.f('uq_core_watcher_case_id_user_id'))
    )
    with op.batch_alter_table('core_watcher', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_watcher_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_watcher_user_id'), ['user_id'], unique=False)

    op.create_table('core_workday',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('date', sa.Date(), nullable=False),
    sa.Column('kind', sa.Enum('holiday', 'workday', name='rowkind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('scope', sa.String(length=64), nullable=False),
    sa.Column('source', sa.String(length=255), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['core_calendar_import.id'], name=op.f('fk_core_workday_batch_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_workday')),
    sa.UniqueConstraint('batch_id', 'date', name=op.f('uq_core_workday_batch_id_date'))
    )
    op.create_table('core_case_vote',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(length=64), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('added_by', sa.String(length=128), nullable=False),
    sa.Column('decision', sa.Enum('agreed', 'rejected', name='decision', native_enum=False, create_constraint=True, length=16), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_by', sa.String(length=128), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("user_id IS NOT NULL OR role <> ''", name=op.f('ck_core_case_vote_asked')),
    sa.CheckConstraint('(decision IS NULL) = (decided_at IS NULL)', name=op.f('ck_core_case_vote_decided')),
    sa.ForeignKeyConstraint(['case_id'], ['core_case.id'], name=op.f('fk_core_case_vote_case_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['decided_by_id'], ['ab_user.id'], name=op.f('fk_core_case_vote_decided_by_id')),
    sa.ForeignKeyConstraint(['round_id'], ['core_case_round.id'], name=op.f('fk_core_case_vote_round_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_core_case_vote_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_case_vote')),
    sa.UniqueConstraint('round_id', 'user_id', name=op.f('uq_core_case_vote_round_id_user_id'))
    )
    with op.batch_alter_table('core_case_vote', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_case_vote_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_case_vote_round_id'), ['round_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_case_vote_user_id'), ['user_id'], unique=False)

    op.create_table('core_clock',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('rule_key', sa.String(length=128), nullable=False),
    sa.Column('rule_version_id', sa.Integer(), nullable=False),
    sa.Column('basis', sa.String(length=400), nullable=False),
    sa.Column('is_law', sa.Boolean(), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('unit', sa.String(length=8), nullable=False),
    sa.Column('start_event_id', sa.Integer(), nullable=True),
    sa.Column('start_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('start_label', sa.String(length=128), nullable=False),
    sa.Column('pauses', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('extensions', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('provisional', sa.Boolean(), nullable=False),
    sa.Column('paused', sa.Boolean(), nullable=False),
    sa.Column('stopped_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('stop_event_id', sa.Integer(), nullable=True),
    sa.Column('result', sa.Enum('on_time', 'late', 'void', name='clockresult', native_enum=False, create_constraint=True, length=16), nullable=True),
    sa.Column('void_reason', sa.String(length=255), nullable=False),
    sa.Column('next_reminder_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reminded', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('escalated', sa.Integer(), nullable=False),
    sa.CheckConstraint('amount > 0', name=op.f('ck_core_clock_amount')),
    sa.ForeignKeyConstraint(['case_id'], ['core_case.id'], name=op.f('fk_core_clock_case_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['rule_version_id'], ['core_rule_version.id'], name=op.f('fk_core_clock_rule_version_id')),
    sa.ForeignKeyConstraint(['start_event_id'], ['core_event.id'], name=op.f('fk_core_clock_start_event_id')),
    sa.ForeignKeyConstraint(['stop_event_id'], ['core_event.id'], name=op.f('fk_core_clock_stop_event_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_clock'))
    )
    with op.batch_alter_table('core_clock', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_clock_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_clock_stopped_at_due_at'), ['stopped_at', 'due_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_clock_stopped_at_next_reminder_at'), ['stopped_at', 'next_reminder_at'], unique=False)

    op.create_table('core_letter_batch_item',
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('letter_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'done', 'refused', name='itemstate', native_enum=False, create_constraint=True, length=8), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.CheckConstraint("(state = 'refused') = (length(reason) > 0)", name=op.f('ck_core_letter_batch_item_refused_why')),
    sa.ForeignKeyConstraint(['batch_id'], ['core_letter_batch.id'], name=op.f('fk_core_letter_batch_item_batch_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['letter_id'], ['core_letter.id'], name=op.f('fk_core_letter_batch_item_letter_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('batch_id', 'place', name=op.f('pk_core_letter_batch_item'))
    )
    with op.batch_alter_table('core_letter_batch_item', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_letter_batch_item_batch_id_letter_id'), ['batch_id', 'letter_id'], unique=True)
        batch_op.create_index(batch_op.f('ix_core_letter_batch_item_batch_id_state'), ['batch_id', 'state'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_letter_batch_item_letter_id'), ['letter_id'], unique=False)

    op.create_table('core_portal_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('action', sa.String(length=64), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['core_portal_case.id'], name=op.f('fk_core_portal_event_case_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['id'], ['core_event.id'], name=op.f('fk_core_portal_event_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_portal_event'))
    )
    with op.batch_alter_table('core_portal_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_portal_event_case_id'), ['case_id'], unique=False)

    op.create_table('core_portal_letter',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=64), nullable=False),
    sa.Column('title', sa.String(length=255), nullable=False),
    sa.Column('organ', sa.String(length=128), nullable=False),
    sa.Column('signed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('voided', sa.Boolean(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['core_portal_case.id'], name=op.f('fk_core_portal_letter_case_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['id'], ['core_letter.id'], name=op.f('fk_core_portal_letter_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_portal_letter'))
    )
    with op.batch_alter_table('core_portal_letter', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_portal_letter_case_id'), ['case_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('core_portal_letter', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_core_portal_letter_case_id'))

    op.drop_table('core_portal_letter')
    with op.batch_alter_table('core_portal_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_core_portal_event_case_id'))

    op.drop_table('core_portal_event')
    with op.batch_alter_table('core_letter_batch_item', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_core_letter_batch_item_letter_id'))
        batch_op.drop_index(batch_op.f('ix_core_letter_batch_item_batch_id_state'))
        batch_op.drop_index(batch_op.f('ix_core_letter_batch_item_batch_id_letter_id'))

    op.drop_table('core_letter_batch_item')
    with op.batch_alter_table('core_clock', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_core_clock_stopped_at_next_reminder_at'))
        batch_op.drop_index(batch_op.f('ix_core_clock_stopped_at_due_at'))
        batch_op.drop_index(batch_op.f('ix_core_clock_case_id'))

    op.drop_table('core_clock')
    with op.batch_alter_table('core_case_vote', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_core_case_vote_user_id'))
        batch_op.drop_index(batch_op.f('ix_core_case_vote_round_id'))
        batch_op.drop_index(batch_op.f('ix_core_case_vote_case_id'))

    op.drop_table('core_case_vote')
    op.drop_table('core_workday')
    with op.batch_alter_table('core_watcher', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_core_watcher_user_id'))
        batch_op.drop_index(batch_op.f('ix_core_watcher_case_id'))

    op.drop_table('core_watcher')
    with op.batch_alter_table('core_portal_token', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_core_portal_token_case_id'))

    op.drop_table('core_portal_token')
    with op.batch_alter_table('core_portal_submission', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_core_portal_submission_created_at'))
        batch_op.drop_index(batch_op.f('ix_core_portal_submission_case_id'))

    op.drop_table('core_portal_submission')
    with op.batch_alter_table('core_portal_case', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_core_portal_case_kind_listed_id'))
        batch_op.drop_index(batch_op.f('ix_core_portal_case_enterprise_id_id'))

    op.drop_table('core_portal_case')
    op.drop_table('core_notice_read')
    with op.batch_alter_table('core_letter', schema=None) as batch_op:
        batch_op.drop_index('uq_core_letter_live', sqlite_where=sa.text("case_id IS NOT NULL AND state <> 'voided'"), postgresql_where=sa.text("case_id IS NOT NULL AND state <> 'voided'"))
        batch_op.drop_index(batch_op.f('ix_core_letter_case_id'))
        batch_op.drop_index(batch_op.f('ix_core_letter_bureau_id_state_kind'))

    op.drop_table('core_letter')
    with op.batch_alter_table('core_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_core_event_case_id'))
        batch_op.drop_index(batch_op.f('ix_core_event_actor_id_at'))

    op.drop_table('core_event')
    op.drop_table('core_evaluation')
    with op.batch_alter_table('core_delivery', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_core_delivery_message_id'))

    op.drop_table('core_delivery')
    with op.batch_alter_table('core_case_task', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_core_case_task_done_at_due_on'))
        batch_op.drop_index(batch_op.f('ix_core_case_task_case_id'))
        batch_op.drop_index(batch_op.f('ix_core_case_task_assignee_id'))

    op.drop_table('core_case_task')
    with op.batch_alter_table('core_case_stay', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_core_case_stay_unit_id'))
        batch_op.drop_index(batch_op.f('ix_core_case_stay_case_id'))

    op.drop_table('core_case_stay')
    with op.batch_alter_table('core_case_round', schema=None) as batch_op:
        batch_op.drop_index('uq_core_case_round_pending', sqlite_where=sa.text("state = 'pending'"), postgresql_where=sa.text("state = 'pending'"))
        batch_op.drop_index(batch_op.f('ix_core_case_round_case_id'))

    op.drop_table('core_case_round')
    with op.batch_alter_table('core_case_reader', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_core_case_reader_user_id'))
        batch_op.drop_index(batch_op.f('ix_core_case_reader_case_id'))

    op.drop_table('core_case_reader')
    with op.batch_alter_table('core_case_link', schema=None) as batch_op:
        batch_op.drop_index('uq_core_case_link_part_of', sqlite_where=sa.text("relation = 'part_of'"), postgresql_where=sa.text("relation = 'part_of'"))
        batch_op.drop_index(batch_op.f('ix_core_case_link_other_id'))
        batch_op.drop_index(batch_op.f('ix_core_case_link_case_id'))

    op.drop_table('core_case_link')
    with op.batch_alter_table('core_attachment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_core_attachment_case_id'))

    op.drop_table('core_attachment')
    with op.batch_alter_table('ab_permission_view_role', schema=None) as batch_op:
        batch_op.drop_index('idx_role_id')
        batch_op.drop_index('idx_permission_view_id')

    op.drop_table('ab_permission_view_role')
    with op.batch_alter_table('core_webhook', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_core_webhook_bureau_id'))

    op.drop_table('core_webhook')
    with op.batch_alter_table('core_task', schema=None) as batch_op:
        batch_op.drop_index('ix_core_task_state')
        batch_op.drop_index('ix_core_task_by_id_created_at')
        batch_op.drop_index(batch_op.f('ix_core_task_bureau_id'))

    op.drop_table('core_task')
    op.drop_table('core_target')
    op.drop_table('core_second_factor')
    op.drop_table('core_seal_picture')
    with op.batch_alter_table('core_saved_search', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_core_saved_search_user_id'))
        batch_op.drop_index(batch_op.f('ix_core_saved_search_bureau_id'))

    op.drop_table('core_saved_search')
    with op.batch_alter_table('core_rule_override', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_core_rule_override_bureau_id'))

    op.drop_table('core_rule_override')
    op.drop_table('core_role_copy')
    op.drop_table('core_preference')
    with op.batch_alter_table('core_portal_login', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_core_portal_login_made_at'))
        batch_op.drop_index(batch_op.f('ix_core_portal_login_enterprise_id'))

    op.drop_table('core_portal_login')
    op.drop_table('core_parameter')
    with op.batch_alter_table('core_notice', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_core_notice_published_at'))

    op.drop_table('core_notice')
    with op.batch_alter_table('core_message', schema=None) as batch_op:
        batch_op.drop_index('ix_core_message_unread', sqlite_where=sa.text("channel = 'inapp' AND read_at IS NULL AND dismissed IS false"), postgresql_where=sa.text("channel = 'inapp' AND read_at IS NULL AND dismissed IS false"))
        batch_op.drop_index('ix_core_message_state_try_at')
        batch_op.drop_index('ix_core_message_recipient_id_due_at')
        batch_op.drop_index(batch_op.f('ix_core_message_case_id'))

    op.drop_table('core_message')
    with op.batch_alter_table('core_login_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_core_login_session_user_id_ended_at'))
        batch_op.drop_index(batch_op.f('ix_core_login_session_ended_at_seen_at'))

    op.drop_table('core_login_session')
    op.drop_table('core_letter_wording')
    op.drop_table('core_letter_series')
    with op.batch_alter_table('core_letter_key', schema=None) as batch_op:
        batch_op.drop_index('uq_core_letter_key_in_use', sqlite_where=sa.text("state = 'active'"), postgresql_where=sa.text("state = 'active'"))
        batch_op.drop_index('uq_core_letter_key_code', sqlite_where=sa.text("state = 'active' AND use = 'code'"), postgresql_where=sa.text("state = 'active' AND use = 'code'"))

    op.drop_table('core_letter_key')
    with op.batch_alter_table('core_letter_batch', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_core_letter_batch_by_id'))

    op.drop_table('core_letter_batch')
    with op.batch_alter_table('core_job_run', schema=None) as batch_op:
        batch_op.drop_index('uq_core_job_run_name_open', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
        batch_op.drop_index('ix_core_job_run_name_started_at')

    op.drop_table('core_job_run')
    with op.batch_alter_table('core_import_change', schema=None) as batch_op:
        batch_op.drop_index('ix_core_import_change_batch_id')

    op.drop_table('core_import_change')
    with op.batch_alter_table('core_idempotency', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_core_idempotency_created_at'))

    op.drop_table('core_idempotency')
    with op.batch_alter_table('core_enterprise_name', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_core_enterprise_name_name'))
        batch_op.drop_index(batch_op.f('ix_core_enterprise_name_enterprise_id'))

    op.drop_table('core_enterprise_name')
    with op.batch_alter_table('core_enterprise_merge', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_core_enterprise_merge_into_id'))
        batch_op.drop_index(batch_op.f('ix_core_enterprise_merge_gone_id'))

    op.drop_table('core_enterprise_merge')
    with op.batch_alter_table('core_enterprise_address', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_core_enterprise_address_enterprise_id'))

    op.drop_table('core_enterprise_address')
    op.drop_table('core_channel_way')
    with op.batch_alter_table('core_case', schema=None) as batch_op:
        batch_op.drop_index('ix_core_case_opened')
        batch_op.drop_index(batch_op.f('ix_core_case_merged_into_id'))
        batch_op.drop_index('ix_core_case_list')
        batch_op.drop_index(batch_op.f('ix_core_case_import_batch_id'))
        batch_op.drop_index('ix_core_case_enterprise')
        batch_op.drop_index('ix_core_case_due_order')
        batch_op.drop_index('ix_core_case_due')
        batch_op.drop_index('ix_core_case_created_by')
        batch_op.drop_index('ix_core_case_closed')
        batch_op.drop_index('ix_core_case_assignee')

    op.drop_table('core_case')
    with op.batch_alter_table('core_calendar_import', schema=None) as batch_op:
        batch_op.drop_index('ix_core_calendar_import_year_scope')

    op.drop_table('core_calendar_import')
    op.drop_table('core_bureau_module')
    with op.batch_alter_table('core_audit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_core_audit_subject_subject_id'))
        batch_op.drop_index(batch_op.f('ix_core_audit_at'))
        batch_op.drop_index(batch_op.f('ix_core_audit_actor_id_at'))

    op.drop_table('core_audit')
    op.drop_table('core_arrangement')
    with op.batch_alter_table('core_appointment', schema=None) as batch_op:
        batch_op.drop_index('uq_core_appointment_own', sqlite_where=sa.text('lent_by_id IS NULL'), postgresql_where=sa.text('lent_by_id IS NULL'))
        batch_op.drop_index(batch_op.f('ix_core_appointment_user_id'))
        batch_op.drop_index('ix_core_appointment_unit_role')
        batch_op.drop_index(batch_op.f('ix_core_appointment_unit_id'))
        batch_op.drop_index(batch_op.f('ix_core_appointment_role_id'))
        batch_op.drop_index(batch_op.f('ix_core_appointment_lent_from_id'))
        batch_op.drop_index(batch_op.f('ix_core_appointment_lent_by_id'))

    op.drop_table('core_appointment')
    op.drop_table('ab_user_role')
    with op.batch_alter_table('ab_user_group', schema=None) as batch_op:
        batch_op.drop_index('idx_user_id')
        batch_op.drop_index('idx_user_group_id')

    op.drop_table('ab_user_group')
    with op.batch_alter_table('ab_permission_view', schema=None) as batch_op:
        batch_op.drop_index('idx_view_menu_id')
        batch_op.drop_index('idx_permission_id')

    op.drop_table('ab_permission_view')
    with op.batch_alter_table('ab_group_role', schema=None) as batch_op:
        batch_op.drop_index('idx_group_role_id')
        batch_op.drop_index('idx_group_id')

    op.drop_table('ab_group_role')
    with op.batch_alter_table('ab_api_key', schema=None) as batch_op:
        batch_op.drop_index('idx_api_key_user_id')
        batch_op.drop_index('idx_api_key_prefix')
        batch_op.drop_index('idx_api_key_lookup_hash')

    op.drop_table('ab_api_key')
    with op.batch_alter_table('core_unit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_core_unit_path'))
        batch_op.drop_index(batch_op.f('ix_core_unit_parent_id'))
        batch_op.drop_index(batch_op.f('ix_core_unit_bureau_id'))

    op.drop_table('core_unit')
    with op.batch_alter_table('core_rule_version', schema=None) as batch_op:
        batch_op.drop_index('uq_core_rule_version_open', sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))

    op.drop_table('core_rule_version')
    with op.batch_alter_table('core_portal_upload', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_core_portal_upload_created_at'))

    op.drop_table('core_portal_upload')
    with op.batch_alter_table('core_portal_hit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_core_portal_hit_until'))

    op.drop_table('core_portal_hit')
    with op.batch_alter_table('core_import_batch', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_core_import_batch_sha256'))
        batch_op.drop_index(batch_op.f('ix_core_import_batch_profile'))
        batch_op.drop_index(batch_op.f('ix_core_import_batch_bureau_id'))

    op.drop_table('core_import_batch')
    op.drop_table('core_grants_epoch')
    with op.batch_alter_table('core_enterprise', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_core_enterprise_status'))
        batch_op.drop_index('ix_core_enterprise_reg_no', sqlite_where=sa.text('reg_no IS NOT NULL'), postgresql_where=sa.text('reg_no IS NOT NULL'))
        batch_op.drop_index(batch_op.f('ix_core_enterprise_pinyin'))
        batch_op.drop_index(batch_op.f('ix_core_enterprise_name'))
        batch_op.drop_index('ix_core_enterprise_merged_into_id', sqlite_where=sa.text('merged_into_id IS NOT NULL'), postgresql_where=sa.text('merged_into_id IS NOT NULL'))
        batch_op.drop_index(batch_op.f('ix_core_enterprise_district_code'))

    op.drop_table('core_enterprise')
    op.drop_table('core_dictionary_entry')
    op.drop_table('core_counter')
    op.drop_table('core_audit_head')
    op.drop_table('ab_view_menu')
    op.drop_table('ab_user')
    op.drop_table('ab_role')
    op.drop_table('ab_register_user')
    op.drop_table('ab_permission')
    op.drop_table('ab_group')
