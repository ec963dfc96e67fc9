"""When words of politics and trade unions are said of somebody."""

from __future__ import annotations

from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.recognizers import special_persons as persons
from guardrail.detect.text.recognizers.special_rules import Rule
from guardrail.detect.text.recognizers.special_words import terms, told_by
from guardrail.detect.text.recognizers.ties import Tie, closed_gap, field, head, open_gap

_SELF = Tie(head=head(persons.RU_WHO, persons.NOTED), gap=persons.PERSON_GAP)
_EN_SELF = Tie(head=head(persons.EN_BE), gap=persons.IS)
_KK_SELF = Tie(head=head(persons.KK_WHO), gap=persons.IS)
_NAMED = Tie(head=persons.NAMED, gap=persons.IS, written=True)
_KNOWN = Tie(head=persons.KNOWN, gap=persons.IS)
_DASHED = Tie(
    head=persons.CALLED,
    gap=lazily(r" - (?:бывш\w{2} |активн\w{2} )?|,? (?:is|was|became)(?: an?| not| also| lifelong"
               r"| registered| staunch| still| former)* "),
    written=True,
)  # fmt: skip
_PARTISANS = terms(
    "коммунист коммунистка либерал либералка социалист националист националистка консерватор",
    "анархист анархистка демократ оппозиционер оппозиционерка единоросс монархист аманатовец",
    "сталинист сталинистка троцкист нацпатриот нацбол коммунистом либералом оппозиционером",
    "партийный беспартийный беспартийная политактивист политактивистка навальнист",
    "communist socialist republican democrat libertarian anarchist conservative liberal marxist",
    "leftist monarchist tory opposition_activist opposition_supporter party_member",
    "trump_supporter biden_supporter putin_supporter political_activist",
    "оппозиционермін оппозиционер ұлтшыл саяси_белсенді партия_мүшесі",
)
_I_SIDE = terms("коммунист+ либерал+ социалист+ демократ+ ұлтшыл+ оппозиционер+ нуротандық+")
_WHOM = (
    "кандидата президента оппозицию оппозиции оппозиционеров оппозиционного_кандидата коммунистов",
    "либералов партию_власти партию_аманат аманат ак_жол акжол ауыл республику действующую_власть",
    "действующего_президента токаева назарбаева путина навального жириновского зюганова трампа",
    "байдена зеленского лукашенко косанова единую_россию против_всех самовыдвиженца независимого",
    "социал-демократов демократов республиканцев власть режим независимого_кандидата осдп кпрф",
    "trump biden harris obama clinton labour tories brexit putin tokayev conservatives republicans",
    "democrats greens labour_party green_party democratic_party republican_party socialist_party",
    "conservative_party communist_party liberal_party opposition opposition_candidate amanat",
    "independent_candidate nur_otan ruling_party ak_zhol liberals communists socialists",
    "far-right afd opposition_party opposition_parties amanat_party left_party",
)
_CHOICES = terms("партию партии партией", *_WHOM)
_PARTIES = terms(
    "amanat аманат аманате аманата нұр_отан нур_отане nur_otan ақ_жол акжол ак_жоле ауыл "
    "народн*_парти* осдп",
    "respublica республика байтақ днпк кнпк нпк дпк двк демпартия двк нур_отана",
    "baitaq едину*_росси* един*_росси* кпрф лдпр справедлив*_росси* яблоко ақжол жсдп aq_jol кпсс",
    "оян_қазақстан оянқазақстан көше_партиясы көше_партиясын алға_қазақстан кпк компарти* ак_жола",
    "оппозиционн*_парти* правящ*_парти* коммунистическ*_парти* либеральн*_парти*",
    "парти*_власти политическ*_парти*",
    "незарегистрированн*_парти* социал-демократическ*_парти* демократическ*_парти*",
    "aq_zhol ak_zhol байтак",
)
_SIDING = lazily(
    r"\W{1,3}(?:\w+\W{1,3}){0,3}(?:(?:про|от)?голосу(?:ю|ет|ем|ют)|(?:про|от)?голосовал[аи]?"
    r"|голосовать|отдала? голос"
    r"|поддержива(?:ю|ет|ем|л|ла)|сторонни\w{1,2}|симпатизиру\w{1,2}|состо(?:ю|ит|им|ял|яла) в"
    r"|вступил[аи]? в|вышел из|вышла из|член(?:ом)?|агитир(?:ует|ую|овал|овала)|топит|болеет"
    r"|выступа(?:ет|ю)|за"
    r"|финансиру\w{1,2}|спонсир\w{2,4}|против|активист\w{0,3}|лидер\w?|баллотировал(?:ся|ась) от"
    r"|работает в|работал[аи]? в|исключил[аи] из|voted for|vote for|votes for|voting for"
    r"|will vote for"
    r"|supports?|supported|(?:an? )?(?:active )?members? of|joined|left|belongs? to"
    r"|campaign(?:ed|s) for|donat(?:ed|es) to"
    r"|volunteer(?:ed|s) for|votes?|voted|supporter of|canvass(?:ed|es) for|backs?|ran for)"
    r"\W{1,3}(?:(?:за|the|a|партию|партии|парти\w{1,2}|in|ruling|кандидата|от|движени\w|of|партиясы"
    r"|against|партией)\W{1,3}){0,2}"
)
_PARTY_MEMBER = head(
    r"(?<!если )член(?:ом|а|у)?(?: политической)?(?: партии)?",
    r"состо(?:ю|ит|ял|яла|им) в(?: рядах)?(?: партии)?",
    r"вступил[аи]? в(?: ряды)?(?: партию)?",
    r"(?:про|от)?голосовал[аи]? за(?: партию)?",
    r"выш(?:ел|ла) из(?: партии)?",
    r"голосую за(?: партию)?",
    r"активист(?:ка)?(?: движения| партии)?",
    "сторонни(?:к|ца)(?: движения| партии)?",
    r"партбилет",
)
_PROTEST = terms(
    "участвовал*_в_митинг* участвую_в_митинг* участвует_в_митинг* ходил*_на_митинг*",
    "ходит_на_митинги вышел_на_митинг вышла_на_митинг задержали_на_митинге выходил*_на_митинг*",
    "была_на_митинге был_на_митинге организовал*_митинг* пикет* вышел_на_протест*",
    "на_митинге_оппозиции на_оппозиционн*_митинг* одиночн*_пикет* хожу_на_митинги",
    "митингке_шық* митингіге_шық* митингке_қатыс* митингіге_қатыс* митингте_ұсталды",
    "митингіде_ұсталды наразылыққа_шық* шеруге_шық* қарсылық_акциясына",
    "marched_against protested_against attended_a_rally went_to_a_rally went_to_the_rally",
    "joined_the_protest* took_part_in_the_protest* took_part_in_the_rally attended_the_rally",
    "went_to_protests attended_protests took_part_in_protests anti-government_rally "
    "anti-government_protest* opposition_rally opposition_rallies attended_an_opposition_rally",
)
_KK_VOTE = terms(
    "дауыс_бердім дауыс_бердік дауыс_берді дауыс_берген дауыс_беремін дауыс_береді "
    "дауыс_бермедім қолдаймын қолдайды қолдадым"
)
_KK_CHOICE = head(
    r"(?:аманат|нур отан|ак жол|ауыл|respublica|республика|байтак|жсдп|оппозици\w*|коммунист\w*"
    r"|токаев\w*|назарбаев\w*|билик\w*|биликке|кандидат\w*|умиткер\w*|партия\w*|либерал\w*|карсы)"
    r"\W{0,2}(?: партия\w{0,8})?"
)
_KK_MINE = terms("мүшесімін мүшемін мүшесіміз мүшесі_едім мүшелігім")
_KK_PARTY = terms("мүшесі мүше қатарында мүшелікке өтті кірді кірген өткен мүшелігінен")

