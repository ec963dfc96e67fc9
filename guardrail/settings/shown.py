"""Settings as they may be shown to anybody: without what is secret."""

from __future__ import annotations

from pydantic import BaseModel
from pydantic.main import IncEx


def shown(section: BaseModel, *, exclude_defaults: bool = False) -> dict[str, object]:
    """Return settings as plain values, without the secrets of any section.

    Args:
        section: all settings, or one section of them.
        exclude_defaults: leave out what is as it comes.

    Returns:
        What YAML and JSON can hold. A secret is what isn't in a section's ``repr``.
    """
    return section.model_dump(
        mode="json", exclude=_secrets(type(section)), exclude_defaults=exclude_defaults
    )


def _secrets(section: type[BaseModel]) -> dict[str, IncEx | bool]:
    found: dict[str, IncEx | bool] = {}
    for name, field in section.model_fields.items():
        inner = field.annotation
        if not field.repr:
            found[name] = True
        elif isinstance(inner, type) and issubclass(inner, BaseModel) and (own := _secrets(inner)):
            found[name] = own
    return found
