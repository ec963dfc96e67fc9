"""Geographic coordinates exact enough to be somebody's place: some ten metres."""

from __future__ import annotations

import re

from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.recognizer import TextRecognizer, Verdict, said, words

_MINUTE = "['\u2032\u2019]"
_SECOND = "(?:[\"\u2033\u201d]|''|\u2019\u2019)"
_FINE = r"[+\-]?[0-9]{1,3}\.[0-9]{4,15}"
_SIDE = r"(?:[NSEWnsew]|[СЮЗВсюзв]\.? ?[шд]?\.?|[LElbe]\.?)"
_DMS = (
    rf"[0-9]{{1,3}}° ?[0-9]{{1,2}} ?{_MINUTE}"
    rf"(?: ?[0-9]{{1,2}}(?:[.,][0-9]{{1,6}})? ?{_SECOND})? ?{_SIDE}"
)
_NAMED = (
    r"""["']?[,;&]? {0,2}["']?(?:[Ll]ongitude|[Ll]ong?|[Ll]ng|[Дд]олгота|[Бб]ойл[ық]{2}|бойлык)"""
    r"""["']? {0,2}[:=] {0,2}["']?"""
)
_BETWEEN = rf"(?:°? ?(?:[NSns] ?)?(?:[,;/|] {{0,2}}| {{1,3}}|%2[Cc])|{_NAMED})"

_PLACE = words(
    r"координат\w{0,6}|геолокаци\w{1,3}|геопозици\w{1,3}|геоточк\w{1,3}|локаци\w{1,3}|"
    r"широт\w{1,2}|долгот\w{1,2}|ендік\w{0,4}|ендик\w{0,4}|бойлық\w{0,4}|орналас\w{0,8}|"
    r"местоположени\w{1,2}|coordinat\w{1,4}|coords?|geo\w{0,9}|locations?|located|"
    r"lat(?:itude)?|lng|lon(?:g(?:itude)?)?|latlng|latlon|gps|2gis|жив[уеё]\w{0,2}"
)
_LINKED = lazily(
    r"(?i)(?:geo:|/@|/place/|/dir/"
    r"|[/?&](?:q|ll|pt|whatshere\[point\]|center|[ds]addr|destination|origin|query|loc|point|geo"
    r"|markers?|coord\w{0,7})=(?:loc:)?)\Z"
)
_LIST_BEFORE = lazily(r"[0-9]\]?[,;]?[ \n]{0,3}\[?[+\-]?\Z|[0-9.A-Za-z_]\Z")
_LIST_BEHIND = lazily(r"[0-9A-Za-z_]|\.[0-9]|\]?[,;]? ?\[? ?[+\-]?[0-9]")
_BOXED = lazily(r"[\[({=]\s?\Z")
_NUMBER = lazily(_FINE)
_WHOLE = lazily(r"([0-9]{1,3})°")
_WORD = lazily(r"[^\W\d_]{3}")


class GeoRecognizer(TextRecognizer):
    """Latitude with longitude: decimal, in degrees and minutes, or in a link to a map."""

    ENTITY = "GEO_COORDINATES"
    VERSION = "2"
    PATTERN = rf"{_FINE}{_BETWEEN}{_FINE}(?:° ?[EWew])?|{_DMS}[,; ]{{0,3}}{_DMS}"
    TRIGGERS = (r"[0-9]\.[0-9]{4}|[0-9]° ?[0-9]",)
    BACKWARD = (
        "[0-9., ;'\"\u2032\u2019\u2033\u201d°NSEWnsewСЮЗВсюзвшдLlb]{0,64}°[0-9.+\\-]{1,20}"
        r"|(?: ?°)?[,; \[\]+\-]{0,5}[0-9.]{0,20}[+\-]?[^.\n]{0,26}[0-9]{4,15}\.[0-9]{1,3}"
    )
    LONGEST = 87
    DIGITS = (2, 1)

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept a pair in range that belongs to no longer list of numbers."""
        if _WHOLE.match(match[0]):
            return self._sexagesimal(text, match)
        return self._decimal(text, match)

    def _decimal(self, text: str, match: re.Match[str]) -> Verdict | None:
        start, end = match.span()
        near, far = sorted(abs(float(one)) for one in _NUMBER.findall(match[0])[:2])
        if near > 90 or far > 180:
            return None
        if _LINKED.search(text[max(0, start - 32) : start]):
            return Verdict(start=start, end=end, score=0.95, reason="pattern, context")
        if _LIST_BEFORE.search(text[max(0, start - 8) : start]) or _LIST_BEHIND.match(text, end):
            return None
        if _WORD.search(match[0]) or said(_PLACE, text, start):
            return Verdict(start=start, end=end, score=0.9, reason="pattern, context")
        alone = near >= 10 and self._is_pair(text, match)
        return Verdict(start=start, end=end, score=0.6, reason="pattern") if alone else None

    def _is_pair(self, text: str, match: re.Match[str]) -> bool:
        """Tell whether two numbers stand as people write coordinates and little else."""
        start = match.start()
        places = [len(one.partition(".")[2]) for one in _NUMBER.findall(match[0])[:2]]
        alike = max(places) <= 8 and max(places) - min(places) <= 2
        boxed = _BOXED.search(text[max(0, start - 2) : start]) is not None
        return alike and not boxed and "," in match[0]

    def _sexagesimal(self, text: str, match: re.Match[str]) -> Verdict | None:
        start, end = match.span()
        degrees = [int(one) for one in _WHOLE.findall(match[0])]
        if text[max(0, start - 1) : start].isalnum() or text[end : end + 1].isalnum():
            return None
        if max(degrees) > 180 or min(degrees) > 90:
            return None
        return Verdict(start=start, end=end, score=0.9, reason="pattern, structure")
