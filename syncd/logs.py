"""Log set-up and redaction. Logs go to stderr; stdout carries answers only.

Readable on a terminal, JSON elsewhere. Values under names that hold secrets are masked, and long
strings are capped, so that neither a token nor a page of vendor HTML reaches a log.
"""

from __future__ import annotations

import logging
import re
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from connectors.registry import KINDS
from mapping.text.printable import printable

LONGEST_VALUE = 500
"""Characters of one value; a page of HTML in an error says no more than its beginning."""
_SECRET_NAME = re.compile(r"token|secret|password|authorization|private_key|credential", re.IGNORECASE)
_BEARER = re.compile(r"(bearer\s+|access_token=|oauth_token=)[^\s&\"']+", re.IGNORECASE)


def set_up_logging(log_format: str = "auto", level: str = "INFO", *, colours: bool = False) -> Any:
    """Configure structlog and return the root logger. ``colours``: on a console, those that show its levels."""
    console = log_format == "console" or (log_format == "auto" and sys.stderr.isatty())
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(colors=colours)
        if console
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            drop_empty,
            redact,
            *([show] if console else []),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    for spec in KINDS.values():
        for noisy in spec.noisy_loggers:
            logging.getLogger(noisy).setLevel(logging.ERROR)
    return structlog.get_logger()


def drop_empty(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Leave out values that are None."""
    return {name: value for name, value in event.items() if value is not None}


def redact(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Mask secrets and cap long strings."""
    return {name: _masked(name, value) for name, value in event.items()}


def show(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Values fit for a terminal; JSON escapes them by itself."""
    return {
        name: printable(value, lines=name == "exception") if isinstance(value, str) else value
        for name, value in event.items()
    }


def _masked(name: str, value: Any) -> Any:
    if _SECRET_NAME.search(name) and value:
        return "***"
    if isinstance(value, str):
        short = value if len(value) <= LONGEST_VALUE else value[:LONGEST_VALUE] + "..."
        return _BEARER.sub(r"\1***", short)
    return value
