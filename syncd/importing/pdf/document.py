"""A PDF with text to tables and lines, read twice: by pdfplumber into cells, by PDFium to see that nothing is lost."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pdfplumber
import pypdfium2
from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
from pdfplumber.utils.exceptions import PdfminerException

from mapping.importing.pages import Box, Cell, Line, SourceDocument, Spot, Table, Trouble
from syncd.importing.pdf.direction import BACKWARDS, MOST_BACKWARDS, backwards_share
from syncd.importing.pdf.grid import Area, Memory, areas_of
from syncd.importing.pdf.letters import letters_of, plain
from syncd.importing.pdf.strokes import struck_letters, written
from syncd.importing.refusal import CannotReadError

_MOST_PAGES = 200
_MOST_CHARS = 60_000
"""On one page; a full page of small print has 8,000."""
_RUNNING_MARGIN = 60
"""Points from the upper and lower edge in which running heads and page numbers stand."""
SCAN = (
    "there is no text in this PDF: it is a scan or a picture. Ask for the file it was printed from (Word, Excel), or "
    "let a person type it; text recognition guesses at digits, so it is not tried"
)

TURNED = "the text on the pages is turned on its side; print the document anew, upright"


def read_pdf(path: Path, on_page: Callable[[int, int], None] = lambda _done, _all: None) -> SourceDocument:
    """Every page; ``on_page`` is told how many of all are done. Raises `CannotReadError`."""
    try:
        with pdfplumber.open(path, unicode_norm="NFC") as pdf:
            return _Reader(pdf, path, on_page).read()
    except (PDFPasswordIncorrect, PDFEncryptionError):
        raise CannotReadError("the PDF is protected by a password; save it without one") from None
    except PdfminerException as error:
        if any(isinstance(arg, (PDFPasswordIncorrect, PDFEncryptionError)) for arg in error.args):
            raise CannotReadError("the PDF is protected by a password; save it without one") from None
        raise CannotReadError(f"the PDF is damaged: {error}") from None


@dataclass(frozen=True, slots=True)
class _Page:
    number: int
    blocks: tuple[Table | Line, ...]


class _Reader:
    def __init__(self, pdf: Any, path: Path, on_page: Callable[[int, int], None]) -> None:
        self._pdf, self._path, self._on_page = pdf, path, on_page
        self._unread: list[Trouble] = []
        self._refused: list[Trouble] = []
        self._remarks: list[Trouble] = []
        self._columns = Memory()
        """Edges of columns on the pages before, for tables without lines between them."""

    def read(self) -> SourceDocument:
        count = len(self._pdf.pages)
        if count > _MOST_PAGES:
            raise CannotReadError(f"the PDF has {count} pages; no calendar has more than {_MOST_PAGES}")
        second = pypdfium2.PdfDocument(self._path)
        pages: list[_Page] = []
        sizes: list[tuple[float, float]] = []
        empty = 0
        for number, page in enumerate(self._pdf.pages, start=1):
            sizes.append((float(page.width), float(page.height)))
            read = self._page(number, page, second)
            empty += not read.blocks
            pages.append(read)
            page.close()
            self._on_page(number, count)
        if empty == count:
            raise CannotReadError(TURNED if self._unread else SCAN)
        if backwards_share(_texts(pages)) > MOST_BACKWARDS:
            raise CannotReadError(BACKWARDS)
        return SourceDocument(
            kind="pdf",
            engine=f"pdfplumber {version('pdfplumber')}, PDFium by pypdfium2 {version('pypdfium2')}",
            blocks=tuple(_with_running(pages)),
            refused=tuple(self._refused),
            unread=tuple(self._unread),
            remarks=tuple(self._remarks),
            pages=tuple(sizes),
        )

    def _page(self, number: int, page: Any, second: Any) -> _Page:
        if len(page.chars) > _MOST_CHARS:
            raise CannotReadError(f"there are {len(page.chars)} letters on the page", Spot(page=number))
        page = page.dedupe_chars(tolerance=1)
        turned = [char for char in page.chars if not char.get("upright", True)]
        if turned:
            text = "".join(char["text"] for char in turned).strip()
            self._unread.append(Trouble(spot=Spot(page=number), text=f"turned text: {text[:200]}"))
            page = page.filter(lambda one: one.get("upright", True))
        if not page.chars:
            if page.images or turned:
                spot = Spot(page=number)
                self._refused.append(
                    Trouble(spot=spot, text="the page holds a picture and no text: a scanned page")
                )
            return _Page(number, ())
        areas = list(areas_of(page, self._columns))
        struck = struck_letters(page)
        blocks: list[tuple[float, Table | Line]] = []
        for index, area in enumerate(areas, start=1):
            blocks.append((area.box.top, _table(area, Spot(page=number, table=index), struck)))
        for line in _outside(page, areas):
            spot = Spot(page=number)
            blocks.append((line["top"], Line(spot=spot, text=line["text"], box=_box(line))))
        if outside := [char for char in struck if not any(_over(area.box, char) for area in areas)]:
            self._remarks.append(Trouble(spot=Spot(page=number), text=_struck(outside)))
        blocks.sort(key=lambda one: one[0])
        self._compare(number, page, areas, second)
        for annotation in page.annots:
            note = (annotation.get("contents") or "").strip()
            if note:
                self._unread.append(Trouble(spot=Spot(page=number), text=f"a note or form field: {note}"))
        return _Page(number, _marked([block for _, block in blocks], page.height))

    def _compare(self, number: int, page: Any, areas: Sequence[Area], second: Any) -> None:
        """The letters of each cell, by the second reader, are those of the first."""
        boxes = [(cell.box, Spot(page=number, table=t, row=cell.row, column=cell.column), cell.text)
                 for t, area in enumerate(areas, start=1) for cell in area.cells]  # fmt: skip
        there = letters_of(second, number - 1)
        by_region: list[Counter[str]] = [Counter() for _ in boxes]
        rest: Counter[str] = Counter()
        for letter, x, y in there:
            at = next((i for i, (box, _, _) in enumerate(boxes) if _holds(box, x, y)), None)
            (by_region[at] if at is not None else rest)[letter] += 1
        outside = Counter(plain(" ".join(line["text"] for line in _outside(page, areas))))
        for (_, spot, text), found in zip(boxes, by_region, strict=True):
            self._differ(spot, Counter(plain(text)), found)
        self._differ(Spot(page=number), outside, rest)

    def _differ(self, spot: Spot, first: Counter[str], second: Counter[str]) -> None:
        lost, only = second - first, first - second
        if not lost and not only:
            return
        differences = []
        if lost:
            differences.append(f"only the second reading has {''.join(sorted(lost.elements()))!r}")
        if only:
            differences.append(f"only the first reading has {''.join(sorted(only.elements()))!r}")
        self._unread.append(Trouble(spot=spot, text="the two readings differ: " + "; ".join(differences)))


def _holds(box: Box, x: float, y: float) -> bool:
    return box.x0 <= x < box.x1 and box.top <= y < box.bottom


def _over(box: Box, char: dict[str, Any]) -> bool:
    return _holds(box, (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2)


def _struck(letters: Sequence[dict[str, Any]]) -> str:
    return f"a line is drawn through {written(letters)!r}: look whether it was struck out"


def _texts(pages: Iterable[_Page]) -> Iterator[str]:
    for block in (block for page in pages for block in page.blocks):
        if isinstance(block, Line):
            yield block.text
        else:
            yield from (cell.text for row in block.rows for cell in row)


def _box(value: Any) -> Box:
    return Box(x0=value["x0"], top=value["top"], x1=value["x1"], bottom=value["bottom"])


def _outside(page: Any, areas: Sequence[Area]) -> list[dict[str, Any]]:
    boxes = [area.box for area in areas]

    def is_outside(one: dict[str, Any]) -> bool:
        if one.get("object_type") != "char":
            return True
        return not any(_over(box, one) for box in boxes)

    lines: list[dict[str, Any]] = page.filter(is_outside).extract_text_lines(
        x_tolerance=1.5, return_chars=False
    )
    return [line for line in lines if line["text"].strip()]


def _table(area: Area, spot: Spot, struck: Sequence[dict[str, Any]]) -> Table:
    rows: dict[int, list[Cell]] = {}
    for cell in area.cells:
        place = Spot(page=spot.page, table=spot.table, row=cell.row, column=cell.column)
        remarks = ["it is not certain which columns this cell covers"] * bool(
            cell.unsure and cell.text.strip()
        )
        if through := [char for char in struck if _over(cell.box, char)]:
            remarks.append(_struck(through))
        if backwards_share([cell.text]):
            remarks.append(BACKWARDS)
        rows.setdefault(cell.row, []).append(
            Cell(
                spot=place,
                text=cell.text,
                columns=cell.columns,
                rows=cell.rows,
                box=cell.box,
                remarks=tuple(remarks),
            )
        )
    return Table(
        spot=spot,
        width=area.width,
        rows=tuple(tuple(rows[number]) for number in sorted(rows)),
        guessed=area.guessed,
    )


def _marked(blocks: list[Table | Line], height: float) -> tuple[Table | Line, ...]:
    """Tables that begin or end their page, apart from what stands in the margins."""
    inner = [
        i for i, block in enumerate(blocks) if not (isinstance(block, Line) and _in_margin(block, height))
    ]
    out = list(blocks)
    for position, index in enumerate(inner):
        block = out[index]
        if isinstance(block, Table):
            out[index] = Table(
                spot=block.spot, width=block.width, rows=block.rows, guessed=block.guessed,
                begins_page=position == 0, ends_page=position == len(inner) - 1,
            )  # fmt: skip
    return tuple(out)


def _in_margin(line: Line, height: float) -> bool:
    box = line.box
    return box is not None and (box.bottom < _RUNNING_MARGIN or box.top > height - _RUNNING_MARGIN)


def _with_running(pages: Sequence[_Page]) -> Iterator[Table | Line]:
    """Lines in the margins that are page numbers, or stand on several pages, are running heads."""
    heads: Counter[str] = Counter()
    for page in pages:
        heads.update({_without_digits(one.text) for one in page.blocks if isinstance(one, Line)})
    for page in pages:
        lines = [one for one in page.blocks if isinstance(one, Line)]
        edge: set[int] = {id(one) for one in (*lines[:2], *lines[-2:])}
        for block in page.blocks:
            if isinstance(block, Line) and id(block) in edge and _is_running(block.text, heads, len(pages)):
                yield Line(spot=block.spot, text=block.text, running=True, box=block.box)
            else:
                yield block


def _without_digits(text: str) -> str:
    return "".join(char for char in text if not char.isdigit()).strip()


def _is_running(text: str, heads: Counter[str], pages: int) -> bool:
    bare = _without_digits(text)
    if len(bare) <= 3 and sum(char.isdigit() for char in text) <= 3:
        return True
    return pages > 1 and heads[bare] >= max(2, pages // 2) and len(text) - len(bare) <= 6


def render(path: Path, scale: float) -> Iterable[bytes]:
    """Each page as a PNG picture; ``scale`` is pixels per point."""
    document = pypdfium2.PdfDocument(path)
    for index in range(min(len(document), _MOST_PAGES)):
        picture = document[index].render(scale=scale).to_pil().convert("P", palette=1, colors=32)
        out = io.BytesIO()
        picture.save(out, "PNG", optimize=True)
        yield out.getvalue()
