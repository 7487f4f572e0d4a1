"""`syncd push`: a person puts this machine's calendar and targets in force for all machines that serve one state."""

from __future__ import annotations

import argparse
import socket
import time
from pathlib import Path

from syncd.commands.shared.arguments import settings_of, start_logging
from syncd.commands.shared.state import wake_holder
from syncd.config.settings import Settings
from syncd.daemon.shared_sources import SharedSources
from syncd.errors import UsageError
from syncd.exits import DONE, INVALID
from syncd.reporting.terminal import to_stderr
from syncd.state.address import DatabaseAddress
from syncd.state.candidates import Kind, Offer
from syncd.state.store import State
from syncd.wiring import state_address

_SAID = {
    Offer.CURRENT: "what is served already",
    Offer.ACCEPTED: "what all machines serve from now on",
}


def run(arguments: argparse.Namespace) -> int:
    """Offer what lies here, whatever this machine had before."""
    settings = settings_of(arguments)
    address = state_address(settings)
    if not isinstance(address, Path) and arguments.push_instance:
        return _push_instance(settings, address, arguments.push_instance)
    if isinstance(address, Path):
        raise UsageError(
            "The state is a file of this machine: syncd follows the folder itself, nothing is pushed"
        )
    state = State.open_beside(address)
    try:
        sources = SharedSources(settings=settings, state=state)
        answers = sources.offer_disk(now=time.time(), by_hand=True)
        wake_holder(state, address)
    finally:
        state.close()
    if sources.problem:
        to_stderr(f"syncd: {sources.problem}")
        return INVALID
    for kind, answer in answers.items():
        print(_sentence(kind, f"on {sources.machine}", answer))
    return DONE


def _push_instance(settings: Settings, address: DatabaseAddress, name: str) -> int:
    """One instance of a fleet as it lies on this machine."""
    State.needs_postgresql()
    from syncd.fleet.folders import Folders

    folder = settings.fleet.instances_dir
    folders = Folders(
        address=address,
        folder=folder,
        machine=f"{socket.gethostname()}:{folder}",
        log=start_logging(settings),
    )
    answers = folders.offer(name, by_hand=True)
    for kind, answer in answers.items():
        print(_sentence(kind, f"of {name} on {folders.machine}", answer))
    return DONE if answers else INVALID


def _sentence(kind: Kind, where: str, answer: Offer) -> str:
    verb = "is" if kind is Kind.CALENDAR else "are"
    return f"The {kind.value} {where} {verb} {_SAID[answer]}."
