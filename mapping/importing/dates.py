"""One expression of a date, read whole: each of its tokens is used, or there is no date without a question.

A small grammar instead of a general parser: the order of parts is free (2026 жылдың 27 - 30 маусымы,
Eylül 02 - 04 2024), and whatever does not fit is shown to a person. Nothing is corrected: a day that does
not exist, a weekday that is another, a date outside the academic year give no date at all.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from mapping.importing.academic_year import bounds_of, fits_two_years, year_of
from mapping.importing.date_tokens import Cut, DayOrder, Token, cut, tidy
from mapping.importing.date_words import DAY_UNITS, PARTS_OF_DAY, WORKING, Lexicon, fold, lexicon

LONGEST_GUESSED = 330
"""Days that a window may last whose first year is not printed; longer ones are misprints."""
LONGEST = 366
"""Days that a window may last without a question."""


class Form(StrEnum):
    """What an expression says."""

    DAY = "day"
    WINDOW = "window"
    UNTIL = "until"
    FROM = "from"
    """A first day without a last."""
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class DateReading:
    """What was read. ``asked`` is why a person must look; without it every token was used.

    ``start`` is None for `Form.UNTIL`, ``end`` for `Form.FROM`; both included.
    """

    form: Form = Form.NONE
    start: date | None = None
    end: date | None = None
    asked: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    """What was taken as given, such as a year that is not printed."""
    year_taken: bool = False
    """A year that is not printed was taken from the academic year, where two would fit."""
    clocks: tuple[str, ...] = ()

    @property
    def is_plain_text(self) -> bool:
        """No date stands here, and none was tried: a rule in words, or a remark."""
        return self.form is Form.NONE and not self.asked


@dataclass(frozen=True, slots=True)
class _Part:
    """A day as printed, parts of it perhaps not; 0 where nothing is printed."""

    day: int
    month: int
    year: int
    weekdays: tuple[int, ...]
    order_open: bool


class _RefusedError(Exception):
    """No date may be proposed; the reason is the message."""


def read_dates(
    text: str, first_year: int, *, order: DayOrder | None = None, language: str = ""
) -> DateReading:
    """The date that an expression gives in the academic year that begins in ``first_year``.

    ``order`` says what 3/2 means, where slashes are used; ``language`` settles words that clash.
    """
    words = lexicon(language)
    tidied = tidy(text)
    bare, brackets = _without_brackets(tidied, words)
    found = cut(bare, words, order)
    if not _has_dates(found) and not any(_has_dates(cut(inner, words, order)) for inner in brackets):
        return DateReading()
    try:
        return _read(found, brackets, first_year, month_first=order == "mdy", language=language)
    except _RefusedError as refused:
        return DateReading(asked=(str(refused),))


def has_date(text: str, *, language: str = "") -> bool:
    """Whether something in the text looks like a date, readable or not."""
    return _has_dates(cut(tidy(text), lexicon(language), None))


_DAY_NAMED = re.compile(r"D|d[.o]?f*M|Mf?d|db|d[.o]?f?-f?d[.o]?f*M")


def names_a_day(text: str, *, language: str = "") -> bool:
    """Whether a day of a month stands in a text, readable or not; a year or a number alone is none."""
    return _DAY_NAMED.search(cut(tidy(text), lexicon(language), None).symbols) is not None


def is_weekday(text: str, *, language: str = "") -> bool:
    """Whether a text is the name of a weekday and nothing else."""
    return cut(tidy(text), lexicon(language), None).symbols.rstrip(".") == "W"


def has_full_date(text: str, language: str = "") -> bool:
    """Whether a day with its year, or a day of a named month, stands in a text."""
    found = cut(tidy(text), lexicon(language), None)
    if any(token.symbol == "D" and token.year for token in found.tokens):
        return True
    return re.search(r"d[.o]?f?M(?:,?y)|Mf?d,?y|y[abJ]", found.symbols.replace("yJ", "")) is not None


# --- what is a date at all ------------------------------------------------------------------

_BRACKET = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_DATE_LIKE = re.compile(r"D|d[.o]?f?M|Mf?d|d-d[.o]?f?M|yJ*d|db|ya|d[.:/]+[dy]")
_FEW_WORDS = 3
"""With so few words a number or the name of a month is meant as a date, or as part of one."""


def _has_dates(found: Cut) -> bool:
    if _DATE_LIKE.search(found.symbols) is not None:
        return True
    words = sum(token.symbol in "w?" for token in found.tokens)
    return words <= _FEW_WORDS and any(token.symbol in "dyMWabc" for token in found.tokens)


def _without_brackets(text: str, words: Lexicon) -> tuple[str, list[str]]:
    """The text without what stands in brackets; a weekday in brackets stays where it is."""
    inners: list[str] = []

    def take(match: re.Match[str]) -> str:
        inner = match[1].strip()
        symbols = cut(inner, words, None).symbols
        if symbols and set(symbols) == {"W"}:
            return f" {inner} "
        inners.append(inner)
        return " "

    return _BRACKET.sub(take, text), inners


# --- the grammar ----------------------------------------------------------------------------


def _point(name: str) -> str:
    """A day, whole or in part; the groups tell which token says what."""
    weekday = f"(?:(?P<{name}w>W),?)?"
    after = f"(?:,?(?P<{name}v>W))?"
    return (
        f"{weekday}f?(?:"
        f"(?P<{name}D>D)(?:J|\\.)*"
        f"|(?:(?P<{name}y1>y)J*,?f?)?(?P<{name}d1>d)[.o]*f?(?P<{name}m1>M)(?:,?f?(?P<{name}y2>y))?J*"
        f"|(?P<{name}m2>M)(?P<{name}d2>d)[o.]*(?:,?(?P<{name}y3>y))?J*"
        f"|(?:(?P<{name}y4>y)a)?(?P<{name}d3>d)b(?P<{name}d4>d)c"
        f"){after}"
    )


_JOIN = "(?:,?-,?|T|U)"
_A, _B = _point("a"), _point("b")
_BARE_A = "(?:(?P<ay1>y)J*)?(?:(?P<aw>W),?)?(?P<ad1>d)[.o]*(?:,?(?P<av>W))?"
_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("day", rf"f?{_A}f?"),
        ("until", rf"f?(?:U|T)f?{_A}f?"),
        ("until", rf"f?{_A}P"),
        ("from", rf"f?F?f?{_A}S+"),
        ("from", rf"f?Ff?{_A}f?"),
        ("window", rf"f?F?f?{_A}S*{_JOIN}f?{_B}f?"),
        ("interval", r"(?P<aD>D)/(?P<bD>D)"),
        ("window", rf"f?{_A}S+{_B}Pf?"),
        ("window", rf"f?F?f?{_BARE_A}{_JOIN}f?{_B}f?"),
        (
            "month",
            r"f?F?f?(?P<am2>M)(?P<ad2>d)o?{j}f?(?P<bd2>d)o?(?:,?(?P<by3>y))?J*f?".replace("{j}", _JOIN),
        ),
        ("month", r"(?:(?P<by4>y)a)?(?P<ad3>d)b(?P<ad4>d)c?{j}(?P<bd4>d)c".replace("{j}", _JOIN)),
    )
)


def _read(
    found: Cut, brackets: list[str], first_year: int, *, month_first: bool, language: str
) -> DateReading:
    asked: list[str] = []
    said: list[str] = []
    glued = next(_wrongly_glued(found.tokens), None)
    if glued is not None:
        raise _RefusedError(f"letters and digits run into each other at {glued.text!r}")
    matched = _match(found)
    if matched.name == "interval" and not all(
        token.text[:4].isdigit() for token in matched.tokens if token.symbol == "D"
    ):
        raise _RefusedError("two dates parted by a slash: a window, or one or the other?")
    parts = [_part(side, matched) for side in ("a", "b") if _names(side, matched.match)]
    swapped = not month_first and _month_may_come_first(matched.tokens, language)
    if swapped or any(part.order_open for part in parts):
        raise _RefusedError("the order of day and month is not known; say --dates dmy or --dates mdy")
    settled = _settle(matched.name, parts, first_year, said)
    if matched.left:
        asked.append("words that are no part of the date: " + " ".join(matched.left))
    if settled.start and settled.end and (settled.end - settled.start).days >= LONGEST:
        asked.append(f"the window lasts {(settled.end - settled.start).days + 1} days, more than a year")
    asked.extend(_of_brackets(brackets, settled))
    if found.clocks:
        asked.append("a clock time is printed: " + ", ".join(found.clocks))
    return replace(settled, asked=tuple(asked), said=tuple(said), clocks=found.clocks)


_YEAR_FIRST = re.compile(r"\d{4}[-./]")


def _month_may_come_first(tokens: tuple[Token, ...], language: str) -> bool:
    """Where the year stands first the month comes next, so 2026.9.7-9.12 ends in September; so in Chinese."""
    digits = [token for token in tokens if token.symbol == "D"]
    month_first = language == "zh" or any(_YEAR_FIRST.match(token.text) for token in digits)
    return month_first and any(token.day != token.month for token in digits if not token.year)


def _wrongly_glued(tokens: tuple[Token, ...]) -> Iterator[Token]:
    for before, token in itertools.pairwise(tokens):
        touching = (
            token.glued and _is_letter_or_digit(before.text[-1:]) and _is_letter_or_digit(token.text[:1])
        )
        if touching and token.symbol not in "oJ":
            yield token


def _is_letter_or_digit(char: str) -> bool:
    """Chinese characters need no blank around them."""
    return char.isalnum() and not "\u4e00" <= char <= "\u9fff"


@dataclass(frozen=True, slots=True)
class _Matched:
    """The form that was found, in which tokens, and the words left over."""

    name: str
    match: re.Match[str]
    tokens: tuple[Token, ...]
    left: tuple[str, ...] = ()


def _match(found: Cut) -> _Matched:
    """The form that the whole expression has; else the one date in it, with the words that are left."""
    whole = _whole(found.tokens)
    if whole is not None:
        return whole
    kept, parts_of_day = _without_parts_of_day(found.tokens)
    whole = _whole(kept) if parts_of_day else None
    if whole is not None:
        return replace(whole, left=parts_of_day)
    best: tuple[str, re.Match[str]] | None = None
    for name, pattern in _FORMS:
        for match in pattern.finditer(found.symbols):
            if best is None or len(match.group()) > len(best[1].group()):
                best = name, match
    if best is None:
        raise _RefusedError("this could not be read as a date")
    name, match = best
    rest = (*found.tokens[: match.start()], *found.tokens[match.end() :])
    if any(one.symbol in "DdyMabc" or any(char.isdigit() for char in one.text[:1]) for one in rest):
        raise _RefusedError("more than one date, or a number that is no part of the date")
    if any(one.symbol in "FTUPS-/+&:" for one in rest):
        raise _RefusedError("a range or a condition whose other part cannot be read")
    return _Matched(name, match, found.tokens, tuple(one.text for one in rest))


def _whole(tokens: tuple[Token, ...]) -> _Matched | None:
    symbols = "".join(token.symbol for token in tokens).rstrip(".,;")
    for name, pattern in _FORMS:
        match = pattern.fullmatch(symbols)
        if match is not None:
            return _Matched(name, match, tokens)
    return None


def _without_parts_of_day(tokens: tuple[Token, ...]) -> tuple[tuple[Token, ...], tuple[str, ...]]:
    """``lundi au matin`` is Monday; what the morning means is asked."""
    kept: list[Token] = []
    parts: list[str] = []
    for token in tokens:
        if token.symbol == "w" and fold(token.text) in PARTS_OF_DAY:
            parts.append(token.text)
            if kept and kept[-1].text.casefold() == "au":
                kept.pop()
        else:
            kept.append(token)
    return tuple(kept), tuple(parts)


def _names(side: str, match: re.Match[str]) -> bool:
    return any(value is not None for key, value in match.groupdict().items() if key.startswith(side))


def _part(side: str, matched: _Matched) -> _Part:
    match, tokens = matched.match, matched.tokens

    def number(*names: str) -> int:
        for name in names:
            if match.re.groupindex.get(side + name) and match[side + name] is not None:
                return tokens[match.start(side + name)].number
        return 0

    weekdays = tuple(
        tokens[match.start(side + name)].number
        for name in ("w", "v")
        if match.re.groupindex.get(side + name) and match[side + name] is not None
    )
    if match.re.groupindex.get(side + "D") and match[side + "D"] is not None:
        token = tokens[match.start(side + "D")]
        return _Part(token.day, token.month, token.year, weekdays, token.order_open)
    if match.re.groupindex.get(side + "d3") and match[side + "d3"] is not None:
        return _Part(number("d4"), number("d3"), number("y4"), weekdays, order_open=False)
    return _Part(
        number("d1", "d2", "d4"),
        number("m1", "m2"),
        number("y1", "y2", "y3", "y4"),
        weekdays,
        order_open=False,
    )


# --- days, years and what must hold -----------------------------------------------------------


def _settle(name: str, parts: list[_Part], first_year: int, said: list[str]) -> DateReading:
    """Real days of the parts. Raises `_RefusedError`."""
    taken = _year_open(parts, first_year)
    if len(parts) == 1:
        day = _one(parts[0], first_year, said)
        form = Form(name)
        return DateReading(
            form=form,
            start=None if form is Form.UNTIL else day,
            end=None if form is Form.FROM else day,
            year_taken=taken,
        )
    start, end = _two(parts[0], parts[1], first_year, said)
    form = Form.DAY if start == end else Form.WINDOW
    return DateReading(form=form, start=start, end=end, year_taken=taken)


def _year_open(parts: list[_Part], first_year: int) -> bool:
    """Whether both years of the academic year hold such a day and none is printed."""
    months = [part.month for part in parts if part.month]
    return not any(part.year for part in parts) and any(fits_two_years(month, first_year) for month in months)


def _one(part: _Part, first_year: int, said: list[str]) -> date:
    year = part.year or year_of(part.month, first_year)
    if not part.year:
        said.append(f"the year {year} is not printed; it follows from the academic year")
    return _checked(part, year, part.month, first_year)


def _two(first: _Part, second: _Part, first_year: int, said: list[str]) -> tuple[date, date]:
    month_first = first.month or second.month
    month_second = second.month or first.month
    if not first.month and second.month and first.day > second.day:
        raise _RefusedError("the first day is later than the last, or its month is not printed")
    last_year = second.year or _last_year(first, second, month_first, month_second, first_year)
    begin_year = first.year
    if not begin_year:
        crosses = (month_first, first.day) > (month_second, second.day)
        begin_year = last_year - 1 if crosses else last_year
    if not (first.year and second.year) and (first.year, second.year) != (0, last_year):
        said.append(f"a year is not printed; {begin_year} and {last_year} follow from the academic year")
    elif not first.year and begin_year != last_year:
        said.append(f"the first year is not printed; {begin_year} follows from the order of the days")
    start = _checked(first, begin_year, month_first, first_year)
    end = _checked(second, last_year, month_second, first_year)
    if end < start:
        raise _RefusedError(f"the end {end} lies before the start {start}")
    if not first.year and (end - start).days > LONGEST_GUESSED:
        raise _RefusedError(
            f"from {start} to {end} it would be {(end - start).days} days; is one of them misprinted?"
        )
    return start, end


def _last_year(first: _Part, second: _Part, month_first: int, month_second: int, first_year: int) -> int:
    if first.year:
        crosses = (month_first, first.day) > (month_second, second.day)
        return first.year + 1 if crosses else first.year
    begin = year_of(month_first, first_year)
    crosses = (month_first, first.day) > (month_second, second.day)
    return begin + 1 if crosses else begin


def _checked(part: _Part, year: int, month: int, first_year: int) -> date:
    try:
        day = date(year, month, part.day)
    except ValueError:
        raise _RefusedError(f"there is no day {part.day:02d}.{month:02d}.{year:04d}") from None
    earliest, latest = bounds_of(first_year)
    if not earliest <= day <= latest:
        raise _RefusedError(f"{day} lies outside the academic year, {earliest} to {latest}")
    wrong = next((weekday for weekday in part.weekdays if weekday != day.isoweekday()), None)
    if wrong is not None:
        raise _RefusedError(
            f"{day} is a {_WEEKDAYS[day.isoweekday() - 1]}, but {_WEEKDAYS[wrong - 1]} is printed"
        )
    return day


_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


# --- what stands in brackets ------------------------------------------------------------------

_COUNT = re.compile(r"(?<![\w.])(\d{1,3})(?![\w.])")


def _of_brackets(brackets: list[str], read: DateReading) -> Iterator[str]:
    """A question for each bracket that is not the right number of days."""
    for inner in brackets:
        words = [fold(word) for word in re.findall(r"[^\W\d_]+", inner)]
        counts = _COUNT.findall(inner)
        unit = next((word for word in words if word in DAY_UNITS), None)
        if len(counts) == 1 and unit and read.start and read.end and not _other_digits(inner, counts[0]):
            count, days = int(counts[0]), (read.end - read.start).days + 1
            working = any(word in WORKING for word in words)
            if working or count != days:
                yield f"in brackets stands {inner!r}, and the window has {days} days"
        elif inner:
            yield f"in brackets stands {inner!r}"


def _other_digits(inner: str, count: str) -> bool:
    return any(char.isdigit() for char in inner.replace(count, "", 1))
