"""Rules for what goes wrong on the wire, and the record of every request served.

One `Faults` belongs to one simulator. It decides, from a seed, which rule strikes which request; how a rule
strikes is the business of `middleware.py`, and how a separate process sets rules that of `control.py`.
"""

from __future__ import annotations

import re
import threading
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count
from random import Random
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

When = Literal["before", "after"]
"""`before`: the application never sees the request. `after`: it took effect, then the answer was spoilt."""

LOG_KEPT = 200_000
"""Requests kept in the record; older ones fall out, the counters stay exact."""


SUCCESS = 2
"""First digit of the statuses that say a request took effect."""


class Kind(StrEnum):
    """What a struck client sees."""

    DROP = "drop"  # the connection is closed without an answer
    RESET = "reset"  # the same with a TCP reset
    STALL = "stall"  # nothing for `seconds` (None: until released), then goes on as if nothing had been
    SLOW_BODY = "slow_body"  # head at once, body in `pieces` pieces spread over `seconds`
    HTML = "html"  # `status` with an HTML page; status 200 gives the lying proxy
    JSON = "json"  # `status` with a JSON body
    THROTTLE_429 = "throttle_429"  # the service's newer refusal, see `Faults.throttle`
    THROTTLE_403 = "throttle_403"  # the service's older refusal
    TRUNCATED_PAGE = "truncated_page"  # half of the page's rows, and no way to the next page
    MALFORMED_JSON = "malformed_json"  # the answer's body is cut in the middle, lengths still agree
    ODD_VALUE = "odd_value"  # the page's first row has the JSON `body` in place of its `at`
    HEADERS = "headers"  # the real answer with `headers` put over its own (None takes one away)
    ACT = "act"  # `action` is called and the request is served: somebody else moves meanwhile


NEEDS_ANSWER = frozenset(
    {Kind.SLOW_BODY, Kind.TRUNCATED_PAGE, Kind.MALFORMED_JSON, Kind.ODD_VALUE, Kind.HEADERS}
)
"""Kinds that spoil a real answer: the request always takes effect, whatever `when` says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One fault and which requests it may strike.

    `method` None means any. `path`, `query` and `content` are regular expressions searched in the decoded
    path, the raw query string and the request body. Of the requests that match, the first `skip` pass, then
    each is struck with `probability` until `times` (None: no limit) were struck.
    """

    kind: Kind
    when: When = "before"
    method: str | None = None
    path: str = ""
    query: str = ""
    content: str = ""
    skip: int = 0
    times: int | None = 1
    probability: float = 1.0
    seconds: float | None = None
    pieces: int = 4
    status: int = 503
    body: str | None = None
    at: str = ""
    headers: Mapping[str, str | None] = field(default_factory=dict)
    action: Callable[[], object] | None = None

    def __post_init__(self) -> None:
        for pattern in (self.path, self.query, self.content):
            re.compile(pattern)
        if not 0.0 <= self.probability <= 1.0:
            raise ValueError(f"probability {self.probability} is outside 0..1")
        if self.when not in ("before", "after"):
            raise ValueError(f"when is before or after, not {self.when!r}")

    def fits(self, request: Request) -> bool:
        """Whether the rule is about this request at all."""
        return (
            (self.method is None or self.method.upper() == request.method)
            and re.search(self.path, request.path) is not None
            and re.search(self.query, request.query) is not None
            and (not self.content or re.search(self.content, request.text) is not None)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a rule can see of a request."""

    method: str
    path: str
    query: str
    content: bytes = b""

    @property
    def text(self) -> str:
        """The body as text; bytes that are not UTF-8 are replaced."""
        return self.content.decode("utf-8", "replace")


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """One line of the record.

    `status`: what the client was sent, None if the connection ended without an answer. `answered`: what the
    application said, None if it never saw the request. `content`: the body of a request that was not a GET.
    """

    number: int
    method: str
    path: str
    query: str
    content: bytes
    status: int | None
    answered: int | None
    fault: Kind | None

    @property
    def applied(self) -> bool:
        """Whether the request took effect: the application answered with success, seen or not."""
        return self.answered is not None and self.answered // 100 == SUCCESS

    def as_json(self) -> dict[str, object]:
        """The line as the control interface shows it."""
        return {
            "number": self.number,
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "content": self.content.decode("utf-8", "replace"),
            "status": self.status,
            "answered": self.answered,
            "fault": self.fault,
            "applied": self.applied,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A whole answer that a simulator gives for its service."""

    status: int
    content_type: str
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)


