"""Guards as people are told of them: once, with everything that they are about."""

from __future__ import annotations

from mapping.planning.guards import GuardHit, Limits, Part, TargetTally, fill_hit, guard_target, strike
from mapping.planning.told import told_together


def fill(target: str, messages: int, total: int = 0) -> GuardHit:
    return fill_hit(target, {f"{target}-1": Part(entries=frozenset({"k"}), messages=messages)}, 1000, total)


def removed(target: str, found: int) -> GuardHit:
    (hit,) = guard_target(
        TargetTally(
            target=target,
            kept=100,
            year_size=40,
            removed={"c": Part(entries=frozenset(f"2031:e{number}" for number in range(found)))},
        ),
        Limits(),
    )
    return hit


def test_fills_of_several_targets_are_added_up_and_listed() -> None:
    (told,) = told_together([fill("law", 1370, 3000), fill("arts", 900, 3000)])
    assert told.sentence == (
        "2,270 messages may be sent by first fills (3,000 with other fills of the last 24 hours), the limit is "
        "1,000: arts (900), law (1,370)"
    )
    assert [hit.scope for hit in told.hits] == ["arts", "law"]


def test_all_that_is_filled_is_not_told_twice() -> None:
    (told,) = told_together([fill("law", 1370, 2270), fill("arts", 900, 2270)])
    assert "24 hours" not in told.sentence
    assert "total" not in told.names


def test_one_target_keeps_its_own_sentence() -> None:
    hit = fill("law", 1370, 1370)
    (told,) = told_together([hit])
    assert (told.sentence, told.found, told.limit) == (hit.sentence, 1370, 1000)


def test_what_differs_stays_apart() -> None:
    told = told_together([removed("law", 11), removed("arts", 11), removed("open", 12)])
    assert [(one.found, list(one.shares)) for one in told] == [(11, ["arts", "law"]), (12, ["open"])]
    assert (
        told[0].sentence
        == "11 entries would disappear from each of these targets, the limit is 10: arts, law"
    )


def test_edits_of_two_years_are_told_one_by_one() -> None:
    years = [strike("moved", year, 11, 10, f"11 entries moved in {year}", ["a"]) for year in ("2031", "2032")]
    assert [one.sentence for one in told_together(years)] == [hit.sentence for hit in years]


def test_of_a_thousand_emptied_courses_twelve_are_named_and_the_rest_is_counted() -> None:
    hits = [strike("context-emptied", f"course_{number:04}", 3, 0, "", ["k"]) for number in range(1012)]
    (told,) = told_together(hits)
    assert told.sentence.endswith("course_0010, course_0011, ... +1,000")
    assert len(told.hits) == 1012


def test_what_is_to_be_kept_apart_is() -> None:
    told = told_together([fill("law", 1370), fill("arts", 900)], lambda hit: hit.scope == "law")
    assert [list(one.shares) for one in told] == [["law"], ["arts"]]
