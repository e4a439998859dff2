"""What several tests of the house name alike."""
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

MakeAddon = Callable[..., Path]
"""The fixture ``make_addon``: ``make_addon(name, manifest={…}, models="…")`` gives the module's folder."""
