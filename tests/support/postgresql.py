"""A PostgreSQL cluster of one's own, from Debian's package, run by an unprivileged user on loopback."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

OWNER = "postgres"
"""Debian's user; root may not run a server."""


def programs() -> Path | None:
    """Debian's newest server programs, None where the package is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running server. ``url``: of its database ``syncd``, which anybody on loopback may use."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"postgresql://{OWNER}@127.0.0.1:{self.port}/syncd"

    def control(self, *words: str) -> None:
        """``pg_ctl`` with these words, to its end."""
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-l", str(self.folder / "log"), *words)

    def restart(self, mode: str = "immediate") -> None:
        self.control("restart", "-m", mode)

    def run(self, program: str, *words: str) -> str:
        """One of PostgreSQL's programs as the cluster's owner; what it printed."""
        folder = programs()
        assert folder is not None
        as_owner = {"user": OWNER, "group": OWNER, "extra_groups": []} if os.getuid() == 0 else {}
        # pg_ctl's server keeps its standard output: a pipe would never end.
        with tempfile.TemporaryFile() as out:
            done = subprocess.run(
                [str(folder / program), *words],
                cwd="/",
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                check=False,
                **as_owner,  # type: ignore[call-overload]
            )
            out.seek(0)
            said = out.read().decode()
        assert done.returncode == 0, f"{program}: {said}"
        return said


@contextmanager
def cluster(*settings: str) -> Iterator[Cluster]:
    """A new cluster, gone afterwards. ``settings``: lines for postgresql.conf."""
    folder = Path(tempfile.mkdtemp(prefix="syncd-pg-"))
    folder.chmod(0o755)
    if os.getuid() == 0:
        shutil.chown(folder, OWNER, OWNER)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made = Cluster(folder, port)
    try:
        data = str(folder / "data")
        made.run(
            "initdb", "-D", data, "-A", "trust", "-U", OWNER, "-E", "UTF8", "--locale=C.UTF-8", "-N", *_sorting(made)
        )  # fmt: skip
        with (folder / "data" / "postgresql.conf").open("a") as file:
            lines = (
                f"port = {port}", "listen_addresses = '127.0.0.1'", f"unix_socket_directories = '{folder}'",
                "max_connections = 200", "shared_buffers = 64MB", *settings,
            )  # fmt: skip
            file.write("\n".join(lines) + "\n")
        made.control("start")
        made.run("createdb", "-h", "127.0.0.1", "-p", str(port), "-U", OWNER, "syncd")
        yield made
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            made.control("stop", "-m", "immediate")
        shutil.rmtree(folder, ignore_errors=True)


def _sorting(made: Cluster) -> tuple[str, ...]:
    """A default that sorts unlike code points, where the server has one (from 15 on): nothing may depend on it."""
    has_icu = "--icu-locale" in made.run("initdb", "--help")
    return ("--locale-provider=icu", "--icu-locale=en-US") if has_icu else ()
