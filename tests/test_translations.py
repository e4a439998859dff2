"""Every message has its Chinese, with the same placeholders, in the glossary's words; and the suite speaks it."""
from __future__ import annotations

import csv
import gettext
import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def tool():
    """``scripts/translations.py``."""
    spec = importlib.util.spec_from_file_location("catalogue_tool", ROOT / "scripts" / "translations.py")
    module = sys.modules["catalogue_tool"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    del sys.modules["catalogue_tool"]


@pytest.fixture
def part(tool, tmp_path):
    """``part(code, po)``: something with that program and that catalogue."""
    def make(code, po=""):
        folder = tmp_path / "trees"
        (folder / "templates").mkdir(parents=True, exist_ok=True)
        (folder / "views.py").write_text(code, "utf-8")
        made = tool.Part("trees", folder, folder / "translations")
        if po:
            made.po.parent.mkdir(parents=True, exist_ok=True)
            made.po.write_text(tool.HEADER + po, "utf-8")
        return made
    return make


@pytest.fixture
def faults(tool):
    """``faults(part)``: what the check says about it, with a core that knows “Close”."""
    core = tool.Catalog(locale=tool.LOCALE)
    core.add("Close", "关闭")
    return lambda part: list(tool.check(part, core, {"case": "事项"}))


@pytest.mark.walk
def test_every_message_of_the_suite_has_its_chinese(tool):
    core, terms = tool.parts()[0].translated(), tool.glossary()
    assert [fault for part in tool.parts() for fault in tool.check(part, core, terms)] == []
    assert list(tool.contradictions(tool.parts()[1:])) == []


@pytest.mark.walk
def test_the_glossary_has_one_chinese_term_for_a_concept(tool):
    with (ROOT / "translations" / "glossary.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    terms = [row["term"] for row in rows]
    assert len(set(terms)) == len(terms) and all(term == term.lower() and row["zh"] for term, row in zip(terms, rows,
                                                                                                  strict=True))
    spoken = {str(message.id).lower() for message in tool.parts()[0].messages()} | {
        str(message.id).lower() for part in tool.parts() for message in part.messages()}
    assert {"case", "deadline", "clock", "assignee", "working day", "letter"} <= set(terms)
    assert len(spoken & set(terms)) > 50, "the glossary is about the suite's own words"


@pytest.mark.parametrize(("po", "fault"), [
    ("", "has no zh_Hans_CN"),
    ('msgid "Felled by %(name)s."\nmsgstr ""\n', "has no zh_Hans_CN"),
    ('#, fuzzy\nmsgid "Felled by %(name)s."\nmsgstr "由%(name)s砍伐。"\n', "is fuzzy"),
    ('msgid "Felled by %(name)s."\nmsgstr "由%(who)s砍伐。"\n', "other placeholders"),
    ('msgid "Felled by %(name)s."\nmsgstr "由%(name)s砍伐。"\n\nmsgid "Oak"\nmsgstr "橡树"\n', "in no code any more"),
])
def test_the_check_names_what_is_wrong(part, faults, po, fault):
    found = faults(part('_("Felled by %(name)s.", name=1)', po))
    assert len(found) == 1 and fault in found[0] and found[0].startswith("trees:")


def test_a_word_of_the_glossary_and_of_core_is_kept(part, faults):
    made = part('_("Case"); _("Close")', 'msgid "Case"\nmsgstr "案件"\n\nmsgid "Close"\nmsgstr "办结"\n')
    first, second = faults(made)
    assert "the glossary says '事项'" in first and "choose another English message" in second


def test_two_modules_do_not_give_one_message_two_meanings(tool, part):
    trees = part('_("Report")', 'msgid "Report"\nmsgstr "报送"\n')
    shrubs = tool.Part("shrubs", trees.code, trees.code / "other")
    shrubs.po.parent.mkdir(parents=True)
    shrubs.po.write_text(tool.HEADER + 'msgid "Report"\nmsgstr "填报结果"\n', "utf-8")
    [fault] = tool.contradictions([trees, shrubs])
    assert fault == "shrubs: 'Report' is '填报结果', in trees '报送': choose another English message"
    assert list(tool.contradictions([trees])) == []


def test_messages_are_found_wherever_they_stand(tool, part):
    made = part('x = f"{a} {_(\'Inside a text\')}"\ny = _l("In two "\n       "parts")\nN_("Marked")\n_(variable)\nlog("No")\n')
    (made.code / "templates" / "page.html").write_text("<p>{{ _('On a page') }}</p>", "utf-8")
    assert {message.id for message in made.messages() if message.id} == {"Inside a text", "In two parts", "Marked",
                                                                        "On a page"}


def test_extracting_adds_drops_and_takes_over_what_core_says(tool, part):
    core = tool.Catalog(locale=tool.LOCALE)
    core.add("Close", "关闭")
    made = part('_("Close"); _("Fell"); _("New")', 'msgid "Fell"\nmsgstr "砍伐"\n\nmsgid "Gone"\nmsgstr "没了"\n')
    assert tool.extract(made, core) == 1
    found = {message.id: message.string for message in made.translated() if message.id}
    assert found == {"Close": "关闭", "Fell": "砍伐", "New": ""}
    before = made.po.read_bytes()
    tool.extract(made, core)
    assert made.po.read_bytes() == before, "nothing changed, so the file stays as it was"


def test_a_compiled_catalogue_speaks(tool, part):
    made = part('_("Fell")', 'msgid "Fell"\nmsgstr "砍伐"\n')
    with tool.compile_catalogue(made).open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Fell") == "砍伐"


def test_wrong_usage_is_told(tool, capsys):
    assert tool.main("translate") == 2 and "extract" in capsys.readouterr().err
