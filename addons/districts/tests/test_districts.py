"""Districts, their officers, and the rule that an enterprise has one officer at a time."""
from __future__ import annotations

import datetime as dt
import io
import json
import re
from pathlib import Path
from tempfile import mkdtemp

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from addons.districts.models import FOREVER, Area, Issue, Need, Serving
from addons.districts.operations.areas import appoint_officer, draw_area, gaps, polygons_meet
from addons.districts.operations.outlines import unfilled
from addons.districts.operations.serving import (
    assign_officer,
    coverage,
    keep_assigned,
    primary_of,
    transfer_block,
    unserved,
)
from addons.districts.operations.works import finish_visit, frequent, link_issue, plan_visit
from addons.districts.tests.helpers import TEXT, do, receive
from core import moment
from core.access import Scope, view_as
from core.board.map import outlines
from core.errors import NotAllowed, Refusal
from core.party.models import Enterprise
from core.party.register_import import ENTERPRISES
from core.party.uscc import make_uscc
from core.tabular.importing import run_import
from core.testing.people import give_role

D = dt.date
START = D(2026, 1, 5)


def laid_out(team):
    """Two districts in the first street, one in the second; an officer in each."""
    one = draw_area(team.session, team.unit("120117001"), "120117001-01", "示例东片区", words=("示例路", "东大街"),
                    valid_from=START, east="示例河")
    two = draw_area(team.session, team.unit("120117001"), "120117001-02", "示例西片区", words=("西大街",),
                    valid_from=START)
    far = draw_area(team.session, team.unit("120117110"), "120117110-01", "七里海示例片区", valid_from=START)
    posts = [appoint_officer(team.session, team.people[who], area, valid_from=START)
             for who, area in (("wang", one), ("lead", two), ("qi", far))]
    team.session.commit()
    return posts


def test_districts_do_not_overlap_have_versions_and_gaps_are_named(team):
    laid_out(team)
    street = team.unit("120117001")
    with pytest.raises(Refusal, match="示例路"), team.session.begin_nested():
        draw_area(team.session, street, "120117001-03", "重叠片区", words=("示例路",), valid_from=START)
    newer = draw_area(team.session, street, "120117001-02", "示例西片区（新）", words=("西大街", "北大街"),
                      valid_from=D(2026, 6, 1))
    assert any("没有" in fault or "no officer" in fault for fault in gaps(team.session, D(2026, 6, 2)))
    assert newer.valid_to == FOREVER
    square, beside = [(0, 0), (2, 0), (2, 2), (0, 2)], [(2, 0), (4, 0), (4, 2), (2, 2)]
    across = [(1, 1), (3, 1), (3, 3), (1, 3)]
    assert polygons_meet(square, across)
    assert not polygons_meet(square, beside)


def test_a_part_of_a_street_that_lies_in_no_district_is_seen_on_the_districts_own_map(team, tmp_path):
    laid_out(team)
    on, street = D(2026, 6, 2), team.unit("120117001")

    def told():
        return [each for each in unfilled(team.session, on, outlines(tmp_path)) if "芦台街道" in each]

    assert "未核查" in unfilled(team.session, on, outlines(tmp_path))[0], "without a map it says so"
    square = [[117.0, 39.0, 3.5], [117.4, 39.0, 3.5], [117.4, 39.4, 3.5], [117.0, 39.4, 3.5], [117.0, 39.0, 3.5]]
    (tmp_path / "districts.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [
        {"properties": {"code": street.code}, "geometry": {"type": "Polygon", "coordinates": [square]}}]}))
    assert ["有2个未绘制轮廓" in each for each in told()] == [True]
    areas = team.session.scalars(select(Area).where(Area.unit_id == street.id, Area.valid_to > on).order_by(Area.code)).all()
    for area, (west, east) in zip(areas, ((117.0, 117.2), (117.2, 117.4)), strict=True):
        area.polygon = [[west, 39.0], [east, 39.0], [east, 39.4], [west, 39.4]]
    assert told() == [], "they fill it"
    areas[0].polygon = [[117.0, 39.0], [117.1, 39.0], [117.1, 39.4], [117.0, 39.4]]
    areas[1].polygon = [[117.2, 39.0], [117.6, 39.0], [117.6, 39.4], [117.2, 39.4]]
    gap, beyond = told()
    assert re.search(r"约2[3-7]%", gap) and areas[1].name in beyond and "约50%" in beyond


def test_people_of_villages_and_of_other_units_are_refused_as_officers(team):
    laid_out(team)
    give_role(team, "cun", "村干部", "districts.officer", "VILLAGE", Scope.UNIT)
    area = laid_area(team)
    for who in ("cun", "samr"):
        with pytest.raises(Refusal):
            appoint_officer(team.session, team.people[who], area)


def laid_area(team):
    from addons.districts.models import Area

    return team.session.scalars(select(Area).order_by(Area.id).limit(1)).one()


