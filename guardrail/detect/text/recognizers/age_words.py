"""What makes a number of years a person's age, in Kazakh, Russian and English."""

from __future__ import annotations

_DATIVE = (
    r"(?:мне|ему|ей|тебе|вам|сыну|дочери|дочке|маме|папе|матери|отцу|мужу|жене|супругу|супруге"
    r"|брату|сестре|бабушке|дедушке|деду|реб[её]нку|малышу|девочке|мальчику|внуку|внучке|пациенту"
    r"|пациентке|клиенту|клиентке|парню|девушке|женщине|мужчине|племяннику|племяннице|подруге|другу"
    r"|заявителю|заявительнице|заемщику)"
)

LABELLED = (
    r"(?i)(?:^|[\W_])(?:возраст(?:ом|е)?"
    r"(?: (?:пациента|пациентки|клиента|реб[её]нка|заявителя|мой))?"
    r"|жас(?:ым|ы|ыңыз|ың)|[jz]h?asy?m?y?|aged|(?:patient )?age(?: is)?)"
    r"""["'»]?(?: ?[:=\-] ?\n?["']?| |, )(?:в )?\Z"""
)
"""Before a bare number, makes it an age."""

ADDRESSED = (
    rf"(?i)(?:^|[\W_])(?:{_DATIVE}(?: (?:уже|сейчас|всего|только|исполнилось|исполнится|исполняется"
    r"|скоро|примерно|почти|было|будет|тогда|полных|ещё|еще)){0,2}"
    r"|(?:я|он|она|мужчина|женщина|пациент(?:ка)?|реб[её]нок|девочка|мальчик|сын|дочь),"
    r"|в возрасте)(?: ?[:\-] ?| )\Z"
)
"""Before a number of years in Russian, makes it an age."""

SPOKEN = (
    r"(?i)(?:^|[\W_])(?:i am|i['’]?m|he is|she is|s?he['’]s|i turned|turned|aged?"
    r"|(?:son|daughter|wife|husband|mother|father|mom|dad|brother|sister|patient|child|boy|girl|man"
    r"|woman|baby) (?:is|was)|(?:he|she|i) was|who is)"
    r"(?: (?:now|only|already|just|almost))?(?: ?[:\-] ?| )\Z"
)
"""Before a number of years in English, makes it an age."""

PERSON_BEHIND = (
    r"(?:пациент|мужчин|женщин|девушк|парен|парн|жител|реб[её]н|мальчик|девочк|подрост|водител|сын"
    r"|доч|студент|школьни|граждан|пенсионер|юнош|брат|сестр|клиент|сотрудни|работни|учител|инженер"
    r"|мать|матер|отец|отц|супруг|муж|жен[аыу]|уроженец|уроженк|алматин|астанч|мама|папа|бабушк"
    r"|дедушк|внук|внуч|врач|man|woman|boy|girl|male|female|patient|son|daughter|child"
    r"|student|mother|father|driver|resident|teen|employee|worker|wife|husband|brother|sister"
    r"|азамат|бала|қыз|жігіт|әйел|ер адам|науқас|тұрғын)"
)
"""Stems of whom an age is said of, right behind it."""

NO_AGE_BEHIND = (
    r"(?:назад|стаж|опыт|лишени|подряд|спустя|не|без|работ|жд|условно|гаранти|и старше|и младше"
    r"|срок|колони|в браке|тюрьм|строг|прошло|как|ago|experience|of)"
)
"""Stems of what a number of years is spent on, right behind it."""
