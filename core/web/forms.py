"""Forms from marshmallow schemas: the fields to draw, and the data that comes back, with errors in the reader's words.

A field's metadata says what its type cannot: ``label``, ``help``, ``unit``, ``widget`` (textarea, picker, file, radio,
password, hidden), ``picker`` (the JSON address), ``known`` and ``fills`` (the JSON address that knows a code and its
name, and the field of the other one of the two), ``choices``, ``placeholder``, ``rows``, ``accept``, ``max_bytes``,
``group``, ``check`` (``uscc`` or ``phone``: checked on leaving the field), ``today`` (a day that most often is today).
"""
from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import EXCLUDE, Schema, ValidationError, fields, missing, validate
from werkzeug.datastructures import MultiDict

from core import moment
from core.errors import FieldError, Invalid

# Marshmallow's own sentences are the msgids, so that they are translated wherever a schema uses them.
SENTENCES = (
    _l("Missing data for required field."), _l("Field may not be null."), _l("Not a valid date."),
    _l("Not a valid datetime."), _l("Not a valid integer."), _l("Not a valid number."), _l("Not a valid boolean."),
    _l("Not a valid string."), _l("Not a valid email address."), _l("Not a valid URL."), _l("Not a valid list."),
    _l("Not a valid choice."), _l("Invalid value."), _l("Special numeric values (nan or infinity) are not permitted."),
    _l("Shorter than minimum length {min}."), _l("Longer than maximum length {max}."),
    _l("Length must be between {min} and {max}."), _l("Length must be {equal}."),
    _l("Must be greater than or equal to {min}."), _l("Must be greater than {min}."),
    _l("Must be less than or equal to {max}."), _l("Must be less than {max}."),
    _l("Must be one of: {choices}."), _l("One or more of the choices you made was not in: {choices}."),
    _l("String does not match expected pattern."), _l("Must be one of: {enum_names}."),
    _l("Must be one of: {choices}"),
)


