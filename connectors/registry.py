"""Kinds of target and the connector of each, imported only when it is asked for.

A vendor's library costs most of a second to import; a site that uses one service never pays for the
other. Builds nothing: settings become connectors in `syncd.wiring`.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import cast

from connectors.port import Connector

_CLASSES: Mapping[str, tuple[str, str]] = {
    "canvas": ("connectors.canvas.connector", "CanvasConnector"),
    "google": ("connectors.google_calendar.connector", "GoogleCalendarConnector"),
}
"""Kind to module and class."""

KINDS: Mapping[str, frozenset[str]] = {
    "canvas": frozenset({"account", "courses", "account_calendars"}),
    "google": frozenset({"calendar_id"}),
}
"""Kind to the fields of a target that may say where it is."""


def connector_class(kind: str) -> type[Connector]:
    """The connector class of a kind. Raises KeyError for a kind there is none of."""
    module, name = _CLASSES[kind]
    return cast("type[Connector]", getattr(import_module(module), name))
