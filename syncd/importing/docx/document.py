"""A Word document to tables and lines, by an own small reader: libraries lose content controls, insertions and fields.

The final text counts, as Word prints it after all changes are accepted; where something changes the meaning
(tracked changes, struck out or hidden words, a field, a footnote) the cell says so.
"""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from lxml import etree

from mapping.importing.pages import Cell, Line, SourceDocument, Spot, Table, Trouble
from syncd.importing.archive import member, open_archive, xml
from syncd.importing.docx.elements import (
    DROPPED,
    MC,
    SEEN_THROUGH,
    W,
    cells_of,
    character,
    content_of,
    field_remark,
    number_of,
    paragraph_texts,
    rows_of,
    texts_in,
)
from syncd.importing.docx.numbering import Numbering
from syncd.importing.docx.styles import Look, Styles
from syncd.importing.refusal import CannotReadError

_MOST_CELLS = 20_000
TRACKED = "tracked changes stand here; accept or reject them in Word"
_NOTES = {
    f"{W}footnoteReference": "a footnote belongs to this text",
    f"{W}endnoteReference": "a footnote belongs to this text",
    f"{W}commentReference": "a comment belongs to this text",
}


@dataclass
class _Text:
    """Text as it comes together, and what has to be said about it."""

    parts: list[str] = field(default_factory=list)
    remarks: dict[str, None] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    """Words that are in the file and not in the text; the account must know of them."""

    def say(self, remark: str) -> None:
        self.remarks[remark] = None


def read_docx(path: Path) -> SourceDocument:
    """Every table and paragraph. Raises `CannotReadError`."""
    with open_archive(path) as archive:
        return _Reader(archive).read()


