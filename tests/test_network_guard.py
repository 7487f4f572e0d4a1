"""The guard in conftest.py: what leaves the machine is refused, what stays on it is not."""

import socket
import urllib.request
from pathlib import Path

import pytest


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "canvas.example"])
def test_a_connection_to_another_machine_is_refused_before_a_packet_leaves(
    host: str, no_network: list[str]
) -> None:
    with pytest.raises(RuntimeError, match="loopback interface only"):
        socket.create_connection((host, 80), timeout=1)
    assert no_network == [host]
    no_network.clear()


def test_an_http_client_does_not_turn_the_refusal_into_an_outage(no_network: list[str]) -> None:
    with pytest.raises(RuntimeError, match="loopback interface only"):
        urllib.request.urlopen("http://canvas.example/api/v1/courses", timeout=1)
    no_network.clear()


def test_a_datagram_to_another_machine_is_refused(no_network: list[str]) -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
        pytest.raises(RuntimeError, match="loopback interface only"),
    ):
        sender.sendto(b"", ("192.0.2.1", 53))
    no_network.clear()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_loopback_interface_is_open(host: str) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.create_connection((host, listener.getsockname()[1]), timeout=5),
    ):
        pass


def test_unix_sockets_are_open(tmp_path: Path) -> None:
    path = str(tmp_path / "socket")
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as caller:
        listener.bind(path)
        listener.listen()
        caller.connect(path)


def test_what_the_code_under_test_swallowed_still_fails_the_test(pytester: pytest.Pytester) -> None:
    conftest = Path(__file__).with_name("conftest.py")
    pytester.makeconftest(conftest.read_text())
    pytester.makepyfile(
        """
        import contextlib, socket
        def test_swallows():
            with contextlib.suppress(Exception):
                socket.create_connection(("192.0.2.1", 80))
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1, errors=1)
