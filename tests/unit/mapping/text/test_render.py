"""Titles and bodies: what people read, in which language, in which order, and within which length."""

from datetime import date, timedelta
from typing import Any

import pytest

from mapping.model import Amendment, DayOffHit, Entry, Kind, Shape
from mapping.shapes import CANVAS, GOOGLE, Drawing, Lead
from mapping.text.markup import visible_text
from mapping.text.phrases import is_fixed_line
from mapping.text.render import body_of, title_of
from tests.unit.mapping.invented import TODAY, both, calendar, days, entry, milestone, rule, target

ORDER = Amendment(on=date(2031, 3, 1), order="No. 12", was=days("2031-04-01", "2031-04-02"))

OLD_DAYS = "1.month_4.2031 weekday_2..2.month_4.2031 weekday_3"


def title(one: Entry, lead: Lead | None = None, *, today: date = TODAY, **given: Any) -> str:
    return title_of(calendar(one), one, lead, target(**given), today)


def body(
    one: Entry, *rules: Entry, drawing: Drawing = GOOGLE, others: tuple[Entry, ...] = (), **given: Any
) -> str:
    return body_of(calendar(one, *rules, *others), one, target(**given), drawing, rules)


def lines(one: Entry, *rules: Entry, **given: Any) -> list[str]:
    return body(one, *rules, **given).split("\n")


# --- titles ---


def test_a_title_is_in_the_targets_first_language_with_the_declared_fallback() -> None:
    assert title(entry("trial"), languages=("bb", "aa")) == "Title of trial in bb"
    assert title(entry("trial", title={"aa": "only aa"}), languages=("bb",)) == "only aa"


@pytest.mark.parametrize("lead", list(Lead))
def test_the_lead_stands_first(lead: Lead) -> None:
    assert title(entry("trial"), lead) == f"{lead.value} Title of trial"


@pytest.mark.parametrize(("day", "changed"), [(-1, False), (0, True), (13, True), (14, False)])
def test_an_amended_entry_says_so_first_for_fourteen_days(day: int, changed: bool) -> None:
    said = title(entry("trial", amended=ORDER), Lead.OPENS, today=ORDER.on + timedelta(days=day))
    assert said == ("title_changed " if changed else "") + "title_opens Title of trial"


def test_a_title_never_exceeds_255_characters() -> None:
    said = title(entry("trial", title={"aa": "x" * 300}))
    assert len(said) == 255
    assert said.endswith("x…")
    assert title(entry("trial", title={"aa": "x" * 255})) == "x" * 255


def test_a_title_is_one_line() -> None:
    assert title(entry("trial", title={"aa": "two\n  lines"})) == "two lines"


# --- the order of a description ---


def test_a_description_tells_everything_in_one_order() -> None:
    trial = entry(
        "trial",
        "2031-03-03",
        "2031-03-04",
        ref="II.1",
        printed="1.",
        note=both("Bring a rope"),
        reason=both("Low tide"),
        amended=ORDER,
        years=("2", "3", "leavers"),
        schools=("nets", "sails"),
    )
    assert lines(trial) == [
        "label_dates 3.month_3.2031 weekday_1..4.month_3.2031 weekday_2",
        "label_amended amended 2031/month_3/1 No. 12 | amended_was " + OLD_DAYS,
        "label_for crew | study_years 2 & 3 | leavers | School of Nets & School of Sails",
        "label_text_official Text of trial",
        "label_note Bring a rope",
        "label_reason Low tide",
        "item_printed item II.1 II 1. | programme_terms Deck Ebb",
        "label_document document Council of Captains 2031/month_1/2 7 Log book",
        "label_ask Bridge",
        "own_text",
        "",
        "———— yours ————",
    ]


def test_what_an_entry_does_not_have_is_not_told() -> None:
    assert lines(entry("trial", terms=())) == [
        "DATE 3.month_3.2031 weekday_1",
        "label_for crew | all_schools",
        "label_text_official Text of trial",
        "item II.1 II | Deck",
        "label_document document Council of Captains 2031/month_1/2 7 Log book",
        "label_ask Bridge",
        "own_text",
        "",
        "———— yours ————",
    ]


def test_a_row_without_items_is_named_by_its_section() -> None:
    assert "item_whole II | programme_terms Deck Ebb" in lines(entry("trial", ref="II"))


def test_a_row_of_all_programmes_names_none() -> None:
    assert "item II.1 II" in lines(entry("trial", programme=None))


def test_a_row_of_an_annex_names_it_before_its_number() -> None:
    annexed = entry("trial", annex=both("Annex 1"))
    assert "Annex 1 | item II.1 II | programme_terms Deck Ebb" in lines(annexed)


def test_an_entry_that_names_an_office_sends_readers_there_and_not_where_its_category_does() -> None:
    assert "label_ask Bridge" in lines(entry("trial"))
    assert "label_ask Galley" in lines(entry("trial", ask="galley"))


