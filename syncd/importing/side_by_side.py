"""One self-contained page: the document as printed with a box around each cell, the entries beside it."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from html import escape

from mapping.importing.conclude import Conclusion, Record
from mapping.importing.pages import Cell, Line, SourceDocument, Spot, Table, Trouble

_STYLE = """
body{font:14px/1.45 system-ui,sans-serif;margin:1.5rem;color:#1a1a1a;background:#fff}
h1{font-size:1.3rem}h2{font-size:1.05rem;margin:2rem 0 .5rem}
.pair{display:flex;gap:1.2rem;align-items:flex-start;margin-bottom:1.5rem}
.page{position:relative;flex:0 0 auto;border:1px solid #999}.page img{display:block;width:100%}
.box{position:absolute;border:1px solid #2a6fb0;box-sizing:border-box}
.box.asked{border:2px solid #c77700;background:#ffb84033}.box.new{border:2px solid #1d7a3a;background:#4caf5022}
.box.unread{border:2px solid #c00;background:#f003}
table{border-collapse:collapse;font-size:13px}
td,th{border:1px solid #bbb;padding:.25rem .45rem;text-align:left;vertical-align:top}
tr.asked td{background:#fff4de}tr.new td{background:#e9f6ec}tr.changed td,td.changed{background:#e6effa}
td.asked{background:#fff4de}td.new{background:#e9f6ec}
.unread{color:#b00000;font-weight:600}.said{color:#555}ul{padding-left:1.2rem}a{color:inherit}
@media(prefers-color-scheme:dark){body{background:#161616;color:#eee}tr.asked td,td.asked{background:#4a3510}
tr.new td,td.new{background:#173d22}tr.changed td,td.changed{background:#1b2f4a}.unread{color:#ff8a80}.said{color:#aaa}}
"""


def side_by_side(
    *, title: str, document: SourceDocument, made: Conclusion | None, pictures: Mapping[int, bytes]
) -> str:
    """The page. Everything from the document is escaped; nothing is loaded from elsewhere."""
    records = list(made.records) if made is not None else []
    refused = made.refused if made is not None else document.refused
    unread = made.unread if made is not None else document.unread
    out = [
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>",
        "<meta name='viewport' content='width=device-width,initial-scale=1'>",
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>",
    ]
    out.extend(_troubles("Refused", refused))
    out.extend(_troubles("Unread: these words stand in no entry", unread, css="unread"))
    if made is not None:
        out.append(f"<p>{escape(_counts(made))}</p>")
    if pictures:
        out.extend(_pages(document, records, unread, pictures))
    else:
        out.extend(_printed(document, records))
    if made is not None and made.gone:
        out.append("<h2>No longer in the document</h2><ul>")
        out.extend(f"<li>{escape(entry.id)}</li>" for entry in made.gone)
        out.append("</ul>")
    out.append("</body></html>\n")
    return "".join(out)


def _counts(made: Conclusion) -> str:
    counts = made.summary
    return (
        f"{counts['cells']} cells: {counts['carried']} carried over, {counts['changed']} changed, {counts['new']} new; "
        f"{counts['gone']} gone; {counts['asked']} asked."
    )


def _troubles(title: str, troubles: tuple[Trouble, ...], css: str = "") -> Iterator[str]:
    if troubles:
        yield f"<h2>{escape(title)}</h2><ul class='{css}'>"
        yield from (f"<li>{escape(str(trouble.spot))}: {escape(trouble.text)}</li>" for trouble in troubles)
        yield "</ul>"


def _kind(record: Record | None) -> str:
    if record is None:
        return ""
    if record.status == "new":
        return "new"
    return "asked" if record.asked else "changed" if record.status == "changed" else ""


def _pages(
    document: SourceDocument,
    records: list[Record],
    unread: tuple[Trouble, ...],
    pictures: Mapping[int, bytes],
) -> Iterator[str]:
    by_spot = {cell.spot: record for record in records for cell in record.found.cells}
    lost = {one.spot for one in unread}
    for number, (width, height) in enumerate(document.pages, start=1):
        if number not in pictures:
            continue
        data = base64.b64encode(pictures[number]).decode()
        yield f"<h2>Page {number}</h2><div class='pair'><div class='page' style='width:{width:.0f}px'>"
        yield f"<img alt='page {number} as printed' src='data:image/png;base64,{data}'>"
        for block in document.blocks:
            if block.spot.page == number:
                yield from _boxes(block, by_spot, lost, width, height)
        yield "</div>"
        yield from _entries([one for one in records if one.spot.page == number])
        yield "</div>"


def _boxes(
    block: Table | Line, by_spot: Mapping[Spot, Record], lost: set[Spot], width: float, height: float
) -> Iterator[str]:
    pieces = [cell for row in block.rows for cell in row] if isinstance(block, Table) else [block]
    for piece in pieces:
        if piece.box is None or not piece.text.strip():
            continue
        record = by_spot.get(piece.spot)
        unread = piece.spot in lost and (
            record is not None or piece.spot.row is not None or isinstance(piece, Line)
        )
        if record is None and not unread:
            continue
        box = piece.box
        css = "unread" if unread else _kind(record)
        name = (
            record.entry.id
            if record is not None and record.entry is not None
            else "unread"
            if unread
            else "new"
        )
        yield (
            f"<div class='box {css}' title='{escape(name, quote=True)}' style='left:{100 * box.x0 / width:.2f}%;"
            f"top:{100 * box.top / height:.2f}%;width:{100 * (box.x1 - box.x0) / width:.2f}%;"
            f"height:{100 * (box.bottom - box.top) / height:.2f}%'></div>"
        )


def _entries(records: list[Record]) -> Iterator[str]:
    heads = "".join(f"<th>{head}</th>" for head in ("place", "printed", "entry", "date", "was", "asked"))
    yield f"<table><thead><tr>{heads}</tr></thead>"
    for record in records:
        entry = record.entry
        was = "" if entry is None or entry.end is None else f"{entry.start} – {entry.end}"
        name = escape(entry.id) if entry is not None else "new"
        yield (
            f"<tr class='{_kind(record)}'><td>{record.spot.row}/{record.spot.column}</td>"
            f"<td>{escape(record.found.row.name)}<br><b>{escape(record.text)}</b></td>"
            f"<td>{name}<br><span class='said'>{escape(', '.join(record.terms))}</span></td>"
            f"<td>{_days(record)}</td><td class='said'>{was}</td><td>{escape('; '.join(record.asked))}</td></tr>"
        )
    yield "</table>"


def _days(record: Record) -> str:
    if record.is_rule:
        return "rule"
    if record.end is None:
        return "?" if record.start is None else f"{record.start} – ?"
    return f"until {record.end}" if record.start is None else f"{record.start} – {record.end}"


def _printed(document: SourceDocument, records: list[Record]) -> Iterator[str]:
    """A document without pages: its tables and lines as they stand, the entry inside each cell of dates."""
    by_spot = {cell.spot: record for record in records for cell in record.found.cells}
    for block in document.blocks:
        if isinstance(block, Line):
            yield f"<p class='said'>{escape(block.text)}</p>"
            continue
        yield f"<h2>{escape(str(block.spot))}</h2><table><tbody>"
        for row in block.rows:
            yield "<tr>"
            column = 1
            for cell in row:
                first = cell.spot.column or column
                yield "<td></td>" * max(0, min(first - column, 50))
                column = first + cell.columns
                yield _printed_cell(cell, by_spot.get(cell.spot))
            yield "</tr>"
        yield "</tbody></table>"


def _printed_cell(cell: Cell, record: Record | None) -> str:
    text = "<br>".join(map(escape, cell.text.split("\n")))
    span = f" colspan='{cell.columns}'" if cell.columns > 1 else ""
    if record is None:
        return f"<td{span}>{text}</td>"
    entry = escape(record.entry.id) if record.entry is not None else "new"
    asked = f"<br><b>asked:</b> {escape('; '.join(record.asked))}" if record.asked else ""
    said = f"<br><span class='said'>→ {entry}: {_days(record)}{asked}</span>"
    return f"<td{span} class='{_kind(record)}'>{text}{said}</td>"
