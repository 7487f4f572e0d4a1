"""Which language a reader is shown."""

from __future__ import annotations

from collections.abc import Mapping

_MOST_LANGUAGES = 20
"""Languages of an Accept-Language header that are looked at."""


def choose_language(known: Mapping[str, object], asked: str, accepted: str) -> str:
    """The language asked for, else the best of an Accept-Language header, else the data's first."""
    if asked in known:
        return asked
    weighed = []
    for place, piece in enumerate(accepted[:1000].split(",")[:_MOST_LANGUAGES]):
        name, _, options = piece.partition(";")
        code = name.strip().split("-")[0].casefold()
        if code in known:
            weighed.append((-_weight(options), place, code))
    return min(weighed)[2] if weighed else next(iter(known))


def _weight(options: str) -> float:
    try:
        return float(options.partition("q=")[2] or 1)
    except ValueError:
        return 0.0
