"""What commands that look at text ask for, and the detector that it comes to."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, Literal, cast

import typer

from guardrail.cli.options import settings_from
from guardrail.errors import BadInput

if TYPE_CHECKING:
    from guardrail.detect import TextDetector

KEY_VARIABLE = "GUARDRAIL_VAULT_KEY"
"""The one variable that is never a setting."""

MAX_BYTES = 64 << 20
"""Of a text, or of one line of many."""

InFile = Annotated[
    Path, typer.Argument(help="A text file, or - for standard input.", show_default=False)
]
Tier = Annotated[
    Literal["fast", "standard"] | None,
    typer.Option(
        help="How much to spend on a text: standard asks a larger model about English names, too "
        "[standard]."
    ),
]
Profile = Annotated[
    Literal["default", "code", "strict"] | None,
    typer.Option(help="For what kind of text: code for programs and logs [default]."),
]
Entities = Annotated[
    str | None,
    typer.Option(help="Look for these only, with commas between: KZ_IIN,PHONE_NUMBER."),
]
MinScore = Annotated[
    float | None,
    typer.Option(help="Leave out what is less sure, from 0 to 1 [0.5].", min=0.01, max=1.0),
]
Recognizers = Annotated[
    Path | None, typer.Option(help="YAML file with recognizers of your own, in Presidio's form.")
]


def detector_from(config: Path | None, flags: Mapping[str, object]) -> TextDetector:
    """Return the detector that flags, variables and a settings file ask for together.

    Loading settings takes as long as all the rest: where none could say anything, none are loaded.

    Args:
        config: the settings file; None for none.
        flags: `tier`, `profile`, `entities`, `min_score`, `recognizers`; None where not given.

    Raises:
        ConfigError: something asked for can't be.
    """
    least = flags.get("min_score")
    thresholds = {"*": least} if isinstance(least, float) else {}
    if config is None and not _is_set(os.environ) and not _ASKED_OF_SETTINGS & _given(flags):
        return _detector(flags, thresholds)
    from guardrail.shells.detectors import detectors_for

    settings = settings_from(
        config,
        {
            "detect.tier": flags.get("tier"),
            "detect.profile": flags.get("profile"),
            "detect.entities.only": flags.get("entities"),
            "detect.recognizers": flags.get("recognizers"),
            "detect.thresholds": thresholds or None,
        },
    )
    return detectors_for(settings.detect, key=os.urandom(32)).usual


_ASKED_OF_SETTINGS = frozenset({"entities", "recognizers"})
"""Flags that only settings make something of."""


def _is_set(environment: Mapping[str, str]) -> bool:
    """Tell whether a variable may be a setting."""
    return any(name.startswith("GUARDRAIL_") and name != KEY_VARIABLE for name in environment)


def _given(flags: Mapping[str, object]) -> set[str]:
    return {name for name, value in flags.items() if value is not None}


def _detector(flags: Mapping[str, object], thresholds: Mapping[str, float]) -> TextDetector:
    """Return the detector that flags ask for which the command line has checked."""
    from guardrail.detect import Options, text_detector

    profile = cast("str | None", flags.get("profile")) or Options().profile
    tier = cast("Literal['fast', 'standard'] | None", flags.get("tier")) or "standard"
    options = Options(profile=profile, thresholds=thresholds)
    return text_detector(memo_key=os.urandom(32), tier=tier, options=options)


def open_text(file: Path) -> BinaryIO:
    """Return `file` opened to be read, or standard input for ``-``.

    Raises:
        BadInput: it can't be.
    """
    import sys

    if str(file) == "-":
        return sys.stdin.buffer
    try:
        return file.open("rb")
    except OSError as error:
        raise BadInput(f"{file}: {error.strerror}") from None


def read_text(stream: BinaryIO) -> str:
    """Return all the text of `stream`, line ends and byte order mark as they are.

    Raises:
        BadInput: it is longer than `MAX_BYTES`, or isn't UTF-8.
    """
    try:
        return bounded(stream.read(MAX_BYTES + 1), "the text").decode()
    except UnicodeDecodeError as error:
        raise BadInput(f"the text isn't UTF-8 at byte {error.start}") from None
    except OSError as error:
        raise BadInput(f"the text can't be read: {error.strerror}") from None


def bounded(data: bytes, name: str) -> bytes:
    """Return `data`.

    Raises:
        BadInput: it is longer than `MAX_BYTES`.
    """
    if len(data) > MAX_BYTES:
        raise BadInput(f"{name} is longer than {MAX_BYTES} bytes")
    return data
