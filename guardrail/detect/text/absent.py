"""Presidio without spaCy: stand-ins for an import that costs 0.9 s and 50 MB and isn't needed.

`presidio_analyzer` imports spaCy (and thinc) at the top of its NLP engines and in the annotations
of its artifacts, whether or not an engine is used. While Presidio is first imported, those names
resolve to stand-ins; afterwards nothing of them is left in `sys.modules`, so a later `import spacy`
gives the real thing. Once it is there, `rebind` gives it to Presidio's modules too.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType

ABSENT = ("spacy", "thinc")
"""Top-level packages that are stood in for."""


class AbsentType(type):
    """The type of stand-in classes: they can be named and subclassed, not used."""

    origin: str
    """The module the real class lives in."""

    def __getattr__(cls, name: str) -> object:
        """Answer any attribute as a decorator factory that changes nothing."""
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_args, **_kwargs: lambda decorated: decorated

    def __call__(cls, *_args: object, **_kwargs: object) -> object:
        """Refuse to make an instance.

        Raises:
            RuntimeError: always; a stand-in has no behaviour.
        """
        raise RuntimeError(f"{cls.__name__} needs spaCy: call presidio.load_spacy() first")


class AbsentModule(ModuleType):
    """A module whose every public name is a stand-in class."""

    def __getattr__(self, name: str) -> AbsentType:
        """Make the stand-in for `name` and keep it."""
        if name.startswith("__"):
            raise AttributeError(name)
        made = AbsentType(name, (), {"origin": self.__name__})
        setattr(self, name, made)
        return made


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] not in ABSENT:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return AbsentModule(spec.name)

    def exec_module(self, _module: ModuleType) -> None:
        """Leave the module empty."""


@contextmanager
def stood_in() -> Iterator[None]:
    """Let imports of spaCy resolve to stand-ins inside the block; do nothing where it is loaded.

    Belongs around the first import of Presidio, at start-up, before other threads import anything.
    """
    if "spacy" in sys.modules:
        yield
        return
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name, module in sys.modules.items() if _is_absent(module)]:
            del sys.modules[name]


def _is_absent(module: object) -> bool:
    return isinstance(module, AbsentModule)


def rebind(package: str) -> int:
    """Replace the stand-ins that modules of `package` hold by the real things; return how many.

    Classes that were derived from a stand-in, and registrations made through one, stay as they
    are: Presidio's Stanza and Hugging Face pipelines need spaCy imported before guardrail.
    """
    count = 0
    for module_name, module in list(sys.modules.items()):
        if module_name.partition(".")[0] != package:
            continue
        for name, value in list(vars(module).items()):
            if isinstance(value, AbsentModule):
                setattr(module, name, importlib.import_module(value.__name__))
                count += 1
            elif isinstance(value, AbsentType) and "origin" in vars(value):
                real = importlib.import_module(value.origin)
                setattr(module, name, getattr(real, value.__name__))
                count += 1
    return count
