"""How texts speak of children: ages, school years, and whose child it is. Data for `minor`."""

from __future__ import annotations

import re

from guardrail.detect.text.recognizers import special_persons as persons
from guardrail.detect.text.recognizers.special_words import Terms, backward, terms
from guardrail.detect.text.recognizers.ties import closed_gap, head

_NUMBER = "(?:1[0-7]|[0-9])"
_WORDS = [
    "один",
    "два",
    "три",
    "четыре",
    "пять",
    "шесть",
    "семь",
    "восемь",
    "девять",
    "десять",
    "одиннадцать",
    "двенадцать",
    "тринадцать",
    "четырнадцать",
    "пятнадцать",
    "шестнадцать",
    "семнадцать",
    "полтора",
    "бир",
    "еки",
    "уш",
    "торт",
    "бес",
    "алты",
    "жети",
    "сегиз",
    "тогыз",
    "он",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
]
_DIGITS = tuple("0123456789")
_STARTS = (*_DIGITS, *sorted({word[:2] for word in _WORDS}))
_NUMBER_WORDS = f"{'|'.join(_WORDS)}|он (?:бир|еки|уш|торт|бес|алты|жети)"
_ORDINALS = [
    "перв",
    "втор",
    "трет",
    "четверт",
    "пят",
    "шест",
    "седьм",
    "восьм",
    "девят",
    "десят",
    "одиннадцат",
]
_UNIT = (
    r"(?: ?(?:лет|годиков|годика|годик|года|год|годам|годков|жаста|жасар|жаска|жас|yrs|years old"
    r"|years|year old|y\.?o\.?)|[ \-](?:летн\w{2,3}|year-old|years-old))"
)
MY_EN = r"(?:my|our|his|her)(?: [a-z\-]{2,14})?"
_MONTHS = r" ?(?:месяцев|месяца|мес|недел[ьиюя]|айлык|ай|months?(?: old)?|weeks?(?: old)?)"
AGES = Terms(
    pattern=f"(?:{_NUMBER}|{_NUMBER_WORDS}){_UNIT}",
    trigger=(
        rf"(?i)(?:[0-9][ \-]?|(?:{'|'.join(_WORDS)}|бір|екі|үш|төрт|жеті|сегіз|тоғыз) )"
        r"(?:лет|год|жас|yrs|year|y\.?o|мес|недел|ай|month|week)"
    ),
    longest=40,
    starts=_STARTS,
)
BABIES = Terms(
    pattern=f"(?:[12]?[0-9]|{_NUMBER_WORDS}){_MONTHS}",
    trigger=AGES.trigger,
    longest=40,
    starts=_STARTS,
)
ORDINAL = Terms(
    pattern=rf"(?:{'|'.join(_ORDINALS)})\w{{2,3}} класс\w?",
    trigger="(?i:класс)",
    firsts=tuple(_ORDINALS),
    longest=24,
    starts=tuple(word[:2] for word in _ORDINALS),
)
_TOLD = (
    r"(?i:(?:сыну|сынишке|дочке|дочери|внуку|внучке|племянни[кц][уе]|реб[её]нку|братишке|брату"
    r"|сестре|сестр[её]нке|мне|жасым|i am|i['’]?m|turned|(?:son|daughter|child|kid|"
    r"boy|girl|baby|niece"
    r"|toddler|nephew|brother|sister|cousin|student|pupil) (?:is|was))"
    r"(?:,| уже| ещ[её]| только| скоро| just| only| now)? [0-9])"
)
BARE = Terms(
    pattern=_NUMBER,
    trigger=_TOLD,
    longest=2,
    starts=_DIGITS,
)
TEEN = Terms(pattern="1[0-7]|[7-9]", trigger=_TOLD, longest=2, starts=_DIGITS)
OLD = Terms(
    pattern=(
        rf"{_NUMBER}(?:[ \-](?:years?|months?|weeks?|yr)[ \-]old|[ \-]?(?:жастагы|айлык|жасар)"
        r"|[ \-]?(?:-?ти|-?ми|-?х)?летн(?:ий|яя|его|ей|юю|ему))"
    ),
    trigger=r"[0-9][ \-]?(?i:year|month|week|yr|жаста|айлы|жасар|ти|ми|х|летн)",
    longest=16,
    starts=_DIGITS,
)
CHILD_EN = (
    "son|daughter|child|kid|boy|girl|baby|toddler|nephew|niece|brother|sister|grandson|grandchild"
    "|granddaughter|cousin|stepson|stepdaughter|student|pupil"
)
CHILD_RU = (
    r"(?:сын(?:а|у|ом|ок|ишк\w)?|доч(?:ь|ери|ка|ке|ки|ку|кой|ерью|урк\w)|внук\w{0,2}|внучк\w{1,2}"
    r"|племянни\w{1,3}|брат\w{0,2}|братиш\w{1,2}|сестр\w{1,2}|сестренк\w{1,2}|"
    r"ребен(?:ок|ка|ку|ком))"
)
CHILD_KK = (
    r"(?:улым|кызым|балам|баламыз|немерем|жиеним|иним|карындасым|синлим|бопем)"
    r"(?:нын|нин|да|де|га|ге|а|е|ды|ди|нан|нен|мен)?"
)
SOON = closed_gap(
    "уже",
    "еще",
    "только",
    "всего",
    "скоро",
    "исполнилось",
    "исполнится",
    "будет",
    "было",
    "почти",
    "сейчас",
    "и",
    "ему",
    "ей",
    "в",
    "возраст\\w?",
    "казир",
    "енди",
    "биыл",
    "is",
    "was",
    "just",
    "turned",
    "only",
    "now",
    "aged?",
    "he",
    "she",
    "are",
    "who",
    "almost",
    "about",
    "at",
    "the",
    "около",
    "и",
    "\\d{1,2}",
    "лет",
    "алды",
    "жасы",
    "болды",
    "of",
    "turning",
    "исполняется",
    words=4,
)
CHILD_HEADS = head(
    CHILD_RU.replace("|ребен(?:ок|ка|ку|ком)", ""),
    rf"{persons.OF_MINE} ребен(?:ок|ка|ку|ком)",
    r"у (?:меня|нас) (?:есть )?ребенок",
    r"ребен(?:ку|ок) мо(?:ему|й)",
    r"(?:двое|трое|мои|наши|четверо) (?:дет\w{1,3}|сынов\w{2}|доч\w{2,4})",
    CHILD_KK,
    rf"(?:my|our|his|her)(?: [a-z\-]{{2,14}})? (?:{CHILD_EN})(?:['’]s)?",
    rf"(?:i have|we have) (?:an?|one) (?:{CHILD_EN})",
    r"(?:пациент\w{0,2}|ученик|ученица|больной|больная|науқас)\W{1,3}(?:мальчик|девочка|ребенок)",
)
SELF = head(
    "мне",
    "менин жасым",
    "жасым",
    "мен",
    "i am",
    "i['’]?m",
    "i was",
    "i just turned",
    "i turned",
)
TO_ME = re.compile(r"(?:^\W*|, |(?<!\w)(?:и|что|но|а) )мне(?!\w)")
NOT_AGE = re.compile(
    r" (?:назад|бурын|тому|осталось|стаж\w*|опыт\w*|ago|later|late|of|понадоб|нужно|"
    r"потреб|experience"
    r"|работа|in prison|до |на рынке|подряд|away|отработ|into|in|from|older|younger|sober|behind)"
)
GOES_ON = re.compile(r" (?!(?:and|but|so|now|и|а|но|она|он|уже|жаста|жас)(?!\w))\w|-")

