from collections.abc import Mapping

import orjson
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import EvidenceError
from guardrail.evidence import FIELDS, Chain, Entry, EntryKind, Value, canonical
from guardrail.facts import Action, Consent, Direction

DIGEST = "ab" * 32
NAME = "cd" * 16
GOOD: Mapping[str, Value] = {
    "act": Action.MASK,
    "anchor": "rfc3161",
    "author": f"k:2026h2:{NAME}",
    "blob": {"id": "d1", "commit": DIGEST},
    "bytes": 10,
    "card": DIGEST,
    "code": "body_too_large",
    "commits": {"prompt": DIGEST, "request": DIGEST, "output": DIGEST},
    "count": 3,
    "created": 1_763_787_600,
    "dec": "masked",
    "det": DIGEST,
    "dir": Direction.REQUEST,
    "disclosed": "ai.first_turn",
    "duties": ["disclose", "label"],
    "entities": {"KZ_IIN": 1},
    "epoch": "2026h2",
    "events": 3,
    "exempt": "source_code",
    "findings": 2,
    "forced": 0,
    "heads": [{"w": "w1", "n": 0, "leaf": ""}, {"w": "w2", "n": 2, "leaf": DIGEST}],
    "hits": [
        {
            "rule": "kz.10.personal-data",
            "article": "230-VIII бап 10 § 1",
            "action": Action.MASK,
            "entities": {"KZ_IIN": 1},
            "pack": "kz-230-viii@2026.11.1",
            "notice": "pd.blocked",
        }
    ],
    "in": DIGEST,
    "label": "urn:uuid:0d2a1c2e-7a0f-4d3c-8f8e-000000000000",
    "lang": "kk",
    "lat_us": 1200,
    "corrected": 1,
    "late": 1,
    "layers": {"visible": 1},
    "marks": {"png": 1},
    "media": {"image_jpeg": 1},
    "mode": "closed",
    "model": "org/model:1.5@20240620",
    "more": True,
    "notices": ["ai.disclosed"],
    "ok": True,
    "op": "chat",
    "opaque": {"image": 1},
    "origin": "guard.example/log",
    "out": DIGEST,
    "parent": "aut_0d2a1c2e",
    "pol": [{"id": "kz-230-viii", "ver": "2026.11.1", "dig": f"sha256:{DIGEST}"}],
    "purposes": ["assistance"],
    "reason": "unknown_medium",
    "recipients": ["upstream"],
    "record": "urn:uuid:0d2a1c2e-7a0f-4d3c-8f8e-000000000000",
    "root": DIGEST,
    "route": "/v1/chat/completions",
    "since": 1_763_787_600_000_000,
    "size": 12,
    "spec": DIGEST,
    "standings": {Consent.COVERED: 1, "not_covered": 2},
    "state": "withdrawn",
    "status": 200,
    "sub": f"p:2026h2:{NAME}",
    "synthetic": True,
    "totals": {
        "records": {"stream_open": 2},
        "decisions": [
            {"dir": Direction.REQUEST, "rule": "kz.10.pd", "action": Action.MASK, "count": 2}
        ],
    },
    "trace": "0af7651916cd43dd8448eb211c80319c",
    "unmarked": {"no_carrier": 1},
    "until": 1_763_787_600_000_000,
    "use": DIGEST,
    "vkey": "guard.example/2026h2+0a1b2c3d+AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAh",
    "wire": "openai-chat@1",
}
WRONG: Mapping[str, Value] = {
    "act": "erase",
    "anchor": "a b",
    "author": "Ivan Ivanov",
    "blob": {"id": "d1", "text": "Ivan"},
    "bytes": -1,
    "card": "the system",
    "code": "two words",
    "commits": {"prompt": "write me a poem"},
    "count": -1,
    "created": "today",
    "dec": "8801 0130",
    "det": "xyz",
    "dir": "sideways",
    "disclosed": "not yet",
    "duties": "disclose",
    "entities": {"KZ_IIN": "880101300123"},
    "epoch": "second half",
    "events": True,
    "exempt": "for good reasons",
    "findings": "two",
    "forced": "1",
    "heads": [{"w": "w1", "n": 0, "leaf": "", "value": 1}],
    "hits": [{"rule": "kz.10", "text": "Иван"}],
    "in": DIGEST[:-2],
    "label": "Ivan Ivanov",
    "lang": "қазақ",
    "lat_us": None,
    "corrected": -1,
    "late": -1,
    "layers": {"visible": -1},
    "marks": {"a b": 1},
    "media": {"image/jpeg": 1},
    "mode": "?",
    "model": "my name is",
    "more": "yes",
    "notices": [1],
    "ok": 1,
    "op": "",
    "opaque": ["image"],
    "origin": "a b",
    "out": "",
    "parent": "the poem",
    "pol": [{"id": "kz-230-viii", "dig": "none"}],
    "purposes": {"assistance": 1},
    "reason": "because he said so",
    "recipients": ["up stream"],
    "record": "запись",
    "root": "",
    "route": "v1/chat",
    "since": "now",
    "size": -1,
    "spec": "openai",
    "standings": {"maybe": 1},
    "state": "with drawn",
    "status": "200",
    "sub": "880101300123",
    "synthetic": 1,
    "totals": {"records": {"request": 1}, "names": ["Ivan"]},
    "trace": "00-0af7651916cd43dd8448eb211c80319c",
    "unmarked": ["no_carrier"],
    "until": "then",
    "use": "xyz",
    "vkey": "guard.example",
    "wire": "openai chat",
}


def test_the_tables_here_name_every_field() -> None:
    assert GOOD.keys() == FIELDS.keys() == WRONG.keys()


