"""The grammar read back, for whatever is made from it: completion scripts, the man page, tests."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from syncd.grammar import build_parser


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """One argument. ``names``: its options, empty for a position; ``value``: what stands for its value, '' for none."""

    names: tuple[str, ...]
    value: str
    choices: tuple[str, ...]
    text: str
    is_optional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """``name``: '' for what is typed without one."""

    name: str
    text: str
    arguments: tuple[Typed, ...]


def verbs() -> Iterator[Verb]:
    """What goes without a verb, then every verb as the help lists them."""
    parser = build_parser()
    yield Verb(name="", text=parser.description or "", arguments=tuple(_arguments(parser)))
    helps, parsers = _subparsers(parser)
    for name, one in parsers.items():
        yield Verb(name=name, text=helps[name], arguments=tuple(_arguments(one)))


def _subparsers(
    parser: argparse.ArgumentParser,
) -> tuple[Mapping[str, str], Mapping[str, argparse.ArgumentParser]]:
    for action in parser._actions:  # noqa: SLF001 - argparse has no public way to its own grammar
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - as above
            return {one.dest: one.help or "" for one in action._choices_actions}, action.choices  # noqa: SLF001
    return {}, {}


def _arguments(parser: argparse.ArgumentParser) -> Iterator[Typed]:
    for action in parser._actions:  # noqa: SLF001 - as above
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - as above
            continue
        takes_value = action.nargs != 0
        metavar = action.metavar if isinstance(action.metavar, str) else ""
        choices = tuple(map(str, action.choices or ()))
        shown = metavar or ("|".join(choices) if choices else action.dest.upper())
        yield Typed(
            names=tuple(action.option_strings),
            value=shown if takes_value else "",
            choices=choices,
            text=action.help or "",
            is_optional=bool(action.option_strings) or action.nargs == "?",
        )
