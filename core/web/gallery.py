"""Sample data for the page that shows every widget. The bureau, the enterprises and the numbers are invented."""

from __future__ import annotations

import datetime as dt
from typing import Any

from marshmallow import fields, validate

from core import moment
from core.web.explain import explained
from core.web.forms import FormSchema, form_fields
from core.web.gallery_boards import sample_chart, sample_lanes, sample_map, sample_month, sample_shares, sample_year
from core.web.gallery_lists import DESK_COLUMNS, VOID, due_in, sample_desk, sample_list
from core.web.widgets import (
    Action,
    Empty,
    Event,
    Node,
    Progress,
    Stat,
    Step,
    Tab,
    Tag,
    Text,
)

MONDAY = dt.date(2026, 11, 23)
FESTIVAL = {dt.date(2026, 2, d) for d in range(15, 24)}
MAKEUP = {dt.date(2026, 2, 14), dt.date(2026, 2, 28)}


class Sample(FormSchema):
    """A form with one field of every kind."""

    party = fields.String(
        required=True,
        metadata={
            "label": "当事人",
            "picker": "/pick/enterprises",
            "help": "输入名称、代码、拼音或首字母；没有脚本时填统一社会信用代码。",
        },
    )
    code = fields.String(
        required=True,
        validate=validate.Length(equal=18),
        metadata={"label": "统一社会信用代码", "check": "uscc"},
    )
    decided_on = fields.Date(required=True, metadata={"label": "决定日期"})
    amount = fields.Decimal(validate=validate.Range(min=0), metadata={"label": "罚款金额", "unit": "元"})
    kind = fields.String(
        required=True,
        validate=validate.OneOf(["fine", "warning"], ["罚款", "警告"]),
        metadata={"label": "处罚种类"},
    )
    scope = fields.List(
        fields.String(validate=validate.OneOf(["site", "market"], ["信用中国", "公示系统"])),
        metadata={"label": "公示范围"},
    )
    simple = fields.Boolean(metadata={"label": "简易程序", "help": "简易程序的决定不公示。"})
    facts = fields.String(
        validate=validate.Length(max=500),
        metadata={"label": "主要事实", "widget": "textarea"},
    )
    papers = fields.String(
        metadata={
            "label": "附件",
            "widget": "file",
            "multiple": True,
            "accept": ".pdf,.jpg,.png",
            "max_bytes": 20 * 1024 * 1024,
        }
    )


def _days(start: dt.date, count: int) -> tuple[list[dict[str, Any]], dt.date]:
    """Days after ``start`` until ``count`` working days have passed, in the shape an explanation has."""
    rows: list[dict[str, Any]] = []
    day, n = start, 0
    while n < count:
        day += dt.timedelta(days=1)
        kind = (
            "holiday"
            if day in FESTIVAL
            else "makeup"
            if day in MAKEUP
            else "weekend"
            if day.isoweekday() > 5
            else "workday"
        )
        counted = kind in ("workday", "makeup")
        n += counted
        rows.append(
            {
                "date": day,
                "counted": counted,
                "n": n if counted else None,
                "kind": kind,
                "name": "春节" if kind == "holiday" else "",
            }
        )
    return rows, day


