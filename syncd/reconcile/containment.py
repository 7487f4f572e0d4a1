"""A net under a pass: what nobody foresaw fails one context, target or service, and is logged with its place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from connectors.containment import unexpected
from mapping.errors import SyncdError
from syncd.reconcile.runtime import Runtime


@contextmanager
def contained(runtime: Runtime, operation: str, where: str) -> Iterator[None]:
    """Turn an exception that is none of ours into a `ConnectorError`, which whoever calls takes in anyway."""
    try:
        yield
    except SyncdError:
        raise
    except Exception as error:
        runtime.log.exception("unexpected", operation=operation, where=where, kind=type(error).__name__)
        raise unexpected(error, operation, where) from error
