"""What `deploy/` promises, checked without a cluster or a registry."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

import guardrail
from guardrail.settings import Settings, load

CHECKOUT = Path(__file__).parents[2]
DEPLOY = CHECKOUT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text("utf-8")
MANIFESTS: list[dict[str, Any]] = list(
    yaml.safe_load_all((DEPLOY / "kubernetes" / "sidecar.yaml").read_text("utf-8"))
)
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
BY_KIND = {manifest["kind"]: manifest for manifest in MANIFESTS}
POD: dict[str, Any] = BY_KIND["Deployment"]["spec"]["template"]["spec"]
CONTAINERS = {container["name"]: container for container in POD["containers"]}
GUARD, APP = CONTAINERS["guardrail"], CONTAINERS["app"]

every_container = pytest.mark.parametrize(
    "container", [pytest.param(each, id=name) for name, each in CONTAINERS.items()]
)


def configured() -> Settings:
    text = BY_KIND["ConfigMap"]["data"]["guardrail.yaml"]
    return load(flags={}, environment={}, file=("guardrail.yaml", text.encode()))


# ---------------------------------------------------------------- image


def instructions(name: str) -> Iterator[str]:
    joined = re.sub(r"\\\n", " ", DOCKERFILE)
    return (
        line.split(maxsplit=1)[1] for line in joined.splitlines() if line.startswith(f"{name} ")
    )


def test_the_base_is_an_argument_with_a_fixed_tag_and_no_registry() -> None:
    default, _ = instructions("ARG")
    name, _, tag = default.removeprefix("BASE=").partition(":")
    assert re.fullmatch(r"3\.\d+-slim", tag)
    assert "." not in name
    assert "/" not in name
    assert {line.split()[0] for line in instructions("FROM")} == {"${BASE}"}


def test_nothing_floats() -> None:
    for text in (DOCKERFILE, *(p.read_text("utf-8") for p in DEPLOY.rglob("*.yaml"))):
        assert "latest" not in text


def test_dependencies_are_installed_by_hash_and_the_package_adds_none() -> None:
    installs = [
        part for line in instructions("RUN") for part in line.split("&&") if "pip ins" in part
    ]
    requirements, package = installs
    assert "--require-hashes" in requirements
    assert "requirements/${REQUIREMENTS}.txt" in requirements
    assert "ARG REQUIREMENTS=runtime" in DOCKERFILE
    assert {"--no-deps", "--no-build-isolation", "--no-index"} <= set(package.split())


def test_the_image_runs_as_nobody_in_particular() -> None:
    *_, user = instructions("USER")
    assert user == "65532:65532"
    assert "chown 65532:65532 /state" in DOCKERFILE


def image_environment() -> dict[str, str]:
    *_, final = instructions("ENV")
    return dict(pair.split("=", 1) for pair in final.split())


def test_the_image_writes_to_its_volume_only() -> None:
    assert image_environment()["PYTHONDONTWRITEBYTECODE"] == "1"
    assert image_environment()["GUARDRAIL_STATE"] in tuple(instructions("VOLUME"))


def test_the_images_variables_are_settings() -> None:
    assert load(flags={}, environment=image_environment()).state == Path("/state")


def test_what_is_copied_exists_and_isnt_ignored() -> None:
    lines = (CHECKOUT / ".dockerignore").read_text("utf-8").splitlines()
    allowed = {line.removeprefix("!") for line in lines if line.startswith("!")}
    assert "*" in lines
    copied = {
        source
        for line in instructions("COPY")
        if "--from" not in line
        for source in line.split()[:-1]
    }
    assert copied == allowed
    assert all((CHECKOUT / source).exists() for source in copied)


def test_the_images_tag_is_the_packages_version() -> None:
    tags = set(
        re.findall(r"guardrail-gateway:([0-9.]+[0-9])", DOCKERFILE + str(MANIFESTS) + str(COMPOSE))
    )
    assert tags == {guardrail.__version__}


# ---------------------------------------------------------------- Kubernetes


@pytest.mark.parametrize("manifest", [pytest.param(m, id=m["kind"]) for m in MANIFESTS])
def test_each_manifest_is_valid(manifest: dict[str, Any]) -> None:
    kubernetes_validate.validate(manifest, kubernetes_validate.latest_version(), strict=True)


def test_a_misspelt_field_would_be_found() -> None:
    wrong = {**BY_KIND["Service"], "spec": {**BY_KIND["Service"]["spec"], "selektor": {}}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, kubernetes_validate.latest_version(), strict=True)


@every_container
def test_each_container_has_no_privileges(container: dict[str, Any]) -> None:
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def test_the_pod_runs_as_the_images_user_under_seccomp() -> None:
    context = POD["securityContext"]
    assert context["runAsNonRoot"] is True
    assert (context["runAsUser"], context["runAsGroup"], context["fsGroup"]) == (65532,) * 3
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}
    assert POD["automountServiceAccountToken"] is False
    assert not any(POD.get(name) for name in ("hostNetwork", "hostPID", "hostIPC"))


def test_links_to_services_dont_become_settings() -> None:
    assert POD["enableServiceLinks"] is False


@every_container
def test_each_container_has_bounds(container: dict[str, Any]) -> None:
    assert {"cpu", "memory"} <= set(container["resources"]["requests"])
    assert "memory" in container["resources"]["limits"]


def test_the_config_map_loads_as_settings_of_a_pod() -> None:
    settings = configured()
    assert settings.host == settings.admin_host == "0.0.0.0"  # noqa: S104 - a pod's own address
    assert "/etc/guardrail/guardrail.yaml" in GUARD["args"]
    assert {"name": "config", "mountPath": "/etc/guardrail", "readOnly": True} in GUARD[
        "volumeMounts"
    ]


def test_ports_and_paths_agree_with_the_settings() -> None:
    settings = configured()
    ports = {port["name"]: port["containerPort"] for port in GUARD["ports"]}
    assert ports == {"http": settings.port, "admin": settings.admin_port}
    mounts = {mount["mountPath"]: mount["name"] for mount in GUARD["volumeMounts"]}
    volumes = {volume["name"]: volume for volume in POD["volumes"]}
    assert "persistentVolumeClaim" in volumes[mounts[str(settings.state)]]
    assert "emptyDir" in volumes[mounts["/tmp"]]  # noqa: S108 - where a container's metrics go


def test_the_upstreams_key_comes_from_a_secret() -> None:
    (variable,) = GUARD["env"]
    assert variable["name"] == "GUARDRAIL_UPSTREAM_KEY"
    named = variable["valueFrom"]["secretKeyRef"]
    secret = BY_KIND["Secret"]
    assert (named["name"], named["key"] in secret["stringData"]) == (
        secret["metadata"]["name"],
        True,
    )
    assert not configured().upstream_key


@pytest.mark.parametrize(
    ("probe", "path"),
    [("startupProbe", "/livez"), ("livenessProbe", "/livez"), ("readinessProbe", "/readyz")],
)
def test_probes_ask_the_admin_port(probe: str, path: str) -> None:
    assert GUARD[probe]["httpGet"] == {"path": path, "port": "admin"}


def test_a_pod_has_time_to_drain() -> None:
    waits = [int(each["lifecycle"]["preStop"]["exec"]["command"][1]) for each in (GUARD, APP)]
    before, application = waits
    drained = before + configured().drain_seconds
    assert POD["terminationGracePeriodSeconds"] > drained
    assert application >= drained


def test_callers_reach_the_guard_and_nothing_else() -> None:
    service = BY_KIND["Service"]["spec"]
    assert [port["targetPort"] for port in service["ports"]] == ["http"]
    assert "ports" not in APP
    assert APP["args"][:2] == ["--host", "127.0.0.1"]
    assert configured().upstream.startswith("http://127.0.0.1:")
    policy = BY_KIND["NetworkPolicy"]["spec"]
    assert policy["policyTypes"] == ["Ingress"]
    callers, operators = policy["ingress"]
    assert [port["port"] for port in callers["ports"]] == [configured().port]
    assert [port["port"] for port in operators["ports"]] == [configured().admin_port]
    assert all("namespaceSelector" in each for each in operators["from"])


def test_selectors_select_the_pod() -> None:
    deployment = BY_KIND["Deployment"]["spec"]
    labels = deployment["template"]["metadata"]["labels"].items()
    for selector in (
        deployment["selector"]["matchLabels"],
        BY_KIND["Service"]["spec"]["selector"],
        BY_KIND["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"],
    ):
        assert selector.items() <= labels


def test_one_pod_at_a_time_has_the_state() -> None:
    deployment = BY_KIND["Deployment"]["spec"]
    assert (deployment["replicas"], deployment["strategy"]) == (1, {"type": "Recreate"})


# ---------------------------------------------------------------- compose


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_each_service_is_read_only_and_without_privileges(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["build"]["dockerfile"] == "deploy/Dockerfile"


def test_only_the_guards_port_is_published_and_to_this_machine_alone() -> None:
    services = COMPOSE["services"]
    assert services["guard"]["ports"] == ["127.0.0.1:8080:8080"]
    assert "ports" not in services["assistant"]
    assert services["assistant"]["networks"] == ["behind"]


def test_composes_variables_are_settings() -> None:
    given = COMPOSE["services"]["guard"]["environment"]
    defaults = {name: re.sub(r"\$\{\w+:-(.*)\}", r"\1", value) for name, value in given.items()}
    assert load(flags={}, environment=defaults).upstream == "http://assistant:11434"


def test_compose_leaves_time_to_drain() -> None:
    grace = COMPOSE["services"]["guard"]["stop_grace_period"]
    assert int(grace.removesuffix("s")) > Settings().drain_seconds
