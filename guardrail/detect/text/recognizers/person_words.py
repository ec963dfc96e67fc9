"""The words and endings that names are recognised by, in Kazakh, Russian and English."""

from __future__ import annotations

UPPER = "A-ZÄÖÜŞĞİÑŪА-ЯЁӘҒҚҢӨҰҮҺІ"
_LOWER = "a-zäöüşğ\u0131ñūа-яёәғқңөұүһі"
LETTER = UPPER + _LOWER + r"’'\-"
"""Inside of a character class: what a name is spelt with."""

WORD = f"[{UPPER}][{UPPER}{_LOWER}]{{0,24}}(?:[’'\\-][{UPPER}{_LOWER}]{{1,24}})?"
"""A capitalised word, with one hyphen or apostrophe perhaps: at most fifty letters."""

_KK_CASE = (
    "(?:[ндт][ыі]ң|[ғгқкнтд][ае]|[ндт][ыі]|н|н[дт][ае]|[дтн][ае]н|[мбп]ен)?"  # Серікұлы-ның, -на…
)

PATRONYMIC = (
    f"[{UPPER}](?:"
    f"[{UPPER}{_LOWER}]{{2,20}}"
    rf"(?i:(?:[ұу]лы|қызы|кызы){_KK_CASE}|uly|[qk]yzy|[oe]vich|[oe]vna"
    rf"|[оеё]вич(?:а|у|ем|е|{_KK_CASE})|[оеё]вн(?:а{_KK_CASE}|ы|е|у|ой|ою)"
    rf"|[иьт]ичн(?:а{_KK_CASE}|ы|е|у|ой|ою)|иничн(?:а{_KK_CASE}|ы|е|у|ой|ою))"
    r"|(?i:льич|узьмич|укич|омич|икитич|аввич)(?i:а|у|ем|е)?"
    ")"
)
"""Өтегенұлы, Серіккызы, Иванович, Ильинична, Никитич, Serikuly, Petrovich; and their cases."""

ADJECTIVES = (
    r"(?i)(?:(?:без|еже|за|не|по|пред|раз)?"
    r"(?:основн|условн|духовн|верховн|церковн|уголовн|дневн|душевн|плачевн|чиновн|ровн|древн"
    r"|деревн|любовн|родословн|виновн|царевн|королевн|дворовн)\w{1,2}"
    r"|царевич\w?|королевич\w?|байлаулы|жазулы|құрулы|қоюлы|асулы|тігулі|unruly)"
)
"""Words that only end like patronymics."""

NO_NAMES = frozenset(
    word
    for line in (
        "уважаемый уважаемая уважаемые дорогой дорогая здравствуйте добрый привет вчера сегодня",
        "завтра господин госпожа гражданин гражданка директор доктор профессор президент министр",
        "судья врач и а но да на по от для из к с у о в не что как это если когда где мой моя",
        "наш наша его её фио имя отчество фамилия иин жсн бин бсн инн снилс паспорт",
        "құрметті сәлем сәлеметсіз мырза ханым кеше бүгін ертең мен сен ол біз бұл осы менің",
        "біздің және азамат азаматша дәрігер төраға",
        "dear mr mrs ms dr hello hi the a an i my and or yesterday today tomorrow is",
    )
    for word in line.split()
)
"""Capitalised at the start of a sentence, never a part of a name."""

INTRODUCTION = (
    r"(?i)(?:^|[\W_])(?:"
    r"(?:меня|его|её|ее|вас|тебя|сына|дочь|мужа|жену) зовут"
    r"|мо[яёе] (?:фамилия|имя)[:,]?"
    r"|(?:атым|есімім|тегім|аты-жөнім) ?[:\-]?"
    r"|(?:оның|сіздің) (?:аты|есімі|тегі|аты-жөні) ?[:\-]?"
    r"|my (?:full )?name is|i am called"
    r"|фамилия,? имя(?:,? отчество)? ?[:\-]"
    r"|ф\.? ?и\.? ?о\.? ?[:\-]|(?:тегі, )?аты[ \-]жөні ?[:\-]|full name ?[:\-]"
    r""")["']? {0,2}(?:- )?["'«“]?"""
)
"""What people say before their name: under fifty code points."""
