"""How texts speak of a particular person: the speaker, kin, a role with a name. Data for `ties`.

Plain text throughout (ё is е, Kazakh letters are their look-alikes) but for `NAMED`.
"""

from __future__ import annotations

import re

from guardrail.detect.text.recognizers.ties import closed_gap, head, open_gap

_OF_MINE = (
    r"(?:мо(?:й|я|и|е|ю|его|ему|ей|им|их|ими|ем)|наш(?:а|и|е|у|его|ему|ей|их|им)?|его|ее|их"
    r"|сво(?:й|я|и|его|ему|ей|ю)|этот|эта|этого|этой)"
)
OF_MINE = _OF_MINE

_KIN = {
    "who": "мама мамочка папа отец мать муж жена сын сынок дочь дочка дочурка брат братик братишка "
    "сестра сестренка бабушка бабуля дедушка дед тетя дядя внук внучка племянник племянница "
    "свекровь свекор теща тесть супруг супруга невестка зять родители",
    "whose": "мамы папы отца матери мужа жены сына сынишки дочери дочки доченьки брата братика "
    "сестры сестренки бабушки дедушки деда тети дяди внука внучки племянника племянницы свекрови "
    "свекра тещи тестя супруга супруги невестки зятя родителей",
    "whom": "маме папе отцу матери мужу жене сыну сынишке дочери дочке доченьке брату братику "
    "сестре бабушке дедушке деду тете дяде внуку внучке племяннику племяннице супругу супруге",
}
_NEAR = {
    "who": "парень девушка друг подруга коллега начальник начальница сосед соседка ребенок дети "
    "малыш сотрудник сотрудница клиент клиентка пациент пациентка знакомый знакомая партнер "
    "работник студент студентка ученик ученица директор водитель бухгалтер няня",
    "whose": "парня девушки друга подруги коллеги начальника начальницы соседа соседки ребенка "
    "детей малыша сотрудника сотрудницы клиента клиентки пациента пациентки знакомого знакомой "
    "партнера работника студента студентки ученика ученицы директора водителя бухгалтера няни",
    "whom": "парню девушке другу подруге коллеге начальнику соседу соседке ребенку детям малышу "
    "сотруднику сотруднице клиенту клиентке пациенту пациентке партнеру ученику ученице",
}
_SUCH = r"(?:\w{2,14}(?:ая|ый|ий|ой|ого|его|ей|ому|ему|ые|их|юю|ую) )?"


def _ru(case: str, *pronouns: str) -> str:
    kin = "|".join(_KIN[case].split())
    near = "|".join(_NEAR[case].split())
    own = f"{_OF_MINE} {_SUCH}(?:{kin}|{near})"
    return f"(?:{'|'.join([*pronouns, own, kin])})"


RU_WHO = _ru("who", r"мы с \w{2,14}", "я", "он", "она", "мы")
RU_WHOSE = _ru("whose", "меня", "него", "нее", "нас", "него самого")
RU_WHOM = _ru("whom", "мне", "ему", "ей", "нам")
RU_ACCUSED = _ru("whose", "меня", "его", "ее", "мужа", "жену", "маму", "дочь", "сестру", "папу")

_EN_KIN = (
    "mother|mom|mum|mommy|father|dad|daddy|son|daughter|wife|husband|spouse|brother|sister"
    "|grandmother|grandfather|grandma|grandpa|granddaughter|grandson|uncle|aunt|cousin|niece"
    "|nephew|kid|child|baby|toddler|boy|girl|friend|boyfriend|girlfriend|fiance|fiancee|partner"
    "|boss|manager|colleague|coworker|neighbou?r|roommate|employee|patient|client|student"
    "|tenant|parents|kids|children|twins|ex|in-laws|teenager"
)
EN_KIN = rf"(?:my|our|his|her)(?: [a-z0-9\-]{{2,14}})?(?: [a-z0-9\-]{{2,14}})? (?:{_EN_KIN})"
EN_WHO = rf"(?:i|he|she|we|{EN_KIN})"
_APOSTROPHE = "['’]"
EN_BE = (
    rf"(?:i{_APOSTROPHE}?m|i am|i was|we{_APOSTROPHE}re|we are|s?he{_APOSTROPHE}s"
    rf"|{EN_WHO}(?: is| was|{_APOSTROPHE}s| are| were| has been| became| came out)"
    r"|i(?:'ve|’ve| have) been|i became|i came out|as an?)"
)
EN_HAVE = (
    rf"{EN_WHO}(?:{_APOSTROPHE}ve|{_APOSTROPHE}s)?(?: \w{{2,9}})?"
    r"(?:,? who)? (?:have|has|had|got|suffers?(?: from)?|suffered from|diagnosed "
    r"with|lives? with|living with"
    r"|caught|tested positive for|treated for|recovering from|died (?:of|from)|battl(?:es|ed|ing)"
    r"|fighting|developed|survived|down with)"
)

