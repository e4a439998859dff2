"""An administrator says which bureaus work with which module."""

from __future__ import annotations

from core.bureau_modules import disable, enabled_modules


def test_a_module_is_switched_on_for_many_bureaus_at_once(people, browser, session, app):
    admin, name = browser("admin"), app.extensions["yingshang"].addons[0].name
    bureaus = [people.unit("SAMR").id, people.unit("CGW").id]
    nobody = admin.post("/admin/modules", data={"module": name, "on": "1"}, follow_redirects=True).text
    assert "请先选择部门" in nobody or "Choose the bureaus first" in nobody
    for bureau in bureaus:
        disable(session, app.extensions["yingshang"], name, bureau)
    session.commit()
    query = f"module={name}&bureau={bureaus[0]}&bureau={bureaus[1]}"
    plan = admin.get(f"/admin/modules/plan?{query}&on=1").text
    assert plan.count('type="hidden" name="bureau"') == 2  # both would be switched, and so far none is
    assert not any(name in enabled_modules(session, bureau) for bureau in bureaus)
    assert 'data-test="do-switch"' not in admin.get(f"/admin/modules/plan?{query}&on=0").text  # off already
    admin.post("/admin/modules", data={"module": name, "bureau": bureaus, "on": "1"})
    assert admin.get(f"/admin/modules/plan?{query}&on=0").text.count('type="hidden" name="bureau"') == 2
    assert admin.get("/admin/modules/plan?module=nothing").status_code == 404
    session.expire_all()
    assert {bureau for bureau in bureaus if name in enabled_modules(session, bureau)} == set(bureaus)
    admin.post("/admin/modules", data={"module": name, "bureau": bureaus[:1], "on": "0"})
    session.expire_all()
    assert [name in enabled_modules(session, bureau) for bureau in bureaus] == [False, True]