POLITICS = (
    Rule(
        terms=_PARTISANS,
        ties=(
            _SELF,
            _EN_SELF,
            _KK_SELF,
            _NAMED,
            _KNOWN,
            _DASHED,
            field(
                "партийность",
                "политические (?:взгляды|убеждения|предпочтения)",
                "political (?:views|opinion|affiliation|party|leaning)",
                "саяси козкарас\\w{0,3}",
                "саяси устаным\\w{0,3}",
            ),
            Tie(
                head=head(
                    rf"{persons.OF_MINE} политические (?:взгляды|убеждения)",
                    "(?:my|his|her) (?:political views|politics) (?:are|is)",
                    f"{persons.EN_WHO} (?:votes?|voted|lean|leans|vote)",
                ),
                gap=closed_gap("straight", "for", "the", "always", "is"),
            ),
        ),
        unless=lazily(rf"{persons.NOUN_FOLLOWS.pattern}| with"),
    ),
    Rule(terms=_I_SIDE, alone=True),
    Rule(
        terms=_CHOICES,
        ties=(
            Tie(head=head(persons.RU_WHO, persons.EN_BE, persons.EN_WHO), gap=_SIDING),
            Tie(head=head("(?<!не )состою в", "(?:про)?голосовал[аи]? за"), gap=open_gap(0)),
            Tie(head=persons.NAMED, gap=_SIDING, written=True),
            Tie(head=persons.CALLED, gap=_SIDING, written=True),
            Tie(head=persons.KNOWN, gap=_SIDING),
            Tie(head=head(persons.NOTED), gap=_SIDING),
        ),
        unless=lazily(r" (?:товара|шахмат|ноутбук|смартфон|в шахматы|чая|игры|родительск)"),
    ),
    Rule(
        terms=_PARTIES,
        ties=(
            Tie(head=_PARTY_MEMBER, gap=open_gap(0)),
            Tie(
                head=head(persons.RU_WHO, persons.EN_WHO, persons.EN_BE, persons.NOTED),
                gap=_SIDING,
            ),
            Tie(head=persons.CALLED, gap=_SIDING, written=True),
            Tie(head=persons.KNOWN, gap=_SIDING),
            field(
                "партийность",
                "партия",
                "партиялыгы",
                "political party",
                "членство в партии",
                "party affiliation",
                "party membership",
                "партия мушелиги",
                words=1,
            ),
        ),
    ),
    Rule(
        terms=_PROTEST,
        ties=(
            Tie(
                head=head(persons.RU_WHO, persons.RU_ACCUSED, persons.KK_WHO, persons.NOTED),
                gap=open_gap(4),
            ),
            Tie(head=head(persons.EN_WHO), gap=open_gap(2)),
            Tie(head=persons.NAMED, gap=open_gap(3), written=True),
            Tie(head=persons.CALLED, gap=open_gap(2), written=True),
            Tie(head=persons.KNOWN, gap=open_gap(2)),
        ),
    ),
    Rule(
        terms=told_by(_KK_MINE, "(?i:парти|аманат|нұр отан|нур отан|а[қк] жол|движени|қозғалыс)"),
        ties=(
            Tie(head=head(r"партия\w{0,8}", r"козгалыс\w{0,8}", "аманат\\w{0,4}"), gap=open_gap(1)),
        ),
    ),
    Rule(
        terms=told_by(_KK_PARTY, "(?i:парти|аманат)"),
        ties=(
            Tie(
                head=head(persons.KK_WHO, persons.KK_HAS, persons.KNOWN.pattern),
                gap=lazily(r"\W(?:\w+\W{1,3}){0,3}партия\w{0,8}\W"),
            ),
            Tie(
                head=persons.CALLED,
                gap=lazily(r"\W(?:\w+\W{1,3}){0,3}партия\w{0,8}\W"),
                written=True,
            ),
        ),
        unless=persons.NOUN_FOLLOWS,
    ),
    Rule(
        terms=told_by(terms("партиясында партиясынан партиясына"), "(?i:партиясын)"),
        ties=(
            Tie(head=head(persons.KK_WHO, persons.KNOWN.pattern), gap=open_gap(3)),
            Tie(head=persons.CALLED, gap=open_gap(2), written=True),
        ),
        unless=lazily(r" (?:съез|багдарлам|дауыс беру)"),
    ),
    Rule(
        terms=told_by(_KK_VOTE, "(?i:дауыс бе|[қк]олдай|[қк]олдад)"),
        ties=(Tie(head=_KK_CHOICE, gap=open_gap(1)),),
        unless=lazily(r" (?:ма|ме)(?!\w)"),
    ),
)

