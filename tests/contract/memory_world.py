"""Services in memory as worlds of the contract suite, with Canvas's behaviour and with Google's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from connectors.errors import AuthenticationError
from connectors.memory import Behaviour, Lost, MemoryConnector, MemoryService, Step
from connectors.port import Connector
from mapping.model import Context
from mapping.text.markup import Markup
from tests.contract.world import Moment


class MemoryWorld:
    """Two calendars, and one that is not there."""

    connector: Connector

    def __init__(self, behaviour: Behaviour) -> None:
        self.markup: Markup = "html" if behaviour is Behaviour.CANVAS else "text"
        self.lost_creates_are_unclear = behaviour is Behaviour.CANVAS
        self.moves = behaviour is Behaviour.CANVAS
        self._service = MemoryService(behaviour, fault=self._fault)
        self.connector = MemoryConnector(self._service, owner="mnu")
        self.contexts = (self._add("here"), self._add("there"))
        self.unreadable = Context(id="elsewhere", kind=behaviour.value, target="law")
        self._broken: list[Moment] = []
        self._reads_broken = self._refused = False

    def _add(self, name: str) -> Context:
        return self._service.add(Context(id=name, kind=self._service.behaviour.value, target="law"))

    def close(self) -> None:
        self.connector.close()

    def events(self, context: Context) -> Sequence[str]:
        return sorted(event.title for event in self._service.events(context.id))

    def type_event(self, context: Context, title: str, day: date) -> str:
        return self._service.type_event(context.id, title, None, ends=day).id

    def retitle(self, context: Context, remote_id: str, title: str) -> None:
        self._service.edit(context.id, remote_id, title=title)

    def write_below(self, context: Context, remote_id: str, words: str) -> None:
        self._service.edit(context.id, remote_id, tail=words)

    def delete(self, context: Context, remote_id: str) -> None:
        self._service.delete(context.id, remote_id)

    def move(self, source: Context, remote_id: str, goal: Context) -> None:
        self._service.move(source.id, remote_id, goal.id)

    def break_writes(self, moment: Moment) -> None:
        self._broken.append(moment)

    def break_reads(self) -> None:
        self._reads_broken = True

    def refuse_the_credential(self) -> None:
        self._refused = True

    def writes(self) -> int:
        return len(self._service.touches)

    def _fault(self, step: Step) -> BaseException | None:
        if self._refused:
            return AuthenticationError("the token is refused.", operation=step.operation)
        if step.operation in {"observe", "reread", "fate", "account"}:
            return Lost() if self._reads_broken else None
        if self._broken and self._broken[0] == step.moment:
            self._broken.pop(0)
            return Lost()
        return None
