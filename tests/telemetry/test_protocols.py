from __future__ import annotations

import pytest

from guardrail.errors import ConfigError
from guardrail.settings import Telemetry
from guardrail.telemetry import protocols
from guardrail.telemetry.protocols import package_for

HTTP, GRPC = "opentelemetry.exporter.otlp.proto.http", "opentelemetry.exporter.otlp.proto.grpc"
ANY, OWN = "OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"


@pytest.mark.parametrize(
    ("protocol", "environment", "package"),
    [
        ("auto", {}, HTTP),
        ("auto", {ANY: "grpc"}, GRPC),
        ("auto", {ANY: "http/protobuf", OWN: "grpc"}, GRPC),
        ("http/protobuf", {ANY: "grpc"}, HTTP),
        ("grpc", {}, GRPC),
    ],
)
def test_settings_go_before_the_environment_and_a_signals_own_variable_before_the_common_one(
    monkeypatch: pytest.MonkeyPatch, protocol: str, environment: dict[str, str], package: str
) -> None:
    for name in (ANY, OWN):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings = Telemetry.model_validate({"protocol": protocol})
    assert package_for(settings, "traces") == package


def test_a_protocol_that_isnt_spoken_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ANY, "http/json")
    with pytest.raises(ConfigError, match="'http/json' isn't spoken"):
        package_for(Telemetry(), "logs")


@pytest.mark.parametrize(("protocol", "extra"), [("http/protobuf", "otlp"), ("grpc", "otlp-grpc")])
@pytest.mark.parametrize("package", ["no_such_package", "no_such.package"])
def test_an_exporter_that_isnt_there_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, protocol: str, extra: str, package: str
) -> None:
    monkeypatch.setitem(protocols._PACKAGES, protocol, (package, extra))
    with pytest.raises(ConfigError) as caught:
        package_for(Telemetry.model_validate({"protocol": protocol}), "traces")
    assert f"guardrail-gateway[{extra}]'" in caught.value.fix
