import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import EvidenceError
from guardrail.evidence.receipt import Receipt, parse_id, parse_receipts

LEAF = "ab" * 32
RECEIPT = Receipt(writer="00061b0c6f5d3a-1a2b3c4d", n=17, leaf=LEAF)
HEADER = f"guard.example;w=00061b0c6f5d3a-1a2b3c4d;n=17;h={LEAF}"

receipts = st.builds(
    Receipt,
    writer=st.from_regex(r"[a-z0-9][a-z0-9._-]{0,55}", fullmatch=True),
    n=st.integers(0, 2**53 - 1),
    leaf=st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
)


def test_a_receipt_reads_as_its_entrys_id() -> None:
    assert str(RECEIPT) == "00061b0c6f5d3a-1a2b3c4d-17"
    assert RECEIPT.header("guard.example") == HEADER


@given(st.lists(receipts, min_size=1, max_size=4))
def test_every_receipt_comes_back_from_the_header(some: list[Receipt]) -> None:
    header = ", ".join(one.header("guard.example") for one in some)
    assert parse_receipts(header) == tuple(("guard.example", one) for one in some)


@given(receipts)
def test_every_id_comes_back_as_writer_and_number(one: Receipt) -> None:
    assert parse_id(str(one)) == (one.writer, one.n)


@pytest.mark.parametrize(
    "text", ["", "writer", "writer-", "writer-01", "-1", "W-1", "w-" + "9" * 16]
)
def test_what_isnt_an_id_is_refused(text: str) -> None:
    with pytest.raises(EvidenceError, match="id"):
        parse_id(text)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "unavailable",
        HEADER + ",",
        HEADER.replace("n=17", "n=017"),
        HEADER.replace("n=17", "n=" + "9" * 16),
        HEADER.replace(LEAF, LEAF[:-1]),
        HEADER.replace(LEAF, LEAF.upper()),
        HEADER.replace("guard.example", "guard example"),
        HEADER + ";x=1",
    ],
)
def test_what_isnt_a_receipt_is_refused(header: str) -> None:
    with pytest.raises(EvidenceError, match="receipt"):
        parse_receipts(header)
