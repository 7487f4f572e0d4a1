"""`syncd run`: the daemon in the foreground, from lock to last word."""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from mapping.errors import SyncdError
from syncd.commands.shared.arguments import settings_of, shows_progress, start_logging
from syncd.config.credentials import credential_files
from syncd.config.settings import PREFIX, Settings
from syncd.control.server import ControlServer, ThreadNet
from syncd.control.verbs import ControlVerbs
from syncd.daemon.loop import Daemon, Fittings
from syncd.daemon.notify import Notifier
from syncd.daemon.plan_page import FILE_NAME
from syncd.daemon.readiness import Promise
from syncd.daemon.signals import ENDED, LOST, RELOAD, STOP, Signals
from syncd.daemon.snapshot import Snapshot
from syncd.daemon.standby import wait_for_state
from syncd.daemon.systemd import SystemdNotifier
from syncd.daemon.watch import watch_paths
from syncd.errors import SettingsError, StateError
from syncd.reporting.progress import Progress
from syncd.state.store import State
from syncd.wiring import calendar_folder, state_address

if TYPE_CHECKING:
    from syncd.web.server import WebServer

GRACE_S = 4.0
"""Seconds that writes in flight get after SIGTERM; then the process ends with their intents open."""
LOOK_S = 1.0
"""Seconds between two looks at the workers' promises."""
HOLDER = "_SYNCD_LEASE_HOLDER"
"""Environment of a process that begins anew: the name under which it held the lease."""


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGTERM. What ends it otherwise is also told to the supervisor."""
    try:
        return _run(arguments)
    except SyncdError as error:
        SystemdNotifier().status(f"ended: {error}")
        raise


def _run(arguments: argparse.Namespace) -> int:
    settings = settings_of(arguments)
    log = start_logging(settings, arguments)
    _refuse_pretended_day(settings)
    progress = Progress(log, shows=shows_progress(arguments))
    watched = [one for one in (calendar_folder(settings), settings.targets_file) if one is not None]
    signals = Signals()
    state = _open_state(settings, signals, log)
    if state is None:
        _end(0)
    try:
        _serve(settings, state, signals, log, progress=progress, watched=watched)
    except StateError as error:
        if state.lease is None:
            raise
        if state.may_write():
            log.warning("database-away", instance=state.lease.instance, problem=error.reason)
    except Exception:
        # Whatever failed because the lease is another's: this server is none the worse for it.
        if state.may_write():
            raise
    else:
        if state.may_write():
            _end(0)
    if not signals.stop:
        _stand_by_again(state, signals, log)
    _end(0)


def _serve(
    settings: Settings,
    state: State,
    signals: Signals,
    log: Any,
    *,
    progress: Progress,
    watched: Sequence[Path],
) -> None:
    """Serve over an open state until told to stop, or until its lease is lost.

    Raises what ended it. A lease is given back where nothing is under way any more.
    """
    for note in state.notes:
        log.warning("state", note=note)
    notifier = _notifier(settings, state, log)
    fittings = Fittings(
        log=log,
        stop=state.stop_event(),
        on_change=notifier.take if notifier is not None else _tell_nobody,
        progress=progress,
    )
    daemon = Daemon(settings, state, fittings)
    if notifier is not None:
        notifier.start(daemon.workers, daemon.watchdog)
    if state.lease is not None:
        state.lease.when_lost(lambda: signals.put(LOST))
    control = ControlServer(
        settings.control_path,
        ControlVerbs(daemon).answer,
        log,
        link=settings.state_folder / "control",
        net=ThreadNet(
            keep=lambda work: daemon.workers.keep("control", work),
            unforeseen=lambda: daemon.board.count_unexpected("control"),
            beat=lambda: daemon.watchdog.beat("control"),
            slice_s=daemon.watchdog.slice_s,
        ),
    )
    control.start()
    web = _web_server(daemon, settings.http_listen, log)
    watch_paths(
        [*watched, *credential_files(settings)],
        daemon.wake.edit,
        daemon.stop,
        keep=lambda work: daemon.workers.keep("watch", work),
        beat=lambda: daemon.watchdog.beat("watch"),
    )
    try:
        at_rest = _drive(daemon, signals, log)
    finally:
        control.close()
        if web is not None:
            web.close()
    if at_rest and state.lease is not None and state.may_write():
        state.close()


def _open_state(settings: Settings, signals: Signals, log: Any) -> State | None:
    """The state, under its lock or its lease; None where a standby is told to stop."""
    address = state_address(settings)
    if isinstance(address, Path):
        return State.open(address, now=time.time())

    def wait(seconds: float) -> bool:
        return signals.get(timeout=seconds) == STOP

    # No state lies there, but the control socket does.
    with suppress(OSError):
        settings.state_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    holder = os.environ.pop(HOLDER, "")
    return wait_for_state(address, holder=holder, wait=wait, log=log, supervisor=SystemdNotifier())


def _stand_by_again(state: State, signals: Signals, log: Any) -> NoReturn:
    """Begin this very process anew, as a standby: nothing of what it did under the lease can go on after that.

    The lease that the database may still know is ours to take at once, since every thread and socket is gone.
    """
    assert state.lease is not None  # noqa: S101 - the callers looked
    log.warning("lease-lost", instance=state.lease.instance, epoch=state.lease.epoch)
    SystemdNotifier().status(f"the lease of {state.lease.instance} is lost; beginning anew as a standby")
    with suppress(SyncdError):
        state.look_again_at_what_was_in_flight(now=time.time())
    environment = os.environ | {HOLDER: state.lease.holder}
    signals.hold()
    if signals.stop:
        _end(0)
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], environment)  # noqa: S606 - ourselves


def _notifier(settings: Settings, state: State, log: Any) -> Notifier | None:
    """Who is told of every change: the notify command, if there is one."""
    if not settings.notify_command:
        return None
    return Notifier(
        settings.notify_command,
        state,
        log,
        promise=Promise.of(settings),
        plan=settings.state_folder / FILE_NAME,
    )


def _tell_nobody(_snapshot: Snapshot) -> None:
    """There is no notify command."""


def _web_server(daemon: Daemon, address: str, log: Any) -> WebServer | None:
    """Pages, if asked for; their libraries are loaded only then. Raises `SettingsError` for a taken port."""
    if not address:
        return None
    from syncd.web.server import WebServer

    server = WebServer(daemon, address, log)
    server.start()
    return server


def _drive(daemon: Daemon, signals: Signals, log: Any) -> bool:
    """Drive the daemon in a thread of its own, so that this one can feed the watchdog and end the process.

    False where something is still under way.
    """
    failed: list[BaseException] = []

    def drive() -> None:
        try:
            daemon.run()
        except BaseException as error:  # noqa: BLE001 - handed to the main thread, which ends the process
            failed.append(error)
        finally:
            signals.put(ENDED)

    driver = threading.Thread(target=drive, name="driver", daemon=True)
    driver.start()
    _watch_over(daemon, signals, log)
    if signals.stop:
        # Said only where it is true: a supervisor gives whoever says it so many seconds, and then kills it.
        daemon.supervisor.stopping()
    daemon.stop.set()
    log.info("stopping")
    daemon.wake.ask()
    # Without the lease nothing more is sent: what is under way ends with this process image.
    driver.join(GRACE_S if daemon.state.may_write() else 0)
    if failed:
        raise failed[0]
    log.info("stopped", in_flight=driver.is_alive() or None)
    return not driver.is_alive()


def _watch_over(daemon: Daemon, signals: Signals, log: Any) -> None:
    """Feed the watchdog and hand on signals until it is time to stop."""
    reported: list[str] = []
    while True:
        overdue = daemon.watchdog.overdue()
        if not overdue:
            daemon.supervisor.alive()
        elif overdue != reported:
            log.error("hung", workers=overdue)
        reported = overdue
        word = signals.get(timeout=LOOK_S)
        if word == RELOAD:
            daemon.wake.ask_reload()
        elif word:
            return


def _end(code: int) -> NoReturn:
    """Leave at once: a blocked socket of another thread must not hold the process."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _refuse_pretended_day(settings: Settings) -> None:
    if settings.today is not None and not settings.every_endpoint_is_loopback:
        raise SettingsError(
            f"{PREFIX}TODAY pretends a day, so the daemon refuses it against real services; take it out."
        )
