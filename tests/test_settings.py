"""Where settings come from, which of them wins, and what is refused."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from guardrail.errors import ConfigError
from guardrail.settings import ENV_PREFIX, Detection, Settings, load

Json = Any


def keys(section: type[BaseModel] = Settings, above: str = "") -> Iterator[str]:
    for name, field in section.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from keys(inner, f"{above}{name}.")
        else:
            yield above + name


KEYS = sorted(keys())

VALUES: dict[str, tuple[str, str, str]] = {
    "personal_data": ("refuse", "mask", "pseudonymise"),
    "reply_personal_data": ("refuse", "mask", "refuse"),
    "media": ("pass", "refuse", "pass"),
    "unlabelled_media": ("pass", "refuse", "pass"),
    "remote_media": ("pass", "refuse", "pass"),
    "detect.embeddings": ("false", "true", "false"),
    "detect.irises": ("true", "false", "true"),
    "suspected_use": ("pass", "hold", "pass"),
    "media_workers": ("2", "3", "4"),
    "limits.media_seconds": ("1", "3", "4"),
    "service.contexts": ("work", "education,work", "bank-identification"),
    "fail": ("open", "closed", "open"),
    "unmatched.ai": ("generic", "pass", "refuse"),
    "unmatched.other": ("generic", "refuse", "pass"),
    "telemetry.traces": ("console", "otlp", "off"),
    "telemetry.metrics": ("otlp", "off", "otlp"),
    "telemetry.logs": ("otlp", "off", "otlp"),
    "telemetry.protocol": ("grpc", "http/protobuf", "auto"),
    "telemetry.sampling": ("0.5", "0.25", "0"),
    "telemetry.trust_traceparent": ("false", "true", "false"),
    "telemetry.pass_tracestate": ("true", "false", "true"),
    "telemetry.queue": ("16", "32", "64"),
    "telemetry.flush_seconds": ("1", "2", "3"),
    "telemetry.log_level": ("debug", "error", "warning"),
    "telemetry.log_format": ("json", "text", "json"),
    "evidence.beat_seconds": ("1", "3", "4"),
    "evidence.details": ("refused", "off", "refused"),
    "evidence.details_days": ("1", "3", "4"),
    "evidence.retention_days": ("400", "500", "600"),
    "consent.trust_subject_header": ("true", "false", "true"),
    "policy": ("a,b", "c", "d,e"),
    "ai_paths": ("/a/", "/b/,/c/", "/d/"),
    "hold_back.chars": ("3600", "4096", "5000"),
    "hold_back.at_chars": ("refuse", "release", "refuse"),
    "hold_back.at_seconds": ("release", "wait", "release"),
    "workers": ("2", "3", "4"),
    "generic.text": ("a.*.b,c", "d", "e,f"),
    "generic.label": ("a.b", "c", "d"),
    "wires": ("/a=mcp", "/a=a2a,/b/c=mcp", "/a=json-rpc"),
    "disclosure.decision": ("true", "false", "true"),
    "disclosure.first_frame": ("true", "false", "true"),
    "labels.media.visible": ("false", "true", "false"),
    "labels.media.watermark": ("false", "true", "false"),
    "labels.media.place": ("top-left", "top-right", "bottom-right"),
    "labels.media.seconds": ("1", "3", "4"),
    "labels.media.timestamp_seconds": ("1", "3", "4"),
    "labels.json_member": ("true", "false", "true"),
    "labels.stream_comments": ("true", "false", "true"),
    "labels.level": ("ai-assisted", "ai-autonomous", "ai-generated"),
    "labels.exempt": (
        "/a=source_code",
        "/a=short_strings,/b/*=machine_to_machine",
        "/c=source_code",
    ),
    "labels.documents": ("html", "plain", "markdown"),
    "labels.manifests": ("html", "plain", "markdown"),
    "evidence.ml_dsa": ("true", "false", "true"),
    "evidence.witnesses": ("https://a.kz a+1+b", "https://a.kz a+1+b,https://b.kz b+2+c", "c d"),
    "evidence.push": ("/a", "/a,https://b.kz/in", "/c"),
    "detect.tier": ("fast", "standard", "fast"),
    "detect.profile": ("code", "strict", "default"),
    "detect.allow": ("a,b", "c", "d,e"),
    "detect.thresholds": ("PERSON=0.9,*=0.6", "PERSON=0.8", "*=1"),
    "detect.entities.only": ("KZ_IIN,PERSON", "PERSON", "KZ_BIN"),
    "detect.entities.without": ("KZ_IIN,PERSON", "PERSON", "KZ_BIN"),
}
"""Three values of each key that doesn't take any number or any text."""
NUMBERS = ("300", "400", "450")
TEXTS = ("one", "two", "three")


