"""Faultless documents become the calendar they say, whatever university it is."""

from __future__ import annotations

from datetime import date

from mapping.model import Days, Kind, Part, Shape, SourcePlace
from tests.support.college import CLOSED, TEACHING, YEAR, Files, calendar_of, college, problems_of, spoilt


def entry(name: str, files: Files | None = None, year: str = "2031-2032"):  # type: ignore[no-untyped-def]  # noqa: ANN201
    entries = calendar_of(files or college()).years[year].entries
    return next(one for one in entries if one.id == name)


def test_an_entry_carries_every_field_of_its_lines() -> None:
    papers = entry("papers-michaelmas")

    assert (papers.year, papers.calendar, papers.programme) == ("2031-2032", "teaching", "full-time")
    assert (papers.ref, papers.printed, papers.section) == ("A.2", "2.", "A")
    assert (papers.terms, papers.schools, papers.years) == (("michaelmas",), (), ())
    assert (papers.category, papers.audience, papers.kind) == ("papers", "members", Kind.WINDOW)
    assert papers.title == {"cy": "Papurau Mihangel", "en": "Michaelmas papers"}
    assert papers.note == {"cy": "Nodyn"}
    assert papers.review == ("Ends on the last Friday: check.",)


def test_written_days_are_inclusive_and_loaded_ones_half_open() -> None:
    assert entry("papers-michaelmas").days == Days(date(2031, 12, 8), date(2031, 12, 20))
    assert entry("fees").days == Days(date(2031, 10, 31), date(2031, 11, 1))


def test_an_order_keeps_the_days_it_changed() -> None:
    amended = entry("papers-michaelmas").amended

    assert amended is not None
    assert (amended.on, amended.order) == (date(2031, 11, 3), "12")
    assert amended.was == Days.inclusive(date(2031, 12, 8), date(2031, 12, 17))


def test_schools_years_and_the_places_of_others_are_kept() -> None:
    north = entry("papers-north")

    assert (north.schools, north.years) == (("north",), ("3", "finalists"))
    assert (north.replaces, north.under) == ("papers-michaelmas", "papers-michaelmas")
    assert entry("christmas-moved").transfer_of == "christmas"


def test_the_place_in_the_source_is_kept_and_a_merged_cell_has_no_column() -> None:
    assert entry("teaching-michaelmas").place == SourcePlace(lines=(1, 2), column=1)
    merged = spoilt(TEACHING, ("lines: [1, 2], column: 1", "lines: [4]"))
    assert entry("teaching-michaelmas", merged).place == SourcePlace(lines=(4,), column=0)


def test_an_entry_may_name_another_office_than_its_category() -> None:
    named = spoilt(TEACHING, ("    note: {cy: Nodyn}", "    note: {cy: Nodyn}\n    ask: lodge"))
    assert entry("papers-michaelmas", named).ask == "lodge"
    assert entry("papers-michaelmas").ask is None


def test_the_annex_of_a_file_is_that_of_each_of_its_entries() -> None:
    annexed = spoilt(TEACHING, ("programme: full-time", "programme: full-time\nannex: {cy: Atodiad 1}"))
    assert entry("fees", annexed).annex == {"cy": "Atodiad 1"}
    assert entry("fees").annex == entry("christmas", annexed).annex == {}


def test_an_entrys_own_shape_comes_before_its_categorys() -> None:
    assert (entry("papers-north").shape, entry("papers-north").shape_given) == (Shape.BETWEEN, True)
    assert (entry("papers-michaelmas").shape, entry("papers-michaelmas").shape_given) == (Shape.TASK, False)


def test_a_category_that_says_no_shape_is_drawn_by_the_kind() -> None:
    assert entry("christmas").shape is Shape.PERIOD
    assert entry("christmas-moved").shape is Shape.DAY
    assert entry("fees").shape is Shape.UNTIL


def test_files_without_a_programme_are_for_all_programmes() -> None:
    assert entry("christmas").programme is None


def test_terms_last_from_the_first_day_of_one_entry_to_the_last_of_another() -> None:
    terms = calendar_of(college()).years["2031-2032"].terms

    assert terms["full-time", "michaelmas"] == Days.inclusive(date(2031, 10, 6), date(2031, 12, 19))
    assert terms["full-time", "hilary"] == Days.inclusive(date(2032, 1, 12), date(2032, 3, 12))


def test_a_whole_year_term_spans_its_programmes_others() -> None:
    terms = calendar_of(college()).years["2031-2032"].terms

    assert terms["full-time", "all"] == Days.inclusive(date(2031, 10, 6), date(2032, 3, 12))
    assert ("evening", "m1") not in terms


def test_years_lie_side_by_side_and_may_use_the_same_ids() -> None:
    calendar = calendar_of(college())

    assert list(calendar.years) == ["2031-2032", "2032-2033"]
    assert entry("teaching-michaelmas", year="2032-2033").days == Days.inclusive(
        date(2032, 10, 4), date(2032, 12, 3)
    )


def test_each_year_counts_in_its_own_working_week() -> None:
    years = calendar_of(college()).years

    assert years["2031-2032"].working_week == {1, 2, 3, 4, 6}
    assert years["2032-2033"].working_week == {1, 2, 3, 4, 5}


