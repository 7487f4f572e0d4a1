"""What an import says: the questions, what to type next, why it was refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from shlex import quote
from typing import Any

from mapping.importing.questions import Question
from syncd.importing.request import Request

_MOST_TOLD = 40


def next_lines(
    unanswered: Sequence[Question],
    folder: Path,
    request: Request,
    faults: Mapping[str, str],
    *,
    to_mend: bool,
) -> list[str]:
    """The open questions, and the command that goes on.

    ``faults``: why an answer cannot be used, by question; ``to_mend`` if `syncd check` would refuse what was made.
    """
    out: list[str] = []
    for one in unanswered[:_MOST_TOLD]:
        where = f"{one.spot}: " if one.spot.as_json() != {"page": None} else ""
        fault = faults.get(one.name)
        reason = f"{fault}. {one.reason}" if fault else one.reason
        out.append(f"  {where}{_short(one.text)}\n      {reason}" if one.text else f"  {reason}")
    if len(unanswered) > _MOST_TOLD:
        out.append(f"  and {len(unanswered) - _MOST_TOLD} more")
    out.append(f"Look at {folder / 'side-by-side.html'}.")
    if unanswered:
        review = folder / "review.xlsx"
        out.append(f"Answer in {review} and type:")
        out.append(_again(request, review))
    elif to_mend:
        out.append(
            "No question is open, but `syncd check` would refuse what came of it. Mend what is named below, then:"
        )
        out.append(_again(request))
    else:
        out.append(f"No question is open. Take it over with: syncd import {quote(str(folder))} --accept")
    return out


def _again(request: Request, review: Path | None = None) -> str:
    """The command to type, as a shell takes it: names of files and headers may have blanks."""
    answers = f" --answers {quote(str(review))}" if review is not None else ""
    return f"  syncd import {quote(str(request.file))} --year {request.year}{_options(request)}{answers}"


def _options(request: Request) -> str:
    """What was said of how to read the document, to be typed again."""
    options = {
        "from": request.from_year or "",
        "language": request.language,
        "dates": request.order or "",
        "programme": request.programme,
        "begins": str(request.begins or ""),
        "columns": ",".join(f"{column}={term}" for column, term in request.columns.items()),
        "map": ",".join(f"{name}={column}" for name, column in request.fields.items()),
    }
    return "".join(f" --{name} {quote(value)}" for name, value in options.items() if value)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 100 else line[:99] + "…"


def refusal_lines(record: Mapping[str, Any], folder: Path, request: Request | None = None) -> list[str]:
    """Why no draft was made, each with its place; with the ``request`` also how to say that words were read."""
    out = ["Refused: no draft was made."]
    out += [f"  {_place(one['place'])}{one['reason']}" for one in record.get("refused", [])[:_MOST_TOLD]]
    out += [f"  unread: {_place(one['place'])}{_short(one['text'])}" for one in record["unread"][:_MOST_TOLD]]
    if record["unread"] and request is not None:
        review = folder / "review.xlsx"
        out.append(f"Say `read` in {review} for what belongs to no entry, and type:")
        out.append(_again(request, review))
    out.append(f"What was read stands in {folder / 'import.json'} and {folder / 'side-by-side.html'}.")
    return out


def _place(place: Mapping[str, Any]) -> str:
    said = ", ".join(f"{name} {value}" for name, value in place.items() if value is not None)
    return f"{said}: " if said else ""
