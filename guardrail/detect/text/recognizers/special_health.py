"""When words of health are said of somebody."""

from __future__ import annotations

from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.recognizers import special_persons as persons
from guardrail.detect.text.recognizers.special_health_words import CARE, CONDITIONS, GROUPS, PEOPLE
from guardrail.detect.text.recognizers.special_rules import Rule
from guardrail.detect.text.recognizers.special_words import Terms
from guardrail.detect.text.recognizers.ties import Tie, closed_gap, field, head, open_gap

_SICK = (
    r"бол(?:еет|еем|еют|ел|ела)|страда(?:ет|ем|ют|л|ла)|пере(?:нес|несла|носит|жил|жила)"
    r"|леч(?:ится|усь|ился|илась)(?: от)?|умер(?:ла)?(?: от)?|умирает(?: от)?"
    r"|(?:за|пере)бол(?:ел|ела)|мучается|сконча(?:лся|лась)(?: от)?|име(?:ет|ю|ла|л)"
    r"|госпитализирован\w{0,2}(?: с)?|лежит(?: в больнице)? с|принимает(?: \w+){1,2} от|слегла? с"
    r"|поступил[аи]? с|прин(?:имает|имал|имала)|пь(?:ет|ю)|кол(?:ет|ю|ется|юсь)|сидит на|сижу на"
    r"|борется с|боролась с|восстанавливается после|диагностирован\w{0,2}|выявлен\w{0,2}"
    r"|обнаружен\w{0,2}|подтвержден\w{0,2}|подозрева\w{2,3}|заразил(?:ся|ась)|проходит|прошел"
    r"|прошла|наблюдается(?: с| по поводу)?|состоит на учете (?:с|по поводу)|перенесший|перенесшая"
    r"|жалуется на|обратил(?:ся|ась) с|на учете (?:с|по)|сделала|нуждается в|сидел[аи]? на"
    r"|оформил[аи]?|получил[аи]?|дали"
)
_FIRST = (
    r"(?:меня (?:беспокоит|мучает|преследует|замучил\w?)|сижу на|колю|колюсь|принимаю|пью|"
    r"болею|страдаю|мучаюсь|(?:пере|за)?болел[аи]?|лечусь(?: от)?|лечил(?:ся|ась)(?: от)?"
    r"|живу с|борюсь с|состою на учете (?:с|по)|(?:принимаю|"
    r"пью)(?: \w+){0,2} от"
    r"|перенесл?а?|пережил[аи]?|справляюсь с|умираю от|мой диагноз|мне диагностировали|инвалид по)"
)
_DIAGNOSED = (
    r"(?:(?:по|у)?ставил\w?|ставят|назначил\w?|прописал\w?|провели|делали|делают|удалили|дали"
    r"|выписал\w?|диагностировал\w?|диагностирован\w?|подтвердил\w?|подтвержден\w?"
    r"|установил\w?|установлен\w?|сделали|нашли|обнаружили|выявили|нужн[аоы]?|отказали|оформили"
    r"|присвоили|светит|помогает|колют|грозит|поставлен\w?)"
)
_SICK_GAP = lazily(
    rf"\W{{1,3}}(?:\w+\W{{1,3}}){{0,4}}(?:{_SICK})\W{{1,3}}(?:(?!о |про |книг"
    rf"|стать)\w+\W{{1,3}}){{0,3}}"
)
_DIAGNOSED_GAP = lazily(
    rf"\W(?:\w+\W{{1,3}}){{0,3}}{_DIAGNOSED}\W{{1,3}}(?:(?!\w+у про )\w+\W{{1,3}}){{0,4}}"
)
_FOUND = (
    r"(?:на|вы|об)(?:шли|явили|наружили|наружен\w?|явлен\w?)|диагностировал\w?"
    r"|диагностирован\w?|подтвердил\w{1,3}|установлен\w?|подозрение на|подозревают"
)
_HAD_FIRST = (
    r"(?:поступил[аи]?|госпитализирован[аы]?|доставлен[аы]?|обратил(?:ся|ась)|выписан[аы]?"
    r"|наблюда(?:ется|лся|лась)|лечится|состоит на (?:д |диспансерном )?учете|находится на лечении"
    r"|перенес(?:ла)?|в анамнезе|страдает|болеет|анамнез отягощен|беспокоит|жалобы на)"
)
_LABELS = (
    r"диагноз(?:ы|ом)?(?: \w{4,16}(?:ый|ий))?",
    "заболевани[ея]",
    "хронические заболевания",
    "перенесенные заболевания",
    "сопутствующ\\w{2,3}(?: заболевани\\w| диагноз\\w?)?",
    "инвалидность",
    "диагнозы",
    "аллергоанамнез",
    "аллергологический анамнез",
    "особенности здоровья",
    "противопоказания по здоровью",
    "причина (?:больничного|инвалидности|госпитализации)",
    "больничный лист",
    "diagnos[ei]s",
    "dx",
    "medical (?:conditions?|history|notes?)",
    "disease",
    "chronic (?:conditions?|illness(?:es)?)",
    "known (?:conditions?|allergies)",
    "past medical history",
    "pmh",
    "ауруы",
    "сыркаты",
    "диагнозы",
    "созылмалы аурулары",
    "состояние здоровья",
    "ds",
    "dz",
    "дз",
    "анамнез",
    "health conditions?",
    "денсаулыгы",
    "денсаулык жагдайы",
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
    r"runs|should|disease|syndrome|disorder|virus|infection|relapse|recurrence|though|all)(?!\w))"
    r"[a-z]{2}| of (?:luck|genius)|-free"
)
_ABOUT = r" (?:туралы|жайлы|жонинде|деген|treatment|cent(?:er|re)|clinic|research|depart|ward"
_ABOUT += r"|awareness|screening|prevention|болса)" + _LATIN_NOUN

