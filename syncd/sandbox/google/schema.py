"""Names of the fields that answers can have, nested, for checking a `fields` parameter."""

from __future__ import annotations

from typing import Any

Names = dict[str, Any]
"""Field name to None (a value), `"*"` (a map with free keys) or the names below it."""


def _names(text: str) -> Names:
    return dict.fromkeys(text.split())


_PERSON = _names("displayName email id self")
_TIME = _names("date dateTime timeZone")
_DECLINE = _names("autoDeclineMode chatStatus declineMessage")
_REMINDER = _names("method minutes")

EVENT: Names = {
    **_names(
        "anyoneCanAddSelf attendeesOmitted colorId created description endTimeUnspecified etag eventLabelId"
        " eventType guestsCanInviteOthers guestsCanModify guestsCanSeeOtherGuests hangoutLink htmlLink"
        " iCalUID id kind location locked privateCopy recurrence recurringEventId sequence status summary"
        " transparency updated visibility"
    ),
    "attachments": _names("fileId fileUrl iconLink mimeType title"),
    "attendees": _names(
        "additionalGuests asyncOperation comment displayName email id optional organizer resource"
        " responseStatus self"
    ),
    "birthdayProperties": _names("contact customTypeName type"),
    "conferenceData": {
        **_names("conferenceId notes signature"),
        "conferenceSolution": {**_names("iconUri name"), "key": _names("type")},
        "createRequest": {
            **_names("requestId"),
            "conferenceSolutionKey": _names("type"),
            "status": _names("statusCode"),
        },
        "entryPoints": _names(
            "accessCode entryPointFeatures entryPointType label meetingCode passcode password pin"
            " regionCode uri"
        ),
        "parameters": {"addOnParameters": {"parameters": "*"}},
    },
    "creator": _PERSON,
    "organizer": _PERSON,
    "start": _TIME,
    "end": _TIME,
    "originalStartTime": _TIME,
    "extendedProperties": {"private": "*", "shared": "*"},
    "focusTimeProperties": _DECLINE,
    "outOfOfficeProperties": _DECLINE,
    "gadget": {**_names("display height iconLink link title type width"), "preferences": "*"},
    "reminders": {**_names("useDefault"), "overrides": _REMINDER},
    "source": _names("title url"),
    "workingLocationProperties": {
        **_names("homeOffice type"),
        "customLocation": _names("label"),
        "officeLocation": _names("buildingId deskId floorId floorSectionId label"),
    },
}

EVENTS: Names = {
    **_names("accessRole description etag kind nextPageToken nextSyncToken summary timeZone updated"),
    "defaultReminders": _REMINDER,
    "items": EVENT,
}

CALENDAR: Names = {
    **_names("autoAcceptInvitations dataOwner description etag id kind location summary timeZone"),
    "conferenceProperties": _names("allowedConferenceSolutionTypes"),
    "labelProperties": {"eventLabels": _names("backgroundColor id name")},
    "workingHours": {
        **_names("workingHoursEnabled"),
        "availableTimes": _names("dayOfWeek periodEnd periodStart"),
    },
}

LIST_ENTRY: Names = {
    **_names(
        "accessRole autoAcceptInvitations backgroundColor colorId dataOwner deleted description etag"
        " foregroundColor hidden id kind location primary selected summary summaryOverride timeZone"
    ),
    "conferenceProperties": _names("allowedConferenceSolutionTypes"),
    "defaultReminders": _REMINDER,
    "notificationSettings": {"notifications": _names("method type")},
}

CALENDAR_LIST: Names = {**_names("etag kind nextPageToken nextSyncToken"), "items": LIST_ENTRY}

RULE: Names = {**_names("etag id kind role"), "scope": _names("type value")}

ACL: Names = {**_names("etag kind nextPageToken nextSyncToken"), "items": RULE}

NOTHING: Names = {}
