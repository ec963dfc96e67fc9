"""Dashboards and alerts ask for what the code counts, and each is explained on a page.

`tests/e2e/test_prometheus.py` puts the same questions to a real Prometheus; this needs none.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import kubernetes_validate
import promql_parser as promql
import pytest
import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from guardrail.telemetry import Metrics

CHECKOUT = Path(__file__).parents[2]
DOCS = CHECKOUT / "docs"
PROMETHEUS = CHECKOUT / "deploy" / "prometheus"
BOARDS: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text("utf-8"))
    for path in sorted((CHECKOUT / "deploy" / "grafana").glob("*.json"))
}


def rules(name: str) -> list[dict[str, Any]]:
    groups = yaml.safe_load((PROMETHEUS / name).read_text("utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


ALERTS = {rule["alert"]: rule for rule in rules("guardrail-alerts.yaml")}
RECORDED = {rule["record"]: rule for rule in rules("guardrail-recording.yaml")}
PANELS: list[tuple[str, dict[str, Any]]] = [
    (name, panel) for name, board in BOARDS.items() for panel in board["panels"]
]
CHARTS = [(name, panel) for name, panel in PANELS if panel["type"] != "row"]
PAGES_AT = "https://docs.example.com/guardrail/"

SCRAPE = {"job", "instance"}
PLACE = {"cluster", "namespace"}
"""Labels that a scrape adds, and those that many add."""

UNWATCHED = {
    "guardrail_audit_writer_records_total": "for `guardrail evidence reconcile` alone",
    "guardrail_checkpoint_timestamp_seconds": "its age is watched",
    "guardrail_label_timestamps_total": "marks without a time-stamp are good, and stamped later",
}
"""Metrics that no dashboard shows, and why."""

TOLD_APART = {"#0072B2", "#E69F00", "#D55E00", "#009E73", "#56B4E9", "#CC79A7", "#F0E442"}
"""Okabe and Ito's colours, which people with any colour vision tell apart."""


@dataclass(frozen=True)
class Query:
    """A question to Prometheus, and who asks it."""

    place: str
    text: str
    legend: str = ""

    def tree(self) -> promql.Expr:
        return promql.parse(filled(self.text))

    def nodes(self) -> list[promql.Expr]:
        found: list[promql.Expr] = []
        promql.walk(self.tree(), pre_visit=found.append)
        return found


def filled(text: str) -> str:
    """Put values in place of Grafana's variables."""
    text = text.replace("$__rate_interval", "1m").replace("$__range", "1h")
    return re.sub(r"\$(job|instance)\b", ".+", text)


def queries() -> list[Query]:
    shown = [
        Query(
            f"{name}: {panel['title']}: {target['refId']}", target["expr"], target["legendFormat"]
        )
        for name, panel in CHARTS
        for target in panel["targets"]
    ]
    noted = [
        Query(f"{name}: {note['name']}", note["expr"])
        for name, board in BOARDS.items()
        for note in board["annotations"]["list"]
        if "expr" in note
    ]
    ruled = [Query(name, rule["expr"]) for name, rule in (ALERTS | RECORDED).items()]
    return [*shown, *noted, *ruled]


every_query = pytest.mark.parametrize(
    "query", [pytest.param(query, id=query.place) for query in queries()]
)
every_alert = pytest.mark.parametrize("alert", sorted(ALERTS))
every_board = pytest.mark.parametrize("board", list(BOARDS.values()), ids=list(BOARDS))
every_chart = pytest.mark.parametrize(
    "panel", [pytest.param(panel, id=f"{name}: {panel['title']}") for name, panel in CHARTS]
)


@cache
def exported() -> dict[str, frozenset[str]]:
    """Return the names of all samples that the code exports, and their labels."""
    metrics = Metrics()
    metrics.checkpoint(1, 1.0)  # ages are there once there is something to be old
    metrics.witnessed(1.0)
    found = {"up": frozenset[str]()}
    for family in metrics.registry.collect():
        collector = metrics.registry._names_to_collectors[family.name]
        labels = frozenset[str](getattr(collector, "_labelnames", ()))
        match family.type:
            case "counter":
                found[f"{family.name}_total"] = labels
            case "histogram":
                found[f"{family.name}_bucket"] = labels | {"le"}
                found |= {f"{family.name}_{part}": labels for part in ("sum", "count")}
            case _:
                found[family.name] = labels
    return found


def selectors(query: Query) -> list[tuple[str, promql.VectorSelector]]:
    return [
        (str(node.name), node) for node in query.nodes() if isinstance(node, promql.VectorSelector)
    ]


# ---------------------------------------------------------------- what is asked


@every_query
def test_a_query_asks_for_metrics_and_labels_that_there_are(query: Query) -> None:
    there = set(SCRAPE | PLACE)
    for name, node in selectors(query):
        assert name in exported(), "the code exports no such metric"
        there |= exported()[name]
        asked = {matcher.name for matcher in node.matchers.matchers}
        assert asked <= exported()[name] | SCRAPE | PLACE, name
    for group in query.nodes():
        if isinstance(group, promql.AggregateExpr) and group.modifier:
            assert set(group.modifier.labels) <= there


