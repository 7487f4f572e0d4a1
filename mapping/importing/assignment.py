"""The best one-to-one assignment over a whole table, by the Hungarian method."""

from __future__ import annotations

from collections.abc import Sequence

_INFINITE = float("inf")


def best_assignment(scores: Sequence[Sequence[float]]) -> list[int | None]:
    """For each row the column that makes the sum of the scores largest; None where it gains nothing.

    A score of 0 or less means that the two may not be put together.
    """
    rows, columns = len(scores), max((len(row) for row in scores), default=0)
    if not rows:
        return []
    size = columns + rows
    # Each row may also take a column of its own that gives nothing.
    cost = [
        [-row[j] if j < len(row) and row[j] > 0 else 0.0 if j == columns + i else 1e6 for j in range(size)]
        for i, row in enumerate(scores)
    ]
    taken = _hungarian(cost, size)
    return [j if j < columns and scores[i][j] > 0 else None for i, j in enumerate(taken)]


def _hungarian(  # noqa: C901 - one published algorithm, kept in one piece
    cost: list[list[float]], size: int
) -> list[int]:
    """Shortest augmenting paths with potentials, O(rows² · columns)."""
    rows = len(cost)
    row_potential, column_potential = [0.0] * (rows + 1), [0.0] * (size + 1)
    owner, way = [0] * (size + 1), [0] * (size + 1)
    for row in range(1, rows + 1):
        owner[0] = row
        column = 0
        least = [_INFINITE] * (size + 1)
        used = [False] * (size + 1)
        while owner[column]:
            used[column] = True
            current, delta, following = owner[column], _INFINITE, 0
            line = cost[current - 1]
            base = row_potential[current]
            for j in range(1, size + 1):
                if used[j]:
                    continue
                reduced = line[j - 1] - base - column_potential[j]
                if reduced < least[j]:
                    least[j], way[j] = reduced, column
                if least[j] < delta:
                    delta, following = least[j], j
            for j in range(size + 1):
                if used[j]:
                    row_potential[owner[j]] += delta
                    column_potential[j] -= delta
                else:
                    least[j] -= delta
            column = following
        while column:
            owner[column] = owner[way[column]]
            column = way[column]
    result = [0] * rows
    for j in range(1, size + 1):
        if owner[j]:
            result[owner[j] - 1] = j - 1
    return result
