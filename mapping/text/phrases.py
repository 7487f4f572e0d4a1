"""How a sentence piece is said in one language, what is wrong with one, and the shape of the fixed line.

The words themselves are data (``phrases.yaml``); which pieces there are, `mapping.text.keys` says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import Formatter

from mapping.model import LanguageName, Localised, University
from mapping.text.keys import KEYS, LATER, PLACEHOLDERS, RETIRED, needed

__all__ = ["KEYS", "LATER", "LINE_EDGE", "PLACEHOLDERS", "RETIRED", "Voice", "is_fixed_line", "phrase_faults"]

LINE_EDGE = "————"
"""Begins and ends every fixed line, so that it is found whatever language it was written in."""


def phrase_faults(key: str, text: str) -> Iterable[str]:
    """What is wrong with one phrase in one language, in words; nothing if it can be said."""
    try:
        used = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError as error:
        yield f"phrase {key!r} has unbalanced braces: {error}"
        return
    for name in sorted(used - PLACEHOLDERS[key]):
        yield f"phrase {key!r} holds {{{name}}}, which is not given to it"
    # A dropped placeholder would drop a date or a name without anybody noticing.
    for name in sorted(needed(key) - used):
        yield f"phrase {key!r} does not say {{{name}}}"
    if key == "fixed_line" and not is_fixed_line(text):
        yield f"the fixed line must begin and end with {LINE_EDGE!r} and stand on one line"


def hole_faults(key: str, text: str, model: str) -> Iterable[str]:
    """What a text in place of ``model`` holds that nothing would fill; it may leave out what the model says."""
    try:
        used, given = (
            {name for _, name, _, _ in Formatter().parse(one) if name is not None} for one in (text, model)
        )
    except ValueError as error:
        yield f"{key!r} has unbalanced braces: {error}"
        return
    for name in sorted(used - given):
        yield f"{key!r} holds {{{name}}}, which is not given to it"


def is_fixed_line(line: str) -> bool:
    """True for the line that divides our text from people's own, in any language."""
    line = line.strip()
    return (
        len(line) > 2 * len(LINE_EDGE)
        and line.startswith(LINE_EDGE)
        and line.endswith(LINE_EDGE)
        and "\n" not in line
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One language of one university: says names and phrases, with the declared fallbacks."""

    university: University
    phrases: Mapping[str, Localised]
    language: str

    @property
    def spec(self) -> LanguageName:
        """Name, official or not, fallbacks."""
        return self.university.languages[self.language]

    def say(self, text: Localised) -> str:
        """The text in this language or its fallbacks, '' if there is none."""
        return self.university.say(text, self.language)

    def source(self, text: Localised) -> str:
        """The language code that `say` takes the text from, '' if there is none."""
        for code in (self.language, *self.spec.fallback):
            if text.get(code):
                return code
        return ""

    def phrase(self, key: str, **values: str) -> str:
        """The phrase with its placeholders filled."""
        return self.pattern(key).format(**values)

    def pattern(self, key: str) -> str:
        """The phrase as it stands in the data: in English, else officially, where nothing nearer is said."""
        texts = self.phrases[key]
        return self.say(texts) or texts.get("en") or next((text for text in texts.values() if text), "")

    def knows(self, key: str) -> bool:
        """True if the phrase is said in this very language."""
        return bool(self.phrases[key].get(self.language))

    def listed(self, pieces: Iterable[str]) -> str:
        """``a, b and c``."""
        *head, last = pieces
        if not head:
            return last
        first = head[0]
        for piece in head[1:]:
            first = self.phrase("list_comma", first=first, last=piece)
        return self.phrase("list_and", first=first, last=last)

    def joined(self, pieces: Iterable[str]) -> str:
        """``a; b; c``, empty pieces left out."""
        whole = ""
        for piece in filter(None, pieces):
            whole = self.phrase("join_parts", first=whole, last=piece) if whole else piece
        return whole
