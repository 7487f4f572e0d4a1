"""Changes single entries of a calendar file; every other byte, comments among them, stays as it is."""

from __future__ import annotations

from typing import Any

from mapping.document.plain import PlainDocument
from mapping.importing.edition import FileChange
from syncd.source.yaml_write import write_yaml


def spliced(document: PlainDocument, raw: bytes, change: FileChange) -> bytes:
    """The file with the change carried out."""
    lines = raw.decode("utf-8").splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    count = len(document.value["entries"])
    starts = [document.lines["entries", index] - 1 for index in range(count)]
    indent = len(lines[starts[0]]) - len(lines[starts[0]].lstrip(" "))
    ends = [*starts[1:], len(lines)]
    out = lines[: starts[0]]
    for one in change.inserted.get(-1, []):
        out += _written(one, indent)
    for index, (start, end) in enumerate(zip(starts, ends, strict=True)):
        body_end = _body_end(lines, start, end)
        tail = lines[body_end:end]
        if index in change.replaced:
            out += [*_written(change.replaced[index], indent)[:-1], *tail]
        elif index not in change.removed:
            out += lines[start:end]
        else:
            out += [line for line in tail if line.lstrip().startswith("#")]
        if index in change.inserted:
            if out and out[-1].strip():
                out.append("\n")
            for one in change.inserted[index]:
                out += _written(one, indent)
    while len(out) > 1 and not out[-1].strip():
        out.pop()
    return "".join(out).encode()


def _body_end(lines: list[str], start: int, end: int) -> int:
    """Where the entry ends and what stands between it and the next begins."""
    last = end
    while last > start + 1 and (not lines[last - 1].strip() or lines[last - 1].lstrip().startswith("#")):
        last -= 1
    return last


def _written(value: dict[str, Any], indent: int) -> list[str]:
    """The entry as a list item, a blank line after it."""
    text = write_yaml([value])
    found = text.splitlines(keepends=True)
    own = len(found[0]) - len(found[0].lstrip(" "))
    return [*(line if not line.strip() else " " * indent + line[own:] for line in found), "\n"]
