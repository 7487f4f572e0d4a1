"""Which language a reader is shown, and that the page can say everything in each."""

import inspect
import re
import string

import pytest

from mapping.planning import edit_guards
from mapping.planning import guards as guards_there
from mapping.planning.guards import GuardHit, GuardLevel, guard_zone
from syncd.source.folder import load_calendar
from syncd.web.words import PageWords, choose_language, guard_words, phrases

KNOWN = {"kk": 1, "ru": 1, "en": 1}


@pytest.mark.parametrize(
    ("asked", "accepted", "shown"),
    [
        ("en", "kk", "en"),
        ("", "", "kk"),
        ("xx", "", "kk"),
        ("", "ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        ("", "de, en;q=0.5, ru;q=0.7", "ru"),
        ("", "de-DE, fr", "kk"),
        ("", "en;q=zero", "en"),
        ("", ",;;q=,", "kk"),
        ("", "x" * 100_000, "kk"),
    ],
)
def test_the_language_asked_for_wins_then_the_browsers_then_the_first(
    asked: str, accepted: str, shown: str
) -> None:
    assert choose_language(KNOWN, asked, accepted) == shown


def test_every_phrase_is_there_in_every_language_of_the_shipped_calendar() -> None:
    calendar, _ = load_calendar(None)
    languages = set(calendar.university.languages)
    assert {key: set(said) for key, said in phrases().items() if set(said) != languages} == {}


def test_every_language_of_a_phrase_is_filled_with_the_same_values() -> None:
    def holes(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}

    different = {
        key: said
        for key, said in phrases().items()
        if len({frozenset(holes(one)) for one in said.values()}) > 1
    }
    assert different == {}


def test_a_moment_is_told_on_the_campus_clock() -> None:
    calendar, _ = load_calendar(None)
    words = PageWords(calendar, "en", "Asia/Almaty")
    # 20:30 UTC on 31 August 2025 is half past one in the night of 1 September there.
    assert words.moment(1756672200.0) == "1\N{NO-BREAK SPACE}September, 01:30"


def test_what_never_was_is_told_so() -> None:
    calendar, _ = load_calendar(None)
    assert PageWords(calendar, "en", "Asia/Almaty").moment(None) == "never"


def test_every_guard_has_words() -> None:
    source = inspect.getsource(guards_there) + inspect.getsource(edit_guards)
    guards = set(re.findall(r"""(?:strike\(\s*|guard=)"([a-z-]+)\"""", source))
    assert {"zone", "publish", "removed", "fill-messages"} <= guards
    assert {name for name in guards if f"guard_{name}" not in phrases()} == set()


def words_in(language: str) -> PageWords:
    calendar, _ = load_calendar(None)
    return PageWords(calendar, language, "Asia/Almaty")


def test_a_guard_says_in_the_readers_language_what_it_found() -> None:
    (hit,) = guard_zone("campus zone", "Asia/Almaty", "Asia/Aqtobe")
    said = guard_words(words_in("ru"), hit)
    assert said.startswith("Часовой пояс изменился")
    assert "Asia/Almaty → Asia/Aqtobe" in said


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
    assert guard_words(words_in("kk"), hit) == "one is new."
