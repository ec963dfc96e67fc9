"""A real Prometheus scrapes the real server: every question of dashboards and rules is answered.

Prometheus and promtool are taken from the PATH, else from Debian's package, which apt checks by the
signature of its archive; it is unpacked under .venv, nothing is installed. Where neither is to be
had these tests are skipped, and say so; `tests/contracts/test_monitoring.py` needs neither.
"""

from __future__ import annotations

import json
import math
import re
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import yaml

if TYPE_CHECKING:
    from guardrail.testing import Assistant
    from tests.e2e.conftest import Guard

Json = Any

# The first test may have to download, and scrapes take time; one server is enough for all.
pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("prometheus")]

CHECKOUT = Path(__file__).parents[2]
RULES = CHECKOUT / "deploy" / "prometheus"
BOARDS = CHECKOUT / "deploy" / "grafana"
KEPT = CHECKOUT / ".venv" / "prometheus"
"""Where unpacked programs stay for the next run; `make clean` takes them away."""

SAID_EIGHT = (
    *("--operator-name", "Example LLP", "--operator-bin", "990140000007"),
    *("--notice-url", "https://example.kz/privacy"),
    *("--withdrawal", "https://example.kz/withdraw"),
)
SORTED_BY_FACES = "You infer the religion of customers from their selfies."

GOES_UP = {
    "guardrail-operations: Entries by kind",
    "guardrail-operations: Evidence",
    "guardrail-operations: Faults by code",
    "guardrail-operations: Operations of the AI endpoint, p95",
    "guardrail-operations: Overhead",
    "guardrail-operations: Overhead by route, p99",
    "guardrail-operations: Overhead, p99",
    "guardrail-operations: Packs in force, read ago",
    "guardrail-operations: Refused or held",
    "guardrail-operations: Refused or held, by route",
    "guardrail-operations: Requests",
    "guardrail-operations: Requests by outcome",
    "guardrail-operations: Requests by route",
    "guardrail-operations: The guard's stages, p95",
    "guardrail-operations: Time until an entry is durable",
    "guardrail-operations: Tokens of a reply, p95",
    "guardrail-operations: Tokens read and written",
    "guardrail-operations: Upstream",
    "guardrail-compliance: Actions",
    "guardrail-compliance: Consent asked for",
    "guardrail-compliance: Decisions on record",
    "guardrail-compliance: Detections by kind",
    "guardrail-compliance: Detections by language",
    "guardrail-compliance: Entries by kind",
    "guardrail-compliance: Entries in the log",
    "guardrail-compliance: Labels by kind",
    "guardrail-compliance: Notices by language",
    "guardrail-compliance: Notices by place",
    "guardrail-compliance: Packs in force",
    "guardrail-compliance: Prohibited uses",
    "guardrail-compliance: Prohibited uses stopped",
    "guardrail-compliance: Rules that applied",
    "guardrail-compliance: Rules, each minute",
    "guardrail-compliance: Size of the log",
}
"""Panels all of whose queries must give a number above nothing, after the traffic below."""

IS_THERE = {
    "guardrail-operations: Packs read anew",
    "guardrail-operations: Released without evidence",
    "guardrail-operations: Unsealed entries",
    "guardrail-operations: Writes that failed, and what came of it",
    "guardrail-compliance: Age of the checkpoint",
    "guardrail-compliance: Nobody told",
    "guardrail-compliance: Nobody told, each minute",
    "guardrail-compliance: Released without evidence",
}
"""Panels that must give a number, which is nothing while all goes well."""

MAY_BE_EMPTY = {
    "guardrail-operations: Age of the checkpoint and of its outside copy": "no witness is set",
    "guardrail-operations: Certificate for media ends in": "only with the extra labels",
    "guardrail-operations: Telemetry dropped": "none is sent, so none is dropped",
    "guardrail-compliance: Age of the outside copy": "no witness is set",
    "guardrail-compliance: Layers in media": "media aren't labelled here",
}

