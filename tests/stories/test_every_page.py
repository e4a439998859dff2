"""Every staff page, seen by those whose page it is: at both sizes, in both languages, without an error, a request that
leaves the house, something standing out at the side, a sentence left in English, or a serious finding of axe.
"""
from __future__ import annotations

import pytest

from stories.conftest import Enter, Visit

OFFICE = ("/", "/?tab=overdue", "/credit_repair/penalties", "/credit_repair/penalties?view=board",
          "/credit_repair/penalties?view=month", "/credit_repair/repairs", "/letters", "/enterprises", "/import", "/stats",
          "/rules", "/calendar", "/messages", "/tasks", "/search?q=示例", "/access/why?number=NH-XX-20260101-0001")
ADMIN = ("/admin/units", "/admin/people", "/admin/modules", "/admin/jobs", "/admin/log", "/_widgets")
STAFF = {"credit_repair.credit": OFFICE, "Admin": ADMIN}


def name_of(path: str) -> str:
    """A file's name for an address."""
    return path.strip("/").replace("/", "-").replace("?", "-").replace("=", "-").replace("&", "-") or "desk"


def first_case(visit: Visit, listed: str) -> str:
    """The address of the first case of a list."""
    visit.page.goto(listed)
    link = visit.page.locator('[data-test="row"] a[href^="/cases/"]').first
    return str(link.get_attribute("href"))


def pages_of(visit: Visit, role: str) -> list[tuple[str, str]]:
    """The addresses that a role looks at, with names for their pictures."""
    found = [(path, name_of(path)) for path in STAFF[role]]
    if role == "Admin":
        return found
    case = first_case(visit, "/credit_repair/penalties")
    found += [(case, "case"), (f"{case}/print", "case-print"), (f"{case}/access", "case-access")]
    why = visit.page.locator('[data-test="row"] a[href*="/due"]').first  # of a case that has a date
    return [*found, (str(why.get_attribute("href")), "case-why")]


@pytest.mark.parametrize("role", STAFF)
@pytest.mark.parametrize("width", [1366, 390])
def test_the_pages_of_a_role_are_whole_and_accessible(enter: Enter, role: str, width: int) -> None:
    visit = enter(role, width)
    for path, name in pages_of(visit, role):
        visit.go(path, f"{role}-{name}")
        visit.accessible()
        if path != "/_widgets":
            visit.chinese()


@pytest.mark.parametrize("role", STAFF)
@pytest.mark.parametrize("width", [1366, 390])
def test_the_pages_of_a_role_in_english(enter: Enter, role: str, width: int) -> None:
    visit = enter(role, width, "en")
    for path, name in pages_of(visit, role):
        visit.go(path, f"{role}-en-{name}" if width == 1366 else "")


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_contrast_holds_in_both_themes_and_in_larger_type(enter: Enter, theme: str) -> None:
    visit = enter("credit_repair.credit", 1366, color_scheme=theme)
    visit.context.add_cookies([{"name": "ys_theme", "value": theme, "url": visit.house.address},
                               {"name": "ys_size", "value": "large", "url": visit.house.address}])
    for path in ("/", "/credit_repair/penalties", "/credit_repair/penalties?view=month",
                 first_case(visit, "/credit_repair/penalties")):
        visit.go(path, f"{theme}-large-{name_of(path)[:40]}")
        visit.accessible()