CANVAS_THROTTLE: Mapping[Kind, Refusal] = {
    Kind.THROTTLE_429: Refusal(
        status=429, content_type="text/plain", body="429 Too Many Requests (Rate Limit Exceeded)\n"
    ),
    Kind.THROTTLE_403: Refusal(
        status=403, content_type="text/plain", body="403 Forbidden (Rate Limit Exceeded)\n"
    ),
}


@dataclass(slots=True)
class _Standing:
    """A rule in force and how far it has got."""

    rule: Rule
    to_skip: int
    left: int | None
    struck: int = 0


class Faults:
    """Thread-safe set of rules in force, and the record of what was served.

    `throttle` holds the service's two refusals, `latency_s` the seconds every request waits before it is
    looked at (for benchmarks), `peak` the most requests that were ever inside at once.
    """

    def __init__(self, *, seed: int = 0, throttle: Mapping[Kind, Refusal] = CANVAS_THROTTLE) -> None:
        self._lock = threading.RLock()
        self._random = Random(seed)  # noqa: S311 - for faults, not secrets
        self._numbers = count(1)
        self._rules: dict[int, _Standing] = {}
        self._log: deque[Served] = deque(maxlen=LOG_KEPT)
        self._served = count(1)
        self._on_release: list[Callable[[], None]] = []
        self.throttle = throttle
        self.latency_s = 0.0
        self.inside = 0
        self.peak = 0

    def add(self, rule: Rule) -> int:
        """Put a rule in force; the answer is its number. Of two that fit, the older one strikes."""
        with self._lock:
            number = next(self._numbers)
            self._rules[number] = _Standing(rule, rule.skip, rule.times)
            return number

    def remove(self, number: int) -> bool:
        """Take one rule out; False if it was not there."""
        with self._lock:
            return self._rules.pop(number, None) is not None

    def clear(self) -> None:
        """End all faults: no rule left, whatever stalls goes on. The record stays."""
        with self._lock:
            self._rules.clear()
        self.release()

    def seed(self, seed: int) -> None:
        """Start the random numbers anew."""
        with self._lock:
            self._random.seed(seed)

    def rules(self) -> list[tuple[int, Rule, int]]:
        """Rules in force as (number, rule, times struck)."""
        with self._lock:
            return [(number, standing.rule, standing.struck) for number, standing in self._rules.items()]

    def choose(self, request: Request) -> Rule | None:
        """The rule that strikes this request, used up by one; None lets it through."""
        with self._lock:
            for standing in self._rules.values():
                if standing.left == 0 or not standing.rule.fits(request):
                    continue
                if standing.to_skip > 0:
                    standing.to_skip -= 1
                elif standing.rule.probability >= 1.0 or self._random.random() < standing.rule.probability:
                    standing.struck += 1
                    standing.left = None if standing.left is None else standing.left - 1
                    return standing.rule
            return None

    def release(self) -> None:
        """Let everything that stalls or drips go on at once."""
        with self._lock:
            waiting, self._on_release = self._on_release, []
        for wake in waiting:
            wake()

    def on_release(self, wake: Callable[[], None]) -> None:
        """Call `wake` once, from any thread, at the next release."""
        with self._lock:
            self._on_release.append(wake)

    @property
    def stalled(self) -> int:
        """Requests that wait for time or release."""
        with self._lock:
            return len(self._on_release)

    def forget_waiting(self, wake: Callable[[], None]) -> None:
        """The wait ended by itself."""
        with self._lock:
            if wake in self._on_release:
                self._on_release.remove(wake)

    def enter(self) -> None:
        """A request came in."""
        with self._lock:
            self.inside += 1
            self.peak = max(self.peak, self.inside)

    def leave(
        self, request: Request, *, status: int | None, answered: int | None, fault: Kind | None
    ) -> None:
        """A request is over: record it."""
        with self._lock:
            self.inside -= 1
            self._log.append(
                Served(
                    number=next(self._served),
                    method=request.method,
                    path=request.path,
                    query=request.query,
                    content=b"" if request.method == "GET" else request.content,
                    status=status,
                    answered=answered,
                    fault=fault,
                )
            )

    def log(self) -> list[Served]:
        """The record, oldest first."""
        with self._lock:
            return list(self._log)

    def count(self, *, method: str | None = None, path: str = "", applied: bool | None = None) -> int:
        """How many recorded requests had this method, a path with this expression in it, and took effect."""
        return sum(
            (method is None or line.method == method)
            and (applied is None or line.applied == applied)
            and re.search(path, line.path) is not None
            for line in self.log()
        )

    def writes(self) -> int:
        """Recorded requests other than GET that took effect."""
        return sum(line.applied and line.method not in ("GET", "HEAD") for line in self.log())

    def forget(self) -> None:
        """Empty the record and the peak."""
        with self._lock:
            self._log.clear()
            self.peak = self.inside
