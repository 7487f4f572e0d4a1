"""Reads the lock files, and walks from what the project asks for to everything that this brings along."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from itertools import product
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

Environment = dict[str, str]

MODULES_OF_EXTRAS = {
    "fleet": r"^syncd/state/postgresql/|^syncd/fleet/",
    "import": r"^syncd/importing/",
    "pdf": r"^syncd/reporting/pdf/",
    "sandbox": r"^syncd/sandbox/",
}
"""For each extra the modules that it alone serves, as a pattern of their paths: no other may import its packages."""

EXTRAS = tuple(MODULES_OF_EXTRAS)


def not_of_extras(lacking: Mapping[str, str]) -> dict[str, str]:
    """The modules that lack a package although no extra alone is served by them."""
    of_extras = re.compile("|".join(MODULES_OF_EXTRAS.values()))
    return {
        name: lacks for name, lacks in lacking.items() if not of_extras.search(f"{name.replace('.', '/')}.py")
    }


LOCKS = {
    "requirements.txt": (),
    **{f"requirements-{extra}.txt": (extra,) for extra in EXTRAS},
    "requirements-dev.txt": ("dev", *EXTRAS),
}
"""Each lock file, and the extras it is complete for."""

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PLATFORMS = (("linux", "Linux", "x86_64"), ("linux", "Linux", "aarch64"), ("darwin", "Darwin", "arm64"))


def environments() -> Iterator[Environment]:
    """What markers may ask, for each Python and each kind of machine that the locks are for."""
    for python, (platform, system, machine) in product(PYTHONS, PLATFORMS):
        yield {
            "python_version": python,
            "python_full_version": f"{python}.1",
            "implementation_version": f"{python}.1",
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
            "os_name": "posix",
            "sys_platform": platform,
            "platform_system": system,
            "platform_machine": machine,
            "platform_release": "",
            "platform_version": "",
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """One line of a lock: a project at one version, where its marker holds."""

    requirement: Requirement
    hashes: frozenset[str]

    @property
    def version(self) -> str:
        """The one version that the lock allows."""
        (specifier,) = self.requirement.specifier
        return specifier.version

    def holds(self, environment: Environment) -> bool:
        """Whether it is installed there."""
        return applies(self.requirement, environment)


def read(text: str) -> dict[str, Pin]:
    """Maps each project that a lock names to its pin."""
    found: dict[str, Pin] = {}
    for stated in re.findall(r"^([^\s#-].*(?:\n    --hash=.*)+)", text, re.MULTILINE):
        head, *rest = stated.split("\\\n")
        requirement = Requirement(head)
        hashes = frozenset(line.strip().removeprefix("--hash=") for line in rest)
        found[canonicalize_name(requirement.name)] = Pin(requirement=requirement, hashes=hashes)
    return found


def applies(requirement: Requirement, environment: Environment, extras: Iterable[str] = ()) -> bool:
    """Whether a requirement counts there, for a project that is asked for with these extras."""
    marker = requirement.marker
    return marker is None or any(marker.evaluate(environment | {"extra": extra}) for extra in ("", *extras))


def asked_for(root: Path, extras: Iterable[str]) -> list[Requirement]:
    """What pyproject.toml names for production, for these extras and for building the project itself."""
    document = tomllib.loads((root / "pyproject.toml").read_text())
    project = document["project"]
    lists = [
        project["dependencies"],
        document["build-system"]["requires"],
        document["dependency-groups"]["build"],
    ]
    lists += [project["optional-dependencies"][extra] for extra in extras]
    return [Requirement(line) for lines in lists for line in lines]


def faults(pins: dict[str, Pin], wanted: Iterable[Requirement], environment: Environment) -> list[str]:
    """Everything that is missing from a lock, too old in it, or in it for nothing, in one environment.

    What a pinned project requires is read from the environment that the tests run in, where the largest lock is
    installed. A pin for other interpreters alone is not installed here; what it requires is not looked at.
    """
    here = f"on Python {environment['python_version']}, {environment['sys_platform']}"
    found: list[str] = []
    reached: dict[str, set[str]] = {}
    queue = [(requirement, "pyproject.toml") for requirement in wanted]
    while queue:
        requirement, source = queue.pop()
        name = canonicalize_name(requirement.name)
        if not applies(requirement, environment):
            continue
        pin = pins.get(name)
        if pin is None or not pin.holds(environment):
            found.append(f"{requirement}, asked for by {source}, is not pinned {here}")
            continue
        if not requirement.specifier.contains(pin.version, prereleases=True):
            found.append(f"{source} asks for {requirement}, and {pin.version} is pinned")
        extras = reached.get(name, set()) | requirement.extras
        if reached.get(name) == extras:
            continue
        reached[name] = extras
        queue += [(needed, name) for needed in _required(name, pin, environment, extras)]
    held = {name for name, pin in pins.items() if pin.holds(environment)}
    found += [f"{name} is pinned, and nothing asks for it {here}" for name in sorted(held - reached.keys())]
    return list(dict.fromkeys(found))


def _required(name: str, pin: Pin, environment: Environment, extras: set[str]) -> Iterator[Requirement]:
    """The requirements of a pinned project, those of the extras included."""
    try:
        installed = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        if pin.requirement.marker is not None and not pin.requirement.marker.evaluate():
            return
        raise
    assert installed.version == pin.version, f"{name} {installed.version} is installed, {pin.version} pinned"
    for line in installed.requires or ():
        requirement = Requirement(line)
        if applies(requirement, environment, extras):
            # Its marker has been judged with the extras; further down only the project counts.
            requirement.marker = None
            yield requirement
