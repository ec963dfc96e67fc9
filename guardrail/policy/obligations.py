"""Duties of the law as data: which control meets each, which rule and test show it, or why not.

`policies/obligations.yaml` lists every duty that was found, those that the product can't meet
included. `policies/<framework>/map.yaml` ties the controls of a standard to them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from importlib.resources.abc import Traversable
from typing import Annotated, Literal

from pydantic import Field, StrictBool, StringConstraints, TypeAdapter, model_validator

from guardrail.errors import ConfigError, nearest
from guardrail.policy.closed import Closed, parse
from guardrail.policy.document import MAX_BYTES, read_document
from guardrail.policy.pack import Pack, read_file
from guardrail.policy.schema import QuotedDate, Remark, Texts

OBLIGATIONS, MAP = "obligations.yaml", "map.yaml"

ObligationId = Annotated[
    str, StringConstraints(pattern=r"^[A-Z]{2,4}-[A-Za-z0-9.-]*[A-Za-z0-9]$", max_length=40)
]
ControlName = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,8}$")]
Path = Annotated[str, StringConstraints(pattern=r"^guardrail(/[a-z_]+)+(\.py)?$")]
TestPath = Annotated[
    str, StringConstraints(pattern=r"^tests(/[a-z0-9_]+)+(\.py)?(::test_[a-z0-9_]+)?$")
]


class Control(Closed):
    """A part of the product that duties are met by."""

    does: Remark
    where: tuple[Path, ...] = ()
    why_not: Remark | None = None
    """What is missing, where there is no such part yet."""

    @model_validator(mode="after")
    def _be_somewhere(self) -> Control:
        if bool(self.where) is (self.why_not is not None):
            raise ValueError("a control says either 'where' it is or 'why_not'")
        return self


class Obligation(Closed):
    """One duty."""

    id: ObligationId
    law: Remark
    cite: Remark
    """Where in the law, in words: several articles may ask the same."""
    duty: Remark
    applies_from: QuotedDate | None = None
    met: Literal["yes", "partly", "no"]
    """By the product itself; what is the operator's counts as not met by it."""
    controls: Annotated[tuple[ControlName, ...], Field(min_length=1)]
    tests: tuple[TestPath, ...] = ()
    no_rule: Remark | None = None
    """Why no rule of a pack stands for it."""
    no_test: Remark | None = None
    """Why no test shows it."""

    @model_validator(mode="after")
    def _show_it(self) -> Obligation:
        if bool(self.tests) is (self.no_test is not None):
            raise ValueError("an obligation has either 'tests' or 'no_test'")
        return self


class Register(Closed):
    """All duties and controls."""

    controls: dict[ControlName, Control]
    obligations: Annotated[tuple[Obligation, ...], Field(min_length=1, max_length=2_000)]

    @model_validator(mode="after")
    def _fit_together(self) -> Register:
        ids = [one.id for one in self.obligations]
        twice = sorted({one for one in ids if ids.count(one) > 1})
        if twice:
            raise ValueError(f"two obligations are called {', '.join(twice)}")
        for one in self.obligations:
            for name in one.controls:
                if name not in self.controls:
                    known = nearest(name, self.controls)
                    raise ValueError(f"{one.id}: no control {name!r}{known}")
        return self

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of all duties, in order."""
        return tuple(one.id for one in self.obligations)

    def controlled(self, obligation: str) -> bool:
        """Tell whether a part of the product that is there stands for a duty."""
        return any(
            self.controls[name].where
            for one in self.obligations
            if one.id == obligation
            for name in one.controls
        )


class Mapped(Closed):
    """A control of a standard, and what of ours answers to it."""

    id: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z0-9 .-]{1,30}$")]
    about: Remark
    obligations: tuple[ObligationId, ...] = ()
    rules: tuple[str, ...] = ()
    gap: Remark | None = None
    """What is left to whoever runs the product."""

    @model_validator(mode="after")
    def _say_something(self) -> Mapped:
        if not (self.obligations or self.rules or self.gap):
            raise ValueError("a mapped control names obligations or rules, or says its 'gap'")
        return self


class Framework(Closed):
    """A standard as a map: no rules, but which rules and duties answer to its controls."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
    version: Annotated[str, StringConstraints(pattern=r"^20\d\d\.\d{1,2}\.\d{1,4}$")]
    title: Texts
    source: Remark
    verify_with_counsel: StrictBool
    controls: Annotated[tuple[Mapped, ...], Field(min_length=1, max_length=500)]

    @property
    def ref(self) -> str:
        """Id and version, as ``iso-42001@2026.11.1``."""
        return f"{self.id}@{self.version}"


