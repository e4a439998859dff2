"""The language of a request, and the sentences in it."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from babel import Locale
from babel.support import NullTranslations
from flask import Flask, current_app, g, has_request_context, request, session
from flask_babel import Domain, get_babel, get_domain, get_locale
from markupsafe import Markup

from core.words import listen_to


def language() -> str | None:
    """The language that the address asks for with ``_l_``, else that of the session, else the house's.

    Flask-AppBuilder's own goes through all parameters of the address; whether anything else looked at one, nobody could
    tell any more (:mod:`core.isolation.asking`).
    """
    if not has_request_context():
        return None
    usual = str(current_app.config["BABEL_DEFAULT_LOCALE"])
    wanted = request.args.get("_l_")
    if wanted is not None:
        return wanted if wanted in current_app.config["LANGUAGES"] else usual
    return str(session.setdefault("locale", usual) or usual)


class Sentences(Domain):  # type: ignore[misc]  # Flask-Babel publishes no types
    """The catalogues, looked up once for a request: Flask-Babel seeks language and catalogue anew for each of a page's
    hundred sentences, which takes longer than drawing its table."""

    def get_translations(self) -> Any:
        """The catalogue of the language that is spoken now, whatever was spoken before in the same request."""
        return _here(super().get_translations)[1]


def _here(look_up: Callable[[], Any] | None = None) -> tuple[Locale | None, Any, str]:
    """The language that is spoken now with its catalogue and its code; nothing outside of an application with languages."""
    try:
        here = g._get_current_object()
    except RuntimeError:
        return None, None if look_up is None else NullTranslations(), ""
    kept: tuple[Locale | None, Any, str] | None = here.get("sentences")
    if kept is not None and kept[0] is getattr(here.get("_flask_babel"), "babel_locale", None):
        return kept
    if "babel" not in current_app.extensions:
        return None, None, ""
    found = (look_up or get_domain().get_translations)()
    kept = here.sentences = get_locale(), found, str(get_locale() or "")
    return kept


def language_here() -> str:
    """The code of the language in which the page is drawn, such as ``zh_Hans_CN``; empty outside of an application."""
    return _here()[2]


def install_language(app: Flask) -> None:
    """Each person's own language, for Python and for templates."""
    babel = get_babel(app)
    babel.locale_selector = language
    listen_to(lambda: _here()[1])
    babel.instance.domain_instance = sentences = Sentences(domain=babel.default_domain)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # a method that its extension brings
        gettext=lambda text: sentences.get_translations().gettext(text),
        ngettext=lambda one, many, n: sentences.get_translations().ngettext(one, many, n), newstyle=True)

    def drawn(text: str, /, **values: Any) -> Markup:
        """A template's sentence. Jinja's own way would look for the function in the template's context, and format each
        sentence whether it has a gap or not."""
        found = Markup(sentences.get_translations().gettext(text))
        return found % values if "%" in found else found

    app.jinja_env.globals.update(_=drawn, gettext=drawn)
