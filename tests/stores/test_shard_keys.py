import pytest

from guardrail.errors import EvidenceError
from guardrail.stores.shard_keys import check_shard, claim
from guardrail.testing.objects import MemoryObjects
from guardrail.testing.small_log import SmallKeys


def test_a_shard_that_nobody_began_is_anybodys() -> None:
    assert not check_shard(MemoryObjects(), SmallKeys(), log="log", shard="2026h2")


def test_whoever_has_the_same_keys_may_go_on_with_a_shard() -> None:
    objects = MemoryObjects()
    for _ in range(2):
        claim(objects, SmallKeys(1), log="log", shard="2026h2")
    assert check_shard(objects, SmallKeys(1), log="log", shard="2026h2")
    assert list(objects.held) == ["2026h2/key"]


@pytest.mark.parametrize(("seed", "log"), [(2, "log"), (1, "another")], ids=["key", "name"])
def test_another_key_or_another_name_is_refused(seed: int, log: str) -> None:
    objects = MemoryObjects()
    claim(objects, SmallKeys(1), log="log", shard="2026h2")
    for look in (claim, check_shard):
        with pytest.raises(EvidenceError, match="of 2026h2 is signed with another key") as caught:
            look(objects, SmallKeys(seed), log=log, shard="2026h2")
        assert caught.value.code == "evidence_another_key"
        assert "evidence.key" in caught.value.fix
