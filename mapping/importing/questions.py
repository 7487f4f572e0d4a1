"""What a person must decide, one line each, and what the answers mean."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mapping.importing.date_tokens import DayOrder
from mapping.importing.dates import DateReading, Form, read_dates
from mapping.importing.pages import Spot
from mapping.importing.wording import words


class Kind(StrEnum):
    """What a question is about; the first part of its name."""

    CELL = "cell"
    TITLE = "title"
    CATEGORY = "category"
    GONE = "gone"
    REFERENCE = "reference"
    UNREAD = "unread"
    TEXT = "text"
    WORDING = "wording"
    DOCUMENT = "document"
    YEARS = "years"
    HOLIDAY = "holiday"
    DAYS_OFF = "days-off"
    ORDER = "order"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One line of the review. ``proposal`` is what "yes" means."""

    name: str
    """Stable: the same question has it in every run over the same document."""
    kind: Kind
    spot: Spot
    text: str
    """As printed."""
    reason: str
    proposal: str = ""
    entry: str = ""
    required: bool = True
    how: str = ""
    """What may be typed, in a few words."""


_YES = frozenset(
    [
        "yes",
        "y",
        "ok",
        "okay",
        "да",
        "иә",
        "ия",
        "ja",
        "oui",
        "si",
        "sí",
        "evet",
        "是",
        "نعم",
        "true",
        "1",
        "+",
    ]
)
_NO = frozenset(["no", "n", "нет", "жоқ", "nein", "non", "hayır", "否", "لا", "false", "0"])
OUT, NEW, KEEP, NOTHING = "out", "new", "keep", "-"


def is_yes(answer: str) -> bool:
    """Whether an answer accepts the proposal."""
    return answer.strip().casefold().rstrip(".!") in _YES or answer.strip() in {"✓", "✔"}


def is_no(answer: str) -> bool:
    """Whether an answer declines the proposal."""
    return answer.strip().casefold().rstrip(".!") in _NO


@dataclass(frozen=True, slots=True, kw_only=True)
class CellAnswer:
    """What a person said of a cell; None where it was not spoken of."""

    accepted: bool = False
    left_out: bool = False
    is_new: bool = False
    entry: str | None = None
    reading: DateReading | None = None
    fault: str = ""
    """Why the answer means nothing, "" for one that does."""


def cell_answer(
    answer: str,
    ids: Collection[str],
    first_year: int,
    order: DayOrder | None,
    language: str,
    none: str = "no entry's id",
) -> CellAnswer:
    """``yes``, a date, the id of an entry, ``new``, ``out``; a date and an id together, parted by ``;``.

    ``none`` says what an answer is not that is none of the ``ids``.
    """
    entry: str | None = None
    reading: DateReading | None = None
    accepted = is_new = left_out = False
    for part in filter(None, (one.strip() for one in answer.split(";"))):
        low = part.casefold()
        if is_yes(part):
            accepted = True
        elif part in ids:
            entry = part
        elif low == NEW:
            is_new = True
        elif low == OUT:
            left_out = True
        else:
            read = read_dates(part, first_year, order=order, language=language)
            if read.form is Form.NONE or read.asked:
                why = "; ".join(read.asked) or f"it is no date, {none} and none of yes, new, out"
                return CellAnswer(fault=f"the answer {part!r} cannot be used: {why}")
            if read.year_taken:
                return CellAnswer(fault=f"the answer {part!r} fits two years; type the year too")
            reading = read
    return CellAnswer(accepted=accepted, left_out=left_out, is_new=is_new, entry=entry, reading=reading)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Answers by the question's name; empty ones are left out."""

    by_name: Mapping[str, str]

    def of(self, name: str) -> str:
        return self.by_name.get(name, "").strip()

    def accepts(self, name: str) -> bool:
        return is_yes(self.of(name))


def open_questions(
    questions: Sequence[Question], answers: Answers, faults: Mapping[str, str]
) -> list[Question]:
    """Those that are not answered, or not in a way that can be used."""
    return [
        question
        for question in questions
        if question.required and (not answers.of(question.name) or question.name in faults)
    ]


SHORTEST_ID = 3
"""Letters of an entry's id that a data file takes."""
_LATIN = dict(
    zip(
        "абвгдезийклмнопрстуфхыәіңғүұқөһ",
        [
            "a",
            "b",
            "v",
            "g",
            "d",
            "e",
            "z",
            "i",
            "i",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "f",
            "h",
            "y",
            "a",
            "i",
            "n",
            "g",
            "u",
            "u",
            "q",
            "o",
            "h",
        ],
        strict=True,
    )
) | {
    "ж": "zh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "sh",
    "э": "e",
    "ю": "yu",
    "я": "ya",
    "ъ": "",
    "ь": "",
    "ß": "ss",
}


def slug(text: str) -> str:
    """An id as the data files write them, from a title; Cyrillic letters in Latin ones."""
    latin = ("".join(_LATIN.get(char, char) for char in word) for word in words(text))
    id_ = "-".join(word for word in latin if word.isascii())[:60].strip("-")
    return id_ if id_[:1].isalpha() and len(id_) >= SHORTEST_ID else f"entry-{id_}".strip("-")
