"""An operator sets up an installation: by environment, by file, with mistakes."""
from __future__ import annotations

import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.secret import secret_key
from core.settings import Settings, SettingsError, declarations


@pytest.fixture
def var(tmp_path: Path) -> Path:
    return tmp_path / "var"


def load(var: Path, **environment: str) -> Settings:
    return Settings.load({"YINGSHANG_VAR": str(var), "YINGSHANG_LOCALE": "en", "PATH": "/bin"} | environment)


def write(var: Path, text: str) -> None:
    var.mkdir(exist_ok=True)
    (var / "yingshang.toml").write_text(text, "utf-8")


def test_an_installation_needs_no_setting_at_all(var: Path) -> None:
    settings = load(var)
    assert settings.database_url == f"sqlite:///{var}/yingshang.db"
    assert settings.addons is None and settings.broker_url == "" and settings.timezone == "Asia/Shanghai"
    assert settings.web.port == 8080


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(var: Path) -> None:
    write(var, 'timezone = "Asia/Urumqi"\naddons = ["districts"]\n[mail]\nhost = "smtp.bureau"\nport = 465\n')
    settings = load(var, YINGSHANG_MAIL_PORT="587")
    assert (settings.timezone, settings.addons, settings.mail.host, settings.mail.port) == (
        "Asia/Urumqi", ("districts",), "smtp.bureau", 587)
    assert {name: settings.sources[name] for name in ("timezone", "mail.port", "mail.user")} == {
        "timezone": "file", "mail.port": "environment", "mail.user": "default"}


@pytest.mark.parametrize(("written", "meant"), [("YINGSHANG_DATABSE_URL", "YINGSHANG_DATABASE_URL"),
                                                ("YINGSHANG_MAIL_HOTS", "YINGSHANG_MAIL_HOST"),
                                                ("YINGSHANG_ZZZ", "YINGSHANG_")])
def test_a_misspelt_variable_is_refused_with_the_nearest_name(var: Path, written: str, meant: str) -> None:
    with pytest.raises(SettingsError, match=f"{written}.*{meant}"):
        load(var, **{written: "x"})


@pytest.mark.parametrize(("text", "says"), [
    ('databse_url = "x"', "databse_url.*database_url"),
    ('[mail]\nhots = "x"', "mail.hots.*mail.host"),
    ('var = "/tmp"', "no setting var"),
    ('mail = "smtp"', "no setting mail"),
    ("timezone = 8", "timezone.*text"),
    ('[web]\nport = "8080"', "web.port.*whole number"),
    ("[web]\nport = true", "web.port.*whole number"),
    ('addons = "districts"', "addons.*list"),
    ("[web\nport = 1", "yingshang.toml is not valid TOML"),
    ('modules = "x"', "modules.NAME"),
])
def test_a_mistake_in_the_file_is_refused_in_words(var: Path, text: str, says: str) -> None:
    write(var, text)
    with pytest.raises(SettingsError, match=says):
        load(var)


@pytest.mark.parametrize(("name", "value", "says"), [
    ("YINGSHANG_WEB_PORT", "eighty", "whole number"),
    ("YINGSHANG_WEB_WORKERS", "0", "at least 1"),
    ("YINGSHANG_MAIL_SECURITY", "tls", "one of none, starttls, ssl"),
    ("YINGSHANG_TIMEZONE", "Asia/Ninghe", "time zone"),
    ("YINGSHANG_LOCALE", "klingon", "language"),
    ("YINGSHANG_DATABASE_URL", "mysql://root:pw@h/db", "postgresql"),
])
def test_an_unusable_value_names_the_setting_and_what_it_must_be(var: Path, name: str, value: str, says: str) -> None:
    with pytest.raises(SettingsError, match=f"{name}.*{says}") as refusal:
        load(var, **{name: value})
    assert "pw" not in str(refusal.value)


def test_a_blank_variable_is_as_good_as_none_but_blank_addons_mean_core_alone(var: Path) -> None:
    settings = load(var, YINGSHANG_BROKER_URL="", YINGSHANG_WEB_PORT="", YINGSHANG_ADDONS="")
    assert (settings.broker_url, settings.web.port, settings.addons) == ("", 8080, ())
    assert load(var, YINGSHANG_ADDONS=" a, b ,").addons == ("a", "b")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_postgresql_address_may_be_written_as_other_programs_write_it(var: Path, scheme: str) -> None:
    assert load(var, YINGSHANG_DATABASE_URL=f"{scheme}://u:p@h/d").database_url == "postgresql+psycopg://u:p@h/d"


def test_the_secret_key_is_made_once_and_only_the_account_can_read_it(var: Path) -> None:
    first, second = load(var), load(var)
    assert first.secret_key == second.secret_key and len(first.secret_key) > 40
    assert stat.S_IMODE((var / "secret_key").stat().st_mode) == 0o600
    assert load(var, YINGSHANG_SECRET_KEY="given").secret_key == "given"


def test_processes_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    for attempt in range(20):
        path = tmp_path / f"key{attempt}"
        with ThreadPoolExecutor(8) as pool:
            keys = set(pool.map(lambda _n, path=path: secret_key(path), range(8)))
        assert len(keys) == 1
    assert not list(tmp_path.glob(".key*"))


def test_a_data_folder_that_cannot_be_made_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="YINGSHANG_VAR"):
        load(tmp_path / "file" / "var")


def test_secrets_are_shown_to_nobody(var: Path) -> None:
    settings = load(var, YINGSHANG_DATABASE_URL="postgresql://u:geheim@h/d", YINGSHANG_MAIL_PASSWORD="geheim",
                    YINGSHANG_SECRET_KEY="geheim")
    assert "geheim" not in repr(settings) + repr(settings.describe())
    shown = {row["name"]: row["value"] for row in settings.describe()}
    assert shown["database_url"] == "postgresql+psycopg://u:••••@h/d"


def test_every_setting_says_what_it_is_for() -> None:
    assert all(declared.metadata["doc"] for _name, declared in declarations())


def test_reading_settings_and_modules_needs_no_flask() -> None:
    code = "import sys, core.settings, core.addon; sys.exit('flask' in sys.modules or 'sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
