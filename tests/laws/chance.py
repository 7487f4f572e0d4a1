"""What chance picks from in the generated worlds: entries, faults, kills, and values that no syncd wrote."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st

from tests.laws.storm import LOOK_FAULTS, READ_FAULTS, WRITE_FAULTS, Strike
from tests.support.almanac import POOL, Line

ODD_ROWS: Final = (
    "UPDATE ids SET first_day = '20x1'",
    "UPDATE ids SET title = CAST(x'ff41' AS TEXT)",
    "UPDATE contexts SET retry_at = 'soon'",
    "UPDATE contexts SET epoch = x'00'",
    "INSERT OR REPLACE INTO facts VALUES ('health', '{')",
    "INSERT OR REPLACE INTO waiting VALUES ('d', 1.0, '[]', '[]', 0)",
    "PRAGMA user_version = 1",
)
"""Values that no syncd wrote."""
MAKES: Final = ("", "cuts titles", "numbers titles", "adds to texts")
"""What a service may make of what it is sent."""

LINES = st.builds(
    Line,
    first=st.integers(0, 30),
    count=st.sampled_from([1, 2, 5, 20]),
    words=st.integers(0, 3),
    term=st.sampled_from(["all", "all", "michaelmas", "hilary"]),
)
NAMES = st.integers(1, POOL).map(lambda number: f"entry-{number}")
PICK = st.integers(0, 1000)
STRIKES = st.lists(
    st.one_of(
        st.builds(
            Strike,
            at=st.just("write"),
            number=st.integers(0, 5),
            what=st.sampled_from(WRITE_FAULTS),
            after=st.booleans(),
        ),
        st.builds(
            Strike,
            at=st.just("read"),
            number=st.integers(0, 4),
            what=st.sampled_from(READ_FAULTS),
            after=st.booleans(),
        ),
        st.builds(
            Strike,
            at=st.just("look"),
            number=st.integers(0, 8),
            what=st.sampled_from(LOOK_FAULTS),
            after=st.booleans(),
        ),
        st.builds(
            Strike,
            at=st.just("commit"),
            number=st.integers(0, 30),
            what=st.just("kill"),
            after=st.booleans(),
        ),
        st.builds(
            Strike,
            at=st.just("plan"),
            number=st.integers(0, 5),
            what=st.just("odd"),
            after=st.just(False),
        ),
        st.builds(
            Strike,
            at=st.sampled_from(["sweep", "post"]),
            number=st.integers(0, 5),
            what=st.just("late"),
            after=st.just(True),
        ),
    ),
    min_size=1,
    max_size=4,
)
KILLS = st.builds(
    Strike,
    at=st.sampled_from(["write", "write", "commit", "commit", "commit", "read", "look"]),
    number=st.integers(0, 12),
    what=st.just("kill"),
    after=st.booleans(),
)
