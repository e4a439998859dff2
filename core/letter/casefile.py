"""The file of a case (卷宗) as one PDF: cover, index (卷内目录), the letters, why each date is what it is, what happened, the
log's extract, and the attachments that are PDF or pictures; page numbers throughout.

The letters' signed bytes are attached unchanged: a page in a bundle carries no signature, the attached file does.
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from core import moment
from core.audit import entries_of, record
from core.case import clocks
from core.case.describe import event_title
from core.case.files import open_file
from core.case.models import Attachment, Case, Clock
from core.case.retention import retention
from core.letter.content import chinese_date
from core.letter.models import Letter, LetterState
from core.letter.register import pdf_of

MAX_LOG = 1_000
"""Entries of the log in the extract, the newest."""
KINDS_OF_DAY = {"workday": "工作日", "weekend": "休息日", "holiday": "节假日", "makeup": "调休上班", "natural": "自然日",
                "paused": "暂停计时"}
RESULTS = {"on_time": "按期", "late": "超期", "void": "作废"}
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class Part:
    """One document of the file: its line in the index, its pages, and what is attached unchanged with it."""

    title: str
    number: str
    by: str
    day: dt.date
    pdf: bytes
    original: str = ""


def build(session: Session, case: Case) -> bytes:
    """The whole file as the session's viewer may see it. Logged as an export; the caller commits."""
    from core.letter.binding import bind, page_count
    from core.letter.fonts import book
    from core.letter.render import point_at_fonts
    from core.letter.report import cover, report, table

    point_at_fonts()
    fonts, today, organ = book(), moment.today(), case.bureau.name
    parts = [*_letters(session, case), *_explanations(session, case), *_history(session, case), *_attachments(case)]
    kept, rows, page = retention(session, case), [], 1
    for place, part in enumerate(parts, 1):
        count = page_count(part.pdf)
        pages = str(page) if count == 1 else f"{page}—{page + count - 1}"
        rows.append((str(place), part.title, part.number, part.by, part.day.isoformat(), pages))
        page += count
    closed = moment.local(case.closed_at).date() if case.closed_at else None
    head = cover(organ, "卷  宗", (
        ("编号", case.number), ("事项", case.title), ("类别", str(case.kind_title)),
        ("当事人", case.enterprise.name if case.enterprise else "—"),
        ("承办", "，".join(filter(None, (case.unit.name, case.assignee.name if case.assignee else "")))),
        ("受理日期", _day(moment.local(case.opened_at).date())), ("办结日期", _day(closed) if closed else "尚未办结"),
        ("办理结果", str(case.state_info.label)), ("保管期限", _kept(kept)),
        ("页数", f"共{page - 1}页，文件{len(parts)}件，{_day(today)}编制")), today, fonts)
    listed = table(("序号", "文件题名", "文号", "责任者", "日期", "页号"), rows, fonts)
    index = report("卷内目录", [listed], organ, today, fonts)
    record(session, "exported", "core_case", case.id, case.number, what="case file", pages=page - 1)
    return bind([head, index], parts, f"{case.number} {case.title}", fonts)


def _letters(session: Session, case: Case) -> Iterator[Part]:
    """What was signed, in order of signing, the void ones too: a number that was given is accounted for."""
    found = session.scalars(select(Letter).where(Letter.case_id == case.id, Letter.number.is_not(None))
                            .options(joinedload(Letter.bureau)).order_by(Letter.signed_at, Letter.id))
    for letter in found:
        void = f"（作废：{letter.void_reason}）" if letter.state is LetterState.VOIDED else ""
        assert letter.signed_at is not None and letter.number is not None  # the database says so
        yield Part(letter.title + void, letter.number, letter.bureau.name, moment.local(letter.signed_at).date(),
                   pdf_of(letter), f"{letter.number}.pdf")


def _explanations(session: Session, case: Case) -> Iterator[Part]:
    """为什么是这天: every clock's date with its days."""
    from core.letter.fonts import book
    from core.letter.report import paragraph, report, table

    if not case.clocks:
        return
    fonts, calendar, blocks = book(), clocks.calendar_of(session), []
    for clock in case.clocks:
        blocks += [paragraph(line, fonts) for line in _said(case, clock)]
        days = list(_days(clocks.explanation(clock, calendar).as_dict()["days"])) if clock.result != "void" else []
        if days:
            blocks.append(table(("日期", "性质", "计入", "第几日", "说明"), days, fonts))
    today = moment.today()
    yield Part("办理期限说明", "", case.bureau.name, today, report("办理期限说明", blocks, case.bureau.name, today, fonts))


