"""The pip commands that people are told to type, as they stand in the Makefile, the guides and the messages."""

import re
from collections.abc import Iterator
from pathlib import Path

SOURCES = (
    "Makefile",
    "*.md",
    "docs/**/*.md",
    ".ci/*",
    "deploy/**/*",
    "syncd/**/*.py",
    "bench/**/*.py",
    "scripts/**/*",
)
"""Where they may stand. `findings/` installs other things, each into a folder that it throws away."""

_PIP = re.compile(
    r"(?:\"[^\"\s]+\" -m |\S+ -m |[^\s`\"'(]*)\bpip3?(?: --\w+ \S+)* (?:install|download|wheel)\b[^`;&|\n\"]*"
)
_BLOCK = re.compile(r"^( *)```console\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


def pip_commands(root: Path) -> Iterator[tuple[str, str]]:
    """Each command that brings packages, after the file that it stands in."""
    for path in sorted({path for pattern in SOURCES for path in root.glob(pattern) if path.is_file()}):
        try:
            text = path.read_text(encoding="utf-8").replace("\\\n", " ")
        except UnicodeDecodeError:
            continue
        for found in _PIP.finditer(text):
            yield path.relative_to(root).as_posix(), " ".join(found.group().split())


def typed_blocks(guide: Path) -> Iterator[list[str]]:
    """The commands of each console block of a guide, without the prompt and without what they answer."""
    for _, block in _BLOCK.findall(guide.read_text(encoding="utf-8")):
        lines = [line.strip() for line in block.splitlines()]
        yield [line[2:] for line in lines if line.startswith(("$ ", "# "))]


def installations(guide: Path) -> Iterator[tuple[str, ...]]:
    """The commands of each block that makes an environment and fills it, from the first to the last of them."""
    for block in typed_blocks(guide):
        commands = tuple(line for line in block if " -m venv " in line or re.search(r"\bpip\b", line))
        if any(" -m venv " in line for line in commands):
            yield commands
