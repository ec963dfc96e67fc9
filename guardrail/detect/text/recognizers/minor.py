"""Minors: a child's age said of somebody's child or of oneself, school years, «несовершеннолетний».

A finding is the age (7 лет, 12, 9-year-old), the school year (5 классе) or the word for being under
age; a head such as «дочке» stands before it, or the child's name or word right behind.
"""

from __future__ import annotations

import re

from guardrail.detect.text.recognizers import minor_words as said
from guardrail.detect.text.recognizers import special_persons as persons
from guardrail.detect.text.recognizers.special_rules import Rule, SpecialRecognizer
from guardrail.detect.text.recognizers.special_words import terms
from guardrail.detect.text.recognizers.ties import Tie, closed_gap, head, open_gap


class MinorAgeRecognizer(SpecialRecognizer):
    """Children by a number: years, months, school year."""

    ENTITY = "MINOR"
    BACKWARD = said.UNFINISHED_AGE
    RULES = (
        Rule(
            terms=said.AGES,
            ties=(
                Tie(head=said.CHILD_HEADS, gap=said.SOON),
                Tie(head=said.SELF, gap=said.SOON),
                Tie(head=persons.NAMED, gap=open_gap(1), written=True),
            ),
            unless=said.NOT_AGE,
            score=0.9,
        ),
        Rule(
            terms=said.BABIES,
            ties=(Tie(head=said.CHILD_HEADS, gap=said.SOON),),
            unless=said.NOT_AGE,
            score=0.9,
        ),
        Rule(
            terms=said.BARE,
            ties=(
                Tie(
                    head=head(
                        r"(?:сыну|сынишке|дочке|дочери|внуку|внучке|племяннику|племяннице)",
                        r"(?:ребенку|брату|братишке|сестре|сестренке)",
                        rf"{said.MY_EN} (?:{said.CHILD_EN}) (?:is|was|just turned)",
                        "i am",
                        "i['’]?m",
                        "i just turned",
                        "жасым",
                    ),
                    gap=closed_gap("уже", "only", "just", "now", "еще", "только", "скоро", words=2),
                ),
            ),
            unless=said.GOES_ON,
            score=0.75,
        ),
        Rule(
            terms=said.TEEN,
            ties=(Tie(head=said.TO_ME, gap=closed_gap("уже", "еще", "только", words=2)),),
            unless=said.GOES_ON,
            score=0.7,
        ),
        Rule(
            terms=said.OLD,
            ties=(
                Tie(
                    head=head(
                        "my",
                        "our",
                        "his",
                        "her",
                        "i have an?",
                        "we have an?",
                        persons.OF_MINE,
                        "менин",
                        "бар",
                    ),
                    gap=open_gap(1),
                ),
            ),
            requires=re.compile(
                rf" (?:\w{{2,10}} )?(?:{said.CHILD_EN}|{said.CHILD_RU}|{said.CHILD_KK})(?!\w)| ?\Z"
                r"| (?:is|was|and|has|had|who)(?!\w)"
            ),
            score=0.9,
        ),
        Rule(
            terms=said.OLD,
            behind=re.compile(rf" {said.CHILD_KK}(?!\w)"),
            score=0.9,
        ),
        Rule(
            terms=said.GRADES,
            ties=(
                Tie(head=said.CHILD_HEADS, gap=said.SCHOOL),
                Tie(head=head("я (?:учусь|хожу)", "i am", "i['’]m", "мен"), gap=said.SCHOOL),
                Tie(head=persons.NAMED, gap=open_gap(2), written=True),
            ),
            score=0.85,
        ),
    )


class MinorRecognizer(SpecialRecognizer):
    """Children by the word: under age, schoolboy, first form."""

    ENTITY = "MINOR"
    RULES = (
        Rule(
            terms=said.ORDINAL,
            ties=(Tie(head=said.CHILD_HEADS, gap=said.SCHOOL),),
            score=0.85,
        ),
        Rule(
            terms=terms("жастамын"),
            ties=(Tie(head=re.compile(r"(?<![\w.,])(?:1[0-7]|[5-9])"), gap=re.compile("[ -]")),),
            score=0.9,
        ),
        Rule(
            terms=terms("minor underage"),
            ties=(Tie(head=head("my", "our", "his", "her"), gap=open_gap(0)),),
            requires=said.IS_CHILD,
            score=0.85,
        ),
        Rule(
            terms=terms(
                "сын*-школьник* сын*-первоклассник* сын*-подрост* доч*-школьниц* "
                "доч*-первоклассниц*"
                " доч*-подрост*"
            ),
            ties=(Tie(head=head(persons.OF_MINE), gap=open_gap(1)),),
            score=0.8,
        ),
        Rule(
            terms=terms("школьник школьница первоклассник первоклассница дошкольник дошкольница"),
            ties=(Tie(head=said.CHILD_HEADS, gap=said.SOON),),
            score=0.8,
        ),
        Rule(
            terms=said.UNDER_AGE,
            behind=said.IS_CHILD,
            behind_written=said.NAMED_BEHIND,
            score=0.85,
        ),
    )
