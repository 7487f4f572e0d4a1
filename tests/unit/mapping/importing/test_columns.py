"""Which term a header names, in the languages of the package."""

import pytest

from mapping.importing.columns import signatures


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Primer semestre", "1 semester"),
        ("Segundo semestre 2027", "2 semester"),
        ("Premier semestre", "1 semester"),
        ("Zweites Semester", "2 semester"),
        ("Birinci trimester", "1 trimester"),
        ("الفصل الأول", "1 semester"),
        ("الفصل الدراسي الثاني", "2 semester"),
    ],
)
def test_a_counted_term_is_known_by_its_ordinal(text: str, expected: str) -> None:
    assert signatures(text) == {expected}


def test_a_title_that_counts_no_term_names_none() -> None:
    assert signatures("Segundo llamado de exámenes") == frozenset()
