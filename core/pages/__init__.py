"""The pages of daily work: desk, lists, the case, letters, sheets, enterprises, administration.

Thin: a page reads the request, calls an operation, draws widgets. What a module shows is declared in its ``views.py``.
"""
from __future__ import annotations

from pathlib import Path

from flask import Flask
from jinja2 import ChoiceLoader, FileSystemLoader

from core.addon import Suite
from core.pages import admin, cases, desk, enterprises, letters, lists, mail, sheets
from core.pages.frame import install_frame

HERE = Path(__file__).resolve().parent


def install(app: Flask, suite: Suite) -> None:
    """Register every page, and the frame around them."""
    app.jinja_loader = ChoiceLoader([FileSystemLoader(HERE / "templates"), app.jinja_loader])
    install_frame(app, suite)
    for page in (desk, cases, letters, sheets, enterprises, mail, admin, lists):
        app.register_blueprint(page.pages)
