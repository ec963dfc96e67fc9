from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from guardrail.policy.bundle import digest_list, private_key, sign
from guardrail.shipped import shipped
from guardrail.stores.pack_folder import files_of

Run = Callable[..., Any]
SHIPPED = Path(str(shipped("policies")))


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Return a folder with two packs of one's own: as they ship, to be changed."""
    folder = tmp_path / "my-packs"
    for name in ("us-ca", "us-co"):
        shutil.copytree(SHIPPED / name, folder / name)
    return folder


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    told = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "packs.pem").write_bytes(pem)
    (tmp_path / "packs.pub").write_bytes(told)
    return tmp_path


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


# ---------------------------------------------------------------- list, show


def test_every_pack_and_map_that_ships_is_listed(guardrail: Run) -> None:
    ran = guardrail("policy", "list")
    assert ran.code == 0
    assert "kz-230-viii@2026.11.4: Kazakhstan: Law 230-VIII" in ran.out
    assert "iso-42001@" in ran.out
    told = json.loads(guardrail("policy", "list", "--json").out)
    assert len(told["packs"]) == 9
    assert [one["ref"].split("@")[0] for one in told["maps"]] == ["iso-42001", "nist-ai-rmf"]


def test_a_pack_is_shown_with_articles_dates_and_sanctions(guardrail: Run) -> None:
    ran = guardrail("policy", "show", "kz-94-v")
    assert "kz.94-v.7.personal-data: personal_data among refuse, mask, pseudonymise" in ran.out
    assert "  law: 94-V art. 7; 94-V art. 8(1), from 2013-11-25 on" in ran.out
    assert "  sanction: KoAP 79" in ran.out
    told = json.loads(guardrail("policy", "show", "kz-94-v", "--json").out)
    assert told["rules"][0]["obligations"] == ["KZ-PD-01", "KZ-PD-06"]


def test_a_map_is_shown_with_what_meets_each_control(guardrail: Run) -> None:
    ran = guardrail("policy", "show", "nist-ai-rmf")
    assert "MEASURE 2.10: Privacy risk." in ran.out
    assert "  met by: KZ-AI-07" in ran.out
    assert "  left: " in ran.out
    assert json.loads(guardrail("policy", "show", "iso-42001", "--json").out)["id"] == "iso-42001"


def test_a_pack_that_isnt_there_names_the_nearest(guardrail: Run) -> None:
    ran = guardrail("policy", "show", "kz-230")
    assert ran.code == 2
    assert "did you mean 'kz-230-viii'" in ran.err


# ---------------------------------------------------------------- lint


def test_what_ships_has_nothing_wrong_with_it(guardrail: Run) -> None:
    ran = guardrail("policy", "lint", "--strict", "--today", "2026-11-22")
    assert (ran.code, ran.out) == (0, "0 errors, 0 warnings\n")


def test_mistakes_are_named_with_what_mends_them(guardrail: Run, own: Path) -> None:
    change(own / "us-co" / "pack.yaml", "obligation:", "obligatoin:")
    change(own / "us-ca" / "pack.yaml", "[US-CA-BOT]", "[US-CA-BOTS]")
    ran = guardrail("policy", "lint", own, "--today", "2026-11-22")
    assert ran.code == 1
    assert "unknown key 'obligatoin' (did you mean 'obligation'?)" in ran.out
    assert "us.ca.17941.bot: no obligation 'US-CA-BOTS' (did you mean 'US-CA-BOT'?)" in ran.out
    assert "→ add it to obligations.yaml, or correct the name" in ran.out
    assert ran.out.endswith("2 errors, 0 warnings\n")


def test_warnings_fail_only_a_strict_check(guardrail: Run, own: Path) -> None:
    asked = ("policy", "lint", own / "us-co", "--today", "2027-03-01")
    ran = guardrail(*asked)
    assert (ran.code, "warning: us-co: the law was to be read again" in ran.out) == (0, True)
    assert guardrail(*asked, "--strict").code == 1


def test_notes_and_json_are_given_where_asked_for(guardrail: Run) -> None:
    one = SHIPPED / "kz-230-viii"
    ran = guardrail("policy", "lint", one, "--notes", "--json", "--today", "2026-11-22")
    assert ran.code == 0
    assert {one["level"] for one in json.loads(ran.out)} == {"note"}
    ran = guardrail("policy", "lint", one, "--notes", "--today", "2026-11-22")
    assert "it doesn't say what a breach costs [sanction]" in ran.out


def test_a_list_of_duties_beside_the_packs_is_the_one_that_counts(
    guardrail: Run, own: Path
) -> None:
    shutil.copy(SHIPPED / "obligations.yaml", own)
    change(own / "obligations.yaml", "- id: US-CO", "- id: US-CX")
    ran = guardrail("policy", "lint", own, "--today", "2026-11-22")
    assert "no obligation 'US-CO' (did you mean 'US-CX'?)" in ran.out


@pytest.mark.parametrize("path", ["gone", "."])
def test_where_nothing_can_be_checked_that_is_an_error(guardrail: Run, path: str) -> None:
    ran = guardrail("policy", "lint", path)
    assert ran.code == 2
    assert "no pack is there" in ran.err


def test_a_day_that_is_none_is_refused(guardrail: Run) -> None:
    ran = guardrail("policy", "lint", "--today", "tomorrow")
    assert (ran.code, "write it as 2026-12-02" in ran.err) == (2, True)


# ---------------------------------------------------------------- diff


