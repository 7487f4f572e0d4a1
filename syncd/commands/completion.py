"""`syncd completion SHELL`: a completion script made from the grammar itself, so that it cannot lag behind."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping

from syncd.grammar import build_parser

_BASH = """\
# syncd for bash: source <(syncd completion bash)
_syncd() {{
    local verb= word
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        case $word in -*) ;; *) verb=$word; break ;; esac
    done
    local words
    case $verb in
{cases}
        *) words="{top}" ;;
    esac
    COMPREPLY=($(compgen -W "$words" -- "${{COMP_WORDS[COMP_CWORD]}}"))
    [ ${{#COMPREPLY[@]}} -gt 0 ] || COMPREPLY=($(compgen -f -- "${{COMP_WORDS[COMP_CWORD]}}"))
}}
complete -o filenames -F _syncd syncd
"""
_ZSH = """\
#compdef syncd
# syncd for zsh: source <(syncd completion zsh)
autoload -U +X bashcompinit && bashcompinit
"""


def run(arguments: argparse.Namespace) -> int:
    """Print the script."""
    script = _bash()
    print(_ZSH + script if arguments.shell == "zsh" else script, end="")
    return 0


def _bash() -> str:
    parser = build_parser()
    verbs = _verbs(parser)
    cases = "\n".join(f'        {name}) words="{" ".join(_words(verb))}" ;;' for name, verb in verbs.items())
    return _BASH.format(cases=cases, top=" ".join([*_words(parser), *verbs]))


def _verbs(parser: argparse.ArgumentParser) -> Mapping[str, argparse.ArgumentParser]:
    for action in parser._actions:  # noqa: SLF001 - argparse has no public way to its own grammar
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - as above
            return action.choices
    return {}


def _words(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Options and the values that may be chosen."""
    for action in parser._actions:  # noqa: SLF001 - as above
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - as above
            continue
        yield from (option for option in action.option_strings if option.startswith("--"))
        yield from (str(choice) for choice in action.choices or ())
