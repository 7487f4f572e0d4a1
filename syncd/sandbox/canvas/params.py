"""Request parameters the way Rails reads them: `a[b][]=x` in a query or form becomes nested values.

Of two equal scalar keys the last wins. JSON bodies are taken as they are.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable

Params = dict[str, Any]

_KEY = re.compile(r"\[([^\]]*)\]")
FALSE = frozenset({"", "0", "f", "F", "false", "FALSE", "off", "OFF"})


def nested(pairs: Iterable[tuple[str, str]]) -> Params:
    """Pairs of a query or form as nested parameters."""
    params: Params = {}
    for key, value in pairs:
        name = key.partition("[")[0]
        _put(params, [name, *_KEY.findall(key[len(name) :])], value)
    return params


def _put(into: Params, path: list[str], value: str) -> None:
    name, *rest = path
    if not rest:
        into[name] = value
    elif rest[0]:
        inner = into.setdefault(name, {})
        if isinstance(inner, dict):
            _put(inner, rest, value)
    else:
        rows = into.setdefault(name, [])
        if isinstance(rows, list):
            _append(rows, rest[1:], value)


def _append(rows: list[Any], path: list[str], value: str) -> None:
    """`a[][x]=1&a[][y]=2` fills one row until a key repeats."""
    if not path:
        rows.append(value)
        return
    if not rows or not isinstance(rows[-1], dict) or path[0] in rows[-1]:
        rows.append({})
    _put(rows[-1], path, value)


def read_params(query: str, content: bytes, content_type: str) -> Params:
    """All parameters of a request; the body's win over the query's. A broken JSON body counts as empty."""
    params = nested(parse_qsl(query, keep_blank_values=True))
    if "json" in content_type and content:
        try:
            body = orjson.loads(content)
        except orjson.JSONDecodeError:
            body = None
        if isinstance(body, dict):
            params.update(body)
    elif content:
        params.update(nested(parse_qsl(content.decode("utf-8", "replace"), keep_blank_values=True)))
    return params


def flag(value: Any) -> bool:
    """Rails' idea of a boolean: absent, empty and false words are false, everything else is true."""
    return value is not None and value is not False and str(value) not in FALSE


def listed(value: Any) -> list[str]:
    """A list parameter; a lone value is a list of one."""
    if value is None:
        return []
    if isinstance(value, dict):
        return [str(one) for one in value.values()]
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def text(value: Any) -> str | None:
    """A scalar as text; JSON null stays None."""
    if value is None or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)
