"""When words of a criminal record are said of somebody."""

from __future__ import annotations

from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.recognizers import special_persons as persons
from guardrail.detect.text.recognizers.special_rules import Rule
from guardrail.detect.text.recognizers.special_words import terms, told_by
from guardrail.detect.text.recognizers.ties import Tie, closed_gap, field, head, open_gap

_WHEN = (
    "тогда|вчера|уже|дважды|трижды|условно|\\d{1,4}|году|года|год|не|незаконно|ранее|раньше|недавно"
    "|неоднократно|однажды|никогда|также|тоже|и|но|в|во|за|прежде|опять|снова|был[аи]?|будет|лет"
    "|назад"
    "|по|статье|стать\\w{1,2}|ук|рк|рф|кражу|драку|мошенничество|наркотики|разбой|взятку|прошлом"
    "|к|на|двум|трем|пяти|годам|года|алматы|астане|суд|судом|приговором|молодости|несколько|раз"
    "|вроде"
    "|кажется|же|теперь|сейчас|якобы"
)
_CONVICT_BE = Tie(
    head=head(persons.EN_BE),
    gap=closed_gap(
        "been|was|once|previously|wrongly|twice|never|not|also|recently|an?|the|just|ex|former"
        "|being|in"
        "|\\d{4}|already|later|then|currently|out|on|got|convicted|still|now|free|released|from"
        "|serving"
        "|under|formally|wrongfully|falsely|a registered|registered|he|she",
    ),
)
_CALLED_BE = Tie(
    head=persons.CALLED,
    gap=lazily(
        r",? (?:who )?(?:is|was|has been|got|had been|went to|served time in|is in|was in"
        r"|spent \w+ years in"
        r"|is serving time in|just got out of|got out of|is out on|is on|was released from)"
        r" (?:(?:a|an|the|once|twice|recently|previously|never|not|been|on|in|out|to|convicted"
        r"|wrongly"
        r"|currently|currently in|under) ){0,3}"
    ),
    written=True,
)
_JAIL_GAP = lazily(
    r"\W{1,3}(?:\w+\W{1,3}){0,3}(?:is|was|were|been|spent|served|serving|went|sent|got|released"
    r"|just|"
    r"goes|going|put|did|out|sentenced|sitting)"
    r"\W{1,3}(?:(?!(?:as|teaching|a|tour|visit\w*|work\w*|about)\W)\w+\W{1,3}){0,4}"
)
_ONE = rf"(?!мы(?!\w)){persons.RU_WHO}"
_NOT_OF = lazily(
    r" (?:о|об|по делам|по тому|по всему|по внешн|матч|по его внеш|по себе|строго)(?!\w)"
)
_TRIED = Tie(head=head(_ONE, persons.NOTED), gap=closed_gap(_WHEN, words=6))
_NAMED = Tie(head=persons.NAMED, gap=open_gap(4), written=True)
_CALLED = Tie(head=persons.CALLED, gap=closed_gap(_WHEN, words=5), written=True)
_KNOWN = Tie(head=persons.KNOWN, gap=closed_gap(_WHEN, words=5))
_ACCUSED = Tie(head=head(persons.RU_ACCUSED), gap=closed_gap(_WHEN, words=6))
_KK_ONE = Tie(head=head(persons.KK_WHO, persons.KK_HAS), gap=persons.OPEN)
_KK_KNOWN = Tie(head=persons.KNOWN, gap=persons.SHORT)
_KK_CALLED = Tie(head=persons.CALLED, gap=open_gap(3), written=True)
_KK_HAS_NAME = Tie(head=persons.KK_CALLED_HAS, gap=open_gap(2), written=True)
_HAS_RECORD = (
    "есть|был[ао]?|нет|имеется|имеются|имелась|не|погашенн\\w{2}|снят\\w{2}|одна|две|три|завел[аи]"
    "|заводят|непогашенн\\w{2}|уже|открыли|завели|заведено|открыто|идет|давн\\w{2}|возбудили"
    "|возбуждено|старая|никаких|ни|одной|условная|юношеская|две|вторая|тянется|висит|числится|сняли"
    "|погасили|погашена|снята|ранее|раньше|сейчас|еще|нигде|действующая"
)
_JAIL = (
    r"(?:тюрьм|колони|срок|наказан|зоне|зону|сизо|по стат|по \d|по ст|за (?:краж|уби|грабеж|разбой"
    r"|наркот|мошен|драк|взят)|под (?:домашн|арест|следств|подписк)|места\w? лишен|условн|домашн"
    r"|итк)"
)