def test_the_database_itself_keeps_it_to_one_officer_at_a_time(team):
    wang, lead, _qi = laid_out(team)
    enterprise = team.session.scalars(select(Enterprise).limit(1)).one()
    assign_officer(team.session, enterprise, wang, START)
    team.session.commit()
    for follows, since, until in ((None, D(2026, 3, 1), FOREVER), (None, D(2025, 1, 1), START),
                                  (FOREVER, D(2026, 3, 1), FOREVER), (D(2026, 2, 1), D(2026, 3, 1), FOREVER)):
        with pytest.raises(IntegrityError), team.session.begin_nested():
            team.session.add(Serving(enterprise_id=enterprise.id, post_id=lead.id, valid_from=since, valid_to=until,
                                     follows=follows))
            team.session.flush()
    assign_officer(team.session, enterprise, lead, D(2026, 4, 1))
    assert primary_of(team.session, enterprise.id, D(2026, 3, 31)).user_id == wang.user_id
    assert primary_of(team.session, enterprise.id, D(2026, 4, 1)).user_id == lead.user_id


def test_edge_02_the_operating_address_decides_and_an_override_needs_a_reason(team):
    wang, _lead, qi = laid_out(team)
    enterprise = Enterprise(uscc=make_uscc("120117", 99), name="天津示例跨镇有限公司", district_code="120117001",
                            registered_address="天津市宁河区芦台街道西大街9号",
                            business_address="天津市宁河区芦台街道示例路9号")
    team.session.add(enterprise)
    team.session.flush()
    keep_assigned(team.session, START)
    assert primary_of(team.session, enterprise.id, START).user_id == wang.user_id
    with pytest.raises(Refusal):
        assign_officer(team.session, enterprise, qi, D(2026, 2, 2))
    assign_officer(team.session, enterprise, qi, D(2026, 2, 2), reason="厂区在七里海镇")
    assert primary_of(team.session, enterprise.id, D(2026, 2, 2)).unit_id == team.unit("120117110").id


def test_edge_02_both_streets_see_the_need_and_one_has_it(team):
    team.session.add(Enterprise(uscc=make_uscc("120117", 97), name="天津示例两地有限公司", district_code="120117001",
                                registered_address="天津市宁河区七里海镇示例村9号",
                                business_address="天津市宁河区芦台街道示例路9号"))
    team.session.commit()
    need = receive(team, number=97)
    assert need.unit.code == "120117001"
    with view_as(team.viewer("qilead")) as second:
        assert [n.id for n in second.scalars(select(Need))] == [need.id]
    with pytest.raises(NotAllowed):
        do(team, need, "accept", "qilead")
    with view_as(team.viewer("qi")) as others:
        assert others.scalars(select(Need)).all() == []


def test_edge_03_an_open_need_stays_with_the_old_street_when_the_enterprise_moves(team):
    wang, _lead, qi = laid_out(team)
    with moment.at(D(2026, 2, 2)):
        keep_assigned(team.session)
        need = receive(team)
    enterprise = need.enterprise
    with moment.at(D(2026, 3, 2)):
        enterprise.district_code, enterprise.business_address = "120117110", "天津市宁河区七里海镇示例路1号"
        team.session.flush()
        told = keep_assigned(team.session)
        assert (told["moved"], told["assigned"]) == (1, 1)
        assert need.unit.code == "120117001"
        assert primary_of(team.session, enterprise.id, D(2026, 3, 2)).post_id == qi.id
        assert primary_of(team.session, enterprise.id, D(2026, 3, 1)).post_id == wang.id
        team.session.commit()
        with view_as(team.viewer("qi")) as new:  # the new officer observes, and does nothing
            assert [n.id for n in new.scalars(select(Need))] == [need.id]
        with pytest.raises(NotAllowed):
            do(team, need, "accept", "qi")
        keep_assigned(team.session)
        assert sum(event.kind == "copied" for event in need.events) == 1
        later = receive(team, who="hub", title="迁入后的新事项", unit="")
        assert (later.unit.code, later.assignee_id) == ("120117110", team.people["qi"].id)


def test_edge_07_somebody_leaves_and_nobody_is_uncovered(team):
    wang, lead, _qi = laid_out(team)
    team.session.add_all(Enterprise(uscc=make_uscc("120117", n), name=f"天津示例{n}号有限公司", district_code="120117001",
                                    business_address=f"示例路{n}号") for n in range(100, 400))
    team.session.flush()
    with moment.at(D(2026, 2, 2)):
        keep_assigned(team.session)
        need = receive(team)
        do(team, need, "accept", "wang")
        due = need.due_at
    with moment.at(D(2026, 3, 2)):
        told = transfer_block(team.session, team.viewer("chief"), wang, lead, D(2026, 3, 2), "调离")
        assert told == {"enterprises": 303, "needs": 1}
        covered, active = coverage(team.session)
    assert covered == active
    assert (need.assignee_id, need.first_asker_id, need.due_at) == (lead.user_id, team.people["wang"].id, due)
    again = team.session.scalars(select(Serving).where(Serving.valid_to == FOREVER)).all()
    assert {row.post_id for row in again} == {lead.id}


