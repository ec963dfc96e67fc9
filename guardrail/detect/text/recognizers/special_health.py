"""When words of health are said of somebody."""

from __future__ import annotations

import re

from guardrail.detect.text.recognizers import special_persons as persons
from guardrail.detect.text.recognizers.special_health_words import CONDITIONS, PEOPLE
from guardrail.detect.text.recognizers.special_rules import Rule
from guardrail.detect.text.recognizers.special_words import Terms
from guardrail.detect.text.recognizers.ties import Tie, closed_gap, field, head, open_gap

_SICK = (
    r"бол(?:еет|еем|еют|ел|ела)|страда(?:ет|ем|ют|л|ла)|перен(?:ес|есла|осит)|леч(?:ится|усь|ился"
    r"|илась)(?: от)?|умер(?:ла)?(?: от)?|умирает(?: от)?|(?:за|пере)бол(?:ел|ела)|мучается"
    r"|госпитализирован\w{0,2}(?: с)?|лежит(?: в больнице)? с|принимает(?: \w+){1,2} от"
)
_FIRST = (
    r"(?:меня (?:беспокоит|мучает|преследует)|сижу на|колю|колюсь|принимаю|пью|"
    r"болею|страдаю|мучаюсь|(?:пере|за)болел[аи]?|лечусь(?: от)?|(?:принимаю|"
    r"пью)(?: \w+){0,2} от"
    r"|перенесл?а?)"
)
_DIAGNOSED = (
    r"(?:(?:по|у)?ставил\w?|назначил\w?|прописал\w?|провели|делали|удалили|"
    r"диагностировал\w?|подтвердил\w?|установил\w?|сделали)"
)
_SICK_GAP = re.compile(
    rf"\W{{1,3}}(?:\w+\W{{1,3}}){{0,4}}(?:{_SICK})\W{{1,3}}(?:(?!о |про )\w+\W{{1,3}}){{0,3}}"
)
_DIAGNOSED_GAP = re.compile(
    rf"\W(?:\w+\W{{1,3}}){{0,3}}{_DIAGNOSED}\W{{1,3}}(?:\w+\W{{1,3}}){{0,4}}"
)
_LABELS = (
    r"диагноз(?:ы|ом)?(?: \w{4,16}(?:ый|ий))?",
    "заболевани[ея]",
    "хронические заболевания",
    "инвалидность",
    "диагнозы",
    "diagnos[ei]s",
    "dx",
    "medical conditions?",
    "disease",
    "ауруы",
    "сыркаты",
    "состояние здоровья",
    "ds",
    "dz",
    "дз",
    "анамнез",
    "health conditions?",
    "денсаулыгы",
)
_NAMED_FIELD = Tie(head=persons.NAMED, gap=persons.OPEN, written=True)
_LATIN_NOUN = (
    r"| (?!(?:and|or|but|for|since|in|on|at|with|from|so|too|now|who|that|which|when|after|before"
    r"|because|last|this|as|it|she|he|i|we|my|her|his|is|was|are|were|has|had|have|"
    r"can|will|what|how"
    r"|if|to|type|stage|attacks?|symptoms|diagnosis|survivor|meds|medication|pills|again|twice|once"
    r"|already|recently|badly|bar|barma|years|two|three|ever|by|due|caused|therapy|"
    r"episodes?|positive"
    r"|and's|while|during|until|very|or|not|but|since|got|makes?|gets|getting|came|"
    r"runs|should)(?!\w))"
    r"[a-z]| of (?:luck|genius)|-free"
)
_ABOUT = r" (?:туралы|жайлы|жонинде|деген|treatment|cent(?:er|re)|clinic|research|depart|ward"
_ABOUT += r"|awareness|screening|prevention|болса)" + _LATIN_NOUN

