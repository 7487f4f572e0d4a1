"""Claims: a context belongs to one target, or to nobody for now."""

from mapping.model import Context, Target
from mapping.planning.claims import settle_claims


def target(name: str, kind: str = "canvas", courses: tuple[int, ...] = ()) -> Target:
    return Target(name=name, kind=kind, place="course", languages=("aa",), courses=courses)


def found(target: Target, *names: str) -> list[Context]:
    return [Context(id=name, kind=target.kind, target=target.name) for name in names]


LISTED, SWEPT, OTHER = target("listed", courses=(1, 2)), target("swept"), target("other")


def test_contexts_of_one_claimant_are_its_own_in_a_steady_order() -> None:
    claims = settle_claims({"swept": found(SWEPT, "course_2", "course_1")}, [SWEPT])
    assert [(one.id, one.target) for one in claims.contexts] == [("course_1", "swept"), ("course_2", "swept")]
    assert not claims.clashes


def test_a_list_of_courses_beats_discovery() -> None:
    claims = settle_claims(
        {"swept": found(SWEPT, "course_1", "course_3"), "listed": found(LISTED, "course_1")}, [SWEPT, LISTED]
    )
    assert {one.id: one.target for one in claims.contexts} == {"course_1": "listed", "course_3": "swept"}


def test_two_discoveries_of_one_course_leave_it_to_nobody() -> None:
    claims = settle_claims(
        {"swept": found(SWEPT, "course_1", "course_3"), "other": found(OTHER, "course_1")}, [SWEPT, OTHER]
    )
    assert [one.id for one in claims.contexts] == ["course_3"]
    assert [(clash.context, clash.targets) for clash in claims.clashes] == [("course_1", ("swept", "other"))]


def test_two_lists_with_one_course_leave_it_to_nobody_even_beside_a_discovery() -> None:
    second = target("second", courses=(1,))
    claims = settle_claims(
        {name.name: found(name, "course_1") for name in (LISTED, second, SWEPT)}, [LISTED, second, SWEPT]
    )
    assert not claims.contexts
    assert claims.clashes[0].targets == ("listed", "second", "swept")


def test_a_clash_names_context_and_targets() -> None:
    claims = settle_claims({one.name: found(one, "course_1") for one in (SWEPT, OTHER)}, [SWEPT, OTHER])
    assert str(claims.clashes[0]).startswith("course_1 is claimed by the targets swept and other")


def test_a_context_found_twice_by_its_own_target_is_no_clash() -> None:
    claims = settle_claims({"swept": found(SWEPT, "course_1", "course_1")}, [SWEPT])
    assert len(claims.contexts) == 1
    assert not claims.clashes


def test_the_same_id_at_two_services_is_two_contexts() -> None:
    elsewhere = target("elsewhere", kind="google")
    claims = settle_claims(
        {"swept": found(SWEPT, "x"), "elsewhere": found(elsewhere, "x")}, [SWEPT, elsewhere]
    )
    assert len(claims.contexts) == 2


def test_a_target_that_was_not_looked_for_claims_nothing() -> None:
    assert settle_claims({}, [SWEPT]).contexts == ()
