"""When words of religion, politics and trade unions are said of somebody."""

from __future__ import annotations

import re

from guardrail.detect.text.recognizers import special_persons as persons
from guardrail.detect.text.recognizers.special_rules import Rule
from guardrail.detect.text.recognizers.special_words import terms, told_by
from guardrail.detect.text.recognizers.ties import Tie, closed_gap, field, head, open_gap

_SELF = Tie(head=head(persons.RU_WHO, persons.EN_BE), gap=persons.IS)
_KK_SELF = Tie(head=head(persons.KK_WHO), gap=persons.IS)
_NAMED = Tie(head=persons.NAMED, gap=persons.IS, written=True)
_BELIEVERS = terms(
    "мусульманин мусульманка мусульманином мусульмане православный православная православные",
    "христианин христианка христиане католик католичка католики протестант протестантка баптист",
    "баптистка буддист буддистка иудей иудейка атеист атеистка атеисты агностик "
    "индуист шиит суннит",
    "суннитка кришнаит мормон адвентист адвентистка пятидесятник язычник язычница тенгрианец",
    "свидетел*_иеговы старообрядец кришнаитка сайентолог саентолог",
)
_EN_BELIEVERS = terms(
    "muslim muslims christian christians catholic protestant buddhist hindu hindus jew atheist",
    "agnostic mormon jehovah's_witness sunni shia sikh baptist orthodox_jew orthodox_christian",
    "evangelical lutheran adventist pagan wiccan scientologist catholics atheists buddhists",
)
_KK_BELIEVERS = terms("мұсылман христиан православ католик буддист атеист musylman")
_I_BELIEVE = terms(
    "мұсылман+ христиан+ православ+ буддист+ атеист+ католик+ musylmanmyn намаз_оқимын",
    "намаз_оқимыз намаз_окып_жүрмін ораза_ұстап_жүрмін ораза_ұстаймын "
    "ораза_тұтамын хожу_в_мечеть хожу_в_церковь",
    "держу_уразу держу_оразу читаю_намаз совершаю_намаз делаю_намаз",
)
_RELIGIONS = terms(
    "ислам христианство православие католицизм католичество протестантизм буддизм иудаизм атеизм",
    "индуизм islam christianity catholicism buddhism judaism hinduism atheism orthodoxy catholic",
    "muslim christian protestant buddhist hindu jewish orthodox agnostic мусульманин мусульманка",
    "мусульманство мусульманская православный православная христианин католик буддист атеист",
    "мұсылман христиан суннит шиит sunni shia баптист лютеранство иудей",
)
_CONVERTED = re.compile(
    r"\W{1,3}(?:\w+\W{1,3}){0,3}(?:исповеду(?:ю|ет|ем|ют)|исповедовал[аи]?"
    r"|прин(?:ял|яла|яли)|перешел в|перешла в"
    r"|верю в|верит в|отошла? от|converted to|practi[sc]es?|follows?|left|embraced|believes? in)"
    r"\W{1,3}"
)
RELIGION = (
    Rule(terms=_BELIEVERS, ties=(_SELF, _NAMED)),
    Rule(terms=_EN_BELIEVERS, ties=(_SELF, _NAMED), unless=persons.NOUN_FOLLOWS),
    Rule(terms=_KK_BELIEVERS, ties=(_KK_SELF,), unless=persons.NOUN_FOLLOWS),
    Rule(terms=_I_BELIEVE, alone=True),
    Rule(
        terms=_RELIGIONS,
        ties=(
            field(
                "вероисповедание",
                "религия",
                "вера",
                "дини",
                "дин",
                "religion",
                "faith",
                "religious affiliation",
                "конфессия",
                "дини сенимi?",
                words=1,
            ),
            Tie(head=head("дини", "диним"), gap=open_gap(0)),
            Tie(head=head(persons.RU_WHO, persons.EN_WHO), gap=_CONVERTED),
            Tie(
                head=head(
                    rf"(?:{persons.OF_MINE}) (?:религия|вера|вероисповедание)",
                    "(?:my|his|her) (?:religion|faith)(?: is)?",
                ),
                gap=closed_gap("это", "is", "was"),
            ),
        ),
        score=0.85,
    ),
)

