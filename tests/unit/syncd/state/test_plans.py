"""The plan of a cycle, as rows."""

import sqlite3

import pytest

from syncd.state.plans import PlanStore


def test_a_plan_that_is_dropped_takes_its_file_along() -> None:
    store = PlanStore()
    connection = store._connection
    del store
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")
