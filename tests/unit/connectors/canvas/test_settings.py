"""The token goes nowhere it must not: addresses and tokens are checked before anything is built."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connectors.canvas.settings import CanvasAddressError, CanvasSettings, CanvasTokenError
from connectors.http import is_loopback


def build(base_url: str = "https://canvas.example.edu", **changed: Any) -> CanvasSettings:
    told: dict[str, Any] = {"tokens": ("7~abc",), "owner": "mnu", "timezone": "Asia/Almaty"}
    return CanvasSettings(base_url=base_url, **(told | changed))


@pytest.mark.parametrize(
    ("base_url", "address", "origin"),
    [
        ("https://canvas.example.edu", "https://canvas.example.edu", "https://canvas.example.edu"),
        (" https://canvas.example.edu/ ", "https://canvas.example.edu", "https://canvas.example.edu"),
        ("https://example.edu:8443/lms/", "https://example.edu:8443/lms", "https://example.edu:8443"),
        ("http://127.0.0.1:3000", "http://127.0.0.1:3000", "http://127.0.0.1:3000"),
        ("http://localhost:3000", "http://localhost:3000", "http://localhost:3000"),
        ("http://[::1]:3000", "http://[::1]:3000", "http://[::1]:3000"),
    ],
)
def test_https_and_loopback_are_accepted(base_url: str, address: str, origin: str) -> None:
    settings = build(base_url)
    assert (settings.address, settings.origin) == (address, origin)


@pytest.mark.parametrize(
    ("base_url", "reason"),
    [
        ("http://canvas.example.edu", "plain http"),
        ("http://127.0.0.1.example.edu", "plain http"),
        ("http://localhost.example.edu", "plain http"),
        ("canvas.example.edu", "must begin"),
        ("ftp://canvas.example.edu", "must begin"),
        ("https://", "must begin"),
        ("", "must begin"),
        ("https://me:secret@canvas.example.edu", "no user name"),
        ("https://canvas.example.edu?x=1", "no user name"),
        ("https://canvas.example.edu/api/v1", "API's path"),
        ("https://canvas.example.edu:port", "cannot be read"),
        ("https://[canvas", "cannot be read"),
    ],
)
def test_other_addresses_are_refused_with_the_reason(base_url: str, reason: str) -> None:
    with pytest.raises(CanvasAddressError, match=reason):
        build(base_url)


@pytest.mark.parametrize(
    "tokens", [(), ("",), ("7~good-one", " "), ("two words",), ("line\nbreak",), ("ключ",)]
)
def test_what_cannot_be_a_token_is_refused_without_showing_it(tokens: tuple[str, ...]) -> None:
    with pytest.raises(CanvasTokenError) as caught:
        build(tokens=tokens)
    assert not any(token.strip() and token in str(caught.value) for token in tokens)


def test_a_repr_hides_the_tokens() -> None:
    assert "7~abc" not in repr(build())


def test_the_zone_and_the_sleep_are_ready_to_use() -> None:
    settings = build()
    assert settings.zone == ZoneInfo("Asia/Almaty")
    assert settings.pause == settings.stop.wait


@pytest.mark.parametrize(
    ("host", "loopback"), [("LOCALHOST", True), ("127.9.9.9", True), ("10.0.0.1", False)]
)
def test_loopback_is_this_machine_alone(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
