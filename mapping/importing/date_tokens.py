"""A cell's text cut into tokens of dates: every character but blanks and quotes belongs to one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from mapping.importing.date_words import Lexicon, Meaning, fold

DayOrder = Literal["dmy", "mdy"]

_DASHES = "‐‑‒–—―−﹣－~～〜"
_DROPPED = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff\u061c"
_QUOTES = "«»\"“”„‟‘’'`"
_EDGE = r"(?<![\w.:№#])"
_ISO = re.compile(_EDGE + r"(?P<y>\d{4})(?P<s>[-./])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})(?![\w:])")
_FULL = re.compile(_EDGE + r"(?P<a>\d{1,2}) ?(?P<s>[./]) ?(?P<b>\d{1,2}) ?(?:(?P=s) ?)?(?P<y>\d{4})(?![\d:])")
_HYPHENED = re.compile(_EDGE + r"(?P<a>\d{1,2})(?P<s>-)(?P<b>\d{1,2})-(?P<y>\d{4})(?![\w:-])")
_SHORT = re.compile(_EDGE + r"(?P<a>\d{1,2})(?P<s>[./])(?P<b>\d{1,2})(?P=s)(?P<y>\d{2})(?![\w:])")
_NO_YEAR = re.compile(_EDGE + r"(?P<a>\d{1,2}) ?(?P<s>[./]) ?(?P<b>\d{1,2})(?:(?P=s)(?!\d))?(?![\w:])")
_NAMED = re.compile(
    _EDGE + r"(?P<d>\d{1,2})(?P<s>[.\-/])(?P<m>[^\W\d_]{3,})\.?(?:(?P=s)|(?<=\.))(?P<y>\d{4}|\d{2})(?![\w:])"
)
_CLOCK = re.compile(
    r"(?<![\w.:])(?:(?:at|в|um|à|a las|saat|сағат) )?"
    r"(?:[01]?\d|2[0-4])(?::[0-5]\d(?::[0-5]\d)?(?: ?(?:[ap]\.? ?m\b\.?|uhr\b|h\b))?|(?: ?(?:[ap]\.? ?m\b\.?|uhr\b)))"
    r"(?![\w:])",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f])*(?:['’][^\W\d_]+)*")
_REFERENCE = re.compile(r"(?:№|#|No\.?(?= ?\d)|N°) ?\d[\w/-]*")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of the text. ``symbol`` is the letter by which the grammar knows it; see `_SYMBOLS`."""

    symbol: str
    text: str
    glued: bool
    """Nothing stands between it and the token before."""
    number: int = 0
    """A day, a year, a month or a weekday, by ``symbol``."""
    day: int = 0
    month: int = 0
    year: int = 0
    """Of a date written in digits; 0 where it does not say it."""
    order_open: bool = False
    """Day and month could be the other way round, and nobody said which it is."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The tokens of a text, and what was set aside before: clock times."""

    tokens: tuple[Token, ...]
    clocks: tuple[str, ...] = field(default=())

    @property
    def symbols(self) -> str:
        return "".join(token.symbol for token in self.tokens)


def tidy(text: str) -> str:
    """One kind of blank, dash and digit; nothing invisible. Superscripts stay what they are."""
    out: list[str] = []
    for char in text:
        if char in _DROPPED:
            continue
        if char in _DASHES:
            out.append("-")
        elif char.isspace():
            out.append(" ")
        elif unicodedata.category(char) == "Nd":
            out.append(str(unicodedata.decimal(char)))
        elif char == "°":
            out.append("º")  # typed for it on many keyboards: 1° de abril
        elif "\uff01" <= char <= "\uff5e":
            out.append(chr(ord(char) - 0xFEE0))
        else:
            out.append(char)
    return " ".join("".join(out).split())


_BETWEEN = tuple(
    re.compile(rf"(?<!\w){before}(?!\w)(?P<first>.+?)(?<!\w){middle}(?!\w)(?P<rest>.+)$", re.IGNORECASE)
    for before, middle in (
        ("between", "and"),
        ("entre", "(?:et|y)"),
        ("zwischen", "und"),
        ("в период между", "и"),
    )
)


def _as_range(text: str) -> str:
    """``between A and B`` as ``A - B``."""
    for pattern in _BETWEEN:
        match = pattern.search(text)
        if match is not None:
            return f"{text[: match.start()]}{match['first']} - {match['rest']}"
    return text


def cut(text: str, words: Lexicon, order: DayOrder | None) -> Cut:
    """The tokens of a tidied text."""
    clocks: list[str] = []

    def note(match: re.Match[str]) -> str:
        clocks.append(match.group().strip())
        return " "

    rest = _CLOCK.sub(note, _as_range(text))
    return Cut(tokens=tuple(_phrases(list(_raw(rest, words, order)), words)), clocks=tuple(clocks))


def _raw(text: str, words: Lexicon, order: DayOrder | None) -> Iterator[Token]:
    position, glued = 0, False
    while position < len(text):
        char = text[position]
        if char == " " or char in _QUOTES:
            position, glued = position + 1, False
            continue
        token, position = _next(text, position, words, order)
        yield replace(token, glued=glued)
        glued = True


