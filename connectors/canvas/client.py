"""One token's way to Canvas: a session for each thread, retries, and links that stay on its host.

Event traffic is plain JSON; accounts and terms go through canvasapi, over the same session. Nothing here knows
what an event is.
"""

from __future__ import annotations

import re
import threading
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import SplitResult, urljoin, urlsplit

import requests
from requests.utils import parse_header_links

from connectors.authorities import trusting
from connectors.canvas.exchange import Reply, Request
from connectors.canvas.failures import Call, lost, not_sent
from connectors.canvas.pace import Pace
from connectors.canvas.quoting import Params, encoded, quoted
from connectors.canvas.settings import CanvasSettings
from connectors.canvas.wire import PacedAdapter, Wire
from connectors.containment import contained
from connectors.counting import RequestCounter
from connectors.errors import MalformedResponseError
from connectors.http import Timeouts, moment_of
from connectors.retry import Retrier
from connectors.sockets import OpenSockets
from mapping.errors import SyncdError

if TYPE_CHECKING:
    from canvasapi import Canvas

T = TypeVar("T")

_USUAL_PORTS = {"80", "443"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A success: its JSON, and what its headers say about paging and time."""

    data: Any
    date: datetime | None = None
    """The server's clock as it answered."""
    next_url: str = ""
    """Address of the next page on our own host, '' if none is told."""
    page: int | None = None
    """Number of this page, None where it is not told."""
    numbered: bool = True
    """False where pages are known to go by bookmarks."""
    last_page: int | None = None
    per_page: int | None = None
    """Page size in force, where told."""
    seconds: float = 0.0
    """From sending to the last byte."""
    size: int = 0
    """Bytes of the body, unpacked."""


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    """What one thread talks through."""

    session: requests.Session
    adapter: PacedAdapter
    template: requests.PreparedRequest
    """What requests makes of a call to the API's root with our headers."""
    origin: str
    """Scheme and host of the root, as requests writes them."""
    root: str
    """The rest of its address."""
    headers: Mapping[str, str]


class CanvasClient:
    """Reads and writes with one token. Thread-safe."""

    def __init__(
        self, settings: CanvasSettings, token: str, counter: RequestCounter, sockets: OpenSockets
    ) -> None:
        self._settings = settings
        self._token = token.strip()
        self._base = settings.address
        self._api = f"{self._base}/api/v1/"
        self.pace = Pace(
            settings.pace,
            clock=settings.clock,
            sleep=settings.pause,
            stop=settings.stop,
            rng=settings.rng,
            share=settings.share,
        )
        self._wire = Wire(
            pace=self.pace,
            timeouts=settings.timeouts,
            clock=settings.clock,
            sockets=sockets,
            user_agent=f"syncd/{settings.version}" if settings.version else "syncd",
            trust=trusting(self._settings.ca_file) if self._settings.ca_file else None,
            note=counter.note,
        )
        self._retrier = Retrier(
            settings.retry,
            clock=settings.clock,
            sleep=settings.pause,
            stop=settings.stop,
            rng=settings.rng,
            on_retry=counter.repeated,
        )
        self._of_thread = threading.local()
        self._sessions: weakref.WeakSet[requests.Session] = weakref.WeakSet()

    @property
    def timeouts(self) -> Timeouts:
        """Those in force."""
        return self._settings.timeouts

    def get(
        self, path: str, params: Params, call: Call, *, shape: type = dict, attempts: int | None = None
    ) -> Answer:
        """GET below /api/v1/ (or a whole address from `Answer.next_url`), repeated where that may help.

        ``shape`` is the JSON type promised; another one is treated like an answer that is not the API's.
        ``attempts``: fewer than usual, where the caller has another way.
        """
        return self._retrier.call(
            lambda: self._send("GET", path, call, params=params, shape=shape),
            operation=call.operation,
            context=call.context,
            attempts=attempts,
        )

    def write(self, method: str, path: str, form: Params, call: Call) -> Answer:
        """POST, PUT or DELETE below /api/v1/; what may be repeated, the call says. No shape is asked for."""
        return self._retrier.call(
            lambda: self._send(method, path, call, form=form),
            operation=call.operation,
            context=call.context,
        )

    def ask(self, question: Callable[[Canvas], T], call: Call) -> T:
        """Ask canvasapi something; lists must be read inside the question."""
        return self._retrier.call(
            lambda: self._ask(question, call), operation=call.operation, context=call.context
        )

    def close(self) -> None:
        """Drop idle connections; those in use are cut by `OpenSockets.cut`."""
        for session in list(self._sessions):
            session.close()

    def _send(
        self,
        method: str,
        path: str,
        call: Call,
        *,
        params: Params = (),
        form: Params = (),
        shape: type | None = None,
    ) -> Answer:
        try:
            line = self._line()
            with line.adapter.saying(call):
                # Past the session: cookies, redirects and what the environment says are all switched off there.
                reply = line.adapter.ask(
                    _request(line, method, path.removeprefix(self._api), params, form),
                    line.template,
                    line.session.proxies,
                )
        except requests.RequestException as error:  # the adapter lets none out: it never came so far
            raise not_sent(call, f"the request cannot be made ({type(error).__name__}).") from error
        if shape is not None and not isinstance(reply.data, shape):
            held, promised = type(reply.data).__name__, shape.__name__
            raise lost(call, f"the answer holds a {held} where a {promised} belongs.")
        with contained(call.operation, call.context, write=not call.repeatable):
            return self._answer(reply, call)

    def _ask(self, question: Callable[[Canvas], T], call: Call) -> T:
        from connectors.canvas.vendor import canvas_over  # noqa: PLC0415 - see there

        line = self._line()
        try:
            with line.adapter.saying(call):
                return question(canvas_over(line.session, self._base, self._token))
        except SyncdError:
            raise
        except Exception as error:
            # canvasapi's, or anything else's, when an answer is not as it expects.
            raise MalformedResponseError(
                f"the answer cannot be read ({type(error).__name__}).",
                operation=call.operation,
                context=call.context,
            ) from error

    def _line(self) -> _Line:
        line: _Line | None = getattr(self._of_thread, "line", None)
        if line is None:
            line = self._connect()
            self._of_thread.line = line
            self._sessions.add(line.session)
        return line

    def _connect(self) -> _Line:
        session = requests.Session()
        adapter = PacedAdapter(self._wire)
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        # Settings of the environment (a .netrc above all) would replace token, proxy and authorities.
        session.trust_env = False
        session.verify = True
        session.max_redirects = 0
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        if self._settings.proxy:
            session.proxies = {"http": self._settings.proxy, "https": self._settings.proxy}
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        template = session.prepare_request(requests.Request("GET", self._api, headers=headers))
        template.headers["User-Agent"] = self._wire.user_agent
        root = urlsplit(template.url or "")
        return _Line(
            session,
            adapter,
            template,
            origin=f"{root.scheme}://{root.netloc}",
            root=root.path,
            headers={name: str(value) for name, value in template.headers.items()},
        )

    def _answer(self, reply: Reply, call: Call) -> Answer:
        data, told = reply.data, parse_header_links(reply.headers.get("link", ""))
        if isinstance(data, list) and any("rel" not in link for link in told):
            raise MalformedResponseError(
                "its Link header cannot be read, so nobody can tell whether more pages follow.",
                operation=call.operation,
                context=call.context,
            )
        # By RFC 8288 a link may have several relations, in any case.
        links = {name: link["url"] for link in told for name in link.get("rel", "").casefold().split()}
        here = links.get("current", "")
        page = _parameter(here, "page")
        following = links.get("next", "")
        return Answer(
            data=data,
            date=moment_of(reply.headers.get("date")),
            next_url=self._on_our_host(following, call) if following else "",
            page=_whole(page),
            numbered=page == "" or _whole(page) is not None,
            last_page=_whole(_parameter(links.get("last", ""), "page")),
            per_page=_whole(_parameter(here, "per_page")),
            seconds=reply.seconds,
            size=len(reply.body),
        )

    def _on_our_host(self, url: str, call: Call) -> str:
        """The address on our own scheme and host. Raises where it names another host or leaves the API."""
        if url.startswith(self._api) and "#" not in url:
            return url
        try:
            ours, theirs = urlsplit(self._api), urlsplit(urljoin(self._api, url))
        except ValueError as error:
            raise MalformedResponseError(
                "the address of its next page cannot be read.", operation=call.operation, context=call.context
            ) from error
        if _host(theirs) != _host(ours) or not theirs.path.startswith(ours.path):
            raise MalformedResponseError(
                f"the next page lies at another host ({theirs.hostname}); the token does not follow.",
                operation=call.operation,
                context=call.context,
            )
        return theirs._replace(scheme=ours.scheme, netloc=ours.netloc, fragment="").geturl()


def _request(line: _Line, method: str, path: str, params: Params, form: Params) -> Request:
    """A request as requests itself would prepare it, for a tenth of the time. ``path``: below the API's root."""
    query = f"?{encoded(params)}" if params else ""
    body, headers = encoded(form), line.headers
    if form:
        headers = {**headers, "Content-Type": "application/x-www-form-urlencoded"}
    if form or method != "GET":
        headers = {**headers, "Content-Length": str(len(body))}
    return Request(method, line.origin, f"{line.root}{quoted(path)}{query}", headers, body)


def _host(parts: SplitResult) -> tuple[str | None, str]:
    """Host and port; the usual ports of http and https count as one, since proxies confuse the two."""
    _, _, port = parts.netloc.rpartition("@")[2].partition(":")
    return parts.hostname, "" if port in _USUAL_PORTS else port


def _parameter(url: str, name: str) -> str:
    """A parameter of an address of Canvas's, '' if it has none. Not decoded: pages are numbers or opaque."""
    found = re.search(rf"[?&]{name}=([^&#]*)", url)
    return found[1] if found is not None else ""


def _whole(text: str) -> int | None:
    # Python reads no number of thousands of digits; a page beyond a thousand million is none.
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
