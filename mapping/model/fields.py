"""What a field of the calendar's values is for its digest: counted always, only where it is used, or never."""

from __future__ import annotations

from dataclasses import field
from typing import Any

ADDED = "added"
"""Key in a field's metadata, see `added`."""
NOT_PUBLISHED = "not-published"
"""Key in the metadata of a field that nothing is published from, so that no digest counts it."""


def added(default: Any) -> Any:
    """A field that came later: at its default no digest counts it.

    So data that does not use it goes on being the calendar that a state has in force.
    """
    return field(default=default, metadata={ADDED: True})