_IN_UNION = lazily(
    r"\W{1,3}(?:\w+\W{1,3}){0,3}(?:состо(?:ю|ит|им|ял|яла) в|вступил[аи]? в|вступа(?:ю|ет) в"
    r"|член(?:ом)?|выш(?:ел|ла) из|председатель|возглавляет|возглавил[аи]?|активист\w{0,2}|платит"
    r" взносы в|плачу взносы в|(?:an? )?(?:active )?members? of(?: an?| the| our)?"
    r"|(?:joined|left|quit|joining)(?: an?| the| our)?|belongs? to(?: an?| the)?"
    r"|active in(?: the)?|pays? dues to(?: the)?"
    r"|chairs?|chairman of|represents?|organi[sz](?:es|ed|ing))"
    r"\W{1,3}(?:(?!(?:european|soviet|credit|students?|customs|african|"
    r"советск\w*|кредитн\w*)\W)[\w'’]+\W{1,3}){0,3}"
)
_KK_UNION_WHO = Tie(
    head=head(persons.KK_WHO, persons.KK_HAS, persons.KNOWN.pattern),
    gap=open_gap(3),
)
UNION = (
    Rule(
        terms=terms("профсоюз профсоюза профсоюзе профсоюзом union unions trade_union"),
        ties=(
            Tie(
                head=head(persons.RU_WHO, persons.EN_BE, persons.EN_WHO, persons.NOTED),
                gap=_IN_UNION,
            ),
            Tie(
                head=head(
                    "(?<!не )состо(?:ю|ит|им) в",
                    "(?<!не )вступил[аи]? в",
                    "выш(?:ел|ла) из",
                    r"членств\w (?:у )?\w{2,8} в",
                    r"(?:уволил\w?|наказал\w?|давят)(?: \w+){0,2} за (?:членство|вступление"
                    r"|участие) в",
                ),
                gap=open_gap(1),
            ),
            Tie(head=persons.NAMED, gap=_IN_UNION, written=True),
            Tie(head=persons.CALLED, gap=_IN_UNION, written=True),
            Tie(head=persons.KNOWN, gap=_IN_UNION),
            Tie(head=head("моем", "my"), gap=closed_gap("labor", "labour", "trade", words=1)),
        ),
        unless=lazily(r" (?:type|select|all|square|station|jack|bank|pacific)|-"),
    ),
    Rule(
        terms=terms(
            "union_member union_members trade_unionist shop_steward union_rep unionized unionised",
            "union_representative union_organizer union_organiser union_activist union_dues",
            "union_membership union_card union_leader профсоюзн*_взнос* профсоюзн*_билет*",
            "член*_профсоюз* член*_профком* профорг профактивист профсоюзник профсоюзница",
            "профсоюзн*_лидер* профсоюзн*_активист*",
        ),
        ties=(
            Tie(
                head=head(persons.EN_BE, persons.EN_HAVE),
                gap=closed_gap(
                    "an?",
                    "the",
                    "active",
                    "trade",
                    "not",
                    "also",
                    "registered",
                    "labou?r",
                    "our",
                    "former",
                ),
            ),
            Tie(
                head=head(persons.EN_WHO, "my", "his", "her"),
                gap=closed_gap(
                    "pays?", "paid", "my", "his", "her", "the", "no", "stopped", "paying"
                ),
            ),
            Tie(head=persons.CALLED, gap=persons.IS, written=True),
            Tie(head=head(persons.RU_WHO, persons.NOTED), gap=persons.PERSON_GAP),
            Tie(
                head=head(persons.RU_WHO, r"мо[йяие]|его|ее", persons.RU_WHOSE),
                gap=closed_gap("плачу", "платит", "удерживают", "удержали", "есть", "не"),
            ),
            _NAMED,
        ),
        unless=lazily(r" (?:имеет право|имеют|должен|вправе)"),
    ),
    Rule(
        terms=told_by(
            terms("мүшесімін мүшемін мүшесіміз кірдім кірдік мүшелікке төрағасымын шықтым"),
            "(?i:к[әа]с[іи]пода[қкғг])",
        ),
        ties=(Tie(head=head(r"касипода[кг]\w{0,8}"), gap=open_gap(1)),),
        unless=lazily(r" (?:болу|бола)"),
    ),
    Rule(
        terms=told_by(terms("мүшесі"), "(?i:к[әа]с[іи]пода[қкғг])"),
        ties=(Tie(head=head(r"касипода[кг]\w{0,8}"), gap=open_gap(0)),),
        unless=lazily(r" (?:болу|бола|кукыгы|кукыктары)"),
    ),
    Rule(
        terms=terms("кәсіподаққа кәсіподақта кәсіподақтан кәсіподақтың"),
        ties=(_KK_UNION_WHO, _NAMED, Tie(head=persons.CALLED, gap=open_gap(2), written=True)),
        requires=lazily(
            r"(?: \w{3,10})? (?:кирд|кирген|мушеси|муше|шыкты|шыккан|отти|откен|торагасы|жарна)"
        ),
        unless=lazily(r" (?:кирген дурыс|мушеси болу)"),
    ),
    Rule(
        terms=told_by(
            terms("да состоит член член_профсоюза иә yes member мүше не_состоит no"),
            "(?i:профсоюз|к[әа]с[іи]пода[қкғг]|union)",
        ),
        ties=(
            field(
                "членство в профсоюзе",
                "член профсоюза",
                "профсоюз",
                "касиподак мушелиги",
                "касиподак",
                "(?:trade )?union member(?:ship)?",
                words=0,
            ),
        ),
    ),
)
