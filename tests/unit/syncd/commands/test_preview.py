"""`syncd preview` and `syncd check --titles`: how entries will read, before anybody reads them."""

import pytest

from tests.unit.syncd.commands.conftest import Run


def test_an_entry_is_shown_with_titles_days_and_description(run: Run) -> None:
    ran = run("preview", "registration-autumn", "--language", "en", "--place", "canvas")
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[0] == "--- registration-autumn, canvas, en"
    assert lines[1].startswith("Opens: Autumn course registration, years 2\N{EN DASH}4  [Thu 14 Aug 2025")
    assert lines[2].startswith("Last day: Autumn course registration")
    assert lines[4] == "Dates: Thursday, 14 August to Wednesday, 27 August 2025, both days included"
    assert "\N{NO-BREAK SPACE}" not in ran.out


def test_without_a_place_and_language_every_one_of_them_is_shown(run: Run) -> None:
    heads = [line for line in run("preview", "exams-autumn").out.splitlines() if line.startswith("--- ")]
    assert heads == [
        f"--- exams-autumn, {place}, {language}"
        for place in ("canvas", "google", "feed")
        for language in ("kk", "ru", "en")
    ]


def test_without_an_entry_one_stands_for_all(run: Run) -> None:
    ran = run("preview", "--language", "ru", "--place", "google")
    assert ran.code == 0
    assert ran.out.startswith("--- ")
    assert "Для кого:" in ran.out


def test_a_feed_says_nothing_of_a_space_below_a_line(run: Run) -> None:
    words = ("preview", "break-winter", "--language", "en", "--place")
    assert "Your notes go below the line." in run(*words, "google").out
    feed = run(*words, "feed").out
    assert "below the line" not in feed
    assert "————" not in feed


def test_a_school_sees_its_own_titles(run: Run) -> None:
    words = ("preview", "thesis-topics-law", "--language", "en", "--place", "google")
    assert "Opens: Thesis topics, supervisors  [" in run(*words).out


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("appeal-autumn", "has no event of its own: it is told in exams-autumn"),
        ("deans-list-autumn", "stands on the calendar's page alone"),
    ],
)
def test_a_rule_without_an_event_says_where_it_is_told(run: Run, entry: str, said: str) -> None:
    assert said in run("preview", entry, "--language", "en", "--place", "canvas").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("preview", "exams-autum"), "did you mean 'exams-autumn'"),
        (("preview", "exams-autumn", "--language", "de"), "--language: unknown language 'de'"),
        (("preview", "exams-autumn", "--school", "x"), "--school: unknown school 'x'"),
        (("preview", "exams-autumn", "--place", "wall"), "--place"),
    ],
)
def test_what_does_not_exist_is_refused_in_words(run: Run, words: tuple[str, ...], said: str) -> None:
    ran = run(*words)
    assert ran.code == 64
    assert said in ran.err


def test_titles_that_read_alike_are_counted_at_both_widths(run: Run) -> None:
    ran = run("check", "--titles")
    assert ran.code == 0
    assert "At 25 characters 0 pairs of titles read alike, 0 on one day." in ran.out
    assert "At 40 characters 0 pairs of titles read alike, 0 on one day." in ran.out


def test_check_shows_how_an_entry_reads_in_every_place_and_language(run: Run) -> None:
    out = run("check", "--offline").out
    reads = " ".join(out[out.index("how it reads") :].split())
    for language, label in (("kk", "Күндері:"), ("ru", "Даты:"), ("en", "Dates:")):
        assert f"canvas and google, {language}:" in reads
        assert f"feed, {language}: as canvas and google, without the last 2 paragraphs." in " ".join(
            reads.split()
        )
        assert label in reads
