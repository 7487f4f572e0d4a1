"""What pages say around the calendar: in every language, with the site's own words in place of ours."""

import inspect
import re
import string
from collections.abc import Mapping
from datetime import date, time

import pytest

from mapping.model import Days, Localised
from mapping.planning import edit_guards
from mapping.planning import guards as guards_there
from mapping.planning.guards import CAMPUS_SCOPE, GuardHit, GuardLevel, Part, fill_hit, guard_zone
from mapping.planning.told import told_together
from mapping.text.typography import plain
from syncd.reporting.numbers import number_words
from syncd.reporting.page_words import PageWords, guard_words
from syncd.source.folder import SourceFolder, load_calendar, read_calendar
from syncd.source.languages import IN_DATA, LANGUAGES, page_words


def holes(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_said_in_every_language_of_the_package_with_the_same_values(language: str) -> None:
    said, english = page_words(language), page_words("en")
    assert said.keys() - {"month_year"} == english.keys() - {"month_year"}
    assert {key for key, text in said.items() if holes(text) != holes(english[key])} == set()
    assert all(text.strip() for text in said.values())


def of_site(own: Mapping[str, Localised], language: str = "en") -> PageWords:
    calendar, _ = load_calendar(None)
    return PageWords(calendar, language, "Asia/Almaty", own)


def test_a_sites_own_word_stands_in_place_of_ours() -> None:
    own = {"title": {"en": "Key dates", "kk": "Маңызды күндер"}}
    assert of_site(own)("title") == "Key dates"
    assert of_site(own, "ru")("title") == "Академический календарь"


def test_a_sites_word_that_cannot_be_filled_gives_way_to_ours() -> None:
    assert of_site({"found": {"en": "Found {nothing}"}})("found", count=3) == "Found: 3"


def site(words: str) -> SourceFolder:
    source = read_calendar(None)
    return SourceFolder.from_files({**source.files, "words.yaml": words.encode()})


def test_words_of_a_site_folder_are_read_and_change_no_calendar() -> None:
    calendar, source = load_calendar(None)
    spoken = site("title: {en: Key dates}\n").calendar()
    assert PageWords(spoken, "en", "UTC")("title") == "Key dates"
    assert spoken.digest == calendar.digest
    assert "words.yaml" not in source.files


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("titel: {en: Key dates}\n", "did you mean 'title'"),
        ("title: {xx: Key dates}\n", "unknown language 'xx'"),
        ("found: {en: 'Found: {number}'}\n", "holds {number}, which is not given to it"),
        ("found: {en: 'Found: {'}\n", "unbalanced braces"),
    ],
)
def test_a_word_that_no_page_says_or_can_fill_is_refused_with_its_place(words: str, problem: str) -> None:
    with pytest.raises(Exception, match=re.escape(problem)) as raised:
        site(words).calendar()
    assert "words.yaml" in str(raised.value)


def test_days_are_told_with_weekdays_and_times() -> None:
    words = of_site({})
    one = date(2025, 12, 15)
    assert plain(words.days(Days.inclusive(one, one))) == "Mon 15 December"
    timed = Days.inclusive(one, one, (time(10), time(12)))
    assert plain(words.days(timed)) == "Mon 15 December, 10:00\N{EN DASH}12:00"
    moment = Days.inclusive(one, one, (time(17), time(17)))
    assert plain(words.days(moment)) == "Mon 15 December, 17:00"
    span = Days.inclusive(one, date(2025, 12, 30))
    assert plain(words.days(span)) == "Mon 15 December \N{EN DASH} Tue 30 December"


@pytest.mark.parametrize(
    ("language", "heading"), [("kk", "2025 жылғы желтоқсан"), ("ru", "Декабрь 2025"), ("en", "December 2025")]
)
def test_a_month_is_headed_in_the_readers_language(language: str, heading: str) -> None:
    assert of_site({}, language).month(date(2025, 12, 1)) == heading


