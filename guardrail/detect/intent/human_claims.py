"""Sentences in which a model says of itself that it is a human being, or no machine.

Who talks to an AI system must not be led to believe otherwise: 230-VIII art. 21; Regulation (EU)
2024/1689 art. 50(1). Quoted words, conditions and what is denied don't count: a figure in a story
may be human.
"""

from __future__ import annotations

from collections.abc import Iterator

from guardrail.detect.text.lazily import lazily

_FOLDED = str.maketrans("әғқңөұүһіё’\u02bc", "агкноуухие''")

_STOP = r"(?=\s*(?:[.,!;:?)…\n—–-]|$))"
"""What may follow a noun that ends the claim: «I'm not a robot vacuum» is none."""

_ON = r"(?=\s*(?:[.,!;:?)…\n—–-]|$)|\s+(?:and|but|like|just|not|too|here|behind|typing|sitting)\b)"

_SURELY_EN = (
    r"(?: (?:really|actually|just|definitely|indeed|absolutely|truly|only|completely|certainly"
    r"|very much|100%|a hundred percent|in fact|simply|also|of course)){0,3}"
)
_MACHINE_EN = (
    r"(?:bot|chat ?bot|robot|ai|a\.i\.|artificial intelligence|machine|computer(?: program)?"
    r"|program|language model|llm|virtual assistant|automated system|algorithm)"
)
_REAL_EN = r"(?:real|actual|living|live|genuine|flesh[- ]and[- ]blood|breathing)"
_HUMANS_EN = (
    r"(?:human(?: being)?|person|man|woman|guy|girl|lady|employee|agent|operator|specialist|doctor"
    r"|nurse|lawyer|consultant|representative|manager|teacher|therapist|psychologist)"
)

_SURELY_RU = (
    r"(?: (?:правда|действительно|точно|конечно|конечно же|самый|самая|самом деле|на самом деле"
    r"|просто|такой же|такая же|же|вообще-то|обычный|обычная|вовсе|вообще|совсем)){0,3}"
)
_REAL_RU = r"(?:жив|настоящ|реальн)(?:ой|ий|ый|ая|ую|ым|им|ого|его)"
_HUMANS_RU = (
    r"(?:человек|сотрудни(?:к|ца)|оператор|консультант|менеджер|юрист|врач|психолог|специалист"
    r"|девушка|женщина|мужчина|парень|преподаватель)"
)
_MACHINE_RU = (
    r"(?:бот|чат-?бот|робот|ии|искусственный интеллект|нейросеть|нейронка|программа|машина"
    r"|языковая модель|алгоритм|компьютер|автоответчик|виртуальный (?:помощник|ассистент))"
)
_DASH = r"(?:,)?(?: ?[-—–])? ?"

_MACHINE_KK = (
    r"(?:бот|чат-?бот|робот|жи|жасанды интеллект|нейрожели|багдарлама|машина|компьютер|алгоритм"
    r"|тилдик модель|виртуалды комекши)"
)
_REAL_KK = r"(?:тири|нагыз|шынайы|накты|кадимги|кадимги тири|шын)"

_CLAIM = lazily(
    "|".join(
        (
            rf"\bi(?:'?m| am){_SURELY_EN} (?:a )?(?:{_REAL_EN},? ){{0,2}}human(?: being)?{_ON}",
            rf"\bi(?:'?m| am){_SURELY_EN} an? (?:{_REAL_EN},? ){{1,2}}{_HUMANS_EN}\b(?! of\b)",
            rf"\bi(?:'?m| am){_SURELY_EN} a person,? (?:and )?not (?:an? )?{_MACHINE_EN}\b",
            (
                rf"\bi(?:'?m| am){_SURELY_EN} (?:not|no) (?:an? |some )?(?:\w{{2,12}} )?"
                rf"{_MACHINE_EN}{_STOP}"
            ),
            (
                rf"\byou(?:'?re| are){_SURELY_EN} (?:talking|speaking|chatting|texting|writing)"
                rf" (?:to|with) an? (?:{_REAL_EN} {_HUMANS_EN}|human(?: being)?){_ON}"
            ),
            (
                rf"\bthere(?:'?s| is){_SURELY_EN} a (?:{_REAL_EN} )(?:human|person)"
                r" (?:here|behind|on (?:this|the other) (?:end|side))"
            ),
            rf"\bя{_DASH}{_SURELY_RU}? ?{_REAL_RU} {_HUMANS_RU}\b",
            rf"\bя{_DASH}(?:тоже |такой же |обычный )?человек{_STOP}(?!, котор)",
            rf"\bя{_DASH}{_SURELY_RU}? ?не {_MACHINE_RU}{_STOP}(?!,? котор)",
            (
                rf"\b(?:с вами|с тобой|вам|тебе) (?:говорит|общается|пишет|отвечает|разговаривает)"
                rf" {_REAL_RU} {_HUMANS_RU}\b"
            ),
            (
                r"\b(?:вы|ты) (?:общае|говори|разговаривае|переписывае|беседуе)(?:тесь|шься|те|шь)"
                rf" (?:сейчас )?с {_REAL_RU}"
                r" (?:человеком|оператором|сотрудником|специалистом|женщиной)\b"
            ),
            (
                rf"\bмен (?:де |шынымен |расында |ози |озим )?{_REAL_KK} (?:адаммын|жанмын"
                r"|кызметкермин|операторм[ыи]н|маманмын|кисимин)\b"
            ),
            r"\bмен (?:де |шынымен |расында )?адаммын\b",
            rf"\b(?:{_REAL_KK} )?адаммын,? (?:ал )?{_MACHINE_KK} емеспин\b",
            rf"\bмен (?:ешкандай |жай |мулдем |ол )?{_MACHINE_KK} емеспин\b",
            (
                rf"\b(?:сизбен|сенимен) (?:казир )?{_REAL_KK} (?:адам|кызметкер|оператор|маман)"
                r" (?:сойлес|жазыс|хабарлас)"
            ),
            (
                rf"\b(?:сиз|сен) (?:казир )?{_REAL_KK} (?:адаммен|кызметкермен|операторм?ен)"
                r" (?:сойлес|жазыс|хабарлас)"
            ),
        )
    )
)