_KK_CASE = "(?:нын|нин|да|де|га|ге|а|е|ды|ди|н|нан|нен|мен)?"
KK_KIN = (
    "(?:анам|акем|апам|атам|ажем|агам|иним|карындасым|синлим|апкем|улым|кызым|балам|куйеуим"
    f"|айелим|жубайым|жарым|немерем|жиеним|туысым|досым|бауырым|келиним|енем|жолдасым|зайыбым){_KK_CASE}"
)
_KK_LATIN = (
    "(?:mende|menin[gnń]?|(?:anam|akem|äkem|balam|ulym|ūlym|qyzym|apam|atam)(?:n[iy]n[gń]?|d[ae])?)"
)
KK_HAS = f"(?:менде|менин|бизде|онда|онын|{KK_KIN}|{_KK_LATIN})"
KK_WHO = f"(?:мен|ол|биз|менин {KK_KIN}|{KK_KIN})"

_UPPER = "A-ZÄÖÜŞĞİÑŪА-ЯЁӘҒҚҢӨҰҮҺІ"
_ROLE = (
    r"(?i:пациент\w{0,3}|больн(?:ой|ая|ого|ому)|клиент\w{0,3}|сотрудни(?:к|ка|ку|ца|цы|це)"
    r"|работни(?:к|ка|ца|цы)|учени(?:к|ка|ца|цы|це)|студент\w{0,2}|гражданин\w?|гражданк[аиу]"
    r"|подозреваем\w{2,3}|обвиняем\w{2,3}|осужденн\w{2,3}|за[её]мщи\w{1,3}|коллег[аиу]"
    r"|кандидат\w?|ребен\w{2,3}|ребён\w{2,3}|водител[ья]|житель\w?|науқас\w{0,4}|қызметкер\w{0,4}"
    r"|оқушы\w{0,3}|азамат\w{0,5}|patient|client|employee|worker|colleague|student|customer"
    r"|applicant|candidate|defendant|mr\.?|mrs\.?|ms\.?)"
)
_SURNAME = r"\w{2,20}(?:[оеё]в|[оеё]ва|ин|ина|ину|ову|ева|еву|улы|ұлы|қызы|енко|ский|ская)"
NAME = (
    rf"(?:[{_UPPER}][\w’'\-]{{1,24}}(?: [{_UPPER}]\. ?(?:[{_UPPER}]\.)?| "
    rf"[{_UPPER}][\w’'\-]{{1,24}})?"
    rf"|{_SURNAME}(?: \w\. ?(?:\w\.)?)?|[{_UPPER}]\.)"
)
"""A name as written behind a role: capitalised, or a surname by its ending."""
_INITIALS = rf"[{_UPPER}][\w\-]{{2,24}} [{_UPPER}]\. ?(?:[{_UPPER}]\.)?"
_PATRONYMIC = r"\w{3,20}(?:[оеё]вич|[оеё]вна|ична|ұлы|қызы|кызы|uly|qyzy)\w{0,2}"

NAMED = head(rf"{_ROLE}[ :,]{{1,3}}(?:- )?{NAME}", _INITIALS, _PATRONYMIC)
AGED_ROLE = (
    r"(?:мне|ему|ей|пациент|пациентка|больной|больная|patient|науқас|наукас)[,:]? "
    r"\d{1,3}(?: лет| года?|-year-old|,? жаста)?"
)

OPEN = open_gap(5)
SHORT = open_gap(3)

IS = closed_gap(
    "не|тоже|также|уже|давно|сейчас|был[аи]?|является|являюсь|являемся|это|по|национальности",
    "вероисповеданию|вере|религии|происхождению|рождению|убеждениям|наполовину|на|половину",
    "четверть|сам|сама|верующ\\w{2}|практикующ\\w{2}|этническ\\w{2}|чистокровн\\w{2}",
    "крещен\\w{2}|убежденн\\w{2}|открыт\\w{2}|открыто|скрыт\\w{2}|настоящ\\w{2}|и|"
    "а|как|но|бывш\\w{2}|стала?",
    "оказал(?:ся|ась)|вообще|очень|глубоко|тайн\\w{2}|активн\\w{2}|рядов\\w{2}|всегда|ведь|просто",
    "ранее|раньше|дважды|трижды|неоднократно|тяжело|серьезно|неизлечимо|чем-то|видимо|скорее всего",
    "a|an|the|also|not|n't|just|very|devout|practi[sc]ing|born|raised|proud|"
    "proudly|openly|secretly",
    "registered|ethnic|ethnically|half|part|originally|by|now|actually|being|been|roman|orthodox",
    "lifelong|former|strict|committed|native|both|always|still|am|is|was|as|severely|clinically",
    "legally|currently|really|probably|\\d{1,2}|weeks?|months?|years?|out|almost|newly|again",
    "у|меня|с|туганнан|рождения|детства|да|де|тек|бурын|бурыннан|осы|екеуимиз|барлыгымыз|тагы|кури|езим|ози",
)

NOUN_FOLLOWS = re.compile(
    r" (?!(?:и|а|но|из|с|со|в|на|по|от|не|до|живу|емес|еди|екен|болып|болган|бирак|жане|and|but|so"
    r"|or|by|from|in|at|on|for|since|who|with|living|man|woman|guy|girl|boy|person|people|now|too"
    r"|as|if|he|she|i|we|my|because|человек|мужчина|женщина|parents|family)(?!\w))\w"
)
"""What makes a word an adjective: «русский язык», ``conservative investor``, «мұсылман елі»."""
