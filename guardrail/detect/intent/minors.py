"""Intimate images of children: told by what is asked and of whom, from words alone.

No sentences of this kind were written to learn from. A text counts that asks for something sexual,
speaks of a child, and is neither about protecting children nor about the law. Terms: UN General
Assembly resolution 54/263 (OPSC), art. 2(c); 230-VIII art. 17(3).
"""

from __future__ import annotations

from guardrail.detect.intent.words import folded
from guardrail.detect.text.lazily import lazily

_CHILD = lazily(
    r"\b(?:child(?:ren)?\b|kids?\b|toddlers?\b|minors?\b|under ?age|pre ?teen|teen(?:s\b|age)"
    r"|school ?(?:girl|boy)|little (?:girl|boy)|lolita|loli\b|shota|pupils?\b|infant"
    r"|(?:[1-9]|1[0-7])[ -]?(?:yo\b|y/o|years? ?old|year-old)|(?:sixth|seventh|eighth|ninth) grader"
    r"|ребен|ребят|дет(?:и|ей|ям|ьми|ях|ск)|малолет|несовершеннолет|подрост|школьни|девочк|девочек"
    r"|мальчи|младенц|(?:[1-9]|1[0-7])[ -]?(?:лет\b|летн|года\b)"
    r"|бала(?:н|г|д|м|с|л|\b)|окушы|камелет|жасоспирим|кыз бала|бобек|саби"
    r"|(?:[1-9]|1[0-7])[ -]?(?:жас(?:та|ар|\b)))"
)

_SEXUAL = lazily(
    r"\b(?:nud(?:e|es|ity)\b|naked|undress|unclothe|sexual|sexy|sexualis|sexualiz|porn|erotic"
    r"|topless|lewd|nsfw|explicit (?:image|photo|pic|video)|without clothes|intimate (?:pic|photo)"
    r"|csam\b|hentai|strip (?:her|him|them|off)"
    r"|гол(?:ая|ой|ую|ые|ый|ых|ого|ым|еньк)|обнаж|раздет|раздень|разден|порн|секс|эроти|интимн"
    r"|без одежды|без трус|топлес|откровенн"
    r"|жаланаш|шешинд|киимсиз|киимин шеш|уятсыз|анадай)"
)

_SHOWN = lazily(
    r"\b(?:photo|pic(?:s|ture)?\b|image|video|draw|generat|render|deep ?fake|selfie|edit\b|art\b"
    r"|story"
    r"|фото|фотк|картин|изображ|видео|нарису|сгенер|рендер|дипфейк|снимк|рассказ"
    r"|сурет|бейне|видео|салып|сал\b|генерац)"
)

_FAR = lazily(
    r"\b(?:sexual (?:education|health|abuse|harass|violence|exploit)|sex (?:ed\b|educat)|abuse"
    r"|report|prevent|protect|detect|law|illegal|crime|penal|statut|victim|survivor|hotline|police"
    r"|половое воспитан|сексуальное воспит|сексуального воспит|насили|защит|предотвр|сообщ|закон"
    r"|уголовн|стать|жертв|полици|горяч.. лини|профилакт|безопасн"
    r"|жыныстык тарбие|зорлык|коргау|корга|алдын ал|хабарла|зан(?:\b|д|ы)|кылмыс|полиц|кауипсиз)"
)


def of_minors(text: str) -> float:
    """Return how surely `text` joins a child and something sexual: 0 where it doesn't.

    It is 0 where the text is about protection or the law, and highest where it speaks of a picture.
    """
    plain = folded(text)
    if not _SEXUAL.search(plain) or not _CHILD.search(plain) or _FAR.search(plain):
        return 0.0
    return 0.99 if _SHOWN.search(plain) else 0.5