def _next(text: str, at: int, words: Lexicon, order: DayOrder | None) -> tuple[Token, int]:
    for pattern, build in (
        (_ISO, _iso),
        (_NAMED, _named),
        (_FULL, _numeric),
        (_HYPHENED, _numeric),
        (_SHORT, _numeric),
        (_NO_YEAR, _numeric),
    ):
        match = pattern.match(text, at)
        token = build(match, words, order) if match is not None else None
        if match is not None and token is not None:
            return token, match.end()
    reference = _REFERENCE.match(text, at)
    if reference is not None:
        return Token("w", reference.group(), glued=False), reference.end()
    number = _NUMBER.match(text, at)
    if number is not None:
        return _plain_number(number.group()), number.end()
    if _is_han(text[at]):
        return Token("w", text[at], glued=False), at + 1
    word = _WORD.match(text, at)
    if word is not None:
        end = word.end()
        han = next((i for i in range(at, end) if _is_han(text[i])), end)
        return Token("w", text[at:han], glued=False), han
    return Token(text[at] if text[at] in ".,-/:()+&;" else "?", text[at], glued=False), at + 1


def _is_han(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff"


def _iso(match: re.Match[str], _words: Lexicon, _order: DayOrder | None) -> Token:
    return Token(
        "D", match.group(), glued=False,
        day=int(match["d"]), month=int(match["m"]), year=int(match["y"]),
    )  # fmt: skip


def _named(match: re.Match[str], words: Lexicon, _order: DayOrder | None) -> Token | None:
    meaning = words.get((fold(match["m"]),))
    if meaning is None or meaning.role != "month":
        return None
    year = int(match["y"])
    return Token(
        "D", match.group(), glued=False,
        day=int(match["d"]), month=meaning.number, year=year if year > 99 else 2000 + year,
    )  # fmt: skip


def _numeric(match: re.Match[str], _words: Lexicon, order: DayOrder | None) -> Token:
    first, second = int(match["a"]), int(match["b"])
    given = match.groupdict().get("y")
    year = 0 if given is None else int(given) if len(given) == 4 else 2000 + int(given)
    month_first = order == "mdy"
    day, month = (second, first) if month_first else (first, second)
    return Token(
        "D", match.group(), glued=False, day=day, month=month, year=year,
        order_open=order is None and _may_be_swapped(match["s"], first, second),
    )  # fmt: skip


def _may_be_swapped(mark: str, first: int, second: int) -> bool:
    """With points the day comes first; with a slash nobody knows, with a hyphen where both may be a month."""
    return first != second and (mark == "/" or (mark == "-" and first <= 12))


def _plain_number(text: str) -> Token:
    if len(text) == 4:
        return Token("y", text, glued=False, number=int(text))
    if len(text) <= 2:
        return Token("d", text, glued=False, number=int(text))
    return Token("?", text, glued=False)


_SYMBOLS = {
    "month": "M", "weekday": "W", "year": "J", "from": "F", "to": "T", "until": "U",
    "until_after": "P", "from_after": "S", "filler": "f", "ordinal": "o",
}  # fmt: skip
_HAN = {"年": "a", "月": "b", "日": "c", "号": "c"}
_LONGEST_PHRASE = 5


def _phrases(tokens: list[Token], words: Lexicon) -> Iterator[Token]:
    """Words to what they say, the longest phrase first; a point right after a known short form belongs to it."""
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.symbol == "-" and _joins_a_month(tokens, at, words):
            yield replace(token, symbol="o")
            at += 1
            continue
        if token.symbol != "w":
            yield token
            at += 1
            continue
        if token.text in _HAN:
            yield replace(token, symbol=_HAN[token.text])
            at += 1
            continue
        length, meaning = _longest(tokens, at, words)
        if meaning is None:
            yield token
            at += 1
            continue
        end = at + length
        if end < len(tokens) and tokens[end].symbol == "." and tokens[end].glued:
            end += 1
        yield Token(
            _SYMBOLS[meaning.role],
            " ".join(one.text for one in tokens[at:end]),
            glued=token.glued and not _may_touch(tokens, at, meaning),
            number=meaning.number,
        )
        if meaning.opens:
            yield Token("S", "", glued=False)
        at = end


def _joins_a_month(tokens: list[Token], at: int, words: Lexicon) -> bool:
    """1-қыркүйек is the first of September."""
    if not 0 < at < len(tokens) - 1 or tokens[at - 1].symbol != "d" or not tokens[at].glued:
        return False
    if at > 1 and _is_month(tokens[at - 2], words):
        return False  # March 17-July 4
    return tokens[at + 1].glued and _is_month(tokens[at + 1], words)


def _is_month(token: Token, words: Lexicon) -> bool:
    meaning = words.get((fold(token.text),)) if token.symbol == "w" else None
    return meaning is not None and meaning.role == "month"


def _longest(tokens: list[Token], at: int, words: Lexicon) -> tuple[int, Meaning | None]:
    for length in range(min(_LONGEST_PHRASE, len(tokens) - at), 0, -1):
        part = tokens[at : at + length]
        if all(one.symbol == "w" for one in part):
            meaning = words.get(tuple(fold(one.text) for one in part))
            if meaning is not None:
                return length, meaning
    return 0, None


def _may_touch(tokens: list[Token], at: int, meaning: Meaning) -> bool:
    """A word may stand right after a digit where people write it so: 2025г., 1er, 3rd, 2025年."""
    before = tokens[at - 1] if at else None
    if before is None or before.symbol in ".,-/()":
        return True
    if _is_han(tokens[at].text[0]) or before.symbol in "abc":
        return True
    digits = before.symbol in "dyD"
    return digits and meaning.role in {"year", "ordinal"}
