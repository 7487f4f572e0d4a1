"""Texts from outside made fit to be shown: titles and names come from people, errors from servers."""

from __future__ import annotations

_JOINERS = frozenset("\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}")
"""Invisible, and part of how words are written in some scripts."""
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def printable(text: str, *, lines: bool = False) -> str:
    """The text without what could steer a terminal, reorder a line, or that no encoding has.

    One line; with ``lines`` its line ends and tabs stay.
    """
    if text.isprintable():
        return text
    kept = _JOINERS | {"\n", "\t"} if lines else _JOINERS
    return "".join(one if one.isprintable() or one in kept else _REPLACEMENT for one in text)
