"""Every setting of the suite: its type, its default and what it is for.

A setting ``mail.host`` is ``YINGSHANG_MAIL_HOST`` in the environment and ``host`` in the table ``[mail]`` of
``var/yingshang.toml``; the environment wins over the file, the file over the default. A name that nobody declared is
refused with the nearest one that exists. A module's own settings stand in ``[modules.<name>]``; the module's manifest
says which there are (see :mod:`core.addon`).
"""
from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import Field, dataclass, field, fields, is_dataclass
from pathlib import Path
from types import MappingProxyType, UnionType
from typing import Any, Literal, Self, Union, get_args, get_origin, get_type_hints
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.errors import Refusal
from core.secret import secret_key
from core.words import N_
from core.words import gettext as _

PREFIX = "YINGSHANG_"
DEFAULT_VAR = Path("var")
DATABASES = ("sqlite:", "postgresql+psycopg:")


class SettingsError(Refusal):
    """A setting is unknown or its value cannot be used; the message names it and says what to write."""


def setting(default: Any, doc: str, *, secret: bool = False, least: int | None = None) -> Any:
    """Declare a setting: its default, a sentence about it, whether it is to be masked, the least number allowed."""
    return field(default=default, repr=not secret, metadata={"doc": doc, "secret": secret, "least": least})


@dataclass(frozen=True, kw_only=True)
class Web:
    """The web server."""

    host: str = setting("127.0.0.1", N_("Address on which the server listens"))
    port: int = setting(8080, N_("Port on which the server listens"), least=1)
    workers: int = setting(2, N_("Number of server processes"), least=1)
    threads: int = setting(4, N_("Threads in each server process"), least=1)
    public_url: str = setting("", N_("Address under which the public reaches the suite; letters print it"))
    trusted_proxies: int = setting(0, N_("Number of reverse proxies whose forwarded headers are believed"), least=0)
    session_hours: int = setting(10, N_("Hours after which a person must sign in again"), least=1)


@dataclass(frozen=True, kw_only=True)
class Mail:
    """Outgoing e-mail."""

    host: str = setting("", N_("SMTP server; without one, messages go into the folder mail of the data folder"))
    port: int = setting(25, N_("Port of the SMTP server"), least=1)
    security: Literal["none", "starttls", "ssl"] = setting("none", N_("Protection of the SMTP connection"))
    user: str = setting("", N_("Account at the SMTP server"))
    password: str = setting("", N_("Password at the SMTP server"), secret=True)
    sender: str = setting("yingshang@localhost", N_("Address from which messages are sent"))
    timeout: int = setting(20, N_("Seconds to wait for the SMTP server"), least=1)


@dataclass(frozen=True, kw_only=True)
class Wecom:
    """Messages to WeCom groups."""

    webhook: str = setting("", N_("Address of the WeCom robot; without one, messages are only logged"), secret=True)


@dataclass(frozen=True, kw_only=True)
class Sms:
    """Short messages to people outside."""

    url: str = setting("", N_("Address of the SMS gateway; without one, messages go into the folder mail"))
    token: str = setting("", N_("Key for the SMS gateway"), secret=True)


