"""When words of a criminal record are said of somebody."""

from __future__ import annotations

import re

from guardrail.detect.text.recognizers import special_persons as persons
from guardrail.detect.text.recognizers.special_rules import Rule
from guardrail.detect.text.recognizers.special_words import terms, told_by
from guardrail.detect.text.recognizers.ties import Tie, closed_gap, field, head, open_gap

_JAIL_GAP = re.compile(
    r"\W{1,3}(?:\w+\W{1,3}){0,3}(?:is|was|were|been|spent|served|serving|went|sent|"
    r"goes|going|put|did)"
    r"\W{1,3}(?:(?!(?:as|teaching|a|tour|visit\w*)\W)\w+\W{1,3}){0,3}"
)
_CONVICT_BE = Tie(
    head=head(persons.EN_BE),
    gap=closed_gap(
        "been",
        "was",
        "once",
        "previously",
        "wrongly",
        "twice",
        "never",
        "not",
        "also",
        "recently",
        "an?",
        "the",
        "just",
        "ex",
        "former",
        "being",
        "in",
        "\\d{4}",
        "already",
        "later",
        "then",
        "currently",
        "out",
        "on",
        "got",
    ),
)
_ONE = rf"(?!мы(?!\w)){persons.RU_WHO}"
RULES = (
    Rule(
        terms=terms(
            "судим судима судимый судимая осужден осуждена осужденный осужденная несудим"
            " несудима условно_осужден арестован арестована заключенный"
        ),
        ties=(
            Tie(
                head=head(_ONE),
                gap=closed_gap(
                    "не",
                    "был[аи]?",
                    "ранее",
                    "раньше",
                    "дважды",
                    "трижды",
                    "уже",
                    "неоднократно",
                    "однажды",
                    "никогда",
                    "условно",
                    "также",
                    "тоже",
                    "и",
                    "но",
                    "в",
                    "году",
                    "\\d{4}",
                    "прежде",
                    "тогда",
                    "опять",
                ),
            ),
            Tie(head=persons.NAMED, gap=open_gap(4), written=True),
        ),
        unless=re.compile(r" (?:о|об|по делам)(?!\w)"),
        score=0.85,
    ),
    Rule(
        terms=terms("судим судима"),
        ties=(
            Tie(
                head=head(
                    "не",
                    "ранее",
                    "раньше",
                    "прежде",
                    "дважды",
                    "трижды",
                    "неоднократно",
                    "ранее не",
                ),
                gap=open_gap(0),
            ),
        ),
        unless=re.compile(r" (?:о|об|по делам)(?!\w)"),
    ),
    Rule(
        terms=terms("осудили арестовали посадили судили задержали"),
        ties=(
            Tie(
                head=head(persons.RU_ACCUSED),
                gap=closed_gap(
                    "тогда",
                    "вчера",
                    "уже",
                    "дважды",
                    "условно",
                    "в",
                    "\\d{4}",
                    "году",
                    "не",
                    "незаконно",
                ),
            ),
        ),
    ),
    Rule(
        terms=terms(
            "судимост* уголовное_дело уголовное_прошлое criminal_record felony felonies "
            "misdemeanor",
            "criminal_history criminal_conviction* conviction convictions prior_conviction* dui",
        ),
        ties=(
            Tie(
                head=head(
                    f"у {persons.RU_WHOSE}",
                    persons.OF_MINE,
                    "имею",
                    "на (?:меня|него|нее|сына|мужа|брата)",
                ),
                gap=closed_gap(
                    "есть",
                    "была?",
                    "нет",
                    "имеется",
                    "не",
                    "погашенная",
                    "снятая",
                    "одна",
                    "две",
                    "завела",
                    "заводят",
                    "непогашенная",
                    "уже",
                    "открыли",
                    "завели",
                    "заведено",
                    "давняя",
                    "возбудили",
                    "возбуждено",
                ),
            ),
            Tie(
                head=head(f"{persons.RU_WHO} (?:не )?име(?:ю|ет|ем|ла?)"), gap=closed_gap("не\\w+")
            ),
            Tie(head=persons.NAMED, gap=re.compile(r"\W(?:не )?имеет "), written=True),
            Tie(
                head=head(persons.EN_HAVE, "my", "his", "her", f"{persons.EN_KIN}['’]s"),
                gap=closed_gap(
                    "an?",
                    "no",
                    "prior",
                    "one",
                    "two",
                    "previous",
                    "past",
                    "old",
                    "old",
                    "clean",
                    "for",
                    "minor",
                    "drug",
                    "fraud",
                    "felony",
                ),
            ),
        ),
        unless=re.compile(" (?:is that|that|about|to|rate|rates)(?!\\w)"),
    ),
    Rule(
        terms=terms("сидел* сидит сидят отбыва* сижу"),
        ties=(
            Tie(
                head=head(persons.RU_WHO),
                gap=closed_gap(
                    "уже",
                    "ранее",
                    "раньше",
                    "тогда",
                    "тоже",
                    "дважды",
                    "сейчас",
                    "\\d",
                    "года?",
                    "лет",
                ),
            ),
            Tie(head=persons.NAMED, gap=open_gap(1), written=True),
        ),
        behind=None,
        requires=re.compile(
            r"(?: \w+){0,2} (?:тюрьм|колони|срок|наказан|зоне|сизо|по стат|по \d|за (?:краж|"
            r"убий|грабеж))"
        ),
    ),
    Rule(
        terms=terms("отсидел* отсижу"),
        ties=(Tie(head=head(persons.RU_WHO), gap=closed_gap("уже", "ранее", "тоже", "потом")),),
        requires=re.compile(r"(?: \w+){0,2} (?:лет|года?|месяц|срок|полтора|по стат)"),
    ),
    Rule(
        terms=terms(
            "convicted arrested imprisoned jailed incarcerated felon ex-convict ex-con probation "
            "parole sentenced indicted",
        ),
        ties=(_CONVICT_BE, Tie(head=persons.NAMED, gap=open_gap(2), written=True)),
        unless=re.compile(r" by (?!police|the police)"),
    ),
    Rule(
        terms=terms("prison jail"),
        ties=(Tie(head=head(persons.EN_WHO, persons.EN_BE), gap=_JAIL_GAP),),
        unless=re.compile(r" (?:guard|officer|break|as a|system|reform)"),
    ),
    Rule(
        terms=terms(
            "сотталған+ сотталмаған+ соттылығым соттылығым_бар сотталып_шыққан+ түрмеде_отырған+"
            " сотты_болған+ sottalganmyn"
        ),
        alone=True,
        score=0.85,
    ),
    Rule(
        terms=terms("сотталған соттылығы түрмеде_отырған түрмеде_отыр сотты_болған сотталды"),
        ties=(
            Tie(head=head(persons.KK_WHO, persons.KK_HAS), gap=persons.OPEN),
            Tie(head=persons.NAMED, gap=persons.OPEN, written=True),
        ),
        unless=re.compile(r" (?:адам|азамат|тулга|болса)"),
    ),
    Rule(
        terms=told_by(
            terms("есть имеется да погашена снята непогашенная ст статья yes бар имею иә"),
            "(?i:судим|соттыл|criminal)",
        ),
        ties=(
            field(
                "судимость",
                "судимости",
                "соттылыгы",
                "criminal record",
                "наличие судимости",
                "criminal convictions?",
                words=0,
            ),
        ),
    ),
)
