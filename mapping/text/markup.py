"""A body as paragraphs, and as the HTML or the plain text that a kind of target takes.

Everything is escaped, nothing links anywhere, and the fixed line always comes last. What is said
in the paragraphs is `mapping.text.description`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from typing import Literal, assert_never

from mapping.text.phrases import LINE_EDGE

LINE_CLASS = "syncd-line"
"""Class of the last element of an HTML body, the fixed line."""

Markup = Literal["html", "text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """``label`` stands first, in bold where there is bold; line breaks in ``text`` are kept."""

    text: str
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullets:
    points: tuple[str, ...]


Block = Heading | Paragraph | Bullets


def write(blocks: Sequence[Block], fixed_line: str, markup: Markup) -> str:
    """The body: the blocks, then the fixed line as last element (HTML) or last line (text)."""
    if markup == "html":
        line = f'<p class="{LINE_CLASS}">{_escaped(fixed_line)}</p>'
        return "\n".join([*map(_html, blocks), line])
    return "\n".join([*map(_text, blocks), "", fixed_line]).strip()


def visible_text(body: str, markup: Markup) -> str:
    """The plain words of a body, as `mapping.identity.body_hash` takes them."""
    if markup == "text":
        return body
    reader = _TextNodes()
    reader.feed(body)
    reader.close()
    return " ".join(" ".join(reader.nodes).split())


class _TextNodes(HTMLParser):
    """Collects text in document order; markup never stands inside a word here."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.nodes: list[str] = []

    def handle_data(self, data: str) -> None:
        self.nodes.append(data)


def _html(block: Block) -> str:
    match block:
        case Heading():
            return f"<p><strong>{_escaped(block.text)}</strong></p>"
        case Paragraph():
            label = f"<strong>{_escaped(block.label)}</strong>" if block.label else ""
            # A blank after each break, so that words stay apart however the text is read back.
            text = "<br> ".join(map(_escaped, _lines(block.text)))
            return f"<p>{' '.join(filter(None, (label, text)))}</p>"
        case Bullets():
            return (
                "<ul>" + "".join(f"<li>{_escaped(point)}</li> " for point in block.points).rstrip() + "</ul>"
            )
        case _:
            assert_never(block)


def _text(block: Block) -> str:
    match block:
        case Heading():
            return f"\n{_plain(block.text)}"
        case Paragraph():
            return " ".join(filter(None, (_plain(block.label), "\n".join(map(_plain, _lines(block.text))))))
        case Bullets():
            return "\n".join(f"• {_plain(point)}" for point in block.points)
        case _:
            assert_never(block)


def _lines(text: str) -> list[str]:
    return [line for line in map(str.strip, text.splitlines()) if line]


def _plain(text: str) -> str:
    """One line, and never one that could be taken for the fixed line."""
    return " ".join(text.replace(LINE_EDGE, "—").split())


def _escaped(text: str) -> str:
    return escape(" ".join(text.split()), quote=False)
