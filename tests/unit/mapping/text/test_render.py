"""Titles and bodies: what people read, in which language, in which order, and within which length."""

from dataclasses import replace
from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.model import Amendment, DayOffHit, Entry, Kind, OtherDay, Shape
from mapping.shapes import CANVAS, GOOGLE, Drawing, Lead
from mapping.text.markup import Bullets, Paragraph, Section, visible_text, write
from mapping.text.phrases import is_fixed_line
from mapping.text.render import body_of, title_of
from mapping.text.typography import plain
from tests.unit.mapping.invented import TODAY, both, calendar, days, entry, milestone, rule, target, year

ORDER = Amendment(on=date(2031, 3, 1), order="No. 12", was=days("2031-04-01", "2031-04-02"))

OLD_DAYS = "1.month_4 weekday_2..2.month_4 weekday_3 of 2031"


def title(one: Entry, lead: Lead | None = None, *, today: date = TODAY, **given: Any) -> str:
    return title_of(calendar(one), one, lead, target(**given), today)


def body(
    one: Entry, *rules: Entry, drawing: Drawing = GOOGLE, others: tuple[Entry, ...] = (), **given: Any
) -> str:
    return body_of(calendar(one, *rules, *others), one, target(**given), drawing, rules)


def lines(one: Entry, *rules: Entry, **given: Any) -> list[str]:
    return plain(body(one, *rules, **given)).split("\n")


# --- titles ---


def test_a_title_is_in_the_targets_first_language_with_the_declared_fallback() -> None:
    assert title(entry("trial"), languages=("bb", "aa")) == "Title of trial in bb"
    assert title(entry("trial", title={"aa": "only aa"}), languages=("bb",)) == "only aa"


@pytest.mark.parametrize("lead", [one for one in Lead if one is not Lead.WEEK])
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

SOURCE = "source_approved source_approved_number 2031/month_of_1/2 7 {place} source_ask {office}"


def source(place: str = "Log book, source_item II.1 II", office: str = "Bridge") -> str:
    return SOURCE.format(place=place, office=office)


def test_a_description_says_when_for_whom_and_what_to_do_before_everything_else() -> None:
    trial = entry(
        "trial",
        "2031-03-03",
        "2031-03-04",
        ref="II.1",
        printed="1.",
        note=both("Bring a rope"),
        reason=both("Low tide"),
        todo=both("Climb"),
        amended=ORDER,
        years=("2", "3", "leavers"),
        schools=("nets", "sails"),
    )
    assert lines(trial) == [
        "label_dates 3.month_3 weekday_1..4.month_3 weekday_2 of 2031",
        "label_for crew | study_years 2 & 3 | leavers | School of Nets & School of Sails",
        "label_todo Climb",
        "label_amended amended 2031/month_of_3/1 12 | amended_was " + OLD_DAYS,
        "label_text_official Text of trial",
        "label_note Bring a rope",
        "label_reason Low tide",
        source(),
        "",
        "own_text",
        "",
        "———— yours ————",
    ]


def test_what_an_entry_does_not_have_is_not_told() -> None:
    assert lines(entry("trial", terms=())) == [
        "DATE 3.month_3.2031 weekday_1",
        "label_for crew | all_schools",
        "label_text_official Text of trial",
        source(),
        "",
        "own_text",
        "",
        "———— yours ————",
    ]


def test_a_row_without_items_is_named_by_its_section() -> None:
    assert source("Log book, source_section II") in lines(entry("trial", ref="II"))


def test_a_row_without_a_number_leaves_no_trace_of_one() -> None:
    said = lines(entry("trial", ref="", section=""))
    assert source("Log book") in said
    assert not any("source_item" in line or "source_section" in line for line in said)


def test_a_document_without_a_number_is_named_by_its_day() -> None:
    one = entry("trial")
    bare = replace(year(one), document=replace(year(one).document, number="", body={}))
    said = plain(body_of(calendar(years=(bare,)), one, target(), GOOGLE)).split("\n")
    place = "Log book, source_item II.1 II"
    assert f"source_approved source_approved_on 2031/month_of_1/2 {place} source_ask Bridge" in said


def test_a_document_is_named_in_short_where_it_has_a_short_name() -> None:
    one = entry("trial")
    short = replace(year(one), document=replace(year(one).document, short=both("Log")))
    said = body_of(calendar(years=(short,)), one, target(), GOOGLE)
    assert source("Log, source_item II.1 II") in plain(said)


