"""The help says what every word is for; what people type by mistake is answered with the word that was meant."""

import shutil
import subprocess

import pytest

from syncd.grammar import build_parser, man
from syncd.grammar.completion import fish
from syncd.grammar.read import Typed, Verb, verbs
from syncd.grammar.words import EXAMPLES

VERBS = {verb.name: verb for verb in verbs()}


@pytest.mark.parametrize("verb", VERBS.values(), ids=lambda verb: verb.name or "none")
def test_every_argument_has_its_sentence_and_shows_no_name_of_the_program_s_own(verb: Verb) -> None:
    assert verb.text
    for one in verb.arguments:
        assert one.text, one
        assert "_" not in one.value, one


def test_every_verb_has_an_example_that_can_be_typed_and_no_other_is_told_of() -> None:
    assert EXAMPLES.keys() == VERBS.keys()
    for name, example in EXAMPLES.items():
        words = example.partition(" > ")[0].split()[1:]
        assert (build_parser().parse_args(words).verb or "") == name


# --- what is made from it -------------------------------------------------------------------------------


def told_of(one: Typed) -> set[str]:
    return {name for name in one.names if name.startswith("--")}


def test_the_man_page_tells_of_every_verb_argument_and_exit_code() -> None:
    page = man.page().replace("\\-", "-")
    for verb in VERBS.values():
        assert f"syncd {verb.name}".strip() in page
        assert all(name in page for one in verb.arguments for name in told_of(one))
    assert all(rf"\fB{code}\fR" in page for code in (0, 1, 2, 3, 64, 78))
    assert page.isascii()


@pytest.mark.skipif(shutil.which("groff") is None, reason="needs groff")
def test_the_man_page_is_sound_to_groff() -> None:
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww", "-z"], input=man.page(), capture_output=True, text=True, check=True
    )
    assert done.stderr == ""


def test_fish_is_offered_every_verb_and_option_with_its_sentence() -> None:
    lines = fish().splitlines()
    for name, verb in VERBS.items():
        if name:
            assert any(f"--arguments {name} " in line for line in lines), name
        said = [line for line in lines if not name or f"_from {name}'" in line]
        for one in verb.arguments:
            for option in told_of(one):
                assert any(f"--long-option {option[2:]} " in line for line in said), (name, option)
    assert all("--description" in line for line in lines[2:])


@pytest.mark.skipif(shutil.which("fish") is None, reason="needs fish")
def test_fish_reads_its_script() -> None:
    subprocess.run(["fish", "--no-execute"], input=fish(), text=True, check=True)
