"""Modules are found, ordered, checked and read, and every fault names the module."""
from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import MetaData

from core.addon import Addon, AddonError, Suite, discover, load_order, table_owner
from core.settings import Settings
from house.kinds_of_modules import MakeAddon


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """No database is needed here."""
    return Settings.load({"YINGSHANG_VAR": str(tmp_path / "var"), "YINGSHANG_LOCALE": "en"})


def described(name: str, *depends: str) -> Addon:
    return Addon(name, name, "", "1", Path(name), f"addons.{name}", depends=depends)


def test_a_module_is_a_folder_with_a_manifest(make_addon: MakeAddon, root: Path) -> None:
    make_addon("noise_permit", {"depends": ["districts"], "category": "Environment"})
    (root / "__pycache__").mkdir()
    (root / "notes").mkdir()
    found = discover([root], entry_points=False)
    assert list(found) == ["noise_permit"]
    addon = found["noise_permit"]
    assert (addon.title, addon.version, addon.depends, addon.category) == (
        "Noise_Permit", "1.0", ("districts",), "Environment")
    assert addon.package == f"{root.name}.noise_permit" and addon.path == root / "noise_permit"


def test_a_manifest_is_read_and_never_run(make_addon: MakeAddon, root: Path) -> None:
    folder = make_addon("harmless")
    (folder / "__init__.py").write_text("raise SystemExit('imported')")
    assert "harmless" in discover([root], entry_points=False)
    (folder / "__manifest__.py").write_text("__import__('os').abort()")
    with pytest.raises(AddonError, match=r"^harmless: .*one dict literal"):
        discover([root], entry_points=False)


@pytest.mark.parametrize(("manifest", "says"), [
    ({"titel": "x"}, "'titel'.*title"),
    ({"depends": "districts"}, "depends must be a list of texts"),
    ({"depends": [1]}, "depends must be a list of texts"),
    ({"version": ""}, "version is missing"),
    ({"core": "roughly 1"}, "[Ii]nvalid specifier"),
    ({"python": ["=="]}, "broken"),
    ("[1, 2]", "one dict literal"),
    ("{'title': ", "one dict literal"),
])
def test_a_faulty_manifest_names_the_module_and_the_fault(make_addon: MakeAddon, root: Path, manifest: object, says: str
                                                          ) -> None:
    make_addon("broken", manifest)
    with pytest.raises(AddonError, match=f"(?s)^broken: .*{says}" if says != "broken" else "^broken: __manifest__.py: "):
        discover([root], entry_points=False)


@pytest.mark.parametrize("name", ["core", "ab", "Noise", "2nd", "a__b", "_a", "noise_", "noise_alembic"])
def test_some_names_are_not_for_modules(make_addon: MakeAddon, root: Path, name: str) -> None:
    make_addon(name)
    with pytest.raises(AddonError, match=f"^{name}: "):
        discover([root], entry_points=False)


def test_one_name_in_two_places_is_refused(make_addon: MakeAddon, root: Path, tmp_path: Path) -> None:
    make_addon("twin")
    other = tmp_path / "elsewhere"
    (other / "twin").mkdir(parents=True)
    (other / "twin" / "__manifest__.py").write_text("{'title': 't', 'summary': 's', 'version': '1'}")
    with pytest.raises(AddonError, match="twin: found twice"):
        discover([root, other], entry_points=False)


def test_an_installed_distribution_brings_a_module(make_addon: MakeAddon, root: Path, monkeypatch: pytest.MonkeyPatch
                                                   ) -> None:
    folder = make_addon("foreign")
    point = metadata.EntryPoint("foreign", f"{root.name}.foreign", "yingshang.addons")
    monkeypatch.setattr(metadata, "entry_points", lambda group: [point] if group == "yingshang.addons" else [])
    assert discover([]) == {"foreign": replace(described("foreign"), title="Foreign", summary="For a test", version="1.0",
                                               path=folder, package=f"{root.name}.foreign")}


def test_modules_come_after_what_they_depend_on_and_bring_it_along() -> None:
    found = {name: described(name, *depends) for name, depends in {
        "credit_repair": ("districts",), "districts": (), "liquor": (), "board": ("credit_repair", "liquor")}.items()}
    assert [a.name for a in load_order(found)] == ["districts", "liquor", "credit_repair", "board"]
    assert [a.name for a in load_order(found, ["credit_repair"])] == ["districts", "credit_repair"]
    assert load_order(found, []) == ()


@given(st.dictionaries(st.integers(0, 9), st.sets(st.integers(0, 9))))
def test_any_graph_without_a_circle_has_exactly_one_order(edges: dict[int, set[int]]) -> None:
    found = {f"m{n}": described(f"m{n}", *(f"m{k}" for k in sorted(edges.get(n, set())) if k < n)) for n in range(10)}
    order = [addon.name for addon in load_order(found)]
    assert order == [addon.name for addon in load_order(dict(reversed(found.items())))]
    assert sorted(order) == sorted(found)
    assert all(order.index(needed) < order.index(name) for name in order for needed in found[name].depends)


