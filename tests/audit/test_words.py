import re
import string
from importlib.resources import files

import pytest

from guardrail.audit import LANGUAGES, Words
from guardrail.audit.words import duties, texts
from guardrail.policy.obligations import load_register
from guardrail.shipped import shipped


def test_all_words_are_there_in_every_language() -> None:
    for key, said in texts().items():
        assert tuple(said) == LANGUAGES, key
        assert all(said.values()), key


def test_the_same_values_go_into_the_words_of_every_language() -> None:
    for key, said in texts().items():
        wanted = {lang: sorted(_values(text)) for lang, text in said.items()}
        assert len(set(map(tuple, wanted.values()))) == 1, key


def _values(text: str) -> list[str]:
    return [name for _, name, _, _ in string.Formatter().parse(text) if name]


def test_kazakhstans_duties_are_all_told_in_kazakh_and_russian() -> None:
    known = [one.id for one in load_register(shipped("policies")).obligations]
    assert set(duties()) <= set(known)
    assert set(duties()) == {one for one in known if one.startswith("KZ-")}
    assert all(tuple(said) == ("kk", "ru") for said in duties().values())


def test_words_are_used_and_used_words_are_there() -> None:
    code = "".join(
        item.read_text("utf-8")
        for item in files("guardrail.audit").iterdir()
        if item.name.endswith(".py")
    )
    for key in re.findall(r'words\("([a-z][a-z0-9.-]+)"', code):
        assert key in texts(), key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_nobody_wrote_words_for_is_told_as_it_is(lang: str) -> None:
    assert Words(lang).or_plain("action.new", "new") == "new"
    assert Words(lang).of_duty("XX-1") == ""
    assert Words(lang)("gaps.count", count=3).endswith("3")
