"""The passwords of the demonstration's accounts: made at random for each installation, kept in a file of mode 0600."""
from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

FILE = "demo-accounts.json"
DOMAIN = "demo.invalid"
"""The domain of their e-mail addresses, by which they are known. No such domain exists (RFC 2606)."""


def read_passwords(var: Path) -> dict[str, str]:
    """User name → password; empty when no demonstration was loaded from this data folder."""
    try:
        told = json.loads((var / FILE).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return {str(name): str(password) for name, password in told.items()}


def write_passwords(var: Path, passwords: Mapping[str, str]) -> None:
    """Replace the file in one go; nobody but the suite's own account may read it."""
    path, draft = var / FILE, var / f".{FILE}.{os.getpid()}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(dict(sorted(passwords.items())), file, ensure_ascii=False, indent=1)
    draft.replace(path)
