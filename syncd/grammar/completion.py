"""Completion scripts for the shells, made from the grammar.

``python -m syncd.grammar.completion bash`` prints one; `make install` puts them where bash and fish look.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping

from syncd.grammar.read import Typed, Verb, verbs

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
_FISH = """\
# syncd for fish: syncd completion fish > ~/.config/fish/completions/syncd.fish
complete --command syncd --no-files
"""
_FILES = frozenset({"FILE", "DIR"})
"""Values that are files: the shell's own completion is right for them."""


def bash() -> str:
    """For bash."""
    top, *rest = verbs()
    cases = "\n".join(f'        {verb.name}) words="{" ".join(_words(verb))}" ;;' for verb in rest)
    return _BASH.format(cases=cases, top=" ".join([*_words(top), *(verb.name for verb in rest)]))


def zsh() -> str:
    """For zsh, by its compatibility with bash."""
    return _ZSH + bash()


def fish() -> str:
    """For fish, with the sentence of every verb and argument."""
    top, *rest = verbs()
    names = " ".join(verb.name for verb in rest)
    lines = [_fish_line(f"not __fish_seen_subcommand_from {names}", one) for one in top.arguments]
    for verb in rest:
        lines.append(
            _complete(f"not __fish_seen_subcommand_from {names}", f"--arguments {verb.name}", verb.text)
        )
        lines.extend(_fish_line(f"__fish_seen_subcommand_from {verb.name}", one) for one in verb.arguments)
    return _FISH + "".join(f"{line}\n" for line in lines if line)


def _words(verb: Verb) -> Iterator[str]:
    """Options and the values that may be chosen."""
    for one in verb.arguments:
        yield from (name for name in one.names if name.startswith("--"))
        yield from one.choices


def _fish_line(condition: str, one: Typed) -> str:
    pieces = [f"--long-option {name[2:]}" for name in one.names if name.startswith("--")]
    pieces += [f"--short-option {name[1:]}" for name in one.names if not name.startswith("--")]
    if one.names and one.value:
        pieces.append("--require-parameter")
    if one.choices:
        pieces.append(f"--arguments '{' '.join(one.choices)}'")
    elif one.value in _FILES:
        pieces.append("--force-files")
    return _complete(condition, " ".join(pieces), one.text) if pieces else ""


def _complete(condition: str, what: str, text: str) -> str:
    said = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"complete --command syncd --condition '{condition}' {what} --description '{said}'"


SCRIPTS: Mapping[str, Callable[[], str]] = {"bash": bash, "fish": fish, "zsh": zsh}
"""Shell to what makes its script."""


if __name__ == "__main__":
    sys.stdout.write(SCRIPTS[sys.argv[1]]())
