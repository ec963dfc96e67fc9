"""What an operator can set, declared once: type, default, meaning.

Order of precedence, the first that says something wins:

1. a command-line flag
2. an environment variable: ``GUARDRAIL_`` and the key in capitals, ``__`` between levels
   (``GUARDRAIL_PORT``, ``GUARDRAIL_LIMITS__BODY_BYTES``), lists comma-separated
3. the YAML file named by ``--config`` or ``GUARDRAIL_CONFIG``
4. the default

An unknown key is an error that names the nearest known one, wherever it stands.
"""

from guardrail.settings.evidence import EvidenceSettings
from guardrail.settings.sections import (
    ConsentSettings,
    Context,
    Detection,
    Disclosure,
    Entities,
    Generic,
    HoldBack,
    Labels,
    Limits,
    Looking,
    MediaLabels,
    Service,
    Unmatched,
)
from guardrail.settings.sources import ENV_PREFIX, load
from guardrail.settings.telemetry import Telemetry
from guardrail.settings.whole import Settings

__all__ = [
    "ENV_PREFIX",
    "ConsentSettings",
    "Context",
    "Detection",
    "Disclosure",
    "Entities",
    "EvidenceSettings",
    "Generic",
    "HoldBack",
    "Labels",
    "Limits",
    "Looking",
    "MediaLabels",
    "Service",
    "Settings",
    "Telemetry",
    "Unmatched",
    "load",
]
