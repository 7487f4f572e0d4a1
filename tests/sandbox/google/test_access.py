"""Who may do what: tokens, scopes, roles, lost access, attendees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox.google.conftest import Google


SCOPE = "https://www.googleapis.com/auth/calendar"


def _as(google: Google, scopes: str, email: str | None = None) -> None:
    """From here on, call with a token of these scopes."""
    google.world.grant_token("granted", email or google.world.service_account, scopes)
    google.http.headers["authorization"] = "Bearer granted"


def test_a_call_without_a_token_is_401(google: Google) -> None:
    del google.http.headers["authorization"]
    answer = google.refused_list()
    assert google.reason(answer) == (401, "required")
    assert "www-authenticate" in answer.headers


def test_an_unknown_token_is_the_service_account_unless_a_switch_says_otherwise(google: Google) -> None:
    assert google.page()["accessRole"] == "writer"
    google.switches.accept_any_token = False
    answer = google.refused_list()
    assert google.reason(answer) == (401, "authError")
    assert answer.json()["error"]["errors"][0] == {
        "domain": "global",
        "reason": "authError",
        "message": "Invalid Credentials",
        "locationType": "header",
        "location": "Authorization",
    }


def test_the_token_may_come_in_the_query(google: Google) -> None:
    del google.http.headers["authorization"]
    assert google.page(oauth_token="any-token")["items"] == []


def test_a_revoked_token_stays_401_and_others_work(google: Google) -> None:
    google.world.revoke_token("any-token")
    assert google.reason(google.refused_list()) == (401, "authError")
    google.http.headers["authorization"] = "Bearer another-token"
    assert google.page()["items"] == []


def test_a_revoked_account_has_no_token_that_works(google: Google) -> None:
    google.world.revoke_account()
    assert google.reason(google.refused_list()) == (401, "authError")
    google.world.restore_account()
    assert google.page()["items"] == []


def test_a_switch_answers_one_call_401(google: Google) -> None:
    google.switches.unauthorized_next = 1
    assert google.refused_list().status_code == 401
    assert google.refused_list().status_code == 200


def test_a_calendar_that_is_not_shared_is_not_found_and_so_are_its_events(google: Google) -> None:
    google.insert()
    google.world.revoke_access(google.law)
    for answer in (google.refused_list(), google.read("finals1"), google.post(google.all_day())):
        assert google.reason(answer) == (404, "notFound")


def test_a_lost_calendar_is_404_whole_and_comes_back_with_its_events(google: Google) -> None:
    google.insert()
    google.switches.lost_calendars = {google.law}
    assert google.reason(google.refused_list()) == (404, "notFound")
    assert google.reason(google.delete("finals1")) == (404, "notFound")
    google.switches.lost_calendars = set()
    assert google.ids() == ["finals1"]


def test_a_reader_cannot_write(google: Google) -> None:
    google.world.grant_access(google.law, google.world.service_account, "reader")
    assert google.page()["accessRole"] == "reader"
    assert google.reason(google.post(google.all_day())) == (403, "requiredAccessLevel")


def test_a_free_busy_reader_sees_times_only(google: Google) -> None:
    google.insert()
    google.world.grant_access(google.law, google.world.service_account, "freeBusyReader")
    (event,) = google.page()["items"]
    assert "start" in event
    assert "summary" not in event


def test_private_events_hide_their_details_from_readers_and_public_ones_show_them(google: Google) -> None:
    google.insert("hidden1", visibility="private")
    google.insert("public1", visibility="public")
    google.world.grant_access(google.law, google.world.service_account, "freeBusyReader")
    assert [one.get("summary") for one in google.page()["items"]] == [None, "Exams begin"]


def test_roles_come_from_the_domain_and_from_everybody_too(google: Google) -> None:
    google.world.revoke_access(google.law)
    google.world.set_role(google.law, "default", "reader")
    assert google.page()["accessRole"] == "reader"
    google.world.set_role(google.law, "domain:sandbox.iam.gserviceaccount.com", "writer")
    assert google.page()["accessRole"] == "writer"


def test_the_events_scope_does_not_open_the_calendar_resource(google: Google) -> None:
    answer = google.call("GET", f"calendars/{google.law}")
    assert google.reason(answer) == (403, "insufficientPermissions")
    _as(google, f"{SCOPE}.calendars.readonly")
    assert google.ok(google.call("GET", f"calendars/{google.law}"))["timeZone"] == "Asia/Almaty"


def test_a_read_only_scope_does_not_write(google: Google) -> None:
    _as(google, f"{SCOPE}.events.readonly")
    assert google.page()["items"] == []
    assert google.reason(google.post(google.all_day())) == (403, "insufficientPermissions")


def test_the_acl_needs_its_own_scope_which_read_only_does_not_hold(google: Google) -> None:
    path = f"calendars/{google.law}/acl"
    assert google.call("GET", path).status_code == 403
    _as(google, f"{SCOPE}.readonly")
    assert google.call("GET", path).status_code == 403
    _as(google, f"{SCOPE}.acls.readonly")
    rules = {rule["id"]: rule["role"] for rule in google.ok(google.call("GET", path))["items"]}
    assert rules[f"user:{google.world.service_account}"] == "writer"


def test_the_calendar_list_of_a_service_account_is_empty_until_it_subscribes(google: Google) -> None:
    _as(google, SCOPE)
    path = "users/me/calendarList"
    assert google.ok(google.call("GET", path))["items"] == []
    google.ok(google.call("POST", path, {"id": google.law}))
    (entry,) = google.ok(google.call("GET", path))["items"]
    assert (entry["id"], entry["accessRole"]) == (google.law, "writer")
    assert entry["etag"] != google.ok(google.call("GET", f"calendars/{google.law}"))["etag"]


def test_a_service_account_cannot_set_attendees(google: Google) -> None:
    guests = [{"email": "student@university.example"}]
    answer = google.post(google.all_day(attendees=guests))
    assert google.reason(answer) == (403, "forbiddenForServiceAccounts")
    google.insert()
    assert google.reason(google.patch("finals1", {"attendees": guests})) == (
        403,
        "forbiddenForServiceAccounts",
    )


@pytest.mark.parametrize(
    ("parameters", "mails"),
    [
        ({}, 0),
        ({"sendUpdates": "none"}, 0),
        ({"sendUpdates": "all"}, 2),
        ({"sendUpdates": "externalOnly"}, 1),
        ({"sendNotifications": "true"}, 2),
    ],
)
def test_guests_get_mail_only_if_send_updates_says_so(
    google: Google, parameters: dict[str, str], mails: int
) -> None:
    google.world.grant_access(google.law, "teacher@university.example")
    _as(google, f"{SCOPE}.events", "teacher@university.example")
    guests = [{"email": "student@university.example"}, {"email": "guest@elsewhere.example"}]
    made = google.ok(google.post(google.all_day(attendees=guests), **parameters))
    assert [guest["responseStatus"] for guest in made["attendees"]] == ["needsAction", "needsAction"]
    assert google.world.mails["guests"] == mails


def test_attendees_are_trimmed_on_request(google: Google) -> None:
    guests = [{"email": f"student{number}@university.example"} for number in range(3)]
    event = google.people.create(google.law, "Meeting", "2025-10-01", attendees=guests)
    found = google.get(event, maxAttendees=1)
    assert (len(found["attendees"]), found["attendeesOmitted"]) == (1, True)


def test_attachments_count_only_with_supports_attachments(google: Google) -> None:
    files = [{"fileUrl": "https://drive.example/plan", "title": "Plan"}]
    assert "attachments" not in google.insert(attachments=files)
    body = google.all_day(attachments=files)
    attached = google.ok(google.put("finals1", body, supportsAttachments="true"))
    assert attached["attachments"][0]["title"] == "Plan"
    assert "attachments" in google.ok(google.put("finals1", google.all_day(summary="without the parameter")))
    gone = google.ok(google.put("finals1", google.all_day(summary="with it"), supportsAttachments="true"))
    assert "attachments" not in gone


def test_more_than_25_attachments_are_refused(google: Google) -> None:
    files = [{"fileUrl": f"https://drive.example/{number}"} for number in range(26)]
    answer = google.post(google.all_day(attachments=files), supportsAttachments="true")
    assert answer.status_code == 400


def test_conference_data_is_dropped_in_silence_without_its_version(google: Google) -> None:
    wish = {"createRequest": {"requestId": "one"}}
    assert "conferenceData" not in google.insert(conferenceData=wish)
    made = google.ok(google.patch("finals1", {"conferenceData": wish}, conferenceDataVersion=1))
    assert made["conferenceData"]["createRequest"]["status"] == {"statusCode": "success"}
    assert "conferenceData" in google.ok(google.put("finals1", google.all_day(summary="kept")))


def test_labels_supersede_colours_where_the_client_knows_them(google: Google) -> None:
    both = google.all_day(colorId="5", eventLabelId="label-1")
    old = google.ok(google.post(both))
    assert ("colorId" in old, "eventLabelId" in old) == (True, False)
    new = google.ok(google.post(both, eventLabelVersion=1))
    assert ("colorId" in new, "eventLabelId" in new) == (False, True)


def test_shared_properties_of_an_event_organized_elsewhere_are_the_organizers(google: Google) -> None:
    body = google.all_day(iCalUID="them@elsewhere.example", organizer={"email": "them@elsewhere.example"})
    event = google.ok(google.call("POST", f"calendars/{google.law}/events/import", body))["id"]
    answer = google.patch(event, {"guestsCanModify": True})
    assert google.reason(answer) == (403, "forbiddenForNonOrganizer")
    assert google.ok(google.patch(event, {"summary": "mine"}))["summary"] == "mine"


def test_newer_fronts_add_a_status_name(google: Google) -> None:
    assert "status" not in google.read("never1").json()["error"]
    google.switches.error_status_field = True
    assert google.read("never1").json()["error"]["status"] == "NOT_FOUND"


def test_an_error_body_has_code_message_and_a_list_of_errors(google: Google) -> None:
    assert google.read("never1").json() == {
        "error": {
            "code": 404,
            "message": "Not Found",
            "errors": [{"domain": "global", "reason": "notFound", "message": "Not Found"}],
        }
    }


def test_a_path_without_a_method_answers_a_page_instead_of_json(google: Google) -> None:
    answer = google.call("GET", "calendars/a/b/c")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=UTF-8")


def test_the_owned_scope_opens_only_calendars_that_the_caller_owns(google: Google) -> None:
    _as(google, f"{SCOPE}.events.owned")
    assert google.reason(google.refused_list()) == (403, "insufficientPermissions")
    google.world.grant_access(google.law, google.world.service_account, "owner")
    assert google.page()["accessRole"] == "owner"


def test_the_public_and_the_free_busy_scope_open_little(google: Google) -> None:
    google.insert()
    _as(google, f"{SCOPE}.events.public.readonly")
    assert google.refused_list().status_code == 403
    google.world.set_role(google.law, "default", "reader")
    assert google.page()["accessRole"] == "reader"
    _as(google, f"{SCOPE}.events.freebusy")
    assert "summary" not in google.page()["items"][0]
