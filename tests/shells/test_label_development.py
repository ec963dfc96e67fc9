"""A certificate for development is there when it is needed, and the same for every process."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from guardrail.disclose.c2pa import development
from guardrail.shells.label_development import MOST_ROOTS, for_development
from guardrail.stores.state import State

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
OTHER = development(NOW)
SOON = NOW + timedelta(days=340)
CODE = """
import sys
from datetime import datetime
from pathlib import Path
from guardrail.shells.label_development import for_development
from guardrail.stores.state import State
state, now = State(Path(sys.argv[1])), datetime.fromisoformat(sys.argv[2])
print("here", flush=True)
sys.stdin.readline()
print(for_development(state, "", now)[1].fingerprint)
"""


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(tmp_path / "state")


def at_once(state: State, now: datetime, count: int = 4) -> set[str]:
    """Return whom so many processes sign as that want to know at the same moment."""
    command = [sys.executable, "-c", CODE, str(state.root), now.isoformat()]
    pipe = subprocess.PIPE
    many = [subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) for _ in range(count)]
    for one in many:
        assert one.stdout is not None
        assert one.stdout.readline() == "here\n"
    for one in many:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    return {one.communicate(timeout=60)[0].strip() for one in many}


def test_it_stays_until_thirty_days_before_its_end(state: State) -> None:
    roots, first = for_development(state, "Мысал ЖШС", NOW)
    assert first.subject == "Мысал ЖШС UNTRUSTED DEVELOPMENT"
    assert for_development(state, "", NOW + timedelta(days=330)) == (roots, first)
    _, second = for_development(state, "", SOON)
    assert second.fingerprint != first.fingerprint
    assert first.not_after > SOON  # it was made before the first one ended
    assert for_development(state, "", SOON)[1] == second


def test_what_the_last_ones_signed_stays_trusted(state: State) -> None:
    now, roots, leaves = NOW, b"", []
    for _ in range(MOST_ROOTS + 2):
        roots, credential = for_development(state, "", now)
        leaves.append(x509.load_pem_x509_certificate(credential.chain))
        now += timedelta(days=360)
    trusted = x509.load_pem_x509_certificates(roots)
    assert len(trusted) == MOST_ROOTS
    for leaf, root in zip(reversed(leaves), trusted, strict=False):
        leaf.verify_directly_issued_by(root)


def test_processes_that_make_the_first_one_at_once_get_the_same(state: State) -> None:
    told = at_once(state, NOW)
    assert told == {for_development(state, "", NOW)[1].fingerprint}


def test_processes_that_make_the_next_one_at_once_get_the_same(state: State) -> None:
    _, first = for_development(state, "", NOW)
    told = at_once(state, SOON)
    assert told == {for_development(state, "", SOON)[1].fingerprint}
    assert told != {first.fingerprint}


def test_one_that_read_the_old_file_before_another_replaced_it_gets_the_same(
    state: State,
) -> None:
    for_development(state, "", NOW)
    old = state.development_certificate.read_bytes()
    _, second = for_development(state, "", SOON)
    state.development_certificate.write_bytes(old)  # as that process still sees it
    assert for_development(state, "", SOON)[1] == second


@pytest.mark.parametrize("content", [b"", b"no certificate", OTHER.credential.chain + OTHER.root])
def test_where_the_file_holds_none_one_is_made(state: State, content: bytes) -> None:
    _, first = for_development(state, "", NOW)
    state.development_certificate.write_bytes(content)
    _, second = for_development(state, "", NOW)
    assert second.fingerprint != first.fingerprint
    assert for_development(state, "", NOW)[1] == second


def test_one_that_was_made_and_has_ended_before_it_was_taken_over_is_passed_over(
    state: State,
) -> None:
    for_development(state, "", NOW)
    old = state.development_certificate.read_bytes()
    _, second = for_development(state, "", SOON)
    state.development_certificate.write_bytes(old)
    much_later = SOON + timedelta(days=400)
    _, third = for_development(state, "", much_later)
    assert third.fingerprint != second.fingerprint
    assert third.not_after > much_later


def test_its_owner_alone_may_read_it_and_old_ones_go(state: State) -> None:
    now = NOW
    for _ in range(4):
        for_development(state, "", now)
        now += timedelta(days=360)
    kept = sorted(state.keys.glob("label-development*"))
    assert len(kept) == 2  # the file, and what those come for who read the one before
    assert {path.stat().st_mode & 0o077 for path in kept} == {0}
