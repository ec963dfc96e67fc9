"""Findings in texts and in media are found alike."""

from __future__ import annotations

import pytest

from guardrail.facts import Category, Consent, Finding, Found, Seen, Standing, Tier

TEXT = Finding(
    segment=0,
    start=0,
    end=1,
    entity="KZ_IIN",
    category=Category.PERSONAL,
    score=0.9,
    recognizer="KzIinRecognizer@2",
)
SHOWN = Seen(
    entity="FACE",
    category=Category.BIOMETRIC,
    tier=Tier.SUSPECT,
    score=0.7,
    recognizer="YuNet@2023mar",
)


def told(found: Found) -> tuple[str, Category, float, Tier]:
    return found.entity, found.category, found.score, found.tier


@pytest.mark.parametrize("found", [TEXT, SHOWN], ids=["text", "media"])
def test_what_texts_hold_and_media_show_stands_with_consent_alike(found: Found) -> None:
    standing = Standing(finding=found, consent=Consent.MISSING)
    assert told(standing.finding) == (found.entity, found.category, found.score, found.tier)


def test_a_finding_in_a_text_is_certain_unless_it_says_otherwise() -> None:
    assert TEXT.tier is Tier.CERTAIN
