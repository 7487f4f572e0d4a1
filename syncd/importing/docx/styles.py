"""Which words of a Word document are hidden or struck out, by the styles that they have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from syncd.importing.docx.elements import W

_OFF = {"0", "false", "off", "none"}


@dataclass(frozen=True, slots=True)
class Look:
    """Formatting that changes what text means."""

    hidden: bool = False
    struck: bool = False
    raised: bool = False


class Styles:
    """Hidden, struck out, raised and numbered, also where a style says it."""

    def __init__(self, root: Any) -> None:
        self._by_id: dict[str, Any] = {}
        for style in root.iter(f"{W}style") if root is not None else ():
            self._by_id[style.get(f"{W}styleId", "")] = style

    def of_paragraph(self, paragraph: Any) -> Look:
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        return self._of_style(style.get(f"{W}val", "") if style is not None else "", Look())

    def of_run(self, run: Any, paragraph: Look) -> Look:
        properties = run.find(f"{W}rPr")
        if properties is None:
            return paragraph
        style = properties.find(f"{W}rStyle")
        look = self._of_style(style.get(f"{W}val", "") if style is not None else "", paragraph)
        return looked(properties, look)

    def numbering_of(self, paragraph: Any) -> Any:
        """The numPr of a paragraph or of its style, None without."""
        own = paragraph.find(f"{W}pPr/{W}numPr")
        if own is not None:
            return own
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        for one in self._chain(style.get(f"{W}val", "") if style is not None else ""):
            found = one.find(f"{W}pPr/{W}numPr")
            if found is not None:
                return found
        return None

    def _of_style(self, name: str, look: Look) -> Look:
        for style in reversed(list(self._chain(name))):
            properties = style.find(f"{W}rPr")
            if properties is not None:
                look = looked(properties, look)
        return look

    def _chain(self, name: str) -> Iterator[Any]:
        for _ in range(20):
            style = self._by_id.get(name)
            if style is None:
                return
            yield style
            based = style.find(f"{W}basedOn")
            name = based.get(f"{W}val", "") if based is not None else ""


def looked(properties: Any, look: Look) -> Look:
    """The look with what the properties of a run or a style say."""

    def on(name: str, *, before: bool) -> bool:
        found = properties.find(f"{W}{name}")
        return before if found is None else found.get(f"{W}val", "1").lower() not in _OFF

    align = properties.find(f"{W}vertAlign")
    raised = look.raised if align is None else align.get(f"{W}val") == "superscript"
    return Look(
        hidden=on("vanish", before=look.hidden) or on("webHidden", before=False),
        struck=on("strike", before=look.struck) or on("dstrike", before=False),
        raised=raised,
    )
