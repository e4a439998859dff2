"""A bureau switches a module on and off; what depends on what is kept in order."""
from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from core import bureau_modules, moment
from core.addon import Addon, Suite
from core.bureau_modules import disable, enable, enabled_modules, tell_open_cases
from core.errors import NotFound, Refusal
from core.testing.people import make_unit


@pytest.fixture
def suite(app: Flask) -> Suite:
    """``credit`` needs ``districts``; ``liquor`` needs nothing."""
    def described(name: str, *depends: str) -> Addon:
        return Addon(name, name.title(), "", "1", Path(name), f"addons.{name}", depends=depends)
    return Suite(app.extensions["yingshang"].settings, [described("districts"), described("liquor"),
                                                        described("credit", "districts")])


@pytest.fixture
def bureau(session: Session) -> int:
    return make_unit(session, "NDRC", "区发改委").id


def test_a_module_is_there_for_the_bureau_that_switched_it_on(session: Session, suite: Suite, bureau: int) -> None:
    other = make_unit(session, "SAMR", "区市场监管局").id
    with moment.at(moment.today()) as now:
        assert enable(session, suite, "credit", bureau) == ("districts", "credit")
    assert enabled_modules(session, bureau) == {"districts", "credit"} and enabled_modules(session, other) == frozenset()
    row = session.get(bureau_modules.BureauModule, (bureau, "credit"))
    assert row is not None and row.enabled_at == now and row.enabled_by is None
    assert enable(session, suite, "credit", bureau) == ()


def test_a_module_that_another_one_needs_is_not_switched_off_first(session: Session, suite: Suite, bureau: int) -> None:
    enable(session, suite, "credit", bureau)
    with pytest.raises(Refusal, match=r"districts.*Credit"):
        disable(session, suite, "districts", bureau)
    disable(session, suite, "credit", bureau)
    assert disable(session, suite, "districts", bureau) == [] and not enabled_modules(session, bureau)


def test_who_switches_a_module_off_is_told_of_the_cases_that_remain(
        session: Session, suite: Suite, bureau: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bureau_modules, "_open_cases", [])
    tell_open_cases(lambda _session, module, unit: [{"number": f"{module}-{unit}-1"}])
    enable(session, suite, "liquor", bureau)
    assert disable(session, suite, "liquor", bureau) == [{"number": f"liquor-{bureau}-1"}]
    assert disable(session, suite, "liquor", bureau) == [], "it was off already"


def test_a_module_that_does_not_exist_is_named(session: Session, suite: Suite, bureau: int) -> None:
    for act in (enable, disable):
        with pytest.raises(NotFound, match="ghost"):
            act(session, suite, "ghost", bureau)
