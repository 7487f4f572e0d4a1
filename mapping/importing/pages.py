"""What a reader hands over: tables and lines of a document in their order, each with its place, nothing judged."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where something stands: a page (1-based) or a sheet (its name), and there a table, row and column."""

    page: int | None = None
    sheet: str | None = None
    table: int | None = None
    """1-based on its page or sheet; in a Word file, which has no pages, in the document."""
    row: int | None = None
    column: int | None = None

    def as_json(self) -> dict[str, Any]:
        """``page`` or ``sheet`` first, then what is known."""
        place: dict[str, Any] = {"sheet": self.sheet} if self.sheet is not None else {"page": self.page}
        for name in ("table", "row", "column"):
            value = getattr(self, name)
            if value is not None:
                place[name] = value
        return place

    def __str__(self) -> str:
        where = (
            [f"sheet {self.sheet}"] if self.sheet is not None else [f"page {self.page}"] if self.page else []
        )
        where += [
            f"{name} {value}"
            for name in ("table", "row", "column")
            if (value := getattr(self, name)) is not None
        ]
        return ", ".join(where) or "the document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle on a page, in points from its upper left corner."""

    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell as printed. ``text`` keeps its line ends; ``spot.column`` is the first column it covers."""

    spot: Spot
    text: str
    columns: int = 1
    """How many columns of the table it covers."""
    rows: int = 1
    day: date | None = None
    """Where the cell holds a real date and not text."""
    remarks: tuple[str, ...] = ()
    """Why the text alone does not say it all: tracked changes, struck out words, a formula."""
    automatic: bool = False
    """A number that the word processor counts and the file does not hold."""
    box: Box | None = None

    @property
    def is_empty(self) -> bool:
        return not self.text.strip() and self.day is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table as printed on one page, one sheet, or in a Word file."""

    spot: Spot
    width: int
    rows: tuple[tuple[Cell, ...], ...]
    guessed: bool = False
    """Its columns have no lines: they were told by the gaps between words."""
    ends_page: bool = False
    """It is the last thing on its page."""
    begins_page: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line or paragraph outside every table."""

    spot: Spot
    text: str
    running: bool = False
    """Printed on every page: a page number, a running head."""
    box: Box | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something that no entry may be made from, or that keeps the whole document from being used."""

    spot: Spot
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDocument:
    """A document as read: what stands in it, in order, and what could not be read."""

    kind: str
    engine: str
    """Names and versions of what read it, the second reader too."""
    blocks: tuple[Table | Line, ...] = ()
    refused: tuple[Trouble, ...] = ()
    unread: tuple[Trouble, ...] = ()
    """Words that only the second reader found."""
    remarks: tuple[Trouble, ...] = ()
    """What was left out on purpose and should be known: hidden sheets, comments."""
    pages: tuple[tuple[float, float], ...] = ()
    """Width and height of each page in points."""

    @property
    def tables(self) -> Iterator[Table]:
        return (block for block in self.blocks if isinstance(block, Table))

    @property
    def lines(self) -> Iterator[Line]:
        return (block for block in self.blocks if isinstance(block, Line))


# --- to and from plain values, since the reader is a process of its own ---------------------------


def to_plain(document: SourceDocument) -> dict[str, Any]:
    """As JSON takes it."""
    return {
        "kind": document.kind,
        "engine": document.engine,
        "blocks": [_block_to_plain(block) for block in document.blocks],
        **{
            name: [{"spot": _spot_to_plain(one.spot), "text": one.text} for one in getattr(document, name)]
            for name in ("refused", "unread", "remarks")
        },
        "pages": [list(size) for size in document.pages],
    }


def from_plain(value: Mapping[str, Any]) -> SourceDocument:
    """Back from `to_plain`. Raises KeyError, TypeError or ValueError where it is not such a value."""
    return SourceDocument(
        kind=str(value["kind"]),
        engine=str(value["engine"]),
        blocks=tuple(_block_from_plain(block) for block in value["blocks"]),
        refused=_troubles(value["refused"]),
        unread=_troubles(value["unread"]),
        remarks=_troubles(value["remarks"]),
        pages=tuple((float(width), float(height)) for width, height in value["pages"]),
    )


def _troubles(values: list[Mapping[str, Any]]) -> tuple[Trouble, ...]:
    return tuple(Trouble(spot=Spot(**value["spot"]), text=str(value["text"])) for value in values)


def _spot_to_plain(spot: Spot) -> dict[str, Any]:
    names = ("page", "sheet", "table", "row", "column")
    return {name: value for name in names if (value := getattr(spot, name)) is not None}


def _box_to_plain(box: Box | None) -> list[float] | None:
    return [round(value, 2) for value in (box.x0, box.top, box.x1, box.bottom)] if box is not None else None


def _box_from_plain(value: list[float] | None) -> Box | None:
    return Box(x0=value[0], top=value[1], x1=value[2], bottom=value[3]) if value is not None else None


def _block_to_plain(block: Table | Line) -> dict[str, Any]:
    spot = _spot_to_plain(block.spot)
    if isinstance(block, Line):
        return {"spot": spot, "text": block.text, "running": block.running, "box": _box_to_plain(block.box)}
    return {
        "spot": spot,
        "width": block.width,
        "guessed": block.guessed,
        "ends_page": block.ends_page,
        "begins_page": block.begins_page,
        "rows": [[_cell_to_plain(cell) for cell in row] for row in block.rows],
    }


def _block_from_plain(value: Mapping[str, Any]) -> Table | Line:
    spot = Spot(**value["spot"])
    if "rows" not in value:
        return Line(
            spot=spot,
            text=visible(str(value["text"])),
            running=bool(value["running"]),
            box=_box_from_plain(value["box"]),
        )
    return Table(
        spot=spot,
        width=int(value["width"]),
        guessed=bool(value["guessed"]),
        ends_page=bool(value["ends_page"]),
        begins_page=bool(value["begins_page"]),
        rows=tuple(tuple(_cell_from_plain(cell) for cell in row) for row in value["rows"]),
    )


_JOINERS = frozenset("\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}")


def visible(text: str) -> str:
    """Without what nobody sees and no data file may hold: marks of direction, control characters, soft hyphens."""
    if text.isprintable():
        return text
    return "".join(filter(None, map(_seen, text)))


def _seen(char: str) -> str:
    if char.isprintable() or char in _JOINERS or char in "\n\t" or unicodedata.category(char) == "Zs":
        return char
    return " " if char.isspace() else ""


_PLAIN_DEFAULTS: Mapping[str, Any] = {"columns": 1, "rows": 1, "automatic": False}


def _cell_to_plain(cell: Cell) -> dict[str, Any]:
    plain: dict[str, Any] = {"spot": _spot_to_plain(cell.spot), "text": cell.text}
    plain |= {n: getattr(cell, n) for n, default in _PLAIN_DEFAULTS.items() if getattr(cell, n) != default}
    if cell.day is not None:
        plain["day"] = cell.day.isoformat()
    if cell.remarks:
        plain["remarks"] = list(cell.remarks)
    if cell.box is not None:
        plain["box"] = _box_to_plain(cell.box)
    return plain


def _cell_from_plain(value: Mapping[str, Any]) -> Cell:
    day = value.get("day")
    return Cell(
        spot=Spot(**value["spot"]),
        text=visible(str(value["text"])),
        columns=int(value.get("columns", 1)),
        rows=int(value.get("rows", 1)),
        automatic=bool(value.get("automatic", False)),
        day=date.fromisoformat(day) if day is not None else None,
        remarks=tuple(map(str, value.get("remarks", ()))),
        box=_box_from_plain(value.get("box")),
    )