class _Reader:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._styles = Styles(xml(archive, "word/styles.xml"))
        self._numbering = Numbering(xml(archive, "word/numbering.xml"))
        self._blocks: list[Table | Line] = []
        self._remarks: list[Trouble] = []
        self._left_out: list[str] = []
        self._tables = self._lines = self.cells_of = 0
        self._unread: list[Trouble] = []

    def read(self) -> SourceDocument:
        root = xml(self._archive, "word/document.xml")
        if root is None:
            raise CannotReadError("this is not a Word document; save it as .docx and try again")
        body = root.find(f"{W}body")
        if body is None:
            raise CannotReadError("the document is empty")
        self._body(body)
        self._others()
        self._second_reading()
        return SourceDocument(
            kind="docx",
            engine=f"lxml {etree.__version__}, xml.etree",
            blocks=tuple(self._blocks),
            unread=tuple(self._unread),
            remarks=tuple(self._remarks),
        )

    # --- the body ---

    def _body(self, parent: Any) -> None:
        for child in parent:
            if child.tag == f"{W}p":
                self._paragraph(child)
            elif child.tag == f"{W}tbl":
                self._tables += 1
                self._table(child, self._tables)
            elif child.tag == f"{W}sdt":
                self._body(content_of(child))
            elif child.tag in SEEN_THROUGH:
                self._body(child)
            elif child.tag == f"{W}altChunk":
                raise CannotReadError(
                    "another document is embedded in this one; open it in Word and save it anew"
                )

    def _paragraph(self, element: Any) -> None:
        text = _Text()
        self._inline(element, text, self._styles.of_paragraph(element))
        self._left_out.extend(text.left_out)
        written = "".join(text.parts).strip()
        number = self._numbering.next(element, self._styles)
        self._lines += 1
        spot = Spot(row=self._lines)
        if written:
            self._blocks.append(Line(spot=spot, text=f"{number} {written}" if number else written))
        self._remarks.extend(Trouble(spot=spot, text=f"{remark}: {written}") for remark in text.remarks)

    def _table(self, element: Any, number: int) -> None:
        rows: list[tuple[Cell, ...]] = []
        width = 0
        open_cells: dict[int, tuple[int, int]] = {}
        for index, row in enumerate(rows_of(element), start=1):
            properties = row.find(f"{W}trPr")
            column = 1 + number_of(properties, "gridBefore")
            deleted = properties is not None and properties.find(f"{W}del") is not None
            inserted = properties is not None and properties.find(f"{W}ins") is not None
            cells: list[Cell] = []
            for cell in cells_of(row):
                span = max(1, number_of(cell.find(f"{W}tcPr"), "gridSpan", default=1))
                merge = cell.find(f"{W}tcPr/{W}vMerge")
                spot = Spot(table=number, row=index, column=column)
                made = self._cell(cell, spot, span, TRACKED if inserted or deleted else "")
                continues = merge is not None and merge.get(f"{W}val", "continue") == "continue"
                if continues and made.is_empty and column in open_cells:
                    at_row, at_cell = open_cells[column]
                    upper = rows[at_row][at_cell] if at_row < len(rows) else cells[at_cell]
                    grown = _with_rows(upper, upper.rows + 1)
                    rows[at_row] = (*rows[at_row][:at_cell], grown, *rows[at_row][at_cell + 1 :])
                else:
                    cells.append(made)
                    if merge is not None:
                        open_cells[column] = (index - 1, len(cells) - 1)
                    else:
                        open_cells.pop(column, None)
                column += span
            width = max(width, column - 1)
            rows.append(tuple(cells))
        self._blocks.append(Table(spot=Spot(table=number), width=width, rows=tuple(rows)))

    def _cell(self, element: Any, spot: Spot, span: int, remark: str) -> Cell:
        self.cells_of += 1
        if self.cells_of > _MOST_CELLS:
            raise CannotReadError(
                f"the document has more than {_MOST_CELLS} cells; is it the right one?", spot
            )
        text = _Text()
        if remark:
            text.say(remark)
        paragraphs: list[str] = []
        numbers: list[str] = []
        self._cell_content(element, text, paragraphs, numbers)
        written = "\n".join(paragraphs).strip()
        automatic = bool(numbers) and not written
        self._left_out.extend(text.left_out)
        return Cell(
            spot=spot,
            text=" ".join(numbers) if automatic else written,
            columns=span,
            automatic=automatic,
            remarks=tuple(text.remarks),
        )

    def _cell_content(self, element: Any, text: _Text, paragraphs: list[str], numbers: list[str]) -> None:
        for child in element:
            if child.tag == f"{W}p":
                self._cell_paragraph(child, text, paragraphs, numbers)
            elif child.tag == f"{W}tbl":
                text.say("a table stands inside this cell")
                for cell in (cell for row in rows_of(child) for cell in cells_of(row)):
                    self._cell_content(cell, text, paragraphs, numbers)
            elif child.tag == f"{W}sdt":
                self._cell_content(content_of(child), text, paragraphs, numbers)
            elif child.tag in SEEN_THROUGH:
                self._cell_content(child, text, paragraphs, numbers)
            elif child.tag == f"{W}altChunk":
                text.say("another document is embedded here")

    def _cell_paragraph(self, element: Any, text: _Text, paragraphs: list[str], numbers: list[str]) -> None:
        before = len(text.parts)
        self._inline(element, text, self._styles.of_paragraph(element))
        written = "".join(text.parts[before:]).strip()
        number = self._numbering.next(element, self._styles)
        if number:
            numbers.append(number)
        if number and written:
            text.say("the number before this text is counted by Word and not written in the file")
        if written:
            paragraphs.append(written)

    # --- inside a paragraph ---

    def _inline(self, element: Any, text: _Text, hidden: Look) -> None:
        for child in element:
            tag = child.tag
            if tag == f"{W}r":
                self._run(child, text, hidden)
            elif tag == f"{W}sdt":
                self._inline(content_of(child), text, hidden)
            elif tag in SEEN_THROUGH:
                self._through(child, text, hidden)
            elif tag in DROPPED:
                text.say(TRACKED)
                text.left_out.extend(texts_in(child))
            elif tag == f"{MC}AlternateContent":
                self._alternate(child, text)
            elif isinstance(tag, str) and tag.endswith(("}oMath", "}oMathPara")):
                text.say("a formula stands here")
                text.left_out.extend(texts_in(child))
        text.remarks.pop("", None)

    def _through(self, element: Any, text: _Text, hidden: Look) -> None:
        if element.tag in {f"{W}ins", f"{W}moveTo"} and len(element):
            text.say(TRACKED)
        if element.tag == f"{W}fldSimple":
            text.say(field_remark(element.get(f"{W}instr", "")))
        self._inline(element, text, hidden)

    def _run(self, run: Any, text: _Text, paragraph: Look) -> None:
        look = self._styles.of_run(run, paragraph)
        for child in run:
            tag = child.tag
            written = character(child)
            if written is not None:
                _take(written, look, text)
            elif tag == f"{W}sym":
                text.say("a symbol of a special font stands here")
                text.parts.append("\ufffd")
            elif tag == f"{W}instrText":
                text.say(field_remark(child.text or ""))
            elif tag in _NOTES:
                text.say(_NOTES[tag])
            elif tag == f"{MC}AlternateContent":
                self._alternate(child, text)
            elif tag in {f"{W}drawing", f"{W}pict", f"{W}object"}:
                self._boxed(child, text)
        text.remarks.pop("", None)

    def _alternate(self, element: Any, text: _Text) -> None:
        """The same content twice, for new and old programs: one of them is read."""
        choice = element.find(f"{MC}Choice")
        for other in element:
            if other is not choice:
                text.left_out.extend(texts_in(other))
        if choice is not None:
            self._boxed(choice, text)

    def _boxed(self, element: Any, text: _Text) -> None:
        words = [one for one in texts_in(element) if one.strip()]
        if words:
            text.say(f"a text box or drawing stands here: {' '.join(words)}")
            self._unread.append(Trouble(spot=Spot(), text=" ".join(words)))
            text.left_out.extend(words)

    # --- other parts and the second reading ---

    def _others(self) -> None:
        for name in sorted(self._archive.namelist()):
            if not name.startswith("word/") or not name.endswith(".xml"):
                continue
            stem = name.removeprefix("word/").removesuffix(".xml")
            kind = stem.rstrip("0123456789")
            if kind not in {"header", "footer", "footnotes", "endnotes", "comments"}:
                continue
            root = xml(self._archive, name)
            texts = [paragraph_text for paragraph_text in paragraph_texts(root) if paragraph_text]
            if kind in {"header", "footer"}:
                self._blocks.extend(Line(spot=Spot(), text=text, running=True) for text in texts)
            elif texts:
                said = "a comment" if kind == "comments" else "a footnote"
                self._remarks.extend(
                    Trouble(spot=Spot(), text=f"{said} in the document: {text}") for text in texts
                )

    def _second_reading(self) -> None:
        """Every written character, by another parser, stands in the text read or among what was left out."""
        content = member(self._archive, "word/document.xml") or b""
        try:
            root = ET.fromstring(content)  # noqa: S314 - the same bytes passed the other parser without a DTD
        except ET.ParseError as error:
            raise CannotReadError(f"the document's text is not well-formed: {error}") from None
        names = {f"{W}t", f"{W}delText"}
        there = Counter(
            char
            for element in root.iter()
            if element.tag in names or element.tag.endswith("/math}t")
            for char in element.text or ""
            if not char.isspace()
        )
        read: Counter[str] = Counter()
        for block in self._blocks:
            if isinstance(block, Table):
                for row in block.rows:
                    for cell in row:
                        if not cell.automatic:
                            read.update(cell.text)
            elif not block.running:
                read.update(block.text)
        for one in self._left_out:
            read.update(one)
        missing = there - read
        if missing:
            lost = [w for w in _lost_words(root, names) if not self._knows(w)]
            self._unread.append(Trouble(spot=Spot(), text=" ".join(lost) or "".join(missing.elements())))

    def _knows(self, word: str) -> bool:
        texts = [c.text for b in self._blocks if isinstance(b, Table) for r in b.rows for c in r]
        texts += [b.text for b in self._blocks if isinstance(b, Line)]
        return any(word in text for text in (*texts, *self._left_out))


def _lost_words(root: Any, names: set[str]) -> Iterator[str]:
    for element in root.iter():
        if element.tag in names and element.text:
            yield from element.text.split()


def _take(written: str, look: Look, text: _Text) -> None:
    """Text with its formatting, where that changes what it means."""
    if look.hidden:
        text.say("hidden text was left out")
        text.left_out.append(written)
    elif look.struck:
        text.say("struck out text was left out")
        text.left_out.append(written)
    elif look.raised and written.strip():
        text.say(f"a raised mark was left out: {written}")
        text.left_out.append(written)
        text.parts.append(" ")
    else:
        text.parts.append(written)


def _with_rows(cell: Cell, rows: int) -> Cell:
    return Cell(
        spot=cell.spot, text=cell.text, columns=cell.columns, rows=rows, day=cell.day,
        remarks=cell.remarks, automatic=cell.automatic, box=cell.box,
    )  # fmt: skip
