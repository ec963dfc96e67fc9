import itertools
import json
import time

from hypothesis import example, given
from hypothesis import strategies as st

from guardrail.enforce import Restorer

LABEL = "<KZ_IIN_k3f9x2m7qd>"
ISSUED = {
    LABEL: "870101300001",
    "<KZ_IIN_k3f9x2m7qe>": "990101300002",
    "<PERSON_0a1b2c3d4e>": 'ТОО "Рога\\Копыта"',
}
PIECES = [
    *ISSUED,
    LABEL.upper(),
    "<",
    ">",
    "<KZ_IIN_",
    "k3f9x2m7qd>",
    "<b>",
    "\\",
    "u003c",
    "\\u00",
]
PIECES += ["3c", "\\u003cKZ_IIN_k3f9x2m7qd\\u003e", "\\u003CKZ_IIN_K3F9X2M7QD>", "\\\\u003c", "x"]
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=8).map("".join)


def streamed(restorer: Restorer, text: str, cuts: list[int]) -> str:
    edges = [0, *sorted(cut % (len(text) + 1) for cut in cuts), len(text)]
    pieces = [text[a:b] for a, b in itertools.pairwise(edges)]
    return "".join(restorer.feed(piece) for piece in pieces) + restorer.feed("", final=True)


def test_an_issued_label_gets_its_value_back() -> None:
    assert Restorer(ISSUED).restore(f"Your IIN is {LABEL}.") == "Your IIN is 870101300001."


def test_a_label_whose_case_the_model_changed_gets_its_value_back() -> None:
    assert Restorer(ISSUED).restore(LABEL.swapcase()) == "870101300001"


def test_a_label_that_was_not_issued_stays() -> None:
    text = "<KZ_IIN_0000000000> <KZ_IIN_1> <b>x</b> <KZ_IIN_k3f9x2m7qd"
    assert Restorer(ISSUED).restore(text) == text


def test_labels_are_those_of_the_moment_of_making() -> None:
    issued: dict[str, str] = {}
    restorer = Restorer(issued)
    issued.update(ISSUED)
    assert restorer.restore(LABEL) == LABEL


def test_inside_json_a_value_stays_inside_its_string() -> None:
    text = '{"to": "<PERSON_0a1b2c3d4e>"}'
    assert json.loads(Restorer(ISSUED, json=True).restore(text)) == {"to": 'ТОО "Рога\\Копыта"'}


def test_inside_json_escaped_brackets_are_brackets() -> None:
    text = json.dumps({"iin": LABEL}).replace("<", "\\u003c").replace(">", "\\u003E")
    assert json.loads(Restorer(ISSUED, json=True).restore(text)) == {"iin": "870101300001"}


def test_inside_json_an_escaped_backslash_opens_nothing() -> None:
    text = '{"a": "\\\\u003cKZ_IIN_k3f9x2m7qd>"}'
    assert Restorer(ISSUED, json=True).restore(text) == text


def test_with_nothing_issued_nothing_is_held_back() -> None:
    restorer = Restorer({})
    assert [restorer.feed(piece) for piece in ("<KZ", "_IIN_", "<")] == ["<KZ", "_IIN_", "<"]


def test_only_what_can_become_an_issued_label_is_held_back() -> None:
    restorer = Restorer(ISSUED)
    assert restorer.feed("a < b, <") == "a < b, "
    assert restorer.feed("KZ_IIN_k3") == ""
    assert restorer.feed("z") == "<KZ_IIN_k3z"
    assert restorer.feed("<kz_iin_k3F9X2M7QD") == ""
    assert restorer.feed("> <PERS") == "870101300001 "
    assert restorer.feed("", final=True) == "<PERS"


@given(text=TEXTS, cuts=st.lists(st.integers(0, 200), max_size=8), json_text=st.booleans())
@example(text="<foo\\u003cKZ_IIN_k3f9x2m7qd>", cuts=[7], json_text=True)
def test_every_way_to_cut_a_text_gives_what_the_whole_gives(
    *, text: str, cuts: list[int], json_text: bool
) -> None:
    whole = Restorer(ISSUED, json=json_text).restore(text)
    assert streamed(Restorer(ISSUED, json=json_text), text, cuts) == whole
    assert streamed(Restorer(ISSUED, json=json_text), text, list(range(len(text)))) == whole


@given(text=TEXTS, json_text=st.booleans())
def test_every_hold_back_is_shorter_than_the_longest_label(text: str, *, json_text: bool) -> None:
    restorer = Restorer(ISSUED, json=json_text)
    longest = max(map(len, ISSUED)) + (10 if json_text else 0)
    for char in text:
        restorer.feed(char)
        assert len(restorer._held) < longest


@given(st.text())
def test_every_text_without_labels_passes_as_it_is(text: str) -> None:
    assert Restorer(ISSUED).restore(text) == text


@given(st.recursive(st.text(), lambda c: st.lists(c) | st.dictionaries(st.text(), c)), st.data())
def test_every_json_document_restores_to_the_restored_document(
    document: object, data: st.DataObject
) -> None:
    value = data.draw(st.text())
    issued = {LABEL: value}
    text = json.dumps([document, f"a {LABEL}"], ensure_ascii=data.draw(st.booleans()))
    if LABEL in str(document):
        return
    assert json.loads(Restorer(issued, json=True).restore(text)) == [document, f"a {value}"]


def test_hostile_text_costs_linear_time() -> None:
    issued = {f"<KZ_IIN_{n:010}>": str(n) for n in range(5_000)}
    for json_text in (False, True):
        restorer = Restorer(issued, json=json_text)
        started = time.perf_counter()
        for piece in (
            "<" * 200_000,
            "\\u003cKZ_IIN_0" * 50_000,
            "<" + "a" * 500_000,
            "\\" * 200_001,
        ):
            restorer.feed(piece)
        assert time.perf_counter() - started < 10
