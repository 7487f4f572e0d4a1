# ruff: noqa: E501 - one fault a line reads best as a table
"""Whatever is wrong in the data files is told at once, each with its file, its line and its entry."""

from __future__ import annotations

import pytest

from mapping.document.build import build_calendar
from mapping.errors import InvalidCalendarError, Problem
from mapping.model import Place
from tests.support.college import CLOSED, TEACHING, YEAR, calendar_of, college, problems_of, spoilt

UNIVERSITY, ROUTING, PHRASES = "university.yaml", "routing.yaml", "phrases.yaml"


# fmt: off
FAULTS = [
    # --- fields
    (TEACHING, "category: teaching", "catgory: teaching", ["9 [teaching-michaelmas]: unknown field 'catgory'; did you mean 'category'?", "category is missing"]),
    (TEACHING, "audience: members", "audience:", ["10 [teaching-michaelmas]: audience is empty"]),
    (TEACHING, "terms: [michaelmas]", "terms: []", ["terms is empty"]),
    (TEACHING, "terms: [michaelmas]", "terms: [michaelmas, michaelmas]", ["terms: names 'michaelmas' twice"]),
    (TEACHING, "    terms: [michaelmas]\n", "", ["terms is missing; say in which terms"]),
    (TEACHING, "kind: window", "kind: windwo", ["kind: unknown value 'windwo'; did you mean 'window'?"]),
    (TEACHING, "id: teaching-michaelmas", "id: Teaching", ["5 [Teaching]: id: 'Teaching' is not an entry id"]),
    (TEACHING, "years: [3, finalists]", "years: [12]", ["years[0]: '12' is not a year of study"]),
    (TEACHING, "calendar: teaching", "calender: teaching", ["1: unknown field 'calender'; did you mean 'calendar'?", "calendar is missing"]),
    (TEACHING, "working_days: 3", "working_days: three", ["marks]: rule.steps[0].working_days: 'three' is not a whole number"]),
    (TEACHING, "working_days: 3", "working_days: 200", ["rule.steps[0].working_days: '200' is not accepted"]),
    (TEACHING, "publish: date", "publish: dates", ["rule.publish: unknown value 'dates'; did you mean 'date'?"]),
    (TEACHING, "end: 2031-12-05", "end: [1]", ["end: expected a date, found a list"]),
    (TEACHING, "working_days: 3", "working_days: {}", ["rule.steps[0].working_days: expected a whole number, found fields"]),
    (UNIVERSITY, "official: true", "official: [1]", ["languages.cy.official: expected true or false, found a list"]),
    (TEACHING, "lines: [1, 2]", "lines: [0]", ["place.lines[0]: '0' is not accepted"]),
    (UNIVERSITY, "official: true", "official: yes", ["languages.cy.official: 'yes' is neither true nor false"]),
    (UNIVERSITY, 'colour: "2"', 'colour: "12"', ["categories.teaching.colour: unknown value '12'"]),
    (UNIVERSITY, "short:", "shrot:", ["unknown field 'shrot'; did you mean 'short'?"]),
    (YEAR, "year: 2031-2032", "year: '2031:2032'", ["1: year: '2031:2032' is not a name of an academic year"]),
    (ROUTING, "within: term", "within: terms", ["4: course[2].within: unknown value 'terms'; did you mean 'term'?"]),
    (ROUTING, "not_years: [finalists]", "not_year: [finalists]", ["3: unknown field 'not_year'; did you mean 'not_years'?"]),
    (ROUTING, "parts: [main]", "parts: [mian]", ["course[0].parts[0]: unknown value 'mian'; did you mean 'main'?"]),
    # --- dates
    (TEACHING, "end: 2031-12-05", "end: 2031-02-30", ["13 [teaching-michaelmas]: end: '2031-02-30' is a date that does not exist"]),
    (TEACHING, "end: 2031-12-05", "end: 05.12.2031", ["end: '05.12.2031' is not a date; write it like 2025-09-02"]),
    (TEACHING, "end: 2031-12-05", "end: 20311205", ["end: '20311205' is not a date"]),
    (TEACHING, "end: 2031-12-05", "end: 9999-12-31", ["end: '9999-12-31' is no year of this calendar"]),
    (TEACHING, "end: 2031-12-05", "end: 2031-10-05", ["13 [teaching-michaelmas]: the end 2031-10-05 lies before the start"]),
    (TEACHING, "    end: 2031-12-05\n", "", ["5 [teaching-michaelmas]: end is missing"]),
    (TEACHING, "end: 2031-10-31", "end: 2031-11-01", ["[fees]: kind until is one day: make start and end equal"]),
    (CLOSED, "end: 2031-12-27", "end: 2031-12-28", ["[christmas-moved]: kind day is one day"]),
    (TEACHING, "start: 2031-10-31\n    end: 2031-10-31", "start: 2035-10-31\n    end: 2035-10-31", ["[fees]: start 2035-10-31 lies more than 60 days outside the year's terms", "[fees]: end 2035"]),
    (TEACHING, "end: 2032-03-12", "end: 2041-03-12", ["year.yaml:7: the terms last from 2031-10-06 to 2041-03-12"]),
    (TEACHING, "end: 2031-12-17", "end: 2031-12-07", ["[papers-michaelmas]: the end 2031-12-07 lies before the start"]),
    (TEACHING, "kind: rule\n", "kind: rule\n    start: 2031-12-20\n", ["[marks]: a rule has no start of its own"]),
    (TEACHING, "    rule: {anchors: [teaching-hilary], steps: []}\n", "", ["[prize-list]: rule is missing"]),
    (TEACHING, "steps: []}", "steps: [], publish: date}", ["[prize-list]: a rule without steps has no date"]),
    (TEACHING, "replaces: papers-michaelmas", "rule: {anchors: [papers-michaelmas]}", ["[papers-north]: rule is only for kind rule, not for window"]),
    # --- texts
    (TEACHING, "cy: Dysgu Mihangel", "cy: ''", ["title.cy: is empty; write the text or leave the line out"]),
    (TEACHING, "cy: Dysgu Mihangel, ", "", ["title is missing in the official language, cy"]),
    (TEACHING, "text: {cy: Papurau}", "text: {en: Papers}", ["text is missing in the official language, cy"]),
    (TEACHING, "    text: {cy: Papurau}\n", "", ["text is missing; give the row as the source prints it"]),
    (TEACHING, "en: Michaelmas teaching", "eng: Michaelmas teaching", ["unknown language 'eng'; did you mean 'en'?"]),
    (TEACHING, "en: Michaelmas teaching", "en: " + "x" * 256, ["title.en: is 256 characters long; the limit is 255"]),
    (TEACHING, "text: {cy: Papurau}", "text: {cy: " + "x" * 2001 + "}", ["text.cy: is 2001 characters long"]),
    (TEACHING, "en: Michaelmas teaching", 'en: "a\\tb"', ["title.en: holds the invisible character U+0009"]),
    (TEACHING, "text: {cy: Papurau}", 'text: {cy: "a\\x07"}', ["text.cy: holds the invisible character U+0007"]),
    (TEACHING, "en: Michaelmas teaching", 'en: "a\\u202Eb"', ["title.en: holds the invisible character U+202E"]),
    (TEACHING, "cy: Marciau}}", "en: Marks}}", ["[marks]: name is missing in the official language, cy"]),
    (UNIVERSITY, "south: {name: {cy: De, en: South}}", "south: {name: {en: South}}", ["name is missing in the official language"]),
    (YEAR, "body: {cy: Y Cyngor, en: The Council}", "body: {}", ["body is missing in the official language"]),
    # --- names
    (TEACHING, "schools: [north]", "schools: [nroth]", ["[papers-north]: unknown school 'nroth'; did you mean 'north'?"]),
    (TEACHING, "programme: full-time", "programme: full-tiem", ["2: unknown programme 'full-tiem'; did you mean 'full-time'?"]),
    (TEACHING, "terms: [michaelmas]", "terms: [michelmas]", ["unknown term 'michelmas'; did you mean 'michaelmas'?"]),
    (TEACHING, "terms: [michaelmas]", "terms: [m1]", ["unknown term 'm1'; known: all, hilary, michaelmas"]),
    (TEACHING, "category: teaching", "category: teachng", ["unknown category 'teachng'; did you mean 'teaching'?"]),
    (TEACHING, "audience: members", "audience: member", ["unknown audience 'member'; did you mean 'members'?"]),
    (TEACHING, "years: [3, finalists]", "years: [finalist]", ["unknown year of study 'finalist'; did you mean 'finalists'?"]),
    (CLOSED, "category: closed", "category: teaching", ["reason is only for days off", "christmas is not a day off"]),
    (UNIVERSITY, "ask: lodge", "ask: ldge", ["unknown office 'ldge'; did you mean 'lodge'?"]),
    (TEACHING, "category: papers", "ask: ldge\n    category: papers", ["[papers-michaelmas]: unknown office 'ldge'; did you mean 'lodge'?"]),
    (TEACHING, "programme: full-time", "programme: full-time\nannex: {en: Annex 1}", ["annex is missing in the official language, cy"]),
    (UNIVERSITY, "fallback: [cy]", "fallback: [en]", ["unknown fallback language 'en'"]),
    (UNIVERSITY, ", official: true", "", ["exactly one language must say official: true"]),
    (UNIVERSITY, "m1: {name: {cy: Un, en: One}}", "m1: {name: {cy: Un}, whole_year: true}", ["no term besides the whole year"]),
    (YEAR, "  full-time:", "  fulltime:", ["8: unknown programme 'fulltime'; did you mean 'full-time'?"]),
    (YEAR, "    hilary:", "    hillary:", ["10: unknown term 'hillary'; did you mean 'hilary'?", "the term hilary of full-time has no first and last entry"]),
    (ROUTING, "categories: [papers]", "categories: [paper]", ["3: unknown category 'paper'; did you mean 'papers'?"]),
    (ROUTING, "audiences: [members]", "audiences: [memers]", ["unknown audience 'memers'; did you mean 'members'?"]),
    (ROUTING, "not_years: [finalists]", "not_years: [finals]", ["unknown year of study 'finals'; did you mean 'finalists'?"]),
    (ROUTING, "sections: [A]", "sections: [Q]", ["unknown section 'Q'; known: A"]),
    (ROUTING, "bursary:\n", "bursery:\n", ["7: unknown place 'bursery'; did you mean 'bursary'?"]),
    (ROUTING, "school:\n", "scool:\n", ["the row school is missing", "unknown place 'scool'; did you mean 'school'?"]),
    (ROUTING, "{categories: [closed], within: term}", "{}", ["4: a rule without any condition would show everything"]),
    (PHRASES, "title_opens:", "title_open:", ["the phrase title_opens is missing", "unknown phrase 'title_open'; did you mean 'title_opens'?"]),
    (PHRASES, "title_opens {title}", "title_opens {titel}", ["holds {titel}, which is not given to it", "does not say {title}"]),
    # --- references
    (CLOSED, "id: christmas-moved", "id: christmas", ["[christmas]: the id 'christmas' already stands at 2031-2032/closed.yaml:4"]),
    (CLOSED, "id: christmas-moved", "id: fees", ["teaching.yaml:", "[fees]: the id 'fees' already stands at 2031-2032/closed.yaml:12"]),
    (CLOSED, "transfer_of: christmas", "transfer_of: chrismas", ["unknown entry 'chrismas'; did you mean 'christmas'?"]),
    (CLOSED, "transfer_of: christmas", "transfer_of: christmas-moved", ["transfer_of names the entry itself"]),
    (TEACHING, "replaces: papers-michaelmas", "replaces: papers", ["unknown entry 'papers'"]),
    (TEACHING, "    schools: [north]\n    years: [3, finalists]\n", "", ["only an entry of certain schools or years"]),
    (TEACHING, "under: papers-michaelmas", "under: papers-michaelms", ["unknown entry 'papers-michaelms'; did you mean 'papers-michaelmas'?"]),
    (YEAR, "last: papers-michaelmas", "last: papers-mihangel", ["9: unknown entry 'papers-mihangel'"]),
    (YEAR, "last: papers-michaelmas", "last: marks", ["9: marks is a rule and has no day"]),
    (YEAR, "{first: teaching-hilary, last: teaching-hilary}", "{first: teaching-hilary, last: teaching-michaelmas}", ["10: the term ends on 2031-12-05, before its first day 2032-01-12"]),
    (CLOSED, "working_week: [1, 2, 3, 4, 6]\n", "", ["no calendar file of the year says its working_week"]),
    (CLOSED, "working_week: [1, 2, 3, 4, 6]", "working_week: [0]", ["working_week[0]: '0' is no weekday; write 1 for Monday"]),
    (CLOSED, "working_week: [1, 2, 3, 4, 6]", "working_week: [sunday]", ["'sunday' is no weekday; write 1 for Monday"]),
    ("university.yaml", "country: GB", "country: Wales", ["'Wales' is not the two letters of a country; write it like KZ"]),
    (TEACHING, "programme: full-time\n", "programme: full-time\nworking_week: [1]\n", ["3: working_week already stands in 2031-2032/closed.yaml"]),
    # --- rules
    (TEACHING, "anchors: [teaching-hilary]", "anchors: [teching-hilary]", ["unknown entry 'teching-hilary'; did you mean 'teaching-hilary'?"]),
    (TEACHING, "anchors: [teaching-hilary]", "anchors: [marks]", ["[prize-list]: marks is a rule and has no day to count from"]),
    (TEACHING, "anchors: [teaching-hilary]", "anchors: []", ["[prize-list]: rule.anchors is empty"]),
    (TEACHING, "after: marks,", "after: mark,", ["unknown step 'mark'; did you mean 'marks'?"]),
    (TEACHING, "after: marks/second", "after: marks/third", ["unknown step of marks 'third'; known: marks, second"]),
    (TEACHING, "after: marks/second", "after: mark/second", ["unknown entry 'mark'; did you mean 'marks'?"]),
    (TEACHING, "after: marks/second", "after: fees/second", ["fees is not a rule, so it has no steps"]),
    (TEACHING, "after: marks/second", "after: Marks Second", ["'Marks Second' is not what a step counts from"]),
    (TEACHING, "anchors: [papers-michaelmas, papers-north]", "anchors: [papers-north]", ["marks does not count for papers-michaelmas; give both rules the same anchors"]),
    (TEACHING, "step: second", "step: marks", ["the step name 'marks' is taken", "unknown step of marks 'second'"]),
    (TEACHING, "step: second", "step: anchor", ["the step name 'anchor' is taken"]),
    (TEACHING, "after: anchor", "after: second", ["the steps go in a circle: marks/marks > marks/second > marks/marks"]),
    (TEACHING, "after: marks,", "after: complaints/complaint,", ["the steps go in a circle: marks/second > complaints/complaint > marks/second"]),
]
# fmt: on


