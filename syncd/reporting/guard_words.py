"""Why guards hold a plan back, in a reader's language: the same sentences in plan and on the status page."""

from __future__ import annotations

from collections.abc import Mapping

from mapping.planning.told import TOTAL, Told
from mapping.text.typography import NO_BREAK
from syncd.reporting.numbers import number_words
from syncd.source.languages import page_words

_ENGLISH = "en"


def guard_phrase(told: Told, language: str) -> tuple[str, Mapping[str, object]]:
    """The key of its phrase and what fills it; the key is '' where there are no words but its English sentence."""
    key = f"guard_{told.guard}"
    if key not in page_words(_ENGLISH):
        return "", {}
    scope = told.scopes(lambda one: number_words(language, one), NO_BREAK)
    values = {"scope": scope, "found": told.found, "limit": told.limit, **told.names}
    with_total = f"{key}_total"
    return with_total if TOTAL in told.names and with_total in page_words(_ENGLISH) else key, values
