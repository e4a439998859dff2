"""The public side: hand something in, follow it by number and query code, rate it, see all of one's own enterprise.

It knows cases in general. A module says in its ``portal.py`` what of its own is shown and done here
(:mod:`core.portal.declare`); the pages read a separate projection that holds public fields only
(:mod:`core.portal.projection`) and never a case.
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from core.addon import AddonError, Suite
from core.portal import account, limits, login, pages, uploads
from core.portal.declare import Portal
from core.portal.frame import pages as blueprint
from core.portal.projection import rebuild
from core.words import gettext as _

__all__ = ["account", "install", "pages", "rebuild", "tidy"]


def install(app: Flask, suite: Suite) -> None:
    """Collect what the modules show to the public, and register the pages."""
    found = Portal()
    for _addon, kind in suite.collect("portal", "KINDS"):
        found.kinds[kind.kind] = kind
    for target, name in ((found.forms, "FORMS"), (found.lookups, "LOOKUPS"), (found.lists, "LISTS"),
                         (found.guides, "GUIDES")):
        _gather(target, suite.collect("portal", name))
    found.entries = [(addon.name, entry) for addon, entry in suite.slot("portal.home")]
    app.extensions["portal"] = found
    app.register_blueprint(blueprint)


def _gather(target: dict[str, Any], declared: Iterable[tuple[Any, Any]]) -> None:
    for addon, one in declared:
        if one.code in target:
            raise AddonError(_("%(module)s: %(name)s stands twice in the portal.", module=addon.name, name=one.code))
        target[one.code] = (addon.name, one)


def tidy(session: Session, now: dt.datetime) -> dict[str, int]:
    """What is no longer needed: counted tries, codes, files that waited for a form that never came. A job."""
    return {"tries": limits.forget(session, now), "codes": login.forget(session, now), "files": uploads.forget(session, now)}
