"""Every module, class, function and file that a docstring or a guide names is there."""

import ast
import builtins
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = ("syncd", "connectors", "mapping")
FOLDERS = (*PACKAGES, "tests", "bench", "data", "deploy", "docs")
SOURCES = sorted(path for folder in (*PACKAGES, "tests", "bench") for path in (ROOT / folder).rglob("*.py"))
GUIDES = [*sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("*.md"))]
QUOTED = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
DOTTED = re.compile(rf"(?:{'|'.join(PACKAGES)})(?:\.\w+)+")
CLASS = re.compile(r"_?[A-Z][a-z]+(?:[A-Z][a-z]+)+")
FILE = re.compile(rf"(?:(?:{'|'.join(FOLDERS)})/[\w./-]*|test_\w+\.py)")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def docstrings(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        match node:
            case ast.Expr(value=ast.Constant(value=str(text))):
                yield text
            case _:
                pass


def bound(node: ast.AST) -> Iterator[str]:
    """Names that a module or class body binds itself, imports included."""
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.ClassDef() | ast.FunctionDef():
                yield child.name
            case ast.Assign():
                yield from (
                    one.id
                    for target in child.targets
                    for one in ast.walk(target)
                    if isinstance(one, ast.Name)
                )
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case ast.ImportFrom() | ast.Import():
                yield from ((one.asname or one.name) for one in child.names)
            case ast.If() | ast.Try():
                yield from bound(child)
            case _:
                pass


@cache
def classes() -> frozenset[str]:
    """Every name that any of our modules binds at its top, those of libraries that it imports too."""
    return frozenset(dir(builtins)).union(*(bound(tree(path)) for path in SOURCES))


def is_there(dotted: str) -> bool:
    """Whether a module, or something in a module, has this name."""
    parts = dotted.split(".")
    for count in range(len(parts), 0, -1):
        base = ROOT.joinpath(*parts[:count])
        path = base.with_suffix(".py") if base.with_suffix(".py").is_file() else base / "__init__.py"
        if path.is_file():
            return _within(tree(path), parts[count:])
    return False


def _within(node: ast.AST, parts: list[str]) -> bool:
    if not parts:
        return True
    inner = (
        one for one in ast.iter_child_nodes(node) if isinstance(one, ast.ClassDef) and one.name == parts[0]
    )
    return parts[0] in bound(node) and (len(parts) == 1 or any(_within(one, parts[1:]) for one in inner))


def is_file(name: str) -> bool:
    if "/" in name:
        # A test's place may be given from the folder of its suite, as docs/guarantees.md does.
        return (ROOT / name).exists() or (ROOT / "tests" / "unit" / name).exists()
    return any(path.name == name for path in SOURCES)


def leads_nowhere(name: str) -> bool:
    """Whether a name in backticks is one of ours by its form, and of nothing that is there."""
    if name.endswith(".service"):
        return False  # a unit of systemd
    return bool(
        (DOTTED.fullmatch(name) and not is_there(name))
        or (CLASS.fullmatch(name) and name not in classes())
        or (FILE.fullmatch(name) and not is_file(name))
    )


def dead(texts: Iterable[str]) -> list[str]:
    """Names in backticks that lead nowhere."""
    return [name for text in texts for name in QUOTED.findall(text) if leads_nowhere(name)]


def test_a_docstring_names_only_what_is_there() -> None:
    found = {str(path.relative_to(ROOT)): dead(docstrings(path)) for path in SOURCES}
    assert {path: names for path, names in found.items() if names} == {}


def test_a_guide_names_only_what_is_there() -> None:
    found = {path.name: dead([path.read_text(encoding="utf-8")]) for path in GUIDES}
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize(
    "text",
    [
        "`syncd.advice`",
        "`mapping.planning.plan.nothing`",
        "`SomeGhostError`",
        "`tests/gone`",
        "`test_ghost.py`",
    ],
)
def test_a_name_that_leads_nowhere_is_found(text: str) -> None:
    assert dead([text]) == [text.strip("`")]
