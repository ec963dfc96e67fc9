"""Prometheus metrics of one process.

All children are bound once, so counting costs under a microsecond.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Protocol

from prometheus_client import CollectorRegistry, Histogram

from guardrail.facts import Decision, Found, Usage
from guardrail.telemetry.conventions import operation_name, provider_name
from guardrail.telemetry.log_metrics import LogMetrics
from guardrail.telemetry.trail import OTHER, Trail

SHORT = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)
"""Seconds: of what the guard does itself."""
LONG = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
"""Seconds: of what a model does; as the conventions of OpenTelemetry for it have them."""
TOKENS = tuple(4**power for power in range(14))
"""Tokens of a reply: 1, 4, 16 and so on, as the same conventions have them."""
ENFORCED = "enforce"
STAGES = ("detect", "consent", "decide", "evidence", "label")


class Histograms(Protocol):
    """The histograms of one metric."""

    def __call__(self, *labels: str) -> Histogram:
        """Return the histogram for some labels' values, in the labels' order."""
        ...


class Metrics(LogMetrics):
    """What of requests, decisions and packs is counted, and what `LogMetrics` has of the log."""

    def __init__(
        self, registry: CollectorRegistry | None = None, *, exemplars: bool | None = None
    ) -> None:
        """Make the metrics in `registry`, or in one of their own.

        Args:
            registry: where they go.
            exemplars: whether durations name a trace; None for where Prometheus keeps them, which
                is in a process that serves alone: several lose them silently.
        """
        super().__init__(registry or CollectorRegistry())
        alone = not os.environ.get("PROMETHEUS_MULTIPROC_DIR")
        self._exemplars = alone if exemplars is None else exemplars
        self._pack_of: Mapping[str, str] = {}
        self._in_force: tuple[tuple[str, str, str], ...] = ()
        self._request_metrics()
        self._people_metrics()
        self._pack_metrics()
        self._other_metrics()

    def _request_metrics(self) -> None:
        self._outcome = self._counter(
            "requests",
            "Requests, by what the caller was told, and the way on which that was settled.",
            "route", "direction", "outcome",
        )  # fmt: skip
        self._decision = self._counter(
            "decisions", "Rules that applied.", "direction", "action", "rule", "pack", "mode"
        )
        self._detection = self._counter(
            "detections",
            "Findings by kind, and by the language of notices to their person.",
            "direction", "entity", "lang",
        )  # fmt: skip
        self._error = self._counter("errors", "Faults by code.", "code")
        self._overhead = self._histogram(
            "overhead_seconds",
            "What the guard itself takes of a request, without the upstream.",
            "route",
        )
        self._stage = self._histogram(
            "check_duration_seconds", "What a step of a message's way takes.", "stage"
        )
        self._upstream = self._histogram(
            "upstream_duration_seconds",
            "How long the upstream takes to a whole reply, or to the head of a streamed one.",
            "route",
            buckets=LONG,
        )
        self._operation = self._histogram(
            "gen_ai_client_operation_duration_seconds",
            "How long the upstream takes to the end of its reply.",
            "gen_ai_operation_name", "gen_ai_provider_name",
            buckets=LONG,
        )  # fmt: skip
        self._tokens = self._histogram(
            "gen_ai_client_token_usage",
            "Tokens of a reply, as its upstream counts them.",
            "gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_token_type",
            buckets=TOKENS,
        )  # fmt: skip

    def _people_metrics(self) -> None:
        self._disclosures = self._counter(
            "disclosures",
            "Notices that an AI answers, by where they stood and in which languages.",
            "channel", "lang",
        )  # fmt: skip
        self.undisclosed = self._plain(
            "conversations_undisclosed", "Answers whose notice was due and left nowhere."
        )
        self._labels = self._counter("labels", "Labels that replies left with, by kind.", "kind")
        self._layers = self._counter(
            "media_labels", "Layers of labels of replies' media.", "layer", "result"
        )
        self._timestamps = self._counter(
            "label_timestamps",
            "Time-stamps of signed labels: in time, missed, had later, or given up.",
            "result",
        )
        self._lookups = self._counter(
            "consent_lookups", "Questions to the consent registry.", "result"
        )
        self.fail_open = self._plain(
            "fail_open", "Messages released without evidence, as configured."
        )
        self.fail_closed = self._plain(
            "fail_closed", "Messages held back since evidence couldn't be written."
        )

    def _pack_metrics(self) -> None:
        self._policy = self._gauge(
            "policy_info",
            "1 for a pack in force; 0 for one that was.",
            "pack", "version", "digest",
            mode="livemax",
        )  # fmt: skip
        self._reloads = self._counter(
            "policy_reload", "Policy packs read anew, by each worker.", "result"
        )
        for result in ("ok", "failed"):
            self._reloads(result)  # there from the start, so that the first one is seen as a rise
        self._policy_loaded = self._gauge(
            "policy_loaded_timestamp_seconds",
            "When the policy packs in force were last read, whole and sound: Unix time.",
            mode="livemostrecent",  # a process that decides nothing has read none
        )()

    def _other_metrics(self) -> None:
        self._certificate = self._gauge(
            "label_certificate_expires_timestamp_seconds",
            "When the certificate that media are signed with ends: Unix time; 0 for none.",
            mode="livemostrecent",  # a process that signs nothing has none
        )()
        self._dropped = self._counter(
            "telemetry_dropped", "Spans, log records and metrics that weren't sent.", "signal"
        )

    # ---------------------------------------------------------------- requests

    def decided(
        self, direction: str, findings: Iterable[Found], decision: Decision, lang: str = ""
    ) -> None:
        """Count a decision, its rules and what was found.

        Args:
            direction: which way the message goes.
            findings: what was found in it.
            decision: on it.
            lang: the person's own language, of those that notices are in.
        """
        for finding in findings:
            self._detection(direction, finding.entity, lang or OTHER).inc()
        for hit in decision.hits:
            pack = hit.pack.partition("@")[0]
            self._decision(direction, hit.action.value, hit.rule, pack, ENFORCED).inc()

    def decided_in_stream(self, fields: Mapping[str, object], lang: str = "") -> None:
        """Count what the evidence of a piece of a stream says was decided.

        Args:
            fields: of an entry ``stream.finding``.
            lang: as for `decided`.
        """
        hits = fields.get("hits")
        for hit in hits if isinstance(hits, list) else ():
            rule = hit["rule"]
            pack = self._pack_of.get(rule, OTHER)
            self._decision("reply", hit["action"], rule, pack, ENFORCED).inc()
            for entity, count in hit["entities"].items():
                self._detection("reply", entity, lang or OTHER).inc(count)

    def answered(self, trail: Trail, outcome: str, seconds: float) -> None:
        """Count a request's end and what the guard itself took of it."""
        self._outcome(trail.route, trail.direction, outcome).inc()
        exemplar = None
        if self._exemplars and trail.sampled and trail.span_id:
            exemplar = {"trace_id": trail.trace_id}
        self._overhead(trail.route).observe(seconds, exemplar)

    def took(self, stage: str, seconds: float) -> None:
        """Time a step; `stage` is one of `STAGES`."""
        self._stage(stage).observe(seconds)

    def replied(self, route: str, seconds: float) -> None:
        """Time the upstream: to its whole reply, or to the head of a streamed one."""
        self._upstream(route).observe(seconds)

    def operated(self, operation: str, wire: str, seconds: float) -> None:
        """Time the upstream to the end of its reply.

        Args:
            operation: the wire format's.
            wire: the wire format's name.
            seconds: from when the request left.
        """
        names = operation_name(operation), provider_name(wire)
        self._operation(*names).observe(seconds)

    def used(self, operation: str, wire: str, usage: Usage) -> None:
        """Count the tokens of a reply, where its upstream told them; names as in `operated`."""
        names = operation_name(operation), provider_name(wire)
        for kind, count in (("input", usage.input), ("output", usage.output)):
            if count is not None:
                self._tokens(*names, kind).observe(count)

    def failed(self, code: str) -> None:
        """Count a fault."""
        self._error(code).inc()

    def dropped(self, signal: str, count: int = 1) -> None:
        """Count what wasn't sent: ``traces``, ``logs`` or ``metrics``."""
        self._dropped(signal).inc(count)

    # ---------------------------------------------------------------- people

    def looked_up(self, result: str) -> None:
        """Count a question to the consent registry: ``found``, ``none`` or ``failed``."""
        self._lookups(result).inc()

    def disclosed(self, where: str, lang: str = "") -> None:
        """Count a notice by where it stood: ``none`` for nowhere, empty where none was due."""
        if where == "none":
            self.undisclosed.inc()
        elif where:
            self._disclosures(where, lang or OTHER).inc()

    def label(self, kind: str) -> None:
        """Count a reply's label: ``result``, ``synthetic`` or ``synthetic_person``."""
        self._labels(kind).inc()

    def labelled(self, written: Iterable[str], missing: Iterable[str]) -> None:
        """Count the layers of one medium's label: those that are in it, and those that it lacks."""
        for layer in written:
            self._layers(layer, "written").inc()
        for layer in missing:
            self._layers(layer, "missing").inc()

    def stamped(self, result: str) -> None:
        """Count a time-stamp: ``stamped``, ``missed``, and then ``late`` or ``lost``."""
        self._timestamps(result).inc()

    def certified(self, until: float) -> None:
        """Take note of when the certificate for media ends; Unix seconds, 0 for none."""
        self._certificate.set(until)

    # ---------------------------------------------------------------- packs

    def in_force(
        self, packs: Sequence[tuple[str, str, str]], rules: Mapping[str, str] | None = None
    ) -> None:
        """Take note of the packs that are decided by from now on.

        Args:
            packs: id, version and digest of each.
            rules: the pack's id by the rule's.
        """
        self._pack_of = rules or {}
        for gone in set(self._in_force) - set(packs):
            self._policy(*gone).set(0)
        for pack in packs:
            self._policy(*pack).set(1)
        self._in_force = tuple(packs)

    def policy_loaded(self, when: float) -> None:
        """Take note that packs were read that are in force now; Unix seconds."""
        self._policy_loaded.set(when)

    def policy_reloaded(self, when: float | None) -> None:
        """Count packs that were read anew; None for those that weren't taken over."""
        self._reloads("failed" if when is None else "ok").inc()
        if when is not None:
            self._policy_loaded.set(when)

    def _histogram(
        self, name: str, meaning: str, *labels: str, buckets: Sequence[float] = SHORT
    ) -> Histograms:
        full = name if name.startswith("gen_ai_") else f"guardrail_{name}"
        made = Histogram(full, meaning, labels, registry=self.registry, buckets=buckets)
        return lru_cache(maxsize=1_024)(made.labels)