UNDER_AGE = terms(
    "несовершеннолетний несовершеннолетняя несовершеннолетнего несовершеннолетней"
    " несовершеннолетнюю несовершеннолетнему малолетний малолетняя малолетнего малолетней"
    " малолетнюю кәмелетке_толмаған"
)
IS_CHILD = re.compile(
    rf" (?:{CHILD_RU}|{CHILD_KK}|son|daughter|child|brother|sister|nephew|niece)(?!\w)"
)
NAMED_BEHIND = re.compile(
    r" [А-ЯЁӘҒҚҢӨҰҮҺІ][а-яёәғқңөұүһі\-]{1,20}(?:[оеё]в|[оеё]ва|[оеё]ву|[оеё]вой|[оеё]вым|ин|ина|ины"
    r"|ой|ұлы|қызы|улы|ского|ская|ский|[оеё]вы| [А-ЯЁӘҒҚҢӨҰҮҺІ])(?![а-яё])"
)
GRADES = Terms(
    pattern=r"(?:1[01]|[0-9])(?:-?(?:м|й|ом|ый|ий|ой|st|nd|rd|th))? ?-?(?:[абвг] )?"
    r"(?:классе|класс|класса|сыныпта|сыныпка|сынып|grade|grader)",
    trigger=r"[0-9][\-абвгa-zмй ]{0,4}[ \-]?(?i:класс|сынып|grade)",
    longest=18,
    starts=_DIGITS,
)
SCHOOL = closed_gap(
    "учится",
    "ходит",
    "пошел",
    "пошла",
    "перешел",
    "перешла",
    "идет",
    "пойдет",
    "в",
    "во",
    "уже",
    "is",
    "in",
    "the",
    "goes",
    "to",
    "started",
    "a",
    "закончил",
    "закончила",
    "учусь",
    "биыл",
    "хожу",
    "перешли",
    "из",
    "окончил[а]?",
    words=4,
)


_NUMBERS = backward(_WORDS, 0)
UNFINISHED_AGE = (
    r"(?:[\w \-]{0,24}(?i:dlo|нтел|ы[гғ]атсаж|[кқ]ылйа|расаж)[ \-\w]{0,10}[0-9]{1,2}"
    rf"|[\w \-]{{0,20}}[,:]?(?:[0-9]{{1,2}}(?:\W|$)|{_NUMBERS}))"
)
"""For reversed text: a number that may be an age, its unit, and the word behind. One greedy run, so
that the farthest number decides; behind «9-year-old» and its likes a child's word may come late."""
