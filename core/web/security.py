"""What every answer tells the browser to forbid, and how cookies travel."""
from __future__ import annotations

from flask import Flask, Response, has_request_context, request
from flask.sessions import SecureCookieSessionInterface

CSP = ("default-src 'self'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'; form-action 'self'; "
       "img-src 'self' data: blob:")


class CookieSessions(SecureCookieSessionInterface):
    """Flask's signed cookie, marked ``Secure`` whenever the request itself came by https.

    The suite runs on a bureau's own machine by http at first and behind https later, without a setting to forget.
    """

    def get_cookie_secure(self, app: Flask) -> bool:
        return super().get_cookie_secure(app) or (has_request_context() and request.is_secure)


def secure(response: Response) -> Response:
    """Put the protecting headers on an answer. A view that set one itself keeps it (see :func:`allow_framing`)."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CSP)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    # A page of a signed-in person must not be shown again from the disk by the next one at the same desk.
    if response.mimetype == "text/html":
        headers.setdefault("Cache-Control", "no-store")
    return response


def allow_framing(response: Response) -> Response:
    """Let our own pages show this answer in a frame (the preview of a letter or an attachment), and nobody else's."""
    response.headers["Content-Security-Policy"] = CSP.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def init_security(app: Flask) -> None:
    """Register the headers and the cookie rules."""
    app.session_interface = CookieSessions()
    app.config.update(SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax",
                      REMEMBER_COOKIE_HTTPONLY=True, REMEMBER_COOKIE_SAMESITE="Lax")
    app.after_request(secure)
