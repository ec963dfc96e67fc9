from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from guardrail.errors import ConfigError
from guardrail.facts import Action, Category, Consent, Direction, Finding, Standing
from guardrail.policy import Judge, Situation
from guardrail.settings import Settings
from guardrail.shells.packs import folder_of, judge_for, known_world, sound, unlike

TODAY = date(2026, 11, 22)
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a writer of packs of one's own: changes of the pack, of its rule, of its notices."""

    def make(
        name: str = "acme",
        *,
        rule: dict[str, Any] | None = None,
        notices: dict[str, Any] | None = None,
        **changes: object,
    ) -> Path:
        finding = {"entity": "EMAIL_ADDRESS", "category": "personal", "consent": "missing"}
        said = {"direction": "request", "findings": [finding]}
        written = {
            "id": f"{name}.1.e-mail",
            "article": {"instrument": "ACME order 7", "article": "1", "unit": "p."},
            "source": "Made up.",
            "verify_with_counsel": False,
            "valid_from": "2026-01-01",
            "when": {"direction": ["request"], "entity": ["EMAIL_ADDRESS"]},
            "action": "refuse",
            "on_error": "refuse",
            "notice": "acme.e-mail",
            "obligation": ["KZ-AI-07"],
        } | (rule or {})
        pack = {
            "id": name,
            "version": "2026.11.1",
            "rank": "tenant",
            "jurisdiction": "KZ",
            "languages": ["kk", "ru"],
            "title": {"kk": "Ережелер", "ru": "Правила"},
            "rules": [written],
        } | changes
        case = {"rule": f"{name}.1.e-mail", "today": "2026-11-22"}
        nothing = {"direction": "request"}
        cases = [
            {**case, "name": "1", "situation": said, "expect": {"action": written["action"]}},
            {**case, "name": "2", "situation": nothing, "expect": {"action": "allow"}},
        ]
        told = {"acme.e-mail": {"kk": "Пошта жіберілмейді.", "ru": "Почта не передаётся."}}
        folder = tmp_path / "packs" / name
        folder.mkdir(parents=True, exist_ok=True)
        for file, content in (
            ("pack.yaml", pack),
            ("notices.yaml", notices or told),
            ("cases.yaml", {"cases": cases}),
        ):
            (folder / file).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        return tmp_path / "packs"

    return make


def mask(policies: Path, **more: object) -> Settings:
    said = {"policies": policies, "personal_data": "mask", **more}
    return Settings.model_validate(said)


def problem(settings: Settings) -> str:
    found = sound(settings, TODAY)
    assert found.judge is None
    return "\n".join(found.problems)


def e_mail() -> Situation:
    finding = Finding(
        segment=0,
        start=0,
        end=1,
        entity="EMAIL_ADDRESS",
        category=Category.PERSONAL,
        score=1,
        recognizer="r@1",
    )
    standing = Standing(finding=finding, consent=Consent.MISSING)
    return Situation(direction=Direction.REQUEST, standings=(standing,))


def action(judge: Judge) -> Action:
    return judge.judge(e_mail(), today=TODAY).action


def test_packs_of_ones_own_apply_beside_those_that_ship_and_tighten(write: Write) -> None:
    judge = judge_for(mask(write()), today=TODAY)
    assert [pack.id for pack in judge.packs] == ["kz-230-viii", "acme"]
    assert action(judge_for(Settings(personal_data="mask"))) is Action.MASK
    assert action(judge) is Action.REFUSE


def test_they_never_soften(write: Write) -> None:
    judge = judge_for(mask(write(rule={"action": "pseudonymise"})), today=TODAY)
    assert action(judge) is Action.MASK


def test_they_may_be_named_and_those_that_ship_left_out(write: Write) -> None:
    judge = judge_for(mask(write(), policy=("acme",)), today=TODAY)
    assert judge.refs == ("acme@2026.11.1",)


def test_a_shipped_packs_name_is_refused_and_the_fix_says_so(write: Write) -> None:
    with pytest.raises(ConfigError, match="kz-94-v ships with guardrail → give yours an id"):
        judge_for(mask(write("kz-94-v")), today=TODAY)


