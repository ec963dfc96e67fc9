"""Russia's bank accounts: twenty digits, with the bank's BIK or with context."""

from __future__ import annotations

import re

from guardrail.detect.text.identifiers.ru import has_account_key, is_persons_account
from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.recognizer import (
    ENDS,
    LOOK_BEHIND,
    STARTS,
    TextRecognizer,
    Verdict,
    blunt,
    digits_of,
    grouped,
    is_glued,
    run,
    said,
    spelt,
    words,
)

_ACCOUNT = words(
    r"р\.?/?с(?:ч[её]т|ч)?", r"л/с(?:ч[её]т)?", r"рас[чс]?[её]тн\w{2,3} сч[её]т\w{0,2}",
    r"сч[её]т\w{0,2}", r"лицев\w{2,3} сч[её]т\w{0,2}", r"account", r"acct", r"реквизит\w{0,3}",
    r"шот\w{0,6}",
)  # fmt: skip
_BIC = lazily(r"(?i)(?:^|[\W_])(?:бик\w{0,2}|bic)[\W_]{0,5}(0[0-9]{8})(?![0-9])")
_FORM = (
    rf"4{STARTS}(?:{grouped((20,), (5, 3, 1, 4, 7), (5, 3, 12), (5, 3, 1, 11))}"
    rf"|{spelt(5, 4)}|{spelt(20)}){ENDS}"
)


class RuBankAccountRecognizer(TextRecognizer):
    """Account of a client or a deposit."""

    COUNTRY_CODE = "ru"
    ENTITY = "RU_BANK_ACCOUNT"
    SHARP = _FORM
    PATTERN = blunt(_FORM)
    TRIGGERS = (run(20),)
    LONGEST = 39

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept the key of a BIK said before, or a usual account behind words of accounts."""
        account = digits_of(match[0])
        start, end = match.span()
        if not is_persons_account(account) or is_glued(text, start, end):
            return None
        bics = _BIC.findall(text[max(0, start - LOOK_BEHIND) : start])
        if bics and has_account_key(account, bics[-1]):
            return Verdict(start=start, end=end, score=0.97, reason="checksum, structure")
        if said(_ACCOUNT, text, start):
            score = 0.6 if bics else 0.8
            return Verdict(start=start, end=end, score=score, reason="structure, context")
        return None
