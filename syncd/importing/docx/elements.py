"""The elements of WordprocessingML: through which wrappers rows, cells and letters are seen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
SEEN_THROUGH = {
    f"{W}{name}"
    for name in (
        "smartTag",
        "hyperlink",
        "fldSimple",
        "customXml",
        "sdtContent",
        "dir",
        "bdo",
        "ins",
        "moveTo",
        "ruby",
    )
}
DROPPED = {f"{W}{name}" for name in ("del", "moveFrom")}


def content_of(control: Any) -> Any:
    """What a content control holds."""
    found = control.find(f"{W}sdtContent")
    return found if found is not None else ()


def rows_of(table: Any) -> Iterator[Any]:
    """The rows of a table, through content controls."""
    yield from inside(table, f"{W}tr")


def cells_of(row: Any) -> Iterator[Any]:
    """The cells of a row, through content controls."""
    yield from inside(row, f"{W}tc")


def inside(parent: Any, wanted: str) -> Iterator[Any]:
    """Children of a name, through content controls and what else may stand around them."""
    for child in parent:
        if child.tag == wanted:
            yield child
        elif child.tag == f"{W}sdt":
            content = child.find(f"{W}sdtContent")
            if content is not None:
                yield from inside(content, wanted)
        elif child.tag in SEEN_THROUGH:
            yield from inside(child, wanted)


def number_of(properties: Any, name: str, default: int = 0) -> int:
    """A property's number, the default where there is none."""
    found = properties.find(f"{W}{name}") if properties is not None else None
    value = found.get(f"{W}val", "") if found is not None else ""
    return min(int(value), 200) if value.isdigit() else default


def character(element: Any) -> str | None:
    """What an element inside a run prints as text; None for everything else."""
    tag = element.tag
    if tag == f"{W}t":
        return element.text or ""
    if tag in {f"{W}br", f"{W}cr"}:
        return "\n"
    if tag in {f"{W}tab", f"{W}ptab"}:
        return " "
    if tag == f"{W}noBreakHyphen":
        return "-"
    if tag == f"{W}softHyphen":
        return ""
    return None


def field_remark(instruction: str) -> str:
    """Fields that change by themselves are said; links and page numbers are not."""
    name = instruction.split(maxsplit=1)[0].upper() if instruction.split() else ""
    harmless = {"", "HYPERLINK", "PAGE", "NUMPAGES", "REF", "TOC", "MERGEFORMAT", "FORMTEXT"}
    return "" if name in harmless else f"a field that Word computes stands here ({name})"


def texts_in(element: Any) -> Iterator[str]:
    """Every text below an element, deleted ones too."""
    for one in element.iter():
        if isinstance(one.tag, str) and one.tag.rpartition("}")[2] in {"t", "delText"} and one.text:
            yield one.text


def paragraph_texts(root: Any) -> Iterator[str]:
    """The words of each paragraph, in one line."""
    for paragraph in root.iter(f"{W}p"):
        yield " ".join("".join(texts_in(paragraph)).split())
