"""Every choice that the simulator leaves open: faults of the service, and readings the sources dispute.

Defaults are the likelier reading or, of two equally likely, the one that is harder on a client.
Assignments are checked, from Python and over HTTP alike.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Switches(BaseModel):
    """State of the switches of one world; an int that counts down strikes so many requests, then rests."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True, use_attribute_docstrings=True)

    # Credentials
    accept_any_token: bool = True
    """An unknown bearer token is the world's service account; False: 401."""
    any_token_scopes: str = "https://www.googleapis.com/auth/calendar.events"  # noqa: S105 - no secret
    """Scopes of such a token, separated by blanks."""
    unauthorized_next: int = Field(default=0, ge=0)
    """Requests still to be answered 401 although the token is good."""
    token_fault: Literal["none", "invalid_grant", "unauthorized_client", "server_error", "html"] = "none"  # noqa: S105
    """What `/token` answers instead of a token."""
    token_fault_times: int | None = None
    """How often it still does so; None: until switched off."""

    # Access
    lost_calendars: set[str] = set()
    """Ids of calendars that answer 404 whole, as after a loss of access, with all their events intact."""

    # Identity and deletion
    revival: Literal["allow", "forbid", "not_found", "gone"] = "allow"
    """Bringing a deleted event back by PUT or PATCH: works, 403, 404, 410; the first two are both seen."""
    put_without_status_revives: bool = False
    """Whether a PUT that names no status brings a deleted event back; only `confirmed` is known to."""
    bare_tombstones: bool = False
    """Deleted events show nothing but their id and status; only these are guaranteed."""
    tombstone_lifetime_days: float | None = None
    """Age at which a deleted event can no longer be read; None: never. Google says "eventually"."""
    purge_frees_ids: bool = False
    """Whether an id whose deleted event is no longer readable may be used again."""

    # Writing
    put_without_sequence_is_zero: bool = False
    """A PUT without `sequence` counts as 0, hence 400 once the event has a higher one (one old report)."""
    noop_write_moves_etag: bool = False
    """Whether a write that changes nothing makes a new version."""
    write_answers_in_calendar_zone: bool = True
    """Whether an answer to a write shows times in the calendar's offset, as reads do; False: as sent."""
    description_limit: int | None = Field(default=8192, gt=0)
    """Characters of a description; third parties report 8,000 to 8,192."""
    description_over_limit: Literal["cut", "refuse"] = "cut"
    """What happens to a longer one."""
    too_many_properties: Literal["refuse", "drop"] = "refuse"
    """Extended properties past 300 or 32 kB: 400, or the last ones vanish."""
    unknown_zones: set[str] = set()
    """IANA names that Google does not know (yet)."""
    import_known_uid: Literal["refuse", "upsert"] = "refuse"
    """events.import of a known iCalUID: 409, or an update. Sources disagree."""

    # Lists
    repeated_private_filters: Literal["or", "and"] = "or"
    """Several privateExtendedProperty filters: the guide says any may match, the discovery document all."""
    page_rows: int | None = Field(default=None, gt=0)
    """Rows looked at for one page at most, whatever maxResults says: short pages."""
    empty_first_page: bool = False
    """The first page of a list holds nothing but the token of the next."""
    lose_page_token_next: int = Field(default=0, ge=0)
    """List answers still to come that lack both nextPageToken and nextSyncToken."""
    page_token_lifetime_s: float = 3600.0
    """Age at which a page token is refused."""
    expired_page_token_code: Literal[400, 410] = 400
    """How it is refused."""
    sync_token_lifetime_days: float = 7.0
    """Age at which a sync token is refused with 410."""
    updated_min_limit_days: float = 30.0
    """How far back updatedMin may reach."""

    # Quota
    units_per_minute: int | None = 600
    """Units per account (or quotaUser) in any 60 s; None: unlimited."""
    project_units_per_minute: int | None = 10_000
    """Units of all accounts together in any 60 s."""
    rate_limit_code: Literal[403, 429] = 403
    """Status of a refusal for speed."""
    rate_limit_reason: Literal["rateLimitExceeded", "userRateLimitExceeded", "dailyLimitExceeded"] = (
        "rateLimitExceeded"
    )
    """Its reason; the last one is that of older projects, and lasts until the next day."""
    retry_after_s: int | None = None
    """Value of its Retry-After header, which Google does not promise."""
    burst_writes: int | None = Field(default=None, gt=0)
    """Writes that one calendar takes within `burst_window_s`; None: no such limit."""
    burst_window_s: float = 10.0
    """See `burst_writes`."""
    quota_exceeded: bool = False
    """Every write is refused with 403 quotaExceeded; reads work."""
    quota_exceeded_after: int | None = Field(default=None, ge=0)
    """Writes still taken before that begins by itself."""

    # Batches
    batch_collisions: bool = True
    """A second write to one event in the same batch gets 409 conflict."""
    batch_shuffle: bool = False
    """Answers come in another order than the parts."""
    batch_drop_parts: int = Field(default=0, ge=0)
    """So many parts at the end of each batch go unanswered, although they took effect."""
    batch_cut_next: int = Field(default=0, ge=0)
    """Batches still to come whose answer breaks off in the middle, although all parts took effect."""

    # Form of errors
    error_status_field: bool = False
    """Newer fronts add `error.status`."""