def samples() -> dict[str, Any]:
    """Template variables of the gallery."""
    start = dt.date(2026, 2, 11)
    days, due_on = _days(start, 10)
    long_days, long_due = _days(dt.date(2026, 3, 2), 110)

    def at(day: int, hour: int, minute: int) -> dt.datetime:
        return dt.datetime(2026, 2, day, hour, minute, tzinfo=moment.zone())

    return {
        "list": sample_list(),
        "desk": sample_desk(),
        "desk_columns": DESK_COLUMNS,
        "fields": form_fields(Sample(), {"amount": "5000"}),
        "wrong": form_fields(
            Sample(only=("code", "decided_on", "scope")),
            {"code": "9112"},
            {"code": ["长度必须为18位。"], "decided_on": ["请填写。"]},
        ),
        "why": explained(
            "为什么是 2026-03-03",
            due_on,
            days,
            start=start,
            summary="作出结果：自 02-11 推送起 10 个工作日，起算日不计入",
            basis=["依国务院办公厅通知，2 月 15 日至 23 日放假，14 日、28 日（周六）上班。"],
            rule="参数 credit.total，规则版本：国家发展改革委令第58号（至 2026-03-31）",
            print_url="#",
        ),
        "why_long": explained(
            "较长的期限",
            long_due,
            long_days,
            start=dt.date(2026, 3, 2),
            provisional=True,
        ),
        "dues": [
            due_in(30, 5, why_id="why"),
            due_in(24, 1),
            due_in(23, 0),
            due_in(20, -1),
            due_in(27, 4, state="paused"),
            due_in(16, None, state="met"),
            due_in(30, 5, provisional=True),
        ],
        "actions": [
            Action("转办", "#"),
            Action("归档", "#", disabled="还有一件书函没有送达。"),
            Action("不予受理", "#", "post", "red", confirm=VOID),
            Action("受理", "#", tone="go"),
        ],
        "events": [
            Event(
                at(11, 10, 22),
                "已推送主管部门",
                "",
                "信用中国受理号已登记；开始计算 3 个与 10 个工作日",
                "out",
            ),
            Event(at(11, 10, 5), "帮办提交", "李敏", "两份材料齐全，逐份核对"),
            Event(
                at(10, 8, 15),
                "预通知已送达",
                "系统",
                "《信用修复预通知书》宁发改信〔2026〕12号 · 核验码 7F3K-9Q2M",
                "sys",
                [Action("查看", "#")],
            ),
            Event(
                at(9, 15, 40),
                "窗口咨询",
                "信用服务窗口",
                "告知最短公示期已满、所需材料两份、全程免费",
                "out",
            ),
        ],
        "stages": ["起草", "审核", "签发", "送达"],
        "todo": [
            Step("最短公示期已满", True),
            Step("义务履行完毕证明", True),
            Step("信用承诺书", True),
            Step("主管部门受理（3 个工作日内）"),
            Step("作出决定并同步解除"),
        ],
        "tasks": [
            Progress(
                "导入 11 月经营主体",
                40812,
                60014,
                note="约还需 12 秒",
                cancel=Action("取消", "#", "post"),
            ),
            Progress("批量出具告知书", 64, 64, "done", result=Action("下载结果", "#")),
        ],
        "tabs": [
            Tab("待办", "#", 12, True),
            Tab("已办", "#"),
            Tab("我发起的", "#", 8),
            Tab("抄送我的", "#", 3),
            Tab("督办", "#", 2),
        ],
        "tree": [
            Node(
                "宁河区",
                children=[
                    Node(
                        "区发展改革委",
                        "#",
                        23,
                        open=True,
                        children=[Node("信用科", "#", 6, True), Node("办公室", "#", 4)],
                    ),
                    Node("区市场监管局", "#", 40),
                ],
                open=True,
            )
        ],
        "stats": [
            Stat(
                "公示合规率",
                "98.4%",
                "123/125",
                "按期公示的决定数 ÷ 应公示的决定数",
                trend="上月 97.9%",
            ),
            Stat("迟报率", "1.6%", "2/125", "超过 7 个工作日报送的决定数 ÷ 报送数"),
            Stat("书函同达率", "100%", "96/96"),
            Stat("修复按期率", "97.1%", "34/35"),
        ],
        "empties": [
            Empty("nothing", action=Action("新建", "#", tone="go")),
            Empty("filtered"),
            Empty("forbidden"),
            Empty("off"),
            Empty("error", trace="7F3A-92C1"),
        ],
        "lanes": sample_lanes(),
        "month": sample_month(),
        "months": sample_year(),
        "map": sample_map(),
        "charts_sample": [sample_chart(), sample_shares()],
        "pairs": [
            (
                "统一社会信用代码",
                [Text("91120117MA05A1B251", mono=True), Tag("校验通过", "g")],
            ),
            ("处罚决定", "2025-10-15 · 罚款 5,000 元（已缴清）"),
            ("公示期", "最短至 2026-01-15，最长至 2028-10-15；自 2026-01-16 起可申请"),
            (
                "适用规则",
                "国家发展改革委令第58号（按申请日 2026-02-11；至 2026-03-31 适用）",
            ),
        ],
        "conflict": [
            ("联系电话", "022-0000 0001", "022-0000 0002", True),
            ("承办人", "李敏", "李敏", False),
        ],
    }
