"""Settings of a simulated Canvas: deployment choices, older versions, readings nobody has confirmed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class Switches:
    """All switches of one world; the defaults are current hosted Canvas as far as it is known."""

    old_permission_answers: bool = False
    """Refused permissions answer 401, as Canvas did until about 2022, instead of 403."""

    require_user_agent: bool = True
    """A request without User-Agent gets 403 from the edge (hosted Canvas since 2026-01)."""

    maintenance: bool = False
    """Every request gets 503 with an HTML page."""

    theme_assets: bool = False
    """The account's theme has mobile CSS and JS: each description gains a link before and a script after."""

    file_verifiers: bool = False
    """Links to files gain a `verifier` parameter on the way out."""

    bookmark_pages: bool = False
    """Pages of events are `bookmark:...` instead of numbers (cross-shard lists)."""

    count_account_courses: bool = False
    """GET /accounts/:id/courses has rel="last" (inferred: it has not)."""

    calendar_contexts_limit: int = 10
    """Context codes of a list that are looked at; further ones are dropped silently."""

    show_deleted_events: bool = True
    """GET of a deleted event answers 200 (inferred); False: 404."""

    deleted_courses_readable: bool = False
    """A deleted course's context code can be listed by admins; False: the whole list fails (unconfirmed)."""

    deleted_course_shown: bool = False
    """GET /courses/:id of a deleted course answers 200; False: 404 (unconfirmed)."""

    bad_event_dates_refused: bool = False
    """A start_at or end_at that cannot be read is a 400; False: it becomes null silently (inferred)."""

    sis_context_codes: bool = False
    """`course_sis_course_id:X` works in context_code (inferred: it does not)."""

    long_locations_crash: bool = True
    """A location over 255 characters is a 500 (unconfirmed); False: it is stored."""

    string_ids_by_accept: bool = True
    """`Accept: application/json+canvas-string-ids` turns ids into strings (unconfirmed here)."""

    teachers_write_completed: bool = False
    """Teachers may write in completed courses (inferred: 403)."""

    copies_keep_zone: bool = True
    """A course copy keeps an event's time_zone_edited (unconfirmed)."""

    copies_keep_comments: bool = False
    """A course copy carries an event's comments (the older importer does not)."""
