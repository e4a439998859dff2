"""The demands on a module, made of every module in ``addons``: none of them can forget to."""
from __future__ import annotations

from core.addon import ROOTS, discover
from core.testing.conformance import ModuleConformance

for _name in discover(ROOTS, entry_points=False):
    _class = f"Test{_name.title().replace('_', '')}"
    globals()[_class] = type(_class, (ModuleConformance,), {"module": _name, "__module__": __name__})
