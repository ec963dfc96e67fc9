"""Who has a receipt learns where its entry stands, and gets the proof; nobody learns more."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from guardrail.evidence import leaf_hash, open_key_statement
from guardrail.evidence.proof import open_proof, parse_proof
from guardrail.shells import evidence_page
from guardrail.shells.evidence_page import PATH, EvidencePage, Told
from guardrail.stores.evidence_index import EvidenceIndex
from guardrail.testing import Answer, call
from guardrail.testing.log_of_tiles import YEAR_2026_H2, LogOfTiles

Json = Any
MINE, OTHERS = "req_" + "1" * 32, "req_" + "2" * 32


class Site:
    """The page over a log of 300 entries, all but the last ten of them of others."""

    def __init__(self, folder: Path) -> None:
        self.log = LogOfTiles()
        self.index = EvidenceIndex(folder / "index.sqlite")
        self.now = 0.0
        told = Told(self.log.objects, self.index, log="guard.example", seconds=lambda: self.now)
        self.page = EvidencePage(told, seconds=lambda: self.now)
        self.log.grow(290, req=OTHERS)
        self.log.grow(10, req=MINE)
        self.follow()

    def follow(self) -> None:
        self.index.follow(self.log.objects, YEAR_2026_H2)

    async def get(self, name: str, method: str = "GET", **headers: str) -> Answer:
        fields = [(k.replace("_", "-").encode(), value.encode()) for k, value in headers.items()]
        return await call(self.page, method, PATH + name, tuple(fields))

    def close(self) -> None:
        self.page.close()
        self.index.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    one = Site(tmp_path)
    yield one
    one.close()


def code_of(answer: Answer) -> tuple[int, str]:
    return answer.status, orjson.loads(answer.body)["error"]["code"]


async def test_an_entrys_place_is_told(site: Site) -> None:
    answer = await site.get("writer-295")
    assert answer.status == 200
    assert orjson.loads(answer.body) == {
        "id": "writer-295",
        "state": "sealed",
        "log": "guard.example",
        "origin": "guard.example/2026h2",
        "index": 295,
        "anchored": False,
        "links": {
            "proof": f"{PATH}writer-295.tlog-proof",
            "time_stamp": f"{PATH}writer-295.tsr",
            "key": f"{PATH}2026h2.key",
        },
    }


@pytest.mark.parametrize("name", [MINE, "writer-295"])
async def test_a_browser_gets_a_page_that_leads_to_the_proof(site: Site, name: str) -> None:
    answer = await site.get(name, accept="text/html, */*;q=0.8", accept_language="ru")
    assert (answer.status, answer.header(b"vary")) == (200, b"accept, accept-language")
    assert answer.header(b"cache-control") == b"no-store"
    page = answer.body.decode()
    assert '<html lang="ru">' in page
    assert page.count('<a href="writer-295.tlog-proof"') == 3
    assert "writer-295.tsr" not in page, "no checkpoint over it has a time-stamp"
    assert (f"writer-295.json?req={MINE}" in page) is (name == MINE)


async def test_a_browser_is_told_in_words_that_there_is_no_such_entry(site: Site) -> None:
    for name in ("req_" + "3" * 32, "writer-1000.tlog-proof", "<b>"):
        answer = await site.get(name, accept="text/html")
        assert answer.status == 404
        assert "Такой записи в журнале нет" in answer.body.decode()
        assert b"<b>" not in answer.body


async def test_files_are_the_same_for_browsers(site: Site) -> None:
    for name in ("writer-295.tlog-proof", "2026h2.key"):
        plain, seen = await site.get(name), await site.get(name, accept="text/html")
        assert plain.status == 200
        assert (seen.body, seen.headers) == (plain.body, plain.headers)


@pytest.mark.parametrize("n", [0, 255, 256, 299])
async def test_the_proof_of_an_entry_opens_with_its_receipt(site: Site, n: int) -> None:
    answer = await site.get(f"writer-{n}.tlog-proof")
    receipt = site.log.receipts[n]
    checkpoint = open_proof(
        parse_proof(answer.body), bytes.fromhex(receipt.leaf), site.log.shard_key
    )
    assert checkpoint.size == 300


async def test_a_proof_goes_by_the_first_checkpoint_over_it_that_left_the_house(
    site: Site,
) -> None:
    objects = site.log.objects
    left = objects.held["2026h2/checkpoint"] + b"\xe2\x80\x94 witness AAAAAAAA\n"
    objects.create("2026h2/anchors/300.note", left)
    objects.create("2026h2/anchors/300.tsr", b"a time-stamp")
    objects.create("2026h2/anchors/320.note", site.log.grow(20, req=MINE))
    site.log.grow(700, req=OTHERS)
    site.follow()
    before = parse_proof((await site.get("writer-7.tlog-proof")).body)
    assert before.note == left
    leaf = bytes.fromhex(site.log.receipts[7].leaf)
    assert open_proof(before, leaf, site.log.shard_key).size == 300
    later = parse_proof((await site.get("writer-310.tlog-proof")).body)
    assert later.note == objects.held["2026h2/anchors/320.note"]
    last = parse_proof((await site.get("writer-1000.tlog-proof")).body)
    assert last.note == objects.held["2026h2/checkpoint"]
    assert orjson.loads((await site.get("writer-7")).body)["anchored"] is True
    assert (await site.get("writer-7.tsr")).body == b"a time-stamp"
    assert (await site.get("writer-310.tsr")).status == 404


async def test_the_key_of_a_half_year_can_be_had(site: Site) -> None:
    statement = (await site.get("2026h2.key")).body
    assert open_key_statement(statement, site.log.root) == site.log.shard_key


async def test_an_anchor_is_known_soon_after(site: Site) -> None:
    await site.get("writer-7")
    site.log.objects.create("2026h2/anchors/300.note", b"note")
    assert orjson.loads((await site.get("writer-7")).body)["anchored"] is False
    site.now += evidence_page.ANCHORS_SECONDS + 1
    assert orjson.loads((await site.get("writer-7")).body)["anchored"] is True


async def test_who_knows_a_request_is_told_of_its_entries(site: Site) -> None:
    told = orjson.loads((await site.get(MINE)).body)
    assert told["request"] == MINE
    assert [one["id"] for one in told["entries"]] == [f"writer-{n}" for n in range(290, 300)]
    assert {one["kind"] for one in told["entries"]} == {"request"}
    assert told["more"] is False
    entry = told["entries"][0]["links"]["entry"].removeprefix(PATH)
    answer = await site.get(entry)
    assert answer.body == site.log.bodies[290]
    assert leaf_hash(answer.body).hex() == site.log.receipts[290].leaf


async def test_a_request_of_very_many_entries_is_told_in_part(site: Site) -> None:
    told = orjson.loads((await site.get(OTHERS)).body)
    assert (len(told["entries"]), told["more"]) == (100, True)


@pytest.mark.parametrize(
    "query", ["", "?req=", f"?req={OTHERS}", f"?h={'0' * 64}", f"?req={MINE[:-1]}"]
)
async def test_an_entrys_bytes_are_for_nobody_who_doesnt_know_its_request(
    site: Site, query: str
) -> None:
    assert code_of(await site.get(f"writer-290.json{query}")) == (404, "evidence_unknown")


async def test_not_even_the_leaf_hash_that_a_neighbours_proof_tells_opens_an_entry(
    site: Site,
) -> None:
    proof = parse_proof((await site.get("writer-291.tlog-proof")).body)
    leaf = site.log.receipts[290].leaf
    assert proof.hashes[0].hex() == leaf
    assert (await site.get(f"writer-290.json?h={leaf}")).status == 404
    assert leaf not in (await site.get("writer-290")).body.decode()


async def test_an_entry_that_isnt_in_the_tree_yet_waits(site: Site) -> None:
    site.log.objects.create("wal/fresh/0000000000000000", b"line\n")
    told = orjson.loads((await site.get("fresh-3")).body)
    assert told == {"id": "fresh-3", "state": "waiting", "log": "guard.example"}
    assert code_of(await site.get("fresh-3.tlog-proof")) == (404, "evidence_unknown")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "nobody-0",
        "nobody-0.tlog-proof",
        "nobody-0.tsr",
        "nobody-0.json",
        "writer-300",
        "writer-9999999999999999",
        "writer-0.tsr",
        "writer-0.txt",
        "writer",
        "../keys/evidence.pem",
        "2026h2/checkpoint",
        "2026h1.key",
        "keys.key",
        "req_" + "3" * 32,
        "req_short",
        "ә-1",
    ],
)
async def test_what_isnt_there_is_a_404_in_json(site: Site, name: str) -> None:
    assert code_of(await site.get(name)) == (404, "evidence_unknown")


async def test_an_entry_whose_time_is_over_is_kept_no_more(site: Site) -> None:
    site.log.objects.delete(["2026h2/tile/entries/000", "2026h2/tile/entries/001.p/44"])
    site.log.objects.create("2026h2/minimum-index", b"300\n")
    assert code_of(await site.get(f"writer-290.json?req={MINE}")) == (404, "evidence_unknown")
    assert (await site.get("writer-290.tlog-proof")).status == 200


async def test_a_head_has_no_body_and_other_methods_are_refused(site: Site) -> None:
    head = await site.get("writer-1", "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert code_of(await site.get("writer-1", "POST")) == (405, "bad_method")


async def test_more_parameters_than_anybody_needs_are_a_bad_request(site: Site) -> None:
    answer = await site.get("writer-1?" + "&".join(f"p{n}=1" for n in range(9)))
    assert code_of(answer) == (400, "bad_target")


async def test_nothing_may_be_kept_or_read_by_other_sites(site: Site) -> None:
    headers = dict((await site.get("writer-1")).headers)
    assert headers[b"cache-control"] == b"no-store"
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert not [name for name in headers if name.startswith(b"access-control")]


async def test_a_store_that_fails_is_told_as_such(site: Site) -> None:
    site.log.objects.failing = True
    assert code_of(await site.get("writer-1.tlog-proof")) == (503, "evidence_unavailable")


async def test_a_damaged_log_proves_nothing(site: Site) -> None:
    for name in [*site.log.objects.held]:
        if "/tile/0/" in name:
            site.log.objects.held[name] = bytes(len(site.log.objects.held[name]))
    assert code_of(await site.get("writer-1.tlog-proof")) == (503, "evidence_unreadable")


async def test_so_many_a_second_are_answered_and_no_more(site: Site) -> None:
    statuses = [(await site.get("writer-1")).status for _ in range(int(evidence_page.BURST) + 1)]
    assert statuses == [*[200] * int(evidence_page.BURST), 503]
    site.now += 1.0
    statuses = [(await site.get("writer-1")).status for _ in range(51)]
    assert statuses == [*[200] * 50, 503]


async def test_so_many_are_in_work_at_once_and_no_more(site: Site) -> None:
    go = threading.Event()
    site.page._work.submit(go.wait)
    waiting = [asyncio.ensure_future(site.get("writer-1")) for _ in range(evidence_page.AT_ONCE)]
    await asyncio.sleep(0)
    refused = await site.get("writer-1")
    go.set()
    assert code_of(refused) == (503, "overloaded")
    assert dict(refused.headers)[b"retry-after"] == b"1"
    assert {(await one).status for one in waiting} == {200}
