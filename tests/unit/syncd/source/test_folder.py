"""A calendar folder is read whole or refused, whatever state an editor or a disk left it in."""

from __future__ import annotations

import os
from contextlib import suppress
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapping.document.plain import PlainDocument
from mapping.errors import InvalidCalendarError, Problem
from mapping.model import CanonicalCalendar
from syncd.source.folder import SourceFolder, load_calendar, load_targets, read_calendar
from syncd.source.folder import shipped as shipped_words
from syncd.source.yaml_text import parse
from tests.support.college import CLOSED, TEACHING, college, write

SHIPPED = read_calendar(None)
COLLEGE = college()
SEMESTER = "2025-2026/semester.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(college(), tmp_path)


def problems(folder: Path) -> list[str]:
    with pytest.raises(InvalidCalendarError) as caught:
        load_calendar(folder)
    return [str(problem) for problem in caught.value.problems]


def test_the_shipped_calendar_is_without_fault() -> None:
    calendar, source = load_calendar(None)

    assert len(calendar.years["2025-2026"].entries) == 141
    assert source.problems == ()


def test_a_folder_is_read_as_it_lies(folder: Path) -> None:
    calendar, source = load_calendar(folder)

    assert list(calendar.years) == ["2031-2032", "2032-2033"]
    assert source.files == college()


def test_kept_bytes_give_the_same_calendar_again(folder: Path) -> None:
    calendar, source = load_calendar(folder)
    again = SourceFolder.from_files(source.files)

    assert again.calendar() == calendar
    assert again.digest == source.digest


def test_the_bytes_digest_sees_what_the_calendars_does_not(folder: Path) -> None:
    calendar, source = load_calendar(folder)
    with (folder / CLOSED).open("a") as stream:
        stream.write("# a comment\n")
    commented, after = load_calendar(folder)

    assert after.digest != source.digest
    assert commented.digest == calendar.digest


def test_what_editors_and_mounts_leave_behind_is_not_read(folder: Path) -> None:
    (folder / "2031-2032" / ".teaching.yaml.swp").write_bytes(b"\x00")
    (folder / "2031-2032" / "teaching.yaml~").write_bytes(b"entries: [")
    (folder / "2031-2032" / "source").mkdir()
    (folder / "2031-2032" / "source" / "calendar.txt").write_text("entries: [")
    (folder / "..data").mkdir()
    (folder / "..data" / "x.yaml").write_text("entries: [")
    (folder / "targets.yaml").write_text("owner: [")

    assert load_calendar(folder)[1].files == college()


@pytest.mark.parametrize(
    "name", ["teaching.yaml", "2031-2032/more.yml", "2031-2032/drafts/more.yaml", "2033-2034/teaching.yaml"]
)
def test_entries_where_nobody_reads_them_are_told(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(college()[TEACHING])

    expected = (
        f"{name}: holds entries but would not be read: a calendar file ends in .yaml and lies beside a year"
    )
    assert problems(folder)[0].startswith(expected)


def test_a_year_that_lost_its_year_file_is_told(folder: Path) -> None:
    (folder / "2032-2033" / "year.yaml").unlink()

    assert problems(folder)[0].startswith("2032-2033/all.yaml: holds entries but would not be read")


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert "there is no such calendar folder" in problems(tmp_path / "none")[0]


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    assert "the calendar folder holds no calendar" in problems(tmp_path)[0]


def test_a_huge_file_is_refused_without_being_read(folder: Path) -> None:
    with (folder / TEACHING).open("wb") as stream:
        stream.truncate(100 * 1024 * 1024 * 1024)  # sparse: no machine could read it whole

    assert "2031-2032/teaching.yaml: the file is larger than 2 MB; is it the right one?" in problems(folder)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file_is_told_beside_the_other_faults(folder: Path) -> None:
    (folder / "university.yaml").chmod(0)
    (folder / CLOSED).write_bytes(b"a: [")

    told = problems(folder)

    assert "university.yaml: the file cannot be read: Permission denied; check its owner and rights" in told
    assert any(problem.startswith("2031-2032/closed.yaml:1") for problem in told)
    assert not any("missing" in problem for problem in told)


def test_a_disk_that_fails_is_told(folder: Path) -> None:
    (folder / "routing.yaml").unlink()
    (folder / "routing.yaml").symlink_to("/proc/self/mem")  # a file whose first byte cannot be read

    assert (
        "routing.yaml: the file cannot be read: Input/output error; check its owner and rights"
        in problems(folder)
    )


def test_a_folder_in_place_of_a_file_is_told(folder: Path) -> None:
    (folder / CLOSED).unlink()
    (folder / CLOSED).mkdir()
    (folder / "routing.yaml").unlink()
    (folder / "routing.yaml").mkdir()

    assert any(problem.startswith("routing.yaml") for problem in problems(folder))


def test_a_pipe_in_place_of_a_file_blocks_nothing(folder: Path) -> None:
    (folder / "routing.yaml").unlink()
    os.mkfifo(folder / "routing.yaml")

    assert "routing.yaml: there is no such file; check the path" in problems(folder)


def test_a_folder_of_thousands_of_files_is_refused(folder: Path) -> None:
    for number in range(600):
        (folder / "2031-2032" / f"{number}.yaml").write_bytes(b"a: 1\n")

    assert any("holds more than 500 files" in problem for problem in problems(folder))


@settings(max_examples=40)
@given(st.integers(min_value=0, max_value=len(SHIPPED.files[SEMESTER]) - 1))
def test_a_file_cut_at_any_byte_is_refused_or_loads_as_fewer_entries_and_never_fails_otherwise(
    cut: int,
) -> None:
    files = {**SHIPPED.files, SEMESTER: SHIPPED.files[SEMESTER][:cut]}
    with suppress(InvalidCalendarError):
        calendar = SourceFolder.from_files(files).calendar()
        assert len(calendar.years["2025-2026"].entries) <= 141


@settings(max_examples=100)
@given(st.sampled_from(sorted(COLLEGE)), st.integers(min_value=0), st.binary(min_size=1, max_size=3))
def test_bytes_written_over_anywhere_are_refused_or_load_and_never_fail_otherwise(
    file: str, position: int, garbage: bytes
) -> None:
    content = bytearray(COLLEGE[file])
    start = position % len(content)
    content[start : start + len(garbage)] = garbage
    with suppress(InvalidCalendarError):
        SourceFolder.from_files({**COLLEGE, file: bytes(content)}).calendar()


@pytest.fixture(scope="module")
def shipped() -> CanonicalCalendar:
    return load_calendar(None)[0]


TARGETS = """\
owner: mnu
timezone: Asia/Almaty
targets:
  - {name: law, kind: google, calendar_id: l@g, school: law, programme: semester, languages: [kk, ru, en]}
  - {name: pilot, kind: canvas, courses: [101], year: 2025-2026, terms: [autumn], languages: [en]}
"""
KINDS = {"google", "canvas"}


def test_a_targets_file_is_read_against_the_calendar(shipped: CanonicalCalendar, tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text(TARGETS)

    assert [one.name for one in load_targets(tmp_path / "t.yaml", shipped, KINDS).targets] == ["law", "pilot"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "t.yaml: there is no such file; check the path"),
        (b"\xff", "t.yaml:1: byte 1 is not UTF-8"),
        (b"", "t.yaml:1: the file is empty"),
        (b"targets: &a []", "t.yaml:1: the anchor &a is not allowed"),
        (TARGETS.replace("school: law", "school: lwa").encode(), "t.yaml:4 [law]: unknown school 'lwa'"),
    ],
)
def test_a_bad_targets_file_is_told(
    shipped: CanonicalCalendar, tmp_path: Path, content: bytes | None, words: str
) -> None:
    if content is not None:
        (tmp_path / "t.yaml").write_bytes(content)

    with pytest.raises(InvalidCalendarError) as caught:
        load_targets(tmp_path / "t.yaml", shipped, KINDS)

    assert words in str(caught.value)


