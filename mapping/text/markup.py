"""A body as paragraphs, and as the HTML or the plain text that a kind of target takes.

Everything is escaped, the only link is the one to the calendar's own page, and the fixed line always comes
last. What is said in the paragraphs is `mapping.text.description`'s.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape, unescape
from typing import Literal, assert_never

from mapping.text.phrases import LINE_EDGE
from mapping.text.typography import unbroken

LINE_CLASS = "syncd-line"
"""Class of the last element of an HTML body, the fixed line."""

RULE = "* * *"
"""Stands before another language in plain text."""

Markup = Literal["html", "text"]

_TAG = re.compile(r"<[^>]*>")
_LINK = re.compile(r'<a href="([^"]*)">')
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur", "ug", "ps", "yi", "dv"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """``label`` stands first, in bold where there is bold; line breaks in ``text`` are kept.

    ``language`` is that of ``text`` where it is not the section's; ``link`` and its words come last. One that
    is ``folded`` shows its label alone where there is folding.
    """

    text: str
    label: str = ""
    language: str = ""
    link: str = ""
    link_text: str = ""
    folded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullets:
    points: tuple[str, ...]


Block = Paragraph | Bullets


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What one language says. ``heading`` is the language's name and the title; '' for the event's own."""

    language: str
    blocks: tuple[Block, ...]
    heading: str = ""


def write(sections: Sequence[Section], closing: Section, fixed_line: str, markup: Markup) -> str:
    """The body: the first section whole, the others below it, the closing words, and the fixed line last.

    In HTML a section says its language, and those after the first are folded; text has a rule between.
    """
    if markup == "html":
        line = f'<p class="{LINE_CLASS}"{_attributes(closing.language)}>{_escaped(fixed_line)}</p>'
        return unbroken("\n".join([*map(_html_section, sections), *_html_closing(closing), line]))
    pieces = [piece for section in sections for piece in _text_section(section)]
    if closing.blocks:
        pieces += ["", *map(_text, closing.blocks)]
    return unbroken("\n".join([*pieces, "", fixed_line]).strip())


def _html_closing(closing: Section) -> list[str]:
    return [_html_section(closing)] if closing.blocks else []


def visible_text(body: str, markup: Markup) -> str:
    """The plain words of a body, then its links, as `mapping.identity.body_hash` takes them."""
    if markup == "text":
        return body
    # Of what `write` makes, every tag is whole and every other angle bracket an entity.
    pieces = unescape(" ".join((*_TAG.split(body), *_LINK.findall(body))))
    return " ".join(pieces.split())


def is_right_to_left(language: str) -> bool:
    """True for a language written from right to left."""
    return language.partition("-")[0] in _RIGHT_TO_LEFT


def _attributes(language: str) -> str:
    direction = "rtl" if is_right_to_left(language) else "ltr"
    return f' lang="{escape(language)}" dir="{direction}"'


def _html_section(section: Section) -> str:
    inside = "\n".join(map(_html, section.blocks))
    if not section.heading:
        return f"<section{_attributes(section.language)}>{inside}</section>"
    summary = f"<summary><strong>{_escaped(section.heading)}</strong></summary>"
    # Where a sanitiser does not know `details` and leaves what it holds open, a rule and the name still part the languages.
    return f"<hr>\n<details{_attributes(section.language)}>{summary}\n{inside}</details>"


def _text_section(section: Section) -> list[str]:
    head = ["", RULE, _plain(section.heading)] if section.heading else []
    return [*head, *map(_text, section.blocks)]


def _html(block: Block) -> str:
    match block:
        case Paragraph():
            label = f"<strong>{_escaped(block.label)}</strong>" if block.label else ""
            # A blank after each break, so that words stay apart however the text is read back.
            text = "<br> ".join(map(_escaped, _lines(block.text)))
            if block.language and text:
                text = f"<span{_attributes(block.language)}>{text}</span>"
            link = f'<a href="{escape(block.link)}">{_escaped(block.link_text)}</a>' if block.link else ""
            if block.folded:
                return f"<details><summary>{_escaped(block.label)}</summary><p>{text}</p></details>"
            return f"<p>{' '.join(filter(None, (label, text, link)))}</p>"
        case Bullets():
            return (
                "<ul>" + "".join(f"<li>{_escaped(point)}</li> " for point in block.points).rstrip() + "</ul>"
            )
        case _:
            assert_never(block)


def _text(block: Block) -> str:
    match block:
        case Paragraph():
            words = filter(None, (_plain(block.label), "\n".join(map(_plain, _lines(block.text)))))
            link = f"{_plain(block.link_text)} {block.link}" if block.link else ""
            return " ".join(filter(None, (*words, link)))
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