class FormSchema(Schema):
    """A schema whose errors speak the reader's language. Make one a request, not one a process."""

    class Meta:
        unknown = EXCLUDE

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Translate the field's and its validators' sentences, in copies: marshmallow shares the originals."""
        field_obj.error_messages = {k: _said(v) for k, v in field_obj.error_messages.items()}
        field_obj.validators = [_translated(v, isinstance(field_obj, fields.List)) for v in field_obj.validators]


def _said(message: Any) -> Any:
    return _(message) if isinstance(message, str) and message else message


def _translated(validator: Any, several: bool = False) -> Any:
    if not isinstance(validator, validate.Validator):
        return validator
    twin = copy.copy(validator)
    error = getattr(twin, "error", None)
    if isinstance(error, str):
        twin.error = _said(error)
    for name in ("min", "max", "all", "equal"):
        if isinstance(sentence := getattr(twin, f"message_{name}", None), str):
            setattr(twin, f"message_{name}", _said(sentence))
    if several and isinstance(twin, validate.Length) and twin.min == 1:  # a list has no letters to be counted
        twin.message_min = _("Choose at least one.")
    return twin


@dataclass
class Field:
    """One field to draw. ``value`` is text as it stands in the control (a list for ``multi`` and ``pickers``)."""

    name: str
    label: Any
    kind: str = "text"
    value: Any = ""
    required: bool = False
    help: Any = ""
    errors: Sequence[Any] = ()
    choices: Sequence[tuple[Any, Any]] = ()
    unit: Any = ""
    placeholder: Any = ""
    maxlength: int | None = None
    minimum: Any = None
    maximum: Any = None
    picker: str = ""
    shown: Any = ""
    rows: int = 3
    accept: str = ""
    max_bytes: int | None = None
    multiple: bool = False
    upload_url: str = ""
    check: str = ""
    known: str = ""
    fills: str = ""
    group: Any = ""
    readonly: bool = False
    id: str = ""

    def __post_init__(self) -> None:
        self.id = self.id or f"f-{self.name}"


KINDS: tuple[tuple[type[fields.Field[Any]], str], ...] = (
    (fields.DateTime, "datetime"), (fields.Date, "date"), (fields.Boolean, "bool"), (fields.Integer, "number"),
    (fields.Number, "number"), (fields.List, "multi"), (fields.Email, "email"), (fields.Enum, "choice"),
)


def form_fields(schema: Schema, data: Mapping[str, Any] | None = None,
                errors: Mapping[str, Any] | Sequence[FieldError] | None = None) -> list[Field]:
    """The schema's fields in order, with present values and errors.

    ``data`` is a record's values or the posted ``MultiDict`` (so a refused form keeps what was typed); for a picker
    ``data["<name>__label"]`` is the text to show. ``errors``: marshmallow's messages or a refusal's ``errors``.
    """
    told = _by_field(errors)
    return [_field(name, declared, data or {}, told.get(name, ()))
            for name, declared in schema.fields.items() if not declared.dump_only]


def _by_field(errors: Mapping[str, Any] | Sequence[FieldError] | None) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    if isinstance(errors, Mapping):
        for name, messages in errors.items():
            told[name] = list(_flat(messages))
    else:
        for error in errors or ():
            told.setdefault(error.field, []).append(error.message)
    return told


def _flat(messages: Any) -> Sequence[str]:
    """Messages of nested and listed fields as one flat list."""
    if isinstance(messages, Mapping):
        return [m for inner in messages.values() for m in _flat(inner)]
    if isinstance(messages, (list, tuple)):
        return [m for inner in messages for m in _flat(inner)]
    return [str(messages)]


def _field(name: str, declared: fields.Field[Any], data: Mapping[str, Any], errors: Sequence[str]) -> Field:
    meta: Mapping[str, Any] = declared.metadata
    choices = _choices(declared)
    kind = str(meta.get("widget") or next((k for t, k in KINDS if isinstance(declared, t)), ""))
    if not kind:
        kind = "picker" if meta.get("picker") else "choice" if choices else "text"
    kind = "pickers" if kind == "picker" and isinstance(declared, fields.List) else kind
    limits = _limits(declared)
    many = kind in ("multi", "pickers")
    getlist = getattr(data, "getlist", None)
    raw = getlist(name) if many and getlist else data.get(name, _default(declared))
    if getlist and isinstance(declared, fields.Boolean):
        raw = name in data  # a box that was emptied is not sent
    value = [_as_text(v) for v in raw or ()] if many else _as_text(raw)
    passed = {k: meta[k] for k in ("help", "unit", "placeholder", "picker", "rows", "accept", "max_bytes", "multiple",
                                   "upload_url", "check", "known", "fills", "group", "readonly") if k in meta}
    return Field(name=name, label=meta.get("label", name), kind=kind, value=value, required=declared.required,
                 errors=list(errors), choices=choices, **limits, **passed,
                 shown=getlist(f"{name}__label") if many and getlist else data.get(f"{name}__label", ""))


def _default(declared: fields.Field[Any]) -> Any:
    if declared.metadata.get("today"):
        return moment.today()
    default = declared.load_default
    value = default() if callable(default) else default
    return None if value is missing else value


def _choices(declared: fields.Field[Any]) -> list[tuple[Any, Any]]:
    given = declared.metadata.get("choices")
    if given is not None:
        return list(given() if callable(given) else given)
    if isinstance(declared, fields.Enum):
        return [(m.value if declared.by_value else m.name, getattr(m, "label", m.value)) for m in declared.enum]
    inner = declared.inner if isinstance(declared, fields.List) else declared
    for check in [*declared.validators, *inner.validators]:
        if isinstance(check, (validate.OneOf, validate.ContainsOnly)):
            labels = list(check.labels) or list(check.choices)
            return list(zip(check.choices, labels, strict=False))
    return []


def _limits(declared: fields.Field[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for check in declared.validators:
        if isinstance(check, validate.Length):
            found["maxlength"] = check.equal or check.max
        elif isinstance(check, validate.Range):
            found["minimum"], found["maximum"] = check.min, check.max
    return found


def _as_text(value: Any) -> Any:
    """A value as it stands in an HTML control."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, dt.datetime):
        return moment.local(moment.as_instant(value)).strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, dt.date):
        return value.isoformat()
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def load_form(schema: Schema, posted: MultiDict[str, Any]) -> dict[str, Any]:
    """The posted form as the schema's data. Empty controls count as not given; numbers may carry thousands' commas.

    Raises :class:`core.errors.Invalid` with one error a field.
    """
    try:
        loaded: dict[str, Any] = schema.load(_raw(schema, posted))
    except ValidationError as wrong:
        told = _by_field(wrong.messages_dict)
        raise Invalid([FieldError(n, m) for n, ms in told.items() for m in ms],
                      _("Some fields need your attention.")) from wrong
    return loaded


def _raw(schema: Schema, posted: MultiDict[str, Any]) -> dict[str, Any]:
    raw: dict[str, Any] = {}
    for name, declared in schema.fields.items():
        if declared.dump_only:
            continue
        if isinstance(declared, fields.List):
            raw[name] = [v for v in posted.getlist(name) if v != ""]
            if not raw[name] and not declared.required:
                raw[name] = []
            continue
        if isinstance(declared, fields.Boolean):
            raw[name] = posted.get(name, "") not in ("", "0", "false")
            continue
        text = posted.get(name)
        if isinstance(text, str):
            text = text.strip()
            if isinstance(declared, fields.Number):
                text = text.replace(",", "").replace("，", "")
        if text not in (None, ""):
            raw[name] = text
        elif declared.allow_none and not declared.required and name in posted:
            raw[name] = None
    return raw
