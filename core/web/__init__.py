"""How every page looks: layout, theme, widgets, errors, protecting headers. It knows no case."""
from __future__ import annotations

from flask import Flask
from jinja2 import BaseLoader, ChoiceLoader, FileSystemLoader

from core.web import cells
from core.web.errors import init_errors
from core.web.filters import FILTERS, uid
from core.web.pages import HERE, web
from core.web.security import allow_framing, init_security
from core.web.shell import Crumb, Locale, MenuGroup, MenuItem, Place, Shell, shell_context
from core.web.still import Still

__all__ = ["Crumb", "Locale", "MenuGroup", "MenuItem", "Place", "Shell", "allow_framing", "init_web"]


def init_web(app: Flask) -> None:
    """Give the application its face: templates, static files, filters, headers, cookies, error pages.

    Our templates come before every other, so that Flask-AppBuilder's pages are drawn by ours under its own names,
    whichever of the two is initialised first.
    """
    ours = FileSystemLoader(HERE / "templates")
    theirs: BaseLoader | None = app.jinja_loader
    app.jinja_loader = ChoiceLoader([ours, theirs] if theirs else [ours])
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.add_extension(Still)
    app.jinja_env.globals |= {"uid": uid, "cells": cells}
    app.register_blueprint(web)
    app.context_processor(shell_context)
    init_security(app)
    init_errors(app)