@pytest.mark.parametrize(("file", "old", "new", "expected"), FAULTS)
def test_each_fault_is_told_in_words_at_its_line(file: str, old: str, new: str, expected: list[str]) -> None:
    told = problems_of(spoilt(file, (old, new)))

    for words in expected:
        assert any(words in problem for problem in told), told
    assert all(":" in problem.split(" ", 1)[0] for problem in told), "each names a file"


def test_every_fault_of_every_file_is_told_at_once() -> None:
    files = spoilt(
        TEACHING,
        ("kind: window", "kind: windwo"),
        (
            "audience: members\n    kind: window\n    start: 2031-12-08",
            "audience: x\n    kind: window\n    start: 2",
        ),
        ("schools: [north]", "schools: [nroth]"),
        ("after: marks,", "after: mark,"),
    )
    files["routing.yaml"] = files["routing.yaml"].replace(b"papers", b"paper")
    files["2031-2032/closed.yaml"] = b"entries: [\n"
    files["university.yaml"] = files["university.yaml"].replace(b"fallback: [cy]", b"fallback: [fr]")
    del files["phrases.yaml"]

    told = "\n".join(problems_of(files))

    for words in (
        "closed.yaml:2: this is not YAML",
        "teaching.yaml:11 [teaching-michaelmas]: kind: unknown value 'windwo'",
        "[papers-michaelmas]: start: '2' is not a date",
        "[papers-michaelmas]: unknown audience 'x'",
        "[papers-north]: unknown school 'nroth'",
        "[marks]: unknown step 'mark'",
        "routing.yaml:3: unknown category 'paper'",
        "university.yaml:7: unknown fallback language 'fr'",
        "phrases.yaml: the file is missing",
    ):
        assert words in told, told


