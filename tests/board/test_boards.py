"""The boards: one figure on the screen, in the sheet and on paper; every number opens the very cases behind it."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from pathlib import Path

import pdfplumber
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import event, func, select

from core import moment, parameters
from core.access.models import UnitKind
from core.board.load import AGES, LIGHTS, Choice, by_district, conditions, load
from core.board.map import FILE, district_map, tiles
from core.board.ranking import ranking
from core.board.stats import by_bureau, compute, indicators, series
from core.case import Case
from core.db import db
from core.party.models import Enterprise
from core.reference import reference
from trial_people import Desk

MARCH = dt.date(2026, 3, 1)
NOW = dt.datetime(2026, 3, 20, 10, tzinfo=moment.zone())


def a_busy_month(desk: Desk) -> None:
    """Six decisions of the office CGW, one of them late; two of SAMR; open ones of every light."""
    for _turn in range(5):
        done = desk.opens("lin", on=dt.date(2026, 3, 2), species="杨树")
        desk.does("lin", done, "accept", dt.date(2026, 3, 2))
        desk.does("han", done, "grant", dt.date(2026, 3, 5), data={"trees": 1})
    late = desk.opens("lin", on=dt.date(2026, 3, 2))
    desk.does("lin", late, "accept", dt.date(2026, 3, 2))
    desk.does("han", late, "refuse", dt.date(2026, 3, 19), note="病虫害不成立")
    for opened in (dt.date(2026, 2, 2), dt.date(2026, 3, 12), dt.date(2026, 3, 20)):
        number = desk.opens("lin", on=opened)
        desk.does("lin", number, "accept", opened)
    desk.opens("lin", on=dt.date(2026, 3, 20))  # nothing runs yet
    desk.opens("zhao", unit="SAMR", on=dt.date(2026, 3, 2))


def test_what_is_counted_is_what_is_found_behind_it(desk: Desk) -> None:
    a_busy_month(desk)
    with moment.at(NOW), desk.of("lin") as (session, _viewer):
        told = load(session)
        assert (told.total.red, told.total.yellow, told.total.green, told.total.none) == (1, 1, 1, 1)
        for choice, count in [
                *((Choice(light=light), getattr(told.total, light)) for light in LIGHTS),
                *((Choice(age=name), told.ages[name].count) for name, _from, _to in AGES),
                *((Choice(unit_id=key), lights.count) for key, _name, lights, _free in told.sections),
                *((Choice(kind=kind), lights.count) for kind, lights in told.kinds.items())]:
            found = session.scalar(select(func.count()).select_from(Case).where(conditions(session, choice, told.as_of)))
            assert found == count, choice
    with moment.at(NOW), desk.of("zhao") as (session, _viewer):
        assert load(session).total.count == 1  # the other bureau's cases are in no count


def test_months_bureaus_and_the_single_figure_come_from_one_select(desk: Desk) -> None:
    a_busy_month(desk)
    session = desk.district.session
    with moment.at(NOW):
        for indicator in indicators().values():
            months = series(session, indicator, MARCH)
            assert len(months) == 12 and months[-1][0] == MARCH
            one = compute(session, indicator, MARCH)
            assert (months[-1][1].numerator, months[-1][1].denominator) == (one.numerator, one.denominator)
            assert sum(figure.denominator for figure in by_bureau(session, indicator, MARCH).values()) == one.denominator


def test_a_bureau_with_a_small_sample_is_shown_and_not_ranked(desk: Desk) -> None:
    a_busy_month(desk)
    done = desk.opens("zhao", unit="SAMR", on=dt.date(2026, 3, 2))
    desk.does("zhao", done, "accept", dt.date(2026, 3, 2))
    desk.does("zhao", done, "withdraw", dt.date(2026, 3, 4), note="申请人撤回")
    with moment.at(NOW):
        places = ranking(desk.district.session, MARCH)
    assert [(place.rank, place.name, place.figure.ratio, place.closed) for place in places] == [
        (1, "区城管委", "5/6", 6), (None, "区市场监管局", "0/0", 1)]
    assert places[0].median_days == 3.0


def test_the_same_figure_on_the_screen_in_the_sheet_and_on_paper(desk: Desk, login) -> None:
    a_busy_month(desk)
    with moment.at(NOW):
        browser = login("lin")
        page = browser.get("/board?month=2026-03").text
        assert re.search(r"83\.3%.{0,60}5/6", page, re.S)
        assert 'data-test="silent"' not in page and 'data-test="silent"' in browser.get("/board?month=2025-03").text, \
            "what nothing was counted for is folded"
        assert browser.get("/board?view=load").status_code == browser.get("/board?view=districts").status_code == 200
        sheet = load_workbook(io.BytesIO(browser.get("/board/export?month=2026-03").data))
        rows = {row[0]: row for row in sheet.worksheets[0].iter_rows(min_row=3, values_only=True)}
        assert ("83.3%", "5/6") in {(row[1], row[2]) for row in rows.values()}
        assert "2026-03-20 10:00" in sheet.worksheets[0]["A1"].value
        paper = browser.get("/board/export?month=2026-03&format=pdf")
        assert paper.mimetype == "application/pdf"
        with pdfplumber.open(io.BytesIO(paper.data)) as pdf:
            words = "".join(page.extract_text() for page in pdf.pages)
        assert "83.3%" in words and "5/6" in words and "区城管委" in words
        red = browser.get("/board/cases?light=red").text
        assert red.count('class="mono" href="/cases/') == 1
        assert browser.get("/board/cases?light=blue").status_code == 422
        assert browser.get("/command").status_code == 200
        wall = browser.get("/command").text
        assert "data-renew" in wall
        assert ">—<" not in wall.partition('class="panel items"')[2], "a wall shows what counts something"
        assert browser.get("/stats?month=2026-03").location == "/board?month=2026-03"  # an address of before
        behind = browser.get("/stats/core.on_time?month=2026-03").text
        counted = re.search(r"共 (\d+) 个样本，涉及 (\d+) 件事项", behind)
        assert counted is None or counted[1] == "6", "as many as the figure says, however many belong to one case"
        assert len(re.findall(r'class="mono" href="/cases/', behind)) == (int(counted[2]) if counted else 6)


def test_a_board_takes_as_many_statements_whatever_there_is(desk: Desk, login) -> None:
    browser = login("lin")

    def statements() -> int:
        seen: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda *arguments: seen.append(arguments[2]))
        with moment.at(NOW):
            assert browser.get("/board?month=2026-03").status_code == 200
        return len(seen)

    desk.opens("lin", on=dt.date(2026, 3, 2))
    few = statements()
    a_busy_month(desk)
    assert statements() <= few + 1


def test_districts_by_where_the_business_is_registered(desk: Desk, session) -> None:
    code = reference().streets()[0].code
    shop = Enterprise(name="芦台示例商店", uscc="92120117MA00000011", district_code=code)
    session.add(shop)
    session.commit()
    desk.opens("lin", on=dt.date(2026, 3, 2), enterprise_id=shop.id)
    with moment.at(NOW), desk.of("lin") as (own, _viewer):
        found = by_district(own)
        assert {key: lights.count for key, lights in found.items()} == {code: 1}
        behind = own.scalars(select(Case).where(conditions(own, Choice(district=code), moment.now()))).all()
        assert len(behind) == 1


def test_tiles_for_all_seventeen_and_the_districts_own_map_in_their_place(app: Flask, tmp_path: Path) -> None:
    drawn = tiles()
    assert len(drawn.shapes) == 17 and drawn.schematic
    assert len({(shape.x, shape.y) for shape in drawn.shapes}) == 17
    assert district_map(tmp_path).schematic
    square = [[117.8, 39.3], [117.9, 39.3], [117.9, 39.4], [117.8, 39.4], [117.8, 39.3]]
    (tmp_path / FILE).write_text(json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"code": "120117001"}, "geometry": {"type": "Polygon", "coordinates": [square]}}]}))
    own = district_map(tmp_path)
    assert not own.schematic and own.shapes[0].name == "芦台街道" and own.shapes[0].outline.startswith("M0.0 ")
    (tmp_path / FILE).write_text("{}")
    assert district_map(tmp_path).schematic


def test_a_target_colours_the_same_figure_on_screen_in_the_sheet_and_on_paper(desk: Desk, browser) -> None:
    a_busy_month(desk)
    boss, lin = browser("admin"), browser("lin")
    with moment.at(NOW):
        assert "请对调" in boss.post("/admin/targets", data={"target:core.on_time": "80", "limit:core.on_time": "95"},
                                       follow_redirects=True).text  # red would begin before the target
        boss.post("/admin/targets", data={"target:core.on_time": "95", "limit:core.on_time": "80"})
        boss.post("/admin/targets", data={"target:core.opened": "x"})
        assert 'value="95"' in boss.get("/admin/targets").text
        page = lin.get("/board?month=2026-03").text
        assert "目标 ≥ 95%，接近目标" in page and "接近目标 1<" in page and page.count("接近目标") == 2
        sheet = load_workbook(io.BytesIO(lin.get("/board/export?month=2026-03").data)).worksheets[0]
        assert ("83.3%", "5/6", "≥ 95%", "接近目标") in {row[1:5] for row in sheet.iter_rows(values_only=True)}
        with pdfplumber.open(io.BytesIO(lin.get("/board/export?month=2026-03&format=pdf").data)) as pdf:
            assert "≥ 95%" in "".join(page.extract_text() for page in pdf.pages)
        assert "≥ 95%" in lin.get("/command").text
        boss.post("/admin/targets", data={"target:core.on_time": "", "limit:core.on_time": ""})
        assert "接近目标" not in lin.get("/board?month=2026-03").text


def test_how_large_a_sample_is_ranked_is_a_parameter(desk: Desk, session) -> None:
    a_busy_month(desk)
    parameters.put(session, "board.least_sample", "7", None)
    session.commit()
    with moment.at(NOW), desk.of("lin") as (own, _viewer):
        assert [place.rank for place in ranking(own, MARCH)] == [None]


def test_a_case_without_a_business_is_in_the_district_of_the_street_that_has_it(desk: Desk, session) -> None:
    street = desk.district.units["CGW"]
    street.kind, street.code = UnitKind.STREET, "120117999"
    session.commit()
    desk.opens("lin", on=dt.date(2026, 3, 2))
    with moment.at(NOW), desk.of("lin") as (own, _viewer):
        assert {key: lights.count for key, lights in by_district(own).items()} == {street.code: 1}
        assert own.scalar(select(func.count()).select_from(Case).where(
            conditions(own, Choice(district=street.code), moment.now()))) == 1
