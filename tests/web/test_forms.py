"""Forms: fields from a schema, what comes back, and refusals that keep what was typed."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterator
from decimal import Decimal

import pytest
from flask import Flask
from marshmallow import fields, validate
from werkzeug.datastructures import MultiDict

from core import moment
from core.errors import FieldError, Invalid
from core.web.forms import FormSchema, form_fields, load_form

from .test_widgets import draw


class Grade(enum.StrEnum):
    LOW = "low"
    HIGH = "high"


class Penalty(FormSchema):
    code = fields.String(required=True, validate=validate.Length(equal=18), metadata={"label": "代码", "check": "uscc"})
    on = fields.Date(required=True, metadata={"label": "决定日期"})
    amount = fields.Decimal(allow_none=True, validate=validate.Range(min=0), metadata={"label": "金额", "unit": "元"})
    kind = fields.String(validate=validate.OneOf(["fine", "warning"], ["罚款", "警告"]), metadata={"label": "种类"})
    places = fields.List(fields.String(validate=validate.OneOf(["a", "b"], ["甲", "乙"])), metadata={"label": "范围"})
    simple = fields.Boolean(metadata={"label": "简易程序"})
    facts = fields.String(metadata={"label": "事实", "widget": "textarea"})
    party = fields.String(metadata={"label": "当事人", "picker": "/pick/enterprises"})
    grade = fields.Enum(Grade, by_value=True, metadata={"label": "程度"})
    id = fields.Integer(dump_only=True)


@pytest.fixture(autouse=True)
def page(app: Flask) -> Iterator[None]:
    with app.test_request_context("/?_l=en"):
        yield


def test_each_field_is_drawn_as_what_it_is() -> None:
    drawn = {f.name: f for f in form_fields(Penalty())}
    assert {n: f.kind for n, f in drawn.items()} == {
        "code": "text",
        "on": "date",
        "amount": "number",
        "kind": "choice",
        "places": "multi",
        "simple": "bool",
        "facts": "textarea",
        "party": "picker",
        "grade": "choice",
    }
    assert drawn["kind"].choices == [("fine", "罚款"), ("warning", "警告")]
    assert drawn["places"].choices == [("a", "甲"), ("b", "乙")]
    assert drawn["grade"].choices == [("low", "low"), ("high", "high")]
    assert (drawn["code"].maxlength, drawn["code"].required, drawn["amount"].minimum) == (18, True, 0)


def test_a_day_that_most_often_is_today_is_filled_in() -> None:
    heard = FormSchema.from_dict({"on": fields.Date(required=True, metadata={"label": "听证日期", "today": True})})()
    assert form_fields(heard)[0].value == moment.today().isoformat()
    assert form_fields(heard, {"on": ""})[0].value == ""  # who empties it is not contradicted


def test_a_record_fills_its_form() -> None:
    values = {
        "on": dt.date(2026, 11, 23),
        "amount": Decimal("5000.00"),
        "simple": True,
        "places": ["b"],
        "grade": Grade.HIGH,
        "party": 7,
        "party__label": "示例公司",
    }
    drawn = {f.name: f for f in form_fields(Penalty(), values)}
    assert (drawn["on"].value, drawn["amount"].value, drawn["simple"].value) == ("2026-11-23", "5000", True)
    assert (drawn["places"].value, drawn["grade"].value) == (["b"], "high")
    assert (drawn["party"].value, drawn["party"].shown) == ("7", "示例公司")
    html = draw("form.form(f)", f=list(drawn.values()))
    assert '<option value="high" selected>' in html
    assert 'value="b" checked' in html
    assert 'data-picker="/pick/enterprises" data-shown="示例公司"' in html


def test_a_posted_form_becomes_data() -> None:
    data = load_form(
        Penalty(),
        MultiDict(
            [
                ("code", " 91120117MA05A1B251 "),
                ("on", "2026-11-23"),
                ("amount", "12,300.50"),
                ("places", "a"),
                ("places", "b"),
                ("simple", "1"),
                ("kind", ""),
                ("csrf_token", "x"),
            ]
        ),
    )
    assert data == {
        "code": "91120117MA05A1B251",
        "on": dt.date(2026, 11, 23),
        "amount": Decimal("12300.50"),
        "places": ["a", "b"],
        "simple": True,
    }


def test_an_emptied_field_is_told_from_one_that_was_not_sent() -> None:
    base = [("code", "9" * 18), ("on", "2026-11-23")]
    assert load_form(Penalty(), MultiDict([*base, ("amount", "")]))["amount"] is None
    assert "amount" not in load_form(Penalty(), MultiDict(base))
    assert load_form(Penalty(), MultiDict(base))["simple"] is False


def test_a_refused_form_names_each_fault_and_keeps_what_was_typed() -> None:
    posted = MultiDict([("code", "9112"), ("on", "yesterday"), ("amount", "-1"), ("places", "z")])
    with pytest.raises(Invalid) as refused:
        load_form(Penalty(), posted)
    told = {e.field: e.message for e in refused.value.errors}
    assert told == {
        "code": "Length must be 18.",
        "on": "Not a valid date.",
        "amount": "Must be greater than or equal to 0.",
        "places": "Must be one of: a, b.",
    }
    drawn = draw("form.form(f)", f=form_fields(Penalty(), posted, refused.value.errors))
    assert 'data-test="error-summary"' in drawn
    assert 'href="#f-code"' in drawn
    assert 'value="9112"' in drawn
    assert drawn.count('aria-invalid="true"') == 4
    assert 'aria-describedby="f-code-err "' in drawn


def test_what_was_ticked_and_what_was_unticked_stays_so() -> None:
    schema = FormSchema.from_dict({
        "kinds": fields.List(fields.String(validate=validate.OneOf(["罚款", "警告"])), metadata={"label": "种类"}),
        "helped": fields.Boolean(load_default=True, metadata={"label": "窗口帮办"})})()
    assert [f.value for f in form_fields(schema)] == [[], True]
    posted = MultiDict([("kinds", "罚款"), ("kinds", "警告")])
    assert [f.value for f in form_fields(schema, posted)] == [["罚款", "警告"], False]


def test_boxes_of_which_none_is_ticked_are_told_in_words_of_boxes() -> None:
    schema = FormSchema.from_dict({
        "kinds": fields.List(fields.String(), required=True, validate=validate.Length(1)),
        "text": fields.String(required=True, validate=validate.Length(min=2))})()
    with pytest.raises(Invalid) as refused:
        load_form(schema, MultiDict([("text", "x")]))
    assert [(e.field, e.message) for e in refused.value.errors] == [
        ("kinds", "Choose at least one."), ("text", "Shorter than minimum length 2.")]


def test_errors_speak_the_readers_language_and_do_not_leak_into_the_next_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("core.web.forms._", lambda text, **_kw: f"«{text}»")
    with pytest.raises(Invalid) as refused:
        load_form(Penalty(), MultiDict([("code", "9")]))
    assert FieldError("code", "«Length must be 18.»") in refused.value.errors
    assert FieldError("on", "«Missing data for required field.»") in refused.value.errors
    monkeypatch.undo()
    with pytest.raises(Invalid) as later:
        load_form(Penalty(), MultiDict([("code", "9")]))
    assert FieldError("on", "Missing data for required field.") in later.value.errors


def test_a_form_carries_its_token_when_the_application_guards_it(app: Flask) -> None:
    assert 'name="csrf_token"' in draw("form.form(f)", f=form_fields(Penalty()))