def test_a_row_of_an_annex_names_it_before_its_number() -> None:
    assert source("Log book, Annex 1, source_item II.1 II") in lines(entry("trial", annex=both("Annex 1")))


def test_an_entry_that_names_an_office_sends_readers_there_and_not_where_its_category_does() -> None:
    assert source(office="Bridge") in lines(entry("trial"))
    assert source(office="Galley") in lines(entry("trial", ask="galley"))


def test_where_the_page_has_an_address_the_source_line_links_to_the_entry_there() -> None:
    one = entry("trial")
    known = calendar(one)
    known = replace(known, university=replace(known.university, page="https://cal.example"))
    said = body_of(known, one, target(), CANVAS)
    assert '<a href="https://cal.example/event/2031/trial">source_more</a>' in said
    assert "<a " not in body(one, drawing=CANVAS)


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ("12", "amended 2031/month_of_3/1 12"),
        ("№ 12", "amended 2031/month_of_3/1 12"),
        ("Captain's word", "amended_by 2031/month_of_3/1 Captain's word"),
    ],
)
def test_an_order_is_cited_by_its_bare_number_or_in_its_own_words(order: str, said: str) -> None:
    changed = entry("trial", amended=Amendment(on=date(2031, 3, 1), order=order, was=None))
    assert f"label_amended {said}" in lines(changed)


# --- for whom ---


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"audiences": ("crew",)}, "crew | all_schools"),
        ({"audiences": ("crew", "pilots")}, "crew & pilots | all_schools"),
        ({"audiences": ("crew", "leavers")}, "leavers | all_schools"),
        ({"audiences": ("crew", "pilots", "leavers")}, "pilots | leavers | all_schools"),
        ({"audiences": ("crew", "guests"), "years": ("leavers",)}, "guests | all_schools"),
        ({"audiences": ("crew", "guests"), "years": ("2",)}, "guests | study_year 2 | all_schools"),
    ],
)
def test_the_line_of_readers_names_the_groups_that_an_entry_is_restricted_to(
    given: dict[str, Any], said: str
) -> None:
    assert f"label_for {said}" in lines(entry("trial", **given))


def test_a_day_off_is_for_everyone_and_has_no_number_to_look_up() -> None:
    said = lines(entry("rest", category="rest", programme=None, ref="H.1", section="H"))
    assert said[0] == "DATE 3.month_3.2031 weekday_1"
    assert "label_for everyone" in said
    assert source("Log book") in said


def test_a_day_off_of_one_school_says_whose_it_is() -> None:
    said = lines(entry("rest", category="rest", programme=None, schools=("nets",)))
    assert "label_for crew | School of Nets" in said


def test_an_entry_that_says_so_does_not_cite_the_document() -> None:
    bare: dict[str, Any] = {"category": "rest", "programme": None, "ref": "", "section": "", "text": {}}
    said = lines(entry("rest", **bare, reason=both("law"), not_printed=True))
    assert "source_absent source_ask Bridge" in said
    assert not any("Log book" in line for line in said)
    # Where nothing says so, neither is claimed: neither that the document has the day, nor that it has not.
    assert "source_ask Bridge" in lines(entry("rest", **bare, reason=both("law")))
    assert source("Log book") in lines(entry("rest", **(bare | {"text": both("Rest")})))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"kind": Kind.UNTIL, "shape": Shape.UNTIL}, "DATE dates_until 3.month_3.2031 weekday_1"),
        (
            {"last": "2031-03-04", "shape": Shape.BETWEEN},
            "label_dates dates_between 3.month_3 weekday_1..4.month_3 weekday_2 of 2031",
        ),
    ],
)
def test_an_open_date_is_said_to_be_open(given: dict[str, Any], said: str) -> None:
    assert said in lines(entry("trial", **given))


# --- languages ---


def test_the_first_language_is_told_whole_and_the_others_below_it_under_their_names() -> None:
    said = body(entry("trial", note=both("Bring a rope")), languages=("bb", "aa"))
    # The event's own title is in the first language, which therefore needs no heading.
    assert said.startswith("DATE-BB")
    assert "Title of trial in bb" not in said
    second = said.index("* * *\nAa · Title of trial\n")
    assert said.index("label_text_unofficial Text of trial in bb") < second
    assert said.index("label_text_official Text of trial\n") > second
    assert said.index("label_note Bring a rope in bb") < second < said.index("label_note Bring a rope\n")
    assert said.endswith("———— yours in bb ————")
    assert said.count("yours") == said.count("own_text") == 1


