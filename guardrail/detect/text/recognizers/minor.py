"""Minors: a child's age said of somebody's child or of oneself, school years, «несовершеннолетний».

A finding is the age (7 лет, 12, 9-year-old), the school year (5 классе) or the word for being under
age; a head such as «дочке» stands before it, or the child's name or word right behind.
"""

from __future__ import annotations

from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.recognizers import minor_ages as ages
from guardrail.detect.text.recognizers import minor_words as said
from guardrail.detect.text.recognizers import special_persons as persons
from guardrail.detect.text.recognizers.special_rules import Rule, SpecialRecognizer
from guardrail.detect.text.recognizers.special_words import terms
from guardrail.detect.text.recognizers.ties import Tie, closed_gap, head, open_gap


class MinorAgeRecognizer(SpecialRecognizer):
    """Children by a number: years, months, school year."""

    ENTITY = "MINOR"
    RULES = (
        Rule(
            terms=ages.AGES,
            ties=(
                Tie(head=said.CHILD_HEADS, gap=said.SOON),
                Tie(head=said.SELF, gap=said.SOON),
                Tie(head=persons.NAMED, gap=open_gap(1), written=True),
                Tie(head=persons.KNOWN, gap=said.CALLED_AGED),
                Tie(head=head("мальчик", "девочка", "мальчику", "девочке"), gap=said.CALLED_AGED),
            ),
            unless=said.NOT_AGE,
            score=0.9,
        ),
        Rule(
            terms=ages.ELEVEN,
            ties=(
                Tie(head=said.CHILD_HEADS, gap=said.SOON),
                Tie(head=said.SELF, gap=said.SOON),
                Tie(head=persons.CALLED, gap=said.CALLED_AGED, written=True),
                Tie(head=persons.KNOWN, gap=said.CALLED_AGED),
            ),
            unless=said.NOT_AGE,
            score=0.9,
        ),
        Rule(
            terms=ages.BABIES,
            ties=(
                Tie(head=said.CHILD_HEADS, gap=said.SOON),
                Tie(head=persons.KNOWN, gap=said.CALLED_AGED),
            ),
            unless=said.NOT_AGE,
            score=0.9,
        ),
        Rule(
            terms=ages.BARE,
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
                        "(?:he|she)(?: is|['’]s|(?: just)? turned)",
                        rf"{said.CHILD_KK} жасы",
                        rf"(?:{said.CHILD_RU}|{said.MY_EN} (?:{said.CHILD_EN})),? (?:aged|age)",
                        rf"{said.MY_EN} (?:{said.CHILD_EN}),? (?:he['’]?s|she['’]?s|turned"
                        rf"|will be)",
                        "возраст (?:ребенка|сына|дочери|внука|внучки|ученика|ученицы)",
                        "баланын жасы",
                    ),
                    gap=closed_gap(
                        "уже", "only", "just", "now", "еще", "только", "скоро", "небары", words=2
                    ),
                ),
                Tie(head=persons.CALLED, gap=lazily(r",? (?:who is )?aged? "), written=True),
                Tie(head=persons.KNOWN, gap=lazily(r",? (?:who is )?(?:aged?|just turned) ")),
            ),
            unless=said.GOES_ON,
            score=0.85,
        ),
        Rule(
            terms=ages.KK_AT,
            ties=(Tie(head=head(said.CHILD_KK), gap=closed_gap("казир", "енди", "биыл", words=1)),),
            unless=said.GOES_ON,
            score=0.85,
        ),
        Rule(
            terms=ages.KK_ORDINAL,
            ties=(
                Tie(head=said.CHILD_HEADS, gap=said.SCHOOL),
                Tie(head=head("мен", "ол"), gap=said.SCHOOL),
                Tie(head=persons.KNOWN, gap=said.SCHOOL),
                Tie(head=persons.CALLED, gap=said.STUDIES, written=True),
            ),
            score=0.85,
        ),
        Rule(
            terms=ages.SPELT,
            ties=(
                Tie(
                    head=head(
                        rf"{said.MY_EN} (?:{said.CHILD_EN})", "he|she", persons.KNOWN.pattern
                    ),
                    gap=closed_gap(
                        "just",
                        "turned",
                        "is",
                        "will",
                        "be",
                        "soon",
                        "turns",
                        "turning",
                        "aged",
                        "only",
                        "not",
                        "yet",
                        "has",
                        "recently",
                    ),
                ),
            ),
            unless=said.GOES_ON,
            score=0.85,
        ),
        Rule(
            terms=ages.AT,
            ties=(
                Tie(
                    head=head(rf"{said.CHILD_KK}(?: жасы)?", "жасы", "жасым"),
                    gap=closed_gap("али", "енди", "биыл", "казир", "небары", words=2),
                ),
            ),
            score=0.85,
        ),
        Rule(
            terms=ages.AGES,
            ties=(Tie(head=said.BARE_CHILD, gap=said.SOON),),
            unless=said.NOT_AGE,
            unless_sign=":?",
            score=0.85,
        ),
        Rule(
            terms=ages.KK_AGES,
            ties=(Tie(head=persons.CALLED, gap=said.CALLED_AGED, written=True),),
            unless=said.NOT_AGE,
            score=0.85,
        ),
        Rule(
            terms=ages.TEEN,
            ties=(Tie(head=said.TO_ME, gap=closed_gap("уже", "еще", "только", words=2)),),
            unless=said.GOES_ON,
            score=0.85,
        ),
        Rule(
            terms=ages.OLD,
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
            requires=lazily(
                rf" (?:\w{{2,10}} )?(?:{said.CHILD_EN}|{said.CHILD_RU}|{said.CHILD_KK})(?!\w)| ?\Z"
                r"| (?:is|was|and|has|had|who)(?!\w)"
            ),
            score=0.9,
        ),
        Rule(
            terms=ages.OLD,
            behind=lazily(rf" {said.CHILD_KK}(?!\w)"),
            score=0.9,
        ),
        Rule(
            terms=ages.GRADES,
            ties=(
                Tie(head=said.CHILD_HEADS, gap=said.SCHOOL),
                Tie(
                    head=head(
                        r"(?:я|он|она) (?:учусь|хожу|учится|ходит|перешла?|пошла?|закончила?)",
                        "i am",
                        "i['’]m",
                        "(?:he|she)(?: is|['’]s)",
                        "мен",
                    ),
                    gap=said.SCHOOL,
                ),
                Tie(head=head(r"(?:^|[.!?,\n] {0,2})(?:я|мен|учусь|хожу)"), gap=said.SCHOOL),
                Tie(head=persons.NAMED, gap=open_gap(2), written=True),
                Tie(head=persons.KNOWN, gap=said.SCHOOL),
                Tie(head=persons.CALLED, gap=said.STUDIES, written=True),
            ),
            unless=said.NOT_PUPIL,
            score=0.85,
        ),
        Rule(
            terms=ages.GRADES,
            behind=said.PUPIL_BEHIND,
            behind_written=said.NAMED_BEHIND,
            ties=(Tie(head=head(r"учени(?:к|ца|ка|цы|ку|це)"), gap=said.NEVER),),
            unless=said.NOT_PUPIL,
            score=0.85,
        ),
    )


