"""The key that signs sessions: made once, kept in a file that only the account of the suite can read."""
from __future__ import annotations

import os
import secrets
from pathlib import Path


def secret_key(path: Path) -> str:
    """The key in ``path``; makes it, mode 0600, when it is missing.

    Several processes may start at once on an empty folder: the key is written beside and hard-linked into place, which
    only the first one can do, so that everybody reads the same key and nobody a half-written one.
    """
    try:
        return path.read_text("ascii").strip()
    except FileNotFoundError:
        pass
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first: its key counts
    finally:
        draft.unlink()
    return path.read_text("ascii").strip()
