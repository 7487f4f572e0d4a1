"""Blanks that do not break: between a number and what it counts, and nowhere else."""

import pytest

from mapping.text.typography import NO_BREAK, plain, unbroken


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("5 August 2025", "5~August~2025"),
        ("2025 жылғы 14 тамыз (бейсенбі)", "2025~жылғы 14~тамыз (бейсенбі)"),
        ("14 августа 2025 г. (четверг)", "14~августа~2025~г. (четверг)"),  # noqa: RUF001
        ("протокол № 205-1 от 5 августа", "протокол №~205-1 от 5~августа"),
        ("minutes No. 205-1 of 5 August", "minutes No.~205-1 of 5~August"),
        ("п. IV.2", "п.~IV.2"),
        ("I триместр, 1 курс", "I~триместр, 1~курс"),
        ("Trimester III break", "Trimester~III~break"),
        ("within 10 working days", "within 10~working days"),
        ("in 5 of 7 rooms", "in 5 of 7~rooms"),
        ("years 2, 3 and 4", "years 2, 3~and 4"),
        ("no number here", "no number here"),
        (
            '<a href="https://u.example/2025-2026">2 links</a>',
            '<a href="https://u.example/2025-2026">2~links</a>',
        ),
    ],
)
def test_numbers_and_dates_hold_together(text: str, held: str) -> None:
    assert unbroken(text) == held.replace("~", NO_BREAK)
    assert plain(unbroken(text)) == text


def test_what_is_held_together_once_stays_so() -> None:
    assert unbroken(unbroken("5 August 2025")) == unbroken("5 August 2025")
