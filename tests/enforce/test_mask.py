import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.enforce import Masker, Restorer
from guardrail.facts import Action, Category, Direction, Edit, Finding, Segment

KEY = b"k" * 32
IIN, OTHER = "870101300001", "990101300002"
PSEUDONYMISE, MASK = Action.PSEUDONYMISE, Action.MASK


def segment(text: str) -> Segment:
    return Segment(place=("messages", 0, "content"), text=text)


def finding(start: int, end: int, entity: str = "KZ_IIN", at: int = 0) -> Finding:
    return Finding(
        segment=at,
        start=start,
        end=end,
        entity=entity,
        category=Category.PERSONAL,
        score=1.0,
        recognizer="Test@1",
    )


def found(text: str, *values: str) -> list[Finding]:
    return [finding(text.index(value), text.index(value) + len(value)) for value in values]


def applied(segments: Sequence[Segment], edits: Sequence[Edit]) -> list[str]:
    texts = [s.text for s in segments]
    for edit in reversed(edits):
        text = texts[edit.segment]
        texts[edit.segment] = text[: edit.start] + edit.text + text[edit.end :]
    return texts


def masked(masker: Masker, text: str, action: Action, *values: str) -> str:
    findings = found(text, *values)
    edits = masker.edits([segment(text)], findings, [action] * len(findings))
    return applied([segment(text)], edits)[0]


def masker(scope: str = "tenant/conversation", key: bytes = KEY) -> Masker:
    return Masker(key=key, scope=scope)


def test_masks_number_values_in_order_of_appearance() -> None:
    text = f"{OTHER} then {IIN}"
    assert masked(masker(), text, MASK, IIN, OTHER) == "<KZ_IIN_1> then <KZ_IIN_2>"


def test_one_value_keeps_its_number_from_request_to_reply() -> None:
    one = masker()
    assert masked(one, f"a {IIN}", MASK, IIN) == "a <KZ_IIN_1>"
    assert masked(one, f"b {OTHER} {IIN}", MASK, OTHER, IIN) == "b <KZ_IIN_2> <KZ_IIN_1>"


def test_entities_are_numbered_apart() -> None:
    text = "a@b.kz +77011234567"
    findings = [finding(0, 6, "EMAIL_ADDRESS"), finding(7, 19, "PHONE_NUMBER")]
    edits = masker().edits([segment(text)], findings, [MASK, MASK])
    assert applied([segment(text)], edits) == ["<EMAIL_ADDRESS_1> <PHONE_NUMBER_1>"]


def test_a_pseudonym_is_the_same_in_every_exchange_of_its_scope() -> None:
    first = masked(masker(), IIN, PSEUDONYMISE, IIN)
    assert masked(masker(), f"again: {IIN}", PSEUDONYMISE, IIN) == f"again: {first}"


def test_only_the_labels_given_last_are_kept_where_that_is_asked_for() -> None:
    one = masker()
    labels = [masked(one, value, PSEUDONYMISE, value) for value in (IIN, OTHER)]
    assert masked(one, f"{IIN} {OTHER}", MASK, IIN, OTHER) == "<KZ_IIN_1> <KZ_IIN_2>"
    one.forget(1)
    assert dict(one.issued) == {labels[1]: OTHER}
    assert masked(one, f"{OTHER} {IIN}", MASK, IIN, OTHER) == "<KZ_IIN_2> <KZ_IIN_3>"
    assert masked(one, IIN, PSEUDONYMISE, IIN) == labels[0]
    one.forget(10)
    assert set(one.issued) == set(labels)


def test_pseudonyms_of_earlier_turns_are_put_back_beside_its_own() -> None:
    first, second = masker(), masker()
    label = masked(first, "900101300017", Action.PSEUDONYMISE, "900101300017")
    own = masked(second, "a@b.kz", Action.PSEUDONYMISE, "a@b.kz")
    second.recall({**first.issued, own: "something else"})
    assert Restorer(second.issued).restore(f"{label} {own}") == "900101300017 a@b.kz"


