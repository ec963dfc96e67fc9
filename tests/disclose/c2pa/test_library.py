from __future__ import annotations

import os

import pytest

from guardrail.disclose.c2pa.certificates import Development
from guardrail.disclose.c2pa.library import context, library, settings


def test_nothing_is_fetched_and_what_is_signed_is_read_back() -> None:
    assert settings(b"") == {
        "core": {"allowed_network_hosts": [], "max_decompressed_manifest_size_in_mb": 16},
        "builder": {"thumbnail": {"enabled": False}},
        "verify": {
            "verify_after_sign": True,
            "verify_trust": False,
            "remote_manifest_fetch": False,
            "ocsp_fetch": False,
        },
        "trust": {"trust_config": "1.3.6.1.4.1.62558.2.1\n1.3.6.1.5.5.7.3.36\n1.3.6.1.5.5.7.3.4"},
    }


def test_a_process_makes_its_context_once(
    made: Development, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = context(made.root)
    assert context(made.root) is first
    monkeypatch.setattr(os, "getpid", lambda: -1)
    assert context(made.root) is not first


def test_the_version_is_the_one_that_was_measured() -> None:
    assert library().sdk_version().startswith("0.91.")
