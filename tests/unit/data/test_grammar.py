"""The shipped phrases with every shape of argument filled in: what each language asks of case and number.

A phrase cannot decline what is put into it. So names stand where the nominative is right, dates where their
one form is, and counts in the form that the language has for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from string import Formatter

import pytest

from mapping.model import CanonicalCalendar, Days, Milestone, Offset, OtherDay, Unit
from mapping.text.dates import (
    day_in_words,
    day_list,
    day_of,
    days_in_words,
    plain_day,
    short_day,
    working_days,
)
from mapping.text.deadlines import calculation, step_sentence, within
from mapping.text.phrases import KEYS, PLACEHOLDERS, Voice
from syncd.source.folder import load_calendar
from syncd.source.languages import IN_DATA, page_words

LANGUAGES = ("kk", "ru", "en")
COUNTS = (0, 1, 2, 3, 4, 5, 10, 11, 12, 14, 20, 21, 22, 25, 31, 101, 111, 112)
DAYS = tuple(date(2025, 1, 1) + timedelta(days=11 * step) for step in range(70))
RU_GENITIVE = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
]
KK_MONTHS = [
    "қаңтар",
    "ақпан",
    "наурыз",
    "сәуір",
    "мамыр",
    "маусым",
    "шілде",
    "тамыз",
    "қыркүйек",
    "қазан",
    "қараша",
    "желтоқсан",
]


@pytest.fixture(scope="module")
def shipped() -> CanonicalCalendar:
    return load_calendar(None)[0]


def voice(calendar: CanonicalCalendar, language: str) -> Voice:
    return Voice(university=calendar.university, phrases=calendar.phrases, language=language)


def names(calendar: CanonicalCalendar, language: str) -> list[str]:
    """Every name and title that may be put into a phrase."""
    university = calendar.university
    kinds = (university.schools, university.year_groups, university.audiences, university.offices)
    found = [named.name for kind in kinds for named in kind.values()]
    found += [entry.title for year in calendar.years.values() for entry in year.entries]
    found += [
        step.name for year in calendar.years.values() for entry in year.entries for step in entry.milestones
    ]
    return [text[language] for text in found]


def milestones(calendar: CanonicalCalendar) -> Iterator[Milestone]:
    """The shipped ones, and one of each count, from an anchor and from a step, with and without words for it."""
    yield from (one for year in calendar.years.values() for entry in year.entries for one in entry.milestones)
    anchor = next(one for one in _of(calendar, "results-autumn"))
    step = next(one for one in _of(calendar, "appeal-autumn"))
    other = OtherDay(name=step.others[0].name, day=date(2026, 5, 3), counted_from=date(2026, 4, 1))
    yield from (one for count in COUNTS if count for one in _offset(step, count))
    for count, like, bare in product(COUNTS, (anchor, step), (False, True)):
        yield Milestone(
            step="step",
            name=like.name,
            day=date(2026, 2, 1) + timedelta(days=count),
            anchor=like.anchor,
            counted_from=date(2026, 2, 1),
            working_days=count,
            skipped=like.skipped[:1],
            since={} if bare else like.since,
            since_step=like.since_step,
            others=(other,),
        )


def _offset(like: Milestone, count: int) -> Iterator[Milestone]:
    """The same in days and in weeks."""
    for unit in (Unit.DAYS, Unit.WEEKS):
        yield replace(like, offset=Offset(unit=unit, count=count), working_days=0, is_plain=True)


def _of(calendar: CanonicalCalendar, entry: str) -> tuple[Milestone, ...]:
    return next(one.milestones for year in calendar.years.values() for one in year.entries if one.id == entry)


def rendered(calendar: CanonicalCalendar, language: str) -> Iterator[str]:
    """Every phrase with every kind of argument that it is given in earnest."""
    speak = voice(calendar, language)
    dates = [form(speak, day) for day in DAYS for form in (day_in_words, plain_day, day_of, short_day)]
    spans = [days_in_words(speak, Days.inclusive(day, day + timedelta(days=20))) for day in DAYS]
    yield from (*dates, *spans, day_list(speak, DAYS[:9]), day_list(speak, DAYS[:1]))
    yield from (working_days(speak, count) for count in COUNTS)
    for one in milestones(calendar):
        yield from filter(None, (step_sentence(speak, one), within(speak, one), calculation(speak, one)))
    for name in names(calendar, language):
        yield from (speak.phrase(key, title=name) for key in KEYS if PLACEHOLDERS[key] == {"title"})
        yield speak.phrase("source_ask", office=name)
        yield speak.phrase("rule_title", title=name, ref="IV.3")
        yield speak.phrase(
            "source_approved", place=name, approval=speak.phrase("source_approved_on", date=dates[2])
        )
    for day in DAYS:
        yield speak.phrase("source_approved_number", number="205-1", date=day_of(speak, day))
        yield speak.phrase("amended", order="12", date=day_of(speak, day))
        yield speak.phrase("dates_until", day=day_in_words(speak, day))
        yield speak.phrase("dates_latest", day=day_in_words(speak, day))
    for number in (1, 2, 3):
        yield speak.phrase("study_years", years=speak.listed(map(str, range(1, number + 1))))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_phrase_leaves_a_gap_a_brace_or_a_doubled_mark(shipped: CanonicalCalendar, language: str) -> None:
    wrong = re.compile(r"[{}]|  |\s[,;.:)]|\(\s|\(\)|[,;:]{2}|\.\.|: :|, \)|^\s|\s$")
    assert [said for said in rendered(shipped, language) if wrong.search(said)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_quotes_and_brackets_are_closed(shipped: CanonicalCalendar, language: str) -> None:
    pairs = (("«", "»"), ("“", "”"), ("(", ")"))
    uneven = [
        said for said in rendered(shipped, language) if any(said.count(a) != said.count(b) for a, b in pairs)
    ]
    assert uneven == []


def test_russian_counts_decline_by_their_last_digit(shipped: CanonicalCalendar) -> None:
    def nominative(count: int) -> str:
        if count % 10 == 1 and count % 100 != 11:
            return "рабочий день"
        return (
            "рабочих дня" if count % 10 in {2, 3, 4} and count % 100 not in {12, 13, 14} else "рабочих дней"
        )

    speak = voice(shipped, "ru")
    assert [working_days(speak, count) for count in COUNTS] == [
        f"{count} {nominative(count)}" for count in COUNTS
    ]


def test_russian_terms_of_time_stand_in_the_genitive(shipped: CanonicalCalendar) -> None:
    said = "\n".join(within(voice(shipped, "ru"), one) for one in milestones(shipped))
    assert set(re.findall(r"в течение \d*1 (?<!11 )(рабоч\S+ \S+)", said)) == {"рабочего дня"}
    assert set(re.findall(r"в течение (?:\d*[02-9]|\d*11) (рабоч\S+ \S+)", said)) == {"рабочих дней"}
    assert "следующего рабочего дня" in said
    assert set(re.findall(r"в течение (?:21|31|101) (дня|дней|недел\S+)", said)) == {"дня", "недели"}
    assert set(re.findall(r"в течение (?:2|5|11|12|22) (дня|дней|недел\S+)", said)) == {"дней", "недель"}


def test_russian_dates_are_in_the_genitive_wherever_they_stand(shipped: CanonicalCalendar) -> None:
    said = "\n".join(rendered(shipped, "ru"))
    found = re.findall(r"\b\d{1,2} ([а-яё]{3,})\b(?! на\b)", said)  # noqa: RUF001
    months = {word for word in found if not word.startswith(("рабоч", "курс", "более", "дн", "недел"))}
    assert months == set(RU_GENITIVE)


def test_english_counts_and_dates_agree(shipped: CanonicalCalendar) -> None:
    said = "\n".join(rendered(shipped, "en"))
    assert not re.search(r"\b1 (?:working )?(?:days|weeks)\b|\b(?!1 )\d+ (?:working )?(?:day|week)\b", said)
    assert "are a non-working" not in said
    assert not re.search(r"\ba [aeiou]", said.casefold().replace("a one", ""))


def test_kazakh_dates_take_no_ending_but_before_what_is_dated(shipped: CanonicalCalendar) -> None:
    speak = voice(shipped, "kk")
    assert day_of(speak, date(2025, 8, 5)) == "2025 жылғы 5 тамыздағы"
    assert plain_day(speak, date(2025, 8, 5)) == "2025 жылғы 5 тамыз"
    said = "\n".join(rendered(shipped, "kk"))
    # These ask for the ablative, which a date that is put in does not have; the noun күн carries it instead.
    months = "|".join(KK_MONTHS)
    assert not re.search(rf"\b(?:{months})\)? (?:кейін|бастап|бұрын|дейін)\b", said)
    assert re.search(r"күнінен кешіктірілмей", said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_are_put_only_where_the_nominative_stands(shipped: CanonicalCalendar, language: str) -> None:
    """``{when}`` and the like are dates of one form; names and titles would have to be declined."""
    asks_for_a_case = {
        "ru": r"\b(?:в|во|на|с|со|из|от|до|для|о|об|по|к|у|за|после|перед|при|без)\s+«?\{(NAMES)\}",  # noqa: RUF001
        "kk": r"\{(NAMES)\}»?(?:-|\s+(?:кейін|бастап|бұрын|дейін|туралы|бойымен)\b)",
        "en": r"\ban? \{(NAMES)\}",
    }[language]
    inserted = ("title", "office", "name", "place", "step", "target", "course", "school", "language")
    pattern = re.compile(asks_for_a_case.replace("NAMES", "|".join(inserted)))
    both = {
        **shipped.phrases,
        **{f"page {key}": {c: page_words(c).get(key, "") for c in IN_DATA} for key in page_words("en")},
    }
    said = {key: texts[language] for key, texts in both.items() if language in texts}
    # A quoted name is named, not declined: «…».
    wrong = {key: text for key, text in said.items() if pattern.search(text) and "«{" not in text}
    assert wrong == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_kazakh_and_russian_pages_put_moments_where_their_form_is_right(
    shipped: CanonicalCalendar, language: str
) -> None:
    said = list(page_words(language).values())
    assert not [
        text for text in said if re.search(r"\{when\} бастап|\{all\} календарей|\{all\} ішінен", text)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_is_said_in_every_language_with_the_same_placeholders(
    shipped: CanonicalCalendar, language: str
) -> None:
    def held(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    # Kazakh needs no weekday before a comma, and a language may leave out what its sentence does without.
    different = {
        key: text[language]
        for key, text in shipped.phrases.items()
        if held(text[language]) != held(text["ru"])
    }
    assert shipped.phrases.keys() == KEYS
    assert different == {}
