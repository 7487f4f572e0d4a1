"""Text as it is compared: script, case, blanks, numbering and the year numbers of an academic year set aside."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from difflib import SequenceMatcher
from functools import lru_cache

from mapping.importing.date_tokens import tidy
from mapping.importing.date_words import fold

_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(
    r"^\s*(?:[IVXLC\u0406\u0425]{1,5}[.)]?(?=\s|$)|\d{1,2}(?:\.\d{1,2})*[.)]?(?=\s|$)|\d{1,2}[^\W\d_][.)](?=\s|$))\s*"
)
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
_SHORT_SPAN = re.compile(r"(?<!\d)(20\d\d)(\s*[-/\u2013]\s*)(\d\d)(?!\d)")
"""A span of two years of which the second has lost its century: 2025-26."""
_ROMAN_LOOKALIKES = str.maketrans("\u0406\u0425\u0421\u041c\u0445\u0456", "IXCMxi")
_ROMAN = re.compile(r"^([IVXLC]{1,6})[^\W\d_]?[.)]?$")
_DECIMAL = re.compile(r"^(\d{1,2}(?:\.\d{1,2})*)[^\W\d_]?[.)]*$")


def join_lines(text: str, vocabulary: Collection[str] = ()) -> str:
    """A cell's lines as one: a hyphen at a line's end stays and joins, a word cut without one is repaired.

    Repaired only where the joined word is in ``vocabulary`` (folded words of last year) and one of the pieces is not.
    """
    lines = [
        line.strip()
        for line in text.replace("\u00ad\n", "").replace("\u00ad", "").split("\n")
        if line.strip()
    ]
    out = ""
    for line in lines:
        if not out:
            out = line
        elif (
            (len(out) > 1 and out[-1] in "-\u2010\u2011" and out[-2].isalnum())
            or out[-1] == "/"
            or _is_cut(out, line, vocabulary)
        ):
            out += line
        else:
            out += " " + line
    return " ".join(out.split())


def _is_cut(before: str, after: str, vocabulary: Collection[str]) -> bool:
    last, first = _WORD.findall(before)[-1:], _WORD.findall(after)[:1]
    if (
        not last
        or not first
        or not vocabulary
        or not before.endswith(last[0])
        or not after.startswith(first[0])
    ):
        return False
    joined = fold(last[0] + first[0])
    return joined in vocabulary and (fold(last[0]) not in vocabulary or fold(first[0]) not in vocabulary)


@lru_cache(maxsize=50_000)
def words(text: str) -> tuple[str, ...]:
    """Folded words and numbers, in order."""
    return tuple(fold(word) for word in _WORD.findall(tidy(text)))


@lru_cache(maxsize=20_000)
def plain(text: str, first_year: int) -> str:
    """What two wordings are compared by; 2026 in the year that begins in 2025 is the same as 2027 in the next."""
    relative = _YEAR.sub(lambda match: f"y{int(match.group()) - first_year}", text)
    return " ".join(words(relative))


def without_number(text: str) -> str:
    """A paragraph without the number that it is printed with."""
    return _NUMBER.sub("", text, count=1).strip()


@lru_cache(maxsize=200_000)
def similar(one: str, other: str) -> float:
    """0..1: the better of the texts as they stand and of their words in order of the alphabet."""
    if one == other:
        return 1.0
    if not one or not other:
        return 0.0
    stems, others = _stems(one), _stems(other)
    if len(stems & others) < _LEAST_COMMON * len(stems | others):
        return _UNRELATED
    in_order = SequenceMatcher(None, one, other, autojunk=False).ratio()
    return max(in_order, SequenceMatcher(None, _sorted(one), _sorted(other), autojunk=False).ratio())


_LEAST_COMMON = 0.15
_UNRELATED = 0.3
"""What texts score that share hardly a word; letter by letter any two texts of a language are a third alike."""


@lru_cache(maxsize=20_000)
def _stems(text: str) -> frozenset[str]:
    return frozenset(word[:5] for word in text.split())


def _sorted(text: str) -> str:
    return " ".join(sorted(text.split()))


def years_in(texts: Iterable[str]) -> set[int]:
    """Year numbers that stand in texts."""
    return {int(one) for text in texts for one in _YEAR.findall(text)}


def moved_years(text: str, by: int) -> str:
    """The text with each year number moved, the 26 of 2025-26 too."""

    def both(match: re.Match[str]) -> str:
        begins, mark, ends = int(match[1]), match[2], int(match[3])
        # 2025-11 is a month, which stays.
        return f"{begins}{mark}{(ends + by) % 100:02}" if ends == (begins + 1) % 100 else match[0]

    return _YEAR.sub(lambda match: str(int(match.group()) + by), _SHORT_SPAN.sub(both, text))


def numbering(text: str) -> str:
    """A printed number as it is compared: IX, 3, 3.1; "" where it is none."""
    bare = text.strip().translate(_ROMAN_LOOKALIKES)
    roman = _ROMAN.match(bare)
    if roman is not None:
        return roman[1]
    decimal = _DECIMAL.match(bare)
    return decimal[1] if decimal is not None else ""


def is_roman(number: str) -> bool:
    """Whether a number from `numbering` is a Roman one."""
    return bool(number) and not number[0].isdigit()
