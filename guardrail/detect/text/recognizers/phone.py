"""Telephone numbers: Kazakhstan's and Russia's as people write them, others with ``+``."""

from __future__ import annotations

import re

from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.recognizer import (
    COUNTED,
    ENDS,
    STARTS,
    TextRecognizer,
    Verdict,
    blunt,
    digits_of,
    ends_clean,
    groups_of,
    is_glued,
    right_before,
    runs_of,
    said,
    words,
)
from guardrail.detect.text.recognizers.phone_plan import Line, international_line, national_line

_SPOKEN = words(
    r"тел", r"телефон\w{0,6}", r"сот\w{0,6}", r"моб\w{0,7}", r"звон\w{1,5}", r"\w{2,3}звон\w{1,5}",
    r"whats ?app", r"wa\.me", r"вотсап\w{0,2}", r"ватс?ап\w{0,2}", r"вацап\w{0,2}",
    r"телеграм\w{0,2}", r"telegram", r"viber", r"вайбер\w{0,2}", r"байланыс\w{0,6}",
    r"хабарлас\w{0,8}", r"қоңырау\w{0,4}", r"ұялы", r"тұтқа", r"контакт\w{0,4}", r"связ\w{1,5}",
    r"трубк\w{1,2}", r"(?:tele)?phone(?: ?n(?:o|umber))?", r"mobile", r"msisdn", r"call", r"tel",
    r"cell", r"contact", r"sms", r"смс", r"text me",
)  # fmt: skip
_NEAR = right_before(
    r"номер\w{0,3}", r"нөмір\w{0,6}", r"number", r"whatsapp", r"вотсап\w{0,2}", r"набери\w{0,2}",
    between=0,
)  # fmt: skip
"""Words that other numbers have as well, so that they must stand right before."""


_GAP, _MAYBE = r"[ ().\-]{1,3}", r"[ ().\-]{0,3}"
_APART = "".join(rf"(?<![0-9][ ().\-]{{{size}}}[78])" for size in (1, 2, 3))
_FORM = (
    r"[+(0789](?:"
    rf"(?<=\+)(?<![0-9_+]\+)\(?(?P<plus>[0-9](?:{_MAYBE}[0-9]){{7,14}})"
    rf"|(?<=[78]){STARTS}(?P<trunk>{_GAP}[0-9]{{3}}(?:{_MAYBE}[0-9]){{7}}"
    rf"|[0-9]{{3}}{_GAP}[0-9](?:{_MAYBE}[0-9]){{6}}|[0-9]{{4}}{_GAP}[0-9](?:{_MAYBE}[0-9]){{5}})"
    rf"|(?<=[78]){STARTS}(?P<eleven>[0-9]{{10}})"
    rf"|(?<=[78]){_APART}(?P<spelt>(?:{_GAP}[0-9]){{10}})(?!{_GAP}[0-9][^0-9])(?!{_GAP}[0-9]\Z)"
    rf"|(?<=[79]){STARTS}(?P<bare>[0-9]{{2}}{_GAP}(?:[0-9]{{7}}|[0-9]{{3}}{_GAP}[0-9]{{4}}"
    rf"|[0-9]{{3}}{_GAP}[0-9]{{2}}{_GAP}[0-9]{{1,2}}(?:{_GAP}[0-9])?|[0-9]{{2}}{_GAP}[0-9]{{2}}{_GAP}[0-9]{{3}}))"
    rf"|(?<=[79]){STARTS}(?P<ten>[0-9]{{9}})"
    rf"|(?<=\()(?P<area>[3-9][0-9]{{2,4}}\) ?[0-9](?:{_MAYBE}[0-9]){{4,6}})"
    rf"|(?<=0){STARTS}0{_MAYBE}(?P<zeros>[1-9](?:{_MAYBE}[0-9]){{7,13}})"
    rf"){ENDS}"
)
_BEHIND_AREA = {
    (7,), (3, 4), (3, 2, 2), (2, 2, 3), (4, 3), (2, 3, 2), (3, 2, 1, 1),
    (6,), (2, 2, 2), (3, 3), (2, 4), (5,), (1, 2, 2), (2, 3), (3, 2), (1, 4),
}  # fmt: skip
"""How people group what follows the code of an area or an operator."""