def test_a_badly_formed_entry_still_answers_for_its_id() -> None:
    told = problems_of(spoilt(TEACHING, ("start: 2031-10-06", "start: soon")))

    assert [words for words in told if "unknown entry" in words] == []


def test_a_fault_in_an_optional_field_does_not_hide_an_unknown_name() -> None:
    told = problems_of(
        spoilt(TEACHING, ('    ref: "A.1"\n', "    reff: A.1\n"), ("category: teaching", "category: x"))
    )

    assert len(told) == 2, told


def test_a_phrase_named_like_a_list_of_entries_is_still_a_phrase() -> None:
    files = college()
    files[PHRASES] += b"entries: {fr: mot}\n"

    assert any(one.endswith("unknown language 'fr'; known: cy, en") for one in problems_of(files))


def test_circles_of_places_taken_are_told() -> None:
    told = problems_of(
        spoilt(
            TEACHING,
            (
                "    note: {cy: Nodyn}",
                "    schools: [south]\n    replaces: papers-north\n    under: papers-north",
            ),
        )
    )

    assert any(
        "replaces goes in a circle: papers-north > papers-michaelmas > papers-north" in one for one in told
    )
    assert any(
        "under goes in a circle: papers-michaelmas > papers-north > papers-michaelmas" in one for one in told
    )


