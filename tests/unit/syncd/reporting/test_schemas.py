"""What programs read has the shape that its JSON Schema says."""

import json
from datetime import date
from importlib.resources import files

import pytest

from mapping.model import Finding, FindingKind
from mapping.planning.claims import Clash
from mapping.planning.guards import GuardHit, GuardLevel
from syncd.reconcile.passes import Failure
from syncd.reporting.schemas import PlanDocument, output_schemas
from tests.unit.syncd.reporting.plan.plans import course, create, event, report, text_of
from tests.unit.syncd.reporting.plan.test_views import DEADLINE, moved

CURRENT = output_schemas()


@pytest.mark.parametrize("name", CURRENT)
def test_the_committed_schema_is_current(name: str) -> None:
    """If this fails: syncd schema data/schema."""
    assert (files("data") / "schema" / name).read_text(encoding="utf-8") == CURRENT[name]


def test_a_plan_with_everything_in_it_is_as_its_schema_says() -> None:
    hit = GuardHit(
        guard="removed",
        level=GuardLevel.EDIT,
        scope="y",
        found=11,
        limit=10,
        sentence="11",
        subjects=frozenset("x"),
    )
    one = course(1)
    made = report(
        [(one, create(one, event(DEADLINE, "New", date(2031, 12, 16))))],
        hits=(hit,),
        refused=(hit,),
        clashes=(Clash(context="course_5", targets=("a", "b")),),
        findings=[Finding(kind=FindingKind.COPY_KEPT, context="course_1", key=DEADLINE, title="Exam")],
        failures=[Failure(where="course_2", target="pilot", sentence="no answer", transient=True)],
        left_behind={"course_9": 4},
    )
    PlanDocument.model_validate_json(text_of(made, "json"), strict=True)
    PlanDocument.model_validate_json(text_of(moved(3), "json"), strict=True)
    PlanDocument.model_validate_json(text_of(report(), "json"), strict=True)


def test_a_key_that_no_schema_knows_is_found() -> None:
    document = json.loads(text_of(report(), "json"))
    with pytest.raises(ValueError, match="more"):
        PlanDocument.model_validate(document | {"more": 1})