def values(key: str) -> tuple[str, str, str]:
    if key in VALUES:
        return VALUES[key]
    default = at(Settings(), key)
    return NUMBERS if isinstance(default, int | float) else TEXTS


def at(settings: Settings, key: str) -> Json:
    value: Any = settings
    for step in key.split("."):
        value = getattr(value, step)
    return value


def variable(key: str) -> str:
    return ENV_PREFIX + key.upper().replace(".", "__")


def yaml_of(key: str, value: object) -> bytes:
    tree: object = value
    for step in reversed(key.split(".")):
        tree = {step: tree}
    return yaml.safe_dump(tree).encode()


def loaded(
    key: str, *, flag: str | None = None, env: str | None = None, file: str | None = None
) -> Json:
    flags = {key: flag}
    environment = {} if env is None else {variable(key): env}
    # Where one of a pair is set the other has to be.
    pairs = {"tls_certificate": "tls_key", "tls_key": "tls_certificate", "policies_key": "policies"}
    pair = pairs.get(key)
    if pair and (flag, env, file) != (None, None, None):
        flags[pair] = "x"
    content = None if file is None else ("guardrail.yaml", yaml_of(key, yaml.safe_load(file)))
    return at(load(flags=flags, environment=environment, file=content), key)


SINGLE = [key for key in KEYS if key not in {"consent.issuers", "detect.routes"}]


@pytest.mark.parametrize("key", SINGLE)
def test_a_flag_wins_over_the_environment_which_wins_over_the_file_which_wins_over_the_default(
    key: str,
) -> None:
    first, second, third = values(key)
    default = at(Settings(), key)
    by_file = loaded(key, file=first)
    by_env = loaded(key, env=second)
    by_flag = loaded(key, flag=third)
    assert loaded(key) == default
    assert loaded(key, file=first, env=second) == by_env
    assert loaded(key, file=first, flag=third) == by_flag
    assert loaded(key, env=second, flag=third) == by_flag
    assert loaded(key, file=first, env=second, flag=third) == by_flag
    assert by_file != by_env
    assert by_env != by_flag


def test_sections_are_merged_key_by_key() -> None:
    made = load(
        flags={"limits.json_depth": 7},
        environment={"GUARDRAIL_LIMITS__JSON_VALUES": "8"},
        file=("f", b"limits: {body_bytes: 9, json_depth: 1}"),
    )
    assert (made.limits.body_bytes, made.limits.json_values, made.limits.json_depth) == (9, 8, 7)


def test_issuers_can_be_named_in_the_file() -> None:
    made = load(flags={}, environment={}, file=("f", b"consent: {issuers: {'https://a': k.pem}}"))
    assert made.consent.issuers == {"https://a": Path("k.pem")}


def test_a_time_stamp_leaves_time_for_the_label() -> None:
    media = (
        b"labels: {media: {timestamps: 'https://tsa.example', timestamp_seconds: 4, seconds: 4}}"
    )
    with pytest.raises(ConfigError, match="leave a second for the label"):
        load(flags={}, environment={}, file=("f", media))


