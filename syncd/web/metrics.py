"""What Prometheus scrapes: names are a contract with `deploy/prometheus/alerts.yaml` and the runbook.

Labels are kinds, targets, actions and reasons: no title, no person, no remote id.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from syncd.daemon.readiness import Promise, lapses
from syncd.daemon.snapshot import Snapshot
from syncd.daemon.view import DaemonView
from syncd.wiring import installed_version

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def metrics_text(daemon: DaemonView, *, now: float) -> bytes:
    """All metrics in Prometheus' text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Snapshot(daemon, now))
    return generate_latest(registry)


class _Snapshot(Collector):
    """One reading of everything, so that the numbers of a scrape belong together."""

    def __init__(self, daemon: DaemonView, now: float) -> None:
        self._daemon = daemon
        self._now = now

    def collect(self) -> Iterator[Metric]:
        """Every family, always: one that is absent cannot be told from one that is zero."""
        snapshot = self._daemon.board.read()
        yield _labelled(
            "syncd_build_info",
            "Version that runs, always 1.",
            {installed_version() or "unknown": 1},
            "version",
        )
        yield from self._times(snapshot)
        yield from self._work(snapshot)
        yield from self._attention(snapshot)
        yield from self._requests()

    def _times(self, snapshot: Snapshot) -> Iterator[Metric]:
        gauge = GaugeMetricFamily
        yield gauge("syncd_start_timestamp_seconds", "When the service started.", snapshot.started_at)
        yield gauge(
            "syncd_last_attempt_timestamp_seconds",
            "When the last cycle ended, well or not; the start until one has.",
            snapshot.attempted_at or snapshot.started_at,
        )
        yield gauge(
            "syncd_last_success_timestamp_seconds",
            "When the last cycle ended in which nothing failed and nothing waited; 0 until one has.",
            snapshot.succeeded_at,
        )
        yield gauge(
            "syncd_interval_seconds", "Time between two cycles.", float(self._daemon.settings.interval)
        )
        yield gauge(
            "syncd_edit_to_applied_seconds",
            "How long the last edit took from being noticed to being out everywhere; 0 until one has.",
            snapshot.edit_to_applied_s,
        )
        waiting_s = self._now - snapshot.edited_at if snapshot.edited_at else 0.0
        yield gauge(
            "syncd_edit_waiting_seconds", "How long an edit has been on its way; 0 without one.", waiting_s
        )

    def _work(self, snapshot: Snapshot) -> Iterator[Metric]:
        changes = CounterMetricFamily(
            "syncd_changes",
            "Changes made since the start, by action and kind of target.",
            labels=("action", "kind"),
        )
        for (action, kind), count in sorted(snapshot.applied_ever.items()):
            changes.add_metric((action, kind), count)
        yield changes
        yield _labelled(
            "syncd_planned_changes",
            "Changes the last cycle planned, by action.",
            {action: snapshot.planned.get(action, 0) for action in ("create", "update", "delete")},
            "action",
        )
        yield _labelled(
            "syncd_drift_events",
            "Events the last cycle found otherwise than it had left them, by reason.",
            {why: snapshot.drift.get(why, 0) for why in ("copy", "differs", "drift", "gone", "marker")},
            "reason",
        )
        yield _labelled(
            "syncd_findings",
            "Things seen and left alone by the last cycle.",
            dict(snapshot.findings),
            "finding",
        )
        unexpected = CounterMetricFamily(
            "syncd_unexpected",
            "Errors that nobody foresaw, by the worker that went on after them, since the start.",
            labels=("worker",),
        )
        for worker in sorted({"control", "driver", "notify", "watch", "web", *snapshot.unexpected}):
            unexpected.add_metric((worker,), snapshot.unexpected.get(worker, 0))
        yield unexpected
        yield GaugeMetricFamily(
            "syncd_unchanged_events", "Events the last cycle found as they should be.", snapshot.unchanged
        )
        yield CounterMetricFamily(
            "syncd_messages_caused",
            "Most messages that Canvas may have sent for our changes since the start.",
            snapshot.messages_ever,
        )

    def _not_stored(self) -> Metric:
        """Events left as their service makes them, by target."""
        events = self._daemon.state.events
        notes = events.notes()
        counts: Counter[str] = Counter()
        for context, ones in events.unstored_everywhere().items():
            counts[notes[context].target if context in notes else ""] += len(ones)
        return _labelled(
            "syncd_not_stored_events",
            "Events that the service does not store as they are sent, and that are left so.",
            {name: counts[name] for name in sorted({*self._daemon.board.read().targets, *counts})},
            "target",
        )

    def _attention(self, snapshot: Snapshot) -> Iterator[Metric]:
        gauge = GaugeMetricFamily
        yield gauge("syncd_waiting_plans", "Plans that wait for a person.", 1 if snapshot.refused else 0)
        yield gauge("syncd_clashes", "Calendars that two targets claim.", len(snapshot.clashes))
        yield gauge(
            "syncd_data_invalid",
            "1 while the data files are bad and the last good ones serve.",
            bool(snapshot.data_problem),
        )
        yield gauge("syncd_paused", "1 while nothing is written on request.", bool(snapshot.paused))
        yield gauge("syncd_cycle_problem", "1 while cycles cannot be made at all.", bool(snapshot.problem))
        yield self._not_stored()
        targets = Counter(snapshot.context_targets.values())
        failing = Counter(one.target for one in snapshot.failures)
        names = sorted({*snapshot.targets, *targets, *failing})
        yield _labelled(
            "syncd_contexts",
            "Calendars each target names.",
            {name: targets[name] for name in names},
            "target",
        )
        yield _labelled(
            "syncd_failing_contexts",
            "What could not be read or written in the last cycle.",
            {name: failing[name] for name in names},
            "target",
        )
        notes, promise = self._daemon.state.events.notes(), Promise.of(self._daemon.settings)
        late = Counter(one.target or one.where for one in lapses(snapshot, notes, promise, now=self._now))
        yield _labelled(
            "syncd_lapses",
            "What is not as promised, by target, else by what it is about: the very list of /readyz.",
            {name: late[name] for name in sorted({*names, *late})},
            "target",
        )
        refused = dict.fromkeys(self._daemon.kinds, 0)
        for one in snapshot.failures:
            if one.credential:
                refused[self._daemon.kind_of(one.where, one.target)] = 1
        yield _labelled(
            "syncd_credential_refused", "1 while a service refuses our credential.", refused, "kind"
        )

    def _requests(self) -> Iterator[Metric]:
        request_counts = self._daemon.request_counts
        requests = CounterMetricFamily(
            "syncd_requests",
            "Requests sent since the start, by kind of target and outcome.",
            labels=("kind", "outcome"),
        )
        for (kind, outcome), count in sorted(request_counts.requests.items()):
            requests.add_metric((kind, outcome), count)
        yield requests
        throttles = CounterMetricFamily(
            "syncd_throttles", "Requests refused for pace since the start.", labels=("kind",)
        )
        for kind in self._daemon.kinds:
            throttles.add_metric((kind,), request_counts.throttled[kind])
        yield throttles
        yield _labelled(
            "syncd_clock_skew_seconds",
            "By how much each service's clock was ahead of this machine's when it last answered.",
            dict(request_counts.skew_s),
            "kind",
        )
        yield _labelled(
            "syncd_quota_remaining",
            "Quota left as last told, in the service's units.",
            dict(request_counts.remaining),
            "kind",
        )


def _labelled(name: str, text: str, values: dict[str, float] | dict[str, int], label: str) -> Metric:
    family = GaugeMetricFamily(name, text, labels=(label,))
    for value, number in sorted(values.items()):
        family.add_metric((value,), number)
    return family
