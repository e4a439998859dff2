"""The web server: gunicorn, told by our settings instead of a file of its own."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped, unused-ignore]  # carries no types

from core.settings import Settings


class Server(BaseApplication):  # type: ignore[misc]  # hence of an unknown type
    """Serves the suite on ``host:port`` until a signal stops it; each worker process builds its own application."""

    def __init__(self, settings: Settings, make_app: Callable[[Settings], Any], host: str, port: int, workers: int) -> None:
        self._settings, self._make_app = settings, make_app
        self._options: dict[str, Any] = {
            "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}", "proc_name": "yingshang",
            "workers": workers, "worker_class": "gthread", "threads": settings.web.threads, "timeout": 120,
            "graceful_timeout": 15, "control_socket_disable": True,
        }
        super().__init__(prog="yingshang serve")

    def load_config(self) -> None:
        """Hand gunicorn its options; a name it does not know is an error."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application, in a fresh worker process."""
        return self._make_app(self._settings)