def test_lists_are_comma_separated_in_the_environment_and_empty_parts_dont_count() -> None:
    made = load(flags={}, environment={"GUARDRAIL_POLICY": " a, b ,,"})
    assert made.policy == ("a", "b")
    assert load(flags={}, environment={"GUARDRAIL_AI_PATHS": "/a/,"}).ai_paths == ("/a/",)


def test_an_empty_file_sets_nothing() -> None:
    assert load(flags={}, environment={}, file=("f", b"# nothing\n")) == Settings()


def detect(content: str = "", **environment: str) -> Detection:
    variables = {f"{ENV_PREFIX}DETECT__{name}": value for name, value in environment.items()}
    return load(flags={}, environment=variables, file=("f", content.encode())).detect


def test_thresholds_are_a_mapping_or_pairs_or_a_variable_each() -> None:
    wanted = {"PERSON": 0.9, "*": 0.6}
    assert detect("detect: {thresholds: {PERSON: 0.9, '*': 0.6}}").thresholds == wanted
    assert detect(THRESHOLDS="person=0.9, *=.6").thresholds == wanted
    assert detect(THRESHOLDS__PERSON="0.9").thresholds == {"PERSON": 0.9}


def test_a_route_says_what_is_different_there() -> None:
    made = detect("detect: {routes: {'/v1/code/*': {profile: code, allow: [a]}, /v1/x: {}}}")
    assert made.routes["/v1/code/*"].profile == "code"
    assert made.routes["/v1/code/*"].model_fields_set == {"profile", "allow"}
    assert made.routes["/v1/x"].model_fields_set == set()


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/v1/texts/one", "editorial_responsibility"),
        ("/v1/texts/short", "short_strings"),
        ("/v1/texts", ""),
        ("/v1/texts/../texts/one", ""),
        ("/v1/texts//one", ""),
    ],
)
def test_a_path_is_exempt_for_its_most_precise_reason(path: str, reason: str) -> None:
    exempt = {"/v1/texts/*": "editorial_responsibility", "/v1/texts/short": "short_strings"}
    made = Settings.model_validate({"labels": {"exempt": exempt, "editor": "chief editor"}})
    assert made.labels.exempt_of(path) == reason
    assert Settings().labels.exempt_of(path) == ""


