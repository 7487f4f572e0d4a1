"""Planning from records alone: contexts that are called alike come to the same plan, but for ids."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.identity import when_hash
from mapping.model import Context, ContextPlan, Copies, Drift, Past, Record
from mapping.planning.plan import plan_context
from mapping.planning.remembered import as_last_seen, likeness
from tests.support.events import COURSE, OWNER, course, days_from_today, desired, record, situation

BEFORE = [desired(f"e{number}") for number in range(2)]
AFTER = [desired("e0", days=days_from_today(12)), desired("e1", title="Another title")]
OTHER_TEXT = desired("e0", body="Other words").fingerprint

FIELDS = ("title", "days", "fingerprint", "body_hash", "wish", "has_tail", "generation")

sides = st.fixed_dictionaries({
    "published": st.booleans(),
    "respected": st.sets(st.sampled_from([one.key for one in BEFORE])),
    "held": st.lists(
        st.fixed_dictionaries({
            "title": st.sampled_from(["", "Another title", "A person's"]),
            "days": st.sampled_from([None, days_from_today(10), days_from_today(12), days_from_today(-3)]),
            "fingerprint": st.sampled_from(["", str(OTHER_TEXT), str(AFTER[0].fingerprint)]),
            "body_hash": st.sampled_from(["", "0" * 16]),
            "wish": st.sampled_from(["", str(AFTER[0].fingerprint)]),
            "has_tail": st.booleans(),
            "generation": st.integers(0, 1),
        }),
        max_size=2,
    ),
})  # fmt: skip
policies = st.fixed_dictionaries(
    {
        "drift": st.sampled_from(Drift),
        "respect_deletions": st.booleans(),
        "copies": st.sampled_from(Copies),
        "past": st.sampled_from(Past),
    }
)


def but_for(one: dict[str, Any], drawn: dict[str, Any], differs: str) -> dict[str, Any]:
    """The same side, with only what is named as it was drawn beside it: of the context, or of its records."""
    if differs in one:
        return one | {differs: drawn[differs]}
    held = [
        ours | {differs: theirs[differs]} for ours, theirs in zip(one["held"], drawn["held"], strict=False)
    ]
    return one | {"held": held + one["held"][len(held) :]}


def records_of(held: list[dict[str, Any]], name: str) -> list[Record]:
    """As the state holds them for one context, whose events have ids of their own."""
    kept = []
    for wish, fields in zip(BEFORE, held, strict=False):
        known = {field: value for field, value in fields.items() if value != ""}
        row = record(wish, f"{name}-{wish.entry}", version=f"v-{name}", stamp=f"s-{name}")
        kept.append(replace(row, **known))
    return kept


def planned(context: Context, records: list[Record], respected: set[str], **policy: Any) -> ContextPlan:
    seen = [as_last_seen(OWNER, context.id, one) for one in records]
    return plan_context(situation(AFTER, seen, records, context=context, respected=respected, **policy))


def but_for_ids(plan: ContextPlan) -> object:
    changes = [
        (one.action, one.why, one.key, one.title, one.days, one.fields, one.notifies, one.mark)
        for one in plan.changes
    ]
    findings = [(one.kind, one.key, one.title, one.detail) for one in plan.findings]
    return (changes, plan.unchanged, findings, plan.respected, plan.emptied, plan.unknown)


@given(sides, sides, st.sampled_from(["published", "respected", "held", *FIELDS]), policies)
def test_contexts_that_are_alike_plan_the_same_but_for_ids(
    one: dict[str, Any], drawn: dict[str, Any], differs: str, policy: dict[str, Any]
) -> None:
    other = but_for(one, drawn, differs)
    plans: list[object] = []
    likenesses: list[object] = []
    for name, side in (("a", one), ("b", other)):
        context = course(f"course_{name}", published=side["published"], students=len(likenesses))
        records = records_of(side["held"], name)
        likenesses.append(likeness(context, {row.key: row for row in records}, side["respected"]))
        plans.append(but_for_ids(planned(context, records, side["respected"], **policy)))
    assert plans[0] == plans[1] or likenesses[0] != likenesses[1]


@given(sides)
def test_ids_versions_and_times_make_no_difference(side: dict[str, Any]) -> None:
    found = set()
    for name in ("a", "b"):
        context = course(f"course_{name}", published=side["published"])
        records = records_of(side["held"], name)
        found.add(likeness(context, {row.key: row for row in records}, side["respected"]))
    assert len(found) == 1


@pytest.mark.parametrize(
    "changed",
    [{"title": "A"}, {"days": days_from_today(11)}, {"fingerprint": "f"}, {"body_hash": "b"}, {"has_tail": True},
     {"generation": 1}, {"wish": "w"}],
    ids=lambda one: next(iter(one)),
)  # fmt: skip
def test_whatever_a_record_says_of_its_event_sets_contexts_apart(changed: dict[str, Any]) -> None:
    row = record(BEFORE[0])
    other = replace(row, **changed)
    assert likeness(course(), {row.key: row}, set()) != likeness(course(), {row.key: other}, set())


def test_a_recorded_event_is_taken_as_it_was_last_seen() -> None:
    seen = as_last_seen(OWNER, COURSE, record(BEFORE[0], "17", version="v3"))
    assert (seen.remote_id, seen.title, seen.days, seen.version) == ("17", BEFORE[0].title, BEFORE[0].days, "v3")  # fmt: skip
    assert seen.marker is not None
    assert seen.marker.fingerprint.endswith(when_hash(BEFORE[0].days))
    assert (seen.genuine, seen.body_known) == (True, False)
