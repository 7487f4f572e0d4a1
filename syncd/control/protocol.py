"""What a running daemon may be asked: one table, read by the command line's grammar, the client and the server.

A verb that stands here is typed, sent and answered by this one description. Verbs that do not are local
by decision; `syncd.grammar` lists them with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

ASKED_BY = "SYNCD_ASKED_BY"
"""Variable that tells a verb which the daemon runs for somebody who that is."""
FORMATS = ("text", "json", "markdown", "html")
"""What a plan may be printed as."""
DRY_RUN = "dry-run"
"""Name on the wire of what is typed as an option, ``syncd --dry-run``."""


class Shape(StrEnum):
    """How an argument is typed."""

    OPTION = "option"
    FLAG = "flag"
    POSITION = "position"
    OPTIONAL_POSITION = "optional position"


class Asks(StrEnum):
    """When the daemon is asked instead of working on the state or the files directly."""

    ALWAYS = "always"
    """Whoever types it: the daemon must know at once, or knows what the state does not."""
    FOR_STATE = "for state"
    """Unless the caller owns settings and state."""
    FOR_DATA = "for data"
    """As `FOR_STATE`, and unless he names a calendar of his own. Where nobody answers, the verb works without."""


# Named tuples, since `--help` builds the whole table and `dataclasses` would be a third of what it loads.
class Argument(NamedTuple):
    """One argument of a verb: ``name`` on the wire and, with dashes, on the command line."""

    name: str
    shape: Shape = Shape.OPTION
    dest: str = ""
    """Attribute of the parsed command line where it is not the name: the options before the verb have those."""
    help: str | None = None
    metavar: str | None = None
    choices: tuple[str, ...] | None = None
    default: str | None = None
    required: bool = False
    is_sent: bool = True
    """False for what the asking side does with the answer."""

    @property
    def attribute(self) -> str:
        """Attribute of the parsed command line."""
        return self.dest or self.name


class VerbSpec(NamedTuple):
    """One verb. ``wakes``: once it is done, the daemon begins a cycle."""

    help: str
    arguments: tuple[Argument, ...] = ()
    asks: Asks = Asks.FOR_STATE
    wakes: bool = False

    @property
    def sent(self) -> tuple[Argument, ...]:
        """The arguments that go over the wire."""
        return tuple(one for one in self.arguments if one.is_sent)


def _flag(name: str, text: str | None = None) -> Argument:
    return Argument(name=name, shape=Shape.FLAG, help=text)


def _position(name: str, metavar: str, text: str) -> Argument:
    return Argument(name=name, shape=Shape.POSITION, metavar=metavar, help=text)


_DIGEST = _position(
    "digest", "DIGEST", "names the plan, as `syncd --dry-run` says it; its first 6 digits will do"
)
_ENTRY = _position("entry", "ENTRY", "id of an entry, as `syncd entries` lists it")
_JSON = _flag("json", "for programs")
_YEAR = Argument(name="year", metavar="YEAR", help="only this academic year, also where it is a draft")

_SCHOOL = Argument(
    name="school", metavar="SCHOOL", help="as this school sees it, by its id in university.yaml"
)
_LANGUAGE = Argument(name="language", metavar="CODE", help="in this language of the calendar, such as kk")

VERBS: Mapping[str, VerbSpec] = {
    DRY_RUN: VerbSpec(
        help="write nothing; print exactly what would change",
        arguments=(
            Argument(name="target"),
            Argument(name="drafts", shape=Shape.FLAG),
            Argument(name="format", choices=FORMATS),
            Argument(name="today"),
            Argument(
                name="entry",
                dest="plan_entry",
                metavar="ENTRY",
                help="of the dry run: only this entry's changes",
            ),
            Argument(
                name="detailed",
                shape=Shape.FLAG,
                dest="plan_detailed",
                help="of the dry run: every place of a change, by target",
            ),
            Argument(
                name="language",
                dest="plan_language",
                metavar="CODE",
                help="of the dry run: the language of its words and dates, such as kk; text is English without it",
            ),
            Argument(name="spoken"),
            Argument(name="colour", shape=Shape.FLAG),
            Argument(name="out", is_sent=False),
        ),
    ),
    "status": VerbSpec(
        help="what is in step, what waits, what fails",
        asks=Asks.ALWAYS,
        arguments=(
            _JSON,
            Argument(
                name="watch",
                shape=Shape.FLAG,
                help="again every 5 seconds, until Ctrl-C",
                is_sent=False,
            ),
        ),
    ),
    "pause": VerbSpec(help="stop writing until resumed; reading goes on", asks=Asks.ALWAYS),
    "resume": VerbSpec(help="write again", asks=Asks.ALWAYS),
    "retry": VerbSpec(
        help="send once more what a service did not store as it was sent",
        asks=Asks.ALWAYS,
        wakes=True,
        arguments=(
            Argument(
                name="context",
                dest="retry_context",
                metavar="CALENDAR",
                help="only there, such as course_101",
            ),
        ),
    ),
    "entries": VerbSpec(
        help="list the canonical calendar",
        asks=Asks.FOR_DATA,
        arguments=(
            _JSON,
            _YEAR,
            _SCHOOL,
            Argument(name="term", metavar="TERM", help="only this term, such as autumn"),
            Argument(name="on", metavar="DATE", help="entries whose days include this one"),
        ),
    ),
    "check": VerbSpec(
        help="validate data, settings and targets, then ask each target for access",
        asks=Asks.FOR_DATA,
        arguments=(
            _flag("review", "print what the registrar should look at in the source"),
            _flag("titles", "print titles that read alike where a phone cuts them"),
            _flag("offline", "data, settings and targets only"),
            _JSON,
        ),
    ),
    "preview": VerbSpec(
        help="one entry as people will read it",
        asks=Asks.FOR_DATA,
        arguments=(
            Argument(
                name="entry",
                shape=Shape.OPTIONAL_POSITION,
                metavar="ENTRY",
                help="id of an entry; else one that shows much",
            ),
            _LANGUAGE,
            Argument(
                name="place",
                choices=("canvas", "google", "feed"),
                help="as it reads there; else in all three",
            ),
            _SCHOOL,
            _YEAR,
        ),
    ),
    "export": VerbSpec(
        help="the calendar as a file for other programs",
        asks=Asks.FOR_DATA,
        arguments=(
            Argument(
                name="format",
                dest="export_format",
                choices=("ics", "csv", "xlsx", "html", "pdf"),
                default="ics",
                help="ics if not given; html and pdf are the year on one sheet",
            ),
            _YEAR,
            _SCHOOL,
            _LANGUAGE,
            Argument(name="out", dest="export_out", metavar="FILE", is_sent=False, help="write it there"),
        ),
    ),
    "approve": VerbSpec(
        help="approve a plan that a guard holds back",
        asks=Asks.ALWAYS,
        arguments=(_DIGEST,),
        wakes=True,
    ),
    "publish": VerbSpec(
        help="put an edited calendar in force (SYNCD_PUBLISH=manual)",
        asks=Asks.ALWAYS,
        arguments=(_DIGEST,),
        wakes=True,
    ),
    "restore": VerbSpec(
        help="bring back an event whose deletion is being respected",
        asks=Asks.ALWAYS,
        wakes=True,
        arguments=(
            _ENTRY,
            Argument(name="course", metavar="N", help="course number, or a context such as account_7"),
        ),
    ),
    "undo": VerbSpec(
        help="put the calendar of the run before in force again",
        asks=Asks.ALWAYS,
        wakes=True,
        arguments=(
            Argument(
                name="run",
                shape=Shape.OPTIONAL_POSITION,
                dest="run_name",
                metavar="RUN",
                help="undo this one, as `syncd status` names it; else the last",
            ),
            _flag("release", "end an undo; the data files are in force again"),
        ),
    ),
    "where": VerbSpec(
        help="in which contexts an entry stands, and since when",
        arguments=(_ENTRY, _YEAR, _flag("all", "list every place"), _JSON),
    ),
    "history": VerbSpec(
        help="what was written, when and why",
        arguments=(
            Argument(name="entry", default="", metavar="ENTRY", help="only of this entry"),
            Argument(
                name="target", dest="history_target", default="", metavar="TARGET", help="only in this target"
            ),
            Argument(name="since", metavar="DATE", default="", help="from this day on, such as 2025-09-01"),
            _JSON,
        ),
    ),
    "as-of": VerbSpec(
        help="what had been published in a course on a day",
        arguments=(
            _position("date", "DATE", "such as 2025-09-10; as things stood at its end"),
            Argument(name="course", metavar="N", required=True, help="course number, or a context"),
            _JSON,
        ),
    ),
}
"""Every verb that a daemon answers."""
