from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import re2

from guardrail.detect.text.recognizer import (
    LOOK_BEHIND,
    digits_of,
    ends_clean,
    groups_of,
    is_glued,
    runs_of,
    said,
    starts_clean,
    words,
)
from guardrail.detect.text.recognizers import RECOGNIZERS, TextRecognizer


@pytest.fixture(params=RECOGNIZERS, ids=lambda kind: str(kind.__name__))
def recognizer(request: pytest.FixtureRequest) -> TextRecognizer:
    made: TextRecognizer = request.param()
    return made


def test_every_pattern_is_linear_by_construction(recognizer: TextRecognizer) -> None:
    """RE2 compiles no pattern that would need to try again, and takes each in few steps."""
    for pattern in (*recognizer.TRIGGERS, recognizer.PATTERN, recognizer.BACKWARD):
        re2.compile(pattern)


def test_every_pattern_has_a_bounded_length(recognizer: TextRecognizer) -> None:
    for pattern in (recognizer.PATTERN, recognizer.BACKWARD):
        if pattern != r"[0-9 ().+\-]*[0-9(+]":  # the sweep bounds what it is matched on
            assert re._parser.parse(pattern).getwidth()[1] < 512  # type: ignore[attr-defined]


def test_no_pattern_matches_more_than_the_longest_finding(recognizer: TextRecognizer) -> None:
    width = re._parser.parse(recognizer.PATTERN).getwidth()[1]  # type: ignore[attr-defined]
    assert width <= recognizer.LONGEST


def test_a_label_names_the_recognizer_and_its_version(recognizer: TextRecognizer) -> None:
    assert re.fullmatch(r"[A-Z][A-Za-z]+Recognizer@[0-9]+", recognizer.label)


@pytest.mark.parametrize(
    "unit",
    ["1", "8 ", "1-", "4111 ", "(", "+7 ", "@", "a@", "a.", "ab12", "KZ86 ", "Аа ", "Иванович ",
     "овна", "атым ", "N1234567 ", "паспорт 4510 ", "ИИН 99010135012", "'", "я"],
)  # fmt: skip
def test_work_grows_with_the_text_and_not_faster(recognizer: TextRecognizer, unit: str) -> None:
    """Counted are the calls of `judge`: each is bounded, so they are what could grow."""
    calls = 0
    judge = recognizer.judge

    def counted(text: str, match: re.Match[str]) -> object:
        nonlocal calls
        calls += 1
        return judge(text, match)

    recognizer.judge = counted  # type: ignore[method-assign, assignment]
    for length in (4_096, 65_536):
        text = (unit * length)[:length]
        calls = 0
        recognizer.analyze(text, [recognizer.ENTITY])
        assert calls <= len(text)


def test_presidio_may_ask_for_other_entities(recognizer: TextRecognizer) -> None:
    assert recognizer.analyze("ivan@mail.ru", ["OTHER"]) == []


def test_the_base_leaves_judging_to_its_kinds() -> None:
    class Undecided(TextRecognizer):
        ENTITY = "X"
        PATTERN = "x"
        TRIGGERS = ("x",)
        LONGEST = 1

    with pytest.raises(NotImplementedError):
        Undecided().analyze("x", ["X"])
    assert Undecided().resume("x1", re.compile("x").search("x1")) == 1  # type: ignore[arg-type]


def test_context_words_are_whole_words_within_forty_characters() -> None:
    pattern = words("иин", "card")
    assert said(pattern, "ИИН 1", 4)
    assert said(pattern, "my_card=1", 8)
    assert not said(pattern, "линиин 1", 7)
    assert said(pattern, "ИИН" + " " * 37 + "1", 40)
    assert not said(pattern, "ИИН" + " " * 40 + "1", 43)
    assert LOOK_BEHIND > 40


def test_digits_and_groups_are_read() -> None:
    assert digits_of("+7 (701) 1-2") == "770112"
    assert groups_of("+7 (701) 1-2") == (1, 3, 1, 1)


@pytest.mark.parametrize(
    ("text", "clean"),
    [("x12", True), ("312", False), ("3.12", False), ("..12", True), (".12", True), ("12", True)],
)
def test_a_number_starts_clean_or_not(text: str, clean: bool) -> None:  # noqa: FBT001 - a table's column
    assert starts_clean(text, len(text) - 2) is clean


@pytest.mark.parametrize(
    ("text", "clean"),
    [("12x", True), ("123", False), ("12.3", False), ("12.", True), ("12..", True), ("12", True)],
)
def test_a_number_ends_clean_or_not(text: str, clean: bool) -> None:  # noqa: FBT001 - a table's column
    assert ends_clean(text, 2) is clean


@pytest.mark.parametrize(
    ("before", "behind", "glued"),
    [
        ("a", "", True),
        ("_", "", True),
        ("a-", "", True),
        ("1-", "", True),
        (" -", "", False),
        ("я", "", False),
        ("", "a", True),
        ("", "-b", True),
        ("", "- ", False),
        ("", "я", False),
        ("", "", False),
    ],
)
def test_a_number_is_glued_to_code_or_not(before: str, behind: str, glued: bool) -> None:  # noqa: FBT001 - a table's column
    assert is_glued(f"{before}12{behind}", len(before), len(before) + 2) is glued


def test_runs_of_whole_groups_come_longest_first() -> None:
    match = re.compile("[0-9 ]+").match("12 345 6")
    assert match
    assert list(runs_of(match, range(4, 7))) == [("123456", (2, 3, 1), 8), ("12345", (2, 3), 6)]


def test_spelt_digits_are_one_run_or_none() -> None:
    pattern = re.compile("[0-9](?: [0-9]){3}")

    def runs(text: str, start: int) -> list[str]:
        match = pattern.search(text, start)
        assert match
        return [number for number, _, _ in runs_of(match, range(3, 5))]

    assert runs("1 2 3 4", 0) == ["1234"]
    assert runs("1 2 3 4 5", 0) == []
    assert runs("9 1 2 3 4", 2) == []
    assert runs("1 2 3 4 55", 0) == ["1234"]


def test_a_finding_explains_itself(found: Callable[[str], list[tuple[str, str]]]) -> None:
    email = next(kind() for kind in RECOGNIZERS if kind.__name__ == "EmailRecognizer")
    (result,) = email.analyze("a@b.kz", ["EMAIL_ADDRESS"])
    assert result.analysis_explanation.textual_explanation == "pattern"
    assert result.analysis_explanation.recognizer == "EmailRecognizer"
    assert result.recognition_metadata["recognizer_name"] == "EmailRecognizer"