def test_an_unknown_pack_names_the_nearest_of_all(write: Write) -> None:
    assert "did you mean 'acme'" in problem(mask(write(), policy=("acne",)))


def test_a_folder_without_packs_is_refused(tmp_path: Path) -> None:
    assert "no such folder" in problem(mask(tmp_path / "gone"))
    assert "no pack is in" in problem(mask(tmp_path))


def test_what_lint_calls_an_error_is_refused(write: Write) -> None:
    never = {"direction": ["request"], "entity": ["EMAIL_ADDRESS"], "ai_reply": True}
    said = problem(mask(write(rule={"when": never})))
    assert "comes to allow" in said
    assert "KZ-AI-99" in problem(mask(write(rule={"obligation": ["KZ-AI-99"]})))
    assert "no detector finds 'EMAIL'" in problem(mask(write(rule={"when": {"entity": ["EMAIL"]}})))


def test_an_operators_own_recognizers_find_what_nobody_else_knows(write: Write) -> None:
    detect = {"recognizers": "own.yaml"}
    settings = mask(write(rule={"when": {"entity": ["BADGE"]}}), detect=detect)
    assert "no detector finds" not in "\n".join(sound(settings, TODAY).problems)


def test_another_wording_of_a_shipped_notice_is_refused_and_a_further_language_isnt(
    write: Write,
) -> None:
    shipped = judge_for(Settings()).notices["chat.first"].texts
    told = {"acme.e-mail": {"kk": "а", "ru": "б"}}
    softer = {**told, "chat.first": {**shipped, "ru": "Отвечает коллега."}}
    assert "chat.first: a shipped pack words this" in problem(mask(write(notices=softer)))
    more = {**told, "chat.first": {**shipped, "uz": "Sizga sun'iy intellekt javob beradi."}}
    judge = judge_for(mask(write(notices=more)), today=TODAY)
    assert "uz" in judge.notices["chat.first"].texts


def test_languages_of_the_law_stay_before_ones_own(write: Write) -> None:
    title = {"en": "Rules", "kk": "Ережелер", "ru": "Правила"}
    told = {"acme.e-mail": {"en": "a", "kk": "а", "ru": "б"}}
    more = {"languages": ["en", "kk", "ru"], "title": title, "notices": told}
    assert "set rank: tenant" in problem(mask(write(rank="code", **more)))
    assert sound(mask(write(rank="tenant", **more)), TODAY).problems == ()


def test_without_ones_own_only_those_that_are_named_load() -> None:
    assert sound(Settings(), TODAY).problems == ()
    assert folder_of(Settings()).joinpath("gdpr", "pack.yaml").is_file()
    assert "did you mean 'kz-230-viii'" in problem(Settings(policy=("kz-230-vii",)))


def changes(new: Judge, old: Judge, *, signed: bool = False) -> str:
    return "\n".join(unlike(new, old, signed=signed))


def test_what_takes_over_under_way_takes_nothing_away_and_has_a_version_of_its_own(
    write: Write,
) -> None:
    old = judge_for(mask(write()), today=TODAY)
    assert changes(old, old) == ""
    later = judge_for(mask(write(version="2026.11.10", rule={"sanction": "None."})), today=TODAY)
    assert changes(later, old) == ""
    assert changes(old, later) == ""
    assert "is older than acme@2026.11.10" in changes(old, later, signed=True)
    same = judge_for(mask(write(rule={"remark": "Other."})), today=TODAY)
    assert "raise its version" in changes(same, old)
    assert "acme@2026.11.1 is in force" in changes(judge_for(Settings(personal_data="mask")), old)
    asking = judge_for(mask(write(version="2026.12.1", thresholds={"*": 0.2})), today=TODAY)
    assert "thresholds" in changes(asking, old)


def test_the_world_knows_what_detectors_find_and_where_a_system_may_be_used() -> None:
    world = known_world()
    assert world.entities["KZ_IIN"] is Category.PERSONAL
    assert world.entities["DUTY_EVASION"] is Category.PROHIBITED
    assert "bank-identification" in world.contexts
