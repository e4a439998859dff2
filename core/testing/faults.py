"""What is wrong with a declaration: a list that cannot be ordered as it says, a state without a way out, a label."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.access import as_system


def list_faults(screen: Any) -> Iterator[str]:
    """Orders and filters of a list that the query behind it does not know; they are tried out."""
    from core.access import current_viewer
    from core.api.reading import Parameters
    from core.case.query import list_cases, read_filters
    from core.errors import Refusal

    with as_system("conformance") as session:
        viewer = current_viewer(session)
        nothing = read_filters(Parameters({}), viewer, screen.case)
        for order in (screen.order, *(column.sort for column in screen.columns if column.sort)):
            try:
                list_cases(session, nothing, kind=screen.case, order=order, limit=1)
            except Refusal as refusal:
                yield f"cannot be ordered by {order}: {refusal}"
        for item in screen.filters:
            names = (f"{item.name}_from", f"{item.name}_to") if item.kind == "range" else (item.name,)
            given = Parameters(dict.fromkeys(names, ""))
            try:
                read_filters(given, viewer, screen.case)
                given.done()
            except Refusal as refusal:
                yield f"cannot be filtered by {item.name}: {refusal}"


def message(label: Any) -> str:
    """The English of a label, whether it is translated later (``lazy_gettext``) or only marked (``N_``)."""
    given = getattr(label, "_args", ())
    return str(given[0] if given else label)


def dead_ends(workflow: Any) -> list[str]:
    """Open states from which no chain of actions leads to a closed one."""
    from core.case import CLOSED

    good = {state.name for state in workflow.states if state.meaning is CLOSED}
    size = -1
    while size != len(good):
        size = len(good)
        good |= {source for action in workflow.actions if action.target in good for source in workflow.sources(action)}
    return [state.name for state in workflow.states if state.name not in good]
