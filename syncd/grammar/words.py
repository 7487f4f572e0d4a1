"""What the help says besides each argument's sentence: an example for every verb, exit codes, surroundings."""

from __future__ import annotations

from collections.abc import Mapping

DESCRIPTION = (
    "Puts a university's approved academic calendar into every Canvas course calendar and every school's "
    "Google Calendar, and keeps it there. Without arguments: status and this help."
)
INSTEAD: Mapping[str, str] = {
    "help": "syncd --help, or syncd VERB --help",
    "version": "syncd --version",
    "plan": "syncd --dry-run",
    "diff": "syncd --dry-run",
    "sync": "syncd --once",
    "once": "syncd --once",
    "dry-run": "syncd --dry-run",
    "start": "syncd run (in the foreground), or systemctl start syncd",
    "stop": "systemctl stop syncd, or syncd pause to keep reading",
    "validate": "syncd check",
    "logs": "journalctl --unit syncd, or syncd history for what was written",
}
"""Words that people try first, and what they mean."""
NO_OPTION: Mapping[str, str] = {
    "--config": "settings come from the environment and from the file that SYNCD_ENV_FILE names, else ./.env",
}
"""Options that people try first, and what is there instead."""
EXAMPLES: Mapping[str, str] = {
    "": "syncd --dry-run --target law-calendar",
    "run": "syncd run",
    "status": "syncd status --json",
    "pause": "syncd pause",
    "resume": "syncd resume",
    "retry": "syncd retry --context course_101",
    "push": "syncd push",
    "worker": "syncd worker",
    "fleet": "syncd fleet --json",
    "notify": "syncd notify --test",
    "move-state": "syncd move-state postgresql",
    "entries": "syncd entries --school law --term autumn",
    "check": "syncd check --offline",
    "preview": "syncd preview re-registration-autumn --language kk --place canvas",
    "new-year": "syncd new-year 2026-2027",
    "compare": "syncd compare 2025-2026 2026-2027 --format html --out years.html",
    "import": "syncd import calendar.pdf --year 2026-2027",
    "init": "syncd init /etc/syncd/calendar",
    "export": "syncd export --format ics --school law --language kk --out law.ics",
    "approve": "syncd approve 56dad8fa6f76",
    "publish": "syncd publish 56dad8fa6f76",
    "apply": "syncd apply plan.json",
    "restore": "syncd restore re-registration-autumn --course 101",
    "undo": "syncd undo",
    "adopt": "syncd adopt --from old-owner",
    "retire": "syncd retire law-calendar",
    "where": "syncd where re-registration-autumn",
    "history": "syncd history --entry re-registration-autumn --since 2025-09-01",
    "as-of": "syncd as-of 2025-09-10 --course 101",
    "support-bundle": "syncd support-bundle --out bundle.txt",
    "sandbox": "syncd sandbox --write-settings trial",
    "demo": "syncd demo",
    "schema": "syncd schema .schemas",
    "completion": "syncd completion fish > ~/.config/fish/completions/syncd.fish",
}
"""Verb to what somebody types; '' is what goes without one."""
EXITS: Mapping[int, str] = {
    0: "done; a dry run found nothing to change",
    1: "something failed, and a retry may help",
    2: "a dry run found changes",
    3: "refused: a person must decide",
    64: "the command line cannot be understood, or names what there is not",
    78: "settings or data cannot be used",
}
"""Exit code to what it means; the first that applies of 64, 78, 3, 1, 2, 0."""
SURROUNDINGS: Mapping[str, str] = {
    "SYNCD_ENV_FILE": "file with settings; else ./.env, where there is one",
    "SYNCD_CALENDAR_DIR": "the calendar's folder; else the one inside the package",
    "SYNCD_TARGETS_FILE": "the targets file; without it nothing is published",
    "SYNCD_STATE_DIR": "folder of the state",
    "SYNCD_CONTROL_SOCKET": "socket of the daemon that is asked",
    "SYNCD_LOG_LEVEL": "least of what is logged: debug, info, warning or error",
    "NO_COLOR, FORCE_COLOR": "no colours at all, or colours in a pipe too",
}
"""Variable to what it says; `syncd init` writes a .env with every setting."""


def epilog(verb: str) -> str:
    """What stands below the arguments."""
    example = f"example:\n  {EXAMPLES[verb]}" if verb in EXAMPLES else ""
    return (
        example
        if verb
        else "\n\n".join(filter(None, (example, _table("exit codes", EXITS), _surroundings())))
    )


def _surroundings() -> str:
    return _table("environment", SURROUNDINGS)


def _table(heading: str, rows: Mapping[int, str] | Mapping[str, str]) -> str:
    wide = max(len(str(one)) for one in rows)
    return "\n".join([f"{heading}:", *(f"  {one!s:<{wide}}  {text}" for one, text in rows.items())])