def test_the_document_behind_the_year_is_told() -> None:
    document = calendar_of(college()).years["2031-2032"].document

    assert (document.number, document.approved_on) == ("7", date(2031, 6, 30))
    assert document.body == {"cy": "Y Cyngor", "en": "The Council"}


def test_the_university_is_what_the_data_calls_it() -> None:
    university = calendar_of(college()).university

    assert university.name["en"] == "Moor College"
    assert list(university.languages) == ["cy", "en"]
    assert university.say({"cy": "Un"}, "en") == "Un"
    assert university.programmes["full-time"].terms["all"].whole_year
    assert university.schools["north"].short == {"cy": "Gog"}
    assert university.categories["closed"].day_off
    assert university.country == "GB"


def test_routing_rules_leave_out_what_they_do_not_ask() -> None:
    routing = calendar_of(college()).routing

    main, papers, closed = routing["course"]
    assert (main.categories, main.parts) == (frozenset({"teaching"}), frozenset({Part.MAIN}))
    assert (papers.not_years, papers.parts) == (frozenset({"finalists"}), frozenset(Part))
    assert closed.within_term
    assert routing["school"][0].sections == {"A"}


def test_texts_keep_their_line_breaks_and_scalars_their_spelling() -> None:
    files = spoilt(
        TEACHING, ("title: {cy: Papurau Mihangel, en: Michaelmas papers}", "title: {cy: NO, en: 12:30}")
    )

    assert entry("teaching-michaelmas").text["cy"] == "Dysgu,\n06.10."
    assert entry("papers-michaelmas", files).title == {"cy": "NO", "en": "12:30"}


def test_markup_right_to_left_script_and_emoji_are_text_like_any_other() -> None:
    odd = "<script>alert(1)</script> & الامتحان 👩‍🎓"
    files = spoilt(TEACHING, ("cy: Papurau Mihangel", f"cy: '{odd}'"))

    assert entry("papers-michaelmas", files).title["cy"] == odd


def test_laying_the_file_out_otherwise_keeps_the_digest() -> None:
    plain = calendar_of(college()).digest
    rewritten = spoilt(
        TEACHING,
        ("calendar: teaching\n", "# a comment\n\ncalendar: 'teaching'\n"),
        ('    ref: "A.1"\n    section: A\n', "    section: A\n    ref: A.1\n"),
        (
            "{cy: Dysgu Mihangel, en: Michaelmas teaching}",
            "\n      en: Michaelmas teaching\n      cy: Dysgu Mihangel",
        ),
    )

    assert calendar_of(rewritten).digest == plain
    windows = {name: b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n") for name, content in college().items()}
    assert calendar_of(windows).digest == plain


def test_every_published_word_and_day_changes_the_digest() -> None:
    edits = [
        (TEACHING, ("2031-12-19", "2031-12-18")),
        (TEACHING, ("Nodyn", "Nodiadau")),
        (TEACHING, ("working_days: 3", "working_days: 4")),
        (CLOSED, ("2031-12-24", "2031-12-23")),
        (CLOSED, ("working_week: [1, 2, 3, 4, 6]", "working_week: [1, 2, 3, 4, 5]")),
        (YEAR, ('number: "7"', 'number: "9"')),
        ("university.yaml", ("Gogledd", "Y Gogledd")),
        ("routing.yaml", ("parts: [main]", "parts: [opening]")),
        ("phrases.yaml", ("title_opens {title}", "title_opens: {title}")),
    ]
    digests = [calendar_of(spoilt(file, edit)).digest for file, edit in edits]

    assert len({calendar_of(college()).digest, *digests}) == len(edits) + 1


def test_an_entry_says_in_either_way_that_the_document_does_not_have_it() -> None:
    for words in ("not_printed: true", "printed: no"):
        files = spoilt(CLOSED, ("id: christmas\n", f"id: christmas\n    {words}\n"))
        found = {one.id: one for one in calendar_of(files).years["2031-2032"].entries}
        assert (found["christmas"].not_printed, found["christmas"].printed) == (True, "")
        assert not found["christmas-moved"].not_printed


def test_audiences_are_a_list_with_groups_and_the_first_audience_is_the_entrys() -> None:
    files = spoilt(TEACHING, ("audience: members", "audience: [finalists, members, bursary]"))
    found = {one.id: one for one in calendar_of(files).years["2031-2032"].entries}["teaching-michaelmas"]
    assert (found.audience, found.audiences) == ("members", ("finalists", "members", "bursary"))


def test_a_group_alone_names_nobody() -> None:
    problems = problems_of(spoilt(TEACHING, ("audience: members", "audience: finalists")))
    assert any("names groups only" in problem for problem in problems)


def test_a_document_needs_neither_number_nor_body() -> None:
    files = spoilt(YEAR, ('  number: "7"\n', ""), ("  body: {cy: Y Cyngor, en: The Council}\n", ""))
    document = calendar_of(files).years["2031-2032"].document
    assert (document.number, document.body) == ("", {})
