"""Both simulators side by side, with a university in them, and a site's files that reach them."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Self

from syncd.sandbox.canvas.app import Canvas
from syncd.sandbox.canvas.seed import ADMIN_TOKEN
from syncd.sandbox.canvas.seed import seed_university as seed_canvas
from syncd.sandbox.canvas.world import World as CanvasWorld
from syncd.sandbox.faults import Faults
from syncd.sandbox.google.app import create_app as google_app
from syncd.sandbox.google.keys import write_service_account_file
from syncd.sandbox.google.seed import seed_university as seed_google
from syncd.sandbox.google.wire import google_faults
from syncd.sandbox.google.world import World as GoogleWorld
from syncd.sandbox.made_calendar import made_site
from syncd.sandbox.serve import Loopback

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path
    from types import TracebackType

TARGETS = files("syncd.sandbox") / "targets.yaml"
"""Targets of the sandbox's university."""
TODAY = "2025-09-01"
"""A day of the year in which its courses are taught."""


@dataclass(slots=True)
class Pair:
    """Worlds, faults and servers. Use as a context; ``environment`` needs it running."""

    canvas: CanvasWorld
    canvas_site: Canvas
    google: GoogleWorld
    google_faults: Faults
    canvas_server: Loopback
    google_server: Loopback

    @classmethod
    def seeded(cls, *, canvas_port: int = 0, google_port: int = 0) -> Pair:
        """The small university of the demo, in fresh worlds."""
        canvas, google = seed_canvas(CanvasWorld()), GoogleWorld()
        seed_google(google)
        site, google_rules = Canvas(canvas), google_faults()
        return cls(
            canvas,
            site,
            google,
            google_rules,
            Loopback(site.app, port=canvas_port, on_stop=site.faults.release),
            Loopback(google_app(google, google_rules), port=google_port, on_stop=google_rules.release),
        )

    def __enter__(self) -> Self:
        self.canvas_server.start()
        self.google_server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.google_server.stop()
        self.canvas_server.stop()

    def write_site(self, folder: Path, *, calendar_dir: str = "shipped") -> dict[str, str]:
        """Write credentials, targets and a ``.env`` there; answers the same settings as variables.

        The ``.env`` also holds the day, so that every command of a trial lives in the university's year.
        """
        folder.mkdir(parents=True, exist_ok=True)
        token = folder / "canvas-token"
        _write_private(token, ADMIN_TOKEN + "\n")
        key = write_service_account_file(
            self.google, self.google_server.url, folder / "google-credentials.json"
        )
        targets = folder / "targets.yaml"
        targets.write_text(TARGETS.read_text(encoding="utf-8"), encoding="utf-8")
        settings = {
            "SYNCD_TARGETS_FILE": str(targets),
            "SYNCD_CALENDAR_DIR": calendar_dir,
            "SYNCD_STATE_DIR": str(folder / "state"),
            "SYNCD_CANVAS__BASE_URL": self.canvas_server.url,
            "SYNCD_CANVAS__TOKEN_FILE": str(token),
            "SYNCD_GOOGLE__CREDENTIALS_FILE": str(key),
            "SYNCD_GOOGLE__ENDPOINT": self.google_server.url + "/",
        }
        lines = {**settings, "SYNCD_TODAY": TODAY}
        _write_private(folder / ".env", "".join(f"{name}={value}\n" for name, value in lines.items()))
        return settings


def write_made_site(pair: Pair, folder: Path, today: date) -> dict[str, str]:
    """As `Pair.write_site`, with the made university of that day and no pretended one."""
    settings = pair.write_site(folder, calendar_dir=str(folder / "calendar"))
    for name, raw in made_site(today).items():
        path = folder / name if name == "targets.yaml" else folder / "calendar" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
    _write_private(folder / ".env", "".join(f"{name}={value}\n" for name, value in settings.items()))
    return settings


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text, encoding="utf-8")
