"""Throw-away service accounts: a key made at run time, in the file format that Google's libraries read.

Good for nothing but the simulator that made it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from syncd.sandbox.google.access import Account
from syncd.sandbox.google.oauth import TOKEN_PATH

if TYPE_CHECKING:
    from pathlib import Path

    from syncd.sandbox.google.world import World

KEY_BITS = 2048


def service_account_key(
    world: World, base_url: str, *, email: str | None = None, delegated: str = ""
) -> dict[str, str]:
    """Give an account (the world's service account by default) a new key; answers the key file's content.

    `base_url`: of the running simulator, without a trailing slash. `delegated`: scopes, separated by blanks,
    with which the account may act as users of the domain. Keys given before go on working.
    """
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    with world.lock:
        name = email or world.service_account
        account = world.access.accounts.get(name) or world.add_account(Account(email=name, service=True))
        key_id = world.new_id(40)
        account.keys[key_id] = key.public_key()
        account.delegated |= frozenset(delegated.split())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return {
        "type": "service_account",
        "project_id": "sandbox",
        "private_key_id": key_id,
        "private_key": pem.decode(),
        "client_email": name,
        "client_id": "100000000000000000000",
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": f"{base_url}{TOKEN_PATH}",
        "universe_domain": "googleapis.com",
    }


def write_service_account_file(
    world: World, base_url: str, path: Path, *, email: str | None = None, delegated: str = ""
) -> Path:
    """Write such a key to a file that only its owner can read."""
    content = orjson.dumps(service_account_key(world, base_url, email=email, delegated=delegated))
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_bytes(content)
    return path
