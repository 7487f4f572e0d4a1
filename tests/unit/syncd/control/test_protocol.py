"""The one table of what a daemon answers, and the command line that is built from it."""

import argparse

import pytest

from syncd.control.protocol import DRY_RUN, VERBS, Shape
from syncd.control.server import Question
from syncd.control.verbs import check_arguments
from syncd.errors import UsageError
from syncd.grammar import LOCAL, build_parser


def grammar() -> dict[str, argparse.ArgumentParser]:
    """Verb to its parser."""
    for action in build_parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    raise AssertionError("there are no verbs")


def test_every_verb_is_asked_of_the_daemon_or_local_by_decision() -> None:
    assert grammar().keys() == (VERBS.keys() - {DRY_RUN}) | LOCAL.keys()
    assert not VERBS.keys() & LOCAL.keys()
    assert all(LOCAL.values())


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_argument_is_one_that_the_command_line_parses(verb: str) -> None:
    words = [] if verb == DRY_RUN else [verb, *_needed(verb)]
    parsed = vars(build_parser().parse_args(words))
    told = {
        one.attribute
        for one in VERBS[verb].arguments
        if verb != DRY_RUN or one.name not in {"colour", "spoken"}
    }
    assert told <= parsed.keys()


def test_what_a_verb_does_not_take_is_refused() -> None:
    with pytest.raises(UsageError, match="export takes no 'course'"):
        check_arguments(Question(who="a", verb="export", arguments={"course": "1"}))


def test_a_position_that_is_not_filled_is_refused() -> None:
    with pytest.raises(UsageError, match="approve needs DIGEST"):
        check_arguments(Question(who="a", verb="approve", arguments={}))


def _needed(verb: str) -> list[str]:
    words: list[str] = []
    for one in VERBS[verb].arguments:
        if one.shape is Shape.POSITION:
            words.append("x")
        if one.required:
            words.append(f"--{one.name}=x")
    return words
