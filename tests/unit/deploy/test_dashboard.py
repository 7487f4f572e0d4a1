"""The dashboard asks for what /metrics tells, by its names and labels, and for all of it."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from mapping.model import Why
from syncd.config.settings import Settings
from syncd.daemon.request_counts import RequestCounts
from syncd.daemon.snapshot import SnapshotBoard
from syncd.reconcile.passes import Failure
from syncd.web.metrics import metrics_text

DASHBOARD = Path(__file__).resolve().parents[3] / "deploy" / "grafana" / "syncd.json"
SCRAPED = frozenset({"job", "instance"})
"""Labels that Prometheus itself gives."""


def dashboard() -> dict[str, Any]:
    found = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def panels() -> list[dict[str, Any]]:
    return [panel for panel in dashboard()["panels"] if panel["type"] != "row"]


def expressions() -> Iterator[tuple[str, str]]:
    """Each question with what its legend names."""
    for panel in panels():
        for target in panel["targets"]:
            yield target["expr"], target["legendFormat"]


@cache
def exported() -> Mapping[str, frozenset[str]]:
    """Every sample's name, as a daemon tells it to which something of everything has happened, with its labels."""
    board, counts = SnapshotBoard(), RequestCounts()
    board.change(
        targets=("pilot",),
        context_targets={"course_1": "pilot"},
        applied_ever={("create", "canvas"): 1},
        findings={"odd-date": 1},
        drift={Why.DRIFT.value: 1},
        failures=(Failure(where="course_1", target="pilot", sentence="gone", transient=False),),
    )
    counts.requests["canvas", "2xx"] = 1
    counts.remaining["canvas"] = 700.0
    counts.skew_s["canvas"] = 0.5
    events = SimpleNamespace(notes=dict, unstored_everywhere=dict)
    view = SimpleNamespace(
        board=board,
        settings=Settings(_env_file=None),
        state=SimpleNamespace(events=events),
        kinds=("canvas", "google"),
        kind_of=lambda where, target: "canvas",
        request_counts=counts,
    )
    text = metrics_text(view, now=1000.0).decode()
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {sample.name: frozenset(sample.labels) for sample in samples}


def names(expression: str) -> set[str]:
    return set(re.findall(r"\bsyncd_\w+", expression))


@pytest.mark.parametrize(("expression", "legend"), list(expressions()))
def test_a_panel_asks_for_what_is_told(expression: str, legend: str) -> None:
    asked = names(expression)
    assert asked
    assert asked <= exported().keys()
    labels = set().union(*(exported()[name] for name in asked)) | SCRAPED
    grouped = {label for group in re.findall(r"by \(([^)]*)\)", expression) for label in group.split(", ")}
    assert grouped <= labels
    assert set(re.findall(r"{{(\w+)}}", legend)) <= (grouped or labels), "a legend names what is left"
    assert set(re.findall(r"[{,]\s*(\w+)=", expression)) <= labels


def test_every_metric_is_on_the_dashboard() -> None:
    asked = set().union(*(names(expression) for expression, _ in expressions()))
    assert exported().keys() - asked == set()


def test_a_name_that_nobody_tells_is_found() -> None:
    assert not names("sum(syncd_no_such_thing)") <= exported().keys()


def test_panels_lie_beside_each_other() -> None:
    found = dashboard()["panels"]
    assert len({panel["id"] for panel in found}) == len(found)
    for one, other in combinations([panel["gridPos"] for panel in found], 2):
        apart = (
            one["x"] + one["w"] <= other["x"]
            or other["x"] + other["w"] <= one["x"]
            or one["y"] + one["h"] <= other["y"]
            or other["y"] + other["h"] <= one["y"]
        )
        assert apart
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in found)


def test_a_panel_asks_the_source_that_is_chosen_on_the_page() -> None:
    variables = {one["name"] for one in dashboard()["templating"]["list"]}
    for panel in panels():
        assert panel["datasource"]["uid"] == "${datasource}"
    used = set(re.findall(r"\$(?!__)\{?(\w+)", json.dumps(panels())))
    assert used <= variables
