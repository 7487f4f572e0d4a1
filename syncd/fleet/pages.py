"""One page and one metrics endpoint for all instances of a fleet, guarded as a university's own page is."""

from __future__ import annotations

import html
import json
import signal
import threading
from collections.abc import Callable, Collection, Mapping

import uvicorn
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from connectors.http import is_loopback
from syncd.config.settings import UNIX
from syncd.errors import SettingsError, StateError
from syncd.fleet.overview import Overview, Standing, as_json
from syncd.web.guards import AtOnce, KnownHosts, SafeHeaders
from syncd.web.http import http_options
from syncd.web.listener import Listener, listen
from syncd.web.metrics import CONTENT_TYPE

_STYLE = (
    "body{font:16px system-ui;margin:2rem}td,th{padding:.3rem 1rem;text-align:left}.bad{font-weight:bold}"
)
_NOT_KEPT = {"Cache-Control": "no-store"}


class FleetServer:
    """Listens from the moment it is made. Raises `SettingsError` for an address that is taken, or beyond this machine.

    ``address``: ``127.0.0.1:8572``, or ``unix:`` and a path. ``hosts``: names under which it is asked, none for any.
    """

    def __init__(self, overview: Overview, address: str, hosts: Collection[str] = ()) -> None:
        host = address.rpartition(":")[0].strip("[]")
        if not address.startswith(UNIX) and not is_loopback(host):
            raise SettingsError(f"--listen: {host} is no loopback address; put a reverse proxy in front.")
        self._listener: Listener = listen(address, asked_by="--listen")
        self._server = uvicorn.Server(uvicorn.Config(application(overview, hosts), **http_options()))

    @property
    def port(self) -> int:
        """The port in use, 0 for a socket in the file system."""
        return self._listener.port

    def run(self) -> None:
        """Serve until `stop`."""
        try:
            self._server.run(sockets=[self._listener.socket])
        finally:
            self._listener.close()

    def stop(self) -> None:
        """Take no more questions."""
        self._server.should_exit = True


def serve(overview: Overview, address: str, hosts: Collection[str] = ()) -> None:
    """Until SIGTERM or SIGINT. Raises `SettingsError`, see `FleetServer`."""
    server = FleetServer(overview, address, hosts)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: server.stop())
    # In a thread of its own: the library ends its process by the signal where it runs in the first one.
    thread = threading.Thread(target=server.run, name="fleet-page")
    thread.start()
    thread.join()


def application(overview: Overview, hosts: Collection[str] = ()) -> Starlette:
    """The pages, read anew for each request: in a thread, since the database may take its time."""

    def of(answer: Callable[[list[Standing]], Response]) -> Callable[[Request], Response]:
        def read(_: Request) -> Response:
            try:
                return answer(overview.read())
            except StateError as error:
                return PlainTextResponse(f"{error}\n", 503, _NOT_KEPT | {"Retry-After": "5"})

        return read

    def ready(found: list[Standing]) -> Response:
        failing = [one.name for one in found if one.is_failing]
        return _json({"ready": not failing, "failing": failing}, 503 if failing else 200)

    def style(_: Request) -> Response:
        return Response(_STYLE, media_type="text/css")

    app = Starlette(
        routes=[
            Route("/", of(lambda found: HTMLResponse(_page(found), headers=_NOT_KEPT)), methods=["GET"]),
            Route("/style.css", style, methods=["GET"]),
            Route("/fleet.json", of(lambda found: _json(as_json(found))), methods=["GET"]),
            Route(
                "/metrics",
                of(lambda found: Response(_metrics(found), headers={"Content-Type": CONTENT_TYPE})),
                methods=["GET"],
            ),
            Route("/readyz", of(ready), methods=["GET"]),
        ],
        middleware=[Middleware(SafeHeaders), Middleware(KnownHosts, hosts=hosts), Middleware(AtOnce)],
    )
    app.router.redirect_slashes = False
    return app


def _json(payload: Mapping[str, object], status: int = 200) -> Response:
    body = json.dumps(payload, ensure_ascii=False) + "\n"
    return Response(body, status, _NOT_KEPT, media_type="application/json")


def _page(found: list[Standing]) -> str:
    rows = "".join(
        f"<tr{' class=bad' if one.is_failing else ''}><td>{html.escape(one.name)}</td>"
        f"<td>{html.escape(one.words)}</td><td>{one.contexts}</td><td>{html.escape(one.holder)}</td>"
        f"<td>{html.escape(one.problem)}</td></tr>"
        for one in found
    )
    return (
        f"<!doctype html><html lang=en><title>syncd fleet</title><meta http-equiv=refresh content=10>"
        f"<link rel=stylesheet href=style.css><h1>{len(found)} universities</h1><table><tr><th>Instance<th>Standing"
        f"<th>Calendars<th>Now on<th>Problem</tr>{rows}</table></html>"
    )


def _metrics(found: list[Standing]) -> str:
    """Gauges from the database: exported here alone, so that nothing is counted once for each worker."""
    registry = CollectorRegistry()
    gauges = {
        name: Gauge(f"syncd_fleet_{name}", text, ["instance"], registry=registry)
        for name, text in (
            ("calendars", "Calendars that targets claimed in the last turn"),
            ("failures", "Calendars and services that failed in the last turn"),
            ("waiting", "Whether a plan waits for a person"),
            ("paused", "Whether nothing is written"),
            ("overdue_seconds", "Seconds for which a turn has been due that nobody makes"),
            ("last_turn_timestamp_seconds", "When the last turn ended"),
            ("problem", "Whether the last turn could not be made"),
            ("running", "Whether a turn is under way"),
        )
    }
    for one in found:
        values = {
            "calendars": one.contexts, "failures": one.failures, "waiting": int(bool(one.refused)),
            "paused": int(one.paused), "overdue_seconds": one.overdue_s, "problem": int(bool(one.problem)),
            "last_turn_timestamp_seconds": one.ended_at, "running": int(bool(one.holder)),
        }  # fmt: skip
        for name, value in values.items():
            gauges[name].labels(one.name).set(value)
    return generate_latest(registry).decode()
