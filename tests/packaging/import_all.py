"""Imports every module of the installed packages; prints those that lack a package of others, and which, as JSON.

A program of its own: `python import_all.py [NAME ...]`, where packages of these names are as if not installed. A verb
that says which extra it needs lacks nothing.
"""

import importlib
import json
import pkgutil
import sys

PACKAGES = ("connectors", "data", "mapping", "syncd")


def lacking() -> dict[str, str]:
    """Maps each module that cannot be imported to the package that it lacks."""
    from syncd.config.extras import MissingExtraError  # noqa: PLC0415 - only once the names are as if not installed

    found = {}
    for package in PACKAGES:
        path = importlib.import_module(package).__path__
        for module in pkgutil.walk_packages(path, f"{package}.", onerror=lambda _: None):
            if module.name.endswith("__main__"):
                continue
            try:
                importlib.import_module(module.name)
            except MissingExtraError:
                assert module.name.startswith("syncd.commands."), module.name
            except ModuleNotFoundError as error:
                found[module.name] = str(error.name)
    return found


if __name__ == "__main__":
    sys.modules |= dict.fromkeys(sys.argv[1:])  # type: ignore[arg-type]  # None marks what cannot be imported
    print(json.dumps(lacking()))  # noqa: T201 - its answer
