import hashlib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from guardrail.errors import ConfigError
from guardrail.facts import Action, Duty, Notice
from guardrail.policy.document import MAX_BYTES
from guardrail.policy.pack import (
    load_packs,
    pack_names,
    strictest_reminder,
    strictest_thresholds,
)

MakeRule = Callable[..., dict[str, Any]]
Write = Callable[..., Path]


def test_a_pack_is_loaded_with_its_rules_and_words(rule: MakeRule, write: Write) -> None:
    root = write(
        rule(valid_to="2027-01-01", also=[{"instrument": "2-II", "article": "3"}], sanction="fine"),
        rule(id="xx.2.b", action=None, duties=["label"], on_error="pass", when={"ai_reply": True}),
    )
    (pack,) = load_packs(root, ["xx"])
    one, two = pack.rules
    assert pack.ref == "xx@2026.11.1"
    assert pack.notices["told"] == Notice(key="told", texts={"kk": "Айтылды", "ru": "Сказано"})
    assert (one.article, one.also, one.sanction) == ("1-I art. 1", ("2-II art. 3",), "fine")
    assert (one.valid_from, one.valid_to) == (date(2026, 1, 18), date(2027, 1, 1))
    assert (one.action, one.on_error, one.duties) == (Action.REFUSE, Action.REFUSE, frozenset())
    assert (two.action, two.on_error) == (None, Action.ALLOW)
    assert two.duties == {Duty.LABEL}
    assert two.sanction == two.remark == ""


def test_the_digest_can_be_worked_out_by_hand_and_changes_with_a_word(
    rule: MakeRule, write: Write
) -> None:
    root = write(rule())
    files = [(root / "xx" / name).read_bytes() for name in ("pack.yaml", "notices.yaml")]
    expected = hashlib.sha256(b"".join(hashlib.sha256(file).digest() for file in files))
    (before,) = load_packs(root, ["xx"])
    assert before.digest == expected.hexdigest()
    write(rule(), notices={"told": {"kk": "Айтылды!", "ru": "Сказано"}})
    (after,) = load_packs(root, ["xx"])
    assert after.digest != before.digest


def test_packs_come_in_the_order_of_their_names(rule: MakeRule, write: Write) -> None:
    write(rule(), name="aa")
    root = write(rule(), name="bb")
    (root / "empty").mkdir()
    (root / "README").write_text("not a pack")
    assert pack_names(root) == ("aa", "bb")
    assert [pack.id for pack in load_packs(root, ["bb", "aa"])] == ["bb", "aa"]


def test_a_pack_that_isnt_there_is_refused_with_the_nearest(rule: MakeRule, write: Write) -> None:
    root = write(rule(), name="kz-230-viii")
    with pytest.raises(ConfigError, match="did you mean 'kz-230-viii'") as caught:
        load_packs(root, ["kz-230-vii"])
    assert caught.value.fix == "packs: kz-230-viii"


@pytest.mark.parametrize("name", ["../xx", ".", "/etc", ""])
def test_a_name_never_leads_out_of_the_folder(rule: MakeRule, write: Write, name: str) -> None:
    root = write(rule())
    with pytest.raises(ConfigError, match="no policy pack"):
        load_packs(root, [name])


def test_a_pack_named_twice_is_refused(rule: MakeRule, write: Write) -> None:
    with pytest.raises(ConfigError, match="named twice"):
        load_packs(write(rule()), ["xx", "xx"])


def test_a_missing_file_is_named(rule: MakeRule, write: Write) -> None:
    root = write(rule())
    (root / "xx" / "notices.yaml").unlink()
    with pytest.raises(ConfigError, match=r"xx/notices.yaml: can't be read: No such file"):
        load_packs(root, ["xx"])


def test_a_huge_file_is_refused(rule: MakeRule, write: Write) -> None:
    root = write(rule())
    (root / "xx" / "notices.yaml").write_bytes(b"#" * (MAX_BYTES * 2))
    with pytest.raises(ConfigError, match="at most"):
        load_packs(root, ["xx"])


def test_the_id_is_the_folders_name(rule: MakeRule, write: Write) -> None:
    with pytest.raises(ConfigError, match="'yy' isn't the folder's name"):
        load_packs(write(rule(), id="yy"), ["xx"])


def test_two_rules_of_one_name_are_refused(rule: MakeRule, write: Write) -> None:
    with pytest.raises(ConfigError, match=r"two rules are called xx\.1\.a"):
        load_packs(write(rule(), rule()), ["xx"])


def test_a_notice_that_isnt_there_is_refused_with_the_nearest(rule: MakeRule, write: Write) -> None:
    with pytest.raises(ConfigError, match=r"rule xx\.1\.a: no notice 'tolt' .did you mean 'told'"):
        load_packs(write(rule(notice="tolt")), ["xx"])


