"""What ``syncd check`` says of a Google target, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.port import Severity
from mapping.model import Target
from tests.unit.connectors.google_calendar.conftest import LAW

if TYPE_CHECKING:
    from connectors.port import AccessFinding
    from tests.unit.connectors.google_calendar.conftest import Campus

TARGET = Target(name="law", kind="google", place="school", languages=("en",), calendar_id=LAW)


def check(campus: Campus) -> list[AccessFinding]:
    return list(campus.connector.check(TARGET))


def test_a_shared_calendar_is_fine(campus: Campus) -> None:
    (found,) = check(campus)
    assert (found.target, found.severity) == ("law", Severity.OK)
    assert campus.world.service_account in found.message
    assert '"School of Law"' in found.message


def test_a_calendar_that_is_not_shared_says_with_whom_and_how(campus: Campus) -> None:
    campus.people.revoke_access(LAW)
    (found,) = check(campus)
    assert found.severity == Severity.PROBLEM
    assert f"add {campus.world.service_account}" in found.message
    assert "Make changes to events" in found.message


def test_a_calendar_shared_for_reading_names_the_domains_limit(campus: Campus) -> None:
    campus.world.grant_access(LAW, campus.world.service_account, "reader")
    (found,) = check(campus)
    assert found.severity == Severity.PROBLEM
    assert "limit on sharing" in found.message


def test_a_calendar_in_another_zone_is_a_warning(campus: Campus) -> None:
    campus.rebuilt(timezone="Asia/Tashkent")
    severities = [found.severity for found in check(campus)]
    assert severities == [Severity.OK, Severity.WARNING]


def test_a_refused_credential_is_a_problem(campus: Campus) -> None:
    campus.world.switches.token_fault = "invalid_grant"
    (found,) = check(campus)
    assert found.severity == Severity.PROBLEM
    assert "invalid_grant" in found.message
