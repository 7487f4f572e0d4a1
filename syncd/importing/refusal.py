"""Why a foreign file is not read at all."""

from __future__ import annotations

from mapping.importing.pages import Spot


class CannotReadError(Exception):
    """Raised where a document cannot be used; ``spot`` says where."""

    def __init__(self, reason: str, spot: Spot | None = None) -> None:
        self.reason, self.spot = reason, spot if spot is not None else Spot()
        super().__init__(reason)
