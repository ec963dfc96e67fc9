import hmac
from datetime import UTC, datetime

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import EvidenceError
from guardrail.evidence import (
    Come,
    ShardState,
    Totals,
    open_key_statement,
    origin_of,
    read_state,
    shard_key,
    shard_of,
    sign_key_statement,
    sign_note,
    verifier,
)

ROOT = Ed25519PrivateKey.from_private_bytes(bytes(32))
SHARD = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
LOG = "guard.example/log"
ROOT_KEY = verifier(LOG, ROOT.public_key())
SHARD_KEY = verifier(f"{LOG}/2026h2", SHARD.public_key())

NUMBERS = st.integers(0, 2**53 - 1)
LEAVES = st.binary(min_size=32, max_size=32).map(bytes.hex)
COMES = st.builds(
    Come, n=NUMBERS, leaf=LEAVES, ts=NUMBERS, stopped=st.booleans(), broken=st.booleans()
)
TEXTS = st.text(max_size=9)


@st.composite
def states(draw: st.DrawFn) -> ShardState:
    totals = Totals()
    totals.records.update(draw(st.dictionaries(TEXTS, NUMBERS)))
    totals.decisions.update(draw(st.dictionaries(st.tuples(TEXTS, TEXTS, TEXTS), NUMBERS)))
    return ShardState(
        size=draw(NUMBERS),
        root=draw(LEAVES),
        checkpoint=draw(TEXTS),
        staged=draw(TEXTS),
        sealed_at=draw(NUMBERS),
        closed=draw(st.booleans()),
        writers=draw(st.dictionaries(TEXTS, COMES)),
        totals=totals,
    )


def us(year: int, month: int, day: int) -> int:
    return int(datetime(year, month, day, tzinfo=UTC).timestamp()) * 1_000_000


@pytest.mark.parametrize(
    ("ts", "shard"),
    [
        (us(2026, 1, 1), "2026h1"),
        (us(2026, 7, 1) - 1, "2026h1"),
        (us(2026, 7, 1), "2026h2"),
        (us(2027, 1, 1) - 1, "2026h2"),
        (us(2027, 1, 1), "2027h1"),
        (0, "1970h1"),
    ],
)
def test_a_shard_is_half_a_year_in_utc(ts: int, shard: str) -> None:
    assert shard_of(ts) == shard
    assert origin_of(LOG, shard) == f"{LOG}/{shard}"


@given(states())
def test_every_state_is_read_as_it_was_kept(state: ShardState) -> None:
    again = read_state(bytes(state))
    assert bytes(again) == bytes(state)
    assert again.writers == state.writers
    assert again.totals.decisions == state.totals.decisions
    assert again.totals.records == state.totals.records


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b"[]", b"null", b'{"v":2}', b'{"v":1}', bytes(ShardState())[:-1]],
)
def test_what_is_no_state_is_refused(data: bytes) -> None:
    with pytest.raises(EvidenceError, match="state is damaged"):
        read_state(data)


@pytest.mark.parametrize(
    "changed",
    [
        {"size": "1"},
        {"root": None},
        {"closed": 1},
        {"writers": []},
        {"writers": {"w": [1, "", 2]}},
        {"writers": {"w": 1}},
        {"records": [1]},
        {"decisions": [["request"]]},
        {"decisions": {}},
    ],
)
def test_a_state_with_another_kind_of_value_is_refused(changed: dict[str, object]) -> None:
    kept = orjson.loads(bytes(ShardState()))
    with pytest.raises(EvidenceError, match="state is damaged"):
        read_state(orjson.dumps(kept | changed))


def test_the_root_key_says_which_key_a_shard_has() -> None:
    statement = sign_key_statement(SHARD_KEY, log=LOG, root=ROOT)
    assert open_key_statement(statement, ROOT_KEY) == SHARD_KEY
    assert statement.decode().split("\n")[:3] == [
        "guardrail evidence key v1",
        f"{LOG}/2026h2",
        str(SHARD_KEY),
    ]


def test_nobody_else_says_which_key_a_shard_has() -> None:
    with pytest.raises(EvidenceError):
        open_key_statement(sign_key_statement(SHARD_KEY, log=LOG, root=SHARD), ROOT_KEY)


@pytest.mark.parametrize(
    "text",
    [
        f"something else\n{LOG}/2026h2\n{SHARD_KEY}\n",
        f"guardrail evidence key v1\n{LOG}/2027h1\n{SHARD_KEY}\n",
        f"guardrail evidence key v1\n{LOG}/2026h2\n{SHARD_KEY}\nmore\n",
        f"guardrail evidence key v1\n{LOG}/2026h2\n",
        "guardrail evidence key v1\n",
    ],
)
def test_a_note_of_the_root_key_that_says_something_else_is_refused(text: str) -> None:
    with pytest.raises(EvidenceError):
        open_key_statement(sign_note(text, name=LOG, signer=ROOT), ROOT_KEY)


def test_the_key_of_a_shard_follows_from_the_root_key_and_its_name() -> None:
    """The seed, worked out by RFC 5869 with HMAC alone."""
    origin = f"{LOG}/2026h2"
    extracted = hmac.digest(bytes(32), ROOT.private_bytes_raw(), "sha256")
    info = b"guardrail evidence shard v1 " + origin.encode()
    seed = hmac.digest(extracted, info + b"\x01", "sha256")
    assert shard_key(ROOT, origin).private_bytes_raw() == seed
    others = [shard_key(ROOT, f"{LOG}/2027h1"), shard_key(SHARD, origin), ROOT]
    assert seed not in {key.private_bytes_raw() for key in others}