@pytest.mark.parametrize("key", GOOD)
def test_a_field_takes_its_form(key: str) -> None:
    assert Entry(kind=EntryKind.REQUEST, req="r1", fields={key: GOOD[key]}).fields.keys() == {key}


@pytest.mark.parametrize("key", sorted(WRONG.keys() - {"op"}))
def test_a_field_refuses_another_form_without_repeating_it(key: str) -> None:
    with pytest.raises(EvidenceError, match=f"'{key}'") as caught:
        Entry(kind=EntryKind.REQUEST, req="r1", fields={key: WRONG[key]})
    assert str(WRONG[key]) not in str(caught.value) or str(WRONG[key]) == ""


@given(st.text(min_size=1).filter(lambda text: " " in text or not text.isascii()))
def test_free_text_fits_no_token(text: str) -> None:
    with pytest.raises(EvidenceError):
        Entry(kind=EntryKind.REPLY, req="r1", fields={"model": text})


def test_an_unknown_field_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(EvidenceError, match="did you mean 'standings'"):
        Entry(kind=EntryKind.REQUEST, req="r1", fields={"standing": {}})


@pytest.mark.parametrize("value", [1, True, "token", {"KZ_IIN": 1}, ["a", "b"]])
def test_an_extension_takes_counts_kinds_and_tokens(value: Value) -> None:
    assert (
        Entry(kind=EntryKind.REQUEST, req="r1", fields={"x_more": value}).fields["x_more"] == value
    )


@pytest.mark.parametrize("value", ["free text", {"text": "free"}, -1, None, [["a"]]])
def test_an_extension_takes_nothing_else(value: Value) -> None:
    with pytest.raises(EvidenceError, match="x_more"):
        Entry(kind=EntryKind.REQUEST, req="r1", fields={"x_more": value})


def test_an_entry_on_a_request_names_it() -> None:
    Entry(kind=EntryKind.POLICY_LOAD)
    for req in ("", "two words", "r\n", "r" * 161, 7, None):
        with pytest.raises(EvidenceError, match="needs a request id"):
            Entry(kind=EntryKind.ERROR, req=req)  # type: ignore[arg-type]  # must fail


def test_an_entry_keeps_a_copy_of_its_fields() -> None:
    entities: dict[str, Value] = {"KZ_IIN": 1}
    entry = Entry(kind=EntryKind.REQUEST, req="r1", fields={"entities": entities})
    entities["KZ_BIN"] = 1
    assert entry.fields["entities"] == {"KZ_IIN": 1}
    with pytest.raises(TypeError):
        entry.fields["act"] = "mask"  # type: ignore[index]  # what must fail


def test_an_entry_that_leaves_no_room_for_the_common_fields_is_refused() -> None:
    with pytest.raises(EvidenceError, match="too large"):
        Entry(kind=EntryKind.REQUEST, req="r1", fields={"notices": ["n" * 100] * 150})


def test_what_the_forms_let_through_is_within_the_canonical_profile() -> None:
    entry = Entry(kind=EntryKind.REQUEST, req="r1", fields=GOOD)
    body = Chain("w1").append(entry, 1)[65:-1]
    assert body == canonical(orjson.loads(body)) == rfc8785.dumps(orjson.loads(body))


@pytest.mark.parametrize(
    "fields",
    [
        {"status": 2**53},
        {"status": 200.0},
        {"entities": {"": 1}},
        {"entities": {"ИИН": 1}},
        {"entities": {f"E{n}": 1 for n in range(257)}},
        {"hits": [{"article": "e\u0301"}]},
        {"x_қ": 1},
        {"x_a b": 1},
    ],
)
def test_what_is_outside_the_canonical_profile_is_refused(fields: Mapping[str, Value]) -> None:
    with pytest.raises(EvidenceError):
        Entry(kind=EntryKind.REQUEST, req="r1", fields=fields)


def test_fields_without_names_are_refused() -> None:
    with pytest.raises(EvidenceError, match="names"):
        Entry(kind=EntryKind.REQUEST, req="r1", fields=["a"])  # type: ignore[arg-type]  # must fail


def test_one_text_cant_stand_for_two_that_are_looked_at_together() -> None:
    halves: dict[str, Value] = {"in": f"{DIGEST}\n{DIGEST}", "out": ""}
    with pytest.raises(EvidenceError, match="'in'"):
        Entry(kind=EntryKind.REQUEST, req="r", fields=halves)
    with pytest.raises(EvidenceError, match="request id"):
        Entry(kind=EntryKind.REQUEST, req=f"r\n{DIGEST}", fields={"in": DIGEST})


@pytest.mark.parametrize("value", [None, True, 1, 1.5, b"ab", ["ab"], {"ab": 1}])
def test_what_isnt_a_text_is_refused_where_one_belongs(value: Value) -> None:
    with pytest.raises(EvidenceError, match="'label'"):
        Entry(kind=EntryKind.REQUEST, req="r", fields={"in": DIGEST, "label": value})


@pytest.mark.parametrize("value", [None, True, "1", -1, 2**53, 1.0])
def test_what_isnt_a_count_is_refused_where_one_belongs(value: Value) -> None:
    with pytest.raises(EvidenceError, match="'bytes'"):
        Entry(kind=EntryKind.REQUEST, req="r", fields={"in": DIGEST, "bytes": value})


@given(st.permutations(sorted(GOOD)), st.integers(1, len(GOOD)))
def test_in_whatever_order_fields_are_given_the_record_is_the_same(
    names: list[str], count: int
) -> None:
    fields = {name: GOOD[name] for name in names[:count]}
    given_so = Entry(kind=EntryKind.REQUEST, req="r", fields=fields)
    sorted_so = Entry(kind=EntryKind.REQUEST, req="r", fields=dict(sorted(fields.items())))
    assert Chain("w").append(given_so, 1) == Chain("w").append(sorted_so, 1)
