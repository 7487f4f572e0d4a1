"""People acting by hand, from Python and over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.google.conftest import Google


def test_a_duplicate_keeps_the_private_properties_under_another_id_and_uid(google: Google) -> None:
    google.insert(extendedProperties={"private": {"owner": "us"}})
    copy = google.people.duplicate(google.law, "finals1")
    found = google.get(copy)
    assert found["extendedProperties"] == {"private": {"owner": "us"}}
    assert copy != "finals1"
    assert found["iCalUID"] != google.get()["iCalUID"]
    assert google.ids(privateExtendedProperty="owner=us") == ["finals1", copy]


def test_a_duplicate_can_land_in_another_calendar(google: Google) -> None:
    google.insert(extendedProperties={"private": {"owner": "us"}})
    copy = google.people.duplicate(google.law, "finals1", to=google.economics)
    (row,) = google.world.events(google.economics)
    assert (row.id, row.private) == (copy, {"owner": "us"})


def test_a_foreign_event_has_its_persons_name_and_no_mark(google: Google) -> None:
    event = google.people.create(google.law, "Birthday", "2025-10-01", days=2)
    found = google.get(event)
    assert found["creator"] == {"email": google.people.email}
    assert (found["start"], found["end"]) == ({"date": "2025-10-01"}, {"date": "2025-10-03"})
    assert "extendedProperties" not in found


def test_an_edit_moves_the_etag(google: Google) -> None:
    made = google.insert()
    google.people.edit(google.law, "finals1", summary="by hand")
    assert google.get()["etag"] != made["etag"]
    assert google.row().fields["summary"] == "by hand"


def test_dragging_an_event_moves_start_and_end(google: Google) -> None:
    google.insert()
    google.people.reschedule(google.law, "finals1", days=2)
    assert google.get()["start"] == {"date": "2025-11-13"}
    timed = google.ok(google.post(google.timed("2025-09-01T09:00:00Z", "2025-09-01T10:00:00Z")))["id"]
    google.people.reschedule(google.law, timed, days=-1)
    assert google.get(timed)["start"]["dateTime"] == "2025-08-31T14:00:00+05:00"


def test_colour_place_and_files_are_added_beside_what_was_there(google: Google) -> None:
    google.insert(description="ours")
    google.people.colour(google.law, "finals1", "11")
    google.people.place(google.law, "finals1", "Room 5")
    google.people.attach(google.law, "finals1", "https://drive.example/plan", "Plan")
    google.people.attach(google.law, "finals1", "https://drive.example/map", "Map")
    found = google.get()
    assert (found["description"], found["colorId"], found["location"]) == ("ours", "11", "Room 5")
    assert [one["title"] for one in found["attachments"]] == ["Plan", "Map"]


def test_saving_a_description_in_the_web_interface_makes_html_of_it(google: Google) -> None:
    google.insert(description="Exams & more\nsee https://university.example/x")
    google.people.rewrite_description(google.law, "finals1")
    link = '<a href="https://university.example/x">https://university.example/x</a>'
    assert google.get()["description"] == f"Exams &amp; more<br>see {link}"
    google.people.rewrite_description(google.law, "finals1", add="\nmine")
    assert google.get()["description"] == f"Exams &amp; more<br>see {link}<br>mine"


def test_a_person_can_delete_and_restore(google: Google) -> None:
    google.insert()
    google.people.delete(google.law, "finals1")
    assert google.ids() == []
    google.switches.revival = "forbid"
    google.people.restore(google.law, "finals1")
    assert google.ids() == ["finals1"]


def test_moving_leaves_a_tombstone_here_and_the_event_there(google: Google) -> None:
    google.insert(extendedProperties={"private": {"owner": "us"}})
    google.people.move(google.law, "finals1", google.economics)
    assert google.get()["status"] == "cancelled"
    (row,) = google.world.events(google.economics)
    assert (row.id, row.private) == ("finals1", {"owner": "us"})


def test_a_move_onto_a_taken_id_is_refused_and_nothing_moves(google: Google) -> None:
    google.insert()
    google.ok(
        google.call("POST", f"calendars/{google.economics}/events", {"id": "finals1", **google.all_day()})
    )
    path = f"calendars/{google.law}/events/finals1/move"
    answer = google.call("POST", path, params={"destination": google.economics})
    assert google.reason(answer) == (409, "duplicate")
    assert google.ids() == ["finals1"]


def test_people_pay_no_quota(google: Google) -> None:
    google.switches.units_per_minute = 0
    google.switches.quota_exceeded = True
    google.people.create(google.law, "Birthday", "2025-10-01")
    assert len(google.world.events(google.law)) == 1


def test_taking_the_service_account_off_the_list_hides_the_calendar(google: Google) -> None:
    google.people.revoke_access(google.law)
    assert google.reason(google.refused_list()) == (404, "notFound")


def test_every_effective_write_is_recorded_with_both_sides(google: Google) -> None:
    google.insert()
    google.people.edit(google.law, "finals1", summary="by hand")
    google.delete("finals1")
    assert [(deed.kind, deed.by) for deed in google.world.deeds] == [
        ("insert", google.world.service_account),
        ("edit", google.people.email),
        ("delete", google.world.service_account),
    ]
    before = google.world.deeds[1].before
    assert before is not None
    assert before.fields["summary"] == "Exams begin"
    assert google.world.writes(by=google.world.service_account, calendar=google.law) == 2


def _control(google: Google, verb: str, path: str, body: Any = None) -> Any:
    answer = google.http.request(verb, f"{google.url}/_sandbox/{path}", json=body, timeout=10)
    return answer.status_code, answer.json()


def test_another_process_can_act_as_a_person(google: Google) -> None:
    status, told = _control(
        google, "POST", "people/create", {"calendar": google.law, "summary": "x", "first_day": "2025-10-01"}
    )
    assert status == 200
    event = told["result"]
    _control(
        google, "POST", "people/edit", {"calendar": google.law, "event": event, "summary": "y", "as": "a@b"}
    )
    assert google.get(event)["summary"] == "y"
    assert google.world.deeds[-1].by == "a@b"
    _control(google, "POST", "people/delete", {"calendar": google.law, "event": event})
    status, told = _control(google, "POST", "people/delete", {"calendar": google.law, "event": event})
    assert (status, told["error"]["errors"][0]["reason"]) == (410, "deleted")


def test_another_process_can_see_events_deleted_ones_on_request(google: Google) -> None:
    google.insert()
    google.delete("finals1")
    assert _control(google, "GET", f"calendars/{google.law}/events") == (200, {"items": []})
    _, told = _control(google, "GET", f"calendars/{google.law}/events?deleted=true")
    assert [(one["id"], one["status"], one["purged"]) for one in told["items"]] == [
        ("finals1", "cancelled", False)
    ]


def test_another_process_can_set_switches_and_wrong_ones_are_refused(google: Google) -> None:
    status, told = _control(
        google, "PATCH", "switches", {"revival": "forbid", "lost_calendars": [google.law]}
    )
    assert (status, told["revival"], told["lost_calendars"]) == (200, "forbid", [google.law])
    assert google.refused_list().status_code == 404
    assert _control(google, "PATCH", "switches", {"revival": "perhaps"})[0] == 400
    assert _control(google, "PATCH", "switches", {"typo": True})[0] == 400


def test_another_process_can_seed_add_calendars_and_read_the_state(google: Google) -> None:
    _control(google, "POST", "world/clear")
    assert _control(google, "GET", "state")[1]["calendars"] == []
    _, told = _control(google, "POST", "university")
    assert told["calendars"][0] == google.law
    status, told = _control(
        google, "POST", "calendars", {"id": "new@group.calendar.google.com", "summary": "New"}
    )
    assert (status, told["acl"][f"user:{google.world.service_account}"]) == (200, "writer")
    _, state = _control(google, "GET", "state")
    assert len(state["calendars"]) == 5
    assert state["writes"] == 0


def test_another_process_can_let_time_pass_and_revoke(google: Google) -> None:
    before = google.world.now()
    _control(google, "POST", "world/advance", {"seconds": 60})
    assert google.world.now() == before + 60
    _control(google, "POST", "world/revoke_token", {"token": "any-token"})
    assert google.refused_list().status_code == 401
    assert _control(google, "POST", "world/stamp")[0] == 400


def test_another_process_gets_a_key_that_works_and_sees_the_deeds(google: Google) -> None:
    status, key = _control(google, "POST", "service-accounts", {})
    assert (status, key["token_uri"]) == (200, f"{google.url}/token")
    google.insert()
    _, told = _control(google, "GET", "deeds")
    (deed,) = told["items"]
    assert (deed["kind"], deed["event"], deed["before"], deed["after"]["summary"]) == (
        "insert",
        "finals1",
        None,
        "Exams begin",
    )


@pytest.mark.parametrize("path", ["people/fly", "people/edit", "world/explode", "calendars/none/events"])
def test_control_requests_that_make_no_sense_are_400(google: Google, path: str) -> None:
    verb = "GET" if path.endswith("events") else "POST"
    assert _control(google, verb, path, {} if verb == "POST" else None)[0] == 400
