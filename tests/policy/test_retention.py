from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import ConfigError
from guardrail.policy import Pack, load_packs, pack_names, retention_days
from guardrail.policy.retention import FLOOR_DAYS
from guardrail.shipped import shipped

MakeRule = Callable[..., dict[str, Any]]
Write = Callable[..., Path]

ROOT = shipped("policies")
SHIPPED = {pack.id: pack for pack in load_packs(ROOT, pack_names(ROOT))}
CITED = {
    "article": {"instrument": "1-I", "article": "9", "paragraph": "(2)"},
    "source": "read",
    "verify_with_counsel": True,
}


@pytest.fixture
def pack(write: Write, rule: MakeRule) -> Callable[..., Pack]:
    def make(name: str = "xx", **retention: int) -> Pack:
        root = write(rule(), name=name, retention=CITED | retention)
        return load_packs(root, [name])[0]

    return make


def test_evidence_is_kept_for_as_long_as_the_strictest_pack_asks(pack: Callable[..., Pack]) -> None:
    packs = [pack(days=400), pack("yy", days=900), pack("zz", days=200)]
    assert retention_days(packs) == 900
    assert retention_days(packs[2:]) == 200


def test_packs_that_say_nothing_leave_the_floor() -> None:
    assert SHIPPED["gdpr"].retention is None
    assert retention_days([SHIPPED["gdpr"]]) == FLOOR_DAYS
    assert retention_days([]) == FLOOR_DAYS


def test_more_may_be_kept_than_is_asked(pack: Callable[..., Pack]) -> None:
    assert retention_days([pack(days=400)], 401) == 401


def test_less_than_a_pack_allows_is_an_error_that_names_the_article(
    pack: Callable[..., Pack],
) -> None:
    packs = [pack(days=400, at_least=300), pack("yy", days=200)]
    assert retention_days(packs, 300) == 300
    with pytest.raises(ConfigError, match=r"300 days at least \(1-I art\. 9\(2\)\)") as error:
        retention_days(packs, 299)
    assert "300 or more" in error.value.fix


@pytest.mark.parametrize("packs", [[], ["gdpr"], ["kz-230-viii"], ["eu-ai-act", "kz-94-v"]])
def test_less_than_half_a_year_is_never_kept(packs: list[str]) -> None:
    chosen = [SHIPPED[one] for one in packs]
    assert retention_days(chosen, FLOOR_DAYS) == FLOOR_DAYS
    with pytest.raises(ConfigError, match="183 days at least"):
        retention_days(chosen, FLOOR_DAYS - 1)


def test_a_pack_that_asks_for_less_than_half_a_year_lowers_no_floor(
    pack: Callable[..., Pack],
) -> None:
    assert retention_days([pack(days=30)]) == FLOOR_DAYS
    with pytest.raises(ConfigError, match=r"2024/1689 art\. 19"):
        retention_days([pack(days=30)], 30)


@given(st.sets(st.sampled_from(sorted(SHIPPED))), st.integers(0, 2_000))
def test_every_choice_is_refused_or_kept_and_never_below_any_pack(
    names: set[str], wanted: int
) -> None:
    packs = [SHIPPED[name] for name in names]
    least = max(
        [FLOOR_DAYS, *(one.retention.at_least for one in packs if one.retention is not None)]
    )
    try:
        days = retention_days(packs, wanted)
    except ConfigError:
        assert 0 < wanted < least
    else:
        assert days >= least
        assert wanted in {0, days}


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("kz-230-viii", (1095, 183)),
        ("kz-94-v", (1095, 183)),
        ("eu-ai-act", (183, 183)),
        ("cn-labelling", (183, 183)),
        ("us-co", (1096, 1096)),
    ],
)
def test_a_shipped_pack_says_how_long_and_that_counsel_is_to_look(
    name: str, days: tuple[int, int]
) -> None:
    kept = SHIPPED[name].retention
    assert kept is not None
    assert (kept.days, kept.at_least) == days
    assert kept.verify_with_counsel is True
    assert kept.article


@pytest.mark.parametrize(
    "wrong", [{"days": 0}, {"days": 30, "at_least": 31}, {"days": 30, "days_": 1}, {"days": "30"}]
)
def test_what_isnt_such_a_demand_doesnt_load(
    write: Write, rule: MakeRule, wrong: dict[str, object]
) -> None:
    root = write(rule(), retention=CITED | wrong)
    with pytest.raises(ConfigError, match="retention"):
        load_packs(root, ["xx"])