SET_OFF = "GuardrailProhibitedUses"
"""The alert that the traffic below sets off."""
SLOW = "GuardrailOverheadHigh"
"""Waits for ten minutes of slowness before it rings, which a busy machine begins."""


# ---------------------------------------------------------------- where the programs are from


@dataclass(frozen=True, slots=True)
class Tools:
    """The two programs."""

    prometheus: str
    promtool: str

    def check(self, *arguments: str | Path, stdin: str = "") -> str:
        """Run promtool; fail where it does."""
        done = subprocess.run(
            [self.promtool, *map(str, arguments)],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def tools() -> Tools:
    for path in (None, str(KEPT)):
        found = [shutil.which(name, path=path) for name in ("prometheus", "promtool")]
        if found[0] and found[1]:
            return Tools(found[0], found[1])
    KEPT.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=KEPT.parent) as made:
        unpacked = from_debian(Path(made))
        # Only what is whole gets the name; of two runs at once the slower finds it taken.
        with suppress(OSError):
            unpacked.rename(KEPT)
    return Tools(str(KEPT / "prometheus"), str(KEPT / "promtool"))


def from_debian(folder: Path) -> Path:
    """Download Debian's package without a change to the system; return the programs' folder."""
    (folder / "lists" / "partial").mkdir(parents=True)
    (folder / "cache" / "archives" / "partial").mkdir(parents=True)
    options = [f"Dir::State::Lists={folder}/lists", f"Dir::Cache={folder}/cache"]
    options += ["Acquire::Retries=1", "Acquire::http::Timeout=20", "APT::Sandbox::User=root"]
    apt = ["apt-get", "-qq", *(part for option in options for part in ("-o", option))]
    try:
        for command in ([*apt, "update"], [*apt, "download", "prometheus"]):
            subprocess.run(
                command, cwd=folder, check=True, capture_output=True, text=True, timeout=100
            )
        (package,) = folder.glob("prometheus_*.deb")
        subprocess.run(["dpkg-deb", "-x", package, folder / "tree"], check=True, timeout=60)
    except FileNotFoundError as missing:
        pytest.skip(f"no prometheus on the PATH, and no {missing.filename} to get it with")
    except subprocess.TimeoutExpired:
        pytest.skip("no prometheus on the PATH, and apt-get couldn't reach its archive in time")
    except subprocess.CalledProcessError as failed:
        pytest.skip(f"no prometheus on the PATH, and apt-get can't get it: {failed.stderr[-300:]}")
    return folder / "tree" / "usr" / "bin"


# ---------------------------------------------------------------- Prometheus


@dataclass(frozen=True, slots=True)
class Prometheus:
    """A running Prometheus, asked by its API."""

    url: str

    def api(self, path: str, **parameters: str) -> Json:
        reply = httpx.get(f"{self.url}/api/v1/{path}", params=parameters, timeout=20)
        told = reply.json()
        assert told["status"] == "success", f"{parameters}: {told.get('error')}"
        return told["data"]

    def ask(self, query: str) -> list[float]:
        """Return the values that a query gives now."""
        data = self.api("query", query=filled(query))
        if data["resultType"] == "scalar":
            return [float(data["result"][1])]
        return [float(each["value"][1]) for each in data["result"]]

    def alerts(self) -> dict[str, str]:
        """Return the states of alerts that aren't silent."""
        return {each["labels"]["alertname"]: each["state"] for each in self.api("alerts")["alerts"]}


def example() -> Json:
    return yaml.safe_load((RULES / "prometheus.yml").read_text("utf-8"))


def rule_files() -> list[Path]:
    return [RULES / name for name in example()["rule_files"]]


def filled(text: str) -> str:
    """Put values in place of Grafana's variables."""
    text = text.replace("$__rate_interval", "1m").replace("$__range", "1h")
    return re.sub(r"\$(job|instance)\b", ".+", text)


