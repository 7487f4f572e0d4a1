"""What leaves in a sentence, and what stays so that the sentence still helps."""

import pytest

from syncd.reporting.redaction import OUT, Redactor

KNOWN = Redactor(
    ["s3cret", "abc"], {"wall@group.calendar.google.com": "calendar-1", "wall": "the name of it"}
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("token s3cret was refused", f"token {OUT} was refused"),
        ("wall@group.calendar.google.com is gone", "calendar-1 is gone"),
        ("wall is gone", "the name of it is gone"),
        ("shared with anna.b@example.edu", f"shared with {OUT}"),
        ("HTTP 403 from https://canvas.example.edu/api?x=1", f"HTTP 403 from https://{OUT}"),
        ("postgresql://u:p@db/x fails", f"postgresql://{OUT} fails"),
        ("Authorization: Bearer abc.def", f"Authorization: Bearer {OUT}"),
        ("-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY----- end", f"{OUT} end"),
        ("1234~AbCdEfGhIjKlMnOpQrStUvWx", OUT),
        ("0123456789abcdef0123456789abcdef", OUT),
    ],
)
def test_what_identifies_is_taken_out(text: str, shown: str) -> None:
    assert KNOWN.sentence(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "/etc/syncd/calendar/2025-2026/semester.yaml:12: end: 31 June does not exist",
        "attestation-application-earlier-cohorts-autumn-2",
        "course_101: read events failed (HTTP 403): not allowed",
        "abc is too short a value to be taken out of words: abcdef",
    ],
)
def test_what_helps_stays(text: str) -> None:
    assert KNOWN.sentence(text) == text


def test_every_text_in_a_value_is_looked_at() -> None:
    assert KNOWN.everything({"s3cret": [{"a": "s3cret"}, ("s3cret", 1, None, True)]}) == {
        OUT: [{"a": OUT}, [OUT, 1, None, True]]
    }