_RU_POSSESSED = Tie(
    head=head(persons.OF_MINE),
    gap=closed_gap(r"\w{3,16}(?:ый|ий|ая|яя|ое|ой|ого|ую|ей|ом)", "диагноз", words=2),
)
_EN_ILL_LISTED = (
    "diagnosed with from for of on to in a an the been being recently just not living having type "
    "suffering treated recovering dying \\d severe chronic positive battling fighting struggling "
    "dealing going through undergoing coping taking medication ill sick lung breast still now "
    "currently seriously very also actually living hospitali[sz]ed admitted stage early late "
    "mild acute possible suspected newly probably always no longer getting treatment receiving "
    "prescribed given about scheduled injecting using he she was told getting pancreatic ovarian "
    "cervical prostate skin colon stomach bone blood brain thyroid kidney liver second third"
)
_EN_ILL = _EN_ILL_LISTED.split()
_EN_HAS_GAP = closed_gap(
    "has|had|have|got|gets|suffers|suffered|developed|survived|beat|battles|battled|fought|died"
    "|contracted|caught|underwent|takes|took|needs|lives|struggles|struggled|experienced|lost|was"
    "|is"
    "|been",
    *_EN_ILL, r"his|her|my|both|several|many|stopped|started|\w{3,12}(?:al|ic|ous|ary|ed)", words=6,
)  # fmt: skip
_EN_CALLED_GAP = lazily(
    r"(?:,? who)? (?:recently |still |also |now |really |has been |never )?(?:has|had|suffers from"
    r"|suffered from|was diagnosed with"
    r"|is diagnosed with|diagnosed with|developed|survived|died (?:of|from)|is dying (?:of|from)"
    r"|lives with|is living with|battles|is battling|struggles with|is struggling with"
    r"|tested positive"
    r" for|is being treated for|was treated for|was hospitali[sz]ed (?:with|for)"
    r"|is in treatment for|is on"
    r"|takes|contracted|caught|is recovering from|needs|suffering from|is undergoing|underwent)"
    r" (?:(?!about|to|that|an article|book)[\w\-]{1,12} ){0,3}"
)
_RU_CALLED_GAP = lazily(
    rf",? (?:(?!и |что |как )\w{{2,12}} ){{0,2}}(?:{_SICK})\W{{1,3}}(?:(?!о "
    rf"|про )\w+\W{{1,3}}){{0,3}}"
)
_HAVING = (
    Tie(head=head(f"(?!у нас)у {persons.RU_WHOSE}"), gap=persons.OPEN),
    Tie(head=head(f"у (?:{persons.KNOWN.pattern})"), gap=persons.SHORT),
    Tie(
        head=lazily(r"(?<!\w)[уУ] [А-ЯЁӘҒҚҢӨҰҮҺІ]\w{2,20}[аяыи](?: [А-ЯЁ]\w{2,20})?(?!\w)"),
        gap=persons.SHORT,
        written=True,
    ),
    Tie(head=head(r"у \w{3,14}[ыиа]"), gap=lazily(rf" (?:{_FOUND}) (?:\w+ ){{0,2}}")),
    Tie(head=head(persons.RU_WHO, persons.NOTED), gap=_SICK_GAP),
    Tie(head=head(persons.RU_WHOM), gap=_DIAGNOSED_GAP),
    Tie(head=head(_FIRST), gap=persons.SHORT),
    Tie(head=head(rf"(?:^|[.!?:;\n] {{0,2}}){_HAD_FIRST}"), gap=open_gap(4)),
    _RU_POSSESSED,
    Tie(
        head=head(f"(?:диагноз|болезнь|заболевание|анализы?|справка) (?:у )?{persons.RU_WHOSE}"),
        gap=persons.OPEN,
    ),
    _NAMED_FIELD,
    Tie(head=persons.CALLED, gap=_RU_CALLED_GAP, written=True),
    Tie(head=persons.CALLED, gap=_EN_CALLED_GAP, written=True),
    Tie(head=persons.KNOWN, gap=_RU_CALLED_GAP),
    Tie(head=persons.KNOWN, gap=_EN_CALLED_GAP),
    Tie(head=persons.KK_CALLED_HAS, gap=persons.SHORT, written=True),
    Tie(head=head(persons.AGED_ROLE), gap=persons.OPEN),
    Tie(head=head(persons.EN_HAVE), gap=open_gap(4)),
    Tie(
        head=head(
            rf"{persons.EN_WHO} (?:takes?|took|need|needs|inject|injects|uses?|is on|am on|was on)"
            r"(?: (?:\w+ )?(?:for|to treat|because of))?",
            r"i(?:['’]m| am) on",
            "i take",
            "i use",
        ),
        gap=open_gap(2),
    ),
    Tie(head=head(persons.EN_BE), gap=closed_gap(*_EN_ILL)),
    Tie(
        head=head(f"{persons.EN_KIN}(?:['’]s)?", "my", "his", "her"),
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
            "diagnosis|diagnosed|is|was|of|past|history",
        ),
    ),
    Tie(head=head(persons.KK_HAS), gap=persons.OPEN),
    field(*_LABELS, words=4),
)
_KK_HIM = Tie(head=head(persons.KK_WHO), gap=persons.OPEN)
_KK_KNOWN = Tie(head=persons.KNOWN, gap=persons.OPEN)
_KK_CALLED = Tie(head=persons.CALLED, gap=persons.SHORT, written=True)
_ILL = lazily(
    r"(?:-\w{2,3})?(?: \w{1,10}){0,2} (?:ауыр(?:ады|ып|ган|ды|атын)|шалды|жуктыр|емделу|емделип"
    r"|дерт|кайтыс болды"
    r"|кайтты|тиркеуде|есепте|диагноз|аныкта|табыл|койыл|алып жур|ишип жур|ишеди|кабылдайды|салып)"
)
_I_AM_ILL = lazily(
    r"(?:-\w{2,3})?(?: \w{1,10}){0,2} (?:ауыр(?:амын|ып журмин|гамын|амыз|ганмын|дым|ып калдым)"
    r"|жуктыр(?:ганмын|дым)"
    r"|болею|страдаю|шалдыктым|емделип журмин|емделудемин|ишемин|кабылдаймын)"
    r"|(?: \d)?(?: \w{1,10}){0,2} у (?:меня|моего|моей|моих|нашего|нашей|мужа|мамы|жены|сына"
    r"|дочери|отца|папы"
    r"|брата|сестры|бабушки|дедушки|ребенка|него|нее)(?!\w)"
    r"|(?: \w{1,10}){0,1} (?:in my|of my|my) (?:family|mother|father|son|daughter|wife|husband)"
)