_REGISTER = TypeAdapter(Register)
_FRAMEWORK = TypeAdapter(Framework)


def has_register(root: Traversable) -> bool:
    """Tell whether a folder of packs lists duties of its own."""
    return root.joinpath(OBLIGATIONS).is_file()


def load_register(root: Traversable) -> Register:
    """Return the duties that `root` lists.

    Raises:
        ConfigError: the file isn't there or isn't as it must be.
    """
    try:
        with root.joinpath(OBLIGATIONS).open("rb") as opened:
            raw = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{OBLIGATIONS}: can't be read: {error.strerror}") from error
    return parse(_REGISTER, read_document(raw, OBLIGATIONS), OBLIGATIONS)


def framework_names(root: Traversable) -> tuple[str, ...]:
    """Return the names of the standards that a folder has maps of, sorted."""
    return tuple(sorted(item.name for item in root.iterdir() if item.joinpath(MAP).is_file()))


def load_framework(root: Traversable, name: str) -> Framework:
    """Return the map called `name`.

    Raises:
        ConfigError: it isn't there, isn't as it must be, or its id isn't its folder's name.
    """
    known = framework_names(root)
    if name not in known:
        raise ConfigError(
            f"no map {name!r}{nearest(name, known)}", fix=f"maps: {', '.join(known) or 'none'}"
        )
    _, raw = read_file(root.joinpath(name), MAP, name)
    framework = parse(_FRAMEWORK, raw, f"{name}/{MAP}")
    if framework.id != name:
        raise ConfigError(f"{name}/{MAP}: the id {framework.id!r} isn't the folder's name")
    return framework


def rules_by_obligation(packs: Sequence[Pack]) -> Mapping[str, tuple[str, ...]]:
    """Return which rules of which packs stand for each duty, in the packs' order."""
    found: dict[str, tuple[str, ...]] = {}
    for pack in packs:
        for rule in pack.rules:
            for one in rule.obligation:
                found[one] = (*found.get(one, ()), rule.id)
    return found


def unanswered(register: Register, packs: Sequence[Pack]) -> Iterator[str]:
    """Yield what doesn't fit between duties and rules; nothing is the good answer."""
    met = rules_by_obligation(packs)
    for one in register.obligations:
        if one.id in met and one.no_rule is not None:
            yield f"{one.id}: 'no_rule', but {met[one.id][0]} stands for it"
        if one.id not in met and one.no_rule is None:
            yield f"{one.id}: no rule stands for it, and 'no_rule' doesn't say why"
    for obligation in sorted(met.keys() - set(register.ids)):
        hint = nearest(obligation, register.ids)
        yield f"{met[obligation][0]}: no obligation {obligation!r}{hint}"


def unmapped(framework: Framework, register: Register, rules: Collection[str]) -> Iterator[str]:
    """Yield the names in a standard's map that stand for nothing."""
    for control in framework.controls:
        for one in control.obligations:
            if one not in register.ids:
                yield f"{control.id}: no obligation {one!r}{nearest(one, register.ids)}"
        for rule in control.rules:
            if rule not in rules:
                yield f"{control.id}: no rule {rule!r}{nearest(rule, rules)}"
