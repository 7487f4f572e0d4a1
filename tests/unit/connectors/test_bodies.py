"""JSON from outside is counted before any of it is made, and the count never falls short."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import bodies
from connectors.bodies import MOST_VALUES, NotJsonError, TooManyValuesError, count_values, read_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=8), inner, max_size=5),
    max_leaves=40,
)


def leaves(value: Any) -> int:
    """Values besides the first of each list or object, and the lists and objects themselves."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return 1 + max(0, len(value) - 1) + sum(leaves(one) for one in value)
    return 0


@given(VALUES, st.integers(1, 9), st.booleans())
def test_the_count_is_exact_whatever_stands_in_quotes_and_wherever_pieces_end(
    value: Any, piece: int, plain: bool
) -> None:
    body = json.dumps(value, ensure_ascii=plain).encode("utf-8", "surrogatepass")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bodies, "_PIECE", piece)
        assert count_values(body) == leaves(value)


def test_a_body_of_a_few_large_texts_is_read_and_one_of_many_tiny_values_is_not() -> None:
    texts = json.dumps([{"id": at, "description": ", [{" * 100_000} for at in range(20)]).encode()
    assert len(read_json(texts)) == 20
    with pytest.raises(TooManyValuesError):
        read_json(b"[" + b"[]," * (MOST_VALUES + 1) + b"[]]")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[" * 100_000, b'{"a":' * 5_000, b"<html>", b"\xff\xfe", b"NaN"]
)
def test_what_is_no_json_says_so(body: bytes) -> None:
    with pytest.raises(NotJsonError):
        read_json(body)


def test_a_number_of_thousands_of_digits_is_read_or_refused_and_nothing_else() -> None:
    with contextlib.suppress(NotJsonError):
        read_json(b'{"id": ' + b"9" * 5_000 + b"}")
