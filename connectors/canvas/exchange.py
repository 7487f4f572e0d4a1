"""A request and its answer over a connection that stands already, by the standard library alone.

requests and urllib3 open connections: names, certificates, authorities and proxies are theirs. For each request after
the first they take its address apart again and wrap its answer for streams, cookies and redirects, none of which is
asked for here: twice the time of the request itself. Knows HTTP, nothing of Canvas.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from typing import Any

import requests
import urllib3
from requests.structures import CaseInsensitiveDict

_AT_ONCE = 1024 * 1024
"""Bytes of a body that is read in one piece; of a larger one no more is held than has come."""
_GONE = (errno.EPIPE, errno.ECONNRESET)


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be sent. ``origin``: scheme and host. ``target``: path and query, quoted. ``body``: '' for none."""

    method: str
    origin: str
    target: str
    headers: Mapping[str, str]
    body: str = ""

    @property
    def url(self) -> str:
        """The whole address."""
        return self.origin + self.target

    def prepared(self, template: requests.PreparedRequest) -> requests.PreparedRequest:
        """The same for requests; what it keeps beside (cookies, hooks) is the template's."""
        request = template.copy()
        request.method, request.url, request.body = self.method, self.url, self.body or None
        request.headers = CaseInsensitiveDict(self.headers)
        return request


@dataclass(slots=True)
class Reply:
    """What has come so far. ``status``: 0 where nothing has. ``headers``: found by their names in small letters."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | bytearray = b""
    data: Any = None
    """The JSON of a success."""
    seconds: float = 0.0
    """From sending to the last byte."""


def send(connection: HTTPConnection, request: Request, *, send_s: float, read_s: float) -> HTTPResponse:
    """Send over a connection that stands, and read status and headers of the answer.

    ``send_s``, ``read_s``: longest wait for the kernel to take bytes, and between two pieces of the answer. Raises
    OSError and HTTPException; the connection is then of no use.
    """
    connection.sock.settimeout(send_s)
    try:
        HTTPConnection.request(
            connection, request.method, request.target, request.body or None, request.headers
        )
    except OSError as error:
        # Whoever hangs up before the end of a request may have answered it: that is read.
        if error.errno not in _GONE:
            raise
    connection.sock.settimeout(read_s)
    return HTTPConnection.getresponse(connection)


def headers_of(response: HTTPResponse) -> dict[str, str]:
    """By name in small letters; what came several times is one list, and a folded line is one line."""
    headers: dict[str, str] = {}
    for name, value in response.getheaders():
        key, text = name.lower(), " ".join(value.split()) if "\n" in value else value
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


def read_at_once(response: HTTPResponse, headers: Mapping[str, str]) -> bytes | None:
    """The body where it is plain and small by what was told of it, else None and nothing is read."""
    length = headers.get("content-length", "")
    if "content-encoding" in headers or not length.isdecimal() or (response.length or 0) > _AT_ONCE:
        return None
    return response.read()


def in_pieces(response: HTTPResponse, headers: Mapping[str, str], method: str) -> urllib3.HTTPResponse:
    """The answer for whoever reads its body piece by piece, unpacked."""
    return urllib3.HTTPResponse(
        body=response,
        headers=headers,
        status=response.status,
        version=response.version,
        reason=response.reason,
        preload_content=False,
        original_response=response,
        request_method=method,
    )
