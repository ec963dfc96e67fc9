"""Which of OpenTelemetry's packages sends a signal: said by settings, or by the environment."""

from __future__ import annotations

import os
from importlib.util import find_spec

from guardrail.errors import ConfigError
from guardrail.settings import Telemetry

SIGNALS = ("traces", "logs", "metrics")
_PACKAGES = {
    "http/protobuf": ("opentelemetry.exporter.otlp.proto.http", "otlp"),
    "grpc": ("opentelemetry.exporter.otlp.proto.grpc", "otlp-grpc"),
}
"""Where a protocol's exporters are, and the extra that brings them."""


def package_for(settings: Telemetry, signal: str) -> str:
    """Return the package that sends a signal by OTLP; nothing of it is imported.

    Raises:
        ConfigError: it isn't installed, or the environment names an unknown protocol.
    """
    protocol: str = settings.protocol
    if protocol == "auto":
        own = os.environ.get(f"OTEL_EXPORTER_OTLP_{signal.upper()}_PROTOCOL")
        protocol = own or os.environ.get("OTEL_EXPORTER_OTLP_PROTOCOL") or "http/protobuf"
    if protocol not in _PACKAGES:
        raise ConfigError(
            f"telemetry.{signal}: OTLP over {protocol!r} isn't spoken here",
            fix="set OTEL_EXPORTER_OTLP_PROTOCOL to http/protobuf or grpc",
        )
    package, extra = _PACKAGES[protocol]
    if not _is_there(package):
        raise ConfigError(
            f"telemetry.{signal}: OTLP over {protocol} needs its exporter",
            fix=f"pip install 'guardrail-gateway[{extra}]'",
        )
    return package


def _is_there(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:  # of what is above it
        return False