@pytest.fixture(scope="module")
def prometheus(
    tools: Tools, monitored: Guard, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Prometheus]:
    """The example of a scrape as it ships, but for its pace and its target."""
    folder = tmp_path_factory.mktemp("prometheus")
    config = example()
    config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    config["rule_files"] = [str(path) for path in rule_files()]
    config["scrape_configs"][0]["static_configs"] = [
        {"targets": [monitored.admin.removeprefix("http://")]}
    ]
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(
            [
                *(tools.prometheus, "--config.file", folder / "prometheus.yml"),
                *("--storage.tsdb.path", folder / "data", "--web.listen-address", address),
            ],
            stdout=log,
            stderr=log,
        ) as process,
    ):
        running = Prometheus(f"http://{address}")
        try:
            until(lambda: scraped(running), lambda: (folder / "log").read_text("utf-8"))
            yield running
        finally:
            process.terminate()


def scraped(running: Prometheus) -> bool:
    try:
        return running.ask("guardrail_evidence_healthy") == [1]
    except (httpx.TransportError, ValueError):
        return False


def until(holds: Callable[[], object], why: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            pytest.fail(f"waited in vain: {why()}")
        time.sleep(0.2)


# ---------------------------------------------------------------- traffic


@pytest.fixture(scope="module")
def monitored(start: Callable[..., Guard], the_assistant: tuple[Assistant, str]) -> Guard:
    return start(the_assistant[1])


@pytest.fixture(scope="module")
def token(monitored: Guard) -> str:
    done = monitored.cli(
        *("consent", "grant", "--subject", "person-u-17", "--pii", "KZ_IIN", "--days", "30"),
        *(*SAID_EIGHT, "--state", str(monitored.state)),
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[1].partition(" ")[2]


def drive(guard: Guard, token: str) -> None:
    """Ask what is let through, refused, streamed, consented to, prohibited, and what fails."""
    assert guard.chat("Hi").status_code == 200
    assert guard.chat("Мой ИИН 900101300017, проверьте").status_code == 400
    assert guard.chat("Hi", stream=True).text.endswith("data: [DONE]\n\n")
    consented = guard.chat("Мой ИИН 900101300017, проверьте", guardrail_consent=token)
    assert consented.status_code == 200
    messages = [
        {"role": "system", "content": SORTED_BY_FACES},
        {"role": "user", "content": "Next one, please."},
    ]
    for _ in range(3):
        assert guard.post({"model": "m", "messages": messages}).status_code == 400
    assert guard.post(b'{"model": ').status_code == 400


@pytest.fixture(scope="module")
def watched(monitored: Guard, prometheus: Prometheus, token: str) -> Prometheus:
    """Prometheus, after traffic that it saw begin and go on."""
    for _ in range(2):
        drive(monitored, token)
        monitored.process.send_signal(signal.SIGHUP)
        until(
            lambda: prometheus.ask("sum(guardrail_requests_total)") == [requests(monitored)],
            lambda: (prometheus.ask("guardrail_requests_total"), requests(monitored)),
        )
    return prometheus


def requests(guard: Guard) -> float:
    """Return how many requests the server says to have answered."""
    values = re.findall(r"^guardrail_requests_total{.*} (\S+)$", guard.metrics(), re.MULTILINE)
    return sum(map(float, values))


# ---------------------------------------------------------------- what promtool says


def test_the_rules_and_the_scrape_example_are_sound(tools: Tools) -> None:
    tools.check("check", "rules", *rule_files())
    tools.check("check", "config", RULES / "prometheus.yml")


def test_every_alert_fires_and_keeps_silent_as_its_tests_say(tools: Tools) -> None:
    assert "SUCCESS" in tools.check("test", "rules", RULES / "guardrail-alerts.test.yaml")


def test_the_servers_metrics_are_well_formed(
    tools: Tools, monitored: Guard, watched: Prometheus
) -> None:
    tools.check("check", "metrics", stdin=monitored.metrics())


# ---------------------------------------------------------------- what Prometheus says


def panels() -> dict[str, list[str]]:
    """Return the queries of each panel of each dashboard."""
    return {
        f"{path.stem}: {panel['title']}": [target["expr"] for target in panel["targets"]]
        for path in sorted(BOARDS.glob("*.json"))
        for panel in json.loads(path.read_text("utf-8"))["panels"]
        if panel["type"] != "row"
    }


def test_it_is_said_of_every_panel_whether_it_must_have_data() -> None:
    said = [*GOES_UP, *IS_THERE, *MAY_BE_EMPTY]
    assert sorted(said) == sorted(panels())


def test_panels_show_what_happened(watched: Prometheus) -> None:
    shown = {name: [watched.ask(query) for query in panels()[name]] for name in GOES_UP}
    still = {
        name: values
        for name, values in shown.items()
        if not all(any(value > 0 for value in each) for each in values)
    }
    assert still == {}


def test_panels_show_nothing_rather_than_no_data_where_all_goes_well(watched: Prometheus) -> None:
    shown = {name: [watched.ask(query) for query in panels()[name]] for name in IS_THERE}
    assert [name for name, values in shown.items() if not all(values)] == []
    assert not any(
        math.isnan(value) for values in shown.values() for each in values for value in each
    )


def test_panels_that_may_be_empty_ask_what_prometheus_understands(watched: Prometheus) -> None:
    for name in MAY_BE_EMPTY:
        for query in panels()[name]:
            watched.ask(query)  # an error fails


def test_annotations_and_choices_of_the_dashboards_have_data(watched: Prometheus) -> None:
    for path in BOARDS.glob("*.json"):
        board = json.loads(path.read_text("utf-8"))
        for note in board["annotations"]["list"]:
            if "expr" in note:
                assert watched.ask(note["expr"]), "the packs were read anew by SIGHUP"
        for choice in board["templating"]["list"]:
            if choice["type"] == "query":
                asked = re.fullmatch(r"label_values\((.+), (\w+)\)", choice["definition"])
                assert asked
                assert watched.api("series", **{"match[]": filled(asked[1])})[0][asked[2]]


def test_prometheus_evaluates_every_rule(watched: Prometheus) -> None:
    def rules() -> list[Json]:
        return [rule for group in watched.api("rules")["groups"] for rule in group["rules"]]

    until(lambda: all(rule["health"] != "unknown" for rule in rules()), rules, 90)
    ill = {rule["name"]: rule.get("lastError") for rule in rules() if rule["health"] != "ok"}
    assert ill == {}
    names = [rule["name"] for rule in rules()]
    assert len(names) == len(set(names)) == shipped_rules()


def shipped_rules() -> int:
    texts = [path.read_text("utf-8") for path in rule_files()]
    return sum(len(re.findall(r"^ +- (?:alert|record): ", text, re.MULTILINE)) for text in texts)


def test_only_the_alerts_ring_that_the_traffic_sets_off(watched: Prometheus) -> None:
    until(lambda: watched.alerts().get(SET_OFF) == "firing", watched.alerts, 20)
    assert watched.alerts().keys() - {SLOW} == {SET_OFF}


def test_a_full_disk_is_noticed(watched: Prometheus, monitored: Guard) -> None:
    noticed = {"GuardrailEvidenceUnhealthy", "GuardrailEvidenceWritesFail"}
    with full_disk(monitored):
        assert monitored.chat("Hi").status_code == 503
        until(lambda: watched.alerts().keys() >= noticed, watched.alerts, 20)
        assert watched.ask("guardrail_evidence_healthy") == [0]
    monitored.until(monitored.ready, 20)
    until(lambda: watched.ask("guardrail_evidence_healthy") == [1], watched.alerts, 20)


@contextmanager
def full_disk(guard: Guard) -> Iterator[None]:
    """Let the server write no byte more to any file."""
    process, limitless = guard.process.pid, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.prlimit(process, resource.RLIMIT_FSIZE, limitless)


def test_a_guard_that_is_gone_is_noticed(watched: Prometheus, monitored: Guard) -> None:
    """It comes last: the server doesn't come back."""
    monitored.stop()
    until(lambda: "GuardrailDown" in watched.alerts(), watched.alerts, 20)
