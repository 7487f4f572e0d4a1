"""Plain values to YAML as people type it: blocks, two blanks, no quotes where none are needed.

What is written reads back as the same plain document (`syncd.source.yaml_text`), where every scalar is text.
"""

from __future__ import annotations

from typing import Any

from yaml.emitter import Emitter
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.resolver import BaseResolver
from yaml.serializer import Serializer

WIDTH = 118
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
_STRING = "tag:yaml.org,2002:str"
_SHORT_LISTS = frozenset(
    {"terms", "schools", "years", "working_week", "anchors", "days", "worked", "unconfirmed"}
)


class _Writer(Emitter, Serializer, BaseResolver):
    """Knows no other type than text, so that a date needs no quotes."""

    def __init__(self, stream: Any) -> None:
        Emitter.__init__(self, stream, allow_unicode=True, width=WIDTH)
        Serializer.__init__(self, encoding=None)
        BaseResolver.__init__(self)

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: FBT001, FBT002 - the emitter's own signature
        """List items stand under their key, as in the shipped files."""
        del indentless
        super().increase_indent(flow, False)


class _Pieces(list[str]):
    def write(self, text: str) -> None:
        self.append(text)


def write_yaml(value: Any, comment: str = "") -> str:
    """One document with its line end; ``comment``: lines to stand above it, without their ``#``."""
    pieces = _Pieces()
    writer = _Writer(pieces)
    writer.open()
    writer.serialize(_node(value))
    writer.close()
    above = "".join(f"# {line}\n" if line else "#\n" for line in comment.splitlines())
    return above + "".join(pieces)


def _node(value: Any, key: str = "") -> Node:
    if isinstance(value, dict):
        pairs = [
            (_scalar(str(name)), _node(inner, str(name)))
            for name, inner in value.items()
            if inner is not None
        ]
        return MappingNode("tag:yaml.org,2002:map", pairs, flow_style=not pairs)
    if isinstance(value, list | tuple):
        flow = key in _SHORT_LISTS or not value
        return SequenceNode("tag:yaml.org,2002:seq", [_node(one) for one in value], flow_style=flow)
    return _scalar(str(value))


def _scalar(text: str) -> ScalarNode:
    if "\n" in text.rstrip("\n") and text.strip():
        return ScalarNode(_STRING, text, style="|")
    return ScalarNode(_STRING, text, style='"' if text in _NOTHING else None)
