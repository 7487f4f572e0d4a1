"""Numbers that Word counts by itself: as Word would print them, since the file does not hold them."""

from __future__ import annotations

from typing import Any, Protocol

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


class HasNumbering(Protocol):
    """Tells the numbering of a paragraph, its style's too."""

    def numbering_of(self, paragraph: Any) -> Any: ...


class Numbering:
    """Counts list paragraphs in the order of the document."""

    def __init__(self, root: Any) -> None:
        self._abstract: dict[str, Any] = {}
        self._lists: dict[str, str] = {}
        self._counts: dict[tuple[str, int], int] = {}
        if root is None:
            return
        for one in root.iter(f"{_W}abstractNum"):
            self._abstract[one.get(f"{_W}abstractNumId", "")] = one
        for one in root.iter(f"{_W}num"):
            abstract = one.find(f"{_W}abstractNumId")
            self._lists[one.get(f"{_W}numId", "")] = (
                abstract.get(f"{_W}val", "") if abstract is not None else ""
            )

    def next(self, paragraph: Any, styles: HasNumbering) -> str:
        """The number that stands before the paragraph; "" without, "•" for a bullet."""
        numbering = styles.numbering_of(paragraph)
        if numbering is None:
            return ""
        name = _value(numbering, "numId")
        level = int(_value(numbering, "ilvl") or 0)
        abstract = self._abstract.get(self._lists.get(name, ""))
        if name in {"", "0"} or abstract is None:
            return ""
        levels = {int(one.get(f"{_W}ilvl", "0")): one for one in abstract.iter(f"{_W}lvl")}
        if level not in levels:
            return ""
        list_id = self._lists[name]
        for deeper in [key for key in self._counts if key[0] == list_id and key[1] > level]:
            del self._counts[deeper]
        start = int(_value(levels[level], "start") or 1)
        self._counts[list_id, level] = self._counts.get((list_id, level), start - 1) + 1
        text = _value(levels[level], "lvlText")
        if _value(levels[level], "numFmt") == "bullet":
            return ""
        for index in range(level + 1):
            if index in levels:
                count = self._counts.get((list_id, index), int(_value(levels[index], "start") or 1))
                text = text.replace(f"%{index + 1}", _printed(count, _value(levels[index], "numFmt")))
        return text.strip()


def _value(element: Any, name: str) -> str:
    found = element.find(f"{_W}{name}")
    return found.get(f"{_W}val", "") if found is not None else ""


def _printed(number: int, kind: str) -> str:
    if kind in {"upperRoman", "lowerRoman"}:
        roman = _roman(number)
        return roman if kind == "upperRoman" else roman.lower()
    if kind in {"upperLetter", "lowerLetter"} and number >= 1:
        letter = chr(ord("A") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if kind == "upperLetter" else letter.lower()
    return str(number)


def _roman(number: int) -> str:
    out = ""
    for value, letters in (
        (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
    ):  # fmt: skip
        while number >= value:
            out, number = out + letters, number - value
    return out
