"""Each set of packages by itself: what an extra brings is imported only where that extra is installed."""

import json
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from tests.packaging.locks import EXTRAS, MODULES_OF_EXTRAS, not_of_extras, read


def undeclared(root: Path, installed: str) -> list[str]:
    """What deptry finds where production and at most one extra are installed, and the modules of the others not used."""
    others = [extra for extra in EXTRAS if extra != installed]
    command = [sys.executable, "-m", "deptry", ".", "--no-ansi"]
    command += ["--optional-dependencies-dev-groups", ",".join(["dev", *others])]
    # What stands here takes the place of the setting in pyproject.toml.
    apart = ["^tests/", "^bench/", *(MODULES_OF_EXTRAS[extra] for extra in others)]
    command += ["--extend-exclude", "|".join(apart)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return [line for line in done.stderr.splitlines() if " DEP" in line]


@pytest.mark.parametrize("installed", ["", *EXTRAS])
def test_every_import_is_of_a_package_that_is_installed_there(installed: str, root: Path) -> None:
    assert undeclared(root, installed) == []


def test_an_extras_package_in_a_module_of_production_is_found(root: Path, tmp_path: Path) -> None:
    (tmp_path / "syncd").mkdir()
    (tmp_path / "syncd" / "planted.py").write_text("import nh3\n")
    (tmp_path / "pyproject.toml").write_text((root / "pyproject.toml").read_text())
    assert any("'nh3' imported but declared as a dev dependency" in line for line in undeclared(tmp_path, ""))


def test_production_imports_whole_where_no_extra_is_installed(root: Path) -> None:
    ours = {"connectors", "data", "mapping", "syncd", "tests"}
    production = read((root / "requirements.txt").read_text()).keys()
    owners = {
        name: {canonicalize_name(one) for one in found} for name, found in packages_distributions().items()
    }
    absent = sorted(name for name, found in owners.items() if not found & production and name not in ours)
    assert {"nh3", "psycopg", "pytest", "typst"} <= set(absent)
    program = [sys.executable, "-P", str(root / "tests" / "packaging" / "import_all.py"), *absent]
    done = subprocess.run(program, cwd=root.parent, capture_output=True, text=True, check=True)
    lacking = json.loads(done.stdout)
    assert any(name.startswith("syncd.sandbox") for name in lacking)
    assert not_of_extras(lacking) == {}
