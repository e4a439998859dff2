"""Which face draws which character, and what happens to one that none has."""
from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from core.errors import Refusal
from core.letter import prepare_fonts
from core.letter.fonts import FontBook, check_glyphs
from core.letter.prepare_fonts import RECIPES, font_folder, prepare

SMALLEST = tuple(recipe for recipe in RECIPES if recipe.family == "YS Song")


@pytest.mark.parametrize("role", ["fang", "hei", "kai", "biao"])
def test_rare_characters_of_names_have_a_glyph_in_every_role(fonts: FontBook, role: str) -> None:
    assert fonts.missing(role, "宁州昇珺堃䶮喆镕垚犇燊玥㛃〔2026〕12号—·“”") == []


def test_a_common_character_comes_from_the_face_of_its_role_and_a_rare_one_from_the_fallback(fonts: FontBook) -> None:
    def family(role: str, char: str) -> str:
        found = fonts.find(role, char)
        assert found is not None
        return found[0].family

    assert (family("fang", "国"), family("hei", "国"), family("kai", "国"), family("biao", "国")) \
        == ("YS Fang", "YS Hei", "YS Kai", "YS Biao")
    assert (family("fang", "珺"), family("biao", "珺")) == ("YS Fallback", "YS Biao Wide")


def test_figures_have_the_advance_that_the_face_gives_them(fonts: FontBook) -> None:
    assert fonts.advance("fang", "国") == 1.0
    assert fonts.advance("fang", "2") == pytest.approx(0.5, abs=0.1)


def test_a_character_without_a_glyph_stops_the_letter_and_is_named(fonts: FontBook) -> None:
    with pytest.raises(Refusal) as refused:
        check_glyphs("宁州\U0001f600公司", "fang", "主送机关")
    assert "U+1F600" in refused.value.message
    assert "主送机关" in refused.value.message


def test_a_second_preparation_finds_the_first(fonts: FontBook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare_fonts, "_locate", lambda *_a: pytest.fail("built again"))
    assert prepare() == font_folder()


def test_fonts_are_built_completely_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YINGSHANG_LETTER_FONTS", str(tmp_path))
    folder = prepare(SMALLEST)
    assert (folder / "YSSong.ttf").is_file()
    assert str(folder) in (folder / "fonts.conf").read_text()
    assert [entry for entry in tmp_path.iterdir() if entry != folder] == []
    first = (folder / "YSSong.ttf").read_bytes()
    shutil.rmtree(folder)
    assert (prepare(SMALLEST) / "YSSong.ttf").read_bytes() == first, "equal sources give equal bytes"


def test_without_network_and_cache_the_message_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(command: list[str], **_kept: object) -> None:
        raise subprocess.CalledProcessError(100, command, stderr="E: Unable to locate package")

    monkeypatch.setenv("YINGSHANG_LETTER_FONTS", str(tmp_path))
    monkeypatch.setattr(subprocess, "run", fail)
    recipe = prepare_fonts.Recipe("YS Song", "no-such-package", "usr/share/no-such.otf", "latin")
    with pytest.raises(Refusal, match="package mirror") as refused:
        prepare((recipe,))
    assert str(tmp_path) in refused.value.message
    assert list(tmp_path.iterdir()) == []


def test_the_doctor_says_which_faces_letters_are_drawn_with(fonts: FontBook, tmp_path: Path) -> None:
    from types import SimpleNamespace
    from typing import Any

    from core.letter.health import letter_fonts

    def told(cache: str = "") -> Any:
        settings = SimpleNamespace(var=tmp_path, letter=SimpleNamespace(fonts=cache))
        return letter_fonts(SimpleNamespace(settings=settings), None)  # type: ignore[arg-type]  # what the check reads of it

    assert told().ok and "YS Fang" in told().detail and "YS Biao" in told().detail
    (tmp_path / "fonts").mkdir()
    shutil.copy(fonts.folder / "YSKai.ttf", tmp_path / "fonts" / "方正小标宋简体.ttf")
    assert "方正小标宋简体.ttf" in told().detail
    missing = told(str(tmp_path / "nowhere"))
    assert not missing.ok and "prepare_fonts" in missing.fix
    (tmp_path / "fonts" / "simhei.ttf").write_text("no font")
    broken = told()
    assert not broken.ok and "simhei.ttf" in broken.detail


def test_a_bureaus_own_face_comes_first(fonts: FontBook, tmp_path: Path) -> None:
    shutil.copy(fonts.folder / "YSKai.ttf", tmp_path / "方正小标宋简体.ttf")
    own = FontBook(fonts.folder, tmp_path)
    found = own.find("biao", "国")
    assert found is not None
    assert found[0].path.parent == tmp_path
    assert str(tmp_path) in own.fontconfig_file().read_text()
