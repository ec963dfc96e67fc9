import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.errors import ConfigError
from guardrail.policy.document import MAX_BYTES, MAX_DEPTH, read_document


def test_mappings_lists_and_scalars_are_read() -> None:
    raw = "kk: 'Заң'\nlist: [1, true, \"2\"]\n".encode()
    assert read_document(raw, "f") == {"kk": "Заң", "list": [1, True, "2"]}


def test_an_empty_document_says_nothing() -> None:
    assert read_document(b"", "f") is None


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        pytest.param(b"a: 1\nb: 2\na: 3\n", "f: line 3: key 'a' is there twice", id="twice"),
        pytest.param(b"x:\n  - a: 1\n    a: 1\n", "line 3: key 'a'", id="twice-inside"),
        pytest.param(b"on: 1\n", "line 1: a key must be a word", id="boolean-key"),
        pytest.param(b"2: 1\n", "a key must be a word", id="number-key"),
        pytest.param(b"<<: {a: 1}\n", "a key must be a word", id="merge"),
        pytest.param(b"a: &x 1\n", "anchors and aliases", id="anchor"),
        pytest.param(b"a: *x\n", "anchors and aliases", id="alias"),
        pytest.param(b"a: &x [*x]\n", "anchors and aliases", id="recursive"),
        pytest.param(b"a: !!python/name:os.system x\n", "tags aren't allowed", id="tag"),
        pytest.param(b"a: [1\n", "f: line 2: ", id="unclosed"),
        pytest.param(
            b"a: 1\n---\nb: 1\n", "f: line 2: but found another document", id="two-documents"
        ),
        pytest.param(b"a: \xff\n", "not UTF-8 at byte 3", id="latin-1"),
        pytest.param(b"a: \x00\n", "f: not YAML: ", id="control"),
        pytest.param(b"a: 2026-13-45\n", "f: not YAML: month must be in 1..12", id="no-such-day"),
        pytest.param(b"#" * (MAX_BYTES + 1), f"at most {MAX_BYTES}", id="large"),
    ],
)
def test_what_could_be_misread_is_refused(raw: bytes, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_document(raw, "f")
    assert said in str(caught.value)


@pytest.mark.parametrize("unit", ["[", "{a: ", "- ", "? "])
def test_nesting_is_refused_before_the_parser_can_overflow_its_stack(unit: str) -> None:
    with pytest.raises(ConfigError, match=f"nested deeper than {MAX_DEPTH}"):
        read_document((unit * 60_000).encode(), "f")


def test_nesting_up_to_the_bound_is_read() -> None:
    assert read_document(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, "f") is not None


@settings(deadline=None)
@given(st.binary(max_size=300) | st.text(alphabet="{}[]:,-&*!|>'\"#%@ \nab1?~", max_size=80))
def test_every_input_is_read_or_refused_as_a_config_error(raw: bytes | str) -> None:
    refused = _refused(raw.encode() if isinstance(raw, str) else raw)
    assert refused is None or refused.startswith("f: ")


def _refused(raw: bytes) -> str | None:
    try:
        read_document(raw, "f")
    except ConfigError as error:
        return str(error)
    return None
