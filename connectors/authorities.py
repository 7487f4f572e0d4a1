"""Whom a connection trusts, and what is said where a certificate is not accepted. Knows no service."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

import certifi

_MISMATCH = 62
_EXPIRED, _NOT_YET = 10, 9


def trusting(ca_file: str) -> ssl.SSLContext:
    """The public authorities, and those of a file besides; '' for the public ones alone.

    Raises `OSError` (`ssl.SSLError` among them) where the file cannot be used.
    """
    context = ssl.create_default_context(cafile=certifi.where())
    if ca_file:
        context.load_verify_locations(cafile=ca_file)
    return context


def certificate_words(error: BaseException, host: str) -> str:
    """What is wrong with a server's certificate, '' where the error is about none."""
    found = next((one for one in causes(error) if isinstance(one, ssl.SSLCertVerificationError)), None)
    if found is None:
        return ""
    if found.verify_code == _MISMATCH or "match" in str(found.verify_message):
        return f"the certificate of {host} is for another host name."
    if found.verify_code == _EXPIRED:
        return f"the certificate of {host} has expired, by this machine's clock."
    if found.verify_code == _NOT_YET:
        return f"the certificate of {host} is not valid yet, by this machine's clock."
    return f"the certificate of {host} is signed by an authority that this machine does not trust."


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error, what it was raised from, and what its arguments wrap: vendors nest them in both ways."""
    seen: list[BaseException] = []
    left: list[object] = [error]
    while left and len(seen) < 20:
        one = left.pop()
        if isinstance(one, BaseException) and one not in seen:
            seen.append(one)
            left += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
    return iter(seen)