_KEEN = lazily(r" (?:и уведомлени|футбол|хокке|идеей|тобой|игр|музык|театр|мечт|работ)")

_FIELD_ONLY = Terms(
    pattern=r"\w{2,24}(?:ит|оз|ома|патия|емия|алгия|френия|плегия|itis|osis|oma|emia|pathy|algia)",
    trigger="(?i:диагноз|заболевани|diagnos|ауруы)",
    told="(?:диагноз|diagnos|ауруы)",
    longest=30,
)
_CODE_TOLD = r"(?i:диагноз|мкб|ахж|icd|diagnos|\bd[xsz]\b|дз[:\-])"
_CODE = Terms(
    pattern=r"[a-tv-zавсекмнортх][0-9]{2}(?:\.[0-9]{1,2})?",
    trigger=_CODE_TOLD,
    told=_CODE_TOLD,
    longest=6,
    starts=tuple("abcdefghijklmnopqrstvzавсекмнортх"),
    finder="[a-tv-zавсекмнортх][0-9][0-9]",
)
_CODED = lazily(
    r"(?:\W{1,3}(?:10|11|cm|код|кодом|code|коды|по|мкб|основной|клинический|заключительный"
    r"|[a-zа-я][0-9]{2}(?:\.[0-9]{1,2})?)){0,3}\W{1,3}"
)
_CODE_TIES = (
    Tie(
        head=lazily(r"(?<!\w)(?:диагноз(?:ы|а|ом)?|мкб|ахж|icd|diagnos[ei]s|d[xsz]|дз)(?!\w)"),
        gap=_CODED,
        lines=True,
    ),
    _NAMED_FIELD,
)
_ASKED = lazily(r" (?:по |в |means|is for|о?бозначает|означает|значит|что |chapter)")

