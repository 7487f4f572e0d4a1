"""Why guards hold a plan back, in a reader's language: the same sentences in plan and on the status page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from mapping.planning.guards import CAMPUS_SCOPE, GuardLevel
from mapping.planning.told import TOTAL, Told
from mapping.text.typography import NO_BREAK
from syncd.reporting.numbers import number_words
from syncd.source.languages import page_words

_ENGLISH = "en"


class Say(Protocol):
    """One language of a reader: a phrase by its key, filled in."""

    def __call__(self, key: str, **values: object) -> str: ...


def guard_phrase(told: Told, language: str, say: Say) -> tuple[str, Mapping[str, object]]:
    """The key of its phrase and what fills it; the key is '' where there are no words but its English sentence.

    ``say``: for the scopes that are words; all others are names of targets, years, courses, the same in every language.
    """
    key = f"guard_{told.guard}"
    if key not in page_words(_ENGLISH):
        return "", {}
    values = {"scope": _scope(told, language, say), "found": told.found, "limit": told.limit, **told.names}
    with_total = f"{key}_total"
    return with_total if TOTAL in told.names and with_total in page_words(_ENGLISH) else key, values


def _scope(told: Told, language: str, say: Say) -> str:
    scope = told.scopes(lambda one: number_words(language, one), NO_BREAK)
    if scope == CAMPUS_SCOPE:
        return say("guard_scope_campus")
    if told.hits and told.hits[0].level is GuardLevel.KIND:
        return say("guard_scope_user", kind=scope.capitalize())
    return scope
