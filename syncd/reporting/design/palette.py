"""One colour for each of Google's eleven numbers and as many kin of theirs, in light and dark, and the neutral grounds.

A category has the fill of its number; of several with one number, each further one has a kin of that fill, since
in a legend they stand side by side. Chosen so that any two fills are told apart by eyes without red, green or blue
cones as by others, and that words on a fill keep the contrast of WCAG AA; the tests work both out. A colour never
speaks alone: its name stands by.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

NUMBERS = tuple(str(number) for number in range(1, 12))
"""Google's colorIds, as categories name them."""
_KIN = {
    "1": ("20",),
    "2": ("19",),
    "3": ("18",),
    "4": ("21",),
    "5": ("15", "16"),
    "6": ("17",),
    "7": ("22",),
    "9": ("12",),
    "10": ("13", "14"),
}
"""A number to the fills that are near it."""
FILLS = (*NUMBERS, *sorted((one for kin in _KIN.values() for one in kin), key=int))
"""Every fill by its name."""

_ON_LIGHT, _ON_DARK = "#161513", "#ffffff"
_CHANNEL_BREAK = 0.04045


class Rgb(NamedTuple):
    """A colour as light, linear, each part from 0 to 1."""

    red: float
    green: float
    blue: float

    @classmethod
    def of(cls, code: str) -> Rgb:
        """Of ``#rrggbb``."""
        parts = (int(code[place : place + 2], 16) / 255 for place in (1, 3, 5))
        return cls(
            *(one / 12.92 if one <= _CHANNEL_BREAK else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
        )

    @property
    def luminance(self) -> float:
        return 0.2126 * self.red + 0.7152 * self.green + 0.0722 * self.blue


def fills_of(categories: Mapping[str, str]) -> Mapping[str, str]:
    """Category to fill, from category to Google's number, in the order of the university's file.

    No two have the same as long as there are no more categories than fills.
    """
    named = set(categories.values())
    found: dict[str, str] = {}
    taken: set[str] = set()
    for category, number in categories.items():
        spare = (one for one in FILLS if one not in named)
        choices = (number, *_KIN.get(number, ()), *spare)
        found[category] = next((one for one in choices if one not in taken), number)
        taken.add(found[category])
    return found


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2, from 1 to 21."""
    lighter, darker = sorted((Rgb.of(one).luminance, Rgb.of(other).luminance), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """``grounds``: what is no category's, by name; ``fills``: by their names."""

    grounds: Mapping[str, str]
    fills: Mapping[str, str]

    def ink_on(self, fill: str) -> str:
        """The colour of words on a fill: whichever is read more easily."""
        return max((_ON_LIGHT, _ON_DARK), key=lambda ink: contrast(ink, self.fills[fill]))

    def variables(self) -> Iterator[str]:
        """CSS custom properties: ``--NAME`` of each ground, ``--cN`` and ``--tN`` of each fill and its words."""
        yield from (f"--{name}:{code}" for name, code in self.grounds.items())
        for number, code in self.fills.items():
            yield f"--c{number}:{code}"
            yield f"--t{number}:{self.ink_on(number)}"


# paper: the page; wash: weekends and quiet boxes; off: the cells of days off; mark: today and days off;
# line: hairlines; edge: around pale fills and form fields; add, move, gone: what a plan does.
_LIGHT_GROUNDS = {
    "ink": "#1c1b19",
    "soft": "#5f5c55",
    "paper": "#fdfcf9",
    "line": "#dcd8ce",
    "edge": "#807b70",
    "wash": "#f4f1e9",
    "off": "#fbe6e1",
    "mark": "#a3271d",
    "link": "#1f4e79",
    "add": "#1a5c33",
    "add-wash": "#e0f1e4",
    "move": "#714900",
    "move-wash": "#fbeed3",
    "gone": "#8f251d",
    "gone-wash": "#f9e3e0",
}

LIGHT = Theme(
    grounds=_LIGHT_GROUNDS,
    fills={
        "1": "#aeb1ed",
        "2": "#c8eaca",
        "3": "#8c56a3",
        "4": "#f3aead",
        "5": "#e1d782",
        "6": "#d5954c",
        "7": "#aad9f1",
        "8": "#95958c",
        "9": "#4b5c6e",
        "10": "#4c7728",
        "11": "#85111b",
        "12": "#81a1db",
        "13": "#673441",
        "14": "#6d8b1a",
        "15": "#cfc14f",
        "16": "#675700",
        "17": "#c07c57",
        "18": "#690355",
        "19": "#5aca84",
        "20": "#423d78",
        "21": "#aba5a9",
        "22": "#6293b7",
    },
)
DARK = Theme(
    grounds={
        "ink": "#e9e6de",
        "soft": "#aba69b",
        "paper": "#1a1917",
        "line": "#3b3934",
        "edge": "#858075",
        "wash": "#242320",
        "off": "#442420",
        "mark": "#f3a298",
        "link": "#9cc3e6",
        "add": "#8fd3a4",
        "add-wash": "#1d3325",
        "move": "#e8c27a",
        "move-wash": "#3a2f19",
        "gone": "#f0a49d",
        "gone-wash": "#402320",
    },
    fills={
        "1": "#858fb4",
        "2": "#203e36",
        "3": "#713176",
        "4": "#d4b5b4",
        "5": "#e5dfc0",
        "6": "#be763e",
        "7": "#83dbf7",
        "8": "#727068",
        "9": "#5871ab",
        "10": "#8ab078",
        "11": "#a43e21",
        "12": "#3a479e",
        "13": "#a2c47b",
        "14": "#b9da87",
        "15": "#c8933c",
        "16": "#9f8b7a",
        "17": "#a96326",
        "18": "#884680",
        "19": "#c4edef",
        "20": "#2498e9",
        "21": "#7b3410",
        "22": "#58b8d9",
    },
)
PAPER = Theme(
    grounds={
        **_LIGHT_GROUNDS,
        "ink": "#000000",
        "soft": "#444444",
        "paper": "#ffffff",
        "line": "#bbbbbb",
        "link": "#000000",
    },
    fills=LIGHT.fills,
)
"""As it is printed."""


def palette_css() -> str:
    """The custom properties of every theme, and a class ``cN`` for each fill; ``c`` alone is no category's."""
    light, dark, paper = (f":root{{{';'.join(theme.variables())}}}" for theme in (LIGHT, DARK, PAPER))
    classes = "".join(f".c{one}{{background:var(--c{one});color:var(--t{one})}}\n" for one in FILLS)
    return (
        f"{light}\n@media (prefers-color-scheme:dark){{{dark}}}\n@media print{{{paper}}}\n"
        f".c{{background:var(--wash);color:var(--ink)}}\n{classes}"
    )