def test_a_text_in_another_language_than_its_section_says_which() -> None:
    said = body(entry("trial", text={"aa": "Only official"}), languages=("bb",), drawing=CANVAS)
    assert '<span lang="aa" dir="ltr">Only official</span>' in said


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


# --- rules ---

GRADED = {"aa": "after your verdict"}


def test_a_step_that_counts_from_another_says_from_what_and_never_a_bare_date() -> None:
    other = OtherDay(name=both("many ropes"), day=date(2032, 1, 19), counted_from=date(2032, 1, 16))
    found = [
        milestone("trial", "2032-01-09", "2031-12-30", working_days=5, since={"aa": "after the trial"}),
        milestone(
            "trial",
            "2032-01-12",
            "2032-01-09",
            working_days=1,
            since=GRADED,
            since_step=both("Verdict"),
            others=(other,),
        ),
        milestone("trial", "2032-01-14", "2032-01-09", working_days=3, since_step=both("Verdict")),
        milestone("trial", "2032-01-13", "2032-01-13", working_days=0),
        milestone("other-trial", "2031-06-01", "2031-05-30"),
    ]
    said = lines(entry("trial", "2031-12-29", "2031-12-30"), rule("verdict", ("trial",), found))
    start = said.index("rules_from_span 30.month_12")
    assert said[start + 1 : start + 5] == [
        "• step_latest latest 9.month_1 30.month_12 Step within_more 5 after the trial",
        (
            "• step_latest latest_if 12.month_1 9.month_1 | latest_other 19.month_1 many ropes Step"
            " within_next after your verdict"
        ),
        "• step_latest latest_if 14.month_1 9.month_1 Step within_2_4 3 since_step Verdict",
        "• step_day 13.month_1.2032 weekday_2 Step",
    ]
    assert said[start + 5].startswith("label_text_official")


def test_what_a_step_counts_from_has_words_also_where_the_data_has_none() -> None:
    found = [milestone("trial", "2031-03-05", "2031-03-03")]
    said = body(entry("trial"), rule("verdict", ("trial",), found))
    assert "within_2_4 2 since_day 3.month_3" in plain(said)


def test_a_rule_is_told_in_full_below_the_source_without_the_headings_it_shares() -> None:
    trial = entry("trial", text=both("IV. Trials\n2. The trial"))
    verdict = rule(
        "verdict", ("trial",), text=both("IV. Trials\n3. Verdicts\nWithin five days"), note=both("Softly")
    )
    said = lines(trial, verdict)
    assert said.count("IV. Trials") == 0
    assert "label_text_official IV. Trials" in said
    start = said.index("rule_title II.1 Title of verdict 3. Verdicts")
    assert said[start - 1] == source()
    assert said[start + 1 : start + 3] == ["Within five days", "label_note Softly"]


def test_a_rule_in_full_is_left_to_the_page_where_there_is_one() -> None:
    trial, verdict = entry("trial"), rule("verdict", ("trial",))
    known = calendar(trial, verdict)
    known = replace(known, university=replace(known.university, page="https://cal.example"))
    assert "Text of verdict" in body(trial, verdict)
    assert "Text of verdict" not in body_of(known, trial, target(), GOOGLE, (verdict,))


def test_a_rule_that_counts_from_a_single_day_says_so() -> None:
    found = [milestone("trial", "2031-03-05", "2031-03-03")]
    assert "rules_from_day 3.month_3" in lines(entry("trial"), rule("verdict", ("trial",), found))


def test_a_rule_that_is_an_event_tells_its_latest_day_and_how_each_groups_dates_were_counted() -> None:
    skipped = tuple(DayOffHit(day=date(2031, 3, day), entry="rest") for day in (11, 12))
    found = [
        milestone("trial", "2031-03-05", "2031-03-03"),
        milestone("sails-trial", "2031-03-12", "2031-03-10"),
        milestone("nets-trial", "2031-03-19", "2031-03-17", skipped=skipped),
    ]
    verdict = rule("verdict", ("trial", "sails-trial", "nets-trial"), found, publish="date")
    others = entry("trial"), entry("sails-trial", schools=("sails",)), entry("nets-trial", schools=("nets",))
    said = lines(verdict, others=others, school="nets")
    assert "DATE dates_latest 5.month_3.2031 weekday_3" in said
    start = said.index("rules_own")
    assert said[start + 1 : start + 5] == [
        "Title of trial",
        (
            "• step_latest latest 5.month_3 3.month_3 Step within_2_4 2 since_day 3.month_3"
            " calculation counted working_days_2_4 2 3.month_3"
        ),
        "Title of nets-trial",
        (
            "• step_latest latest 19.month_3 17.month_3 Step within_2_4 2 since_day 17.month_3"
            " calculation counted working_days_2_4 2 17.month_3 | skipped_many month_3: 11 & 12"
        ),
    ]


