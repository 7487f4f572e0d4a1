"""Takes out of sentences what must not leave the university: secrets, addresses, names of courses and people.

Two ways, one behind the other: values that are known (a token, a calendar's id, a course's name), and forms that
such values have (anything with an @, hosts of addresses, long strings of letters and digits). What neither knows
stays: a sentence is meant to be looked at before it is handed on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

OUT = "[taken out]"
_SHORTEST = 4
"""Characters of a known value; shorter ones would take words apart."""
_FORMS: Sequence[tuple[re.Pattern[str], str]] = (
    (re.compile(r"-----BEGIN [^-]+-----.*?(?:-----END [^-]+-----|\Z)", re.DOTALL), OUT),
    (re.compile(r"\b([a-z][a-z0-9+.-]*://)[^\s/?#'\"<>]+[^\s'\"<>)]*", re.IGNORECASE), rf"\1{OUT}"),
    (re.compile(r"\b(Bearer|Basic)\s+\S+", re.IGNORECASE), rf"\1 {OUT}"),
    (re.compile(r"[^\s'\"<>(),;:]+@[^\s'\"<>(),;:]+"), OUT),
    # Tokens and keys: long, of small and capital letters and digits, or of hex digits alone.
    (re.compile(r"(?=[\w~+=-]*\d)(?=[\w~+=-]*[A-Z])(?=[\w~+=-]*[a-z])[\w~+=-]{24,}"), OUT),
    (re.compile(r"(?<!\w)[0-9a-fA-F]{32,}(?!\w)"), OUT),
)


class Redactor:
    """Knows values that must not be seen, and what stands for some of them."""

    def __init__(self, known: Iterable[str], aliases: Mapping[str, str]) -> None:
        """``known``: values that vanish. ``aliases``: value to the word that stands for it, such as ``calendar-1``."""
        words = {value: OUT for value in known if len(value) >= _SHORTEST}
        words |= {value: word for value, word in aliases.items() if len(value) >= _SHORTEST}
        self._words = words
        # The longest first: an address before a name that is part of it.
        ordered = sorted(words, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, ordered))) if ordered else None

    def sentence(self, text: str) -> str:
        """The sentence without them."""
        if self._known is not None:
            text = self._known.sub(lambda found: self._words[found.group()], text)
        for form, word in _FORMS:
            text = form.sub(word, text)
        return text

    def everything(self, value: object) -> object:
        """The same for every text in a value of JSON, its keys included."""
        match value:
            case str():
                return self.sentence(value)
            case Mapping():
                return {self.sentence(str(name)): self.everything(inner) for name, inner in value.items()}
            case list() | tuple():
                return [self.everything(inner) for inner in value]
            case _:
                return value
