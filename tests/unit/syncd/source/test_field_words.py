"""Every field of every file has its words, in the schemas and in the guide, and none is told that is not there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from mapping.document import schemas, targets_schemas
from syncd.source.field_words import field_words
from syncd.source.format_guide import with_tables
from syncd.source.schema import SHAPES
from syncd.source.yaml_text import parse

GUIDE = Path(__file__).parents[4] / "docs" / "calendar-format.md"


def shapes() -> Iterator[type[BaseModel]]:
    """Every shape with fields of its own name: what a file or a part of one may hold."""
    for module in (schemas, targets_schemas):
        for value in vars(module).values():
            is_shape = isinstance(value, type) and issubclass(value, BaseModel)
            if is_shape and value.__module__ == module.__name__ and "root" not in value.model_fields:
                yield value


def fields(shape: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in shape.model_fields.items()}


def test_every_field_has_words_and_no_word_is_of_a_field_that_is_not_there() -> None:
    words = field_words()
    lacking = {}
    for shape in shapes():
        # A header is the file without its list; a school has the fields of a name besides its own.
        inherited = {name for base in shape.__mro__[1:] for name in words.get(base.__name__, {})}
        if shape.__name__.endswith("Header"):
            continue
        if differing := fields(shape) ^ (set(words.get(shape.__name__, {})) | inherited):
            lacking[shape.__name__] = differing
    assert lacking == {}
    assert words.keys() <= {shape.__name__ for shape in shapes()}


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_a_schema_carries_the_words_of_its_fields(name: str) -> None:
    words = field_words().get(SHAPES[name].__name__, {})
    text = (GUIDE.parents[1] / "data" / "schema" / f"{name}.schema.json").read_text(encoding="utf-8")
    assert all(one.means.split("`")[0].split('"')[0] in text for one in words.values())


def test_the_guides_tables_are_current_and_tell_of_every_shape() -> None:
    """If this fails: python -m syncd.source.format_guide docs/calendar-format.md."""
    text = GUIDE.read_text(encoding="utf-8")
    assert with_tables(text) == text
    assert all(f"<!-- fields: {shape} -->" in text for shape in field_words())


@pytest.mark.parametrize(
    ("shape", "field", "example"),
    [(shape, field, one.example) for shape, words in field_words().items() for field, one in words.items()],
)
def test_every_example_is_yaml_of_its_field(shape: str, field: str, example: str) -> None:
    document, problems = parse("example.yaml", example.encode())
    assert not problems, (shape, example)
    assert document is not None
    assert list(document.value) == [field]