def test_a_term_bounded_by_another_programmes_entry_is_told() -> None:
    files = college()
    files["2031-2032/evening.yaml"] = (
        files[TEACHING]
        .replace(b"full-time", b"evening")
        .replace(b"id: ", b"id: e-")
        .replace(b"[michaelmas]", b"[m1]")
        .replace(b"[hilary]", b"[m1]")
        .replace(b"[all]", b"[m1]")
    )
    files[YEAR] = files[YEAR].replace(b"last: papers-michaelmas", b"last: e-fees")

    told = problems_of(files)

    assert any("e-fees belongs to the programme evening, not to full-time" in problem for problem in told)


def test_two_folders_cannot_be_the_same_year() -> None:
    told = problems_of(spoilt("2032-2033/year.yaml", ("year: 2032-2033", "year: 2031-2032")))

    assert told[0].startswith(
        "2032-2033/year.yaml:1: the year 2031-2032 already stands in 2031-2032/year.yaml"
    )


@pytest.mark.parametrize("file", ["university.yaml", "phrases.yaml", "routing.yaml", "2031-2032/year.yaml"])
def test_a_missing_file_is_told(file: str) -> None:
    files = college()
    del files[file]

    assert any(problem.startswith(f"{file}: the file is missing") for problem in problems_of(files))


