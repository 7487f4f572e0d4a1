"""Colours of categories can be told apart by everybody, and words on them can be read."""

from itertools import combinations

import pytest

from syncd.reporting.design.palette import DARK, LIGHT, NUMBERS, PAPER, Rgb, Theme, contrast, palette_css

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
APART = 0.08
"""Distance in Oklab, where 0.02 is what eyes just tell apart side by side."""


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


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("eyes", [EVERYBODY, WITHOUT_RED, WITHOUT_GREEN], ids=["all", "protan", "deutan"])
def test_any_two_categories_are_told_apart(eyes: Matrix, theme: Theme) -> None:
    alike = [
        (one, other)
        for one, other in combinations(NUMBERS, 2)
        if distance(theme.fills[one], theme.fills[other], eyes) < APART
    ]
    assert alike == []


def test_the_distance_calls_red_and_green_of_one_brightness_alike_for_eyes_without_green() -> None:
    assert distance("#b04040", "#6e6620", EVERYBODY) > APART
    assert distance("#b04040", "#6e6620", WITHOUT_GREEN) < APART


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_words_keep_the_contrast_of_wcag_aa_on_every_ground(theme: Theme) -> None:
    grounds = theme.grounds
    pairs = [(theme.ink_on(number), theme.fills[number]) for number in NUMBERS]
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
    assert {tuple(theme.fills) for theme in THEMES.values()} == {NUMBERS}
    assert palette_css().count("--c11:") == 3
