from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from guardrail.engine import Guard
from guardrail.errors import ConfigError, EvidenceError
from guardrail.facts import RawRequest
from guardrail.settings import ConsentSettings, Settings
from guardrail.shells.answers import Admitted
from guardrail.shells.assembly import (
    assemble,
    label_signer,
    loaded,
    prepare,
    public_information,
)
from guardrail.shells.packs import judge_for
from guardrail.shells.ports import DirectPorts, run_directly
from guardrail.stores.object_folder import ObjectFolder
from guardrail.stores.state import State
from guardrail.testing import recorded
from guardrail.verify import verify_log


def test_everything_that_lasts_lies_below_one_directory(tmp_path: Path) -> None:
    state = State(tmp_path / "a" / "b")
    state.make()
    state.make()
    assert (tmp_path / "a" / "b" / "keys").stat().st_mode & 0o777 == 0o700
    assert state.evidence.stat().st_mode & 0o777 == 0o700
    for path in (state.evidence_key, state.evidence_vkey, state.pseudonym_key, state.consent_key):
        assert path.parent == state.root / "keys"
    assert state.consents.parent == state.root


def test_a_state_directory_that_cant_be_made_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="state directory") as caught:
        State(tmp_path / "file").make()
    assert "--state" in caught.value.fix


def test_an_assembly_writes_evidence_that_verifies(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path, personal_data="mask")
    assembly = assemble(settings)
    runner = assembly.runner(DirectPorts(assembly.consents, assembly.evidence))
    body = json.dumps({"model": "m", "messages": [{"role": "user", "content": "900101300017"}]})
    raw = RawRequest(
        method="POST",
        path="/v1/chat/completions",
        headers=((b"content-type", b"application/json"),),
        body=body.encode(),
    )
    admitted = run_directly(runner.admit(raw))
    assert isinstance(admitted, Admitted)
    assembly.close()
    with pytest.raises(EvidenceError):
        assembly.consents.find("p:1")
    state = State(tmp_path)
    vkey = state.evidence_vkey.read_text("utf-8").strip()
    report = verify_log(ObjectFolder(state.evidence), vkey)
    assert report.ok, str(report)
    assert report.waiting == 0
    kinds = [entry["t"] for entry in recorded(state.evidence)]
    assert [kind for kind in kinds if not kind.startswith("log.")] == [
        "writer.start", "policy.load", "request", "writer.stop", "writer.start", "writer.stop",
    ]  # fmt: skip
    assert b"900101300017" not in b"".join(
        path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()
    )


def test_a_prepared_guard_is_shared(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path)
    guard = prepare(settings)
    one, two = assemble(settings, guard), assemble(settings, guard)
    assert one.guard is two.guard is guard
    assert one.runner().guard is guard
    one.close()
    two.close()


def test_further_issuers_are_read_from_their_files(tmp_path: Path) -> None:
    key = OKPKey.generate_key("Ed25519", auto_kid=True)
    file = tmp_path / "issuer.jwk"
    file.write_text(json.dumps(key.as_dict(private=False)))
    issuers = {"https://id.example.kz": file}
    guard = prepare(Settings(state=tmp_path, consent=ConsentSettings(issuers=issuers)))
    known = [one.issuer for one in guard.weigher._terms.issuers.values()]
    assert known.count("https://id.example.kz") == 1
    file.unlink()
    with pytest.raises(ConfigError, match=r"issuer\.jwk"):
        prepare(Settings(state=tmp_path, consent=ConsentSettings(issuers=issuers)))


def test_an_unknown_pack_names_the_nearest() -> None:
    with pytest.raises(ConfigError, match="kz-230-viii"):
        judge_for(Settings(policy=("kz-230-vii",)))


def test_choices_follow_the_settings() -> None:
    assert judge_for(Settings()).digest != judge_for(Settings(personal_data="mask")).digest
    assert judge_for(Settings()).digest != judge_for(Settings(media="pass")).digest


def test_the_entry_of_a_start_names_its_packs() -> None:
    entry = loaded(judge_for(Settings(policy=("kz-230-viii", "eu-ai-act"))), "ab" * 32)
    assert entry.fields["card"] == "ab" * 32
    packs = entry.fields["pol"]
    assert isinstance(packs, list)
    assert len(packs) == 2


def test_people_are_told_what_the_service_does(guard_with: Callable[..., Guard]) -> None:
    guard = guard_with(personal_data="mask")
    told = json.dumps(public_information(guard, guard.judge), ensure_ascii=False)
    assert "AI assistant" in told
    assert "kz-230-viii" in told
    assert "KZ_IIN" in told


async def test_packs_are_on_record_before_they_decide(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path)
    assembly = assemble(settings)
    other = judge_for(Settings(policy=("kz-230-viii", "gdpr")))
    await assembly.adopt(other)
    assert assembly.guard.judge is other
    samples = [one for kind in assembly.metrics.registry.collect() for one in kind.samples]
    told = {one.labels["pack"] for one in samples if one.name == "guardrail_policy_info"}
    assert "gdpr" in told
    now = assembly.guard.judge
    assembly.close()
    with pytest.raises(EvidenceError):
        await assembly.adopt(judge_for(settings))
    assert assembly.guard.judge is now
    loads = [
        [pack["id"] for pack in entry["pol"]]
        for entry in recorded(State(tmp_path).evidence)
        if entry["t"] == "policy.load"
    ]
    assert loads == [["kz-230-viii"], ["kz-230-viii", "gdpr"]]


def test_labels_are_signed_with_one_key_that_lasts(tmp_path: Path) -> None:
    state = State(tmp_path)
    state.make()
    first, second = label_signer(state), label_signer(state)
    assert first.public == second.public
    assert state.label_key.stat().st_mode & 0o777 == 0o600
    guard = prepare(Settings(state=tmp_path))
    assert guard.labels.keys == {"keys": [first.public]}


def test_the_keys_before_stay_published_with_their_end(tmp_path: Path) -> None:
    state = State(tmp_path)
    state.make()
    first = label_signer(state).public
    state.label_key.unlink()
    second = label_signer(state).public
    published = prepare(Settings(state=tmp_path)).labels.keys["keys"]
    assert isinstance(published, list)
    assert published[0] == second
    [retired] = published[1:]
    assert {**retired, "exp": 0} == {**first, "exp": 0}
    assert 0 < retired["exp"] - time.time() <= 86_400  # noqa: TID251 - as the guard did
