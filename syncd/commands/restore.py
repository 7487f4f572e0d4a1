"""`syncd restore ENTRY --course N`: bring back an event whose deletion by a person is being respected."""

from __future__ import annotations

import argparse

from mapping.identity import split_key
from syncd.commands.shared.arguments import context_of
from syncd.commands.shared.state import beside
from syncd.errors import RefusedError, UsageError
from syncd.state.store import State


def run(arguments: argparse.Namespace) -> int:
    """Forget the deletion; the next cycle creates the event anew."""
    with beside(arguments) as state:
        context = context_of(arguments.course) if arguments.course else _only_context(state, arguments.entry)
        keys = [key for where, key in _respected(state, arguments.entry) if where == context]
        if not keys:
            raise RefusedError(_nothing(state, arguments.entry, context))
        for key in keys:
            state.events.restore(context, key)
    parts = ", ".join(split_key(key)[2] for key in keys)
    print(f"{context}: {arguments.entry} ({parts}) is no longer left out; the next cycle creates it again,")
    print("which in a published course may notify the class.")
    return 0


def _respected(state: State, entry: str) -> list[tuple[str, str]]:
    everywhere = state.events.respected_everywhere()
    return [(context, key) for context, key, _ in everywhere if split_key(key)[1] == entry]


def _only_context(state: State, entry: str) -> str:
    contexts = sorted({context for context, _ in _respected(state, entry)})
    if len(contexts) == 1:
        return contexts[0]
    if not contexts:
        raise RefusedError(_nothing(state, entry, ""))
    shown = ", ".join(contexts[:10])
    raise UsageError(f"{entry} was deleted in {len(contexts):,} calendars ({shown}): name one with --course")


def _nothing(state: State, entry: str, context: str) -> str:
    where = f" in {context}" if context else ""
    there = sorted(
        {split_key(key)[1] for at, key, _ in state.events.respected_everywhere() if context in {"", at}}
    )
    known = f"; deletions respected{where}: {', '.join(there[:10])}" if there else ""
    return f"No deletion of {entry} is being respected{where}, so there is nothing to bring back{known}."
