"""A site folder older than the package: what it lacks is taken from the package, named, and never replaced."""

from dataclasses import replace

from mapping.document.build import build_calendar
from mapping.document.plain import PlainDocument
from mapping.model import CanonicalCalendar
from mapping.text.phrases import KEYS, RETIRED, Voice
from syncd.source.folder import SourceFolder, shipped
from tests.support.college import TEACHING, Files, calendar_of, college, problems_of, spoilt

NOTHING = {"en": "{title} {within} {office}"}
LATER = ("title_latest_since", "label_todo", "source_ask")


def lent(calendar: CanonicalCalendar) -> tuple[str, ...]:
    """What is said of things taken, without the language that the college's phrases leave out."""
    return tuple(one for one in calendar.taken if "does not say" not in one)


def without(*keys: str) -> Files:
    files = college()
    lines = files["phrases.yaml"].decode().splitlines(keepends=True)
    kept = "".join(line for line in lines if line.partition(":")[0] not in keys)
    return {**files, "phrases.yaml": kept.encode()}


def said(calendar: CanonicalCalendar, key: str, language: str = "en") -> str:
    return Voice(university=calendar.university, phrases=calendar.phrases, language=language).pattern(key)


def test_phrases_of_a_later_version_are_said_in_the_packages_words_and_named() -> None:
    calendar = calendar_of(without(*LATER))
    assert calendar.phrases.keys() >= KEYS
    assert said(calendar, "label_todo") == "What to do:"
    assert len(lent(calendar)) == 1
    assert all(key in lent(calendar)[0] for key in LATER)


def test_a_language_that_the_package_does_not_speak_falls_back_to_english() -> None:
    calendar = calendar_of(without(*LATER))
    assert said(calendar, "label_todo", "cy") == "What to do:"


def test_words_of_the_sites_own_are_never_replaced() -> None:
    calendar = calendar_of(without(*LATER))
    assert said(calendar, "label_note", "cy") == "label_note"
    assert lent(calendar_of(college())) == ()


def test_what_comes_from_the_package_is_no_edit_of_the_calendar() -> None:
    """Or a later version of the package would wait for approval at every site that lacks a phrase."""
    source = SourceFolder.from_files(without(*LATER))
    words = {key: NOTHING if key in LATER else text.root for key, text in shipped().phrases.root.items()}
    other = replace(shipped(), read=lambda name: PlainDocument(name=name, value=words))
    now, then = source.calendar(), build_calendar(source.documents, (), other)
    assert now.phrases != then.phrases
    assert now.digest == then.digest


def test_phrases_that_nothing_says_any_more_are_named_and_harm_nothing() -> None:
    files = college()
    older = b"".join(f'{key}: {{cy: "x {{body}}"}}\n'.encode() for key in sorted(RETIRED))
    calendar = calendar_of({**files, "phrases.yaml": files["phrases.yaml"] + older})
    assert "document" in lent(calendar)[0]
    assert "any more" in lent(calendar)[0]


def test_an_unknown_phrase_is_still_refused() -> None:
    files = college()
    typed = files["phrases.yaml"] + b"label_tod: {cy: x}\n"
    assert any("unknown phrase 'label_tod'" in one for one in problems_of({**files, "phrases.yaml": typed}))


def kazakh(files: Files) -> Files:
    """The college with Kazakh as its official language, which the package speaks."""
    return {
        name: content.replace(b"cy: ", b"kk: ").replace(b"[cy]", b"[kk]") for name, content in files.items()
    }


def test_a_group_and_a_category_that_the_calendar_uses_are_taken_where_the_package_has_them() -> None:
    files = kazakh(spoilt(TEACHING, ("audience: members", "audience: [members, fee-paying]")))
    university = files["university.yaml"].replace(
        b"lodge: {name", b"registrar: {name: {kk: R}}\n  lodge: {name"
    )
    teaching = files[TEACHING].replace(b"category: teaching", b"category: survey", 1)
    calendar = calendar_of({**files, "university.yaml": university, TEACHING: teaching})
    assert (
        calendar.university.say(calendar.university.year_groups["fee-paying"].name, "en")
        == "fee-paying students"
    )
    assert calendar.university.categories["survey"].ask == "registrar"
    # Only in languages that the site has.
    assert calendar.university.year_groups["fee-paying"].name.keys() == {"kk", "en"}
    assert lent(calendar) == (
        "university.yaml does not have the group fee-paying, the category survey; taken from the package",
    )


def test_a_group_in_no_language_of_the_site_stays_unknown() -> None:
    files = spoilt(TEACHING, ("audience: members", "audience: [members, fee-paying]"))
    assert any("unknown audience 'fee-paying'" in one for one in problems_of(files))


def test_a_name_that_nothing_uses_is_not_taken() -> None:
    assert "fee-paying" not in calendar_of(kazakh(college())).university.year_groups


def test_a_language_in_which_phrases_are_missing_is_named() -> None:
    (told,) = calendar_of(kazakh(college())).taken
    assert told.startswith("phrases.yaml does not say ")
    assert " phrases in en: weekday_1, " in told
    assert "syncd init DIR --empty --language en" in told
