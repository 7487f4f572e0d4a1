"""Prometheus' own judgement of the alert rules, and that the runbook knows each of them."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.system


def promtool() -> str:
    found = shutil.which("promtool")
    if found is None:
        pytest.skip("promtool is not installed here")
    return found


def test_every_rule_fires_when_it_should_and_not_before(root: Path) -> None:
    folder = root / "deploy" / "prometheus"
    for command in (["check", "rules", "alerts.yaml"], ["test", "rules", "alerts_test.yaml"]):
        told = subprocess.run([promtool(), *command], cwd=folder, capture_output=True, text=True, check=False)
        assert told.returncode == 0, told.stdout + told.stderr


def test_every_alert_is_tested(root: Path) -> None:
    folder = root / "deploy" / "prometheus"
    (group,) = yaml.safe_load((folder / "alerts.yaml").read_text())["groups"]
    tested = {
        case["alertname"]
        for test in yaml.safe_load((folder / "alerts_test.yaml").read_text())["tests"]
        for case in test.get("alert_rule_test", ())
        if case["exp_alerts"]
    }
    assert tested == {rule["alert"] for rule in group["rules"]}


def test_the_runbook_tells_of_every_alert(root: Path) -> None:
    (group,) = yaml.safe_load((root / "deploy/prometheus/alerts.yaml").read_text())["groups"]
    told = re.findall(r"^## (\w+)$", (root / "docs/runbook.md").read_text(), re.MULTILINE)
    assert told == [rule["alert"] for rule in group["rules"]]
    anchors = {rule["annotations"]["runbook"] for rule in group["rules"]}
    assert anchors == {f"docs/runbook.md#{name.lower()}" for name in told}


def test_the_dashboard_asks_in_prometheus_language(root: Path, tmp_path: Path) -> None:
    board = json.loads((root / "deploy" / "grafana" / "syncd.json").read_text())
    asked = [target["expr"] for panel in board["panels"] for target in panel.get("targets", ())]
    assert asked
    rules = [
        {"record": f"panel:{number}", "expr": expression.replace("$__rate_interval", "5m")}
        for number, expression in enumerate(asked)
    ]
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump({"groups": [{"name": "board", "rules": rules}]}))
    command = [promtool(), "check", "rules", str(tmp_path / "rules.yaml")]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