def test_an_event_of_a_step_that_counts_from_another_says_so_in_title_and_date() -> None:
    found = [
        milestone(
            "trial", "2032-01-12", "2032-01-09", working_days=1, since=GRADED, since_step=both("Verdict")
        )
    ]
    appeal = rule("appeal", ("trial",), found, publish="date")
    within = "within_next after your verdict"
    assert title(appeal, Lead.LATEST) == f"title_latest_since Title of appeal {within}"
    assert lines(appeal, others=(entry("trial"),))[0] == f"DATE {within} | latest_if 12.month_1 9.month_1"


def test_an_event_on_the_very_day_it_counts_from_is_no_deadline() -> None:
    found = [milestone("trial", "2031-03-03", "2031-03-03", working_days=0)]
    honours = rule("honours", ("trial",), found, publish="date")
    assert title(honours, Lead.LATEST) == "Title of honours"
    assert lines(honours, others=(entry("trial"),))[0] == "DATE 3.month_3.2031 weekday_1"


# --- length ---


def limited(limit: int) -> Drawing:
    return Drawing(split_periods_over_days=None, markup="text", limit=limit, moments=False)


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
    assert "\nrule_title II.9 Title of verdict in bb text_above Aa\n" in plain(shorter)
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
    assert "rule_title II.9 Title of verdict text_elsewhere II.9" in plain(said)


def test_the_dates_outlast_every_text() -> None:
    said = body(LONG, LONG_RULE, languages=BOTH, drawing=limited(900))
    assert plain(said).count("3.month_3.2031 weekday_1") == 2


# --- markup ---


def test_html_and_text_say_the_same_words() -> None:
    both_languages = ("aa", "bb")
    html = body(LONG, LONG_RULE, drawing=CANVAS, languages=both_languages)
    text = body(LONG, LONG_RULE, drawing=limited(100_000), languages=both_languages)
    assert visible_text(html, "html").split() == [word for word in text.split() if word != "*"]


class TextNodes(HTMLParser):
    """Every text node of a body, then the target of every link, as a real parser finds them."""

    def __init__(self, body: str) -> None:
        super().__init__(convert_charrefs=True)
        self.nodes: list[str] = []
        self.links: list[str] = []
        self.feed(body)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.links += [value for name, value in attrs if name == "href" and value]

    def handle_data(self, data: str) -> None:
        self.nodes.append(data)


WORDS = st.text(alphabet=st.sampled_from("ab <>&;'\"/=!-\n#x1ü"), max_size=30)


@given(texts=st.lists(WORDS, min_size=1, max_size=4), label=WORDS)
def test_the_words_of_a_body_are_those_that_a_parser_of_html_finds(texts: list[str], label: str) -> None:
    link = "https://canvas.example.edu/?year=1&entry=2"
    blocks = [Paragraph(text=text, label=label, link=link, link_text=label, language="kk") for text in texts]
    points: tuple[Paragraph | Bullets, ...] = (*blocks, Bullets(points=tuple(texts)), Paragraph(text=label))
    section = Section(language="en", heading=label, blocks=points)
    html = write([section, section], Section(language="en", blocks=()), "the line", "html")
    read = TextNodes(html)
    assert visible_text(html, "html") == " ".join(" ".join([*read.nodes, *read.links]).split())


def test_a_body_has_no_links_and_no_markup_but_its_own() -> None:
    bad = {"aa": '<a href="https://example.org">x</a><img src=x onerror=y>'}
    said = body(entry("trial", text=bad, title=bad, note=bad), drawing=CANVAS)
    for tag in ("p", "/p", "strong", "/strong", 'section lang="aa" dir="ltr"', "/section"):
        said = said.replace(f"<{tag}>", "")
    assert said.replace('<p class="syncd-line" lang="aa" dir="ltr">', "").count("<") == 0
    assert said.count("&lt;a href=") == 2


def test_dates_and_numbers_do_not_break() -> None:
    said = body(entry("trial", text={"aa": "Within 5 days, No. 7 of 3 May 2031, term II"}))
    assert "Within 5\xa0days, No.\xa07 of 3\xa0May\xa02031, term\xa0II" in said