def test_the_shipped_calendar_is_the_packages_data() -> None:
    shipped = files("data")
    assert all((shipped / name).read_bytes() == content for name, content in SHIPPED.files.items())


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that were parsed since the test began, in that order."""
    names: list[str] = []

    def noting(name: str, content: bytes) -> tuple[PlainDocument | None, tuple[Problem, ...]]:
        names.append(name)
        return parse(name, content)

    monkeypatch.setattr("syncd.source.folder.parse", noting)
    monkeypatch.setattr("syncd.source.folder._PARSED", {})
    monkeypatch.setattr("syncd.source.folder._BUILT", [])
    return names


def test_whoever_compares_bytes_alone_parses_nothing(folder: Path, parsed: list[str]) -> None:
    assert read_calendar(folder).digest == SourceFolder.from_files(COLLEGE).digest
    assert parsed == []


def test_a_calendar_parses_each_of_its_files_once_and_none_of_the_package(
    folder: Path, parsed: list[str]
) -> None:
    shipped_words.cache_clear()
    source = read_calendar(folder)
    source.served()

    assert source.documents
    assert source.edited_at
    assert parsed == sorted(COLLEGE)


def test_a_phrase_that_a_site_lacks_makes_the_packages_phrases_be_read(parsed: list[str]) -> None:
    lines = COLLEGE["phrases.yaml"].decode().splitlines(keepends=True)
    older = "".join(line for line in lines if not line.startswith("label_todo:"))
    shipped_words.cache_clear()
    SourceFolder.from_files({**COLLEGE, "phrases.yaml": older.encode()}).served()

    assert parsed == [*sorted(COLLEGE), "phrases.yaml"]


def test_an_edit_makes_the_edited_file_alone_be_parsed_again(folder: Path, parsed: list[str]) -> None:
    before = read_calendar(folder).served()
    parsed.clear()
    edited = folder / TEACHING
    edited.write_text(edited.read_text("utf-8").replace("title: {", "title:  {", 1), "utf-8")
    again = read_calendar(folder).served()

    assert parsed == [TEACHING]
    assert again.digest == before.digest


def test_a_file_put_right_again_is_read_again(folder: Path, parsed: list[str]) -> None:
    sound = (folder / TEACHING).read_bytes()
    (folder / TEACHING).write_bytes(b"entries: [")
    assert read_calendar(folder).problems
    (folder / TEACHING).write_bytes(sound)

    assert read_calendar(folder).problems == ()
    assert parsed.count(TEACHING) == 2


def test_files_that_stayed_as_they_were_are_the_same_calendar(folder: Path) -> None:
    before = read_calendar(folder).served()
    assert read_calendar(folder).served() is before

    (folder / TEACHING).write_bytes(b"entries: [")
    with pytest.raises(InvalidCalendarError):
        read_calendar(folder).served()
    (folder / TEACHING).write_bytes(COLLEGE[TEACHING])
    assert read_calendar(folder).served() == before