def test_a_pseudonym_says_nothing_across_scopes_or_keys() -> None:
    assert (
        len(
            {
                masked(masker(), IIN, PSEUDONYMISE, IIN),
                masked(masker(scope="another"), IIN, PSEUDONYMISE, IIN),
                masked(masker(key=b"another"), IIN, PSEUDONYMISE, IIN),
            }
        )
        == 3
    )


def test_the_first_spelling_is_what_comes_back() -> None:
    one = masker()
    label = masked(one, "8701 0130 0001", PSEUDONYMISE, "8701 0130 0001")
    assert masked(one, IIN, PSEUDONYMISE, IIN) == label
    assert one.issued == {label: "8701 0130 0001"}


def test_numbered_labels_are_never_issued() -> None:
    one = masker()
    masked(one, IIN, MASK, IIN)
    assert one.issued == {}


def test_what_is_hidden_in_a_reply_is_never_put_back() -> None:
    one = masker()
    one.edits([segment(IIN)], found(IIN, IIN), [PSEUDONYMISE], direction=Direction.REPLY)
    assert one.issued == {}


@pytest.mark.parametrize("action", [Action.ALLOW, Action.HOLD, Action.REFUSE])
def test_other_actions_edit_nothing(action: Action) -> None:
    assert masker().edits([segment(IIN)], found(IIN, IIN), [action]) == ()


def test_every_finding_needs_an_action() -> None:
    with pytest.raises(ValueError, match="zip"):
        masker().edits([segment(IIN)], found(IIN, IIN), [])


def test_overlapping_findings_are_hidden_together_by_the_stricter_action() -> None:
    text = "0123456789"
    findings = [finding(0, 6, "A"), finding(2, 4, "B"), finding(5, 8, "C"), finding(8, 9, "D")]
    actions = [PSEUDONYMISE, PSEUDONYMISE, MASK, MASK]
    edits = masker().edits([segment(text)], findings, actions)
    assert applied([segment(text)], edits) == ["<A_1><D_1>9"]


def test_a_look_alike_that_the_caller_typed_is_not_restored() -> None:
    one = masker()
    label = masked(one, IIN, PSEUDONYMISE, IIN)
    typed = "<KZ_IIN_1> <KZ_IIN_0123456789>"
    assert Restorer(one.issued).restore(f"{typed} {label}") == f"{typed} {IIN}"


SPANS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 29), st.integers(1, 8), st.sampled_from("AB")),
    max_size=12,
)


@given(st.lists(st.text(min_size=40, max_size=40), min_size=3, max_size=3), SPANS, st.data())
def test_every_edit_is_in_reading_order_and_hides_every_finding(
    texts: list[str], spans: list[tuple[int, int, int, str]], data: st.DataObject
) -> None:
    findings = [finding(start, start + size, entity, at) for at, start, size, entity in spans]
    actions = data.draw(
        st.lists(st.sampled_from(list(Action)), min_size=len(spans), max_size=len(spans))
    )
    edits = masker().edits([segment(t) for t in texts], findings, actions)
    for before, after in itertools.pairwise(edits):
        assert (before.segment, before.end) <= (after.segment, after.start)
    hidden = {(e.segment, at) for e in edits for at in range(e.start, e.end)}
    wanted = {
        (f.segment, at)
        for f, action in zip(findings, actions, strict=True)
        if action in {MASK, PSEUDONYMISE}
        for at in range(f.start, f.end)
    }
    assert hidden == wanted


@given(st.text(), st.lists(st.from_regex(r"[0-9]{12}", fullmatch=True), max_size=5, unique=True))
def test_every_pseudonymised_text_comes_back_as_it_was(text: str, values: list[str]) -> None:
    one = masker()
    whole = text + "".join(f" {value}," for value in values)
    findings = [finding(at := whole.rindex(f" {v},") + 1, at + len(v)) for v in values]
    edits = one.edits([segment(whole)], findings, [PSEUDONYMISE] * len(findings))
    sent = applied([segment(whole)], edits)[0]
    assert Restorer(one.issued).restore(sent) == whole
