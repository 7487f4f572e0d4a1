"""Changes single entries of a calendar file; every other byte, comments among them, stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
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
            new = change.replaced[index]
            body = _patched(document, index, lines[start:body_end], start, new, indent)
            out += [*(body if body is not None else _written(new, indent)[:-1]), *tail]
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


def _patched(
    document: PlainDocument, index: int, body: list[str], start: int, new: dict[str, Any], indent: int
) -> list[str] | None:
    """The entry with just the fields written anew that differ; None where several stand on one line."""
    old = {key: value for key, value in document.value["entries"][index].items() if value is not None}
    at = {key: document.lines["entries", index, key] - 1 - start for key in old}
    if len(set(at.values())) < len(at) or list(at.values()) != sorted(at.values()):
        return None
    edges = [*at.values(), len(body)]
    out: list[str] = []
    for position, key in enumerate(at):
        block = body[edges[position] : edges[position + 1]]
        if key in new and new[key] == old[key]:
            out += block
        elif new.get(key) is not None:
            if not position:
                return None
            out += _field(key, new[key], indent)
    for key, value in new.items():
        if key not in old and value is not None:
            out += _field(key, value, indent)
    return out


def _field(key: str, value: Any, indent: int) -> list[str]:
    """One field of an entry as lines, without the mark of the list."""
    written = _written({"id": "x", key: value}, indent)[:-1]
    return written[1:]


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


def with_terms(raw: bytes, programme: str, terms: Mapping[str, Mapping[str, str]]) -> bytes | None:
    """A year.yaml with these terms of the programme besides; None where it is not written in blocks."""
    lines = raw.decode("utf-8").splitlines(keepends=True)
    head = next((at for at, line in enumerate(lines) if line.rstrip() == "terms:"), None)
    if head is None:
        return None
    for at in range(head + 1, len(lines)):
        line = lines[at]
        if line.strip() and not line.startswith((" ", "#")):
            break
        if line.strip() == f"{programme}:":
            indent = " " * 2 * (len(line) - len(line.lstrip()))
            written = write_yaml(terms).splitlines(keepends=True)
            return "".join([*lines[: at + 1], *(indent + one for one in written), *lines[at + 1 :]]).encode()
    return None