ROUTES = "detect: {routes: {'/v1/*': {}, '/v1/code/*': {}, /v1/code/one: {}}}"


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/v1/code/chat/completions", "/v1/code/*"),
        ("/v1/code/one", "/v1/code/one"),
        ("/v1/code/one/two", "/v1/code/*"),
        ("/v1/code/", "/v1/code/*"),
        ("/v1/code", "/v1/*"),
        ("/v1/chat", "/v1/*"),
        ("/v2/chat", None),
        ("/v1", None),
        ("/", None),
        ("", None),
        ("/v1/code/../chat", None),
        ("/v1/code/./chat", None),
        ("/v1/code/..", None),
        ("/v1/code/...;/chat", None),
        ("/v1/code//chat", None),
        ("//v1/code/chat", None),
        ("/v1/code\\..\\chat", None),
        ("/v1/code/%2e%2e/chat", None),
        ("/v1/code/a\nb", None),
        ("/V1/code/one", None),
    ],
)
def test_the_most_precise_route_counts_and_no_detour_leads_to_one(
    path: str, route: str | None
) -> None:
    assert detect(ROUTES).route_of(path) == route


# ------------------------------------------------------------------ what is refused


def refused(content: bytes) -> str:
    with pytest.raises(ConfigError) as caught:
        load(flags={}, environment={}, file=("g.yaml", content))
    return str(caught.value)


@pytest.mark.parametrize("key", KEYS)
def test_a_misspelt_key_names_the_nearest_wherever_it_stands(key: str) -> None:
    *path, last = key.split(".")
    wrong = ".".join([*path, last + "x"])
    hint = f"unknown setting {wrong!r} (did you mean {last!r}?)"
    assert refused(yaml_of(wrong, 1)) == f"g.yaml: {hint}"
    with pytest.raises(ConfigError) as caught:
        load(flags={}, environment={variable(wrong): "1"})
    assert str(caught.value) == f"environment: {hint}"
    with pytest.raises(ConfigError) as caught:
        load(flags={wrong: "1"}, environment={})
    assert str(caught.value) == f"command line: {hint}"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"port: many", "port: "),
        (b"port: 65536", "port: "),
        (b"limits: {json_depth: 0}", "limits.json_depth: "),
        (b"limits:", "limits: "),
        (b"service: {name: 7}", "service.name: "),
        (b"policy: []", "policy is empty"),
        (b"policy: {a: b}", "policy: "),
        (b"tls_key: a.pem", "tls_certificate and tls_key go together"),
        (b"policies_key: a.pub", "policies_key is set but policies isn't"),
        (b"ai_paths: [v1/]", "'v1/' matches no path"),
        (b"wires: {tools: mcp}", "wires: 'tools' is no plain path"),
        (b"wires: {/a/../b: mcp}", "wires: '/a/../b' is no plain path"),
        (b"wires: {/a: [mcp]}", "wires./a: "),
        (b"personal_data: keep", "personal_data: "),
        (b"consent: {issuers: [a]}", "consent.issuers: "),
        (b"detect: {thresholds: {PERSON: 2}}", "detect.thresholds.PERSON: "),
        (b"detect: {thresholds: [PERSON]}", "detect.thresholds: "),
        (b"detect: {thresholds: PERSON}", "detect.thresholds.PERSON: "),
        (b"detect: {profile: cod}", "detect.profile: Input should be 'default', 'code'"),
        (b"detect: {routes: {v1: {}}}", "detect.routes: 'v1' is no path"),
        (b"detect: {routes: {'/v1/*/x': {}}}", "detect.routes: '/v1/*/x' is no path"),
        (b"detect: {routes: {/v1: 7}}", "detect.routes./v1: "),
        (b"labels: {exempt: {v1: source_code}}", "labels: exempt: 'v1' is no path"),
        (b"labels: {exempt: {'/v1/*/x': source_code}}", "labels: exempt: '/v1/*/x' is no path"),
        (b"labels: {exempt: {/v1: because}}", "labels.exempt./v1: "),
        (b"labels: {exempt: {/v1: editorial_responsibility}}", "set labels.editor to a name"),
        (b"labels: {exempt: {/v1: editorial_responsibility}, editor: ' '}", "set labels.editor"),
        (
            b"detect: {routes: {/v1: {profil: code}}}",
            "unknown setting 'detect.routes./v1.profil' (did you mean 'profile'?)",
        ),
        (b"detect: {routes: {/v1: {tier: fast}}}", "unknown setting 'detect.routes./v1.tier'"),
        (b"detect: {entities: {except: [AGE]}}", "unknown setting 'detect.entities.except'"),
    ],
)
def test_a_wrong_value_says_where(content: bytes, said: str) -> None:
    assert said in refused(content)


def test_many_wrong_values_are_counted_not_all_told() -> None:
    said = refused(b"policy: [" + b",".join([b"[]"] * 500) + b"]")
    assert said.endswith("and 490 more")
    assert len(said) < 2_000


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"- a\n- b", "a mapping of settings is expected"),
        (b"text", "a mapping of settings is expected"),
        (b"upstream_key: sk-secret\nport: [", "line 2"),
        (b"a: b: sk-secret", "line 1"),
        (b"\xff\xfe\xfa", "not YAML"),
        (b"port: \x00", "not YAML"),
        (b"service: {name: 2026-99-99}", "not YAML"),
        (b"port: " + b"9" * 5_000, "not YAML"),
        (b"port: 1\nport: 2", "line 2: 'port' is set twice"),
        (b"limits:\n  json_depth: 1\n  json_depth: 2", "line 3: 'json_depth' is set twice"),
        (b"port: &a 1\nadmin_port: *a", "anchors and aliases"),
        (b"port: !!python/name:os.system 1", "tags can't be used"),
        (b"port: !!int x", "tags can't be used"),
        (b"limits: {1: 2}", "a key must be a word"),
        (b"on: 1", "a key must be a word"),
        (b"? [a]\n: 1", "a key must be a word"),
        (b"policy: [{a: 1, a: 2}]", "'a' is set twice"),
        (b"a: 1\n---\nb: 2", "line 2"),
        (b"x" * (1 << 20), "larger than"),
    ],
)
def test_a_file_that_isnt_plain_yaml_is_refused_and_quotes_no_secret(
    content: bytes, said: str
) -> None:
    told = refused(content)
    assert told.startswith("g.yaml: ")
    assert said in told
    assert "sk-secret" not in told


@pytest.mark.parametrize(
    "content",
    [b"[" * 100_000, b"{a: " * 30_000, b"- " * 100_000, b"a: " + b"[" * 60_000 + b"]" * 60_000],
)
def test_deep_nesting_is_refused_and_the_process_lives(content: bytes) -> None:
    script = (
        "import sys\n"
        "from guardrail.errors import ConfigError\n"
        "from guardrail.settings import load\n"
        "try: load(flags={}, environment={}, file=('g.yaml', sys.stdin.buffer.read()))\n"
        "except ConfigError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], input=content, capture_output=True, timeout=60, check=True
    )
    assert b"nested deeper than" in done.stdout


@given(st.binary(max_size=60) | st.text(alphabet="ab:-[]{}!&*?|>'\"# \n\t01.%@,<", max_size=60))
def test_whatever_stands_in_the_file_is_settings_or_an_error_of_ours(content: bytes | str) -> None:
    raw = content if isinstance(content, bytes) else content.encode()
    try:
        made = load(flags={}, environment={}, file=("g.yaml", raw))
    except ConfigError:
        return
    assert made == Settings()


def test_a_section_and_a_value_of_one_name_dont_go_together() -> None:
    environment = {"GUARDRAIL_LIMITS": "7", "GUARDRAIL_LIMITS__JSON_DEPTH": "8"}
    with pytest.raises(ConfigError, match="limits is a value, not a section"):
        load(flags={}, environment=environment)


# ------------------------------------------------------------------ the environment


KUBERNETES = {
    "GUARDRAIL_SERVICE_HOST": "10.0.0.1",
    "GUARDRAIL_SERVICE_PORT": "8080",
    "GUARDRAIL_SERVICE_PORT_HTTP": "8080",
    "GUARDRAIL_PORT": "tcp://10.0.0.1:8080",
    "GUARDRAIL_PORT_8080_TCP": "tcp://10.0.0.1:8080",
    "GUARDRAIL_PORT_8080_TCP_PROTO": "tcp",
    "GUARDRAIL_PORT_8080_TCP_PORT": "8080",
    "GUARDRAIL_PORT_8080_TCP_ADDR": "10.0.0.1",
    "GUARDRAIL_ADMIN_SERVICE_HOST": "10.0.0.2",
    "GUARDRAIL_ADMIN_SERVICE_PORT": "8081",
    "GUARDRAIL_ADMIN_PORT": "tcp://10.0.0.2:8081",
    "GUARDRAIL_ADMIN_PORT_8081_TCP_ADDR": "10.0.0.2",
}


def test_what_kubernetes_says_of_its_services_is_no_setting() -> None:
    assert load(flags={}, environment=KUBERNETES) == Settings()


def test_our_own_keys_beside_it_still_count() -> None:
    own = {"GUARDRAIL_PORT": "9000", "GUARDRAIL_SERVICE__NAME": "Bot", "GUARDRAIL_ADMIN_PORT": "9"}
    made = load(flags={}, environment={**KUBERNETES, **own})
    assert (made.port, made.service.name, made.admin_port) == (9000, "Bot", 9)


@pytest.mark.parametrize("key", KEYS)
def test_no_key_of_ours_looks_like_one_of_kubernetes(key: str) -> None:
    with pytest.raises(ConfigError):
        load(flags={}, environment={variable(key): "\x00", variable(key) + "__X": "1"})


def test_other_variables_dont_matter() -> None:
    environment = {
        "PATH": "/bin",
        "GUARDRAIL_CONFIG": "x.yaml",
        "GUARDRAIL_VAULT_KEY": "secret",
        "GUARDRAILS_X": "1",
    }
    assert load(flags={}, environment=environment) == Settings()


# ------------------------------------------------------------------ what follows from them


@pytest.mark.parametrize(
    ("asked", "reply", "follows"),
    [
        ("refuse", None, "refuse"),
        ("mask", None, "mask"),
        ("pseudonymise", None, "mask"),
        ("refuse", "mask", "mask"),
        ("mask", "refuse", "refuse"),
    ],
)
def test_what_happens_in_replies_follows_requests_unless_it_is_said(
    asked: Json, reply: Json, follows: str
) -> None:
    assert Settings(personal_data=asked, reply_personal_data=reply).for_replies == follows


@pytest.mark.parametrize(
    ("path", "carries"),
    [
        ("/v1/chat", True),
        ("/V1/chat", True),
        ("//v1/chat", True),
        ("\\v1\\chat", True),
        ("/x/../v1/chat", True),
        ("/v1/./chat", True),
        ("/v1//", True),
        ("/v1", False),
        ("/v1x/", False),
        ("/chat", False),
        ("/chat/", True),
        ("/", False),
        ("", False),
        ("/v1beta/models/m:generateContent", True),
        ("/v1alpha/models", True),
        ("/upload/v1beta/files", True),
        ("/model/m/converse", True),
        ("/v2/chat", True),
        ("/compatibility/v1/chat/completions", True),
        ("/mcp", True),
        ("/a2a/jsonrpc", True),
        ("/models", False),
    ],
)
def test_every_spelling_of_an_ai_path_is_one(path: str, carries: bool) -> None:  # noqa: FBT001 - a case
    assert Settings().is_ai_path(path) is carries


def test_all_below_an_upstreams_own_ai_path_is_one() -> None:
    assert Settings(upstream="https://a.example/v1/").is_ai_path("/answers")
    assert not Settings(upstream="https://a.example/x").is_ai_path("/answers")


def test_paths_with_a_wire_format_carry_ai_traffic_and_the_longest_wins() -> None:
    settings = Settings(wires={"/tools": "mcp", "/tools/rpc/": "json-rpc"})
    assert settings.wire_of("/tools") == ("mcp", "/")
    assert settings.wire_of("/tools/a/b") == ("mcp", "/a/b")
    assert settings.wire_of("/tools/rpc") == ("json-rpc", "/")
    assert settings.wire_of("/tools/rpc/x") == ("json-rpc", "/x")
    assert settings.wire_of("/toolsmith") == ("", "/toolsmith")
    assert settings.wire_of("/tools/../v1/x") == ("", "/tools/../v1/x")
    assert Settings(wires={"/": "mcp"}).wire_of("/x") == ("mcp", "/x")
    assert Settings(wires={"/": "mcp"}).wire_of("/") == ("mcp", "/")
    for path, carries in {"/tools": True, "/x/../tools/a": True, "/toolsmith": False}.items():
        assert settings.is_ai_path(path) is carries


def test_a_key_for_the_upstream_is_in_no_repr() -> None:
    assert "sk-secret" not in repr(Settings(upstream_key="sk-secret"))


def test_every_key_says_what_it_means() -> None:
    for key in KEYS:
        *path, last = key.split(".")
        section: Any = Settings
        for step in path:
            section = section.model_fields[step].annotation
        assert section.model_fields[last].description, key
