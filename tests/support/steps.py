"""Work counted in steps, which no busy machine changes: of a regular expression, and of a Python function.

The matcher is a plain backtracking one over Python's own reading of a pattern: it tries what `re` tries, in
the same order, and counts every attempt.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from typing import Any


def calls_of(work: Callable[[], object]) -> int:
    """Functions called while it works, those of C included."""
    count = 0

    def note(_frame: object, event: str, _arg: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def steps_of(pattern: re.Pattern[str], text: str) -> int:
    """Attempts that finding every match in the text takes."""
    matcher = _Matcher(pattern, text)
    position = 0
    while position <= len(text):
        end = next(matcher.run(0, position), None)
        position = end if end is not None and end > position else position + 1
    return matcher.steps


class _Matcher:
    """One pattern over one text."""

    def __init__(self, pattern: re.Pattern[str], text: str) -> None:
        tree = re._parser.parse(pattern.pattern, pattern.flags)  # type: ignore[attr-defined]
        self._sequences: list[list[Any]] = []
        self._root = self._keep(tree)
        self._text = text.casefold() if pattern.flags & re.IGNORECASE else text
        self._folds = bool(pattern.flags & re.IGNORECASE)
        self.steps = 0

    def _keep(self, tree: Any) -> list[Any]:
        return [(str(op), self._kept(str(op), value)) for op, value in tree]

    def _kept(self, op: str, value: Any) -> Any:
        if op in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
            low, high, body = value
            return int(low), int(high) if str(high) != "MAXREPEAT" else 10**9, self._keep(body)
        if op == "SUBPATTERN":
            return self._keep(value[-1])
        if op == "BRANCH":
            return [self._keep(one) for one in value[1]]
        if op in {"ASSERT", "ASSERT_NOT"}:
            return self._keep(value[1]) if value[0] > 0 else None
        return value

    def run(self, _: int, position: int) -> Iterator[int]:
        """Ends of matches that begin here, as `re` would try them."""
        return self._sequence(self._root, 0, position)

    def _sequence(self, nodes: list[Any], index: int, position: int) -> Iterator[int]:
        if index == len(nodes):
            yield position
            return
        op, value = nodes[index]
        for end in self._node(op, value, position):
            yield from self._sequence(nodes, index + 1, end)

    def _node(self, op: str, value: Any, position: int) -> Iterator[int]:
        self.steps += 1
        if op == "SUBPATTERN":
            yield from self._sequence(value, 0, position)
        elif op == "BRANCH":
            for branch in value:
                yield from self._sequence(branch, 0, position)
        elif op in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
            yield from self._repeat(op, value, position)
        elif op in {"ASSERT", "ASSERT_NOT"}:
            found = value is not None and next(self._sequence(value, 0, position), None) is not None
            if value is None or found == (op == "ASSERT"):
                yield position
        elif op == "AT":
            if self._is_at(str(value), position):
                yield position
        elif position < len(self._text) and self._fits(op, value, self._text[position]):
            yield position + 1

    def _repeat(self, op: str, value: Any, position: int) -> Iterator[int]:
        low, high, body = value
        ends = [position]
        if op == "MIN_REPEAT":
            while True:
                if len(ends) > low:
                    yield ends[-1]
                if len(ends) > high or (end := next(self._sequence(body, 0, ends[-1]), None)) is None:
                    return
                ends.append(end)
        while len(ends) <= high:
            end = next(self._sequence(body, 0, ends[-1]), None)
            if end is None or end == ends[-1]:
                break
            ends.append(end)
        for end in reversed(ends[low:]):
            self.steps += 1
            yield end

    def _is_at(self, where: str, position: int) -> bool:
        if where.endswith("BOUNDARY"):
            before = position > 0 and _is_word(self._text[position - 1])
            after = position < len(self._text) and _is_word(self._text[position])
            return (before != after) == ("NON" not in where)
        return position == (0 if "BEGINNING" in where else len(self._text))

    def _fits(self, op: str, value: Any, letter: str) -> bool:
        if op == "ANY":
            return letter != "\n"
        if op in {"LITERAL", "NOT_LITERAL"}:
            wanted = chr(value).casefold() if self._folds else chr(value)
            return (letter == wanted) == (op == "LITERAL")
        if op != "IN":
            raise NotImplementedError(op)
        negated = str(value[0][0]) == "NEGATE"
        return any(self._is_one(str(kind), what, letter) for kind, what in value) != negated

    def _is_one(self, kind: str, what: Any, letter: str) -> bool:
        if kind == "LITERAL":
            return letter == (chr(what).casefold() if self._folds else chr(what))
        if kind == "RANGE":
            return bool(what[0] <= ord(letter) <= what[1])
        if kind == "CATEGORY":
            name = str(what)
            if name.endswith("SPACE"):
                return letter.isspace() != ("NOT" in name)
            return (letter.isdigit() if name.endswith("DIGIT") else _is_word(letter)) != ("NOT" in name)
        return False


def _is_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_"
