import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.consent import ConsentRecord
from guardrail.errors import EvidenceError
from guardrail.facts import RawReply, RawRequest
from guardrail.shells.answers import Admitted, Answer
from guardrail.shells.assembly import Assembly
from guardrail.shells.keeping import BODY_BYTES, Keeper, packed, unpacked
from guardrail.stores.details import SqliteDetails
from guardrail.testing import MemoryLog

Assembled = Callable[..., tuple[Assembly, MemoryLog]]
Consent = Callable[[Sequence[str]], tuple[ConsentRecord, str]]

IIN = "900101300017"
JSON = ((b"content-type", b"application/json"),)
NOW = 1_795_000_000_000_000


@pytest.fixture
def details(tmp_path: Path) -> Iterator[SqliteDetails]:
    with SqliteDetails(tmp_path / "details.sqlite", bytes(32)) as opened:
        yield opened


def chat(text: str, *headers: tuple[bytes, bytes]) -> RawRequest:
    body = {"model": "m", "messages": [{"role": "user", "content": text}]}
    return RawRequest(
        method="POST",
        path="/v1/chat/completions",
        headers=(*JSON, *headers),
        body=json.dumps(body, ensure_ascii=False).encode(),
    )


def reply(text: str) -> RawReply:
    message = {"role": "assistant", "content": text}
    body = {"model": "m", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
    return RawReply(status=200, headers=JSON, body=json.dumps(body).encode())


async def test_the_body_of_a_refused_request_is_kept_and_its_entry_says_where(
    assembled: Assembled, details: SqliteDetails
) -> None:
    assembly, log = assembled(personal_data="refuse")
    assembly.ports.keeper = Keeper(details, lambda: NOW)
    raw = chat(f"Мой ИИН {IIN}")
    answer = await assembly.runner().admit(raw)
    assert isinstance(answer, Answer)
    entry = log.entries[-1]
    (kept,) = details.of_request(entry.req)
    assert entry.fields["blob"] == kept.blob
    assert kept.made == NOW
    opened = unpacked(details.open(kept.id) or b"")
    assert (opened.direction, opened.body, opened.is_cut) == ("request", raw.body, False)


async def test_the_body_of_a_refused_reply_is_kept(
    assembled: Assembled, details: SqliteDetails
) -> None:
    assembly, log = assembled(personal_data="refuse")
    assembly.ports.keeper = Keeper(details, lambda: NOW)
    runner = assembly.runner()
    admitted = await runner.admit(chat("Hello"))
    assert isinstance(admitted, Admitted)
    came = reply(f"His IIN is {IIN}")
    await runner.answer(admitted, came)
    (kept,) = details.of_request(admitted.request_id)
    opened = unpacked(details.open(kept.id) or b"")
    assert (opened.direction, opened.body) == ("reply", came.body)
    assert log.entries[-1].fields["blob"] == kept.blob


async def test_what_passes_isnt_kept(assembled: Assembled, details: SqliteDetails) -> None:
    assembly, log = assembled(personal_data="mask")
    assembly.ports.keeper = Keeper(details, lambda: NOW)
    admitted = await assembly.runner().admit(chat(f"Мой ИИН {IIN}"))
    assert isinstance(admitted, Admitted)
    assert details.of_request(admitted.request_id) == ()
    assert "blob" not in log.entries[-1].fields


async def test_without_a_keeper_nothing_is_kept(assembled: Assembled) -> None:
    assembly, log = assembled(personal_data="refuse")
    assert assembly.ports.keeper is None
    await assembly.runner().admit(chat(IIN))
    assert "blob" not in log.entries[-1].fields


async def test_details_are_a_persons_by_the_stable_pseudonym(
    assembled: Assembled, details: SqliteDetails, consent: Consent
) -> None:
    assembly, _ = assembled(personal_data="refuse")
    assembly.ports.keeper = Keeper(details, lambda: NOW)
    record, token = consent(["PHONE_NUMBER"])
    await assembly.runner().admit(chat(IIN, (b"guardrail-consent", token.encode())))
    assert len(details.of_subject(record.subject)) == 1


async def test_what_cant_be_kept_is_refused_all_the_same_and_the_entry_says_so(
    assembled: Assembled, details: SqliteDetails, caplog: pytest.LogCaptureFixture
) -> None:
    assembly, log = assembled(personal_data="refuse")
    assembly.ports.keeper = Keeper(details, lambda: NOW)
    details.close()
    answer = await assembly.runner().admit(chat(IIN))
    assert isinstance(answer, Answer)
    assert log.entries[-1].fields["x_details"] == "store_unavailable"
    assert "couldn't be kept" in caplog.text
    assert IIN not in caplog.text


@given(st.binary(max_size=200), st.integers(0, 3))
def test_every_body_is_opened_as_it_was_packed_up_to_its_bound(body: bytes, times: int) -> None:
    whole = body * 10_000**times if times < 2 else body + bytes(BODY_BYTES * (times - 1))
    opened = unpacked(packed("request", whole))
    assert (opened.direction, opened.size) == ("request", len(whole))
    assert opened.body == whole[:BODY_BYTES]
    assert opened.is_cut == (len(whole) > BODY_BYTES)


@pytest.mark.parametrize(
    "data",
    [b"", b"no", packed("request", b"x")[:-3], packed("request", bytes(BODY_BYTES))[:40]],
)
def test_what_isnt_a_body_is_told(data: bytes) -> None:
    with pytest.raises(EvidenceError, match="aren't a body"):
        unpacked(data)
