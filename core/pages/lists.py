"""The list of a module's cases, as its screen declares it; and the form for a new one."""
from __future__ import annotations

from flask import Blueprint

pages = Blueprint("lists", __name__)
