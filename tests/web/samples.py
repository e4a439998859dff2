"""Pages that exist for the stories in a browser: a list, forms, an explanation; what is posted is written down."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, flash, redirect, render_template_string, request

from core.web import Crumb
from core.web.explain import explained
from core.web.forms import Field
from core.web.widgets import Action, Column, Confirm, ListPage, Row, Text

from .test_widgets import days

Site = tuple[str, list[dict[str, Any]]]
HEAD = (
    '{% extends "layout.html" %}{% import "widgets/list.html" as lists %}{% import "widgets/form.html" as forms %}'
    '{% import "widgets/days.html" as strip %}{% block content %}'
)
VOID = Confirm("Void?", ["The number cannot be used again."])


def pages(app: Flask, posted: list[dict[str, Any]]) -> None:
    """A list, a form and an explanation; what is posted is written down."""

    def a_list() -> str:
        acts = [Action("办结", disabled="还有一件书函没有送达。", name="close"), Action("详情", "/why", drawer=True)]
        acts += [Action(label, "/why") for label in ("催办", "抄送", "督办")]
        rows = [
            Row(i, {"number": Text(f"{i}号", url=url), "party": "示例商贸"}, acts, name=f"{i}号")
            for i, url in enumerate(("/form", "/checked", "/why"))
        ]
        return render_template_string(
            HEAD + "{{ lists.page(l) }}{% endblock %}",
            l=ListPage(
                "p",
                [Column("number", "文号", fixed=True), Column("party", "当事人")],
                rows,
                "/list",
                request.args.to_dict(flat=False),
                query=[Field(f"q{i}", f"Q{i}", value=request.args.get(f"q{i}", "")) for i in range(6)],
                next_cursor="n",
                prefs_url="/prefs" if "server" in request.args else "",
                bulk=[
                    Action("转办", "/post", "post", name="pass"),
                    Action("作废", "/post", "post", "red", confirm=VOID, name="void"),
                ],
            ),
        )

    def a_form() -> str:
        return render_template_string(
            HEAD + "{{ forms.form(f, action='/post') }}{% endblock %}",
            crumbs=[Crumb("列表", "/list"), Crumb("一件")],
            f=[
                Field("party", "当事人", "picker", picker="/pick/enterprises"),
                Field("note", "备注"),
                Field("code", "代码", check="uscc"),
                Field("papers", "附件", "file", multiple=True, accept=".pdf", max_bytes=1000, upload_url="/upload"),
            ],
        )

    def post() -> str:
        posted.append({k: v for k, v in request.form.to_dict(flat=False).items() if k != "csrf_token"})
        return "saved"

    def refusing() -> Any:
        if request.method == "POST":
            flash("Twelve signs, please.", "error:secret")
            return redirect("/refusing")
        field = '<div class="field"><label>{0} <input name="{1}"{2}></label></div>'
        form = (
            '<form method="post" class="form">{{ act.csrf() }}<input type="hidden" name="kind" value="{{ kind }}">'
            + field.format("Name", "name", "")
            + '<label><input type="checkbox" name="tick" value="1"> Tick</label>'
            + '<div class="field"><input name="unit" data-picker="/pick/enterprises" aria-label="Unit"></div>'
            + field.format("Secret", "secret", ' type="password"')
            + "<button>Go</button></form>"
        )
        return render_template_string(
            HEAD
            + '{% import "widgets/actions.html" as act %}<button type="button" data-open="b">New</button>'
            + '{% for kind in "ab" %}{% call act.dialog(kind, "New") %}'
            + form
            + "{% endcall %}{% endfor %}{% endblock %}"
        )

    def why() -> str:
        import datetime as dt

        told = explained("为什么是 02-13", dt.date(2026, 2, 13), days("workday", "workday"))
        return render_template_string(HEAD + "{{ strip.strip(x) }}{% endblock %}", x=told)

    def checked() -> str:
        return render_template_string(
            HEAD
            + '{% import "widgets/actions.html" as act %}<form method="post" action="/post">{{ act.csrf() }}'
            + '<button formaction="/file" data-file>Sheet</button><button name="go" value="1">Go</button></form>{% endblock %}'
        )

    def a_file() -> Response:
        return Response("1,2", headers={"Content-Disposition": "attachment; filename=a.csv"})

    def upload() -> dict[str, str]:
        return {"id": f"sha-{request.files['file'].filename}"}

    app.add_url_rule("/upload", "upload", upload, methods=["POST"])
    app.add_url_rule("/list", "list", a_list)
    app.add_url_rule("/form", "form", a_form)
    app.add_url_rule("/why", "why", why)
    app.add_url_rule("/checked", "checked", checked)
    app.add_url_rule("/prefs", "prefs", lambda: posted.append(request.get_json()) or "", methods=["POST"])
    app.add_url_rule("/file", "file", a_file, methods=["POST"])
    app.add_url_rule("/refusing", "refusing", refusing, methods=["GET", "POST"])
    app.add_url_rule("/post", "post", post, methods=["POST"])
    app.add_url_rule("/search", "search", lambda: Response("found " + request.args["q"]))
