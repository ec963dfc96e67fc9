from __future__ import annotations

import re
from importlib.resources import files

import pytest

from training.names.lists import HERE, template_files, templates, words

LISTS = sorted(path.stem for path in (HERE / "lexicon").glob("*.txt"))
SIZES = {
    "kk_given_m": 700,
    "kk_given_f": 700,
    "kk_surnames": 500,
    "ru_dim_m": 150,
    "peoples_given_m": 200,
    "historic_ru": 250,
}


@pytest.mark.parametrize("name", LISTS)
def test_every_list_names_its_source_and_mixes_no_scripts(name: str) -> None:
    assert "Source: " in (HERE / "lexicon" / f"{name}.txt").read_text("utf-8")[:400]
    for entry in words(name):
        for word in re.findall(r"\w+", entry):
            mixed = re.search("[A-Za-z]", word) and re.search("[А-Яа-яЁё]", word)
            assert not mixed, entry


@pytest.mark.parametrize("name", sorted(SIZES))
def test_the_lists_are_as_long_as_they_should_be(name: str) -> None:
    assert len(words(name)) >= SIZES[name]


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_there_are_enough_templates_of_both_kinds(lang: str) -> None:
    files = template_files(lang)
    with_people = [t for f in files if "negative" not in f for t in templates(f)]
    without = [t for f in files if "negative" in f for t in templates(f)]
    assert len(set(with_people)) >= 250
    assert len(set(without)) >= 300
    assert not any("\\n" in t for t in with_people + without)


def test_made_names_are_none_that_the_benchmark_calls_unseen() -> None:
    made = {name.lower() for name in words("kk_made_m", "kk_made_f")}
    folder = files("benchmarks.detection.texts") / "data"
    for name in ("kk_male", "kk_female", "kk_fathers", "kk_surnames"):
        rare = folder.joinpath(f"{name}.txt").read_text("utf-8").lower().split("\n")
        assert made.isdisjoint(rare), f"a name of {name}.txt, some of which are held back"
