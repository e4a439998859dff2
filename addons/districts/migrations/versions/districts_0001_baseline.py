"""baseline"""
# ruff: noqa: E501  # lines as Alembic writes them
from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = 'districts_0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('districts_issue',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=128), nullable=False),
    sa.Column('category', sa.String(length=16), nullable=False),
    sa.Column('cause', sa.Text(), nullable=False),
    sa.Column('reserve', sa.Boolean(), nullable=False),
    sa.Column('proposal', sa.Text(), nullable=False),
    sa.Column('noticed_on', sa.Date(), nullable=False),
    sa.Column('settled_on', sa.Date(), nullable=True),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_districts_issue'))
    )
    op.create_table('districts_agent',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('enterprise_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('mobile', sa.String(length=16), nullable=False),
    sa.Column('position', sa.String(length=64), nullable=False),
    sa.Column('consent', sa.Boolean(), nullable=False),
    sa.Column('confirmed_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['enterprise_id'], ['core_enterprise.id'], name=op.f('fk_districts_agent_enterprise_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['core_unit.id'], name=op.f('fk_districts_agent_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_districts_agent')),
    sa.UniqueConstraint('enterprise_id', name=op.f('uq_districts_agent_enterprise_id'))
    )
    with op.batch_alter_table('districts_agent', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_districts_agent_unit_id'), ['unit_id'], unique=False)

    op.create_table('districts_area',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=24), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('east', sa.String(length=128), nullable=False),
    sa.Column('south', sa.String(length=128), nullable=False),
    sa.Column('west', sa.String(length=128), nullable=False),
    sa.Column('north', sa.String(length=128), nullable=False),
    sa.Column('words', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('polygon', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=False),
    sa.CheckConstraint('valid_from < valid_to', name=op.f('ck_districts_area_days')),
    sa.ForeignKeyConstraint(['unit_id'], ['core_unit.id'], name=op.f('fk_districts_area_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_districts_area')),
    sa.UniqueConstraint('code', 'valid_from', name=op.f('uq_districts_area_code_valid_from'))
    )
    with op.batch_alter_table('districts_area', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_districts_area_unit_id'), ['unit_id'], unique=False)

    op.create_table('districts_contact',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('duty', sa.String(length=16), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('post', sa.String(length=64), nullable=False),
    sa.Column('phone', sa.String(length=32), nullable=False),
    sa.Column('expertise', sa.String(length=400), nullable=False),
    sa.Column('enterprise_id', sa.Integer(), nullable=True),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=False),
    sa.CheckConstraint("duty IN ('chief', 'section', 'liaison', 'leader')", name=op.f('ck_districts_contact_duty')),
    sa.CheckConstraint('valid_from < valid_to', name=op.f('ck_districts_contact_days')),
    sa.ForeignKeyConstraint(['enterprise_id'], ['core_enterprise.id'], name=op.f('fk_districts_contact_enterprise_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['core_unit.id'], name=op.f('fk_districts_contact_unit_id')),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_districts_contact_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_districts_contact'))
    )
    with op.batch_alter_table('districts_contact', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_districts_contact_enterprise_id'), ['enterprise_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_districts_contact_unit_id'), ['unit_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_districts_contact_user_id'), ['user_id'], unique=False)

    op.create_table('districts_handbook',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('question', sa.String(length=255), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('category', sa.String(length=16), nullable=False),
    sa.Column('basis', sa.String(length=400), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('review_on', sa.Date(), nullable=False),
    sa.Column('published', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['unit_id'], ['core_unit.id'], name=op.f('fk_districts_handbook_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_districts_handbook'))
    )
    with op.batch_alter_table('districts_handbook', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_districts_handbook_unit_id'), ['unit_id'], unique=False)

    op.create_table('districts_model_case',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=128), nullable=False),
    sa.Column('story', sa.Text(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('published', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['unit_id'], ['core_unit.id'], name=op.f('fk_districts_model_case_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_districts_model_case'))
    )
    with op.batch_alter_table('districts_model_case', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_districts_model_case_unit_id'), ['unit_id'], unique=False)

    op.create_table('districts_training',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=128), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('sort', sa.String(length=16), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('people', sa.String(length=1000), nullable=False),
    sa.ForeignKeyConstraint(['unit_id'], ['core_unit.id'], name=op.f('fk_districts_training_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_districts_training'))
    )
    with op.batch_alter_table('districts_training', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_districts_training_unit_id'), ['unit_id'], unique=False)

    op.create_table('districts_visit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('enterprise_id', sa.Integer(), nullable=False),
    sa.Column('module', sa.String(length=32), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('done', sa.Boolean(), nullable=False),
    sa.Column('identity_shown', sa.Boolean(), nullable=False),
    sa.Column('asked_for', sa.Boolean(), nullable=False),
    sa.Column('purpose', sa.String(length=255), nullable=False),
    sa.Column('found', sa.String(length=1000), nullable=False),
    sa.Column('needs', sa.Integer(), nullable=False),
    sa.Column('called_off', sa.String(length=255), nullable=False),
    sa.ForeignKeyConstraint(['enterprise_id'], ['core_enterprise.id'], name=op.f('fk_districts_visit_enterprise_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['core_unit.id'], name=op.f('fk_districts_visit_unit_id')),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_districts_visit_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_districts_visit'))
    )
    with op.batch_alter_table('districts_visit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_districts_visit_enterprise_id_on'), ['enterprise_id', 'on'], unique=False)
        batch_op.create_index(batch_op.f('ix_districts_visit_unit_id'), ['unit_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_districts_visit_unit_id_on'), ['unit_id', 'on'], unique=False)
        batch_op.create_index(batch_op.f('ix_districts_visit_user_id'), ['user_id'], unique=False)

    op.create_table('districts_area_word',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('area_id', sa.Integer(), nullable=False),
    sa.Column('street_code', sa.String(length=64), nullable=False),
    sa.Column('word', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['area_id'], ['districts_area.id'], name=op.f('fk_districts_area_word_area_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_districts_area_word')),
    sa.UniqueConstraint('area_id', 'word', name=op.f('uq_districts_area_word_area_id_word'))
    )
    with op.batch_alter_table('districts_area_word', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_districts_area_word_area_id'), ['area_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_districts_area_word_street_code'), ['street_code'], unique=False)

    op.create_table('districts_handover',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('supervision_number', sa.String(length=40), nullable=False),
    sa.Column('target_name', sa.String(length=128), nullable=False),
    sa.Column('receiver', sa.String(length=128), nullable=False),
    sa.Column('facts', sa.Text(), nullable=False),
    sa.Column('evidence_list', sa.Text(), nullable=False),
    sa.Column('impact', sa.String(length=1000), nullable=False),
    sa.Column('receipt', sa.String(length=128), nullable=False),
    sa.ForeignKeyConstraint(['id'], ['core_case.id'], name=op.f('fk_districts_handover_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_districts_handover'))
    )
    op.create_table('districts_issue_need',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('issue_id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['core_case.id'], name=op.f('fk_districts_issue_need_case_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['issue_id'], ['districts_issue.id'], name=op.f('fk_districts_issue_need_issue_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_districts_issue_need')),
    sa.UniqueConstraint('issue_id', 'case_id', name=op.f('uq_districts_issue_need_issue_id_case_id'))
    )
    with op.batch_alter_table('districts_issue_need', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_districts_issue_need_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_districts_issue_need_issue_id'), ['issue_id'], unique=False)

    op.create_table('districts_meeting',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('meets_on', sa.Date(), nullable=False),
    sa.Column('place', sa.String(length=128), nullable=False),
    sa.Column('chair', sa.String(length=64), nullable=False),
    sa.Column('present', sa.String(length=1000), nullable=False),
    sa.Column('absent', sa.String(length=400), nullable=False),
    sa.Column('attending', sa.String(length=400), nullable=False),
    sa.Column('held_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['id'], ['core_case.id'], name=op.f('fk_districts_meeting_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_districts_meeting'))
    )
    op.create_table('districts_need',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('enterprise_name', sa.String(length=200), nullable=False),
    sa.Column('contact_name', sa.String(length=64), nullable=False),
    sa.Column('contact_phone', sa.String(length=32), nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('channel_no', sa.String(length=64), nullable=False),
    sa.Column('category', sa.String(length=16), nullable=False),
    sa.Column('sort', sa.String(length=16), nullable=False),
    sa.Column('urgency', sa.String(length=16), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('level', sa.Integer(), nullable=False),
    sa.Column('complex', sa.Boolean(), nullable=False),
    sa.Column('complex_proposed', sa.Boolean(), nullable=False),
    sa.Column('reclassified_day', sa.Integer(), nullable=True),
    sa.Column('promised_on', sa.Date(), nullable=True),
    sa.Column('street_id', sa.Integer(), nullable=False),
    sa.Column('area_code', sa.String(length=24), nullable=False),
    sa.Column('dispatches', sa.Integer(), nullable=False),
    sa.Column('responded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('response_hours', sa.Double(), nullable=True),
    sa.Column('answer_days', sa.Integer(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answering_id', sa.Integer(), nullable=True),
    sa.Column('result_class', sa.String(length=16), nullable=False),
    sa.Column('reply_text', sa.Text(), nullable=False),
    sa.Column('reply_basis', sa.String(length=400), nullable=False),
    sa.Column('reply_mode', sa.String(length=16), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reopened', sa.Integer(), nullable=False),
    sa.Column('excluded', sa.String(length=24), nullable=False),
    sa.Column('guidance', sa.String(length=400), nullable=False),
    sa.Column('objected_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('objection', sa.String(length=1000), nullable=False),
    sa.Column('review_outcome', sa.String(length=16), nullable=False),
    sa.Column('supervised', sa.Boolean(), nullable=False),
    sa.Column('sealed', sa.Boolean(), nullable=False),
    sa.Column('suspended_from', sa.String(length=40), nullable=False),
    sa.Column('wanted_material', sa.String(length=1000), nullable=False),
    sa.Column('opinion', sa.Text(), nullable=False),
    sa.Column('obstacle', sa.String(length=1000), nullable=False),
    sa.Column('city_ground', sa.String(length=24), nullable=False),
    sa.Column('evidence', sa.String(length=1000), nullable=False),
    sa.Column('explain_reason', sa.String(length=24), nullable=False),
    sa.Column('explain_text', sa.Text(), nullable=False),
    sa.Column('explain_other_way', sa.String(length=400), nullable=False),
    sa.Column('explain_bureau_id', sa.Integer(), nullable=True),
    sa.Column('explain_signer_id', sa.Integer(), nullable=True),
    sa.Column('explain_by_bureau', sa.String(length=64), nullable=False),
    sa.Column('explain_by_street', sa.String(length=64), nullable=False),
    sa.Column('reserve', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['answering_id'], ['core_unit.id'], name=op.f('fk_districts_need_answering_id')),
    sa.ForeignKeyConstraint(['explain_bureau_id'], ['core_unit.id'], name=op.f('fk_districts_need_explain_bureau_id')),
    sa.ForeignKeyConstraint(['explain_signer_id'], ['ab_user.id'], name=op.f('fk_districts_need_explain_signer_id')),
    sa.ForeignKeyConstraint(['id'], ['core_case.id'], name=op.f('fk_districts_need_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['street_id'], ['core_unit.id'], name=op.f('fk_districts_need_street_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_districts_need'))
    )
    with op.batch_alter_table('districts_need', schema=None) as batch_op:
        batch_op.create_index('ix_districts_need_answered', ['answered_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_districts_need_area_code'), ['area_code'], unique=False)
        batch_op.create_index('ix_districts_need_category', ['category'], unique=False)
        batch_op.create_index('ix_districts_need_received', ['channel', 'channel_no'], unique=False)
        batch_op.create_index(batch_op.f('ix_districts_need_street_id'), ['street_id'], unique=False)

    op.create_table('districts_post',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('area_id', sa.Integer(), nullable=False),
    sa.Column('part', sa.String(length=1), nullable=False),
    sa.Column('staff_no', sa.String(length=32), nullable=False),
    sa.Column('office_phone', sa.String(length=32), nullable=False),
    sa.Column('mobile', sa.String(length=32), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=False),
    sa.CheckConstraint("part IN ('A', 'B')", name=op.f('ck_districts_post_part')),
    sa.CheckConstraint('valid_from < valid_to', name=op.f('ck_districts_post_days')),
    sa.ForeignKeyConstraint(['area_id'], ['districts_area.id'], name=op.f('fk_districts_post_area_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['core_unit.id'], name=op.f('fk_districts_post_unit_id')),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_districts_post_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_districts_post')),
    sa.UniqueConstraint('user_id', 'area_id', 'valid_from', name=op.f('uq_districts_post_user_id_area_id_valid_from'))
    )
    with op.batch_alter_table('districts_post', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_districts_post_area_id'), ['area_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_districts_post_unit_id'), ['unit_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_districts_post_user_id'), ['user_id'], unique=False)

    op.create_table('districts_public_area',
    sa.Column('area_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('code', sa.String(length=24), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('unit', sa.String(length=128), nullable=False),
    sa.Column('sides', sa.String(length=600), nullable=False),
    sa.Column('officers', sa.String(length=600), nullable=False),
    sa.Column('phone', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['area_id'], ['districts_area.id'], name=op.f('fk_districts_public_area_area_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('area_id', name=op.f('pk_districts_public_area'))
    )
    with op.batch_alter_table('districts_public_area', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_districts_public_area_code'), ['code'], unique=False)

    op.create_table('districts_dispatch',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('order_number', sa.String(length=40), nullable=False),
    sa.Column('level', sa.Integer(), nullable=False),
    sa.Column('lead', sa.Boolean(), nullable=False),
    sa.Column('final', sa.Boolean(), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('signed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('returned_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ground', sa.String(length=32), nullable=False),
    sa.Column('reason', sa.String(length=1000), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('result', sa.Text(), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['districts_need.id'], name=op.f('fk_districts_dispatch_case_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['unit_id'], ['core_unit.id'], name=op.f('fk_districts_dispatch_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_districts_dispatch')),
    sa.UniqueConstraint('order_number', name=op.f('uq_districts_dispatch_order_number'))
    )
    with op.batch_alter_table('districts_dispatch', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_districts_dispatch_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_districts_dispatch_sent_at'), ['sent_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_districts_dispatch_unit_id'), ['unit_id'], unique=False)

    op.create_table('districts_meeting_matter',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('need_id', sa.Integer(), nullable=False),
    sa.Column('need_number', sa.String(length=40), nullable=False),
    sa.Column('title', sa.String(length=255), nullable=False),
    sa.Column('lead_id', sa.Integer(), nullable=True),
    sa.Column('helpers', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('task', sa.Text(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['districts_meeting.id'], name=op.f('fk_districts_meeting_matter_case_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['lead_id'], ['core_unit.id'], name=op.f('fk_districts_meeting_matter_lead_id')),
    sa.ForeignKeyConstraint(['need_id'], ['districts_need.id'], name=op.f('fk_districts_meeting_matter_need_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_districts_meeting_matter')),
    sa.UniqueConstraint('case_id', 'need_id', name=op.f('uq_districts_meeting_matter_case_id_need_id'))
    )
    with op.batch_alter_table('districts_meeting_matter', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_districts_meeting_matter_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_districts_meeting_matter_need_id'), ['need_id'], unique=False)

    op.create_table('districts_need_channel',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('channel_no', sa.String(length=64), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('replied_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('returned_times', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['districts_need.id'], name=op.f('fk_districts_need_channel_case_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_districts_need_channel')),
    sa.UniqueConstraint('channel', 'channel_no', 'case_id', name=op.f('uq_districts_need_channel_channel_channel_no_case_id'))
    )
    with op.batch_alter_table('districts_need_channel', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_districts_need_channel_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_districts_need_channel_channel_channel_no'), ['channel', 'channel_no'], unique=False)

    op.create_table('districts_order',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('need_id', sa.Integer(), nullable=False),
    sa.Column('need_number', sa.String(length=40), nullable=False),
    sa.Column('sender_id', sa.Integer(), nullable=False),
    sa.Column('sender_name', sa.String(length=128), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('level', sa.Integer(), nullable=False),
    sa.Column('lead', sa.Boolean(), nullable=False),
    sa.Column('final', sa.Boolean(), nullable=False),
    sa.Column('complex', sa.Boolean(), nullable=False),
    sa.Column('enterprise_name', sa.String(length=200), nullable=False),
    sa.Column('contact_name', sa.String(length=64), nullable=False),
    sa.Column('contact_phone', sa.String(length=32), nullable=False),
    sa.Column('category', sa.String(length=16), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('done', sa.Text(), nullable=False),
    sa.Column('wanted', sa.Text(), nullable=False),
    sa.Column('first_asker_name', sa.String(length=64), nullable=False),
    sa.Column('section', sa.String(length=64), nullable=False),
    sa.Column('handler', sa.String(length=64), nullable=False),
    sa.Column('promised_on', sa.Date(), nullable=True),
    sa.Column('ground', sa.String(length=32), nullable=False),
    sa.Column('reason', sa.String(length=1000), nullable=False),
    sa.Column('reply', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['id'], ['core_case.id'], name=op.f('fk_districts_order_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['need_id'], ['districts_need.id'], name=op.f('fk_districts_order_need_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['sender_id'], ['core_unit.id'], name=op.f('fk_districts_order_sender_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_districts_order'))
    )
    with op.batch_alter_table('districts_order', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_districts_order_need_id'), ['need_id'], unique=False)

    op.create_table('districts_rating',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('score', sa.Integer(), nullable=False),
    sa.Column('response', sa.Integer(), nullable=True),
    sa.Column('attitude', sa.Integer(), nullable=True),
    sa.Column('outcome', sa.Integer(), nullable=True),
    sa.Column('comment', sa.String(length=1000), nullable=False),
    sa.Column('channel', sa.String(length=24), nullable=False),
    sa.Column('address', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('superseded', sa.Boolean(), nullable=False),
    sa.CheckConstraint('score BETWEEN 1 AND 5', name=op.f('ck_districts_rating_score')),
    sa.ForeignKeyConstraint(['case_id'], ['districts_need.id'], name=op.f('fk_districts_rating_case_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_districts_rating'))
    )
    with op.batch_alter_table('districts_rating', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_districts_rating_case_id'), ['case_id'], unique=False)
        batch_op.create_index('uq_districts_rating_valid', ['case_id'], unique=True, sqlite_where=sa.text('superseded IS false'), postgresql_where=sa.text('superseded IS false'))

    op.create_table('districts_sealed_text',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('why', sa.String(length=64), nullable=False),
    sa.Column('original', sa.Text(), nullable=False),
    sa.Column('sealed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('purged_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['districts_need.id'], name=op.f('fk_districts_sealed_text_case_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_districts_sealed_text'))
    )
    with op.batch_alter_table('districts_sealed_text', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_districts_sealed_text_case_id'), ['case_id'], unique=False)

    op.create_table('districts_serving',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('enterprise_id', sa.Integer(), nullable=False),
    sa.Column('post_id', sa.Integer(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=False),
    sa.Column('follows', sa.Date(), nullable=True),
    sa.Column('how', sa.String(length=16), nullable=False),
    sa.Column('reason', sa.String(length=255), nullable=False),
    sa.CheckConstraint('follows IS NULL OR follows <= valid_from', name=op.f('ck_districts_serving_chain')),
    sa.CheckConstraint('valid_from < valid_to', name=op.f('ck_districts_serving_days')),
    sa.ForeignKeyConstraint(['enterprise_id', 'follows'], ['districts_serving.enterprise_id', 'districts_serving.valid_to'], name='fk_districts_serving_chain', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['enterprise_id'], ['core_enterprise.id'], name=op.f('fk_districts_serving_enterprise_id')),
    sa.ForeignKeyConstraint(['post_id'], ['districts_post.id'], name=op.f('fk_districts_serving_post_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_districts_serving')),
    sa.UniqueConstraint('enterprise_id', 'follows', name=op.f('uq_districts_serving_enterprise_id_follows')),
    sa.UniqueConstraint('enterprise_id', 'valid_to', name=op.f('uq_districts_serving_enterprise_id_valid_to'))
    )
    with op.batch_alter_table('districts_serving', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_districts_serving_post_id'), ['post_id'], unique=False)
        batch_op.create_index('uq_districts_serving_first', ['enterprise_id'], unique=True, sqlite_where=sa.text('follows IS NULL'), postgresql_where=sa.text('follows IS NULL'))

    op.create_table('districts_supervision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('need_id', sa.Integer(), nullable=False),
    sa.Column('need_number', sa.String(length=40), nullable=False),
    sa.Column('target_id', sa.Integer(), nullable=False),
    sa.Column('target_name', sa.String(length=128), nullable=False),
    sa.Column('problem', sa.String(length=1000), nullable=False),
    sa.Column('was_due_on', sa.Date(), nullable=True),
    sa.Column('days_late', sa.Integer(), nullable=False),
    sa.Column('instruction', sa.String(length=1000), nullable=False),
    sa.Column('instructed_by', sa.String(length=64), nullable=False),
    sa.Column('feedback', sa.String(length=2000), nullable=False),
    sa.Column('shirking', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['id'], ['core_case.id'], name=op.f('fk_districts_supervision_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['need_id'], ['districts_need.id'], name=op.f('fk_districts_supervision_need_id')),
    sa.ForeignKeyConstraint(['target_id'], ['core_unit.id'], name=op.f('fk_districts_supervision_target_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_districts_supervision'))
    )
    with op.batch_alter_table('districts_supervision', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_districts_supervision_need_id'), ['need_id'], unique=False)
        batch_op.create_index('ix_districts_supervision_open', ['need_id', 'target_id'], unique=False)

    op.create_table('districts_public_serving',
    sa.Column('serving_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('uscc', sa.String(length=18), nullable=True),
    sa.Column('reg_no', sa.String(length=50), nullable=True),
    sa.Column('officer', sa.String(length=130), nullable=False),
    sa.Column('phone', sa.String(length=64), nullable=False),
    sa.Column('unit', sa.String(length=128), nullable=False),
    sa.Column('area', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['serving_id'], ['districts_serving.id'], name=op.f('fk_districts_public_serving_serving_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('serving_id', name=op.f('pk_districts_public_serving'))
    )
    with op.batch_alter_table('districts_public_serving', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_districts_public_serving_name'), ['name'], unique=False)
        batch_op.create_index(batch_op.f('ix_districts_public_serving_reg_no'), ['reg_no'], unique=False)
        batch_op.create_index(batch_op.f('ix_districts_public_serving_uscc'), ['uscc'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('districts_public_serving', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_districts_public_serving_uscc'))
        batch_op.drop_index(batch_op.f('ix_districts_public_serving_reg_no'))
        batch_op.drop_index(batch_op.f('ix_districts_public_serving_name'))

    op.drop_table('districts_public_serving')
    with op.batch_alter_table('districts_supervision', schema=None) as batch_op:
        batch_op.drop_index('ix_districts_supervision_open')
        batch_op.drop_index(batch_op.f('ix_districts_supervision_need_id'))

    op.drop_table('districts_supervision')
    with op.batch_alter_table('districts_serving', schema=None) as batch_op:
        batch_op.drop_index('uq_districts_serving_first', sqlite_where=sa.text('follows IS NULL'), postgresql_where=sa.text('follows IS NULL'))
        batch_op.drop_index(batch_op.f('ix_districts_serving_post_id'))

    op.drop_table('districts_serving')
    with op.batch_alter_table('districts_sealed_text', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_districts_sealed_text_case_id'))

    op.drop_table('districts_sealed_text')
    with op.batch_alter_table('districts_rating', schema=None) as batch_op:
        batch_op.drop_index('uq_districts_rating_valid', sqlite_where=sa.text('superseded IS false'), postgresql_where=sa.text('superseded IS false'))
        batch_op.drop_index(batch_op.f('ix_districts_rating_case_id'))

    op.drop_table('districts_rating')
    with op.batch_alter_table('districts_order', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_districts_order_need_id'))

    op.drop_table('districts_order')
    with op.batch_alter_table('districts_need_channel', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_districts_need_channel_channel_channel_no'))
        batch_op.drop_index(batch_op.f('ix_districts_need_channel_case_id'))

    op.drop_table('districts_need_channel')
    with op.batch_alter_table('districts_meeting_matter', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_districts_meeting_matter_need_id'))
        batch_op.drop_index(batch_op.f('ix_districts_meeting_matter_case_id'))

    op.drop_table('districts_meeting_matter')
    with op.batch_alter_table('districts_dispatch', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_districts_dispatch_unit_id'))
        batch_op.drop_index(batch_op.f('ix_districts_dispatch_sent_at'))
        batch_op.drop_index(batch_op.f('ix_districts_dispatch_case_id'))

    op.drop_table('districts_dispatch')
    with op.batch_alter_table('districts_public_area', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_districts_public_area_code'))

    op.drop_table('districts_public_area')
    with op.batch_alter_table('districts_post', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_districts_post_user_id'))
        batch_op.drop_index(batch_op.f('ix_districts_post_unit_id'))
        batch_op.drop_index(batch_op.f('ix_districts_post_area_id'))

    op.drop_table('districts_post')
    with op.batch_alter_table('districts_need', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_districts_need_street_id'))
        batch_op.drop_index('ix_districts_need_received')
        batch_op.drop_index('ix_districts_need_category')
        batch_op.drop_index(batch_op.f('ix_districts_need_area_code'))
        batch_op.drop_index('ix_districts_need_answered')

    op.drop_table('districts_need')
    op.drop_table('districts_meeting')
    with op.batch_alter_table('districts_issue_need', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_districts_issue_need_issue_id'))
        batch_op.drop_index(batch_op.f('ix_districts_issue_need_case_id'))

    op.drop_table('districts_issue_need')
    op.drop_table('districts_handover')
    with op.batch_alter_table('districts_area_word', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_districts_area_word_street_code'))
        batch_op.drop_index(batch_op.f('ix_districts_area_word_area_id'))

    op.drop_table('districts_area_word')
    with op.batch_alter_table('districts_visit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_districts_visit_user_id'))
        batch_op.drop_index(batch_op.f('ix_districts_visit_unit_id_on'))
        batch_op.drop_index(batch_op.f('ix_districts_visit_unit_id'))
        batch_op.drop_index(batch_op.f('ix_districts_visit_enterprise_id_on'))

    op.drop_table('districts_visit')
    with op.batch_alter_table('districts_training', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_districts_training_unit_id'))

    op.drop_table('districts_training')
    with op.batch_alter_table('districts_model_case', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_districts_model_case_unit_id'))

    op.drop_table('districts_model_case')
    with op.batch_alter_table('districts_handbook', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_districts_handbook_unit_id'))

    op.drop_table('districts_handbook')
    with op.batch_alter_table('districts_contact', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_districts_contact_user_id'))
        batch_op.drop_index(batch_op.f('ix_districts_contact_unit_id'))
        batch_op.drop_index(batch_op.f('ix_districts_contact_enterprise_id'))

    op.drop_table('districts_contact')
    with op.batch_alter_table('districts_area', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_districts_area_unit_id'))

    op.drop_table('districts_area')
    with op.batch_alter_table('districts_agent', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_districts_agent_unit_id'))

    op.drop_table('districts_agent')
    op.drop_table('districts_issue')
