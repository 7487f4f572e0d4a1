"""What a promise is said to be proved by is there: the file, and in it the words that are quoted from it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
GUIDES = ("docs/guarantees.md", "docs/security.md")
PROOF = re.compile(
    r"`([\w/]*test_\w+\.py)(?:::(test_\w+)(?:\.\.\.)?)?`(?:: ((?:\"[^\"]+\"(?:, (?:and )?)?)+))?"
)


def places(name: str) -> list[Path]:
    """Files that a name may mean: whole, from the folder of a suite, or by the end of its path."""
    return [
        path
        for path in (ROOT / "tests").rglob("test_*.py")
        if f"/{path.relative_to(ROOT)}".endswith(f"/{name}")
    ]


def plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", text.lower()))


def unproved(text: str) -> list[str]:
    """Proofs in a guide that lead nowhere."""
    missing = []
    for name, test, quoted in PROOF.findall(text):
        found = [plain(path.read_text(encoding="utf-8")) for path in places(name)]
        wanted = [test, *re.findall(r'"([^"]+)"', quoted)]
        if not found:
            missing.append(name)
        missing += [f"{name}: {one}" for one in wanted if not any(plain(one) in source for source in found)]
    return missing


@pytest.mark.parametrize("guide", GUIDES)
def test_what_proves_a_promise_is_there(guide: str) -> None:
    assert unproved((ROOT / guide).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "place", ["`test_ghost.py`", "`docs/test_proofs.py::test_{}`", '`docs/test_proofs.py`: "{}"']
)
def test_a_proof_that_leads_nowhere_is_found(place: str) -> None:
    assert unproved(place.format("x" * 9))


def test_a_proof_is_found_by_the_words_of_its_name() -> None:
    assert unproved('`docs/test_proofs.py`: "found by the words", "leads nowhere"') == []


SIZES = {
    "tests/laws/test_laws.py": (r"^IN_CI = (\d+)$", "in memory {} worlds"),
    "tests/laws/test_laws_over_http.py": (r"^WORLDS = .* else (\d+)$", "over HTTP {} worlds"),
    "tests/kills/test_kill_sweep.py": (r"^IN_CI = (\d+)$", "some {} moments in each of three phases"),
}


@pytest.mark.parametrize("source", SIZES)
def test_how_much_a_run_of_the_laws_tries_is_what_the_guide_says(source: str) -> None:
    pattern, words = SIZES[source]
    found = re.search(pattern, (ROOT / source).read_text(encoding="utf-8"), re.MULTILINE)
    assert found is not None
    assert words.format(found[1]) in (ROOT / "docs/guarantees.md").read_text(encoding="utf-8")
