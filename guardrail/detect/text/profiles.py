"""Ways of looking, by what a route carries: data that options name and add to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

REGEX = "regex:"
"""What an allowed value begins with where it is a regular expression."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Where findings begin, what isn't looked for, and what is nobody's."""

    thresholds: Mapping[str, float] = field(default_factory=dict)
    """Entity, or ``*`` for all others, to the least score of a finding."""
    without: frozenset[str] = frozenset()
    """Entities that aren't looked for."""
    allow: tuple[str, ...] = ()
    """Values that are no findings; behind `REGEX` an expression for the whole value."""


_CODE = Profile(
    thresholds={
        # Identifiers and comments are full of words that are names elsewhere.
        **dict.fromkeys(("PERSON", "TITLE", "AGE", "STREET_ADDRESS", "KZ_POST_CODE"), 0.9),
        **dict.fromkeys(("DATE_OF_BIRTH", "GEO_COORDINATES", "PHONE_NUMBER", "MINOR"), 0.8),
        **dict.fromkeys(("HEALTH", "RELIGION", "ETHNICITY", "POLITICAL_OPINION"), 0.8),
        **dict.fromkeys(("SEXUAL_ORIENTATION", "TRADE_UNION", "CRIMINAL_RECORD"), 0.8),
        "BIOMETRIC_DATA": 0.8,
    },
    without=frozenset({"USERNAME"}),
    allow=(
        # RFC 1918, 6598 and 3927, loopback, unspecified: nobody's address outside of one network.
        r"regex:(?:10|127)(?:\.[0-9]{1,3}){3}",
        r"regex:192\.168(?:\.[0-9]{1,3}){2}",
        r"regex:172\.(?:1[6-9]|2[0-9]|3[01])(?:\.[0-9]{1,3}){2}",
        r"regex:100\.(?:6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])(?:\.[0-9]{1,3}){2}",
        r"regex:169\.254(?:\.[0-9]{1,3}){2}",
        "0.0.0.0",  # noqa: S104 - what code says, not where anything listens
        r"regex:::1?|f[cde][0-9a-f]{2}:[0-9a-f:.]{1,40}",
        # RFC 2606 and 6761: domains that belong to nobody; addresses of robots.
        r"regex:[^@]{1,64}@(?:[a-z0-9\-]{1,63}\.){0,4}example(?:\.(?:com|net|org|kz))?",
        r"regex:[^@]{1,64}@(?:[a-z0-9\-]{1,63}\.){0,4}(?:test|invalid|localhost)",
        r"regex:(?:git|hg|svn)@[a-z0-9.\-]{1,253}",
        r"regex:(?:noreply|no-reply|donotreply)@[a-z0-9.\-]{1,253}",
        r"regex:[^@]{1,64}@users\.noreply\.github\.com",
    ),
)

PROFILES: Mapping[str, Profile] = {
    "default": Profile(),
    "code": _CODE,
    "strict": Profile(thresholds={"*": 0.3}),
}
"""``default`` is for people who write; ``code`` for assistants that read programs and logs, and
keeps looking for every secret; ``strict`` takes what is only likely, too."""