def _said(case: Case, clock: Clock) -> Iterator[str]:
    deadline = case.workflow.deadline(clock.code)
    units = {"WD": "个工作日", "CD": "日", "MONTH": "个月", "HOUR": "小时", "MIN": "分钟"}
    ended = RESULTS.get(str(clock.result), "") if clock.result else "计时中"
    yield (f"{deadline.label if deadline else clock.code}：{clock.amount}{units.get(clock.unit, clock.unit)}，"
           f"自{_day(moment.local(clock.start_at).date())}起算，{_day(clock.due_on)}届满"
           f"{'（暂定）' if clock.provisional else ''}，{ended}。")
    if clock.basis:
        yield f"{'依据' if clock.is_law else '本系统参数'}：{clock.basis}。"
    for pause in clock.pauses:
        yield f"暂停：{pause.get('since', '')[:10]}至{(pause.get('until') or '今')[:10]}，{pause.get('reason', '')}。"
    for longer in clock.extensions:
        yield f"延长：{longer['amount']}{units.get(longer['unit'], longer['unit'])}，{longer['basis']}。"
    if clock.void_reason:
        yield f"作废原因：{clock.void_reason}。"


def _days(days: Sequence[dict[str, Any]]) -> Iterator[tuple[str, ...]]:
    """The days of an explanation, those of a kind that follow one another in one row."""
    for (kind, counted, name), group in groupby(days, key=lambda day: (day["kind"], day["counted"], day["name"])):
        run = list(group)
        dates = [dt.date.fromisoformat(day["date"]) for day in run]
        span = [_short(dates[0]), *([_short(dates[-1])] if len(run) > 1 else [])]
        numbers = [str(day["n"]) for day in run if day["n"] is not None]
        nth = numbers[0] if len(numbers) == 1 else f"{numbers[0]}—{numbers[-1]}" if numbers else "—"
        yield ("至".join(span), KINDS_OF_DAY.get(kind, kind), "计入" if counted else "不计入", nth, name or "—")


def _history(session: Session, case: Case) -> Iterator[Part]:
    """What happened, and the log's entries with the links of its chain."""
    from core.letter.fonts import book
    from core.letter.report import report, table

    fonts, today, organ = book(), moment.today(), case.bureau.name
    rows = [(_time(event.at), event.actor, "：".join(filter(None, (event_title(case, event), event.note))))
            for event in case.events]
    yield Part("办理记录", "", organ, today,
               report("办理记录", [table(("时间", "人员", "办理内容"), rows, fonts)], organ, today, fonts))
    entries = [entry for entry in entries_of(session, "core_case", case.id, MAX_LOG) if entry.action != "read"]
    acts = {"created": "新建", "changed": "修改", "deleted": "删除", "exported": "导出"}
    links = [(_time(entry.at), entry.actor, acts.get(entry.action, entry.action), str(entry.seq or "待封存"),
              f"{len(entry.changes)}项", entry.content[:24]) for entry in reversed(entries)]
    if links:
        head = ("时间", "人员", "操作", "链序号", "涉及", "内容校验值（前24位）")
        yield Part("日志摘录", "", organ, today, report("日志摘录", [table(head, links, fonts)], organ, today, fonts))


def _attachments(case: Case) -> Iterator[Part]:
    """The files of the case: PDF and pictures as pages, of another file or a damaged one a page that says so."""
    from core.letter.binding import pages_of

    for found in case.attachments:
        if found.removed_at is None:
            with open_file(found) as stream:
                data = stream.read()
            day = moment.local(found.uploaded_at).date()
            yield Part(found.name, "", case.bureau.name, day,
                       pages_of(found.content_type, data) or _stand_in(case, found, day))


def _stand_in(case: Case, found: Attachment, day: dt.date) -> bytes:
    from core.letter.fonts import book
    from core.letter.report import report, table

    rows = [("文件名", found.name), ("类型", found.content_type), ("大小", f"{found.size}字节"), ("SHA-256", found.sha256),
            ("说明", "该文件不是可以编入的PDF或者图片，原件存于系统，可以按校验值核对。")]
    return report("附件存放说明", [table(("项目", "内容"), rows, book())], case.bureau.name, day, book())


def _kept(kept: Any) -> str:
    if not kept.years:
        return "永久"
    return f"{kept.years}年" + (f"，至{_day(kept.until)}" if kept.until else "，自办结次年1月1日起算")


def _day(day: dt.date) -> str:
    return chinese_date(day)


def _short(day: dt.date) -> str:
    return f"{day.isoformat()}（{WEEKDAYS[day.weekday()]}）"


def _time(at: dt.datetime) -> str:
    return f"{moment.local(at):%Y-%m-%d %H:%M}"