def test_a_moment_is_told_on_the_campus_clock() -> None:
    calendar, _ = load_calendar(None)
    words = PageWords(calendar, "en", "Asia/Almaty")
    # 20:30 UTC on 31 August 2025 is half past one in the night of 1 September there.
    assert words.moment(1756672200.0) == "1\N{NO-BREAK SPACE}September,\N{NO-BREAK SPACE}01:30"


def test_what_never_was_is_told_so() -> None:
    calendar, _ = load_calendar(None)
    assert PageWords(calendar, "en", "Asia/Almaty").moment(None) == "never"


def test_every_guard_has_words() -> None:
    source = inspect.getsource(guards_there) + inspect.getsource(edit_guards)
    guards = set(re.findall(r"""(?:strike\(\s*|guard=)"([a-z-]+)\"""", source))
    assert {"zone", "publish", "removed", "fill-messages"} <= guards
    assert {name for name in guards if f"guard_{name}" not in page_words("en")} == set()


def words_in(language: str) -> PageWords:
    calendar, _ = load_calendar(None)
    return PageWords(calendar, language, "Asia/Almaty")


def zone_words(language: str, scope: str, kind: str = "") -> str:
    (hit,) = guard_zone(scope, "Asia/Almaty", "Asia/Aqtobe", kind=kind)
    (told,) = told_together([hit])
    return guard_words(words_in(language), told)


def test_a_guard_says_in_the_readers_language_what_it_found() -> None:
    said = zone_words("ru", CAMPUS_SCOPE)
    assert said.startswith("Часовой пояс изменился (кампус):")
    assert "Asia/Almaty → Asia/Aqtobe" in said
    assert "(пользователь Canvas)" in zone_words("ru", "zone of the canvas user", "canvas")


@pytest.mark.parametrize("language", IN_DATA)
def test_whose_zone_changed_is_said_in_every_language(language: str) -> None:
    assert CAMPUS_SCOPE not in zone_words(language, CAMPUS_SCOPE)
    assert "Google" in zone_words(language, "zone of the google user", "google")


def test_a_guard_without_words_says_its_english_sentence() -> None:
    hit = GuardHit(
        guard="new",
        level=GuardLevel.ALL,
        scope="x",
        found=1,
        limit=0,
        sentence="one is new",
        subjects=frozenset(),
    )
    assert guard_words(words_in("kk"), told_together([hit])[0]) == "one is new."


def test_a_number_is_written_as_the_language_writes_it_wherever_a_phrase_holds_one() -> None:
    said = {code: words_in(code)("found", count=8275) for code in ("kk", "ru", "en")}
    assert said == {"kk": "Табылды: 8\u00a0275", "ru": "Найдено: 8\u00a0275", "en": "Found: 8,275"}
    assert [number_words(code, 8275) for code in ("de", "fr", "es", "tr", "zh", "ar", "xx")] == [
        "8.275", "8\u00a0275", "8.275", "8.275", "8,275", "8,275", "8,275",
    ]  # fmt: skip
    assert [number_words(code, 999) for code in ("ru", "en")] == ["999", "999"]


def test_a_guard_on_several_targets_names_them_all_in_one_sentence_of_the_readers_language() -> None:
    ones = [
        fill_hit(name, {"c": Part(entries=frozenset({"k"}), messages=n)}, 1000, 2500) for name, n in FILLS
    ]
    (told,) = told_together(ones)
    said = guard_words(words_in("ru"), told)
    assert said.startswith(
        "arts\u00a0(900), law\u00a0(1\u00a0370): первое заполнение может разослать сообщений"
    )
    assert re.findall(r"\d[\d\u00a0]*", said.partition(":")[2]) == ["2\u00a0270", "2\u00a0500", "1\u00a0000"]


FILLS = (("law", 1370), ("arts", 900))


@pytest.mark.parametrize(
    ("language", "shown"), [("ru", "пн 24 ноября"), ("kk", "дс 24 қараша"), ("en", "Mon 24 November")]
)
def test_a_weekday_is_written_as_the_language_writes_it_before_a_day(language: str, shown: str) -> None:
    assert plain(words_in(language).day(date(2025, 11, 24))) == shown
