"""Colours of categories can be told apart by everybody, and words on them can be read."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.reporting.design.palette import (
    DARK,
    FILLS,
    LIGHT,
    NUMBERS,
    PAPER,
    Rgb,
    Theme,
    contrast,
    fills_of,
    palette_css,
)
from syncd.source.folder import load_calendar

THEMES = {"light": LIGHT, "dark": DARK, "paper": PAPER}
Matrix = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]
EVERYBODY: Matrix = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
# G. M. Machado, M. M. Oliveira, L. A. F. Fernandes: A Physiologically-based Model for Simulation of Color Vision
# Deficiency, 2009; severity 1.0, over linear light.
WITHOUT_RED: Matrix = (
    (0.152286, 1.052583, -0.204868),
    (0.114503, 0.786281, 0.099216),
    (-0.003882, -0.048116, 1.051998),
)
WITHOUT_GREEN: Matrix = (
    (0.367322, 0.860646, -0.227968),
    (0.280085, 0.672501, 0.047413),
    (-0.011820, 0.042940, 0.968881),
)
# The same model, whose authors call it an approximation for eyes without blue cones.
WITHOUT_BLUE: Matrix = (
    (1.255528, -0.076749, -0.178779),
    (-0.078411, 0.930809, 0.147602),
    (0.004733, 0.691367, 0.303900),
)
EYES = {"all": EVERYBODY, "protan": WITHOUT_RED, "deutan": WITHOUT_GREEN, "tritan": WITHOUT_BLUE}
APART = 0.055
"""Distance in Oklab, where 0.02 is what eyes just tell apart side by side."""
FAR_APART = 0.08
"""That of the eleven main fills, to all but the few people without blue cones."""


def seen(code: str, eyes: Matrix) -> tuple[float, float, float]:
    """A colour as those eyes see it, in Oklab (B. Ottosson, 2020)."""
    light = Rgb.of(code)
    red, green, blue = (
        min(1.0, max(0.0, sum(a * b for a, b in zip(row, light, strict=True)))) for row in eyes
    )
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def distance(one: str, other: str, eyes: Matrix) -> float:
    pairs = zip(seen(one, eyes), seen(other, eyes), strict=True)
    return float(sum((a - b) ** 2 for a, b in pairs) ** 0.5)


def alike(theme: Theme, names: tuple[str, ...], eyes: Matrix, least: float) -> list[tuple[str, str]]:
    fills = theme.fills
    pairs = combinations(names, 2)
    return [(one, other) for one, other in pairs if distance(fills[one], fills[other], eyes) < least]


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("eyes", EYES.values(), ids=EYES)
def test_any_two_categories_are_told_apart(eyes: Matrix, theme: Theme) -> None:
    assert alike(theme, FILLS, eyes, APART) == []
    if eyes is not WITHOUT_BLUE:
        assert alike(theme, NUMBERS, eyes, FAR_APART) == []


def test_the_distance_calls_colours_alike_for_eyes_that_lack_what_tells_them_apart() -> None:
    for one, other, eyes in (
        ("#b04040", "#6e6620", WITHOUT_GREEN),
        ("#804040", "#454a40", WITHOUT_RED),
        ("#5a8f50", "#508caa", WITHOUT_BLUE),
    ):
        assert distance(one, other, EVERYBODY) > FAR_APART
        assert distance(one, other, eyes) < APART


def test_no_two_categories_of_the_shipped_calendar_look_alike() -> None:
    """Also where they have one number at Google; the first of them keeps that number's fill."""
    calendar, _ = load_calendar(None)
    numbers = {name: one.colour for name, one in calendar.university.categories.items()}
    fills = fills_of(numbers)
    assert len(numbers) > len(NUMBERS)
    assert len(set(fills.values())) == len(numbers)
    assert {number: fills[name] for name, number in reversed(numbers.items())} == {
        number: number for number in numbers.values()
    }


@given(st.lists(st.sampled_from(NUMBERS), max_size=30))
def test_fills_are_shared_only_where_there_are_none_left(given_numbers: list[str]) -> None:
    numbers = {f"category-{place}": number for place, number in enumerate(given_numbers)}
    fills = fills_of(numbers)
    assert fills.keys() == numbers.keys()
    assert set(fills.values()) <= set(FILLS)
    assert len(set(fills.values())) == min(len(numbers), len(FILLS))


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_words_keep_the_contrast_of_wcag_aa_on_every_ground(theme: Theme) -> None:
    grounds = theme.grounds
    pairs = [(theme.ink_on(fill), theme.fills[fill]) for fill in FILLS]
    pairs += [
        (grounds[ink], grounds[ground])
        for ink in ("ink", "soft", "mark", "link")
        for ground in ("paper", "wash", "off")
    ]
    pairs += [(grounds[name], grounds[f"{name}-wash"]) for name in ("add", "move", "gone")]
    assert [pair for pair in pairs if contrast(*pair) < 4.5] == []


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_edges_of_form_fields_stand_out_from_the_page(theme: Theme) -> None:
    assert contrast(theme.grounds["edge"], theme.grounds["paper"]) >= 3


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_every_theme_speaks_of_the_same_names() -> None:
    assert LIGHT.grounds.keys() == DARK.grounds.keys() == PAPER.grounds.keys()
    assert {tuple(theme.fills) for theme in THEMES.values()} == {FILLS}
    assert palette_css().count("--c22:") == 3