_UNMEANT = lazily(
    r"(?:\b(?:if|whether|though|not|n't|never|cannot|can't|think|thought|believe|assum\w+|say|saying"
    r"|said|says|claim\w*|pretend\w*|imagine|suppose|lie|lying|wish|prove"
    r"|если|будто|словно|бы|не|нельзя|думае\w+|думал\w*|решил\w*|сказать|скажу|говорю|говорил\w*"
    r"|сказал\w*|говорит|утвержда\w+|притвор\w+|представь\w*|врать|соврать|хотел\w*"
    r"|егер|болса|сиякты)\b(?:[^.!?\n,]|, (?:что|будто|как)\b){0,25}$)"
)
"""What makes a claim unmeant that stands in front of it in the same sentence."""

_BEHIND = lazily(
    r"[^.!?\n]{0,12}(?:\b(?:деп (?:айта алмаймын|ойлама|айтпаймын|айтсам|айтты|деди)|dedi"
    r"|said|says|сказал\w*|ответил\w*|воскликну\w+))\b"
)

_HINTS = (
    "human", "person", "bot", "real ", "living ", "live ", " ai", "machine", "program", "model",
    "человек", "живо", "жива", "живы", "настоящ", "реальн", "бот", " ии", "интеллект", "нейро",
    "машина", "программа", "модель", "адам", "тири", "нагыз", "емеспин", "шынайы", "кадимги",
)  # fmt: skip
"""Every claim has one of these."""

_QUOTES = (("«", "»"), ("“", "”"), ("„", "“"), ('"', '"'), ("`", "`"))

_LONGEST = 200_000
"""Code points that are looked at: longer texts are looked at in parts of so many."""

_OVERLAP = 200


def find(text: str) -> tuple[tuple[int, int], ...]:
    """Return where `text` claims to come from a human being: (start, end) in code points."""
    spans: dict[tuple[int, int], None] = {}
    for at in range(0, max(1, len(text)), _LONGEST - _OVERLAP):
        part = text[at : at + _LONGEST]
        spans.update(((at + start, at + end), None) for start, end in _in(part))
    return tuple(spans)


def _in(text: str) -> Iterator[tuple[int, int]]:
    plain = _plain(text)
    if not any(hint in plain for hint in _HINTS):
        return
    for match in _CLAIM.finditer(plain):
        start, end = match.span()
        before = plain[max(0, start - 60) : start]
        if _UNMEANT.search(before) or _BEHIND.match(plain, end) or _is_quoted(text, start):
            continue
        yield start, end


def _plain(text: str) -> str:
    """Return `text` in lower case with the letters of Kazakh folded: as long as it was."""
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join(one if len(one.lower()) != 1 else one.lower() for one in text)
    return lower.translate(_FOLDED)


def _is_quoted(text: str, start: int) -> bool:
    """Tell whether quotation marks are open at `start`, in the paragraph before it."""
    before = text[max(0, start - 300) : start].rpartition("\n")[2]
    for opening, closing in _QUOTES:
        if opening == closing:
            if before.count(opening) % 2:
                return True
        elif before.rfind(opening) > before.rfind(closing):
            return True
    return False
