"""Sample list and desk of the gallery, as on the pictures that the design began with. Everything is invented."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import request

from core.web.forms import Field
from core.web.widgets import (
    Action,
    Column,
    Confirm,
    Count,
    Due,
    ListPage,
    Row,
    Saved,
    Tag,
    Text,
)


def due_in(day: int, left: int | None, **more: Any) -> Due:
    """A due date of November 2026 with that many working days left."""
    return Due(dt.date(2026, 11, day), left, **more)


ROWS = (
    (
        "津宁市监罚〔2026〕121号",
        "天津示例商贸有限公司",
        "91120117MA05A1B251",
        "市场监管局",
        "罚款",
        "5,000 元",
        19,
        Tag("法制审核", "b"),
        due_in(30, 5),
        Tag("待出具", "y"),
    ),
    (
        "津宁市监罚〔2026〕120号",
        "天津示例餐饮管理有限公司",
        "91120221MA0678C92G",
        "市场监管局",
        "罚款、没收",
        "12,300 元",
        18,
        Tag("法制审核", "b"),
        due_in(27, 4),
        Tag("待出具", "y"),
    ),
    (
        "津宁农罚〔2026〕21号",
        "宁河区示例农机服务专业合作社联合社",
        "93120117MA06N1K24L",
        "农业农村委",
        "罚款",
        "2,000 元",
        12,
        Tag("公示审核", "b"),
        due_in(23, 0),
        Tag("已同达", "g"),
    ),
    (
        "津宁市监罚〔2026〕118号",
        "天津示例建筑装饰有限公司",
        "91120117MA07H0Q52Q",
        "市场监管局",
        "罚款",
        "20,000 元",
        11,
        Tag("待报送"),
        due_in(20, -1),
        Tag("已同达", "g"),
    ),
    (
        "津宁消罚〔2026〕40号",
        "宁河区示例家具加工厂",
        "92120117MA05T3W44P",
        "消防救援",
        "罚款",
        "10,000 元",
        5,
        Tag("已公示", "g"),
        due_in(16, None, state="met", note="第5个工作日报送"),
        Tag("已同达", "g"),
    ),
)
COLUMNS = (
    Column("number", "文号", fixed=True),
    Column("party", "当事人"),
    Column("bureau", "处罚机关"),
    Column("kind", "类别 · 金额"),
    Column("decided", "决定日期", kind="date", sort="decided_on"),
    Column("state", "状态", kind="tag"),
    Column("due", "应报送", kind="due", sort="due_on"),
    Column("letter", "书函同达", kind="tag"),
)
DESK_COLUMNS = (
    Column("number", "编号"),
    Column("party", "企业"),
    Column("state", "状态", "tag"),
    Column("due", "到期", "due"),
)
VOID = Confirm(
    "作废书函 宁发改信〔2026〕12号",
    [
        "文号保留并标为作废，不能再用。",
        "已送达的企业会收到作废通知。",
        "此操作不能撤销。",
    ],
    button="作废",
)


def sample_list() -> ListPage:
    """The list of penalties of the pictures."""
    rows = []
    for i, (
        number,
        party,
        code,
        bureau,
        kind,
        amount,
        day,
        state,
        due,
        letter,
    ) in enumerate(ROWS, 1):
        acts = [
            Action("审核", "#"),
            Action("详情", "#"),
            Action("转办", "#"),
            Action("作废", "#", "post", "red", confirm=VOID),
        ]
        rows.append(
            Row(
                i,
                {
                    "number": Text(number, url="#"),
                    "party": Text(party, code, cut=True, note_mono=True),
                    "bureau": bureau,
                    "kind": Text(kind, amount),
                    "decided": dt.date(2026, 11, day),
                    "state": state,
                    "due": due,
                    "letter": letter,
                },
                acts if state.text != "已公示" else acts[1:3],
                name=number,
            )
        )
    args = request.args.to_dict(flat=False)
    return ListPage(
        "penalties",
        COLUMNS,
        rows,
        request.path,
        args,
        Count(486),
        caption="行政处罚",
        note="已按权限显示本部门及以下",
        order=request.args.get("order", "-decided_on"),
        next_cursor="x",
        export_url="#",
        query=[
            Field(
                "party",
                "企业",
                placeholder="名称、代码、拼音",
                value=request.args.get("party", ""),
            ),
            Field(
                "bureau",
                "处罚机关",
                "choice",
                choices=[("scj", "市场监管局"), ("nyw", "农业农村委")],
            ),
            Field(
                "state",
                "状态",
                "choice",
                choices=[("review", "法制审核"), ("open", "待报送")],
            ),
            Field("decided", "决定日期", "range", value=("2026-10-01", "2026-11-23")),
            Field("number", "文号"),
            Field("grade", "失信程度", "choice", choices=[("l", "轻微"), ("m", "一般")]),
        ],
        query_shown=4,
        toolbar=[Action("导入处罚", "#", tone="go"), Action("新建", "#")],
        saved=[
            Saved("我的筛选：本周到期", "#", 9, current=True),
            Saved("逾期", "#", 1, shared=True),
            Saved("未同达", "#", 0),
        ],
        bulk=[
            Action("批量出具告知书", "#", "post"),
            Action("转办", "#", "post"),
            Action("作废", "#", "post", "red", confirm=VOID),
        ],
    )


def sample_desk() -> list[tuple[str, str, list[Row]]]:
    """Groups of the desk by due date."""

    def row(number: str, kind: str, party: str, note: str, state: Tag, due: Due, act: Action) -> Row:
        return Row(
            number,
            {
                "number": Text(number, kind, url="#"),
                "party": Text(party, note),
                "state": state,
                "due": due,
            },
            [act],
            name=number,
        )

    return [
        (
            "已逾期 1",
            "r",
            [
                row(
                    "NH-XY-20261112-0031",
                    "行政处罚公示",
                    "天津示例建筑装饰有限公司",
                    "津宁市监罚〔2026〕118号 · 未报送",
                    Tag("待报送"),
                    due_in(20, -1, why_id="why"),
                    Action("报送", "#", tone="go"),
                )
            ],
        ),
        (
            "今天到期 2",
            "",
            [
                row(
                    "NH-XF-20261118-0009",
                    "信用修复",
                    "天津示例食品销售有限公司",
                    "主管部门应于今日决定是否受理",
                    Tag("已推送", "b"),
                    due_in(23, 0),
                    Action("受理", "#"),
                ),
                row(
                    "NH-XY-20261112-0044",
                    "行政处罚公示",
                    "宁河区示例农机服务专业合作社",
                    "津宁农罚〔2026〕21号 · 法制审核中",
                    Tag("审核中", "b"),
                    due_in(23, 0),
                    Action("审核", "#"),
                ),
            ],
        ),
        (
            "本周 9",
            "",
            [
                row(
                    "NH-XF-20261111-0004",
                    "信用修复",
                    "天津示例运输有限公司",
                    "材料补正通知已送达，等待企业",
                    Tag("待补正"),
                    due_in(27, 4, state="paused"),
                    Action("查看", "#"),
                ),
                row(
                    "NH-XF-20261116-0006",
                    "信用修复",
                    "天津示例环保科技有限公司",
                    "核查中，剩余一项义务待核实",
                    Tag("核查中", "b"),
                    due_in(27, 4),
                    Action("办理", "#"),
                ),
            ],
        ),
    ]