def test_a_missing_dependency_a_circle_and_a_misspelt_name_are_refused() -> None:
    with pytest.raises(AddonError, match="board depends on ghost"):
        load_order({"board": described("board", "ghost")})
    with pytest.raises(AddonError, match=r"^[abc]: .*circle: . → . → . → ."):
        load_order({"a": described("a", "b"), "b": described("b", "c"), "c": described("c", "a")})
    with pytest.raises(AddonError, match=r"distrits.*Did you mean districts"):
        load_order({"districts": described("districts")}, ["distrits"])


def test_the_wrong_core_or_a_missing_package_stops_the_boot(settings: Settings) -> None:
    for wrong, says in (({"core": ">=99"}, "^future needs core >=99"),
                        ({"python": ("no-such-package-at-all",)}, "no-such-package-at-all.*not installed"),
                        ({"python": ("click<1",)}, "click<1")):
        with pytest.raises(AddonError, match=says):
            Suite(settings, [replace(described("future"), **wrong)])
    assert Suite(settings, [replace(described("now"), core=">=0.1", python=("click>=8",))]).addon("now")


def test_core_collects_lists_and_slots_from_the_modules(make_addon: MakeAddon, suite_of: Callable[..., Suite]) -> None:
    make_addon("beta", {"depends": ["alpha"]}, letters="LETTERS = ['b']", views="SLOTS = {'home.cards': ['card']}")
    make_addon("alpha", letters="LETTERS = ('a1', 'a2')")
    make_addon("gamma", views="MENU = 'not a list'")
    suite = suite_of()
    assert [(addon.name, item) for addon, item in suite.collect("letters", "LETTERS")] == [
        ("alpha", "a1"), ("alpha", "a2"), ("beta", "b")]
    assert [(addon.name, item) for addon, item in suite.slot("home.cards")] == [("beta", "card")]
    assert suite.slot("case.panels") == () and list(suite.collect("jobs", "JOBS")) == []
    with pytest.raises(AddonError, match="gamma: MENU in its views must be a list"):
        list(suite.collect("views", "MENU"))
    with pytest.raises(AddonError, match=r"no slot home.card"):
        suite.slot("home.card")


def test_a_slot_that_does_not_exist_names_the_module_that_fills_it(make_addon: MakeAddon, suite_of: Callable[..., Suite]
                                                                   ) -> None:
    make_addon("beta", views="SLOTS = {'home.crads': []}")
    with pytest.raises(AddonError, match=r"^beta: .*home.crads.*home.cards"):
        suite_of().slot("home.cards")


@pytest.mark.parametrize("source", ["1/0", "import nothing_of_the_kind", "this is no python"])
def test_any_fault_inside_a_module_stops_the_boot_and_names_it(make_addon: MakeAddon, suite_of: Callable[..., Suite],
                                                               source: str) -> None:
    make_addon("faulty", models=source)
    with pytest.raises(AddonError, match=r"^faulty: its models cannot be loaded: ") as error:
        suite_of().load_models(MetaData())
    assert error.value.__cause__ is not None


def test_a_modules_tables_begin_with_its_name(make_addon: MakeAddon, suite_of: Callable[..., Suite], root: Path) -> None:
    source = "from sqlalchemy import Table\nimport sys\nTable({!r}, sys.modules['trial_metadata'])"
    make_addon("liquor", models=source.format("liquor_cluster_case"))
    make_addon("liquor_cluster", {"depends": ["liquor"]})
    metadata_ = MetaData()
    sys.modules["trial_metadata"] = metadata_  # type: ignore[assignment]
    try:
        with pytest.raises(AddonError, match=r"^liquor: its table liquor_cluster_case must be named liquor_"):
            suite_of().load_models(metadata_)
    finally:
        del sys.modules["trial_metadata"]


def test_the_longest_fitting_name_owns_a_table() -> None:
    modules = ["liquor", "liquor_cluster"]
    assert [table_owner(name, modules) for name in ("core_case", "ab_user", "liquor_case", "liquor_cluster_case", "x_y",
                                                    "liquors_case")] == [
        "core", "core", "liquor", "liquor_cluster", None, None]


def test_deleting_a_modules_folder_hurts_nobody(make_addon: MakeAddon, root: Path) -> None:
    make_addon("kept")
    folder = make_addon("gone")
    assert [a.name for a in load_order(discover([root], False))] == ["gone", "kept"]
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    assert [a.name for a in load_order(discover([root], False))] == ["kept"]


def test_a_module_has_settings_of_its_own(make_addon: MakeAddon, suite_of: Callable[..., Suite], tmp_path: Path,
                                          root: Path) -> None:
    make_addon("fees", {"settings": {"limit": 5, "office": "Hall"}})
    assert suite_of().setting("fees", "limit") == 5

    def with_file(text: str) -> Suite:
        (tmp_path / "var" / "yingshang.toml").write_text(text)
        settings = Settings.load({"YINGSHANG_VAR": str(tmp_path / "var"), "YINGSHANG_LOCALE": "en"})
        return Suite.load(settings, [root], entry_points=False)

    assert with_file("[modules.fees]\nlimit = 7").setting("fees", "limit") == 7
    with pytest.raises(AddonError, match=r"fees: .*limt.*limit"):
        with_file("[modules.fees]\nlimt = 7")
    with pytest.raises(AddonError, match=r"fees: .*limit must be like 5"):
        with_file('[modules.fees]\nlimit = "7"')
