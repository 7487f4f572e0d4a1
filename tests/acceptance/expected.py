"""What calendars should hold, worked out anew from the YAML and the rules that the issue states.

A second opinion: imports nothing of the program and knows only the shapes and places of the shipped data.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

IN_COURSES = {"re-registration", "classes", "project-defence", "exams", "retake", "day-off"}
FOR_EVERYBODY = {"students", "teachers"}
SHORT_TASK, LONG_SPAN = 3, 14

Wish = tuple[str, date, date]
"""Title, first and last day."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose calendar it is."""

    school: str
    programmes: tuple[str, ...] = ("semester",)
    terms: tuple[str, ...] = ()
    language: str = "en"


class Calendar:
    """One academic year's files as plain YAML."""

    def __init__(self, folder: Path, year: str = "2025-2026") -> None:
        self.university = _read(folder / "university.yaml")
        self.phrases = _read(folder / "phrases.yaml")
        self.year = _read(folder / year / "year.yaml")
        self.entries: list[dict[str, Any]] = []
        for path in sorted((folder / year).glob("*.yaml")):
            told = _read(path)
            for entry in told.get("entries", ()):
                self.entries.append({"programme": told.get("programme"), **entry})
        self.by_id = {entry["id"]: entry for entry in self.entries}

    def course(self, asked: Asked, today: date) -> set[Wish]:
        """A course's calendar."""
        return {
            wish
            for entry in self._in_course(asked)
            for wish in self._drawn(entry, asked, canvas=True, course=True)
            if wish[2] >= today
        }

    def school(self, asked: Asked, today: date, *, canvas: bool = False) -> set[Wish]:
        """A school's calendar at Google, or its account's in Canvas."""
        shown = [
            one
            for one in self.entries
            if one["kind"] != "rule" and FOR_EVERYBODY & _audiences(one) and self._concerns(one, asked)
        ]
        umbrellas = {one.get("under") for one in shown}
        return {
            wish
            for entry in shown
            if entry["id"] not in umbrellas
            for wish in self._drawn(entry, asked, canvas=canvas)
            if wish[2] >= today
        }

    def colour(self, entry: str) -> str:
        """Google's colour of an entry's category."""
        return str(self.university["categories"][self.by_id[entry]["category"]]["colour"])

    def _in_course(self, asked: Asked) -> Iterator[dict[str, Any]]:
        for entry in self.entries:
            category = entry["category"]
            if entry["kind"] == "rule" or category not in IN_COURSES or not self._concerns(entry, asked):
                continue
            if category == "exams" and "graduating" in map(str, entry.get("years", ())):
                continue
            if category == "day-off" and not self._in_term(entry, asked):
                continue
            yield entry

    def _concerns(self, entry: dict[str, Any], asked: Asked) -> bool:
        of_school = not entry.get("schools") or asked.school in entry["schools"]
        of_programme = entry["programme"] is None or entry["programme"] in asked.programmes
        terms = set(entry.get("terms", ()))
        of_term = not asked.terms or not terms or bool(terms & {*asked.terms, "year"})
        return of_school and of_programme and of_term

    def _in_term(self, entry: dict[str, Any], asked: Asked) -> bool:
        for programme in asked.programmes:
            for term in asked.terms:
                if self._overlaps(entry, self.year["terms"][programme].get(term)):
                    return True
        return False

    def _overlaps(self, entry: dict[str, Any], term: dict[str, str] | None) -> bool:
        if term is None:
            return False
        first, last = self.by_id[term["first"]]["start"], self.by_id[term["last"]]["end"]
        return bool(first <= entry["end"] and entry["start"] <= last)

    def _drawn(
        self, entry: dict[str, Any], asked: Asked, *, canvas: bool, course: bool = False
    ) -> Iterator[Wish]:
        first, last = entry["start"], entry["end"]
        days = (last - first) // timedelta(days=1) + 1
        shape = entry.get("shape") or self.university["categories"][entry["category"]]["shapes"].get(
            entry["kind"], entry["kind"]
        )
        edges = shape in {"period", "edges"}
        opens, ends = (("title_opens", "title_last_day"), ("title_begins", "title_ends"))[edges]
        long = days > (LONG_SPAN if shape == "period" else SHORT_TASK)
        if shape == "until":
            yield self._titled("title_last_day", entry, asked), last, last
        elif shape == "between":
            yield self._titled("title_between", entry, asked), first, last
        elif long and (shape in {"task", "edges"} or (shape == "period" and canvas)):
            if not (course and entry["category"] == "re-registration"):
                yield self._titled(opens, entry, asked), first, first
            yield self._titled(ends, entry, asked), last, last
        else:
            yield self._titled("", entry, asked), first, last

    def _titled(self, lead: str, entry: dict[str, Any], asked: Asked) -> str:
        title = self._without_school(str(entry["title"][asked.language]), entry, asked)
        if not lead:
            return title
        phrase = str(self.phrases[lead][asked.language])
        first = title.split()[0]
        # After a colon Russian and Kazakh words begin small, numerals and Latin names do not.
        if ": {title}" in phrase and "\u0410" <= first[0] <= "\u04e8" and first[1:].islower():
            title = title[0].lower() + title[1:]
        return phrase.format(title=title)

    def _without_school(self, title: str, entry: dict[str, Any], asked: Asked) -> str:
        tags = {self.university["schools"][one]["tag"][asked.language] for one in entry.get("schools", ())}
        head, bracket, tail = title.rpartition(" (")
        return head if bracket and set(tail.removesuffix(")").split(", ")) == tags else title


def _audiences(entry: dict[str, Any]) -> set[str]:
    said = entry["audience"]
    return {said} if isinstance(said, str) else set(said)


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))