RULES = (
    Rule(
        terms=terms(
            "судим судима судимый судимая осужден осуждена осужденный осужденная несудим судимым",
            "несудима условно_осужден арестован арестована заключенный заключенная несудимый "
            "несудимая",
            "задержан задержана обвиняемый обвиняемая подозреваемый подозреваемая подсудимый "
            "подсудимая",
            "обвиняемым подозреваемым оправдан оправдана амнистирован амнистирована зек уголовник",
            "рецидивист условник экс-заключенный бывший_заключенный отсидевший приговорен "
            "приговорена",
            "под_следствием под_домашним_арестом под_стражей под_подпиской под_судом в_розыске",
            "в_сизо в_колонии в_тюрьме на_условном на_условно-досрочном на_удо на_зоне на_пробации",
            "под_подпиской_о_невыезде под_надзором на_учете_в_пробации на_учете_службы_пробации",
            "на_учете_в_полиции на_учете_в_пдн на_учете_в_идн из_тюрьмы из_колонии из_мест_лишения",
            "освободил*_условно-досрочно условно-досрочно по_амнистии с_судимостью "
            "под_админнадзором",
            "под_административным_надзором привлекал* привлечен привлечена привлекают осудят "
            "посадят",
        ),
        ties=(_TRIED, _NAMED, _CALLED, _KNOWN),
        unless=lazily(
            rf"{_NOT_OF.pattern}| (?:к участию|к работе|внимание|к проекту|как эксперт|инвест"
            rf"|работа|учит"
            r"|преподав|психолог)|\w{0,6} (?:к участию|к работе|внимание|к проекту|инвест)"
        ),
        score=0.85,
    ),
    Rule(
        terms=terms(
            "под_следствием под_домашним_арестом под_стражей в_сизо в_колонии в_тюрьме на_зоне",
            "на_условном на_удо на_учете_в_пробации на_учете_службы_пробации на_пробации "
            "на_учете_в_полиции в_розыске из_тюрьмы из_колонии",
            "из_мест_лишения под_подпиской под_судом под_надзором условно-досрочно по_амнистии",
        ),
        ties=(
            Tie(
                head=head(_ONE, persons.NOTED),
                gap=closed_gap(
                    rf"{_WHEN}|сид(?:ит|ел|ела|ят|ели|ел)|сижу|наход(?:ится|ился|илась|ятся)"
                    rf"|состо(?:ит|ю)"
                    r"|стоит|стою|вышел|вышла|вернулся|вернулась|освободил(?:ся|ась)|освобожден\w?"
                    r"|отбывает"
                    r"|отбывал|отбыл|провел\w?|объявлен\w?|оказал(?:ся|ась)|попал\w?|ходит|только"
                    r"|что|лишь|я"
                    r"|месяц\w{0,2}|умер|родил\w?|держали|месяцев",
                    words=6,
                ),
            ),
            Tie(
                head=persons.CALLED,
                gap=lazily(
                    r" (?:сейчас |уже |\d+ (?:лет|года?) |недавно |только |до сих пор )*(?:сидит"
                    r"|сидел|находится"
                    r"|отбывает|вышел|вышла|освободил(?:ся|ась)|состоит|сидела|вернулся|провел\w?"
                    r"|ходит"
                    r"|стоит|под)? ?(?:\w+ (?:лет|года?) )?"
                ),
                written=True,
            ),
            Tie(
                head=head(persons.RU_ACCUSED),
                gap=closed_gap(rf"{_WHEN}|держат|держали|взяли", words=4),
            ),
        ),
        unless=lazily(
            r" (?:работа|инспект|охран|психолог|волонт|врач|преподав|концерт|снима|опека)"
        ),
    ),
    Rule(
        terms=terms("судим судима судимости судимость судимостей"),
        ties=(
            Tie(
                head=head(
                    "(?<!кто )не",
                    "ранее",
                    "раньше",
                    "прежде",
                    "дважды",
                    "трижды",
                    "неоднократно",
                    "ранее не",
                    r"имею(?: \w{4,12})?",
                    r"не имею",
                ),
                gap=open_gap(0),
            ),
        ),
        unless=lazily(rf"{_NOT_OF.pattern}| (?:быть|могут|может)"),
    ),
    Rule(
        terms=terms(
            "осудили арестовали посадили судили задержали упекли отпустили_под_подписку судят",
            "приговорили обвинили обвиняют подозревают закрыли_в_сизо привлекли привлекают "
            "выпустили_из_тюрьмы выпустили_по_удо дали_условно дали_срок дали_условку осудят",
        ),
        ties=(_ACCUSED, Tie(head=head(persons.RU_WHOM), gap=closed_gap(_WHEN)), _KNOWN),
        unless=lazily(
            r" (?:на (?:диет|карант|стул|место|поезд|самолет)|за стол|рядом|дерев|цвет|меня рядом"
            r"|в машину"
            r"|в самолет|к работе|к участию|к проекту|во лжи|в том|рейс|на (?:работе|час|полчаса"
            r"|собрании|совещании|минут|границе)|в (?:офисе|школе))"
        ),
    ),
    Rule(
        terms=terms(
            "судимост* уголовное_дело уголовного_дела уголовное_прошлое criminal_record felony "
            "felonies",
            "misdemeanor rap_sheet arrest_record police_record criminal_past arrest_warrant "
            "restraining_order",
            "criminal_history criminal_conviction* conviction convictions prior_conviction* dui "
            "dwi",
            "условный_срок условное_осуждение уголовн*_срок тюремн*_срок уголовн*_преследован*",
            "criminal_charges criminal_case felony_charges prison_record suspended_sentence",
            "приводы привод_в_полицию приводов_в_полицию",
        ),
        ties=(
            Tie(
                head=head(
                    f"у {persons.RU_WHOSE}",
                    f"у (?:{persons.KNOWN.pattern})",
                    persons.OF_MINE,
                    "имею",
                    f"(?:на|против|в отношении) {persons.RU_ACCUSED}",
                    "имеет",
                    rf"{persons.RU_ACCUSED} (?:не взяли|уволили|отказали) (?:\w+ )?из-за",
                    r"(?:за|из-за|про) (?:моей|своей|мою|его|ее)",
                    "снять мне",
                    "погасил[аи]?",
                ),
                gap=closed_gap(_HAS_RECORD),
            ),
            Tie(
                head=head(
                    f"{persons.RU_WHO} (?:не )?(?:име(?:ю|ет|ем|ла?)|получил[аи]?|отбыл[а]?"
                    f"|скрыл[а]?"
                    "|отбывает|погасил[аи]?)"
                ),
                gap=closed_gap(f"не\\w+|{_HAS_RECORD}|свою|про|два|года?|лет|\\d+"),
            ),
            Tie(
                head=head(persons.RU_WHOM),
                gap=closed_gap(
                    "дали",
                    "присудили",
                    "грозит",
                    "светит",
                    "\\d",
                    "года?",
                    "два",
                    "три",
                    "снимут",
                    "погасили",
                ),
            ),
            Tie(
                head=persons.NAMED,
                gap=lazily(r"\W(?:не )?(?:имеет|получил|получила|отбыл|отбывает) (?:\w{5,14} )?"),
                written=True,
            ),
            Tie(
                head=persons.CALLED,
                gap=lazily(
                    r" (?:не имеет|имеет|получила?|has|had|has had|got|was given)(?: an?| no"
                    r"| prior| old| two|"
                    r" \w{5,12}ую| one| a prior| previous| clean)* "
                ),
                written=True,
            ),
            Tie(head=persons.KNOWN, gap=closed_gap("имеет", "не", "has", "an?", "no", "had")),
            Tie(
                head=head(persons.EN_HAVE, f"{persons.EN_KIN}['’]s", "my", "his", "her"),
                gap=closed_gap(
                    "an?|no|prior|one|two|previous|past|old|clean|for|minor|drug|fraud|felony|got"
                    "|three"
                    "|spotless|juvenile|outstanding|against|me|him|her|any|pending|expunged|theft"
                    "|assault"
                    "|open|been|facing|given",
                ),
            ),
            Tie(
                head=head(
                    f"{persons.EN_WHO}(?: (?:is|was|am|['’]m))? (?:faces|facing|got|received"
                    f"|served)"
                ),
                gap=closed_gap("an?|two|his|her|my|year|\\d|year-long|the", words=3),
            ),
        ),
        unless=lazily(" (?:is that|that|about|to|rate|rates|снимается|погашается)(?!\\w)"),
    ),
    Rule(
        terms=terms("сидел* сидит сидят отбыва* сижу отбыл* сидевш* срок_отбыва*"),
        ties=(
            Tie(
                head=head(_ONE, persons.NOTED),
                gap=closed_gap(rf"{_WHEN}|два|три|четыре|пять|шесть|семь|восемь|десять|годик\w?"),
            ),
            Tie(head=persons.NAMED, gap=open_gap(1), written=True),
            Tie(head=persons.CALLED, gap=closed_gap(_WHEN), written=True),
            _KNOWN,
        ),
        requires=lazily(rf"(?: \w+){{0,2}} {_JAIL}"),
    ),
    Rule(
        terms=terms(
            "отсидел* отсижу отмотал* откинул* вышел_на_свободу вышла_на_свободу оттрубил*"
        ),
        ties=(
            Tie(head=head(_ONE), gap=closed_gap(_WHEN)),
            _CALLED,
            _KNOWN,
            Tie(head=persons.NAMED, gap=open_gap(2), written=True),
        ),
        requires=lazily(
            r"(?: \w+){0,3} (?:лет|года?|месяц|срок|полтора|по стат|по удо|за |с зоны|в \d|условно"
            r"|вчера|из)"
            r"| ?\Z|\W"
        ),
        unless=lazily(r" (?:на (?:спинк|стул|лекци|пар|урок)|(?:\w+ )?попу|две пары|назад)"),
    ),
    Rule(
        terms=terms(
            "convicted arrested imprisoned jailed incarcerated felon ex-convict ex-con probation "
            "parole sentenced indicted detained ex-offender ex-prisoner behind_bars sex_offender "
            "house_arrest under_investigation acquitted pleaded_guilty pled_guilty doing_time "
            "in_custody "
            "charged_with on_bail on_remand locked_up out_on_bail an_offender a_convict",
        ),
        ties=(
            _CONVICT_BE,
            _NAMED,
            _CALLED_BE,
            Tie(
                head=head(persons.EN_WHO),
                gap=closed_gap("got|once|recently|never|was|has|been|is|twice", words=3),
            ),
            Tie(
                head=persons.KNOWN,
                gap=closed_gap("got|was|is|has|been|on|an?|the|once|twice|never"),
            ),
        ),
        unless=lazily(
            r" by (?!police|the police|court|the court)|ed? (?:development|attention)"
            r"| (?:the battery|with the task|finding| the task| organi[sz]ing| managing"
            r"|with finding|by the beauty)"
        ),
    ),
    Rule(
        terms=terms("prison jail jail_time prison_time"),
        ties=(
            Tie(head=head(persons.EN_WHO, persons.EN_BE), gap=_JAIL_GAP),
            _CALLED_BE,
            Tie(
                head=persons.CALLED,
                gap=lazily(r" (?:spent|served|did|went|was sent|got sent)(?: \w{2,6}){0,4} "),
                written=True,
            ),
        ),
        unless=lazily(r" (?:guard|officer|break|as a|system|reform|library|psychologist)"),
    ),
    Rule(
        terms=terms(
            "сотталған+ сотталмаған+ соттылығым соттылығым_бар сотталып_шыққан+ түрмеде_отырған+"
            " сотты_болған+ sottalganmyn сотталғам сотталып_шықтым түрмеден_шықтым түрмеде_отырдым"
            " түрмеден_шыққан+ тергеуде+ шартты_түрде_сотталған+ қамалған+ сотталып_кеткен+"
        ),
        alone=True,
        score=0.85,
    ),
    Rule(
        terms=terms(
            "сотталған соттылығы түрмеде_отырған түрмеде_отыр сотты_болған сотталды сотталып "
            "түрмеде",
            "түрмеден түрмеге_түс* түрмеге_қама* қамауда қамауға_алын* қамалды тергеуде тергелуде",
            "үйқамақта абақтыда абақтыдан колонияда колониядан бас_бостандығынан_айыр* "
            "сотталған_емес",
            "сотталмаған пробация* қылмыстық_жауапкершілік* ұсталды қылмыстық_іс айыпталушы "
            "күдікті",
            "іздеуде айыпталды айыпталуда соттылығы_бар соттылығы_жоқ жазасын_өте* бұрын_сотталған",
        ),
        ties=(_KK_ONE, _NAMED, _KK_KNOWN, _KK_CALLED, _KK_HAS_NAME),
        unless=lazily(
            r" (?:адам|азамат|тулга|болса|болган жагдайда|болып табыл|туралы|деген|инспектор"
            r"|кызметкер|жумыс"
            r"|тартылады|тартылуы|кызмети)"
        ),
    ),
    Rule(
        terms=told_by(
            terms(
                "есть имеется да погашена снята непогашенная ст статья yes бар имею иә",
                "одна две снята_в условная имел_судимост*",
            ),
            "(?i:судим|соттыл|criminal|conviction)",
        ),
        ties=(
            field(
                "судимость",
                "судимости",
                "соттылыгы",
                "соттылык",
                "criminal record",
                "criminal history",
                "наличие судимости",
                "сведения о судимости",
                "criminal convictions?",
                "convictions?",
                words=0,
            ),
        ),
    ),
)
