"""Sign-in and permission checks: Flask-AppBuilder's, fed from appointments; and the viewer of every request.

A password that is wrong too often asks for a picture code, then locks the account for a while; a second factor may be
asked for beside it; every sign-in is a row of its own, which an administrator can end.
"""
from __future__ import annotations

from core.security.manager import FrameworkIndex, SuiteSecurityManager
from core.security.viewer import install_viewer, request_viewer

__all__ = ["FrameworkIndex", "SuiteSecurityManager", "install_viewer", "request_viewer"]
