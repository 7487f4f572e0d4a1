"""`.env.example` is the whole list of settings, with their defaults, and what `syncd init` hands out."""

import re
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from syncd.config.settings import PREFIX, Settings

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / ".env.example").read_text(encoding="utf-8")
LINE = re.compile(r"^(SYNCD_[A-Z_]+)=(.*)$", re.MULTILINE)


def settings_of(model: type[BaseModel], prefix: str) -> dict[str, Any]:
    """Variable to default, sections unfolded."""
    found: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        variable = prefix + name.upper()
        if isinstance(field.default, BaseModel):
            found |= settings_of(type(field.default), f"{variable}__")
        else:
            found[variable] = field.default
    return found


def test_it_names_every_setting_once_and_nothing_else() -> None:
    named = [name for name, _ in LINE.findall(TEXT)]
    assert sorted(named) == sorted(settings_of(Settings, PREFIX))


def test_it_gives_the_default_of_each() -> None:
    defaults = settings_of(Settings, PREFIX)
    told = {name: value for name, value in LINE.findall(TEXT) if value}
    for name, value in told.items():
        default = defaults[name]
        assert type(default)(value) == default, name
    assert {
        name for name, default in defaults.items() if default in (None, "")
    } == defaults.keys() - told.keys()


def test_each_setting_is_explained() -> None:
    lines = TEXT.splitlines()
    unexplained = [line for above, line in pairwise(lines) if LINE.match(line) and not above]
    assert unexplained == []


def test_as_it_stands_it_changes_nothing(monkeypatch: Any, tmp_path: Path) -> None:
    for name in settings_of(Settings, PREFIX):
        monkeypatch.delenv(name, raising=False)
    assert Settings(_env_file=ROOT / ".env.example") == Settings(_env_file=None)


def test_a_site_is_handed_the_same_text() -> None:
    assert (files("syncd.site_files") / "settings.env").read_text(encoding="utf-8") == TEXT
