"""The hotline's sheet comes in twice and goes out once; officers come by sheet; the register pages answer."""
from __future__ import annotations

import datetime as dt
import io
import json
from pathlib import Path

from sqlalchemy import select

from addons.districts.imports import EXPORTS, IMPORTS
from addons.districts.models import Need, Post
from addons.districts.reports import REPORTS
from addons.districts.tests.helpers import accepted, clock, receive, sent
from core import moment
from core.access import current_viewer, system_viewer
from core.tabular.exporting import run_export
from core.tabular.importing import run_import

HOTLINE = """工单编号,企业名称,信用代码,诉求内容,派发时间,办理时限,承办单位
G-1,天津示例1号商贸有限公司,,园区突然停电，生产线全部停了,2026-04-28 09:30,2026-05-07 18:00,芦台街道
G-2,不认识的企业,,请问贷款贴息如何申请，需要什么材料,2026-04-28 10:00,,芦台街道
"""
OFFICERS = """街镇园区,片区编码,片区名称,地址关键词,账号,AB角,起始日期
芦台街道,120117001-01,示例片区,示例路,wang,A,2026-01-05
芦台街道,120117001-01,示例片区,示例路,lead,B,2026-01-05
芦台街道,120117001-02,另一片区,西大街,samr,A,2026-01-05
"""


def _run(team, tmp_path: Path, code, text, **more):
    file = tmp_path / f"{code}.csv"
    file.write_text(text, "utf-8-sig")
    profile = next(profile for profile in IMPORTS if profile.code == code)
    return run_import(team.session, profile, file, by=system_viewer("test"), bureau_id=None, **more).as_dict()


def test_hotline_orders_come_in_once_and_their_results_go_back(team, tmp_path):
    with moment.at(moment.start_of(dt.date(2026, 4, 28)) + dt.timedelta(hours=11)):
        told = _run(team, tmp_path, "districts.hotline", HOTLINE)
        assert (told["created"], told["errors"]) == (2, [])
        assert _run(team, tmp_path, "districts.hotline", HOTLINE)["unchanged"] == 2
        urgent = team.session.scalars(select(Need).where(Need.channel_no == "G-1")).one()
        assert (urgent.urgency, urgent.unit.code, str(clock(urgent, "channel").due_on)) == (
            "livelihood", "120117001", "2026-05-07")
        receive(team)
        out = io.BytesIO()
        hotline = next(profile for profile in EXPORTS if profile.code == "districts.hotline")
        assert run_export(team.session, hotline, out, {}, current_viewer(team.session), format="csv").rows == 2
        assert "G-1" in out.getvalue().decode("utf-8-sig")


def test_officers_by_sheet_and_the_register_pages(team, tmp_path):
    told = _run(team, tmp_path, "districts.officers", OFFICERS, skip_errors=True)
    assert (told["created"], [error["row"] for error in told["errors"]]) == (2, [4])
    assert {post.part for post in team.session.scalars(select(Post))} == {"A", "B"}
    for report in REPORTS:
        assert all(len(row) == len(table.headings) for table in report.run(team.session, team.viewer("hub"), {})
                   for row in table.rows), report.name


def test_orders_go_to_the_whistle_platform_as_json(team):
    order = sent(team, accepted(team))
    team.session.commit()
    out, profile = io.BytesIO(), next(profile for profile in EXPORTS if profile.code == "districts.orders")
    run_export(team.session, profile, out, {"number": order.number}, current_viewer(team.session), format="json")
    told = json.loads(out.getvalue())[0]
    assert (told["转办编号"], told["需求编号"], told["主办"]) == (order.number, order.need_number, True)
    assert told["办理期限"] == order.due_on.isoformat()
    assert told["派单时间"].startswith(f"{moment.local(order.opened_at):%Y-%m-%dT}")
    nothing = io.BytesIO()
    run_export(team.session, profile, nothing, {"number": "NH-ZB-1"}, current_viewer(team.session), format="json")
    assert json.loads(nothing.getvalue()) == []
