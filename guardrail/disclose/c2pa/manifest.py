"""What a C2PA manifest says of a label: actions, the AI that took part, owner, use for training.

The library signs whatever it is given, nonsense in ``c2pa.ai-disclosure`` included: what goes in
is checked here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from guardrail.disclose.label import MARKS, name
from guardrail.facts import Label

Manifest = dict[str, object]
"""A manifest definition as c2pa-rs takes it, JSON."""

ACTIONS = "c2pa.actions.v2"
AI_DISCLOSURE = "c2pa.ai-disclosure"
"""C2PA 2.4 (April 2026)."""
TRAINING = "cawg.training-mining"
OWN = "guardrail.label"
"""Our own assertion: the label's id and class, and who owns the system (Law 230-VIII art. 21)."""

USES = frozenset({"data_mining", "ai_inference", "ai_training", "ai_generative_training"})
"""CAWG training and data mining 1.1, each written ``cawg.…``."""
PERMISSIONS = frozenset({"allowed", "notAllowed", "constrained"})
OVERSIGHT = frozenset({"fully_autonomous", "prompt_guided", "human_validated"})
MODEL_TYPES = frozenset(
    {
        "c2pa.types.model",
        "c2pa.types.model.jax",
        "c2pa.types.model.keras",
        "c2pa.types.model.ml_net",
        "c2pa.types.model.mxnet",
        "c2pa.types.model.onnx",
        "c2pa.types.model.openvino",
        "c2pa.types.model.pytorch",
        "c2pa.types.model.tensorflow",
    }
)
_UUID = re.compile(r"urn:uuid:([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})")
_LAST_SECOND = 253_402_300_799
"""Of the year 9999: the last that an RFC 3339 date can name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Who answers for the system: named in each mark (Law 230-VIII art. 21(3))."""

    name: str = ""
    number: str = ""
    """Business identification number, as a BIN."""
    jurisdiction: str = ""
    """ISO 3166-1 alpha-2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generator:
    """The program that writes the mark, its owner, and what the owner says of training."""

    name: str = "guardrail"
    version: str = ""
    owner: Owner = field(default_factory=Owner)
    training: tuple[tuple[str, str], ...] = ()
    """Uses of `USES`, each with a permission of `PERMISSIONS`; empty: nothing is said."""
    model_type: str = "c2pa.types.model"


def for_label(label: Label, generator: Generator, *, marked_before: bool = False) -> Manifest:
    """Return the manifest of a work that `label` speaks of.

    Args:
        label: Of a level of `guardrail.disclose.MARKS`, whose id is a ``urn:uuid:…``.
        generator: Who writes the mark.
        marked_before: The file has a manifest already: that one becomes the parent and the
            library adds ``c2pa.opened``, else this one begins with ``c2pa.created``.

    Raises:
        ValueError: An unknown level, id, use or permission: a programmer's or operator's mistake.
    """
    mark = MARKS.get(label.level)
    if mark is None or not mark.oversight:
        raise ValueError(f"no mark of AI for the level {label.level!r}")
    assertions = [
        _assertion(ACTIONS, {"actions": [_action(label, mark.source_types[0], marked_before)]}),
        _assertion(AI_DISCLOSURE, disclosure(label, mark.oversight, generator.model_type)),
        _assertion(OWN, _own(label, generator.owner)),
    ]
    if generator.training:
        assertions.append(_assertion(TRAINING, {"entries": _entries(generator.training)}))
    found: Manifest = {
        "claim_generator_info": [
            {"name": name(generator.name) or "guardrail", "version": name(generator.version) or "0"}
        ],
        "assertions": assertions,
    }
    if not marked_before:  # one id can't name two manifests of one file
        found["label"] = f"urn:c2pa:{_identifier(label)}"
    return found


def disclosure(label: Label, oversight: str, model_type: str = "c2pa.types.model") -> Manifest:
    """Return the data of a ``c2pa.ai-disclosure`` assertion, checked.

    Raises:
        ValueError: An unknown oversight or type of model.
    """
    if oversight not in OVERSIGHT:
        raise ValueError(f"no such oversight: {oversight!r}")
    if model_type not in MODEL_TYPES:
        raise ValueError(f"no such type of model: {model_type!r}")
    data: Manifest = {
        "modelType": model_type,
        "contentProfile": {"humanOversightLevel": oversight},
    }
    if model := name(label.model):
        data["modelName"] = model
    return data


def level_of(source_type: str, oversight: str) -> str:
    """Return the level that a manifest's source type and oversight mean, or an empty string."""
    for level, mark in MARKS.items():
        if source_type in mark.source_types and oversight in {"", mark.oversight}:
            return level
    if source_type.endswith(_BY_AI):
        return "ai-generated"
    if source_type.endswith(_WITH_AI):
        return "ai-assisted"
    return ""


_BY_AI = ("/trainedAlgorithmicMedia", "/trainedAlgorithmicData")
_WITH_AI = (
    "/compositeWithTrainedAlgorithmicMedia",
    "/compositeSynthetic",
    "/algorithmicallyEnhanced",
)


def _action(label: Label, source: str, marked_before: bool) -> Manifest:  # noqa: FBT001
    action: Manifest = {
        "action": "c2pa.edited" if marked_before else "c2pa.created",
        "digitalSourceType": source,
        "softwareAgent": {"name": name(label.model) or "unknown"},
    }
    if label.created:
        action["when"] = _when(label.created)
    return action


def _own(label: Label, owner: Owner) -> Manifest:
    data = {"id": f"urn:uuid:{_identifier(label)}", "level": label.level, "class": label.kind}
    more = {
        "provider": name(label.provider),
        "owner": name(owner.name),
        "ownerNumber": name(owner.number),
        "jurisdiction": name(owner.jurisdiction or label.origin.jurisdiction),
    }
    return {**data, **{key: value for key, value in more.items() if value}}


def _entries(training: Sequence[tuple[str, str]]) -> Manifest:
    for use, permission in training:
        if use not in USES or permission not in PERMISSIONS:
            raise ValueError(f"no such use or permission: {use!r}, {permission!r}")
    return {f"cawg.{use}": {"use": permission} for use, permission in sorted(training)}


def _assertion(label: str, data: Manifest) -> Manifest:
    # Without "created" c2pa-rs lists it as gathered, which says that somebody else vouched for it.
    return {"label": label, "created": True, "data": data}


def _identifier(label: Label) -> str:
    found = _UUID.fullmatch(label.id)
    if not found:
        raise ValueError("a label's id must be urn:uuid:…")
    return found[1].lower()


def _when(seconds: int) -> str:
    moment = datetime.fromtimestamp(min(seconds, _LAST_SECOND), UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
