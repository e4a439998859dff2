"""Before a penalty: the party hears what it would mean for its credit, together with the prior notice."""
from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import select

from addons.credit_repair import names
from addons.credit_repair.letters import due
from addons.credit_repair.models import PriorNotice
from addons.credit_repair.priors import enter_prior
from addons.credit_repair.tests.helpers import enter, values
from core import moment
from core.access import view_as
from core.case import act
from core.errors import Refusal
from core.letter.batch import issue_for
from core.letter.models import LetterState

D = dt.date
NOTICED = D(2026, 4, 2)


def foretell(team, serial=1, **more):
    """An intended fine of 5,000 yuan, entered by the clerk of market supervision."""
    known = values(serial=serial)
    return enter_prior(team.session, team.viewer("qian"), team.unit("SAMR-TEAM"), {
        "party_name": known["party_name"], "uscc": known["uscc"], "document_number": f"津宁市监罚告〔2026〕{serial}号",
        "noticed_on": NOTICED, "filed_on": D(2026, 3, 2), "violation": known["violation"], "penalty_kinds": ["罚款"],
        "fine": Decimal("0.5"), **more})


def test_the_prior_notice_goes_out_with_what_it_means_for_credit_and_the_decision_ends_it(team):
    with moment.at(NOTICED):
        case = foretell(team)
        team.session.commit()
        assert case.due_on == D(2026, 6, 1)  # ninety days from when it was put on file; the last is a Sunday
        assert due.consequences(team.session, NOTICED) == [case.id]
        with pytest.raises(Refusal, match=r"signed|签发"):
            act.do(case, "tell", actor=team.viewer("qian"), data={"served_on": "2026-04-02", "served_how": "直接送达"})
        letter = issue_for(team.session, case, names.CONSEQUENCES)
        assert (letter.fields["tier"], letter.fields["minimum"], letter.fields["maximum"]) == ("一般", "3个月", "1年")
        assert letter.bureau.code == "SAMR"
        team.session.commit()
        clerk = team.viewer("qian")
        with view_as(clerk) as session:  # as the clerk does it: in a session that sees what he may see
            act.do(session.get_one(PriorNotice, case.id), "tell", actor=clerk, data={
                "served_on": "2026-04-02", "served_how": "直接送达"})
            session.commit()
        team.session.expire_all()
        assert (case.state, letter.state, due.consequences(team.session, NOTICED)) == ("told", LetterState.DELIVERED, [])
        with pytest.raises(Refusal, match=r"Enter the decision|录入"):
            act.do(case, "decide", actor=team.viewer("qian"), data={"document_number": "津宁市监罚〔2026〕1号"})
    with view_as(team.viewer("wang")) as session:  # another bureau does not learn what is intended; nor does the credit section
        assert session.scalars(select(PriorNotice)).all() == []
    with view_as(team.viewer("zhou")) as session:
        assert session.scalars(select(PriorNotice)).all() == []
    with moment.at(D(2026, 4, 20)):
        decision = enter(team, decided_on=D(2026, 4, 20))
        assert (case.state, case.penalty_id, case.result) == ("decided", decision.id, "decided")


def test_a_light_one_is_told_that_it_is_in_principle_not_public_and_doubtful_ones_are_left_to_a_person(team):
    with moment.at(NOTICED):
        light = foretell(team, penalty_kinds=["警告"], fine=None)
        assert issue_for(team.session, light, names.CONSEQUENCES).fields["light"] is True
        twin = foretell(team, document_number="津宁市监罚告〔2026〕9号")
        with pytest.raises(Refusal, match=r"already|已"):
            foretell(team)
        decision = enter(team, decided_on=NOTICED)
        assert (light.state, twin.state) == ("prepared", "prepared")  # which of the two was decided?
        act.do(twin, "decide", actor=team.viewer("qian"), data={"document_number": decision.document_number})
        assert twin.penalty_id == decision.id
        act.do(light, "edit", actor=team.viewer("qian"), data={
            "party_name": light.party_name, "uscc": light.uscc, "document_number": light.document_number,
            "noticed_on": "2026-04-02", "filed_on": "2026-03-10", "violation": "占道经营", "penalty_kinds": ["罚款"],
            "fine": "0.1"})
        assert (light.due_on, light.kinds) == (D(2026, 6, 8), "罚款")
        act.do(light, "drop", actor=team.viewer("qian"), note="已及时改正")
        assert light.due_on is None