_SCORES = {"trunk": 0.75, "eleven": 0.6, "spelt": 0.75, "bare": 0.6, "ten": 0.3, "area": 0.6}
"""How sure a form is before context, for a number that its plan knows."""


_PLAIN = {
    (1, 3, 3, 2, 2), (1, 3, 3, 4), (1, 3, 7), (1, 10), (1, 3, 2, 2, 3), (4, 3, 2, 2), (4, 3, 4),
}  # fmt: skip
"""Groups that are a telephone number's even with other numbers beside."""


def _is_written(text: str, match: re.Match[str]) -> bool:
    """Tell whether groups without ``+`` are as people write them, and no part of a table."""
    shape = groups_of(match[0])
    if shape in _PLAIN:
        return True
    before = text[max(0, match.start() - 2) : match.start()]
    if _GOES_ON.match(text, match.end()) or _GOES_BEFORE.search(before):
        return False
    if shape[0] == 1:
        return shape[1] < 6 and shape[2:] in _BEHIND_AREA
    return shape[0] == 3 or shape[1:] in _BEHIND_AREA


_RUN = lazily(rf"[0-9](?:{_MAYBE}[0-9]){{7,14}}")
_GOES_ON = lazily(r"[ .\-][0-9]")
_GOES_BEFORE = lazily(r"[0-9][ .\-]\Z")
_PATH = ("/", "=", "#")


class PhoneRecognizer(TextRecognizer):
    """Telephone number that its numbering plan knows (libphonenumber)."""

    VERSION = "2"
    ENTITY = "PHONE_NUMBER"
    SHARP = _FORM
    PATTERN = blunt(_FORM)
    TRIGGERS = (rf"[0-9](?:{_MAYBE}[0-9]){{9}}|\+\(?[0-9](?:{_MAYBE}[0-9]){{7}}",)
    LONGEST = 62
    DIGITS = (8, 4)

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept what a numbering plan knows, in a form or a context that speaks for it."""
        form = str(match.lastgroup)
        if form in ("plus", "zeros"):
            return self._international(text, match, form)
        digits = digits_of(match[0])
        national = digits[1:] if form in ("trunk", "eleven", "spelt") else digits
        line = national_line(national) if len(national) == 10 else None
        if line is None:
            return None
        score = _SCORES[form]
        if line is not Line.MOBILE and form in ("eleven", "bare"):
            score = 0.3
        if form in ("trunk", "bare") and not _is_written(text, match):
            score = 0.3
        return self._weigh(text, *match.span(), score, lone=form in ("eleven", "ten"))

    def _international(self, text: str, match: re.Match[str], form: str) -> Verdict | None:
        run = _RUN.match(text, match.start(form))
        for number, shape, end in runs_of(run, range(8, 16)) if run else ():
            line = international_line(number) if ends_clean(text, end) else None
            if line is None:
                continue
            home = line is Line.MOBILE and number[0] == "7"
            score = 0.9 if form == "plus" else 0.6 if home else 0.3
            lone = form == "zeros" and len(shape) == 1
            return self._weigh(text, match.start(), end, score, lone=lone)
        return None

    def _weigh(
        self, text: str, start: int, end: int, score: float, *, lone: bool
    ) -> Verdict | None:
        context = said(_SPOKEN, text, start) or said(_NEAR, text, start)
        if not context:
            if is_glued(text, start, end):
                return None
            if lone and (text[start - 1 : start] in _PATH or said(COUNTED, text, start)):
                return None
        score = min(0.99, score + 0.25 * context)
        if score < 0.5:
            return None
        reason = "numbering plan, context" if context else "numbering plan"
        return Verdict(start=start, end=end, score=score, reason=reason)
