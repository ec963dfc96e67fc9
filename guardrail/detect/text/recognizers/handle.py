"""User names that a person is reached by: handles, profile links, and logins that are named."""

from __future__ import annotations

import re

from guardrail.detect.text.recognizer import TextRecognizer, Verdict, words
from guardrail.detect.text.recognizers.handle_words import (
    CODE_WORDS,
    NO_HANDLES,
    NO_LOGINS,
    NO_PROFILES,
)

_SITES = (
    r"(?:t\.me|telegram\.me|instagram\.com|vk\.com|facebook\.com|fb\.com|linkedin\.com/in"
    r"|twitter\.com|x\.com|tiktok\.com|threads\.net|ok\.ru/profile|ok\.ru)"
)
_LINK = rf"(?i:(?:https?://)?(?:www\.|m\.)?{_SITES})/@?[A-Za-z0-9_][A-Za-z0-9_.\-]{{1,62}}"
_AT = r"@[A-Za-z][A-Za-z0-9_.]{3,31}"
_PLAIN = r"(?:live:)?[A-Za-z][A-Za-z0-9_.\-]{2,31}"
_LABEL = (
    r"(?i:логин|login|username|user ?name|ник|никнейм|nick(?:name)?|skype|скайп|телеграм\w{0,1}"
    r"|telegram|tg|тг|телега|инста(?:грам\w{0,1})?|insta(?:gram)?|inst|discord|дискорд|вк|vk)"
)
_SPOKEN_OF = words(
    _LABEL, r"телеграм\w{0,3}", r"телег[еуи]", r"инст[еуы]", r"инстаграм\w{0,3}", r"аккаунт\w{0,3}",
    r"account", r"profile", r"профил\w{1,2}", r"handle", r"ник\w{0,3}", r"пиши\w{0,2}",
    r"напиши\w{0,2}",
    r"жаз\w{0,5}", r"подпис\w{1,7}", r"contact", r"dm", r"message", r"tiktok", r"тикток\w{0,2}",
    r"twitter", r"твиттер\w?", r"threads", r"follow", r"find me", r"add me",
    r"reach me", r"my", r"мо[йяё]",
    r"менің", r"найд\w{1,5}", r"ищи\w{0,2}", r"добав\w{1,4}", r"отмет\w{1,5}", r"парақша\w{0,5}",
    r"страниц\w{1,2}", r"канал\w{0,2}", r"арна\w{0,3}", r"бетім\w{0,3}",
)  # fmt: skip
_NAMED = re.compile(rf"(?:^|[^\w.])(?P<label>{_LABEL})[\"']?(?: ?[:=\-] ?| )[\"']?\Z")
_CODE = re.compile(r"[{}();=<>*\\|#&$`\[\]]|//|(?:^|\W)(?:" + "|".join(CODE_WORDS) + r")\W")
_SEEN = 40
_CYRILLIC = re.compile("[Ѐ-ӿ]")


class UsernameRecognizer(TextRecognizer):
    """Handle, profile link or login of a person."""

    ENTITY = "USERNAME"
    PATTERN = f"{_LINK}|{_AT}|{_PLAIN}"
    TRIGGERS = (
        (
            rf"(?i)(?:^|[^\w.])@[a-z]|{_SITES}/"
            rf"|(?:^|[^\pL\d_.]){_LABEL}[\"']?(?: ?[:=\-] ?| )[\"']?@?[a-z]"
        ),
    )
    BACKWARD = r"[A-Za-z0-9_.\-@]{0,66}[/:][A-Za-z0-9_.\-:/]{0,40}"
    LONGEST = 128

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept a link, a handle outside of code, or what a label names."""
        start = match.start()
        before = text[max(0, start - 1) : start]
        if before.isalnum() or before in set("_@./\\-+$%&#"):
            return None
        end = start + len(match[0].rstrip(".-"))
        behind = text[end : end + 1]
        if behind.isalnum() or behind in set("@/(_[\\="):
            return None
        score = _score(text, start, text[start:end])
        reason = "pattern" if score == _BARE else "pattern, context"
        return Verdict(start=start, end=end, score=score, reason=reason) if score else None

    def resume(self, text: str, match: re.Match[str]) -> int:  # noqa: ARG002 - the base's signature
        """Look on where a token may start: behind a colon, else behind the match."""
        colon = match[0].find(":")
        return match.end() if colon < 0 else match.start() + colon + 1


_BARE = 0.6
"""The score of a handle that nothing but its looks speaks for."""


def _score(text: str, start: int, value: str) -> float:
    if value.startswith("@"):
        return _score_of_handle(text, start, value)
    return _score_of_link(value) if "/" in value else _score_of_login(text, start, value)


def _score_of_link(value: str) -> float:
    path = _SITE_BEFORE.sub("", value).lstrip("@")
    first = re.split(r"[/?.]", path.casefold(), maxsplit=1)[0]
    nobody = first in NO_PROFILES or path.casefold() in NO_PROFILES
    communal = _COMMUNAL.match(path) is not None
    return 0.0 if nobody or communal or len(path) < 2 else 0.85


_SITE_BEFORE = re.compile(rf"(?i)^(?:https?://)?(?:www\.|m\.)?{_SITES}/")
_COMMUNAL = re.compile(r"(?i)(?:wall|club|public|event|topic|video|photo|album|app|doc)-?[0-9]")
"""What vk.com calls its groups and posts."""


def _score_of_handle(text: str, start: int, value: str) -> float:
    name = value[1:].rstrip(".").casefold()
    if name in NO_HANDLES or name.partition(".")[0] in NO_HANDLES:
        return 0.0
    line = text[max(0, start - _SEEN) : start].rpartition("\n")[2]
    prose = _PAREN.sub(" ", line)
    code = _CODE.search(prose) is not None
    if _NAMED.search(prose) or (_SPOKEN_OF.search(prose) and not code):
        return 0.85
    digits = any(one.isdigit() for one in name)
    if not line.strip(" \t-•"):  # where decorators stand
        behind = text[start + len(value) : start + len(value) + 1]
        usual = digits or behind in set(",!?") or (behind == " " and "_" in name)
    else:
        usual = digits or "_" in name or _PLAIN_NAME.fullmatch(value) is not None
    return _BARE * (usual and not code)


_PLAIN_NAME = re.compile("@[a-z]+(?:[.][a-z]{4,})?")
_PAREN = re.compile(r"(?:^|[ \t])\(\Z")


def _score_of_login(text: str, start: int, value: str) -> float:
    label = _NAMED.search(text[max(0, start - _SEEN) : start])
    if label is None or value.casefold() in NO_LOGINS:
        return 0.0
    if value.startswith("live:"):
        return 0.85
    said = label["label"].casefold()
    digits = any(one.isdigit() for one in value)
    joint = label[0][label.end("label") - label.start() :]
    if "=" in joint and said in _CODE_LABELS:
        return 0.0
    if joint.strip(" \"'"):
        return 0.8 if digits or said == "skype" or _CYRILLIC.search(said) else 0.0
    return 0.7 if said not in _CODE_LABELS and (digits or "_" in value) else 0.0


_CODE_LABELS = frozenset({"login", "username", "user name", "nick", "nickname", "vk"})