_NOT_PERSON = lazily(rf"{_KEEN.pattern}| (?:spot|date|eye|cat|dog|алма)| (?:пятн|зон|уверенност)")
_WHO_IS = (
    Tie(head=head(persons.RU_WHO, persons.NOTED), gap=persons.PERSON_GAP),
    Tie(head=head(persons.EN_BE, persons.KK_WHO), gap=persons.IS),
    Tie(head=persons.NAMED, gap=open_gap(2), written=True),
    Tie(head=persons.CALLED, gap=persons.IS, written=True),
    Tie(head=persons.KNOWN, gap=persons.IS),
    Tie(head=head(persons.AGED_ROLE), gap=persons.IS),
    Tie(head=head("my", "his", "her"), gap=open_gap(0)),
    Tie(
        head=head(rf"{persons.OF_MINE} (?:\w{{3,12}} )?", r"у (?:меня|нас|нее|него)"),
        gap=open_gap(0),
    ),
    Tie(head=head(persons.KK_KIN, "мен", "менин"), gap=open_gap(3)),
    Tie(head=persons.KNOWN, gap=open_gap(2)),
    field(*_LABELS, "статус", "вич-статус", "группа", "hiv status"),
)
_CARED = (
    Tie(
        head=head(
            persons.RU_WHO, persons.RU_ACCUSED, persons.NOTED, persons.KK_WHO, persons.RU_WHOM,
            "лежал[аи]? (?:\\w+ )?", "лечусь", "наблюдаюсь", "состою на учете", "стою на учете",
            "наблюдается", "состоит на (?:\\w+ )?учете", "хожу",
        ),
        gap=lazily(r"\W{0,3}(?:(?!работа\w*|медсестр\w*|санитар\w*|медбрат\w*|сторож\w*|повар\w*|дежур\w*|уборщ\w*|подраб\w*|про|о|об|если|врач\w*|курьер\w*|психолог\w*|учит\w*|стажир\w*|практик\w*|волонт\w*)[\w\-]{1,14}\W{1,3}){0,4}"),
    ),
    Tie(head=persons.NAMED, gap=open_gap(4), written=True),
    Tie(head=persons.CALLED, gap=open_gap(2), written=True),
    Tie(head=persons.KNOWN, gap=open_gap(3)),
    Tie(
        head=head(persons.EN_WHO),
        gap=closed_gap(
            "sees?|saw|seeing|visits?|is|was|been|has|have|had|in|at|a|an|the|my|his|her|needs"
            "|need|to"
            "|undergoing|underwent|after|got|went|goes|checked|into|spent|months?|weeks?|two|three"
            "|just|out"
            "|of|recovering|from|admitted|committed|scheduled|for|finished|under|care|heart|brain"
            "|cancer|i|am|'m",
            words=6,
        ),
    ),
)  # fmt: skip

RULES = (
    Rule(terms=CONDITIONS, ties=_HAVING, behind=_I_AM_ILL, unless=lazily(_ABOUT), score=0.85),
    Rule(terms=CONDITIONS, ties=(_KK_HIM, _KK_KNOWN, _KK_CALLED), requires=_ILL, score=0.85),
    Rule(terms=PEOPLE, ties=_WHO_IS, unless=_NOT_PERSON, score=0.85),
    Rule(
        terms=CARE,
        ties=_CARED,
        unless=lazily(
            r" (?:работ|врач|по поводу собак|in town|near me|recommend|nurse|ward nurse)"
        ),
    ),
    Rule(terms=_FIELD_ONLY, ties=(field("диагноз(?:ы)?", "diagnos[ei]s", "ауруы"),), score=0.8),
    Rule(
        terms=GROUPS,
        ties=(
            field(
                r"инвалидность(?: \w{4,12})?",
                "наличие инвалидности",
                "мугедектиги",
                "мугедектик(?: тобы)?",
                "disability(?: status| group)?",
                words=0,
            ),
        ),
    ),
    Rule(terms=_CODE, ties=_CODE_TIES, unless=_ASKED, score=0.85),
)
