"""What a letter may load: files of its own folder and small pictures inside the text itself. No network, no other file.

Imported only where WeasyPrint is already loaded.
"""
from __future__ import annotations

from pathlib import Path
from typing import Any

from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

SCHEME = "letter:"
TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".css": "text/css"}
LARGEST = 300_000
"""Characters of a ``data:`` address."""


class LockedFetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint publishes no types
    """Serves ``letter:<file>`` from one folder and ``data:image/``; anything else stops the letter."""

    def __init__(self, root: Path) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False)
        self.root = root.resolve()

    def fetch(self, url: str, headers: Any = None) -> Any:
        """The resource, or ``FatalURLFetchingError``: a letter that asks for what it may not have is not drawn at
        all."""
        if url.startswith(SCHEME):
            path = (self.root / url.removeprefix(SCHEME)).resolve()
            if path.parent == self.root and path.suffix in TYPES and path.is_file():
                return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": TYPES[path.suffix]})
        elif url.startswith("data:image/") and len(url) < LARGEST:
            return super().fetch(url, headers)
        raise FatalURLFetchingError(f"a letter may not load {url[:60]}")


def locked_fetcher(root: Path) -> LockedFetcher:
    """A fetcher for the assets in ``root``."""
    return LockedFetcher(root)