def test_a_notice_in_one_language_is_refused_where_two_are_due(
    rule: MakeRule, write: Write
) -> None:
    root = write(rule(), notices={"told": {"kk": "Айтылды", "en": "Told"}})
    with pytest.raises(ConfigError, match=r"xx/notices\.yaml: told: no text in ru"):
        load_packs(root, ["xx"])


def test_so_is_a_title(rule: MakeRule, write: Write) -> None:
    with pytest.raises(ConfigError, match="title: no text in kk"):
        load_packs(write(rule(), title={"ru": "Закон"}), ["xx"])


def test_an_entity_that_no_detector_finds_is_refused(rule: MakeRule, write: Write) -> None:
    root = write(rule(when={"entity": ["KZ_INN"]}))
    load_packs(root, ["xx"])
    load_packs(root, ["xx"], known_entities={"KZ_INN"})
    with pytest.raises(ConfigError, match=r"finds 'KZ_INN' .did you mean 'KZ_IIN'"):
        load_packs(root, ["xx"], known_entities={"KZ_IIN", "KZ_BIN"})


def test_a_pack_may_say_from_when_on_a_thing_is_found(rule: MakeRule, write: Write) -> None:
    (pack,) = load_packs(write(rule()), ["xx"])
    assert pack.thresholds == {}
    asked = {"KZ_IIN": 0.4, "*": 1}
    (pack,) = load_packs(write(rule(), thresholds=asked), ["xx"], known_entities={"KZ_IIN"})
    assert pack.thresholds == asked


@pytest.mark.parametrize("wrong", [{"kz_iin": 0.5}, {"KZ_IIN": 0}, {"KZ_IIN": 1.1}, {"": 0.5}, 0.5])
def test_thresholds_are_scores_of_entities(rule: MakeRule, write: Write, wrong: object) -> None:
    with pytest.raises(ConfigError, match="thresholds"):
        load_packs(write(rule(), thresholds=wrong), ["xx"])


def test_a_threshold_for_what_no_detector_finds_is_refused(rule: MakeRule, write: Write) -> None:
    root = write(rule(), thresholds={"KZ_INN": 0.5})
    with pytest.raises(ConfigError, match=r"thresholds: no detector finds 'KZ_INN' .did you mean"):
        load_packs(root, ["xx"], known_entities={"KZ_IIN"})


def test_of_several_packs_the_strictest_threshold_counts(rule: MakeRule, write: Write) -> None:
    write(rule(), name="aa", thresholds={"KZ_IIN": 0.4, "PERSON": 0.9, "*": 0.7})
    write(rule(id="xx.2.b"), name="bb", thresholds={"KZ_IIN": 0.6, "AGE": 0.8, "PERSON": 0.8})
    root = write(rule(id="xx.3.c"), name="cc")
    packs = load_packs(root, ["aa", "bb", "cc"])
    wanted = {"*": 0.7, "AGE": 0.7, "KZ_IIN": 0.4, "PERSON": 0.8}
    assert strictest_thresholds(packs) == strictest_thresholds(packs[::-1]) == wanted
    assert strictest_thresholds(packs[1:]) == {"AGE": 0.8, "KZ_IIN": 0.6, "PERSON": 0.8}
    assert strictest_thresholds(packs[2:]) == {}


def test_people_are_reminded_as_often_as_whoever_asks_for_it_most(
    rule: MakeRule, write: Write
) -> None:
    root = write(rule(), remind_hours=3)
    write(rule(), name="yy", remind_hours=1.5)
    write(rule(), name="zz")
    packs = load_packs(root, ["xx", "yy", "zz"])
    assert strictest_reminder(packs) == 1.5
    assert strictest_reminder(packs, 8) == 1.5
    assert strictest_reminder(packs, 1) == 1
    assert (strictest_reminder(packs[2:]), strictest_reminder(packs[2:], 8)) == (0, 8)
    with pytest.raises(ConfigError, match="remind_hours"):
        load_packs(write(rule(), remind_hours=0), ["xx"])


def test_a_pack_says_its_rank_and_when_it_is_to_be_reviewed(rule: MakeRule, write: Write) -> None:
    (pack,) = load_packs(write(rule()), ["xx"])
    assert (pack.rank, pack.review_by) == ("law", None)
    (pack,) = load_packs(write(rule(), rank="order", review_by="2027-06-30"), ["xx"])
    assert (pack.rank, pack.review_by) == ("order", date(2027, 6, 30))
    with pytest.raises(ConfigError, match=r"'laww' isn't one of .* .did you mean 'law'"):
        load_packs(write(rule(), rank="laww"), ["xx"])


def test_an_article_is_written_as_its_law_counts(rule: MakeRule, write: Write) -> None:
    section = {"instrument": "Cal. B&P Code", "article": "22757.3.1", "unit": "sec."}
    (pack,) = load_packs(write(rule(article=section)), ["xx"])
    assert pack.rules[0].article == "Cal. B&P Code sec. 22757.3.1"
