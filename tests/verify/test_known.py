from guardrail.evidence import EntryKind
from guardrail.facts import Action, Direction
from guardrail.verify.known import ACTIONS, KINDS, LATER, WAYS, is_known


def test_the_verifier_knows_all_that_this_version_writes() -> None:
    """What is added to either belongs into `LATER`, too: older sequencers don't know it."""
    assert set(map(str, EntryKind)) == KINDS
    assert set(map(str, Action)) == ACTIONS
    assert set(map(str, Direction)) == WAYS
    assert LATER <= KINDS | ACTIONS


def test_a_name_is_known_if_all_of_it_is() -> None:
    assert is_known(("stream_open",))
    assert is_known(("request", "kz.pd.1", "mask"))
    assert not is_known(("handover",))
    assert not is_known(("sideways", "kz.pd.1", "mask"))
    assert not is_known(("request", "kz.pd.1", "delay"))
    assert not is_known(("request", "no token", "mask"))
