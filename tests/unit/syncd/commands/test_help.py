"""Help, hints and completion as they are typed: what a word is for, and which one was meant."""

import json

import pytest

from syncd.grammar.completion import fish
from syncd.grammar.words import EXAMPLES
from tests.unit.syncd.commands.conftest import Run


@pytest.mark.parametrize("verb", [name for name in EXAMPLES if name])
def test_the_help_of_a_verb_shows_its_example(verb: str, run: Run) -> None:
    told = run(verb, "--help")
    assert (told.code, f"example:\n  {EXAMPLES[verb]}" in told.out) == (0, True)


def test_the_help_names_exit_codes_and_where_settings_come_from(run: Run) -> None:
    told = run("--help").out
    for piece in ("exit codes:", "64  ", "78  ", "3   refused: a person must decide", "SYNCD_ENV_FILE"):
        assert piece in told


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("help", "syncd --help"),
        ("version", "syncd --version"),
        ("plan", "--dry-run"),
        ("diff", "--dry-run"),
        ("staus", "mean syncd status?"),
        ("entires", "mean syncd entries?"),
        ("zzz", "see syncd --help"),
        ("x\x1b[2J", "see syncd --help"),
    ],
)
def test_a_word_that_is_no_verb_is_answered_with_the_one_that_was_meant(
    word: str, meant: str, run: Run
) -> None:
    told = run(word)
    assert (told.code, meant in told.err, told.err.count("\n")) == (64, True, 1)


def test_an_option_that_there_is_not_is_named_and_not_its_value(run: Run) -> None:
    told = run("--config", "x")
    assert told.code == 64
    assert "no option --config" in told.err
    assert "SYNCD_ENV_FILE" in told.err


@pytest.mark.parametrize("words", [("-q", "version-of-nothing"), ("version-of-nothing", "-q")])
def test_loudness_is_understood_on_either_side_of_the_verb(words: tuple[str, str], run: Run) -> None:
    assert "there is no verb version-of-nothing" in run(*words).err


def test_completion_for_fish_is_what_the_verb_prints(run: Run) -> None:
    assert run("completion", "fish").out == fish()


def test_questions_are_told_to_programs_too(run: Run) -> None:
    asked = json.loads(run("check", "--review", "--json").out)
    assert sum(len(one["questions"]) for one in asked) > 100
