"""Approvals: what a person saw and let through, and what of a plan that admits.

An approval is a contract over `Terms`: the calendar, the guards that struck with their contexts,
counts and messages, and the size of the edit. It admits that plan or a part of it. Fills and whatever
else falls apart by context are admitted context by context; all else as a whole or not at all. Every
hit rests on one approval alone, so that two never add up to a plan that nobody saw.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mapping.planning.guards import GuardHit, GuardLevel, fill_hit

DIGEST_LENGTH = 32
"""Hex digits of a plan's digest: 128 bits."""
_WHOLE_PLAN = frozenset({GuardLevel.EDIT, GuardLevel.KIND, GuardLevel.ALL})
"""Levels of hits that are no context's."""
_FILLING = frozenset({"fill-messages", "context-emptied"})
"""Guards on what fills a context, for the first time or again: its messages count towards the limit of a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One guard as it was shown. ``contexts``: context to the messages it may get, up to."""

    guard: str
    level: GuardLevel
    scope: str
    found: int
    subjects: frozenset[str]
    contexts: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What was shown. ``calendar``: digest; ``changes``: action to how many the edit makes; ``messages``: of them."""

    calendar: str
    hits: tuple[Term, ...] = ()
    changes: Mapping[str, int] = field(default_factory=dict)
    messages: int = 0

    @classmethod
    def of(cls, calendar: str, hits: Iterable[GuardHit], changes: Mapping[str, int], messages: int) -> Terms:
        """The terms of a plan as it stands now."""
        return cls(
            calendar=calendar,
            hits=tuple(sorted(map(_term, hits), key=lambda one: (one.guard, one.scope))),
            changes={action: count for action, count in sorted(changes.items()) if count},
            messages=messages,
        )

    def only(self, guards: Collection[str]) -> Terms:
        """The part of these guards alone."""
        return replace(self, hits=tuple(one for one in self.hits if one.guard in guards))

    def left(self, settled: Collection[str], *, edit_done: bool) -> Terms:
        """What is still open: the shares of contexts that are not settled, and the edit until it is in force."""
        hits = []
        for one in self.hits:
            contexts = {name: count for name, count in one.contexts.items() if name not in settled}
            if contexts or (one.level in _WHOLE_PLAN and not edit_done):
                hits.append(replace(one, contexts=contexts))
        return replace(self, hits=tuple(hits))

    def admits(self, other: Terms) -> bool:
        """True where ``other`` is this plan or a part of it."""
        return (
            self.calendar == other.calendar
            and all(any(_within(one, mine) for mine in self.hits) for one in other.hits)
            and all(count <= self.changes.get(action, 0) for action, count in other.changes.items())
            and other.messages <= self.messages
        )

    def as_json(self) -> str:
        """The same text for the same terms, in every process."""
        payload = {
            "calendar": self.calendar,
            "changes": dict(self.changes),
            "messages": self.messages,
            "hits": [
                {
                    "guard": one.guard,
                    "level": one.level,
                    "scope": one.scope,
                    "found": one.found,
                    "subjects": sorted(one.subjects),
                    "contexts": dict(one.contexts),
                }
                for one in self.hits
            ],
        }
        return json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Terms:
        """Raises ValueError for anything that `as_json` does not write."""
        try:
            payload: Any = json.loads(text)
            return cls(
                calendar=str(payload["calendar"]),
                changes={str(action): int(count) for action, count in payload["changes"].items()},
                messages=int(payload["messages"]),
                hits=tuple(
                    Term(
                        guard=str(one["guard"]),
                        level=GuardLevel(one["level"]),
                        scope=str(one["scope"]),
                        found=int(one["found"]),
                        subjects=frozenset(map(str, one["subjects"])),
                        contexts={str(name): int(count) for name, count in one["contexts"].items()},
                    )
                    for one in payload["hits"]
                ),
            )
        except (KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
            raise ValueError(f"these are no terms of an approval: {error!r}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is held back. ``allowed``: contexts whose fill or refill an approval admits, with the messages it allows."""

    edit_admitted: bool
    refused: tuple[GuardHit, ...]
    open: tuple[GuardHit, ...]
    """What the next approval must be about: ``refused``, and an edit that waits with all its hits."""
    allowed: Mapping[str, int]


def decide(hits: Sequence[GuardHit], now: Terms, approved: Sequence[Terms], *, spare: int) -> Decision:
    """Hold the hits of a plan against what was approved, the newest first.

    ``now``: the whole plan's terms. ``spare``: messages beyond all approvals that may still go out today.
    """
    return _Deciding(now, [one for one in approved if one.calendar == now.calendar], spare).decide(hits)


