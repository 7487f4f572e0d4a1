"""One authenticated request as endpoints see it, and the answer they give."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson
from starlette.responses import Response

from syncd.sandbox.canvas import errors
from syncd.sandbox.canvas.contexts import find_account, find_course, find_user
from syncd.sandbox.canvas.events import Author
from syncd.sandbox.canvas.params import read_params
from syncd.sandbox.canvas.rights import has_right
from syncd.sandbox.canvas.throttle import secret_of
from syncd.sandbox.canvas.zones import text_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from starlette.requests import Request

    from syncd.sandbox.canvas.model import Account, Course, Token, User
    from syncd.sandbox.canvas.params import Params
    from syncd.sandbox.canvas.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request of a known user. `base` is scheme and host without a slash, `query` the raw query string."""

    world: World
    user: User
    real_user: User
    method: str
    base: str
    path: str
    query: str
    params: Params
    route: Mapping[str, Any]
    zone: ZoneInfo

    @property
    def host(self) -> str:
        """Host and port of this Canvas."""
        return self.base.partition("://")[2]

    def author(self) -> Author:
        """The caller as somebody who writes events."""
        return Author(self.world, self.user, zone=self.zone, host=self.host)

    def refuse(self) -> errors.CanvasRefusal:
        """The permission refusal in the caller's language."""
        locale = self.world.locale_of(self.user)
        return errors.not_allowed(locale, old=self.world.switches.old_permission_answers)

    def account(self, *, right: str | None = None) -> Account:
        """The account the path names; raises CanvasRefusal if there is none, or the right is missing."""
        found = find_account(self.world, self.route["account"])
        if found is None:
            raise errors.not_found()
        if right is not None and not has_right(self.world, self.user, found.id, right):
            raise self.refuse()
        return found

    def course(self) -> Course:
        """The course the path names, deleted ones included; raises CanvasRefusal if there is none."""
        found = find_course(self.world, self.route["course"])
        if found is None:
            raise errors.not_found()
        return found

    def person(self) -> User:
        """The user the path names; raises CanvasRefusal if there is none."""
        found = find_user(self.world, self.route["user"], self.user)
        if found is None:
            raise errors.not_found()
        return found


@dataclass(slots=True, kw_only=True)
class Reply:
    """An endpoint's answer: encoded JSON, status and further headers."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def reply(content: object, status: int = 200) -> Reply:
    """A JSON answer."""
    return Reply(body=orjson.dumps(content), status=status)


async def open_call(world: World, request: Request) -> Call:
    """Authenticate a request and read its parameters. Raises CanvasRefusal."""
    content = await request.body()
    params = read_params(request.url.query, content, request.headers.get("content-type", ""))
    token = _token(world, request)
    caller = world.users[token.user_id]
    user = _masquerade(world, caller, params)
    _check_scope(token, request)
    return Call(
        world=world,
        user=user,
        real_user=caller,
        method=request.method,
        base=f"{request.url.scheme}://{request.headers.get('host', request.url.netloc)}",
        path=request.url.path,
        query=request.url.query,
        params=params,
        route=request.path_params,
        zone=world.zone_of(user),
    )


def _token(world: World, request: Request) -> Token:
    secret = secret_of(request.scope)
    if not secret:
        raise errors.no_token()
    token = world.tokens.get(secret)
    if token is None:
        raise errors.bad_token("Invalid access token.")
    if token.state == "revoked":
        raise errors.bad_token("Revoked access token.")
    if token.state == "expired" or (token.expires_at is not None and token.expires_at <= world.now()):
        raise errors.bad_token("Expired access token.", text_of(token.expires_at or world.now()))
    return token


def _check_scope(token: Token, request: Request) -> None:
    """Scopes name routes with :id placeholders; a token without a fitting one gets nowhere."""
    if token.scopes is None:
        return
    method = "GET" if request.method == "HEAD" else request.method
    path = request.url.path.removesuffix(".json")
    parts = [":id" if _is_id(part) else part for part in path.split("/")]
    wanted = f"url:{method}|{'/'.join(parts)}"
    if not any(_same_scope(scope, wanted) for scope in token.scopes):
        raise errors.missing_scope()


def _is_id(part: str) -> bool:
    return part.isdecimal() or part == "self" or ":" in part


def _same_scope(scope: str, wanted: str) -> bool:
    have, want = scope.split("/"), wanted.split("/")
    return len(have) == len(want) and all(
        one == other or (one.startswith(":") and other == ":id")
        for one, other in zip(have, want, strict=True)
    )


def _masquerade(world: World, caller: User, params: Params) -> User:
    wanted = params.get("as_user_id")
    if not wanted:
        return caller
    user = find_user(world, str(wanted), caller)
    if user is None or not has_right(world, caller, world.root.id, "become_user"):
        raise errors.bad_masquerade()
    return user


def to_response(call: Call, answer: Reply) -> Response:
    """The answer with the headers every API answer has."""
    response = Response(answer.body, status_code=answer.status, headers=answer.headers)
    response.headers["content-type"] = "application/json; charset=utf-8"
    if call.user is not call.real_user:
        response.headers["X-Canvas-User-Id"] = str(call.user.id)
        response.headers["X-Canvas-Real-User-Id"] = str(call.real_user.id)
    return response