@dataclass(frozen=True, kw_only=True)
class Letter:
    """Rendering of letters."""

    fonts: str = setting("", N_("Folder of the prepared letter fonts; default: the cache folder of the account"))
    processes: int = setting(1, N_("Processes that render a batch of letters"), least=1)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds that keep one request from taking the whole machine."""

    import_mb: int = setting(200, N_("Largest sheet that is read, in MB"), least=1)
    import_rows: int = setting(1_000_000, N_("Most rows in one sheet"), least=1)
    attachment_mb: int = setting(50, N_("Largest attachment, in MB"), least=1)
    page_size: int = setting(100, N_("Most rows on one page of a list"), least=1)
    portal_flood: int = setting(600, N_("Submissions a minute from everywhere after which the portal asks a question"), least=1)
    login_attempts: int = setting(5, N_("Wrong passwords after which an account is locked"), least=1)
    verify_checks: int = setting(30, N_("Letters that one address may check within ten minutes"), least=1)
    lock_minutes: int = setting(15, N_("Minutes for which a locked account stays locked"), least=1)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings of one installation, read once and never changed. ``Settings.load()`` reads them."""

    var: Path = setting(DEFAULT_VAR, N_("Folder for data; only the environment can set it"))  # noqa: RUF009  # a field
    database_url: str = setting("", N_("Database; default: an SQLite file in the data folder"), secret=True)
    broker_url: str = setting("", N_("Broker of the background workers; default: embedded"), secret=True)
    files_url: str = setting("", N_("Place of letters and attachments; default: the folder files in the data folder"),
                             secret=True)
    addons: tuple[str, ...] | None = setting(None, N_("Modules to load; default: all that are installed"))
    secret_key: str = setting("", N_("Key that signs sessions; default: made once into the data folder"), secret=True)
    locale: str = setting("zh_Hans_CN", N_("Language of the installation"))
    timezone: str = setting("Asia/Shanghai", N_("Time zone in which days begin and end"))
    web: Web = field(default_factory=Web)
    mail: Mail = field(default_factory=Mail)
    wecom: Wecom = field(default_factory=Wecom)
    sms: Sms = field(default_factory=Sms)
    letter: Letter = field(default_factory=Letter)
    limits: Limits = field(default_factory=Limits)
    modules: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, metadata={"free": True})
    sources: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False, metadata={"free": True})

    @classmethod
    def load(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """The settings of this installation; makes the data folder and the secret key when they are missing.

        Raises :class:`SettingsError` for an unknown name or an unusable value.
        """
        var = Path(environ.get(f"{PREFIX}VAR") or DEFAULT_VAR).absolute()
        try:
            var.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unusable_folder(error) from error
        modules, file = _read_file(var / "yingshang.toml")
        environment = _read_environment(environ)
        values: dict[str, Any] = {}
        sources: dict[str, str] = {}
        for name, declared in declarations():
            if name in environment and (environment[name] or get_origin(_kind(declared)) is tuple):
                values[name], sources[name] = _from_text(name, declared, environment[name]), "environment"
            elif name in file:
                values[name], sources[name] = _from_file(name, declared, file[name]), "file"
            else:
                values[name], sources[name] = declared.default, "default"
        values |= {"var": var, "database_url": _database(values["database_url"], var)}
        try:
            values["secret_key"] = values["secret_key"] or secret_key(var / "secret_key")
        except OSError as error:
            raise _unusable_folder(error) from error
        _check_names(values["locale"], values["timezone"])
        sections = {name: kind(**{inner.name: values[f"{name}.{inner.name}"] for inner in fields(kind)})
                    for name, kind in _sections()}
        top = {key: value for key, value in values.items() if "." not in key}
        return cls(**top, **sections, modules=modules, sources=MappingProxyType(sources))

    def describe(self) -> list[dict[str, Any]]:
        """Every setting as ``{"name", "environment", "value", "source", "doc"}``, secrets masked."""
        rows = []
        for name, declared in declarations():
            section, _dot, key = name.rpartition(".")
            value = getattr(getattr(self, section) if section else self, key)
            if declared.metadata["secret"]:
                value = _masked(value)
            rows.append({"name": name, "environment": environment_name(name),
                         "value": str(value) if isinstance(value, Path) else value,
                         "source": self.sources.get(name, "default"), "doc": _(declared.metadata["doc"])})
        return rows


def declarations() -> Iterator[tuple[str, Field[Any]]]:
    """Every setting as its dotted name and its declaration, in the order in which they are written above."""
    sections = dict(_sections())
    for top in fields(Settings):
        if top.name in sections:
            yield from ((f"{top.name}.{inner.name}", inner) for inner in fields(sections[top.name]))
        elif not top.metadata.get("free"):
            yield top.name, top


def environment_name(name: str) -> str:
    """The environment variable of the setting ``name``: ``mail.host`` → ``YINGSHANG_MAIL_HOST``."""
    return PREFIX + name.replace(".", "_").upper()


def _sections() -> list[tuple[str, Any]]:
    return [(name, kind) for name, kind in get_type_hints(Settings).items() if is_dataclass(kind)]


def _read_environment(environ: Mapping[str, str]) -> dict[str, str]:
    known = {environment_name(name): name for name, _declared in declarations()}
    given = {key: value for key, value in environ.items() if key.startswith(PREFIX)}
    for key in given.keys() - known.keys():
        raise SettingsError(_unknown(key, known))
    return {known[key]: value for key, value in given.items()}


def _read_file(path: Path) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """The modules' tables, and the suite's settings by dotted name."""
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}, {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(_("%(file)s is not valid TOML: %(error)s", file=path, error=error)) from error
    modules = document.pop("modules", {})
    if not isinstance(modules, dict) or not all(isinstance(table, dict) for table in modules.values()):
        raise SettingsError(_("%(file)s: a module's settings belong into a table [modules.NAME].", file=path))
    sections = dict(_sections())
    flat: dict[str, Any] = {}
    for key, value in document.items():
        is_section = key in sections and isinstance(value, dict)
        flat |= {f"{key}.{inner}": part for inner, part in value.items()} if is_section else {key: value}
    known = {name: name for name, _declared in declarations() if name != "var"}
    for name in flat.keys() - known.keys():
        raise SettingsError(f"{path}: {_unknown(name, known)}")
    return modules, flat


def _unknown(name: str, known: Mapping[str, str]) -> str:
    nearest = difflib.get_close_matches(name, known, 1, 0)
    return _("There is no setting %(name)s. Did you mean %(nearest)s?", name=name, nearest=nearest[0])


def _kind(declared: Field[Any]) -> Any:
    """The type of a setting, without the ``None`` that stands for "not set"."""
    for holder in (Settings, *(kind for _name, kind in _sections())):
        if declared in fields(holder):
            kind = get_type_hints(holder)[declared.name]
            if get_origin(kind) in (Union, UnionType):
                return next(part for part in get_args(kind) if part is not type(None))
            return kind
    raise LookupError(declared.name)


def _from_text(name: str, declared: Field[Any], text: str) -> Any:
    kind = _kind(declared)
    if get_origin(kind) is tuple:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if kind is int:
        try:
            return _checked(name, declared, int(text))
        except ValueError:
            raise _unusable(name, text, _("a whole number")) from None
    return _checked(name, declared, Path(text) if kind is Path else text)


def _from_file(name: str, declared: Field[Any], value: Any) -> Any:
    kind = _kind(declared)
    if get_origin(kind) is tuple:
        if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
            raise _unusable(name, value, _("a list of names"))
        return tuple(value)
    if kind is int and (not isinstance(value, int) or isinstance(value, bool)):
        raise _unusable(name, value, _("a whole number"))
    if kind is not int and not isinstance(value, str):
        raise _unusable(name, value, _("a text in quotation marks"))
    return _checked(name, declared, value)


def _checked(name: str, declared: Field[Any], value: Any) -> Any:
    kind, least = _kind(declared), declared.metadata["least"]
    if get_origin(kind) is Literal and value not in get_args(kind):
        raise _unusable(name, value, _("one of %(choices)s", choices=", ".join(get_args(kind))))
    if least is not None and value < least:
        raise _unusable(name, value, _("at least %(least)s", least=least))
    return value


def _unusable(name: str, value: object, wanted: str) -> SettingsError:
    return SettingsError(_("The setting %(name)s (%(environment)s) must be %(wanted)s, not %(value)s.", name=name,
                           environment=environment_name(name), wanted=wanted, value=repr(value)))


def _unusable_folder(error: OSError) -> SettingsError:
    return SettingsError(_("The data folder cannot be used: %(error)s. Set %(name)s to a folder that may be written.",
                           error=error, name=f"{PREFIX}VAR"))


def _database(url: str, var: Path) -> str:
    """The address with the driver that the suite uses; other programs write ``postgres://`` or ``postgresql://``."""
    if not url:
        return f"sqlite:///{var / 'yingshang.db'}"
    scheme, separator, rest = url.partition("://")
    if separator and scheme in ("postgres", "postgresql"):
        return f"postgresql+psycopg://{rest}"
    if not url.startswith(DATABASES):
        raise _unusable("database_url", f"{scheme}:…", "sqlite:///… / postgresql+psycopg://…")
    return url


def _check_names(locale: str, timezone: str) -> None:
    from babel import Locale, UnknownLocaleError

    try:
        Locale.parse(locale)
    except (UnknownLocaleError, ValueError):
        raise _unusable("locale", locale, _("a language such as zh_Hans_CN or en")) from None
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError):
        raise _unusable("timezone", timezone, _("a time zone such as Asia/Shanghai")) from None


def _masked(value: str) -> str:
    """A secret as it may be shown: an address without its password, anything else as dots."""
    if "://" not in value:
        return "••••" if value else ""
    parts = urlsplit(value)
    if parts.password is None:
        return value
    return urlunsplit(parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", ":••••@")))