def test_edge_15_an_enclave_is_nobodys_here(team):
    laid_out(team)
    team.session.add(Enterprise(uscc=make_uscc("120117", 98), name="示例农场公司", district_code="120117001",
                                business_address="清河农场示例路1号"))
    team.session.flush()
    keep_assigned(team.session, START)
    assert [e.name for e in unserved(team.session, START)] == ["示例农场公司"]


def test_edge_16_an_absurd_month_is_stopped_and_a_repeated_one_changes_nothing(team):
    wang, _lead, _qi = laid_out(team)
    team.session.add_all(Enterprise(uscc=make_uscc("120117", n), name=f"天津示例{n}号有限公司", district_code="120117001",
                                    business_address=f"示例路{n}号") for n in range(100, 260))
    team.session.commit()

    def sheet(rows):
        head = "统一社会信用代码,企业名称,登记状态,经营场所,所属片区,变动类型\n"
        return io.BytesIO((head + "".join(",".join(row) + "\n" for row in rows)).encode())

    month = [(make_uscc("120117", 100), "天津示例100号有限公司", "注销", "示例路100号", "120117001", "注销"),
             (make_uscc("120117", 500), "天津示例500号有限公司", "存续", "示例路500号", "120117001", "设立")]
    with moment.at(D(2026, 3, 5)):
        keep_assigned(team.session)
        team.session.commit()
    with moment.at(D(2026, 4, 5)):
        _import(team, sheet(month))
        new = team.session.scalars(select(Enterprise).where(Enterprise.uscc == make_uscc("120117", 500))).one()
        gone = team.session.scalars(select(Enterprise).where(Enterprise.uscc == make_uscc("120117", 100))).one()
        assert primary_of(team.session, new.id, D(2026, 4, 5)).post_id == wang.id
        assert primary_of(team.session, gone.id, D(2026, 4, 5)) is None
        rows = len(team.session.scalars(select(Serving)).all())
        _import(team, sheet(month))
        assert len(team.session.scalars(select(Serving)).all()) == rows
        absurd = [(make_uscc("120117", n), f"天津示例{n}号有限公司", "注销", f"示例路{n}号", "120117001", "注销")
                  for n in range(101, 221)]
        result = _import(team, sheet(absurd), fails=True)
        assert result is None
        assert primary_of(team.session, _id(team, 150), D(2026, 4, 5)) is not None


def _id(team, number):
    return team.session.scalar(select(Enterprise.id).where(Enterprise.uscc == make_uscc("120117", number)))


def _import(team, sheet, fails=False):
    from core.access import system_viewer
    from core.tabular.reading import SheetError

    try:
        file = Path(mkdtemp()) / "jyzt_202604.csv"
        file.write_bytes(sheet.getvalue())
        result = run_import(team.session, ENTERPRISES, file, by=system_viewer("test"), bureau_id=None)
        team.session.commit()
    except SheetError:
        team.session.rollback()
        if not fails:
            raise
        return None
    team.session.expire_all()
    return result


def test_a_visit_is_made_once_a_month_and_brings_needs(team):
    enterprise = team.session.scalars(select(Enterprise).limit(1)).one()
    street, wang = team.unit("120117001"), team.viewer("wang")
    visit = plan_visit(team.session, wang, enterprise, street, D(2026, 4, 8))
    with pytest.raises(Refusal, match="2026-04-08"):
        plan_visit(team.session, wang, enterprise, street, D(2026, 4, 20), module="inspection_exemption")
    plan_visit(team.session, wang, enterprise, street, D(2026, 4, 20), asked_for=True)
    from addons.districts.channels import Incoming

    with pytest.raises(Refusal):
        finish_visit(team.session, wang, visit, identity_shown=False)
    made = finish_visit(team.session, wang, visit, identity_shown=True, needs=[Incoming("visit", "路灯", TEXT)])
    assert (visit.needs, made[0].channel, made[0].enterprise_id) == (1, "visit", enterprise.id)


def test_edge_06_one_cause_of_two_enterprises_is_a_common_issue_and_frequent_problems_are_warned_of(team):
    with moment.at(D(2026, 4, 8)):
        needs = [receive(team, number=1 + n % 3, title=f"第{n}件") for n in range(6)]
        issue = Issue(title="道路封闭", category="物流", reserve=True, noticed_on=D(2026, 4, 8))
        team.session.add(issue)
        for need in needs[:2]:
            link_issue(team.session, issue, need)
            link_issue(team.session, issue, need)
        assert (len(issue.links), needs[0].reserve) == (2, True)
        assert frequent(team.session, D(2026, 4, 1)) == [("其他", 6, 0)]
