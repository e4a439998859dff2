"""What a person holds is kept between requests; whoever changes rights, by whatever way, changes them for the next one."""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from flask_appbuilder.security.sqla.models import PermissionView, Role, ViewMenu, assoc_permissionview_role
from sqlalchemy import delete, event, select, update
from sqlalchemy.orm import Session

from core import epoch, moment, parameters
from core.access.epoch import viewer_of
from core.access.models import Appointment, Staff, Unit
from core.access.viewer import NOBODY, Viewer
from core.case import duty
from core.db import db
from core.module_switch import BureauModule
from trial_people import Desk, find

READ = "tree_felling.permit:read"
NOON = dt.datetime(2026, 2, 11, 4, tzinfo=dt.UTC)


def seen(desk: Desk, username: str, at: dt.datetime = NOON) -> tuple[Viewer, int]:
    """What the next request of that person goes by, and how many statements it took to know."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    person = desk.person(username).id
    db.session.rollback()  # a new request
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        with moment.at(at):
            return viewer_of(db.session(), person), len(sent)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_while_nothing_changes_a_request_asks_one_small_question(desk: Desk) -> None:
    first, _sent = seen(desk, "lin")
    again, sent = seen(desk, "lin")
    assert again is first and sent == 1
    assert seen(desk, "han")[0] is not first
    assert seen(desk, "lin", NOON + dt.timedelta(minutes=2))[0] is not first, "even so it is not kept for long"
    assert seen(desk, "lin", NOON + dt.timedelta(days=1))[0] is not first, "an appointment may end with the day"


def test_what_every_page_asks_for_is_read_once_and_anew_as_soon_as_somebody_wrote_to_it(desk: Desk) -> None:
    session, read = desk.district.session, list[int]()

    def known(asking: Session) -> int:
        return epoch.kept(asking, "how often", lambda: read.append(1) or len(read))

    def request() -> Session:
        asking = db.session()
        asking.rollback()
        epoch.remember(asking, epoch.ask_word(asking))
        return asking

    desk.person("lin")  # a word is there
    first = known(request())
    assert known(request()) == first, "nothing changed"
    assert known(session) == first + 1, "a session that knows no word reads"
    parameters.put(session, "security.idle_minutes", "30", None)
    assert known(request()) == first, "not committed, so not there"
    session.commit()
    assert known(request()) == first + 2, "whoever asks next reads anew"
    writes = request()
    parameters.put(writes, "security.idle_minutes", "40", None)
    assert known(writes) == first + 3, "who has written sees what he wrote"
    writes.commit()
    assert known(writes) == first + 4, "and knows no word after that"
    assert parameters.values(request())["security.idle_minutes"] == 40


def test_signing_in_changes_no_right(desk: Desk) -> None:
    first, _sent = seen(desk, "lin")
    session = desk.district.session
    session.merge(desk.person("lin")).last_login = moment.now().replace(tzinfo=None)
    session.commit()
    assert seen(desk, "lin")[0] is first


def test_whatever_way_a_right_is_taken_it_is_gone_at_the_next_click(desk: Desk) -> None:
    session = desk.district.session
    role = session.scalars(select(Role).where(Role.name == "tree_felling.clerk")).one()
    bureau = desk.district.unit("CGW")
    person = desk.person("lin")
    links = assoc_permissionview_role

    def by_a_record() -> None:
        session.scalars(select(Appointment).where(Appointment.user_id == person.id)).one().valid_to = dt.date(2026, 2, 10)

    def by_a_bulk_update() -> None:
        session.execute(update(Appointment).where(Appointment.user_id == person.id).values(valid_to=dt.date(2026, 2, 10)))

    def by_the_module_switch() -> None:
        session.delete(session.get(BureauModule, (bureau.id, "tree_felling")))

    def by_the_account() -> None:
        session.merge(person).active = False

    def by_the_roles_permissions() -> None:
        session.execute(delete(links).where(links.c.role_id == role.id))

    def by_the_relation_that_the_role_editor_uses() -> None:
        session.get_one(Role, role.id).permissions = []

    ways: tuple[Callable[[], None], ...] = (
        by_a_record, by_a_bulk_update, by_the_module_switch, by_the_account, by_the_roles_permissions,
        by_the_relation_that_the_role_editor_uses)
    for way in ways:
        before, _sent = seen(desk, "lin")
        assert before.may(READ), way.__name__
        kept = _copy(desk)
        way()
        session.flush()
        session.commit()
        after, _sent = seen(desk, "lin")
        assert not after.may(READ), way.__name__
        _put_back(desk, kept)
    assert seen(desk, "lin")[0].may(READ)


def test_past_the_session_too(desk: Desk) -> None:
    """As a script or an upgrade would, straight on the engine."""
    assert seen(desk, "lin")[0].may(READ)
    with db.engine.begin() as connection:
        connection.execute(delete(BureauModule.__table__).where(BureauModule.__table__.c.module == "tree_felling"))
    assert not seen(desk, "lin")[0].may(READ)


def test_what_was_undone_changes_nothing(desk: Desk) -> None:
    first, _sent = seen(desk, "lin")
    with db.engine.connect() as connection:
        connection.execute(update(Staff.__table__).values(active=False))
        connection.rollback()
        connection.commit()
    assert seen(desk, "lin")[0] is first


def test_a_unit_that_moves_takes_its_reach_along(desk: Desk) -> None:
    session, section = desk.district.session, desk.district.unit("SAMR-TEAM")
    before, _sent = seen(desk, "han")
    assert section.id not in before.reach(READ).units
    moved = session.get_one(Unit, section.id)
    moved.path, moved.parent_id = f"{desk.district.unit('CGW').path}{section.id}/", desk.district.unit("CGW").id
    session.commit()
    assert section.id in seen(desk, "han")[0].reach(READ).units


def test_leave_to_read_one_case_ends_at_its_minute(desk: Desk) -> None:
    number = desk.opens("lin")
    assert not seen(desk, "sun")[0].case_ids
    with moment.at(NOON), desk.of("han") as (session, viewer):
        duty.let_read(session, find(session, number), session.get_one(Staff, desk.person("sun").id),
                      NOON + dt.timedelta(seconds=40), "会商", actor=viewer)
        session.commit()
    assert seen(desk, "sun")[0].case_ids, "from the next click on"
    assert seen(desk, "sun", NOON + dt.timedelta(seconds=39))[0].case_ids
    assert not seen(desk, "sun", NOON + dt.timedelta(seconds=40))[0].case_ids


def test_somebody_unknown_is_nobody(desk: Desk) -> None:
    assert viewer_of(db.session(), 999_999) is NOBODY


def _copy(desk: Desk) -> list[tuple[int, int]]:
    links = assoc_permissionview_role
    return [(row.permission_view_id, row.role_id) for row in desk.district.session.execute(
        select(links.c.permission_view_id, links.c.role_id).join(PermissionView).join(ViewMenu))]


def _put_back(desk: Desk, kept: list[tuple[int, int]]) -> None:
    session, links = desk.district.session, assoc_permissionview_role
    there = set(_copy(desk))
    missing = [{"permission_view_id": view, "role_id": role} for view, role in kept if (view, role) not in there]
    if missing:
        session.execute(links.insert(), missing)
    session.execute(update(Appointment).where(Appointment.user_id == desk.person("lin").id).values(valid_to=None))
    session.merge(desk.person("lin")).active = True
    bureau = desk.district.unit("CGW")
    if session.get(BureauModule, (bureau.id, "tree_felling")) is None:
        session.add(BureauModule(bureau_id=bureau.id, module="tree_felling", enabled_at=moment.now()))
    session.commit()
    session.expire_all()
