"""The month is closed with three figures, each beside its sample."""
from __future__ import annotations

import datetime as dt

from addons.credit_repair.letters import due_prenotices
from addons.credit_repair.names import NOTICE
from addons.credit_repair.stats import INDICATORS
from addons.credit_repair.tests.helpers import enter
from addons.credit_repair.tests.test_penalties import NAME_DIFFERS, to_reported
from core import moment
from core.access import UnitKind
from core.board.stats import behind, compute, indicators, series
from core.case import ClockResult, act
from core.letter.batch import issue_for
from core.rules.register import override

D = dt.date
FIGURES = {indicator.code: indicator for indicator in INDICATORS}


MARCH = D(2026, 3, 1)


def figure(team, code, month=MARCH):
    return compute(team.session, FIGURES[code], month)


def test_compliance_counts_each_row_once_by_its_first_report(team):
    with moment.at(D(2026, 3, 2)):
        good, bad = (enter(team, serial=n, number=f"津宁市监罚〔2026〕{n}号", decided_on=D(2026, 3, 2)) for n in (1, 2))
        for case in (good, bad):
            to_reported(team, case)
        act.do(good, "accept", actor=team.viewer("li"))
        act.do(bad, "reject", actor=team.viewer("li"), data=NAME_DIFFERS)
        act.do(bad, "mend", actor=team.viewer("qian"))
        to_reported(team, bad)
        act.do(bad, "accept", actor=team.viewer("li"))
        told = figure(team, "credit_repair.compliance")
    assert (told.numerator, told.denominator, told.percent) == (1, 2, "50.0%")
    assert behind(team.session, FIGURES["credit_repair.compliance"], D(2026, 3, 1), hit=False) == [(bad.id, False)]


def test_a_bureau_may_count_by_the_last_report_and_let_reporting_itself_stop_the_seven_days(team):
    for key, value in (("penalty.compliance_first", False), ("penalty.report_stop_on", "reported")):
        override(team.session, team.unit("SAMR").id, key, value, "按市里口径", team.people["admin"].id, D(2026, 1, 1))
    team.session.commit()
    with moment.at(D(2026, 3, 2)):
        case = enter(team, decided_on=D(2026, 3, 2))
        to_reported(team, case)
        act.do(case, "reject", actor=team.viewer("li"), data=NAME_DIFFERS)
        assert figure(team, "credit_repair.compliance").numerator == 0
    with moment.at(D(2026, 3, 12)):
        act.do(case, "mend", actor=team.viewer("qian"))
        to_reported(team, case)
        act.do(case, "accept", actor=team.viewer("li"))
        assert [(clock.result, moment.local(clock.stopped_at).date()) for clock in case.clocks if clock.code == "publish"] == [
            (ClockResult.ON_TIME, D(2026, 3, 2))]
        assert (figure(team, "credit_repair.compliance").percent, figure(team, "credit_repair.late").numerator) == ("100.0%", 0)


def test_a_row_that_is_not_accepted_when_its_day_is_over_is_late_already(team):
    with moment.at(D(2026, 3, 2)):
        case = enter(team, decided_on=D(2026, 3, 2))
        to_reported(team, case)
        assert figure(team, "credit_repair.late").numerator == 0
    with moment.at(D(2026, 3, 12)):
        assert (figure(team, "credit_repair.late").numerator, figure(team, "credit_repair.late").denominator) == (1, 1)


def test_letters_with_decisions_counts_what_was_served(team, app):
    with moment.at(D(2026, 3, 2)):
        case = enter(team, decided_on=D(2026, 3, 2))
        enter(team, serial=2, number="津宁市监罚〔2026〕2号", decided_on=D(2026, 3, 2), served_on=D(2026, 3, 2))
        issue_for(team.session, case, NOTICE)
        act.do(case, "serve", actor=team.viewer("qian"), data={"served_on": "2026-03-02", "served_how": "直接送达"})
        told = figure(team, "credit_repair.letters")
    assert (told.numerator, told.denominator) == (1, 2)
    with moment.at(D(2026, 4, 10)):  # a year asked at one go and a month alone never differ
        for item in indicators().values():
            year = series(team.session, item, MARCH)
            assert [month.month for month, _figure in year] == [*range(4, 13), 1, 2, 3]
            assert year[-1][1] == compute(team.session, item, MARCH), item.code
            assert year[-3][1] == compute(team.session, item, D(2026, 1, 1)), item.code


def test_an_empty_month_has_no_percentage(team):
    assert figure(team, "credit_repair.late", D(2025, 1, 1)).percent == "—"


def test_pre_notices_are_due_fifteen_days_before_the_minimum_period_ends(team):
    with moment.at(D(2026, 4, 2)):
        case = enter(team, decided_on=D(2026, 4, 2))
        to_reported(team, case)
        act.do(case, "accept", actor=team.viewer("li"))
        act.do(case, "publish", actor=team.viewer("li"))
        team.session.commit()
    # the minimum period ends on 2 July
    with moment.at(D(2026, 6, 1)):
        assert due_prenotices(team.session, D(2026, 6, 16)) == []
        assert due_prenotices(team.session, D(2026, 6, 17)) == [case.id]
        assert due_prenotices(team.session, D(2026, 6, 30)) == [case.id]  # the whole month at once
    with moment.at(D(2026, 7, 4)):
        assert due_prenotices(team.session, D(2026, 7, 4)) == []


def test_what_a_city_authority_decided_does_not_count_in_the_district(team):
    team.unit("CGW").kind = UnitKind.OUTSIDE
    with moment.at(D(2026, 3, 2)):
        enter(team, clerk="wang", unit="CGW", decided_on=D(2026, 3, 2), served_on=D(2026, 3, 2))
        told = figure(team, "credit_repair.letters")
    assert told.denominator == 0
