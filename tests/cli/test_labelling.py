from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from guardrail.cli.labelling import masked, pseudonymised, restored
from guardrail.detect import TextDetector
from guardrail.detect.text.recognizers.email import EmailRecognizer
from guardrail.detect.text.recognizers.kz_numbers import KzIinRecognizer
from guardrail.detect.text.recognizers.phone import PhoneRecognizer
from guardrail.facts import Category, Finding

KEY = bytes(range(32))
IIN = "900101300017"
_DETECTOR = TextDetector(
    [EmailRecognizer(), KzIinRecognizer(), PhoneRecognizer()], memo_key=b"labels"
)


def hidden(text: str, known: dict[str, str] | None = None) -> tuple[str, dict[str, str]]:
    return pseudonymised(text, _DETECTOR.find(text), key=KEY, known=known or {})


def test_one_value_has_one_number() -> None:
    text = f"ЖСН {IIN}, a@b.kz, b@b.kz, A@B.KZ, ИИН {IIN}"
    assert masked(text, _DETECTOR.find(text)) == (
        "ЖСН <KZ_IIN_1>, <EMAIL_ADDRESS_1>, <EMAIL_ADDRESS_2>, <EMAIL_ADDRESS_1>, ИИН <KZ_IIN_1>"
    )
    assert masked("ничего", ()) == "ничего"


def test_a_value_has_one_label_in_all_texts_and_no_other_has_it() -> None:
    first, known = hidden(f"ЖСН {IIN}")
    second, _ = hidden(f"ИИН {IIN}, a@b.kz", known)
    label = first.removeprefix("ЖСН ")
    assert second.startswith(f"ИИН {label}, <EMAIL_ADDRESS_")
    assert IIN not in first


def test_each_spelling_is_put_back_as_it_was() -> None:
    text = "+7 701 123 45 67, +77011234567, +7 (701) 123-45-67, +77011234567"
    made, values = hidden(text)
    labels = made.split(", ")
    assert labels[1] == labels[0].replace(">", ".2>")
    assert labels[2] == labels[0].replace(">", ".3>")
    assert labels[3] == labels[1]
    assert restored(made, values) == text


def test_a_label_that_a_model_wrote_in_capitals_is_put_back_too() -> None:
    made, values = hidden(f"ЖСН {IIN}")
    assert restored(made.upper(), values) == f"ЖСН {IIN}"
    assert restored("<KZ_IIN_other>", values) == "<KZ_IIN_other>"


def test_what_reads_like_a_label_already_comes_back_as_it_was() -> None:
    made, values = hidden(f"ЖСН {IIN}")
    label = made.removeprefix("ЖСН ")
    for text in (f"{label} и {IIN}", label.upper(), f"<{label}>", made):
        for known in ({}, values):
            again, more = hidden(text, known)
            assert restored(again, more) == text


def test_a_label_that_hides_a_finding_is_hidden_with_it() -> None:
    found = [_finding(1, 6, "KZ_IIN")]
    made, values = pseudonymised("<a@b.c>", found, key=KEY, known={"<A@B.C>": "x"})
    assert restored(made, values) == "<a@b.c>"
    assert made.startswith("<LABEL_")


def test_two_values_whose_labels_clash_are_told_apart() -> None:
    made, values = hidden(f"ЖСН {IIN}")
    (label,) = values
    other, more = hidden(f"ЖСН {IIN}", {label: "another"})
    assert other == made.replace(">", ".2>")
    assert more == {label: "another", label.replace(">", ".2>"): IIN}


def test_a_label_of_another_form_is_no_stem() -> None:
    _, values = hidden(f"ЖСН {IIN}", {"odd": "x"})
    assert values["odd"] == "x"


def _finding(start: int, end: int, entity: str) -> Finding:
    return Finding(
        segment=0,
        start=start,
        end=end,
        entity=entity,
        category=Category.PERSONAL,
        score=0.9,
        recognizer="x",
    )


_LABELS = sorted(hidden(f"ЖСН {IIN}, a@b.kz +77011234567 +7 701 123 45 67")[1])
_PIECES = st.sampled_from(
    [
        *(IIN, f"{IIN[:6]} {IIN[6:]}", "a@b.kz", "A@b.kz", "+77011234567", "+7 701 123 45 67"),
        *(
            *_LABELS,
            *map(str.lower, _LABELS),
            *(one[:-1] for one in _LABELS),
            "<",
            ">",
            "<<",
            ".2>",
        ),
        *(
            "ЖСН ",
            "слово",
            " ",
            ", ",
            "\r\n",
            "\ufeff",
            "\u200b",
            "👩‍👩‍👧",
            "<KZ_IIN_1>",
            "&lt;",
            "\\",
        ),
    ]
)


@given(texts=st.lists(st.lists(_PIECES, max_size=12).map("".join), max_size=4))
def test_every_text_comes_back_to_the_byte_from_a_vault_of_many(texts: list[str]) -> None:
    known: dict[str, str] = {}
    made = []
    for text in texts:
        hidden_text, known = hidden(text, known)
        made.append(hidden_text)
        assert restored(hidden_text, known) == text
    # What another text added later can only matter to labels that were there before it.
    for text, hidden_text in zip(texts, made, strict=True):
        if "<" not in text:
            assert restored(hidden_text, known) == text
