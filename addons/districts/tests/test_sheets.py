"""The hotline's sheet comes in twice and goes out once; officers come by sheet; the register pages answer."""
from __future__ import annotations

import datetime as dt
import io
import json
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from addons.districts.channels import ADAPTERS
from addons.districts.imports import EXPORTS, IMPORTS
from addons.districts.models import Need, Post
from addons.districts.reports import REPORTS
from addons.districts.tests.helpers import accepted, clock, receive, sent
from core import moment
from core.access import current_viewer, system_viewer
from core.errors import Refusal
from core.party.models import Enterprise
from core.party.register_import import ENTERPRISES
from core.party.uscc import make_uscc
from core.tabular.exporting import run_export
from core.tabular.importing import run_import
from core.tabular.undoing import undo_batch

HOTLINE = """工单编号,企业名称,信用代码,诉求内容,派发时间,办理时限,承办单位
G-1,天津示例1号商贸有限公司,,园区突然停电，生产线全部停了,2026-04-28 09:30,2026-05-07 18:00,芦台街道
G-2,不认识的企业,,请问贷款贴息如何申请，需要什么材料,2026-04-28 10:00,,芦台街道
"""
OFFICERS = """街镇园区,片区编码,片区名称,地址关键词,账号,AB角,起始日期
芦台街道,120117001-01,示例片区,示例路,wang,A,2026-01-05
芦台街道,120117001-01,示例片区,示例路,lead,B,2026-01-05
芦台街道,120117001-02,另一片区,西大街,samr,A,2026-01-05
"""
MONTH = ("统一社会信用代码,注册号,名称,主体类型代码,主体类型,法定代表人(经营者/负责人),注册资本(万元),币种,成立日期,"
         "核准日期,营业期限自,营业期限至,"
         "登记机关,登记状态,住所,经营场所,所属街镇,行业代码,行业名称,经营范围,联系电话,业务类型,变更事项,变更前,变更后,业务办结日期")
"""The month's register by its headings (jyzt_YYYYMM)."""
ORDERS = ("工单编号,来源,诉求类型,诉求人类别,企业名称,信用代码,联系电话,诉求内容,派发时间,接收时限,办理时限,"
          "承办单位,退回次数,办结时间,办理结果,是否解决,满意度")
"""The hotline's orders by their headings."""


def _month(number, approved, change="变更", **more):
    values = dict.fromkeys(MONTH.split(","), "") | {
        "统一社会信用代码": make_uscc("120117", number), "名称": f"天津示例{number}号商贸有限公司", "主体类型代码": "1130",
        "主体类型": "企业", "法定代表人(经营者/负责人)": "张三", "注册资本(万元)": "500.5", "币种": "人民币",
        "成立日期": "2020-03-05",
        "核准日期": approved, "营业期限自": "2020-03-05", "登记机关": "天津市宁河区市场监督管理局", "登记状态": "存续",
        "住所": f"芦台街道示例路{number}号", "经营场所": f"芦台街道示例路{number}号", "所属街镇": "120117001",
        "行业代码": "5299",
        "行业名称": "其他零售业", "经营范围": "日用百货零售。", "联系电话": "022-69590000", "业务类型": change,
        "业务办结日期": approved} | more
    return ",".join(values.values())


def _load(team, folder, *rows, name="jyzt_202604.csv", encoding="gb18030"):
    file = folder / name
    file.write_text("\n".join((MONTH, *rows)), encoding)
    told = run_import(team.session, ENTERPRISES, file, by=system_viewer("test"), bureau_id=None)
    team.session.commit()
    team.session.expire_all()
    return told.as_dict()


def test_the_months_register_by_its_own_headings_twice_and_out_of_order(team, tmp_path):
    with moment.at(moment.start_of(dt.date(2026, 5, 6)) + dt.timedelta(hours=9)):
        told = _load(team, tmp_path, _month(1, "2026-04-20"), _month(50, "2026-04-21", "设立"))
        assert (told["created"], told["updated"], told["errors"]) == (1, 1, [])
        new = team.session.scalars(select(Enterprise).where(Enterprise.uscc == make_uscc("120117", 50))).one()
        assert (new.type_code, new.capital, new.currency, str(new.approved_on), str(new.term_from), new.term_to) == (
            "1130", Decimal("500.5"), "人民币", "2026-04-21", "2020-03-05", None)
        assert (new.industry, new.industry_name, new.scope) == ("5299", "其他零售业", "日用百货零售。")
        again = _load(team, tmp_path, _month(1, "2026-04-20"), _month(50, "2026-04-21", "设立"), encoding="utf-8-sig")
        assert (again["unchanged"], again["created"], again["updated"]) == (2, 0, 0)
        told = _load(team, tmp_path, _month(50, "2026-05-04", 经营场所="芦台街道东大街9号"), name="jyzt_202605.csv")
        assert told["updated"] == 1
        gone = _month(50, "2026-03-02", "注销", 登记状态="注销", 经营场所="别处")
        late = _load(team, tmp_path, gone, name="jyzt_202603.csv")
        assert (late["closed"], late["unchanged"]) == (0, 1), "a month that comes after a later one changes nothing"
        assert (late["warnings"][0]["row"], "2026-05-04" in late["warnings"][0]["message"]) == (2, True)
        assert (new.status, new.business_address) == ("存续", "芦台街道东大街9号")
        assert [(each.business_address, str(each.valid_to)) for each in new.addresses] == [
            ("芦台街道示例路50号", "2026-05-06")], "where it was before is kept"
        undo_batch(team.session, told["batch"], system_viewer("test"))
        team.session.expire_all()
        assert (new.business_address, new.addresses) == ("芦台街道示例路50号", [])


def test_every_file_of_the_exchange_has_its_headings_in_order(team):
    def headings(profile):
        return [column.heading for column in profile.columns]

    into, out = ({profile.code: profile for profile in each} for each in (IMPORTS, EXPORTS))
    assert headings(into["districts.hotline"]) == ORDERS.split(",")
    assert headings(out["districts.hotline"]) == ORDERS.split(",")
    assert headings(out["districts.orders"])[:13] == [
        "转办编号", "需求编号", "派单单位", "承办单位", "主办", "第几次派单", "企业名称", "联系电话", "事项", "企业诉求",
        "属地已做工作", "需协同内容", "首问责任人"]
    with pytest.raises(Refusal):
        ADAPTERS["jinchanfa"].read({})  # nobody knows its specification: nothing is guessed


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