class MinorRecognizer(SpecialRecognizer):
    """Children by the word: under age, schoolboy, first form."""

    ENTITY = "MINOR"
    RULES = (
        Rule(
            terms=ages.ORDINAL,
            ties=(Tie(head=said.CHILD_HEADS, gap=said.SCHOOL),),
            score=0.85,
        ),
        Rule(
            terms=terms("жастамын"),
            ties=(Tie(head=lazily(r"(?<![\w.,])(?:1[0-7]|[5-9])"), gap=lazily("[ -]")),),
            score=0.9,
        ),
        Rule(
            terms=terms("minor underage"),
            ties=(
                Tie(
                    head=head(
                        f"{persons.EN_WHO} (?:is|am|was)",
                        "my",
                        "our",
                        "his",
                        "her",
                        "i['’]m",
                        "he['’]s",
                        "she['’]s",
                    ),
                    gap=closed_gap("still", "an?", "also", "not", "yet", "just", words=2),
                ),
            ),
            requires=lazily(rf"{said.IS_CHILD.pattern}|[ ]?\Z"),
            score=0.85,
        ),
        Rule(
            terms=terms(
                "сын*-школьник* сын*-первоклассник* сын*-подрост* доч*-школьниц* "
                "доч*-первоклассниц*"
                " доч*-подрост*"
            ),
            ties=(Tie(head=head(persons.OF_MINE), gap=open_gap(1)),),
            score=0.85,
        ),
        Rule(
            terms=said.PUPILS,
            ties=(
                Tie(head=said.CHILD_HEADS, gap=said.SOON),
                Tie(head=persons.KNOWN, gap=persons.IS),
                Tie(head=head("я", "он", "она", "i['’]?m an?", "i am an?"), gap=persons.IS),
            ),
            unless=lazily(r" (?:должен|обязан|имеет)"),
            score=0.85,
        ),
        Rule(
            terms=said.NURSERY,
            ties=(
                Tie(head=said.CHILD_HEADS, gap=said.GOES),
                Tie(head=persons.KNOWN, gap=said.GOES),
                Tie(head=persons.CALLED, gap=said.STUDIES, written=True),
            ),
            score=0.85,
        ),
        Rule(
            terms=said.PAPERS,
            behind=said.OF_CHILD,
            ties=(
                Tie(head=said.CHILD_HEADS, gap=open_gap(1)),
                Tie(head=persons.KNOWN, gap=open_gap(0)),
            ),
            score=0.85,
        ),
        Rule(
            terms=terms(
                "новорожденн* грудничок грудничка грудничку младенец младенца подросток подростка "
                "подростку несовершеннолетн* малолетн* newborn toddler infant teenager "
                "first-grader second-grader third-grader kindergartner preschooler"
            ),
            ties=(
                Tie(
                    head=head(persons.OF_MINE, "у (?:меня|нас)", "my|our|his|her"), gap=open_gap(0)
                ),
                Tie(
                    head=head(rf"{said.MY_EN} (?:{said.CHILD_EN}) (?:is|was)", said.CHILD_RU),
                    gap=closed_gap("an?", "-", "еще", "уже", "still", "almost", "только", "now"),
                ),
            ),
            unless=lazily(r" (?:возраст|дет(?:и|ей|ям)(?!\w)|bed|room|clothes|shop)"),
            score=0.85,
        ),
        Rule(
            terms=said.UNDER_AGE,
            behind=said.IS_CHILD,
            behind_written=said.NAMED_BEHIND,
            score=0.85,
        ),
    )
