"""An invented seafaring college: other schools, terms, languages and words than the shipped data has.

What holds here cannot have been written for one university.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from mapping.model import (
    AcademicYear,
    CanonicalCalendar,
    Category,
    Days,
    Document,
    Entry,
    Kind,
    LanguageName,
    Localised,
    Milestone,
    Named,
    Part,
    Programme,
    RoutingRule,
    Rule,
    RuleStep,
    Shape,
    SourcePlace,
    Target,
    TermName,
    University,
)
from mapping.text.phrases import LINE_EDGE, PLACEHOLDERS, Voice

TODAY = date(2031, 3, 1)
YEAR = "2031"


def both(text: str) -> Localised:
    return {"aa": text, "bb": f"{text} in bb"}


def phrases() -> dict[str, Localised]:
    """Every phrase as its key and its placeholders, so that a test sees which was said with what."""
    said = {key: _phrase(key, sorted(names)) for key, names in PLACEHOLDERS.items()}
    return said | {
        "fixed_line": {"aa": f"{LINE_EDGE} yours {LINE_EDGE}", "bb": f"{LINE_EDGE} yours in bb {LINE_EDGE}"},
        "list_comma": {"aa": "{first}, {last}"},
        "list_and": {"aa": "{first} & {last}"},
        "join_parts": {"aa": "{first} | {last}"},
        "date": {"aa": "{day}.{month}.{year} {weekday}"},
        "date_short": {"aa": "{day}.{month}"},
        "date_plain": {"aa": "{year}/{month}/{day}"},
        "days_of_month": {"aa": "{month}: {days}"},
        "span": {"aa": "{first}..{last}"},
        "date_of_week": {"aa": "{day}.{month} {weekday}"},
        "span_one_year": {"aa": "{first}..{last} of {year}"},
        "label_date": {"aa": "DATE", "bb": "DATE-BB"},
    }


def _phrase(key: str, names: list[str]) -> Localised:
    tail = "".join(f" {{{name}}}" for name in names)
    return {"aa": key + tail}


UNIVERSITY = University(
    name=both("Harbour College"),
    short=both("HC"),
    languages={
        "aa": LanguageName(name="Aa", official=True, fallback=()),
        "bb": LanguageName(name="Bb", official=False, fallback=("aa",)),
    },
    programmes={
        "deck": Programme(
            name=both("Deck"),
            terms={
                "ebb": TermName(name=both("Ebb")),
                "flood": TermName(name=both("Flood")),
                "all": TermName(name=both("All tides"), whole_year=True),
            },
        ),
        "engine": Programme(name=both("Engine"), terms={"watch": TermName(name=both("Watch"))}),
    },
    schools={"nets": Named(name=both("School of Nets")), "sails": Named(name=both("School of Sails"))},
    year_groups={"leavers": Named(name=both("leavers")), "guests": Named(name=both("guests"))},
    audiences={
        "crew": Named(name=both("crew")),
        "pilots": Named(name=both("pilots")),
        "purser": Named(name=both("purser's men")),
    },
    offices={"bridge": Named(name=both("Bridge")), "galley": Named(name=both("Galley"))},
    categories={
        "lectures": Category(name=both("Lectures"), colour="1", shapes={}, ask="bridge"),
        "sign-up": Category(name=both("Sign-up"), colour="2", shapes={}, ask="bridge"),
        "trial": Category(name=both("Trial"), colour="3", shapes={}, ask="bridge"),
        "rest": Category(name=both("Rest"), colour="4", shapes={}, ask="bridge", day_off=True),
        "verdict": Category(name=both("Verdict"), colour="5", shapes={}, ask="bridge"),
        "books": Category(name=both("Books"), colour="6", shapes={}, ask="bridge"),
    },
)

ROUTING = {
    "course": (
        RoutingRule(categories=frozenset({"sign-up"}), parts=frozenset({Part.MAIN})),
        RoutingRule(categories=frozenset({"lectures"})),
        RoutingRule(categories=frozenset({"trial"}), not_years=frozenset({"leavers"})),
        RoutingRule(categories=frozenset({"rest"}), within_term=True),
    ),
    "school": (RoutingRule(audiences=frozenset({"crew", "pilots"})),),
    "purser": (RoutingRule(audiences=frozenset({"purser"})),),
}


def days(first: str, last: str = "") -> Days:
    return Days.inclusive(date.fromisoformat(first), date.fromisoformat(last or first))


def entry(name: str, first: str = "2031-03-03", last: str = "", **given: Any) -> Entry:
    """An entry over the given days, a window of the deck's ebb term unless told otherwise."""
    values: dict[str, Any] = {
        "id": name,
        "year": YEAR,
        "calendar": "deck",
        "ref": "II.1",
        "printed": "",
        "section": "II",
        "programme": "deck",
        "terms": ("ebb",),
        "schools": (),
        "years": (),
        "category": "lectures",
        "audience": "crew",
        "kind": Kind.WINDOW if last else Kind.DAY,
        "shape": Shape.PERIOD if last else Shape.DAY,
        "shape_given": False,
        "days": days(first, last),
        "title": both(f"Title of {name}"),
        "text": both(f"Text of {name}"),
        "note": {},
        "review": (),
        "place": SourcePlace(lines=(1, 2), column=1),
    }
    return Entry(**(values | given))


def rule(name: str, anchors: tuple[str, ...], milestones: Iterable[Milestone] = (), **given: Any) -> Entry:
    """A rule with one step, told as text unless told otherwise."""
    step = RuleStep(step="step", after="anchor", working_days=2, name=both("Step"))
    publish = given.pop("publish", "text")
    steps = given.pop("steps", (step,))
    return entry(
        name,
        **({"category": "verdict", "kind": Kind.RULE} | given),
        days=None,
        rule=Rule(anchors=anchors, steps=steps, publish=publish),
        milestones=tuple(milestones),
    )


def milestone(anchor: str, day: str, counted_from: str, **given: Any) -> Milestone:
    values: dict[str, Any] = {"step": "step", "name": both("Step"), "working_days": 2, "skipped": ()}
    return Milestone(
        day=date.fromisoformat(day),
        anchor=anchor,
        counted_from=date.fromisoformat(counted_from),
        **(values | given),
    )


def year(*entries: Entry, name: str = YEAR) -> AcademicYear:
    return AcademicYear(
        name=name,
        document=Document(
            title=both("Log book"), number="7", approved_on=date(2031, 1, 2), body=both("Council of Captains")
        ),
        terms={
            ("deck", "ebb"): days("2031-03-01", "2031-05-31"),
            ("deck", "flood"): days("2031-09-01", "2031-11-30"),
            ("engine", "watch"): days("2031-06-01", "2031-06-30"),
        },
        entries=entries,
        working_week=frozenset({1, 2, 3, 4, 5}),
    )


def calendar(*entries: Entry, years: Iterable[AcademicYear] = ()) -> CanonicalCalendar:
    several = tuple(years) or (year(*entries),)
    return CanonicalCalendar(
        university=UNIVERSITY,
        phrases=phrases(),
        routing=ROUTING,
        years={one.name: one for one in several},
        digest="digest",
    )


def target(place: str = "school", **given: Any) -> Target:
    values: dict[str, Any] = {"name": "line", "kind": "google", "place": place, "languages": ("aa",)}
    return Target(**(values | given))


def voice(language: str = "aa") -> Voice:
    return Voice(university=UNIVERSITY, phrases=phrases(), language=language)
