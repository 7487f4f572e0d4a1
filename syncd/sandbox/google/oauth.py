"""The token endpoint for service accounts: a signed assertion in, an access token out.

Times in the assertion are not compared with the world's clock, since clients sign with the machine's.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from syncd.sandbox.google.access import TOKEN_LIFE_S, Caller
from syncd.sandbox.google.call import Answer, Call, Params, json_answer, text_answer

if TYPE_CHECKING:
    from syncd.sandbox.google.access import Account
    from syncd.sandbox.google.world import World

TOKEN_PATH = "/token"  # noqa: S105 - a path
AUDIENCE = "https://oauth2.googleapis.com/token"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LONGEST_LIFE_S = 3600


class TokenError(Exception):
    """No token: HTTP status, OAuth error code and its description."""

    def __init__(self, status: int, code: str, description: str) -> None:
        super().__init__(f"{status} {code}: {description}")
        self.status = status
        self.code = code
        self.description = description


def answer_token(world: World, call: Call) -> Answer:
    """Serve `/token`."""
    form = Params.parse(call.body.decode("utf-8", "replace"))
    with world.lock:
        fault = _fault(world)
        if fault is not None:
            return fault
        try:
            return json_answer(_exchange(world, form))
        except TokenError as refusal:
            content = {"error": refusal.code, "error_description": refusal.description}
            return json_answer(content, refusal.status)


def _fault(world: World) -> Answer | None:
    switches = world.switches
    if switches.token_fault == "none" or switches.token_fault_times == 0:  # noqa: S105 - a switch
        return None
    if switches.token_fault_times is not None:
        switches.token_fault_times -= 1
    match switches.token_fault:
        case "invalid_grant":
            refusal = {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}
            return json_answer(refusal, 400)
        case "unauthorized_client":
            return json_answer({"error": "unauthorized_client", "error_description": UNAUTHORIZED}, 401)
        case "server_error":
            return json_answer({"error": "internal_failure"}, 503)
        case _:
            return text_answer("<html><body>502 Bad Gateway</body></html>", 502)


UNAUTHORIZED = (
    "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of"
    " the scopes requested."
)


def _exchange(world: World, form: Params) -> dict[str, Any]:
    if form.text("grant_type") != JWT_BEARER:
        raise TokenError(400, "unsupported_grant_type", "Invalid grant_type.")
    claims, account = _verified(world, form.text("assertion") or "")
    _check_claims(claims)
    scopes = frozenset(str(claims.get("scope", "")).split())
    if not scopes:
        raise TokenError(400, "invalid_scope", "Invalid OAuth scope or ID token audience provided.")
    caller = _caller(world, account, claims.get("sub"), scopes)
    token = f"ya29.{world.new_id(40)}"
    world.access.grant(token, caller, expires=world.now() + TOKEN_LIFE_S)
    return {"access_token": token, "expires_in": TOKEN_LIFE_S, "token_type": "Bearer"}


def _caller(world: World, account: Account, subject: object, scopes: frozenset[str]) -> Caller:
    if subject is None or subject == account.email:
        return Caller(email=account.email, scopes=scopes, service=True)
    if not scopes <= account.delegated:
        raise TokenError(401, "unauthorized_client", UNAUTHORIZED)
    if subject not in world.access.accounts:
        raise TokenError(400, "invalid_grant", "Invalid email or User ID")
    return Caller(email=str(subject), scopes=scopes)


def _verified(world: World, assertion: str) -> tuple[dict[str, Any], Account]:
    """The claims of an assertion and the account that signed it."""
    signed, _, signature = assertion.rpartition(".")
    try:
        head, claims = (orjson.loads(_decoded(part)) for part in signed.split("."))
        seal = _decoded(signature)
    except (ValueError, binascii.Error):
        raise TokenError(400, "invalid_grant", "Invalid JWT: malformed.") from None
    account = world.access.accounts.get(claims.get("iss", ""))
    if account is None or not account.service:
        raise TokenError(400, "invalid_grant", "Invalid grant: account not found")
    key = account.keys.get(head.get("kid", ""))
    if account.revoked or head.get("alg") != "RS256" or key is None:
        raise TokenError(400, "invalid_grant", "Invalid JWT Signature.")
    try:
        key.verify(seal, signed.encode(), PKCS1v15(), SHA256())
    except InvalidSignature:
        raise TokenError(400, "invalid_grant", "Invalid JWT Signature.") from None
    return claims, account


def _check_claims(claims: dict[str, Any]) -> None:
    if claims.get("aud") != AUDIENCE:
        raise TokenError(400, "invalid_grant", "Invalid JWT: Failed audience check.")
    issued, expires = claims.get("iat"), claims.get("exp")
    lives = expires - issued if isinstance(issued, int) and isinstance(expires, int) else 0
    if not 0 < lives <= LONGEST_LIFE_S:
        raise TokenError(
            400,
            "invalid_grant",
            "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe."
            " Check your iat and exp values in the JWT claim.",
        )


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
