"""What a token may and may not do is told in plain words before anything is written."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connectors.errors import AuthenticationError
from connectors.port import AccessFinding, Severity
from mapping.model import Target
from syncd.sandbox.canvas import zones
from syncd.sandbox.canvas.model import ALL_RIGHTS, Account
from syncd.sandbox.canvas.seed import UNPUBLISHED_COURSE, seed_university
from syncd.sandbox.faults import Kind, Rule
from tests.unit.connectors.canvas.conftest import ZONE, Site, context, create, wish


@pytest.fixture
def university(site: Site) -> Site:
    site.world.courses.clear()
    seed_university(site.world)
    site.admin = site.world.users[site.world.tokens["admin-token"].user_id]
    return site


def target(**fields: Any) -> Target:
    return Target(name="law", kind="canvas", place="course", languages=("en",), **fields)


def law(**fields: Any) -> Target:
    told = {"account": "sis_account_id:LAW", "enrollment_terms": ("sis_term_id:2025A",)}
    return target(**(told | fields))


def account(site: Site, sis_id: str = "LAW") -> Account:
    return next(one for one in site.world.accounts.values() if one.sis_id == sis_id)


def check(site: Site, one: Target) -> list[AccessFinding]:
    return list(site.connector.check(one))


def of(findings: list[AccessFinding], severity: str) -> list[str]:
    return [finding.message for finding in findings if finding.severity == severity]


def told(findings: list[AccessFinding], severity: str, *words: str) -> bool:
    return any(all(word in message for word in words) for message in of(findings, severity))


def test_a_target_with_all_rights_is_fine_and_lists_what_it_found(university: Site) -> None:
    findings = check(university, law())
    assert of(findings, Severity.PROBLEM) == of(findings, Severity.WARNING) == []
    assert {finding.target for finding in findings} == {"law"}
    assert told(findings, Severity.OK, "4 calendars found")
    assert told(findings, Severity.OK, "course_101", "Theory of State and Law", "published", "120 students")
    assert told(findings, Severity.OK, f"course_{UNPUBLISHED_COURSE}", "not published")
    assert told(findings, Severity.OK, "2025A", "2025-09-02 to 2025-12-31")


def test_a_profile_zone_other_than_the_campus_zone_does_no_harm(site: Site) -> None:
    site.admin.time_zone = "America/New_York"
    findings = check(site, target(courses=(101,)))
    assert told(findings, Severity.OK, "America/New_York", "Asia/Almaty", "no harm")


@pytest.mark.parametrize("right", ["manage_calendar", "read_course_content"])
def test_each_missing_right_is_a_problem_that_names_it(university: Site, right: str) -> None:
    university.world.grant(university.admin, ALL_RIGHTS - {right})
    assert told(check(university, law()), Severity.PROBLEM, right)


def test_missing_sis_ids_are_a_warning(site: Site) -> None:
    site.world.grant(site.admin, ALL_RIGHTS - {"read_sis"})
    findings = check(site, target(account="1"))
    assert told(findings, Severity.WARNING, "read_sis")
    assert of(findings, Severity.PROBLEM) == []


def test_rights_that_cannot_be_asked_are_a_problem(university: Site) -> None:
    findings = check(university, law(account="sis_account_id:NONE"))
    assert told(findings, Severity.PROBLEM, "sis_account_id:NONE")


def test_a_teachers_token_for_listed_courses_is_a_warning(university: Site) -> None:
    university.connector = university.connect(tokens=("teacher-token",))
    findings = check(university, target(courses=(101, 102)))
    assert told(findings, Severity.WARNING, "manage_calendar", "teacher")
    assert len(of(findings, Severity.WARNING)) == 1


def test_listed_courses_in_reach_are_fine(site: Site) -> None:
    findings = check(site, target(courses=(101, 102)))
    assert of(findings, Severity.PROBLEM) == of(findings, Severity.WARNING) == []


def test_a_course_that_cannot_be_found_or_read_is_a_problem(university: Site) -> None:
    findings = check(university, target(courses=(101, 999)))
    assert told(findings, Severity.PROBLEM, "course_999")
    university.faults.add(Rule(kind=Kind.JSON, path="calendar_events$", status=403, body="{}", times=None))
    assert told(check(university, target(courses=(101,))), Severity.PROBLEM, "course_101", "cannot be read")


def test_a_target_that_finds_nothing_is_a_problem(university: Site) -> None:
    findings = check(university, law(account="sis_account_id:HUM", enrollment_terms=("default",)))
    assert told(findings, Severity.PROBLEM, "nothing was found")
    assert told(findings, Severity.WARNING, "default")


def test_a_term_without_dates_is_a_warning(university: Site) -> None:
    university.world.add_term("Someday", sis_id="SOME")
    findings = check(university, law(enrollment_terms=("sis_term_id:2025A", "sis_term_id:SOME")))
    assert told(findings, Severity.WARNING, "Someday", "no dates")


def test_an_unknown_term_is_told_with_the_terms_there_are(university: Site) -> None:
    findings = check(university, law(enrollment_terms=("sis_term_id:NONE",)))
    assert told(
        findings, Severity.WARNING, "no enrollment term sis_term_id:NONE; Canvas has", "sis_term_id:2025A"
    )


def test_terms_are_found_by_number_as_well(university: Site) -> None:
    term = next(one for one in university.world.terms.values() if one.sis_id == "2025A")
    assert told(check(university, law(enrollment_terms=(str(term.id),))), Severity.OK, "Autumn 2025")


def test_a_hidden_account_calendar_is_a_problem_and_a_visible_one_is_fine(university: Site) -> None:
    wanted = target(account_calendars=("sis_account_id:LAW",))
    assert told(check(university, wanted), Severity.PROBLEM, "MNU Law School", "hidden")
    account(university).calendar_visible = True
    findings = check(university, wanted)
    assert told(findings, Severity.OK, "visible")
    assert of(findings, Severity.PROBLEM) == []


def test_missing_right_to_write_an_account_calendar_is_a_problem(university: Site) -> None:
    account(university).calendar_visible = True
    university.world.grant(university.admin, ALL_RIGHTS - {"manage_account_calendar_events"})
    findings = check(university, target(account_calendars=("sis_account_id:LAW",)))
    assert told(findings, Severity.PROBLEM, "manage_account_calendar_events")


def test_without_the_right_to_see_visibility_the_own_list_is_asked(site: Site) -> None:
    site.faults.add(
        Rule(kind=Kind.JSON, path="accounts/1/account_calendars", status=403, body="{}", times=None)
    )
    wanted = target(account_calendars=("1",))
    assert told(check(site, wanted), Severity.WARNING, "cannot be told")
    site.world.root.calendar_visible = True
    assert told(check(site, wanted), Severity.OK, "visible")


@pytest.mark.parametrize("path", ["accounts/1/account_calendars", "account_calendars"])
def test_visibility_that_cannot_be_asked_is_a_warning(site: Site, path: str) -> None:
    site.faults.add(Rule(kind=Kind.JSON, path=path, status=400, body="{}", times=None))
    assert told(check(site, target(account_calendars=("1",))), Severity.WARNING, "cannot be told")


def test_a_calendar_that_is_not_in_the_list_is_a_warning(site: Site) -> None:
    site.faults.add(
        Rule(kind=Kind.JSON, path="accounts/1/account_calendars", status=200, body="[]", times=None)
    )
    assert told(check(site, target(account_calendars=("1",))), Severity.WARNING, "cannot be told")


def test_visibility_stays_open_where_neither_list_may_be_asked(site: Site) -> None:
    site.faults.add(Rule(kind=Kind.JSON, path="account_calendars", status=403, body="{}", times=None))
    assert told(check(site, target(account_calendars=("1",))), Severity.WARNING, "cannot be told")


def test_a_dead_token_is_told_as_what_it_is(site: Site) -> None:
    site.connector = site.connect(tokens=("revoked",))
    with pytest.raises(AuthenticationError):
        check(site, target(courses=(101,)))


def test_a_token_that_may_not_read_its_own_profile_is_dead(site: Site) -> None:
    site.faults.add(Rule(kind=Kind.JSON, path="profile", status=401, body='{"errors":[]}', times=None))
    with pytest.raises(AuthenticationError, match="own profile"):
        site.connector.account()


def test_each_further_token_is_tried_as_well(site: Site) -> None:
    site.connector = site.connect(tokens=("admin-token", "revoked", "admin-token"))
    problems = of(check(site, target(courses=(101,))), Severity.PROBLEM)
    assert len(problems) == 1
    assert "token 2 of 3" in problems[0]
    assert "revoked" not in problems[0]


def test_rights_of_listed_courses_that_cannot_be_asked_are_a_warning(site: Site) -> None:
    site.faults.add(Rule(kind=Kind.JSON, path="permissions", status=403, body="{}", times=None))
    assert told(check(site, target(courses=(101,))), Severity.WARNING, "manage_calendar")


def test_the_calendar_is_found_among_those_of_other_accounts(site: Site) -> None:
    rows = '[{"id":9,"visible":false},{"id":1,"visible":true}]'
    site.faults.add(
        Rule(kind=Kind.JSON, path="accounts/1/account_calendars", status=200, body=rows, times=None)
    )
    assert told(check(site, target(account_calendars=("1",))), Severity.OK, "visible")


@pytest.mark.parametrize("may_list", [True, False])
def test_an_account_calendar_on_manual_subscription_is_told(university: Site, may_list: bool) -> None:
    law_school = account(university)
    law_school.calendar_visible = True
    one = target(account_calendars=("sis_account_id:LAW",))
    if not may_list:
        university.faults.add(
            Rule(kind=Kind.JSON, path=r"accounts/\d+/account_calendars", status=403, body="{}", times=None)
        )
    assert told(check(university, one), Severity.WARNING, "only after adding it", "Auto subscribe")
    law_school.auto_subscribe = True
    assert not told(check(university, one), Severity.WARNING, "only after adding it")


def test_the_offset_that_canvas_applied_to_an_event_of_ours_is_compared_with_our_rules(
    university: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not told(check(university, law()), Severity.OK, "zone rules")
    university.made(number=101)
    assert told(check(university, law()), Severity.OK, "Canvas applies UTC+05:00 on 2025-09-02")
    older = ZoneInfo("Asia/Dhaka")
    monkeypatch.setattr(zones, "ZoneInfo", lambda key: older if key == ZONE else ZoneInfo(key))
    zones.zone_named.cache_clear()
    university.connector.apply(context(102), create(wish(key="2025-2026:s-iv-3:main"), context(102)))
    findings = check(university, law())
    zones.zone_named.cache_clear()
    assert told(findings, Severity.PROBLEM, "UTC+06:00 in course_102", "our zone rules say UTC+05:00")
