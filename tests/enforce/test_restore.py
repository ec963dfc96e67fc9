import itertools
import time

import pytest
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
    LABEL.replace("_", "\\_"),
    f"&lt;{LABEL[1:-1]}&gt;",
    "\\",
    "\\>",
    "&lt;",
    "&gt;",
]
PIECES += ["<KZ_IIN_K3F9X2M7QD", "x"]
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


@pytest.mark.parametrize(
    "said",
    [
        "<KZ\\_IIN\\_k3f9x2m7qd>",
        "\\<KZ\\_IIN\\_k3f9x2m7qd\\>",
        "&lt;KZ_IIN_k3f9x2m7qd&gt;",
        "&LT;kz_iin_K3F9X2M7QD&GT;",
    ],
)
def test_a_label_that_the_model_escaped_for_markdown_or_a_page_gets_its_value_back(
    said: str,
) -> None:
    restorer = Restorer(ISSUED)
    assert restorer.restore(f"Your IIN: {said}.") == "Your IIN: 870101300001."
    assert restorer.restore(f"\\{LABEL}") == "\\870101300001"
    assert restorer.restore("&lt;KZ_IIN_0000000000&gt;") == "&lt;KZ_IIN_0000000000&gt;"


def test_labels_are_those_of_the_moment_of_making() -> None:
    issued: dict[str, str] = {}
    restorer = Restorer(issued)
    issued.update(ISSUED)
    assert restorer.restore(LABEL) == LABEL


def test_whatever_the_model_inflects_around_a_label_stays() -> None:
    said = f"{LABEL}-ға, {LABEL.lower()}’s и «{LABEL}»ом"
    assert Restorer(ISSUED).restore(said) == "870101300001-ға, 870101300001’s и «870101300001»ом"


def test_labels_are_told_with_their_places() -> None:
    text = f"a {LABEL} <b> {LABEL.upper()}"
    assert Restorer(ISSUED).labels(text) == [
        (2, 2 + len(LABEL), "870101300001"),
        (len(text) - len(LABEL), len(text), "870101300001"),
    ]


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


@given(text=TEXTS, cuts=st.lists(st.integers(0, 200), max_size=8))
@example(text="<foo<KZ_IIN_k3f9x2m7qd>", cuts=[5])
def test_every_way_to_cut_a_text_gives_what_the_whole_gives(*, text: str, cuts: list[int]) -> None:
    whole = Restorer(ISSUED).restore(text)
    assert streamed(Restorer(ISSUED), text, cuts) == whole
    assert streamed(Restorer(ISSUED), text, list(range(len(text)))) == whole


@given(text=TEXTS)
def test_every_hold_back_is_shorter_than_the_longest_label(text: str) -> None:
    restorer = Restorer(ISSUED)
    for char in text:
        restorer.feed(char)
        assert len(restorer._held) < max(map(len, ISSUED)) + len("&lt;&gt;") - len("<>")


@given(st.text())
def test_every_text_without_labels_passes_as_it_is(text: str) -> None:
    assert Restorer(ISSUED).restore(text) == text


def test_hostile_text_costs_linear_time() -> None:
    issued = {f"<KZ_IIN_{n:010}>": str(n) for n in range(5_000)}
    restorer = Restorer(issued)
    started = time.perf_counter()
    for piece in ("<" * 200_000, "<KZ_IIN_0" * 50_000, "<" + "a" * 500_000):
        restorer.feed(piece)
    assert time.perf_counter() - started < 10