def test_a_file_that_cannot_be_read_is_not_called_missing() -> None:
    told = problems_of({**college(), YEAR: b"year: [\n"})

    assert any(problem.startswith(f"{YEAR}:2: this is not YAML") for problem in told)
    assert not any("missing" in problem for problem in told)


def test_where_there_is_no_folder_nothing_is_said_of_the_files_it_lacks() -> None:
    no_folder = Problem(place=Place(file="calendar", line=0), message="there is no such folder")

    with pytest.raises(InvalidCalendarError) as caught:
        build_calendar((), [no_folder])

    assert caught.value.problems == (no_folder,)


def test_a_year_without_calendar_files_is_told() -> None:
    files = {name: content for name, content in college().items() if name != "2032-2033/all.yaml"}

    assert any("the year has no calendar file beside it" in problem for problem in problems_of(files))


def test_data_without_any_year_is_told() -> None:
    files = {name: content for name, content in college().items() if "/" not in name}

    assert any("no academic year found" in problem for problem in problems_of(files))


@pytest.mark.parametrize("entries", ["[]", "", "none", "{a: b}", "[null]", "[[]]"])
def test_a_file_without_entries_is_refused(entries: str) -> None:
    files = college()
    files[CLOSED] = f"calendar: closed\nworking_week: [1]\nentries: {entries}\n".encode()

    assert any(problem.startswith("2031-2032/closed.yaml:3") for problem in problems_of(files))


@pytest.mark.parametrize("content", ["[]", "text", "{}"])
@pytest.mark.parametrize("file", ["university.yaml", "phrases.yaml", "routing.yaml", YEAR, CLOSED])
def test_a_file_of_another_form_is_refused(file: str, content: str) -> None:
    assert problems_of({**college(), file: content.encode()})


LAST = "title: {cy: Gŵyl San Steffan}"


@pytest.mark.parametrize(
    "end",
    [
        "    title:\n      cy: Gŵyl San Ste",
        "    title: {cy: Gŵyl San Steffan}\n    text:\n      cy: |\n        Dydd yr",
        "    title: {cy: Gŵyl San Steffan}\n    transfer_of: christmas",
        "    title: {cy: Gŵyl San Steffan}\n    review:\n    - Check",
        "    title: {cy: Gŵyl San Steffan, en: Boxing Day}\n    text: {cy: Gair}",
    ],
)
def test_a_file_that_stops_in_a_line_where_it_may_go_on_is_refused(end: str) -> None:
    head = college()[CLOSED].decode()
    whole = head[: head.index(f"    {LAST}")] + end
    calendar_of({**college(), CLOSED: f"{whole}\n".encode()})

    told = problems_of({**college(), CLOSED: whole.encode()})

    (problem,) = told
    assert problem.startswith(
        "2031-2032/closed.yaml:12 [christmas-moved]: the file stops in the middle of a line"
    )


@pytest.mark.parametrize("end", [f"    {LAST}", f'    {LAST}\n    ref: "H.2"', f"    {LAST}\n# end"])
def test_a_whole_file_may_lack_its_last_line_end(end: str) -> None:
    head = college()[CLOSED].decode()

    calendar = calendar_of({**college(), CLOSED: (head[: head.index(f"    {LAST}")] + end).encode()})

    assert "christmas-moved" in {entry.id for entry in calendar.years["2031-2032"].entries}
