from __future__ import annotations

import pytest

from guardrail.settings import Settings, load
from guardrail.settings.shown import shown

SECRETS = (
    "upstream_key",
    "evidence.store",
    "evidence.timestamps",
    "evidence.push",
    "labels.media.password",
    "labels.media.next_password",
)


@pytest.mark.parametrize("key", SECRETS)
@pytest.mark.parametrize("exclude_defaults", [True, False])
def test_a_secret_is_shown_nowhere(key: str, *, exclude_defaults: bool) -> None:
    settings = load(flags={key: "sk-secret", "port": "9000"}, environment={})
    told = shown(settings, exclude_defaults=exclude_defaults)
    assert told["port"] == 9000
    assert "sk-secret" not in str(told) + repr(settings)


def test_all_else_is_shown() -> None:
    told = shown(Settings())
    whole = Settings().model_dump(mode="json")
    for key in SECRETS:
        *above, last = key.split(".")
        section = whole
        for step in above:
            section = section[step]
        del section[last]
    assert told == whole