def plan_digest(rows: Iterable[str], terms: Terms) -> str:
    """`DIGEST_LENGTH` hex digits that name exactly this plan: its rows (any order) and what the guards found."""
    digest = hashlib.sha256()
    for line in sorted(rows):
        digest.update(line.encode(errors="surrogatepass") + b"\n")
    if terms.hits:
        digest.update(b"!" + terms.as_json().encode(errors="surrogatepass") + b"\n")
    return digest.hexdigest()[:DIGEST_LENGTH]


class _Deciding:
    """Lives for one decision."""

    def __init__(self, now: Terms, approved: Sequence[Terms], spare: int) -> None:
        self._now = now
        self._approved = approved
        self._spare = spare
        self._allowed: dict[str, int] = {}

    def decide(self, hits: Sequence[GuardHit]) -> Decision:
        edit = [hit for hit in hits if hit.level is GuardLevel.EDIT]
        lacking = self._edit(edit)
        refused: list[GuardHit] = []
        for hit in hits:
            if hit.level in {GuardLevel.EDIT, GuardLevel.CONTEXTS}:
                continue
            if not any(self._whole(hit, terms) for terms in self._approved):
                refused.append(hit)
        fills = []
        for hit in hits:
            if hit.level is not GuardLevel.CONTEXTS:
                continue
            waiting = self._by_context(hit)
            if hit.guard == "fill-messages":
                fills.append(waiting)
            elif waiting.parts:
                refused.append(waiting)
        refused.extend(self._fills([hit for hit in fills if hit.parts]))
        return Decision(
            edit_admitted=not lacking,
            refused=(*lacking, *refused),
            open=(*(edit if lacking else ()), *refused),
            allowed=self._allowed,
        )

    def _edit(self, hits: Sequence[GuardHit]) -> Sequence[GuardHit]:
        """The edit is admitted whole, by one approval, or waits; then what is told is what that one lacks."""
        if not hits:
            return ()
        lacking: list[Sequence[GuardHit]] = []
        for terms in self._approved:
            missing = [hit for hit in hits if not self._whole(hit, terms)]
            grown = any(count > terms.changes.get(action, 0) for action, count in self._now.changes.items())
            more = self._now.messages - terms.messages
            if not missing and not grown and self._take(more):
                # Whatever else this plan needs must stand in the same contract.
                self._approved = [terms]
                return ()
            lacking.append(missing if missing and not grown else hits)
        return min(lacking, key=len, default=hits)

    def _whole(self, hit: GuardHit, terms: Terms) -> bool:
        now = _term(hit)
        return any(_within(now, term) for term in terms.hits)

    def _by_context(self, hit: GuardHit) -> GuardHit:
        """The hit as far as no approval covers it."""
        prefix = f"{hit.guard}:{hit.scope}:"
        left = {}
        for context, part in sorted(hit.parts.items()):
            subjects = {prefix + entry for entry in part.entries}
            for term in self._terms(hit):
                if context not in term.contexts or not subjects <= term.subjects:
                    continue
                if self._take(part.messages - term.contexts[context]):
                    if hit.guard in _FILLING:
                        self._allowed[context] = term.contexts[context]
                    break
            else:
                left[context] = part
        if len(left) == len(hit.parts):
            return hit
        return _restricted(hit, left)

    def _fills(self, waiting: Sequence[GuardHit]) -> Iterable[GuardHit]:
        """What nobody approved goes out all the same where all of it keeps within the limit."""
        total = sum(part.messages for hit in waiting for part in hit.parts.values())
        return () if self._take(total) else waiting

    def _terms(self, hit: GuardHit) -> Iterable[Term]:
        for terms in self._approved:
            yield from (one for one in terms.hits if (one.guard, one.scope) == (hit.guard, hit.scope))

    def _take(self, messages: int) -> bool:
        """Count messages that no approval names against what may go out without one."""
        if messages <= 0:
            return True
        if messages > self._spare:
            return False
        self._spare -= messages
        return True


def _term(hit: GuardHit) -> Term:
    return Term(
        guard=hit.guard,
        level=hit.level,
        scope=hit.scope,
        found=hit.found,
        subjects=hit.subjects,
        contexts={name: part.messages for name, part in sorted(hit.parts.items())},
    )


def _within(now: Term, approved: Term) -> bool:
    """True where a hit is one that was shown, or a part of it."""
    return (
        (now.guard, now.scope) == (approved.guard, approved.scope)
        and now.found <= approved.found
        and now.subjects <= approved.subjects
        and now.contexts.keys() <= approved.contexts.keys()
    )


def _restricted(hit: GuardHit, parts: Mapping[str, Any]) -> GuardHit:
    """The hit in these contexts alone, with its figures and sentence."""
    if hit.guard == "fill-messages":
        return fill_hit(hit.scope, parts, hit.limit, 0)
    named = {entry for part in parts.values() for entry in part.entries}
    subjects = frozenset(f"{hit.guard}:{hit.scope}:{entry}" for entry in named)
    return replace(hit, parts=parts, subjects=subjects)