@every_query
def test_a_legend_names_labels_that_are_left(query: Query) -> None:
    named = set(re.findall(r"{{(\w+)}}", query.legend))
    outer = query.tree()
    groups = [node for node in query.nodes() if isinstance(node, promql.AggregateExpr)]
    if groups and named:
        assert groups[0].modifier, outer.prettify()
        assert named == set(groups[0].modifier.labels) - {"le"}
    else:
        assert named <= SCRAPE


@every_query
def test_a_counter_is_read_as_a_rate_or_an_increase(query: Query) -> None:
    over_time = {
        str(node.vector_selector.name)
        for node in query.nodes()
        if isinstance(node, promql.MatrixSelector)
    }
    for name, _ in selectors(query):
        if name.endswith(("_total", "_bucket", "_sum", "_count")):
            assert name in over_time


@every_query
def test_a_quantile_keeps_the_buckets(query: Query) -> None:
    for node in query.nodes():
        if isinstance(node, promql.Call) and node.func.name == "histogram_quantile":
            inner = node.args[1]
            assert isinstance(inner, promql.AggregateExpr)
            assert inner.modifier
            assert "le" in inner.modifier.labels


def test_every_metric_is_on_a_dashboard_or_says_why_not() -> None:
    shown = {name for query in queries() for name, _ in selectors(query)}
    families = {re.sub(r"_(bucket|sum|count)$", "", name) for name in exported()} - {"up"}
    seen = {re.sub(r"_(bucket|sum|count)$", "", name) for name in shown}
    assert families - seen == set(UNWATCHED)


# ---------------------------------------------------------------- alerts


@every_alert
def test_an_alert_says_how_bad_what_and_where_to_read_on(alert: str) -> None:
    rule = ALERTS[alert]
    assert re.fullmatch(r"Guardrail[A-Z][A-Za-z]+", alert)
    assert rule["labels"]["severity"] in {"critical", "warning", "info"}
    assert rule["annotations"].keys() == {"summary", "description", "runbook_url"}
    assert_explained(rule["annotations"]["runbook_url"])


@every_alert
def test_an_alert_keeps_where_it_happened(alert: str) -> None:
    for node in Query(alert, ALERTS[alert]["expr"]).nodes():
        if isinstance(node, promql.AggregateExpr):
            assert node.modifier
            assert PLACE | {"job"} <= set(node.modifier.labels)
        elif isinstance(node, promql.BinaryExpr) and node.modifier and node.modifier.matching:
            assert set(node.modifier.matching.labels) == PLACE | SCRAPE


@every_alert
def test_an_alert_is_tried_firing_and_silent(alert: str) -> None:
    tests = yaml.safe_load((PROMETHEUS / "guardrail-alerts.test.yaml").read_text("utf-8"))["tests"]
    tried = [
        bool(case["exp_alerts"])
        for test in tests
        for case in test["alert_rule_test"]
        if case["alertname"] == alert
    ]
    assert set(tried) == {True, False}


def test_codes_of_faults_in_queries_are_codes() -> None:
    known = re.findall(r"^\| `(\w+)` \|", (DOCS / "headers.md").read_text("utf-8"), re.MULTILINE)
    for query in queries():
        for _, node in selectors(query):
            for matcher in node.matchers.matchers:
                assert matcher.name != "code" or matcher.value in known


def test_runbooks_are_for_alerts_and_the_page_on_monitoring_names_each() -> None:
    heads = set(re.findall(r"^## (\w+)$", (DOCS / "runbooks.md").read_text("utf-8"), re.MULTILINE))
    wanted = {rule["annotations"]["runbook_url"].partition("#")[2] for rule in ALERTS.values()}
    assert {head.lower() for head in heads} == wanted
    page = (DOCS / "monitoring.md").read_text("utf-8")
    assert set(re.findall(r"^\| `(Guardrail\w+)` \| (\w+) \|", page, re.MULTILINE)) == {
        (alert, rule["labels"]["severity"]) for alert, rule in ALERTS.items()
    }


def assert_explained(address: str) -> None:
    assert address.startswith(PAGES_AT)
    path, _, anchor = address.removeprefix(PAGES_AT).partition("#")
    page = DOCS / f"{path.rstrip('/')}.md"
    heads = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}
    assert not anchor or anchor in anchors


# ---------------------------------------------------------------- dashboards


@every_board
def test_grafana_11_knows_every_key_of_a_dashboard(board: dict[str, Any]) -> None:
    """What its own types don't know would be dropped in silence."""
    register_default_plugins()
    back = json.loads(JSONEncoder().encode(Dashboard.from_json(board)))
    unknown = set(_lost(board, back))
    # What these say is known to the plugin or to the import, not to the dashboard's own types.
    theirs = r"__requires|id|annotations\.list\.(step|titleFormat)|templating\.list\.definition"
    assert [each for each in unknown if not re.fullmatch(theirs, each)] == []


