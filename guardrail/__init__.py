"""A runtime guardrail for AI endpoints.

    from guardrail import GuardrailMiddleware, Refused, Settings, guarded, speaker

Everything is loaded when it is first asked for: `import guardrail` itself costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guardrail.settings import Settings
    from guardrail.shells.asgi import GuardrailMiddleware
    from guardrail.shells.decorator import Refused, guarded, speaker

__all__ = [
    "GuardrailMiddleware",
    "Refused",
    "Settings",
    "__version__",
    "guarded",
    "speaker",
]

__version__ = "0.1.0"

_WHERE = {
    "GuardrailMiddleware": "guardrail.shells.asgi",
    "Refused": "guardrail.shells.decorator",
    "Settings": "guardrail.settings",
    "guarded": "guardrail.shells.decorator",
    "speaker": "guardrail.shells.decorator",
}


def __getattr__(name: str) -> object:
    """Load a public name (PEP 562)."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_WHERE[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names too that aren't loaded yet."""
    return sorted({*globals(), *__all__})
