"""One page and one metrics endpoint for all instances of a fleet, on loopback."""

from __future__ import annotations

import html

import uvicorn
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from connectors.http import is_loopback
from mapping.errors import SyncdError
from syncd.errors import SettingsError, StateError
from syncd.fleet.overview import Overview, Standing, as_json

_STYLE = (
    "body{font:16px system-ui;margin:2rem}td,th{padding:.3rem 1rem;text-align:left}.bad{font-weight:bold}"
)


def serve(overview: Overview, host: str, port: int) -> None:
    """Until SIGTERM. Raises `SettingsError` for an address beyond this machine."""
    if not is_loopback(host):
        raise SettingsError(f"--listen: {host} is no loopback address; put a reverse proxy in front.")
    uvicorn.run(application(overview), host=host, port=port, log_level="warning", access_log=False)


def application(overview: Overview) -> Starlette:
    """The pages, read anew for each request."""

    async def page(_: Request) -> Response:
        return HTMLResponse(_page(overview.read()))

    async def told(_: Request) -> Response:
        return JSONResponse(as_json(overview.read()))

    async def metrics(_: Request) -> Response:
        return PlainTextResponse(_metrics(overview.read()))

    async def ready(_: Request) -> Response:
        failing = [one.name for one in overview.read() if one.is_failing]
        return JSONResponse({"ready": not failing, "failing": failing}, status_code=503 if failing else 200)

    async def away(_: Request, error: Exception) -> Response:
        return PlainTextResponse(f"{error}\n", status_code=503)

    return Starlette(
        routes=[
            Route("/", page), Route("/fleet.json", told), Route("/metrics", metrics), Route("/readyz", ready),
        ],
        exception_handlers={StateError: away, SyncdError: away},
    )  # fmt: skip


def _page(found: list[Standing]) -> str:
    rows = "".join(
        f"<tr{' class=bad' if one.is_failing else ''}><td>{html.escape(one.name)}</td>"
        f"<td>{html.escape(one.words)}</td><td>{one.contexts}</td><td>{html.escape(one.holder)}</td>"
        f"<td>{html.escape(one.problem)}</td></tr>"
        for one in found
    )
    return (
        f"<!doctype html><html lang=en><title>syncd fleet</title><meta http-equiv=refresh content=10>"
        f"<style>{_STYLE}</style><h1>{len(found)} universities</h1><table><tr><th>Instance<th>Standing"
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