def _lost(before: object, after: object, path: str = "") -> Iterator[str]:
    match before, after:
        case dict(), dict():
            for key, value in before.items():
                inner = f"{path}.{key}".removeprefix(".")
                yield from _lost(value, after[key], inner) if key in after else (inner,)
        case list(), list() if len(before) == len(after):
            for left, right in zip(before, after, strict=True):
                yield from _lost(left, right, path)
        case _ if before != after:
            yield path


@every_board
def test_panels_have_names_of_their_own_and_dont_overlap(board: dict[str, Any]) -> None:
    ids = [panel["id"] for panel in board["panels"]]
    titles = [panel["title"] for panel in board["panels"] if panel["type"] != "row"]
    assert len(set(ids)) == len(ids)
    assert len(set(titles)) == len(titles)
    places = [panel["gridPos"] for panel in board["panels"]]
    assert all(at["x"] >= 0 and at["x"] + at["w"] <= 24 for at in places)
    for one, two in combinations(places, 2):
        apart = one["x"] + one["w"] <= two["x"] or two["x"] + two["w"] <= one["x"]
        assert apart or one["y"] + one["h"] <= two["y"] or two["y"] + two["h"] <= one["y"]


@every_board
def test_a_dashboard_is_for_any_data_source_job_and_instance(board: dict[str, Any]) -> None:
    variables = {each["name"]: each for each in board["templating"]["list"]}
    assert list(variables) == ["datasource", "job", "instance", "docs"]
    assert f"{variables['docs']['query']}/" == PAGES_AT
    assert board["schemaVersion"] >= 39
    assert board["id"] is None
    others = {each["uid"] for each in BOARDS.values()} - {board["uid"]}
    (link,) = [each["url"] for each in board["links"] if each["url"].startswith("/d/")]
    assert link.removeprefix("/d/") in others


@every_chart
def test_a_panel_says_what_it_shows_and_where_to_read_on(panel: dict[str, Any]) -> None:
    assert panel["title"]
    assert panel["description"].endswith(".")
    assert panel["fieldConfig"]["defaults"]["unit"]
    (link,) = panel["links"]
    assert_explained(link["url"].replace("${docs}/", PAGES_AT))


@every_chart
def test_a_panel_asks_the_chosen_source_for_the_chosen_instances(panel: dict[str, Any]) -> None:
    chosen = {"type": "prometheus", "uid": "${datasource}"}
    for target in panel["targets"]:
        assert target["datasource"] == panel["datasource"] == chosen
        for _, node in selectors(Query("", target["expr"])):
            assert {matcher.name for matcher in node.matchers.matchers} >= SCRAPE


@every_chart
def test_a_panels_colours_can_be_told_apart(panel: dict[str, Any]) -> None:
    text = json.dumps(panel["fieldConfig"])
    assert set(re.findall(r"#[0-9A-Fa-f]{6}", text)) <= TOLD_APART
    named = re.findall(r'"(?:color|fixedColor)": "(?!#)(\w+)"', text)
    assert named == []


# ---------------------------------------------------------------- examples of set-ups


def test_the_operators_monitors_name_the_port_and_the_pods_of_the_sidecar() -> None:
    sidecar = (CHECKOUT / "deploy" / "kubernetes" / "sidecar.yaml").read_text("utf-8")
    kinds = {each["kind"]: each for each in yaml.safe_load_all(sidecar)}
    template = kinds["Deployment"]["spec"]["template"]
    labels, guard = template["metadata"]["labels"], template["spec"]["containers"][0]
    admin = {port["name"]: port["containerPort"] for port in guard["ports"]}["admin"]
    pods = yaml.safe_load((PROMETHEUS / "podmonitor.yaml").read_text("utf-8"))
    assert pods["spec"]["selector"]["matchLabels"].items() <= labels.items()
    assert [each["port"] for each in pods["spec"]["podMetricsEndpoints"]] == ["admin"]
    text = (PROMETHEUS / "servicemonitor.yaml").read_text("utf-8")
    service, monitor = yaml.safe_load_all(text)
    kubernetes_validate.validate(service, "1.31", strict=True)
    assert service["spec"]["selector"].items() <= labels.items()
    assert [(p["name"], p["port"]) for p in service["spec"]["ports"]] == [("admin", admin)]
    wanted = monitor["spec"]["selector"]["matchLabels"]
    assert wanted.items() <= service["metadata"]["labels"].items()


def test_the_scrape_example_names_the_admin_ports_default_and_both_files_of_rules() -> None:
    config = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text("utf-8"))
    assert config["scrape_configs"][0]["static_configs"][0]["targets"] == ["127.0.0.1:8081"]
    assert all((PROMETHEUS / name).exists() for name in config["rule_files"])
