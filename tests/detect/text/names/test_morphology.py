from __future__ import annotations

import json
from array import array

import pytest
from dawg_python import RecordDAWG
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.text.names.installed import package_folder
from guardrail.detect.text.names.morphology import CLASSES, morphology

_MORPHOLOGY = morphology()
_FOLDER = package_folder("pymorphy2_dicts_ru", "pymorphy2-dicts-ru") / "data"
_LIBRARY = RecordDAWG(">HH").load(str(_FOLDER / "words.dawg"))
_TAGS = json.loads((_FOLDER / "gramtab-opencorpora-int.json").read_text())


def _paradigms() -> list[array[int]]:
    held = array("H", (_FOLDER / "paradigms.array").read_bytes())
    made, at = [], 1
    for _ in range(held[0]):
        made.append(held[at + 1 : at + 1 + held[at]])
        at += 1 + held[at]
    return made


_PARADIGMS = _paradigms()


def _theirs(word: str) -> int:
    """What the library reads of the same dictionary, one word at a time."""
    bits = 0
    for paradigm, form in _LIBRARY.get(word) or ():
        tags = _PARADIGMS[paradigm]
        said = set(_TAGS[tags[len(tags) // 3 + form]].replace(" ", ",").split(","))
        bits |= next((1 << bit for bit, names in enumerate(CLASSES) if said & set(names)), 0)
    return bits


def _kinds(word: str) -> set[str]:
    bits = _MORPHOLOGY.kinds([word])[0]
    return {names[0] for bit, names in enumerate(CLASSES) if bits >> bit & 1}


@pytest.mark.parametrize(
    ("word", "kinds"),
    [
        ("сергей", {"Name"}), ("меркель", {"Surn"}), ("ивановна", {"Patr"}), ("столом", {"NOUN"}),
        ("вера", {"Name", "NOUN"}), ("москве", {"Geox"}), ("бежать", {"VERB"}), ("если", {"PREP"}),
        ("жумабаевтың", set()), ("серик'", set()),
    ],
)  # fmt: skip
def test_a_word_is_of_the_kinds_that_the_dictionary_knows(word: str, kinds: set[str]) -> None:
    assert _kinds(word) == kinds


_KNOWN = ("стол", "ива", "петр", "вер", "мар", "обам", "красн", "бег", "алмат", "дом", "нов")
_ENDS = ("", "а", "у", "ов", "ова", "ом", "ый", "ому", "ать", "ин", "иной", "ы", "zz", "ә")


@given(
    words=st.lists(
        st.builds("".join, st.tuples(st.sampled_from(_KNOWN), st.sampled_from(_ENDS))),
        min_size=1, max_size=20,
    )
)  # fmt: skip
def test_it_reads_what_the_library_reads(words: list[str]) -> None:
    assert _MORPHOLOGY.kinds(words).tolist() == list(map(_theirs, words))
    assert list(map(_MORPHOLOGY.kind, words)) == list(map(_theirs, words))


@given(word=st.text(min_size=1, max_size=30))
def test_any_text_is_a_word_or_none(word: str) -> None:
    assert _MORPHOLOGY.kinds([word]).shape == (1,)