def test_a_day_off_is_for_everyone_and_has_no_number_to_look_up() -> None:
    said = lines(entry("rest", category="rest", programme=None, ref="H.1", section="H"))
    assert said[0] == "DATE 3.month_3.2031 weekday_1"
    assert "label_for everyone" in said


def test_a_day_off_of_one_school_says_whose_it_is() -> None:
    said = lines(entry("rest", category="rest", programme=None, schools=("nets",)))
    assert "label_for crew | School of Nets" in said


def test_a_day_off_that_the_document_does_not_print_does_not_cite_it() -> None:
    said = lines(
        entry("rest", category="rest", programme=None, ref="", section="", text={}, reason=both("law"))
    )
    assert "label_document document_absent" in said
    assert not any("Log book" in line for line in said)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"kind": Kind.UNTIL, "shape": Shape.UNTIL}, "DATE dates_until 3.month_3.2031 weekday_1"),
        (
            {"last": "2031-03-04", "shape": Shape.BETWEEN},
            "label_dates dates_between 3.month_3.2031 weekday_1..4.month_3.2031 weekday_2",
        ),
    ],
)
def test_an_open_date_is_said_to_be_open(given: dict[str, Any], said: str) -> None:
    assert said in lines(entry("trial", **given))


# --- languages ---


def test_every_language_tells_the_whole_entry_under_its_own_name() -> None:
    said = body(entry("trial", note=both("Bring a rope")), languages=("bb", "aa"))
    # The event's own title is in the first language: there the name alone does.
    first, second = said.index("Bb\n"), said.index("Aa · Title of trial\n")
    assert "Title of trial in bb" not in said
    assert said.index("label_text_unofficial Text of trial in bb") < second
    assert said.index("label_text_official Text of trial\n") > second
    assert (
        first < said.index("label_note Bring a rope in bb") < second < said.index("label_note Bring a rope\n")
    )
    assert said.endswith("———— yours in bb ————")
    assert said.count("yours") == 1


def test_a_text_that_only_the_official_language_has_is_told_once() -> None:
    said = body(entry("trial", text={"aa": "Only official"}), languages=("aa", "bb"))
    assert said.count("Only official") == 1
    assert "label_text_unofficial" not in said


def test_a_text_that_falls_back_to_the_official_language_is_labelled_official() -> None:
    assert "label_text_official Only official" in lines(
        entry("trial", text={"aa": "Only official"}), languages=("bb",)
    )


def test_a_rules_text_that_only_the_official_language_has_is_told_once() -> None:
    verdict = rule("verdict", ("trial",), text={"aa": "Only official"}, note={"aa": "Softly"})
    said = body(entry("trial"), verdict, languages=("aa", "bb"))
    assert said.count("Only official") == said.count("Softly") == 1
    assert "rule_title II.1 Title of verdict in bb\n" in said


# --- rules ---


def test_the_rules_of_an_entry_are_told_with_their_dates_and_how_they_were_counted() -> None:
    skipped = tuple(DayOffHit(day=date(2032, 1, day), entry="rest") for day in (1, 2, 7))
    verdict = rule(
        "verdict",
        ("trial",),
        [
            milestone("trial", "2032-01-09", "2031-12-30", working_days=5, skipped=skipped),
            milestone("trial", "2032-01-12", "2032-01-09", working_days=1),
            milestone("trial", "2032-01-13", "2032-01-12", working_days=1, skipped=skipped[2:]),
            milestone("trial", "2032-01-13", "2032-01-13", working_days=0),
            milestone("other-trial", "2031-06-01", "2031-05-30"),
        ],
        ref="II.3",
        note=both("Softly"),
    )
    said = lines(entry("trial", "2031-12-29", "2031-12-30"), verdict)
    start = said.index("rules_from_span 30.month_12")
    skipped_many, skipped_one = "skipped_many month_1: 1, 2 & 7", "skipped_one month_1: 7"
    assert said[start + 1 : start + 8] == [
        "rule_title II.3 Title of verdict Text of verdict",
        "label_note Softly",
        f"• milestone 9.month_1.2032 weekday_5 counted working_days_more 5 30.month_12 | {skipped_many} Step",
        "• milestone 12.month_1.2032 weekday_1 counted working_days_1 1 9.month_1 Step",
        f"• milestone 13.month_1.2032 weekday_2 counted working_days_1 1 12.month_1 | {skipped_one} Step",
        "• milestone_same_day 13.month_1.2032 weekday_2 Step",
        "item II.1 II | programme_terms Deck Ebb",
    ]


