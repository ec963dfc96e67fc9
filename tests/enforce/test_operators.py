import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.enforce.operators import ALPHABET, Keyed, Labels, Numbered, normalise, operator


def params(labels: Labels, entity: str = "KZ_IIN") -> dict[str, object]:
    return {"entity_type": entity, "labels": labels}


def test_importing_the_masker_imports_neither_spacy_nor_the_analyzer() -> None:
    code = (
        "import sys, guardrail.enforce; "
        "print([m for m in sys.modules if m.split('.')[0] in ('spacy', 'presidio_analyzer')])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"


def test_the_analyzer_can_still_be_imported_after_the_masker() -> None:
    code = (
        "import importlib.util, guardrail.enforce; "
        "print(importlib.util.find_spec('presidio_analyzer') is not None)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "True\n"


def test_a_helper_that_is_already_imported_stays_as_it_is() -> None:
    code = (
        "import sys, types; name = 'presidio_analyzer.llm_utils.azure_auth_helper'; "
        "mine = types.ModuleType(name); mine.get_azure_credential = None; "
        "sys.modules[name] = mine; import guardrail.enforce; print(sys.modules[name] is mine)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "True\n"


def test_presidio_knows_our_operators_by_name() -> None:
    assert isinstance(operator("numbered"), Numbered)
    assert isinstance(operator("keyed"), Keyed)
    kinds = {operator(name).operator_type() for name in ("numbered", "keyed", "replace")}
    assert len(kinds) == 1


@pytest.mark.parametrize("made", [Numbered(), Keyed()])
def test_an_operator_validates_its_parameters(made: Numbered | Keyed) -> None:
    made.validate(params(Labels(key=b"k", scope="s")))
    for wrong in (None, {}, {"entity_type": "KZ_IIN"}, {"labels": Labels(key=b"", scope="")}):
        with pytest.raises(TypeError, match="entity_type"):
            made.validate(wrong)


def test_two_spellings_are_one_value() -> None:
    assert normalise("+7 (701) 123-45-67") == normalise("+77011234567") == "77011234567"
    assert normalise("IVANOV") == normalise("Ivanov")
    assert normalise("é") == normalise("é")


def test_values_without_letters_and_digits_stay_apart() -> None:
    assert normalise("***") != normalise("---")


def test_a_clash_of_labels_makes_the_later_one_longer() -> None:
    labels = Labels(key=b"k", scope="s")
    short = Keyed().operate("870101300001", params(labels))
    labels.owners[short] = "somebody else's"
    longer = Keyed().operate("870101300001", params(labels))
    assert longer[:-2] == short[:-1]
    assert Keyed().operate("870101300001", params(labels)) == longer


def test_what_an_exchange_remembers_is_not_printed() -> None:
    labels = Labels(key=b"secret", scope="tenant")
    Numbered().operate("870101300001", params(labels))
    Keyed().operate("870101300001", params(labels))
    assert repr(labels) == "Labels()"


@given(st.text(), st.binary(), st.text())
def test_every_keyed_label_is_ten_unambiguous_characters(text: str, key: bytes, scope: str) -> None:
    label = Keyed().operate(text, params(Labels(key=key, scope=scope)))
    assert re.fullmatch(rf"<KZ_IIN_[{ALPHABET}]{{10}}>", label)


@given(st.text(st.characters(categories=["Cs", "Lu", "Po"])))
def test_every_text_even_with_lone_surrogates_gets_labels(text: str) -> None:
    labels = Labels(key=b"k", scope="\ud800")
    assert Keyed().operate(text, params(labels)).startswith("<KZ_IIN_")
    assert Numbered().operate(text, params(labels)) == "<KZ_IIN_1>"
