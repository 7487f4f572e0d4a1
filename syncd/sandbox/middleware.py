"""How faults strike: the ASGI middleware between the socket and a simulator.

Knows HTTP and the connection, nothing of Canvas or Google beyond how either marks the next page.
Everything below `/_sandbox` passes untouched and unrecorded.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import re
import socket
import struct
from typing import TYPE_CHECKING, Protocol

import orjson

from syncd.sandbox.faults import NEEDS_ANSWER, Faults, Kind, Refusal, Request, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTROL = "/_sandbox"
TRANSPORT = "sandbox.transport"
"""Key in the ASGI scope's state under which the server puts the connection (see `serve.py`)."""

PLACE = "sandbox.odd-value"
"""Stands for an odd value until the page is text."""
WHOLE_ANSWERS = frozenset({Kind.HTML, Kind.JSON, Kind.THROTTLE_403, Kind.THROTTLE_429})
"""Kinds that put another answer in place of the application's."""

HTML_PAGE = "<!DOCTYPE html><html><head><title>{status}</title></head><body>Service Unavailable</body></html>"
NEXT_LINK = re.compile(r'(,?)<[^>]*>;\s*rel="next"')


class Answer:
    """What the application wanted to send, held back until it is complete."""

    __slots__ = ("body", "headers", "status")

    def __init__(self) -> None:
        self.status = 500
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = b""

    async def collect(self, message: Message) -> None:
        """Stand in for the server's send."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = list(message.get("headers", []))
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")

    def header(self, name: str, value: str | None) -> None:
        """Put a header over its own; None takes it away."""
        raw = name.lower().encode("latin-1")
        self.headers = [pair for pair in self.headers if pair[0].lower() != raw]
        if value is not None:
            self.headers.append((raw, value.encode("latin-1")))

    def replace_body(self, body: bytes) -> None:
        """Another body, with a length that agrees."""
        self.body = body
        self.header("content-length", str(len(body)))

    def head(self) -> Message:
        """The start message."""
        return {"type": "http.response.start", "status": self.status, "headers": self.headers}


class Gate(Protocol):
    """A service's own limit in front of its application: a request holds its share while it is inside."""

    def admit(self, scope: Scope) -> Answer | None:
        """Let a request in, or answer with the refusal."""

    def settle(self, scope: Scope, answer: Answer | None) -> None:
        """Book what a request cost, refused ones too; may put headers on the service's own answer."""


