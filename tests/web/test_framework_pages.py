"""Flask-AppBuilder's pages that remain: drawn by our templates, with nothing inline, from signing in to the roles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import flask_appbuilder
import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_appbuilder import AppBuilder
from flask_appbuilder.models.sqla.base import SQLA
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_wtf.csrf import CSRFProtect
from playwright.sync_api import Browser, expect

from core.web import init_web
from core.web.fab import PasswordView

from .conftest import served

INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)[^>]*>|\sstyle\s*=|<style\b|\son(?:click|submit|change|load|input|error)\s*=|javascript:",
    re.IGNORECASE,
)
# Flask-AppBuilder's own select fields still answer WTForms in the old shape, its date fields are old ones.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Yielding raw tuples from iter_choices:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:'DateTimeField' renders:DeprecationWarning"),
]
THEIRS = Path(flask_appbuilder.__file__).parent / "templates"


class OurSecurity(SecurityManager):
    resetmypasswordview = PasswordView


@pytest.fixture(scope="module")
def fab_app() -> Iterator[Flask]:
    app = Flask("registers")
    app.config.update(
        SECRET_KEY="k" * 32,
        SQLALCHEMY_DATABASE_URI="sqlite://",
        BABEL_DEFAULT_LOCALE="en",
        FAB_ADD_SECURITY_API=False,
        RATELIMIT_ENABLED=False,
        WTF_CSRF_ENABLED=True,
    )
    CSRFProtect(app)
    db = SQLA()
    db.init_app(app)
    init_web(app)
    with app.app_context():
        builder = AppBuilder(app, db.session, security_manager_class=OurSecurity)
        builder.sm.add_user(
            "admin", "敏", "李", "admin@example.org", builder.sm.find_role("Admin"), password="before-it-all-1"
        )
        db.session.remove()
    yield app
    with app.app_context():
        db.engine.dispose()


def token(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found
    return found[1]


@pytest.fixture
def admin(fab_app: Flask) -> FlaskClient:
    client = fab_app.test_client()
    page = client.get("/login/").text
    signed = client.post(
        "/login/", data={"username": "admin", "password": "before-it-all-1", "csrf_token": token(page)}
    )
    assert signed.status_code == 302, signed.text
    return client


def test_no_template_of_the_framework_reaches_a_browser_with_something_inline(fab_app: Flask) -> None:
    names = [p.relative_to(THEIRS).as_posix() for p in THEIRS.rglob("*.html")]
    assert len(names) > 50
    loader = fab_app.jinja_env.loader
    assert loader is not None
    guilty = {n: INLINE.findall(loader.get_source(fab_app.jinja_env, n)[0]) for n in names}
    assert {n: found for n, found in guilty.items() if found} == {}
    for name in names:
        fab_app.jinja_env.get_template(name)


def test_signing_in_looks_like_us_and_says_when_it_failed(fab_app: Flask) -> None:
    client = fab_app.test_client()
    page = client.get("/login/").text
    assert 'autocomplete="current-password"' in page
    assert 'data-test="sign-in-button"' in page
    assert "bootstrap" not in page
    refused = client.post(
        "/login/", data={"username": "admin", "password": "no", "csrf_token": token(page)}, follow_redirects=True
    )
    assert 'data-test="flash"' in refused.text
    empty = client.post("/login/", data={"username": "", "password": "", "csrf_token": token(page)})
    assert 'role="alert"' in empty.text


@pytest.mark.parametrize(
    "path",
    [
        "/users/list/",
        "/users/add",
        "/users/show/1",
        "/users/edit/1",
        "/users/userinfo/",
        "/roles/list/",
        "/roles/show/1",
        "/roles/edit/1",
        "/roles/add",
        "/resetmypassword/form",
        "/resetpassword/form?pk=1",
        "/userinfoeditview/form",
        "/permissions/list/",
        "/userstatschartview/chart/",
    ],
)
def test_every_register_page_is_drawn_in_our_frame(admin: FlaskClient, path: str) -> None:
    answer = admin.get(path)
    assert answer.status_code == 200, answer.location
    assert INLINE.findall(answer.text) == []
    assert 'id="main"' in answer.text
    assert "jquery" not in answer.text


def test_a_user_is_searched_added_and_deleted_without_the_frameworks_scripts(admin: FlaskClient) -> None:
    page = admin.get("/users/add").text
    made = admin.post(
        "/users/add",
        data={
            "first_name": "强",
            "last_name": "王",
            "username": "wangqiang",
            "email": "w@example.org",
            "active": "y",
            "roles": "1",
            "password": "a-long-password-1",
            "conf_password": "a-long-password-1",
            "csrf_token": token(page),
        },
    )
    assert made.status_code == 302
    found = admin.get("/users/list/?_flt_0_username=wang").text
    assert "wangqiang" in found
    assert "admin@example.org" not in found
    assert '<option value="0"' in found
    number = re.findall(r'data-row="(\d+)"', found)[0]
    gone = admin.post(f"/users/delete/{number}", data={"csrf_token": token(found)}, follow_redirects=True)
    assert gone.status_code == 200
    assert "wangqiang" not in admin.get("/users/list/").text


def test_a_register_is_searched_in_a_browser_by_what_was_asked_and_nothing_else(
    fab_app: Flask, browser: Browser
) -> None:
    with served(fab_app) as base:
        context = browser.new_context(base_url=base)
        page = context.new_page()
        page.goto("/login/")
        page.fill("#username", "admin")
        page.fill("#password", "before-it-all-1")
        page.click('[data-test="sign-in-button"]')
        page.goto("/users/list/")
        page.locator("details.fold summary").click()
        page.locator('[data-col="username"] input').fill("adm")
        page.get_by_role("button", name="Query").click()
        page.wait_for_url("**/users/list/?_flt_0_username=adm")  # no default of the framework's has slipped in
        expect(page.locator("[data-row]")).to_have_count(1)
        page.locator('[data-col="active"] [data-of] select').select_option("n")
        page.get_by_role("button", name="Query").click()
        page.wait_for_url("**active=n**")
        expect(page.locator("[data-row]")).to_have_count(0)
        context.close()


def test_a_wrong_form_says_so_at_the_field_and_on_top(admin: FlaskClient) -> None:
    page = admin.get("/users/add").text
    refused = admin.post("/users/add", data={"username": "x", "csrf_token": token(page)}).text
    assert 'data-test="error-summary"' in refused
    assert 'class="complaint"' in refused


def test_a_form_without_its_token_is_explained_not_just_refused(admin: FlaskClient) -> None:
    answer = admin.post("/users/delete/1")
    assert answer.status_code == 400
    assert "open too long" in answer.text


def test_whoever_changes_a_password_must_know_the_present_one(admin: FlaskClient) -> None:
    page = admin.get("/resetmypassword/form").text
    assert 'autocomplete="new-password"' in page

    def change(present: str, new: str, again: str) -> str:
        form = {"present": present, "password": new, "conf_password": again, "csrf_token": token(page)}
        return admin.post("/resetmypassword/form", data=form).text

    assert "This is not your present password." in change("wrong", "after-it-all-12", "after-it-all-12")
    assert "A password has at least 12 characters." in change("before-it-all-1", "short", "short")
    assert "The two new passwords differ." in change("before-it-all-1", "after-it-all-12", "another-one-12")
    change("before-it-all-1", "after-it-all-12", "after-it-all-12")
    assert "This is not your present password." in change("before-it-all-1", "after-it-all-12", "after-it-all-12")
    change("after-it-all-12", "before-it-all-1", "before-it-all-1")  # as the other stories know it
