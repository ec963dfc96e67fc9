"""Ages and school years of children as texts write them. Data for `minor`."""

from __future__ import annotations

from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.recognizers.special_words import Terms, begun, terms, told_by, tree

_NUMBER = "(?:1[0-7]|[0-9])"
_WORDS_LISTED = (
    "один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать "
    "четырнадцать пятнадцать шестнадцать семнадцать полтора "
    "бир еки уш торт бес алты жети сегиз тогыз он "
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen"
)
_WORDS = _WORDS_LISTED.split()
_DIGITS = tuple("0123456789")
_STARTS = (*_DIGITS, *sorted({word[:2] for word in _WORDS}))
_NUMBER_WORDS = tree(_WORDS)
_UNITS_ONE_LISTED = (
    "лет годиков годика годик года год годам годков жаста жастагы жасар жаска жас yrs years y.o yo "
    "г"
)
_UNITS_ONE = _UNITS_ONE_LISTED.split()
_UNITS = (*_UNITS_ONE, "yrs old", "years old", "years of age", "year old", "y.o.", "y/o", "г.")
_UNIT = (
    r"(?: ?(?:лет|годиков|годика|годик|года|годовал\w{2}|год|годам|годков|жаста(?:гы)?|жасар|жаска"
    r"|жас"
    r"|yrs(?: old)?|years old|years of age|years|year old|y/?\.?o\.?|г\.?)"
    r"|[ \-](?:летн\w{2,3}|year-old|years-old))"
)
_UNIT_BEGINS = "(?:лет|год|жас|yr|year|y/?[.]?o|г|мес|нед|ай|month|week)"
_FINDER = rf"(?:[0-9]{{1,2}}|{_NUMBER_WORDS}) ?-?{_UNIT_BEGINS}"
_ORDINALS_LISTED = (
    "перв втор трет четверт пят шест седьм восьм девят десят одиннадцат выпускн подготовительн"
)
_ORDINALS = _ORDINALS_LISTED.split()
_MONTHS = r" ?(?:месяцев|месяца|мес|недел[ьиюя]|айлык|ай|months?(?: old)?|weeks?(?: old)?)"
_MONTH_UNITS_LISTED = "месяцев месяца неделя недель недели айлык month months week weeks"
_MONTH_UNITS = _MONTH_UNITS_LISTED.split()
AGES = Terms(
    pattern=f"(?:{_NUMBER}|{_NUMBER_WORDS}){_UNIT}",
    trigger=(
        rf"(?i)(?:[0-9][ \-]?|(?:{'|'.join(_WORDS)}|бір|екі|үш|төрт|жеті|сегіз|тоғыз) )"
        r"(?:лет|год|жас|yrs|year|y\.?o|мес|недел|ай|month|week|г[. ,])"
    ),
    longest=40,
    starts=_STARTS,
    finder=_FINDER,
    growing=lazily(rf"(?:{_NUMBER}|{_NUMBER_WORDS}) {begun(*_UNITS)}"),
)
BABIES = Terms(
    pattern=f"(?:[12]?[0-9]|{_NUMBER_WORDS}){_MONTHS}",
    trigger=AGES.trigger,
    longest=40,
    starts=_STARTS,
    finder=_FINDER,
    growing=lazily(
        rf"(?:[12]?[0-9]|{_NUMBER_WORDS}) "
        + begun(*_MONTH_UNITS, "month old", "months old", "week old", "weeks old")
    ),
)
_ONES_LISTED = "бир еки уш торт бес алты жети"
_ONES = _ONES_LISTED.split()
_AT_AGE = ("жаста", "жасар", "жаска")
ELEVEN = Terms(
    pattern=f"он (?:{'|'.join(_ONES)})(?: жаста(?:гы)?| жасар| жаска| жас)",
    trigger="(?i:он (?:бір|бир|екі|еки|үш|уш|төрт|торт|бес|алты|жеті|жети) жас)",
    told="(?:он (?:бир|еки|уш|торт|бес|алты|жети) жас)",
    longest=18,
    starts=("он",),
    finder="он",
    growing=lazily(f"он {begun(*(f'{one} {unit}' for one in _ONES for unit in _AT_AGE))}"),
)
ORDINAL = Terms(
    pattern=rf"(?:{'|'.join(_ORDINALS)})\w{{2,3}} класс\w?",
    trigger="(?i:класс)",
    told="класс",
    longest=26,
    starts=tuple(sorted({word[:2] for word in _ORDINALS})),
    finder=f"(?:{'|'.join(_ORDINALS)})",
    growing=lazily(rf"(?:{'|'.join(_ORDINALS)})\w{{2,3}} {begun('классе')}"),
)
_EN_WORDS = _WORDS[_WORDS.index("one") :]
KK_AT = terms("екіде үште төртте бесте алтыда жетіде сегізде тоғызда")
_KK_ORDINALS = "биринши екинши ушинши тортинши бесинши алтыншы жетинши сегизинши тогызыншы оныншы"
KK_ORDINAL = terms(
    *(
        f"{one}_сынып{end}"
        for one in _KK_ORDINALS.split()
        for end in ("та", "_оқушысы", "қа", "тамын")
    )
)
SPELT = told_by(terms(*_EN_WORDS), rf"(?i:turned|is|be|aged?|becomes) (?i:{'|'.join(_EN_WORDS)})")
AT = Terms(
    pattern=f"{_NUMBER}-(?:да|де|та|те|га|ге|ка|ке)",
    trigger=r"[0-9]-(?i:да|де|та|те|ға|ге|қа|ке|га|ка)",
    longest=5,
    starts=_DIGITS,
    finder="1?[0-9]-[дтгк]",
)
_TOLD = (
    r"(?i:(?:жасы|aged|age|возраст\w{0,2}:?|сыну|сынишке|дочке|дочери|внуку|внучке|племянни[кц][уе]"
    r"|реб[её]нка|реб[её]нку|братишке|брату|сестре|сестр[её]нке|мне|жасым|i am|i['’]?m|turned"
    r"|(?:he|she)(?: is|['’]s)|(?:son|daughter|child|kid|boy|girl|baby|niece|toddler|nephew"
    r"|brother|sister|cousin|student"
    r"|pupil|twins|stepson|stepdaughter|grandson|granddaughter) (?:is|was))"
    r"(?:,| уже| ему| ей| he['’]?s| she['’]?s| is| всего| небәрі| небары| ещ[её]| только| скоро"
    r"| just"
    r"| only| now)? [0-9])"
)
BARE = Terms(
    pattern=_NUMBER,
    trigger=_TOLD,
    told=_TOLD,
    longest=2,
    starts=_DIGITS,
    finder="1?[0-9]",
)
TEEN = Terms(
    pattern="1[0-7]|[7-9]",
    trigger=_TOLD,
    told=_TOLD,
    longest=2,
    starts=_DIGITS,
    finder="1?[0-9]",
)
OLD = Terms(
    pattern=(
        rf"{_NUMBER}(?:[ \-](?:years?|months?|weeks?|yr)[ \-]old|[ \-]?(?:жастагы|айлык|жасар)"
        r"|[ \-]?(?:-?ти|-?ми|-?х)?летн(?:ий|яя|его|ей|юю|ему))"
    ),
    trigger=r"[0-9][ \-]?(?i:year|month|week|yr|жаста|айлы|жасар|ти|ми|х|летн)",
    longest=16,
    starts=_DIGITS,
    finder=r"[0-9]{1,2}[ \-]?-?(?:year|month|week|yr|жас|айл|ти|ми|х|летн)",
    growing=lazily(
        rf"{_NUMBER} "
        + begun(
            *(f"{one} old" for one in ("year", "years", "month", "months", "week", "weeks", "yr")),
            "жастагы", "айлык", "жасар", "летний", "летняя", "летнего",
        )
    ),
)  # fmt: skip
KK_AGES = Terms(
    pattern=f"(?:{_NUMBER}) ?(?:жаста|жасар|жаска)",
    trigger=r"[0-9] ?(?i:жаста|жасар|жасқа|жаска)",
    longest=10,
    starts=_DIGITS,
    finder="1?[0-9] ?жас",
    growing=lazily(f"{_NUMBER} {begun(*_AT_AGE)}"),
)
_FORM = r"(?:-?(?:м|й|ом|ый|ий|ой|го|му|ши|шы|st|nd|rd|th))? ?-?[\"«]?(?:[абвгдa-e][\"»]? ?)?"
_FORMS_LISTED = "классе классов класса классу класс классник классница grade grader graders"
_FORMS = _FORMS_LISTED.split()
GRADES = Terms(
    pattern=rf"(?:1[01]|[0-9]){_FORM}(?:{'|'.join(_FORMS)}|сынып\w{{0,6}}|курсе колледжа)",
    trigger=r"[0-9][\-абвгдa-zа-яё \"«»]{0,6}[ \-]?(?i:класс|сынып|grade|курсе колл)",
    longest=28,
    starts=_DIGITS,
    finder=rf"[0-9]{{1,2}}{_FORM}(?:класс|сынып|grade|курсе)",
    growing=lazily(rf"(?:1[01]|[0-9]){_FORM}{begun(*_FORMS, 'сыныпта', 'курсе колледжа')}"),
)
