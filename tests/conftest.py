"""What holds for every test: no packet leaves the loopback interface, and generated worlds follow a profile.

Fixtures that only some tests need stay beside those tests.
"""

import ipaddress
import os
import sys
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.laws.counts"]

# No deadline in either: no test asserts on time. The short profile draws the same on every run of the same files in
# the same order, so that a red build can be repeated; `make laws` searches anew each time.
settings.register_profile(
    "short", deadline=None, derandomize=True, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "laws",
    deadline=None,
    max_examples=10_000,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "short"))


_OUTER = {name: value for name, value in os.environ.items() if name.upper().startswith("SYNCD_")}
"""Settings of whoever runs the tests, such as the database to run them on."""


@pytest.fixture(autouse=True)
def only_outer_settings() -> None:
    """Whatever ran before in this process, a test begins with the settings that the run began with."""
    for name in [name for name in os.environ if name.upper().startswith("SYNCD_") and name not in _OUTER]:
        del os.environ[name]
    os.environ.update(_OUTER)


class NetworkRefusedError(RuntimeError):
    """Raised where a test reaches for the network; no OSError, so that no retry mistakes it for an outage."""

    def __init__(self, event: str, host: str) -> None:
        super().__init__(f"{event} to {host!r} refused: tests talk to the loopback interface only")


refused_hosts: list[str] = []


def _is_local(host: object) -> bool:
    if host in (None, "", b"", "localhost", b"localhost"):
        return True
    name = host.decode() if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _refuse_the_network(event: str, args: tuple[object, ...]) -> None:
    match event, args:
        case (("socket.connect" | "socket.bind" | "socket.sendto" | "socket.sendmsg"), (_, (host, *_))):
            pass  # an internet address; a Unix socket's is a path, and a connected datagram's is None
        case "socket.getaddrinfo", (host, *_):
            pass
        case _:
            return
    if not _is_local(host):
        refused_hosts.append(str(host))
        raise NetworkRefusedError(event, str(host))


# An audit hook sees what every library does, compiled ones and other threads included. It cannot be removed.
sys.addaudithook(_refuse_the_network)


@pytest.fixture(autouse=True)
def no_network() -> Iterator[list[str]]:
    """Fails a test that reached for the network, even where the code under test swallowed the refusal."""
    refused_hosts.clear()
    yield refused_hosts
    assert not refused_hosts, f"reached for {refused_hosts}"
