"""Switch a module on or off for one bureau. The rows are :class:`core.module_switch.BureauModule`."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import moment
from core.addon import Suite
from core.errors import NotFound, Refusal
from core.module_switch import BureauModule
from core.words import gettext as _

OpenCases = Callable[[Session, str, int], Sequence[Mapping[str, Any]]]
_open_cases: list[OpenCases] = []


def tell_open_cases(function: OpenCases) -> OpenCases:
    """Register who knows the open cases of a module in a bureau: ``(session, module, bureau_id)`` → their descriptions.

    Used by :func:`disable`, so that whoever switches a module off is told what is left lying.
    """
    if function not in _open_cases:
        _open_cases.append(function)
    return function


def enabled_modules(session: Session, bureau_id: int) -> frozenset[str]:
    """The names of the modules that the bureau has switched on, loaded or not. One statement."""
    return frozenset(session.scalars(select(BureauModule.module).where(BureauModule.bureau_id == bureau_id)))


def enable(session: Session, suite: Suite, module: str, bureau_id: int, by: int | None = None) -> tuple[str, ...]:
    """Switch ``module``, and whatever it depends on, on for the bureau; the names that were off before, in load order.

    ``by`` is the account that did it, None for the command line. :class:`~core.errors.NotFound` for a module that is
    not loaded. Flushes, does not commit.
    """
    wanted = needed(suite, module)
    present = enabled_modules(session, bureau_id)
    added = tuple(addon.name for addon in suite.addons if addon.name in wanted and addon.name not in present)
    session.add_all(BureauModule(bureau_id=bureau_id, module=name, enabled_by=by, enabled_at=moment.now())
                    for name in added)
    session.flush()
    return added


def disable(session: Session, suite: Suite, module: str, bureau_id: int) -> list[Mapping[str, Any]]:
    """Switch ``module`` off for the bureau; returns the open cases that remain, which stay readable by their numbers.

    Refused while another module that the bureau has switched on depends on it. Switching off what is off changes
    nothing; a module that is no longer loaded can still be switched off. Flushes, does not commit.
    """
    present = enabled_modules(session, bureau_id)
    dependants = [addon.title for addon in suite.addons if addon.name in present and module in addon.depends]
    if dependants:
        raise Refusal(_("%(module)s stays on: %(dependants)s needs it. Switch that off first.", module=module,
                        dependants=", ".join(dependants)))
    row = session.get(BureauModule, (bureau_id, module))
    if row is None:
        if module not in suite.found:
            raise NotFound(_("There is no module %(module)s.", module=module))
        return []
    session.delete(row)
    session.flush()
    return [case for tell in _open_cases for case in tell(session, module, bureau_id)]


def needed(suite: Suite, module: str) -> set[str]:
    """The module and whatever it depends on."""
    addons = {addon.name: addon for addon in suite.addons}
    if module not in addons:
        raise NotFound(_("There is no module %(module)s.", module=module))
    found: set[str] = set()
    queue = [module]
    while queue:
        name = queue.pop()
        if name not in found:
            found.add(name)
            queue += addons[name].depends
    return found
