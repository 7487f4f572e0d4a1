"""Log set-up and redaction. Logs go to stderr; stdout carries answers only.

Readable on a terminal, JSON elsewhere. Values under names that hold secrets are masked, and long
strings are capped, so that neither a token nor a page of vendor HTML reaches a log.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
from collections import Counter
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TextIO, cast

from connectors.registry import KINDS
from mapping.text.printable import printable


@contextmanager
def absent(package: str) -> Iterator[None]:
    """While the block runs, importing the package fails as if it were not installed; what is loaded already stays."""
    if package in sys.modules:
        yield
        return
    # None is what the import system takes for "known not to be there".
    cast("dict[str, ModuleType | None]", sys.modules)[package] = None
    try:
        yield
    finally:
        del sys.modules[package]


# structlog would draw tracebacks with rich, the values of all local variables beside them: half of the time that logging
# takes to load, and no place for a token.
with absent("rich"):
    import structlog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from structlog.typing import EventDict, Processor, WrappedLogger

LONGEST_VALUE = 500
"""Characters of one value; a page of HTML in an error says no more than its beginning."""
_SECRET_NAME = re.compile(r"token|secret|password|authorization|private_key|credential", re.IGNORECASE)
_SUMS = frozenset({"cycle", "fast-lane"})
"""Events that sum up writes."""
_FOR_PROGRAMS = frozenset({"digest", "planned", "cycle"})
"""Fields of a sum that say nothing more to people who see its other ones."""
_OF_ALL_REFUSED = frozenset({"cycle", "decide", "limit", "why"})
"""Fields that every guard of one refused plan repeats, or says with other names."""
_SERVER = "uvicorn.error"
"""Warns of each request that is none: whoever reaches the page could fill the log."""
_BEARER = re.compile(r"(bearer\s+|access_token=|oauth_token=)[^\s&\"']+", re.IGNORECASE)


def set_up_logging(
    log_format: str = "auto",
    level: str = "INFO",
    *,
    colours: bool = False,
    each_change: bool = False,
    told_elsewhere: frozenset[str] = frozenset(),
) -> Any:
    """Configure structlog and return the root logger.

    ``colours``: on a console, those that show its levels. ``each_change``: a console too tells every write, not
    only a line for each target. ``told_elsewhere``: events that whoever sits at the console is told in words.
    """
    console = log_format == "console" or (log_format == "auto" and sys.stderr.isatty())
    renderer: Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    if console:
        lines = structlog.dev.ConsoleRenderer(colors=colours, pad_event_to=0)
        renderer = lines if each_change else ByTarget(lines, told_elsewhere)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%Y-%m-%dT%H:%M:%SZ" if console else "iso", utc=True),
            drop_empty,
            redact,
            *([show] if console else []),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", Stderr())),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, handlers=[FromLibraries()])
    for noisy in (*(name for spec in KINDS.values() for name in spec.noisy_loggers), _SERVER):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    return structlog.get_logger()


def leaves_out(event: str) -> bool:
    """Whether the log, as it was set up, leaves this event to whoever tells it in words."""
    renderer = structlog.get_config()["processors"][-1]
    return isinstance(renderer, ByTarget) and event in renderer.told_elsewhere


class FromLibraries(logging.Handler):
    """What a library logs becomes a line like ours: one value, masked and capped, whatever it was told with."""

    def emit(self, record: logging.LogRecord) -> None:
        """Tell it. Never raises: whoever logs goes on."""
        try:
            said = record.getMessage()
        except Exception:  # noqa: BLE001 - a library may log a text and values that do not fit each other
            said = str(record.msg)
        error = record.exc_info[1] if record.exc_info else None
        fields = {
            "library": record.name,
            "said": " ".join(said.split()),
            "error": None if error is None else f"{type(error).__name__}: {error}",
        }
        log = structlog.get_logger()
        try:
            if record.levelno >= logging.ERROR:
                log.error("library", **fields)
            else:
                log.warning("library", **fields)
        except Exception:  # noqa: BLE001 - as logging's own handlers do
            self.handleError(record)


class Stderr:
    """Standard error as it is at the moment of a line: a progress bar puts itself before it.

    A line that cannot be kept (a file on a full disk) is lost: what was to be told goes on all the same.
    """

    def write(self, text: str) -> int:
        """As the stream's."""
        _or_lost(lambda: sys.stderr.write(text))
        return len(text)

    def flush(self) -> None:
        """As the stream's."""
        _or_lost(sys.stderr.flush)


def _or_lost(keep: Callable[[], object]) -> None:
    try:
        keep()
    except BrokenPipeError:
        # Whoever read is gone: that ends a command quietly.
        raise
    except OSError:
        pass


class ByTarget:
    """Renders for people at a terminal: one line a target where a journal has one for each event.

    A write that left a deviation is told all the same.
    """

    def __init__(self, renderer: Processor, told_elsewhere: frozenset[str] = frozenset()) -> None:
        self._renderer = renderer
        self.told_elsewhere = told_elsewhere
        self._mutex = threading.Lock()
        self._counts: dict[str, Counter[str]] = {}
        self._refused: tuple[object, ...] = ()
        """Cycle, command and guard of the refusal that was told last."""

    def __call__(self, logger: WrappedLogger, name: str, event: EventDict) -> Any:
        """The event's line, with those of the targets before a sum; raises `structlog.DropEvent` for one write."""
        told = event.get("event")
        if told == "change" and "deviation" not in event:
            with self._mutex:
                counts = self._counts.setdefault(str(event.get("target")), Counter())
                counts[str(event.get("action"))] += 1
            raise structlog.DropEvent
        if told in self.told_elsewhere:
            raise structlog.DropEvent
        if told == "refused":
            event = self._once(event)
        if told not in _SUMS:
            return self._renderer(logger, name, event)
        with self._mutex:
            written, self._counts = self._counts, {}
        stamp = {key: event[key] for key in ("timestamp", "level") if key in event}
        lines = [
            self._renderer(logger, name, {**stamp, "event": "target", "target": target, **counts})
            for target, counts in sorted(written.items())
        ]
        short = {key: value for key, value in event.items() if value and key not in _FOR_PROGRAMS}
        return "\n".join(map(str, [*lines, self._renderer(logger, name, short)]))

    def _once(self, event: EventDict) -> EventDict:
        """A refusal; of those that a guard found in further targets what differs."""
        named = tuple(event.get(key) for key in ("cycle", "decide", "guard"))
        with self._mutex:
            before, self._refused = self._refused, named
        if named != before:
            return event
        return {key: value for key, value in event.items() if key not in _OF_ALL_REFUSED}


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


@lru_cache(maxsize=1024)
def _names_a_secret(name: str) -> bool:
    return _SECRET_NAME.search(name) is not None


def _masked(name: str, value: Any) -> Any:
    if value and _names_a_secret(name):
        return "***"
    if isinstance(value, str):
        short = value if len(value) <= LONGEST_VALUE else value[:LONGEST_VALUE] + "..."
        return _BEARER.sub(r"\1***", short) if _BEARER.search(short) else short
    return value
