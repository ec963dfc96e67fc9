"""Ages, where they are a person's: years are served, worked and insured for as well."""

from __future__ import annotations

import re

from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.recognizer import TextRecognizer, Verdict, ends_clean, starts_clean
from guardrail.detect.text.recognizers.age_words import (
    ADDRESSED,
    LABELLED,
    NO_AGE_BEHIND,
    PERSON_BEHIND,
    SPOKEN,
)

_LETTER = "A-Za-zА-яЁёӘәҒғҚқҢңӨөҰұҮүҺһІі"
_KINDS = {
    "sure": (
        r" ?(?:жастамын|жастамыз|жаста(?:ғы|гы)?|жастасыз|[jz]h?astamyn|[jz]h?asta"
        r"|yrs? old m\w{0,3}|y\.?/?o\.?)"
    ),
    "adjective": (
        r"(?:-?(?:х|ти|ми))?-?летн(?:ий|яя|его|ей|ему|юю|им|ими|ие|их)|[ \-]years?[ \-]old"
        r"|[ \-]yrs?[ \-]old|[ \-]жасар"
    ),
    "years": r" ?(?:лет|года?|годика|годиков)",
    "case": r"-(?:те|де|та|да)(?:мын)?",
}
_SUFFIX = lazily(
    "(?i)[0-9]{1,3}(?:" + "|".join(f"(?P<{kind}>{of})" for kind, of in _KINDS.items()) + ")?"
)
_LABELLED = lazily(LABELLED)
_ADDRESSED = lazily(ADDRESSED)
_SPOKEN = lazily(SPOKEN)
_PERSON = lazily(rf"(?i) {PERSON_BEHIND}")
_NO_AGE = lazily(rf"(?i) {NO_AGE_BEHIND}")
_SEEN = 60
"""Code points looked at before an age."""
_OLDEST = 120


class AgeRecognizer(TextRecognizer):
    """How old somebody is said to be: «мне 34 года», «34 жастамын», ``aged 34``."""

    ENTITY = "AGE"
    PATTERN = "[0-9]{1,3}(?i:" + "|".join(_KINDS.values()) + rf")?(?: [{_LETTER}]{{1,16}})?"
    TRIGGERS = (
        "[0-9]",
        (
            r"(?i)[0-9][ \-]?(?:лет|год|[хти]{1,2}-?лет|ми-?лет|жас|[jz]h?as|years?[ \-]old"
            r"|yrs?[ \-]old|y\.?/?o)|возраст|жас(?:ы|ым|ың|ыңыз)[^\pL]|(?:^|[^\pL])aged?[^\pL]"
            r"|[jz]h?asy"
        ),
    )
    BACKWARD = (
        rf"[{_LETTER}./]{{0,20}}(?:[ \-](?:[{_LETTER}/]{{0,14}}|\.o\.?y)){{0,3}}-?[0-9]{{1,3}}"
    )
    LONGEST = 48
    NEAR = 3, _SEEN + 1

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept where the words around make it a person's."""
        start = match.start()
        age = _SUFFIX.match(text, start)
        if age is None or not (starts_clean(text, start) and _ends_alone(text, age.end())):
            return None
        if not 0 < int(re.match("[0-9]+", age[0])[0]) <= _OLDEST:  # type: ignore[index]
            return None
        before = text[max(0, start - _SEEN) : start]
        if not _is_age(age.lastgroup, before, text[age.end() : age.end() + 24]):
            return None
        return Verdict(start=start, end=age.end(), score=0.8, reason="pattern, context")


def _ends_alone(text: str, end: int) -> bool:
    behind = text[end : end + 1]
    return ends_clean(text, end) and not (behind.isalnum() or behind in set("_%/°:$€₸"))


def _is_age(kind: str | None, before: str, behind: str) -> bool:
    """Tell whether a number of `kind` between the two texts is somebody's age."""
    glued = before[-1:].isalnum() or before[-1:] in set("-_/+№#$€₸")
    if glued or _RANGE.search(before):
        return False
    if kind == "sure":
        return True
    if kind == "adjective":
        return bool(_PERSON.match(behind) or _SPOKEN.search(before) or _LABELLED.search(before))
    if _LABELLED.search(before):
        return not behind.startswith(("-", " -", "+")) and not _NO_AGE.match(behind)
    if kind == "years":
        return bool(_ADDRESSED.search(before)) and not _NO_AGE.match(behind)
    return False


_RANGE = lazily(
    r"(?i)(?:от|до|старше|младше|более|менее|свыше|under|over|above|below|асқан)(?: age)? \Z"
)
"""A limit that a law sets is nobody's age."""
