"""The pages of daily work: desk, lists, the case, letters, sheets, enterprises, administration.

Thin: a page reads the request, calls an operation, draws widgets. What a module shows is declared in its ``views.py``.
"""
from __future__ import annotations

from pathlib import Path

from flask import Flask
from jinja2 import BaseLoader, ChoiceLoader, FileSystemLoader

from core.addon import Suite
from core.pages.account import pages as account
from core.pages.admin import pages as admin
from core.pages.admin_bureaus import pages as bureaus
from core.pages.admin_modules import pages as module_plan
from core.pages.admin_people import pages as people
from core.pages.admin_roles import pages as roles
from core.pages.admin_watch import pages as watch
from core.pages.around import pages as around
from core.pages.arranging import pages as arranging
from core.pages.boards import pages as boards
from core.pages.case_view import pages as unseen
from core.pages.cases import pages as cases
from core.pages.channel_ways import pages as channel_ways
from core.pages.days import pages as days
from core.pages.demo import pages as demo
from core.pages.desk import pages as desk
from core.pages.enterprises import pages as enterprises
from core.pages.exports import pages as exports
from core.pages.figures import pages as figures
from core.pages.frame import install_frame
from core.pages.help import pages as help_pages
from core.pages.ladders import pages as ladders
from core.pages.letter_batches import pages as letter_batches
from core.pages.letters import pages as letters
from core.pages.lists import pages as lists
from core.pages.mail import pages as mail
from core.pages.notices import pages as notices
from core.pages.registers import pages as registers
from core.pages.reports import pages as reports
from core.pages.retention import pages as retention
from core.pages.rules import pages as rules
from core.pages.saved import pages as saved
from core.pages.seals import pages as seals
from core.pages.sheets import pages as sheets
from core.pages.standing_in import pages as standing_in
from core.pages.start import pages as start
from core.pages.targets import pages as targets
from core.pages.taste import pages as taste
from core.pages.verify import pages as verify
from core.pages.webhooks import pages as webhooks
from core.pages.wordings import pages as wordings

HERE = Path(__file__).resolve().parent

PAGES = (
    desk,
    days,
    unseen,
    cases,
    around,
    ladders,
    rules,
    arranging,
    retention,
    letters,
    letter_batches,
    wordings,
    sheets,
    exports,
    enterprises,
    figures,
    boards,
    targets,
    mail,
    taste,
    notices,
    start,
    help_pages,
    demo,
    account,
    standing_in,
    saved,
    admin,
    module_plan,
    people,
    bureaus,
    roles,
    watch,
    channel_ways,
    webhooks,
    seals,
    verify,
    reports,
    registers,
    lists,
)
"""In the order in which their addresses are tried: lists of modules come last."""


def install(app: Flask, suite: Suite) -> None:
    """Register every page, and the frame around them."""
    theirs: BaseLoader | None = app.jinja_loader
    ours = FileSystemLoader(HERE / "templates")
    app.jinja_loader = ChoiceLoader([ours, theirs] if theirs else [ours])
    install_frame(app, suite)
    for page in PAGES:
        app.register_blueprint(page)
