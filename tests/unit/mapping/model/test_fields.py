"""The digest of data that uses nothing new is that of the first release, or every state would see an edit."""

from dataclasses import fields, is_dataclass
from types import MappingProxyType

import mapping.model as whole_model
from mapping.model.fields import ADDED, NOT_PUBLISHED

FIRST_RELEASE = MappingProxyType(
    {
        "AcademicYear": {"name", "document", "terms", "entries", "working_week"},
        "Amendment": {"on", "order", "was"},
        "CanonicalCalendar": {"university", "phrases", "routing", "years", "digest"},
        "Category": {"name", "colour", "shapes", "ask", "day_off"},
        "DayOffHit": {"day", "entry"},
        "Days": {"start", "end"},
        "Document": {"title", "number", "approved_on", "body"},
        "Entry": {
            *(
                "id",
                "year",
                "calendar",
                "ref",
                "printed",
                "section",
                "programme",
                "terms",
                "schools",
                "years",
            ),
            *(
                "category",
                "audience",
                "kind",
                "shape",
                "shape_given",
                "days",
                "title",
                "text",
                "note",
                "review",
            ),
            *("place", "replaces", "under", "reason", "transfer_of", "amended", "rule", "milestones", "ask"),
            "annex",
        },
        "LanguageName": {"name", "official", "fallback"},
        "Milestone": {"step", "name", "day", "anchor", "counted_from", "working_days", "skipped"},
        "Named": {"name", "short"},
        "Place": {"file", "line", "entry"},
        "Programme": {"name", "terms"},
        "RoutingRule": {"categories", "audiences", "sections", "not_years", "parts", "within_term"},
        "Rule": {"anchors", "steps", "publish"},
        "RuleStep": {"step", "after", "working_days", "name"},
        "SourcePlace": {"lines", "column"},
        "TermName": {"name", "whole_year"},
        "University": {
            *("name", "short", "languages", "programmes", "schools", "year_groups", "audiences", "offices"),
            *("categories", "country"),
        },
    }
)
"""Fields that the digest always counts, by class. A class that came later is counted only by a field of these."""


def test_every_later_field_leaves_the_digest_alone_where_it_is_not_used() -> None:
    classes = [one for one in vars(whole_model).values() if isinstance(one, type) and is_dataclass(one)]
    assert FIRST_RELEASE.keys() <= {one.__name__ for one in classes}
    for one in classes:
        first = FIRST_RELEASE.get(one.__name__)
        if first is None:
            continue
        later = [each for each in fields(one) if each.name not in first]
        unmarked = [each.name for each in later if not {ADDED, NOT_PUBLISHED} & each.metadata.keys()]
        assert not unmarked, f"{one.__name__}: give {unmarked} with mapping.model.fields.added"