_PARTISANS = terms(
    "коммунист коммунистка либерал либералка социалист националист националистка консерватор",
    "анархист анархистка демократ оппозиционер оппозиционерка единоросс монархист",
    "communist socialist republican democrat libertarian anarchist conservative liberal marxist",
    "leftist monarchist tory коммунист+ либерал+ социалист+ демократ+ националист+",
)
_I_SIDE = terms("коммунист+ либерал+ социалист+ демократ+ ұлтшыл+")
_CHOICES = terms(
    "партию партии партией кандидата президента оппозицию оппозиции коммунистов либералов",
    "токаева назарбаева путина навального жириновского зюганова трампа байдена зеленского",
    "trump biden harris obama clinton labour tories brexit putin tokayev conservatives republicans",
    "democrats greens labour_party green_party democratic_party republican_party socialist_party",
    "conservative_party communist_party liberal_party opposition",
)
_PARTIES = terms(
    "amanat аманат nur_otan нұр_отан ақ_жол ак_жол акжол ауыл народн*_парти* осдп "
    "respublica байтақ",
    "baitaq едину*_росси* един*_росси* кпрф лдпр справедлив*_росси* яблоко ақжол жсдп aq_jol кпсс",
)
_SIDING = re.compile(
    r"\W{1,3}(?:\w+\W{1,3}){0,3}(?:(?:про)?голосу(?:ю|ет|ем|ют)|(?:про)?голосовал[аи]?|голосовать"
    r"|поддержива(?:ю|ет|ем|л|ла)|сторонни\w{1,2}|симпатизиру\w{1,2}|состо(?:ю|ит|им|ял|яла) в"
    r"|вступил[аи]? в|вышел из|вышла из|член(?:ом)?|voted for|vote for|votes for|voting for"
    r"|supports?|supported|(?:a )?members? of|joined|left|belongs? to|campaigned for)"
    r"\W{1,3}(?:(?:за|the|a|партию|партии|in|ruling)\W{1,3}){0,2}"
)
_KK_SIDING = open_gap(3)
_PARTY_MEMBER = head(
    r"член(?:ом|а|у)?(?: политической)? партии",
    r"состо(?:ю|ит|ял|яла|им) в(?: партии)?",
    r"вступил[аи]? в(?: партию)?",
    r"(?:про)?голосовал[аи]? за(?: партию)?",
    "член(?:ом)?",
    r"вышел из(?: партии)?",
    r"вышла из(?: партии)?",
    r"голосую за(?: партию)?",
)
_IN_UNION = re.compile(
    r"\W{1,3}(?:\w+\W{1,3}){0,3}(?:состо(?:ю|ит|им|ял|яла) в|вступил[аи]? в|вступа(?:ю|ет) в"
    r"|член(?:ом)?|вышел из|вышла из|председатель|активист\w{0,2}|(?:a )?members? of(?: an?| the)?"
    r"|joined(?: an?| the| our)?|belongs? to(?: an?| the)?|active in(?: the)?)"
    r"\W{1,3}(?:(?!(?:european|soviet|credit|students?|customs|african|"
    r"советск\w*)\W)\w+\W{1,3}){0,2}"
)

POLITICS = (
    Rule(
        terms=_PARTISANS,
        ties=(
            _SELF,
            _NAMED,
            field(
                "партийность",
                "политические взгляды",
                "political (?:views|opinion|affiliation|party)",
                "саяси козкарас\\w{0,3}",
            ),
        ),
        unless=re.compile(rf"{persons.NOUN_FOLLOWS.pattern}| with"),
    ),
    Rule(terms=_I_SIDE, alone=True),
    Rule(
        terms=_CHOICES,
        ties=(
            Tie(head=head(persons.RU_WHO, persons.EN_BE, persons.EN_WHO), gap=_SIDING),
            Tie(head=head("(?<!не )состою в"), gap=open_gap(0)),
            Tie(head=persons.NAMED, gap=_SIDING, written=True),
        ),
        unless=re.compile(r" (?:товара|шахмат|ноутбук|смартфон|в шахматы)"),
    ),
    Rule(
        terms=_PARTIES,
        ties=(
            Tie(head=_PARTY_MEMBER, gap=open_gap(0)),
            Tie(head=head(persons.RU_WHO, persons.EN_WHO, persons.EN_BE), gap=_SIDING),
            field("партийность", "партия", "партиялыгы", "political party", words=1),
        ),
    ),
    Rule(
        terms=told_by(
            terms("мүшесімін мүшемін мүшесіміз дауыс_бердім дауыс_бердік"), "(?i:партия|partia)"
        ),
        ties=(Tie(head=head(r"партия\w{0,8}"), gap=open_gap(1)),),
    ),
    Rule(
        terms=told_by(terms("мүшесі"), "(?i:партия|partia)"),
        ties=(
            Tie(
                head=head(persons.KK_WHO, persons.KK_HAS),
                gap=re.compile(r"\W(?:\w+\W{1,3}){0,3}партия\w{0,8}\W"),
            ),
        ),
        unless=persons.NOUN_FOLLOWS,
    ),
)

UNION = (
    Rule(
        terms=terms("профсоюз профсоюза профсоюзе профсоюзом union unions trade_union"),
        ties=(
            Tie(head=head(persons.RU_WHO, persons.EN_BE, persons.EN_WHO), gap=_IN_UNION),
            Tie(head=head("(?<!не )состою в", "(?<!не )вступила? в"), gap=open_gap(0)),
            Tie(head=persons.NAMED, gap=_IN_UNION, written=True),
            Tie(
                head=head("мой", "моем", "my"), gap=closed_gap("labor", "labour", "trade", words=1)
            ),
        ),
        unless=re.compile(r" (?:type|select|all|square|station|jack|bank)|-"),
    ),
    Rule(
        terms=terms("union_member union_members trade_unionist shop_steward union_rep"),
        ties=(
            Tie(
                head=head(persons.EN_BE),
                gap=closed_gap(
                    "an?", "the", "active", "trade", "not", "also", "registered", "labou?r"
                ),
            ),
        ),
    ),
    Rule(
        terms=told_by(
            terms("мүшесімін мүшемін мүшесіміз мүшесі кірдім кірдік мүшелікке"),
            "(?i:к[әа]с[іи]пода[қк])",
        ),
        ties=(Tie(head=head(r"касиподак\w{0,8}"), gap=open_gap(1)),),
        unless=re.compile(r" (?:болу|бола)"),
    ),
    Rule(
        terms=told_by(
            terms("да состоит член член_профсоюза иә yes member"),
            "(?i:профсоюз|к[әа]с[іи]пода[қк]|union)",
        ),
        ties=(
            field(
                "членство в профсоюзе",
                "член профсоюза",
                "профсоюз",
                "касиподак мушелиги",
                "(?:trade )?union member(?:ship)?",
                words=0,
            ),
        ),
    ),
)
