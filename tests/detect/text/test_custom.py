"""Recognizers written in Presidio's YAML. All values are made up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import presidio_analyzer
import pytest
import yaml

from guardrail.detect import ENTITIES, Options, TextDetector, recognizers_from
from guardrail.detect.text.custom import MAX_RECOGNIZERS, MAX_WORDS, CustomRecognizer
from guardrail.detect.text.recognizers.email import EmailRecognizer
from guardrail.errors import ConfigError
from guardrail.facts import Category

Json = Any

BADGE: Json = {
    "name": "Badge recognizer",
    "supported_language": "kk",
    "supported_entity": "BADGE",
    "patterns": [{"name": "badge", "regex": r"\bКЗ-[0-9]{4}\b", "score": 0.6}],
}


def made(*items: Json, **top: Json) -> TextDetector:
    custom = recognizers_from({"recognizers": list(items), **top}, "mine.yaml")
    return TextDetector([], memo_key=b"custom", options=Options(custom=custom))


def found(text: str, *items: Json) -> list[tuple[str, str, float, str]]:
    return [
        (one.entity, text[one.start : one.end], round(one.score, 2), one.reason)
        for one in made(*items).find(text)
    ]


def but(**changes: Json) -> Json:
    item = {**BADGE, **changes}
    return {key: value for key, value in item.items() if value is not None}


def test_a_pattern_is_found_as_a_whole_word_in_any_case() -> None:
    text = "пропуск КЗ-1234, кз-1235; КЗ-12345 АКЗ-1234 КЗ-1234ә"
    assert found(text, BADGE) == [
        ("BADGE", "КЗ-1234", 0.6, "pattern"),
        ("BADGE", "кз-1235", 0.6, "pattern"),
    ]


def test_disguised_digits_are_plain_ones() -> None:
    text = "КЗ\u2011\uff11\uff12\u200b\uff13\uff14!"
    assert [value for _, value, *_ in found(text, BADGE)] == [
        "КЗ\u2011\uff11\uff12\u200b\uff13\uff14"
    ]


def test_a_context_word_before_it_makes_a_pattern_surer() -> None:
    item = but(context=["пропуск", "рұқсатнама"])
    item["patterns"][0]["score"]
    weak = {**item, "patterns": [{"name": "b", "regex": r"\bКЗ[0-9]{4}\b", "score": 0.3}]}
    assert found("код КЗ1234 для пропуска", weak) == []
    for said in ("Пропуска №", "РУКСАТНАМАНЫҢ нөмірі:"):
        assert found(f"{said} КЗ1234", weak) == [("BADGE", "КЗ1234", 0.65, "pattern, context")]
    languages = [{"language": "ru", "context": ["жетон"]}, {"language": "kk"}, "en"]
    many = {**weak, "supported_languages": languages}
    assert found("жетон КЗ1234", many)
    assert found("пропуск КЗ1234", many)


def test_a_deny_list_is_found_as_whole_words_the_longest_first() -> None:
    item = but(patterns=None, deny_list=["Алтай", "Алтай-2", "C++", "№ 7"], deny_list_score=0.9)
    text = "алтай Алтай-2 Алтайский C++11 c++ № 7 № 71"
    values = [(value, score) for _, value, score, _ in found(text, item)]
    assert values == [
        ("алтай", 0.9),
        ("Алтай-2", 0.9),
        ("C++", 0.9),
        ("c++", 0.9),
        ("№ 7", 0.9),
    ]


def test_the_category_is_said_or_personal_and_ours_keep_theirs() -> None:
    detector = made(
        but(category="secret"),
        {**BADGE, "name": "Other", "supported_entity": "OTHER", "patterns": [_pattern("Q{3}")]},
        {**BADGE, "name": "Iin", "supported_entity": "HEALTH", "patterns": [_pattern("W{3}")]},
    )
    categories = {one.entity: one.category for one in detector.find("КЗ-1234 QQQ WWW")}
    assert categories == {
        "BADGE": Category.SECRET,
        "OTHER": Category.PERSONAL,
        "HEALTH": Category.SPECIAL,
    }


def _pattern(regex: str) -> Json:
    return {"name": "p", "regex": regex, "score": 0.8}


def test_an_entity_of_ours_wins_over_an_unknown_one_of_equal_score() -> None:
    ours = {**BADGE, "name": "Ours", "supported_entity": "TITLE"}
    assert [entity for entity, *_ in found("КЗ-1234", BADGE, ours)] == ["TITLE"]
    assert "BADGE" not in ENTITIES
    assert ENTITIES["BADGE"].pii_type == "BADGE"


def test_a_finding_names_its_recognizer_and_what_stands_in_the_file() -> None:
    (one,) = made(BADGE).find("КЗ-1234")
    (changed,) = made(but(context=["x"])).find("КЗ-1234")
    assert one.recognizer.startswith("Badge recognizer@")
    assert one.recognizer != changed.recognizer
    assert made(but(version="7")).find("КЗ-1234")[0].recognizer == "Badge recognizer@7"
    assert made(BADGE).digest != made(but(context=["x"])).digest
    ((result, _),) = made(BADGE).results("КЗ-1234")
    assert result.analysis_explanation.pattern_name == "badge"
    assert result.analysis_explanation.pattern == "КЗ-[0-9]{4}"


def test_thresholds_of_its_own_and_being_off_are_minded() -> None:
    assert found("КЗ-1234", but(score_thresholds={"BADGE": 0.7})) == []
    assert found("КЗ-1234", but(score_thresholds={"default": 0.7})) == []
    assert found("КЗ-1234", but(score_thresholds={"default": 0.7, "BADGE": 0.6}))
    items = [but(enabled=False), {**BADGE, "name": "Other"}]
    assert len(found("КЗ-1234", *items)) == 1


def test_one_entity_may_stand_in_a_list() -> None:
    item = but(supported_entity=None, supported_entities=["BADGE"])
    assert [entity for entity, *_ in found("КЗ-1234", item)] == ["BADGE"]


def test_several_patterns_of_one_recognizer_each_have_their_score() -> None:
    item = but(patterns=[_pattern("Q{3}"), {**_pattern("W{3}"), "score": 0.55}, _pattern("QW")])
    assert [(value, score) for _, value, score, _ in found("QQQ WWW", item)] == [
        ("QQQ", 0.8),
        ("WWW", 0.55),
    ]


def test_words_of_every_script_are_words() -> None:
    item = but(patterns=[_pattern(r"\bтабель \w{3,5}\b")])
    assert [value for _, value, *_ in found("Табель ӘБ12, табель-1", item)] == ["Табель ӘБ12"]


def test_presidios_own_example_but_for_what_it_leaves_open_can_be_used() -> None:
    conf = Path(presidio_analyzer.__file__).parent / "conf" / "example_recognizers.yaml"
    document = yaml.safe_load(conf.read_text("utf-8"))
    custom = recognizers_from(document, conf.name)
    detector = TextDetector([], memo_key=b"", options=Options(custom=custom, profile="strict"))
    text = "Mr. Smith, zip 12345-6789"
    assert [(one.entity, text[one.start : one.end]) for one in detector.find(text)] == [
        ("TITLE", "Mr."),
        ("ZIP", "12345-6789"),
    ]


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ([], "recognizer 1: a mapping is expected"),
        (but(nam="x"), "unknown key 'nam' (did you mean 'name'?)"),
        (but(name=None), "recognizer 1: name: letters"),
        (but(name="a\tb"), "name: letters"),
        (but(supported_entity=None), "supported_entity: one entity is expected"),
        (but(supported_entities=["BADGE"]), "supported_entity: one entity is expected"),
        (but(supported_entity="badge"), "supported_entity: 'badge' isn't capitals"),
        (but(supported_entity=7), "supported_entity: 7 isn't capitals"),
        (
            but(category="secrets"),
            "isn't one of personal, special, biometric, secret, prohibited (did you",
        ),
        (but(supported_entity="HEALTH", category="personal"), "HEALTH is special here"),
        (but(type="predefined"), "predefined recognizers aren't used"),
        (but(patterns=None), "neither `patterns` nor a `deny_list`"),
        (but(patterns={}), "neither `patterns` nor a `deny_list`"),
        (but(patterns="x"), "patterns: a list is expected"),
        (but(patterns=["x"]), "patterns: 1: a mapping is expected"),
        (but(patterns=[{"regexp": "x"}]), "unknown key 'regexp' (did you mean 'regex'?)"),
        (but(patterns=[{"regex": 5, "score": 1}]), "patterns: 1: regex: a regular expression"),
        (but(patterns=[{"regex": "x"}]), "patterns: 1: score: a number from 0 to 1"),
        (but(patterns=[{"regex": "x", "score": True}]), "patterns: 1: score: a number"),
        (but(patterns=[_pattern("x+")]), "'Badge recognizer': patterns: 1: regex: a match may"),
        (but(context="x"), "context: a list"),
        (but(context=[1]), "context: 1 isn't a word: put quotes"),
        (but(context=["x"] * (MAX_WORDS + 1)), "context: a list of up to"),
        (but(deny_list=["x" * 200 + "y"]), "deny_list: "),
        (but(deny_list=[f"{n}{'x' * 150}" for n in range(500)]), "deny_list: it is too large"),
        (but(deny_list=["x"], deny_list_score=2), "deny_list_score: a number"),
        (but(supported_languages="kk"), "supported_languages: a list"),
        (
            but(supported_languages=[{"lang": "kk"}]),
            "unknown key 'lang' (did you mean 'language'?)",
        ),
        (but(supported_entities=["A", "B"], supported_entity=None), "one entity is expected"),
        (but(score_thresholds=[1]), "score_thresholds: a mapping"),
        (but(score_thresholds={"BADGE": 2}), "score_thresholds: a number"),
    ],
)
def test_a_mistake_names_file_recognizer_and_key(item: Json, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        made(item)
    assert str(caught.value).startswith("mine.yaml: recognizer ")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (None, "a list is expected under `recognizers:`"),
        ({"recognizers": {}}, "a list is expected"),
        ({"recognizers": [], "recognizer": 1}, "unknown key 'recognizer' (did you mean"),
        ({"recognizers": [], "global_regex_flags": 2}, "only 26 can be used"),
        ({"recognizers": [{}] * (MAX_RECOGNIZERS + 1)}, "more than 100"),
        ({"recognizers": [BADGE, but(version="2")]}, "two recognizers are called 'Badge"),
        (
            {"recognizers": [BADGE, but(name="B", category="secret")]},
            "BADGE has two categories",
        ),
    ],
)
def test_a_wrong_file_is_refused(document: Json, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        recognizers_from(document, "mine.yaml")
    assert said in str(caught.value)


def test_a_name_of_ours_is_taken() -> None:
    taken = recognizers_from({"recognizers": [but(name="EmailRecognizer")]}, "f")
    with pytest.raises(ConfigError, match="two recognizers are called 'EmailRecognizer'"):
        TextDetector([EmailRecognizer()], memo_key=b"", options=Options(custom=taken))


@pytest.mark.parametrize("size", [1_000, 2_000])
def test_a_long_word_costs_one_look_not_one_a_letter(size: int) -> None:
    looks = []

    class Counted:
        def search(self, text: str, position: int) -> object:
            looks.append(position)
            return finder.search(text, position)

    item = but(patterns=[_pattern(r"\b[a-z]{3}\b")])
    (recognizer,) = recognizers_from({"recognizers": [item]}, "f")
    assert isinstance(recognizer, CustomRecognizer)
    finder = recognizer._finder
    recognizer._finder = Counted()  # as much of one as is used
    assert len(list(recognizer.scan("a" * size + " abc " + "b" * size, 0))) == 1
    assert len(looks) < 10


def test_an_expression_that_would_take_python_for_ever_is_done_at_once(
    iin: Callable[[], str],
) -> None:
    item = but(patterns=[_pattern("(?:a?){50}(?:a){50}b")])
    assert found("a" * 5_000, item) == []
    assert len(found("a" * 50 + "b", item)) == 1