def test_a_rule_does_not_repeat_the_headings_of_the_row_it_counts_from() -> None:
    trial = entry("trial", text=both("IV. Trials\n2. The trial"))
    said = lines(trial, rule("verdict", ("trial",), text=both("IV. Trials\n3. Verdicts\nWithin five days")))
    assert said.count("IV. Trials") == 0
    assert "label_text_official IV. Trials" in said
    assert "rule_title II.1 Title of verdict 3. Verdicts" in said


def test_a_rule_that_counts_from_a_single_day_says_so() -> None:
    said = lines(entry("trial"), rule("verdict", ("trial",), steps=()))
    start = said.index("rules_from_day 3.month_3")
    assert said[start + 1] == "rule_title II.1 Title of verdict Text of verdict"
    assert said[start + 2].startswith("item ")


def test_a_rule_that_is_an_event_tells_its_latest_day_and_each_groups_dates() -> None:
    found = [
        milestone("trial", "2031-03-05", "2031-03-03"),
        milestone("sails-trial", "2031-03-12", "2031-03-10"),
        milestone("nets-trial", "2031-03-19", "2031-03-17"),
    ]
    verdict = rule("verdict", ("trial", "sails-trial", "nets-trial"), found, publish="date")
    others = entry("trial"), entry("sails-trial", schools=("sails",)), entry("nets-trial", schools=("nets",))
    said = lines(verdict, others=others, school="nets")
    assert "DATE dates_latest 5.month_3.2031 weekday_3" in said
    start = said.index("rules_own")
    assert said[start + 1 : start + 5] == [
        "Title of trial",
        "• milestone 5.month_3.2031 weekday_3 counted working_days_2_4 2 3.month_3 Step",
        "Title of nets-trial",
        "• milestone 19.month_3.2031 weekday_3 counted working_days_2_4 2 17.month_3 Step",
    ]


# --- length ---


def limited(limit: int) -> Drawing:
    return Drawing(split_periods_over_days=None, markup="text", limit=limit)


LONG = entry("trial", text={"aa": "First. " * 100, "bb": "Second. " * 100}, note={"aa": "Note. " * 100})
LONG_RULE = rule("verdict", ("trial",), text={"aa": "Third. " * 100, "bb": "Fourth. " * 100}, ref="II.9")
BOTH = ("aa", "bb")


def test_a_body_that_fits_is_told_in_full() -> None:
    full = body(LONG, LONG_RULE, languages=BOTH)
    assert body(LONG, LONG_RULE, languages=BOTH, drawing=limited(len(full))) == full
    for word in ("First.", "Second.", "Third.", "Fourth.", "Note."):
        assert full.count(word) == 100


def test_the_later_languages_rules_give_way_first_and_say_where_they_stand() -> None:
    full = body(LONG, LONG_RULE, languages=BOTH)
    shorter = body(LONG, LONG_RULE, languages=BOTH, drawing=limited(len(full) - 1))
    assert "Fourth." not in shorter
    assert "\nrule_title II.9 Title of verdict in bb text_above Aa\n" in shorter
    for word in ("First.", "Second.", "Third.", "Note."):
        assert shorter.count(word) == 100


@pytest.mark.parametrize("limit", range(400, 4_400, 100))
def test_whatever_the_limit_a_body_keeps_to_it_and_never_breaks_a_sentence(limit: int) -> None:
    said = body(LONG, LONG_RULE, languages=BOTH, drawing=limited(limit))
    full = body(LONG, LONG_RULE, languages=BOTH)
    assert len(said) <= limit
    assert is_fixed_line(said.split("\n")[-1])
    for word in ("First.", "Second.", "Third.", "Fourth.", "Note."):
        assert said.count(word) in {0, 100}
    assert said == full or "text_above" in said or "text_elsewhere" in said


def test_what_is_told_in_no_language_any_more_is_said_to_stand_in_the_document() -> None:
    said = body(LONG, LONG_RULE, languages=("aa",), drawing=limited(700))
    assert "text_elsewhere II.1" in said
    assert "rule_title II.9 Title of verdict text_elsewhere II.9" in said


def test_the_dates_outlast_every_text() -> None:
    said = body(LONG, LONG_RULE, languages=BOTH, drawing=limited(900))
    assert said.count("3.month_3.2031 weekday_1") == 2


# --- markup ---


def test_html_and_text_say_the_same_words() -> None:
    html, text = body(LONG, LONG_RULE, drawing=CANVAS), body(LONG, LONG_RULE, drawing=limited(100_000))
    assert visible_text(html, "html").split() == text.split()


def test_a_body_has_neither_links_nor_other_markup_than_paragraphs_and_lists() -> None:
    bad = {"aa": '<a href="https://example.org">x</a><img src=x onerror=y>'}
    said = body(entry("trial", text=bad, title=bad, note=bad), drawing=CANVAS)
    for tag in ("p", "/p", "strong", "/strong", 'p class="syncd-line"'):
        said = said.replace(f"<{tag}>", "")
    assert "<" not in said
    assert said.count("&lt;a href=") == 2