def test_a_change_is_told_in_plain_words(guardrail: Run, own: Path) -> None:
    change(own / "us-co" / "pack.yaml", '"2027-01-01"', '"2028-01-01"')
    ran = guardrail("policy", "diff", "us-co", own / "us-co")
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "us-co@2026.11.2 → us-co@2026.11.2",
        "  MILDER: us.co.notice: it held from 2027-01-01 on and now does from 2028-01-01 on",
    ]
    told = json.loads(guardrail("policy", "diff", "us-co", own / "us-co", "--json").out)
    assert told[0]["effect"] == "milder"
    assert guardrail("policy", "diff", "us-co", own / "us-co", "--exit-code").code == 1


def test_packs_that_say_the_same_differ_in_nothing(guardrail: Run, own: Path) -> None:
    ran = guardrail("policy", "diff", "us-co", own / "us-co", "--exit-code")
    assert (ran.code, ran.out.splitlines()[1]) == (0, "  nothing changes")


# ---------------------------------------------------------------- bundle, verify


def test_a_signed_folder_verifies_here_and_by_other_tools(
    guardrail: Run, own: Path, keys: Path
) -> None:
    ran = guardrail("policy", "bundle", own, "--key", keys / "packs.pem")
    assert (ran.code, ran.out) == (0, "signed: us-ca@2026.11.1, us-co@2026.11.2\n")
    ran = guardrail("policy", "verify", own, "--key", keys / "packs.pub")
    assert (ran.code, ran.out) == (0, "verified: 6 files, us-ca@2026.11.1, us-co@2026.11.2\n")
    subprocess.run(["sha256sum", "-c", "--strict", "SHA256SUMS"], cwd=own, check=True)
    subprocess.run(
        [
            *("openssl", "pkeyutl", "-verify", "-pubin", "-inkey", keys / "packs.pub", "-rawin"),
            *("-in", own / "SHA256SUMS", "-sigfile", own / "SHA256SUMS.sig"),
        ],
        check=True,
    )


def test_signing_again_gives_the_same_bytes(guardrail: Run, own: Path, keys: Path) -> None:
    made = []
    for _ in range(2):
        guardrail("policy", "bundle", own, "--key", keys / "packs.pem")
        made.append([(own / f"SHA256SUMS{end}").read_bytes() for end in ("", ".sig")])
    assert made[0] == made[1]


def test_whatever_was_changed_added_or_taken_away_is_refused_by_name(
    guardrail: Run, own: Path, keys: Path
) -> None:
    guardrail("policy", "bundle", own, "--key", keys / "packs.pem")
    change(own / "us-co" / "pack.yaml", "disclose", "label")
    (own / "us-co" / "more.yaml").touch()
    (own / "us-ca" / "cases.yaml").unlink()
    ran = guardrail("policy", "verify", own, "--key", keys / "packs.pub")
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "PROBLEM: us-ca/cases.yaml: it is signed for, but isn't there",
        "PROBLEM: us-co/more.yaml: it is there, but isn't signed for",
        "PROBLEM: us-co/pack.yaml: its content isn't what was signed",
        "NOT VERIFIED: don't use these packs",
    ]


def test_another_signers_bundle_is_refused(guardrail: Run, own: Path, keys: Path) -> None:
    guardrail("policy", "bundle", own, "--key", keys / "packs.pem")
    other = Ed25519PrivateKey.generate().public_key()
    told = other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (keys / "packs.pub").write_bytes(told)
    ran = guardrail("policy", "verify", own, "--key", keys / "packs.pub")
    assert ran.code == 1
    assert "isn't this key's signature" in ran.out
    assert "NOT VERIFIED" in ran.out


def test_packs_that_dont_do_what_they_say_arent_signed(
    guardrail: Run, own: Path, keys: Path
) -> None:
    change(own / "us-co" / "pack.yaml", "duties: [disclose]", "duties: [label]")
    ran = guardrail("policy", "bundle", own, "--key", keys / "packs.pem")
    assert ran.code == 2
    assert "us.co.notice: the first answer says what it is: owes ['label']" in ran.err
    assert not (own / "SHA256SUMS").exists()


def test_packs_that_were_signed_though_they_dont_load_dont_verify(
    guardrail: Run, own: Path, keys: Path
) -> None:
    change(own / "us-co" / "pack.yaml", "on_error", "on_eror")
    sums = digest_list(files_of(own), ["us-ca@2026.11.1", "us-co@2026.11.2"])
    (own / "SHA256SUMS").write_bytes(sums)
    key = private_key((keys / "packs.pem").read_bytes(), "packs.pem")
    (own / "SHA256SUMS.sig").write_bytes(sign(sums, key))
    ran = guardrail("policy", "verify", own, "--key", keys / "packs.pub")
    assert (ran.code, "did you mean 'on_error'" in ran.out) == (1, True)


def test_what_is_no_bundle_or_no_key_is_said(guardrail: Run, own: Path, keys: Path) -> None:
    ran = guardrail("policy", "verify", own, "--key", keys / "packs.pub")
    assert (ran.code, "it isn't a bundle" in ran.err) == (2, True)
    ran = guardrail("policy", "bundle", own, "--key", keys / "packs.pub")
    assert (ran.code, "openssl genpkey" in ran.err) == (2, True)
    ran = guardrail("policy", "bundle", own, "--key", keys / "gone.pem")
    assert (ran.code, "No such file" in ran.err) == (2, True)
