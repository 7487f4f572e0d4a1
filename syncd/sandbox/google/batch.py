"""Batches: many calls in one multipart request, answered part by part like calls of their own.

No call fails another; the outer status is 200 unless the batch itself is malformed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.parser import BytesParser
from http import HTTPStatus
from typing import TYPE_CHECKING

from syncd.sandbox.google.call import Answer, Call, Params, json_answer
from syncd.sandbox.google.errors import ApiError, bad_request, conflict
from syncd.sandbox.google.router import ROOT, route

if TYPE_CHECKING:
    from syncd.sandbox.google.api import Api
    from syncd.sandbox.google.world import World

BATCH_PATH = "/batch/calendar/v3"
CALLS_LIMIT = 1000
CRLF = b"\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One call of a batch and the id by which its answer is found."""

    content_id: str | None
    call: Call


def answer_batch(api: Api, call: Call) -> Answer:
    """Serve every part in order; order and completeness of the answers are up to the switches."""
    try:
        parts = _parts(call)
    except ApiError as refusal:
        return json_answer(refusal.body(), refusal.code)
    with api.world.lock:
        written: set[tuple[str, ...]] = set()
        answers = [(part, _serve(api, part, written)) for part in parts]
        return _multipart(api.world, answers)


def _parts(call: Call) -> list[Part]:
    kind = call.headers.get("content-type", "")
    if not kind.startswith("multipart/mixed"):
        raise bad_request("The batch request must be multipart/mixed.")
    message = BytesParser().parsebytes(f"Content-Type: {kind}\r\n\r\n".encode("latin-1") + call.body)
    told = message.get_payload()
    if not isinstance(told, list) or not told:
        raise bad_request("Failed to parse batch request, error: 0 items.")
    if len(told) > CALLS_LIMIT:
        raise bad_request(f"The batch request has more than {CALLS_LIMIT} calls.")
    outer = {name: value for name, value in call.headers.items() if not name.startswith("content-")}
    parts = []
    for one in told:
        content = one.get_payload(decode=True) if not isinstance(one, str) else b""
        inner = _inner(content if isinstance(content, bytes) else b"", outer, call.params)
        content_id = None if isinstance(one, str) else one.get("Content-ID")
        parts.append(Part(content_id=content_id, call=inner))
    return parts


def _inner(content: bytes, outer: Mapping[str, str], outer_params: Params) -> Call:
    """A request in a part: request line, headers, blank line, body; line ends as they come."""
    line, _, rest = content.lstrip().partition(b"\n")
    words = line.decode("utf-8", "replace").split()
    message = BytesParser().parsebytes(rest)
    body = message.get_payload(decode=True)
    verb, target = (words[0], words[1]) if len(words) > 1 else ("", "")
    path, _, query = target.partition("?")
    return Call(
        method=verb.upper(),
        path=path,
        params=Params.parse(query).over(outer_params),
        headers={**outer, **{name.lower(): str(value) for name, value in message.items()}},
        body=body if isinstance(body, bytes) else b"",
    )


def _serve(api: Api, part: Part, written: set[tuple[str, ...]]) -> Answer:
    call = part.call
    if not call.path.startswith(ROOT):
        refusal = bad_request("The path of a part must be relative and belong to this API.")
        return json_answer(refusal.body(), refusal.code)
    found = route(call.method, call.path)
    names = found.names if found is not None and found.writes else ()
    if len(names) > 1 and api.world.switches.batch_collisions:
        if names in written:
            return json_answer(conflict().body(), conflict().code)
        written.add(names)
    return api.answer(call)


def _multipart(world: World, answers: list[tuple[Part, Answer]]) -> Answer:
    switches = world.switches
    if switches.batch_drop_parts:
        answers = answers[: -switches.batch_drop_parts]
    if switches.batch_shuffle:
        answers = answers[:]
        world.random.shuffle(answers)
    boundary = f"batch_{world.new_id()}"
    body = b"".join(_shown(boundary, part, answer) for part, answer in answers)
    body += f"--{boundary}--\r\n".encode()
    if switches.batch_cut_next > 0:
        switches.batch_cut_next -= 1
        body = body[: len(body) // 2]
    return Answer(status=200, body=body, headers=(("content-type", f"multipart/mixed; boundary={boundary}"),))


def _shown(boundary: str, part: Part, answer: Answer) -> bytes:
    head = [f"--{boundary}", "Content-Type: application/http"]
    if part.content_id is not None:
        head.append(f"Content-ID: <response-{part.content_id.strip().removeprefix('<')}")
    head += ["", f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"]
    head += [f"{name.title()}: {value}" for name, value in answer.headers]
    head += [f"Content-Length: {len(answer.body)}", "", ""]
    return "\r\n".join(head).encode("latin-1") + answer.body + CRLF
