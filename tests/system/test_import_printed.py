"""`syncd import` of what LibreOffice prints and saves: PDFs of two layouts, and a workbook that went through it."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.printed import printed_calendar, write_docx

pytestmark = pytest.mark.system


def _converted(path: Path, kind: str) -> Path:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed here")
    out = path.parent / "converted"
    command = [
        office,
        "--headless",
        f"-env:UserInstallation=file://{path.parent / 'profile'}",
        "--convert-to",
        kind,
    ]
    subprocess.run([*command, "--outdir", str(out), str(path)], check=True, capture_output=True, timeout=180)
    return out / path.with_suffix(f".{kind}").name


def _syncd(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "syncd", *words], cwd=folder, capture_output=True, text=True, check=False,
        env={"SYNCD_CALENDAR_DIR": str(folder / "site"), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_printed_calendar_is_the_same_calendar(tmp_path: Path, language: str) -> None:
    assert _syncd(tmp_path, "init", "site").returncode == 0
    file = _converted(write_docx(tmp_path / "calendar.docx", printed_calendar(language)), "pdf")
    ran = _syncd(tmp_path, "import", str(file), "--year", "2025-2026", "--out", "made")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    summary = json.loads((tmp_path / "made" / "import.json").read_text(encoding="utf-8"))["summary"]
    assert (summary["cells"], summary["carried"]) == (124, 124)


def test_a_workbook_comes_back_from_libreoffice_without_a_difference(tmp_path: Path) -> None:
    assert _syncd(tmp_path, "init", "site").returncode == 0
    assert _syncd(tmp_path, "export", "--format", "xlsx", "--out", "calendar.xlsx").returncode == 0
    file = _converted(tmp_path / "calendar.xlsx", "xlsx")
    ran = _syncd(tmp_path, "import", str(file), "--year", "2025-2026", "--out", "made")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert (tmp_path / "made" / "difference.txt").read_text(encoding="utf-8") == "no difference\n"