class FaultMiddleware:
    """Serves an application through the rules of one `Faults`, behind its gate if it has one."""

    def __init__(self, app: ASGIApp, faults: Faults, *, gate: Gate | None = None) -> None:
        self.app = app
        self.faults = faults
        self.gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, struck or not."""
        if scope["type"] != "http" or scope["path"].startswith(CONTROL):
            await self.app(scope, receive, send)
            return
        request = Request(
            method=scope["method"],
            path=scope["path"],
            query=scope["query_string"].decode("latin-1"),
            content=await _read(receive),
        )
        self.faults.enter()
        strike = Strike(self, scope, receive, send, request)
        try:
            await strike.serve()
        finally:
            strike.record(None)


class Strike:
    """One request on its way through: what the application answered and what the client got."""

    def __init__(
        self, through: FaultMiddleware, scope: Scope, receive: Receive, send: Send, request: Request
    ) -> None:
        self.app = through.app
        self.faults = through.faults
        self.gate = through.gate
        self.settled = False
        self.scope = scope
        self.receive = receive
        self.send = send
        self.request = request
        self.recorded = False
        self.answered: int | None = None
        self.fault: Kind | None = None

    async def serve(self) -> None:
        """Pass the gate, wait the latency, choose a rule, let it strike before or after the application."""
        refused = None if self.gate is None else self.gate.admit(self.scope)
        if refused is not None:
            self.settle(refused)
            await self.deliver(refused)
            return
        try:
            await self._serve_inside()
        finally:
            self.settle(None)

    async def _serve_inside(self) -> None:
        if self.faults.latency_s > 0:
            await self.wait(self.faults.latency_s)
        rule = self.faults.choose(self.request)
        if rule is None:
            await self.deliver(await self.apply())
            return
        self.fault = rule.kind
        answer = None
        if rule.when == "after" or rule.kind in NEEDS_ANSWER:
            answer = await self.apply()
        await self.strike(rule, answer)

    async def apply(self) -> Answer:
        """Let the application see the request; its whole answer is held back."""
        answer = Answer()
        content = iter([self.request.content])

        async def replay() -> Message:
            for body in content:
                return {"type": "http.request", "body": body, "more_body": False}
            return await self.receive()

        await self.app(self.scope, replay, answer.collect)
        self.answered = answer.status
        self.settle(answer)
        return answer

    def record(self, status: int | None) -> None:
        """Write the request down once, before the client can see how it ended and look at the record."""
        if not self.recorded:
            self.recorded = True
            self.faults.leave(self.request, status=status, answered=self.answered, fault=self.fault)

    def settle(self, answer: Answer | None) -> None:
        """Tell the gate once that the request is done."""
        if self.gate is not None and not self.settled:
            self.settled = True
            self.gate.settle(self.scope, answer)

    async def strike(self, rule: Rule, answer: Answer | None) -> None:
        """Do what the rule says to the client; `answer` is None where the application was not asked."""
        if rule.kind in (Kind.DROP, Kind.RESET):
            await self.hang_up(reset=rule.kind is Kind.RESET)
            return
        if rule.kind is Kind.STALL and not await self.wait(rule.seconds):
            return
        if rule.kind is Kind.ACT and rule.action is not None:
            rule.action()
        if rule.kind in WHOLE_ANSWERS:
            answer = _refusal(self._refusal_of(rule))
        if answer is None:
            answer = await self.apply()
        spoil(answer, rule)
        if rule.kind is Kind.SLOW_BODY:
            await self.drip(answer, rule)
        else:
            await self.deliver(answer)

    def _refusal_of(self, rule: Rule) -> Refusal:
        if rule.kind in self.faults.throttle:
            told = self.faults.throttle[rule.kind]
            return told if rule.body is None else dataclasses.replace(told, body=rule.body)
        if rule.kind is Kind.HTML:
            page = HTML_PAGE.format(status=rule.status) if rule.body is None else rule.body
            return Refusal(status=rule.status, content_type="text/html; charset=utf-8", body=page)
        text = '{"errors":[{"message":"An error occurred."}]}' if rule.body is None else rule.body
        return Refusal(status=rule.status, content_type="application/json; charset=utf-8", body=text)

    async def deliver(self, answer: Answer) -> None:
        """Send the whole answer."""
        self.record(answer.status)
        await self.send(answer.head())
        await self.send({"type": "http.response.body", "body": answer.body})

    async def drip(self, answer: Answer, rule: Rule) -> None:
        """Send the head at once and the body in pieces."""
        self.record(answer.status)
        await self.send(answer.head())
        size = max(1, -(-len(answer.body) // rule.pieces))
        pause = None if rule.seconds is None else rule.seconds / rule.pieces
        for at in range(0, len(answer.body), size):
            if at and not await self.wait(pause):
                return
            await self.send(
                {"type": "http.response.body", "body": answer.body[at : at + size], "more_body": True}
            )
        await self.send({"type": "http.response.body", "body": b""})

    async def wait(self, seconds: float | None) -> bool:
        """Wait until the time is up or the faults are released; False if the client left meanwhile."""
        released = asyncio.Event()
        loop = asyncio.get_running_loop()

        def wake() -> None:
            with contextlib.suppress(RuntimeError):  # the loop may be closed already
                loop.call_soon_threadsafe(released.set)

        self.faults.on_release(wake)
        left = asyncio.ensure_future(_disconnected(self.receive))
        over = asyncio.ensure_future(released.wait())
        try:
            await asyncio.wait({left, over}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            return not left.done()
        finally:
            self.faults.forget_waiting(wake)
            for task in (left, over):
                task.cancel()
            await asyncio.gather(left, over, return_exceptions=True)

    async def hang_up(self, *, reset: bool) -> None:
        """Close the socket under the client and wait until it is gone."""
        self.record(None)
        transport: asyncio.Transport = self.scope["state"][TRANSPORT]
        if reset:
            connection = transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            transport.abort()
        else:
            transport.close()
        await _disconnected(self.receive)


async def _read(receive: Receive) -> bytes:
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(parts)
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


def _refusal(refusal: Refusal) -> Answer:
    answer = Answer()
    answer.status = refusal.status
    answer.header("content-type", refusal.content_type)
    for name, value in refusal.headers.items():
        answer.header(name, value)
    answer.replace_body(refusal.body.encode())
    return answer


def spoil(answer: Answer, rule: Rule) -> None:
    """Do to an answer what the rule does to its rows, its text and its headers."""
    if rule.kind is Kind.TRUNCATED_PAGE:
        truncate_page(answer)
    elif rule.kind is Kind.MALFORMED_JSON:
        answer.replace_body(answer.body[: max(1, len(answer.body) // 2)])
    elif rule.kind is Kind.ODD_VALUE:
        put_odd_value(answer, rule.at, rule.body or "null")
    for name, value in rule.headers.items():
        answer.header(name, value)


def put_odd_value(answer: Answer, field: str, value: str) -> None:
    """Put any JSON in place of one field of the first row, as text, since not all of it could be made from a value."""
    try:
        page = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return
    rows = page.get("items") if isinstance(page, dict) else page
    if isinstance(rows, list) and rows and isinstance(rows[0], dict):
        rows[0][field] = PLACE
        answer.replace_body(orjson.dumps(page).replace(orjson.dumps(PLACE), value.encode(), 1))


def truncate_page(answer: Answer) -> None:
    """Keep the first half of a list's rows and hide that there is more (Link rel=next, nextPageToken)."""
    try:
        page = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return
    if isinstance(page, list):
        page = page[: len(page) // 2]
    elif isinstance(page, dict):
        page.pop("nextPageToken", None)
        for name, rows in page.items():
            if isinstance(rows, list) and name in ("items", "enrollment_terms", "account_calendars"):
                page[name] = rows[: len(rows) // 2]
    answer.replace_body(orjson.dumps(page))
    for name, value in list(_links(answer.headers)):
        answer.header(name, value)


def _links(headers: list[tuple[bytes, bytes]]) -> Iterator[tuple[str, str | None]]:
    for name, value in headers:
        if name.lower() == b"link":
            yield "link", NEXT_LINK.sub("", value.decode("latin-1")).lstrip(",") or None
