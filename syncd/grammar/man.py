"""The man page, made from the grammar by ``python -m syncd.grammar.man``; `make install` puts it where man looks."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from syncd.grammar.read import Typed, Verb, verbs
from syncd.grammar.words import EXAMPLES, EXITS, SURROUNDINGS


def page() -> str:
    """The page in the man macros."""
    return "".join(f"{line}\n" for line in _lines())


def _lines() -> Iterator[str]:
    top, *rest = verbs()
    yield '.TH SYNCD 1 "" "syncd" "User Commands"'
    yield ".SH NAME"
    yield r"syncd \- keeps Canvas course calendars and Google Calendars equal to a university's academic calendar"
    yield ".SH SYNOPSIS"
    yield r".B syncd"
    yield r".RI [ options ] " + r"\|[ VERB \|.\|.\|.\|]"
    yield ".SH DESCRIPTION"
    yield _escaped(top.text)
    yield ".SH OPTIONS"
    for one in top.arguments:
        yield from _argument(one)
    yield from _example(top)
    yield ".SH VERBS"
    for verb in rest:
        yield f".SS {_escaped(' '.join([f'syncd {verb.name}', *_positions(verb)]))}"
        yield f"{_escaped(verb.text[0].upper() + verb.text[1:])}."
        for one in verb.arguments:
            if one.names[:1] not in {("-h",), ("-q",), ("-v",), ("--log-level",)}:
                yield from _argument(one)
        yield from _example(verb)
    yield ".SH EXIT STATUS"
    yield "The first that applies of 64, 78, 3, 1, 2 and 0."
    for code, text in EXITS.items():
        yield from (".TP", rf"\fB{code}\fR", _escaped(text))
    yield ".SH ENVIRONMENT"
    for name, text in SURROUNDINGS.items():
        yield from (".TP", rf"\fB{_escaped(name)}\fR", _escaped(text))
    yield ".SH SEE ALSO"
    yield _escaped("The guides in docs/: operate.md, registrar.md, calendar-format.md, runbook.md.")


def _positions(verb: Verb) -> Iterator[str]:
    for one in verb.arguments:
        if not one.names:
            yield f"[{one.value}]" if one.is_optional else one.value


def _argument(one: Typed) -> Iterator[str]:
    value = rf" \fI{_escaped(one.value)}\fR" if one.value else ""
    names = ", ".join(rf"\fB{_escaped(name)}\fR" for name in one.names)
    yield ".TP"
    yield f"{names}{value}" if names else value.strip()
    yield _escaped(one.text)


def _example(verb: Verb) -> Iterator[str]:
    yield from (".PP", "Example:", ".PP", ".nf", rf"    {_escaped(EXAMPLES[verb.name])}", ".fi")


def _escaped(text: str) -> str:
    """Text that no macro or escape of roff is found in."""
    safe = text.replace("\\", r"\e").replace("-", r"\-").replace("'", r"\(aq").replace("`", r"\(ga")
    plain = "".join(one if one.isascii() else rf"\[u{ord(one):04X}]" for one in safe)
    return rf"\&{plain}" if plain.startswith(".") else plain


if __name__ == "__main__":
    sys.stdout.write(page())