_RU_POSSESSED = Tie(
    head=head(persons.OF_MINE),
    gap=closed_gap(r"\w{3,16}(?:ый|ий|ая|яя|ое|ой|ого|ую|ей|ом)", words=2),
)
_HAVING = (
    Tie(head=head(f"(?!у нас)у {persons.RU_WHOSE}"), gap=persons.OPEN),
    Tie(head=head(persons.RU_WHO), gap=_SICK_GAP),
    Tie(head=head(persons.RU_WHOM), gap=_DIAGNOSED_GAP),
    Tie(head=head(_FIRST), gap=persons.SHORT),
    _RU_POSSESSED,
    Tie(head=head(f"(?:диагноз|болезнь|заболевание) {persons.RU_WHOSE}"), gap=persons.OPEN),
    _NAMED_FIELD,
    Tie(head=head(persons.AGED_ROLE), gap=persons.OPEN),
    Tie(head=head(persons.EN_HAVE), gap=persons.SHORT),
    Tie(
        head=head(
            rf"{persons.EN_WHO} (?:takes?|took|need|needs) (?:\w+ )?(?:for|to treat)",
            r"i(?:['’]m| am) on",
            "i take",
            "i use",
        ),
        gap=open_gap(2),
    ),
    Tie(
        head=head(persons.EN_BE),
        gap=closed_gap(
            "diagnosed",
            "with",
            "suffering",
            "from",
            "treated",
            "for",
            "being",
            "recovering",
            "dying",
            "of",
            "recently",
            "just",
            "not",
            "living",
            "hospitali[sz]ed",
            "a",
            "having",
            "type",
            "\\d",
            "severe",
            "chronic",
            "positive",
            "been",
            "battling",
            "fighting",
            "on",
            "struggling",
            "dealing",
            "going",
            "through",
            "undergoing",
            "coping",
            "taking",
            "medication",
            "ill",
            "sick",
            "lung",
            "breast",
        ),
    ),
    Tie(
        head=head(f"my|{persons.EN_KIN}(?:['’]s)?", "his", "her"),
        gap=closed_gap(
            "severe",
            "chronic",
            "recent",
            "type",
            "\\d",
            "recurring",
            "worsening",
            "breast",
            "lung",
            "skin",
            "clinical",
            "postpartum",
            "own",
        ),
    ),
    Tie(head=head(persons.KK_HAS), gap=persons.OPEN),
    field(*_LABELS, words=4),
)
_KK_HIM = Tie(head=head(persons.KK_WHO), gap=persons.OPEN)
_ILL = re.compile(r"(?: \w{1,10}){0,2} ауыр(?:ады|ып|ган|ды)")
_I_AM_ILL = re.compile(
    r"(?: \w{1,10}){0,2} (?:ауыр(?:амын|ып журмин|гамын|амыз|ганмын)|жуктырганмын|болею|страдаю)"
    r"|(?:,|) (?:у меня|у мужа|у мамы|у жены|у сына|у дочери|у отца)"
)

_KEEN = re.compile(r" (?:футбол|хокке|идеей|тобой|игр|музык|театр|мечт|работ)")

_FIELD_ONLY = Terms(
    pattern=r"\w{2,24}(?:ит|оз|ома|патия|емия|алгия|френия|плегия|itis|osis|oma|emia|pathy|algia)",
    trigger="(?i:диагноз|заболевани|diagnos|ауруы)",
    longest=30,
)
_CODE = Terms(
    pattern=r"[a-tv-zавсекмнортх][0-9]{2}(?:\.[0-9]{1,2})?",
    trigger=r"(?i:диагноз|мкб|ахж|icd|diagnos|\bd[xsz]\b|дз[:\-])",
    longest=6,
    starts=tuple("abcdefghijklmnopqrstvzавсекмнортх"),
)
_CODED = re.compile(
    r"(?:\W{1,3}(?:10|11|cm|код|кодом|code|коды|по|мкб|основной|клинический|заключительный"
    r"|[a-zа-я][0-9]{2}(?:\.[0-9]{1,2})?)){0,3}\W{1,3}"
)
_CODE_TIES = (
    Tie(
        head=re.compile(r"(?<!\w)(?:диагноз(?:ы|а|ом)?|мкб|ахж|icd|diagnos[ei]s|d[xsz]|дз)(?!\w)"),
        gap=_CODED,
        lines=True,
    ),
    _NAMED_FIELD,
)
_ASKED = re.compile(r" (?:по |в |means|is for|означает|значит|что |chapter)")

RULES = (
    Rule(terms=CONDITIONS, ties=_HAVING, behind=_I_AM_ILL, unless=re.compile(_ABOUT), score=0.85),
    Rule(terms=CONDITIONS, ties=(_KK_HIM,), requires=_ILL, score=0.85),
    Rule(
        terms=PEOPLE,
        ties=(
            Tie(head=head(persons.RU_WHO, persons.EN_BE, persons.KK_WHO), gap=persons.IS),
            Tie(head=persons.NAMED, gap=open_gap(2), written=True),
            Tie(head=head(persons.AGED_ROLE), gap=persons.IS),
            Tie(head=head("my", "his", "her"), gap=open_gap(0)),
            field(*_LABELS),
        ),
        unless=_KEEN,
        score=0.85,
    ),
    Rule(terms=_FIELD_ONLY, ties=(field("диагноз(?:ы)?", "diagnos[ei]s", "ауруы"),), score=0.8),
    Rule(terms=_CODE, ties=_CODE_TIES, unless=_ASKED, score=0.85),
)
