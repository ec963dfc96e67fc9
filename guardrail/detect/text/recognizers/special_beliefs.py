"""When words of religion are said of somebody."""

from __future__ import annotations

from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.recognizers import special_persons as persons
from guardrail.detect.text.recognizers.special_rules import Rule
from guardrail.detect.text.recognizers.special_words import terms
from guardrail.detect.text.recognizers.ties import Tie, closed_gap, field, head, open_gap

_SELF = Tie(head=head(persons.RU_WHO, persons.NOTED), gap=persons.PERSON_GAP)
_EN_SELF = Tie(head=head(persons.EN_BE), gap=persons.IS)
_KK_SELF = Tie(head=head(persons.KK_WHO), gap=persons.IS)
_NAMED = Tie(head=persons.NAMED, gap=persons.IS, written=True)
_KNOWN = Tie(head=persons.KNOWN, gap=persons.IS)
_CALLED = Tie(head=persons.CALLED, gap=persons.IS, written=True)
_DASHED = Tie(
    head=persons.CALLED,
    gap=lazily(r" - |,? (?:is|became|was raised|was|remains)(?: an?| not| also| very| devout"
               r"| practi[sc]ing| roman| strict| still| now| raised| born)* "),
    written=True,
)  # fmt: skip
_BELIEVERS = terms(
    "мусульманин мусульманка мусульманином мусульманкой православный православная",
    "православным православной христианин христианка",
    "христианином христианкой католик католичка католиком протестант протестантка баптист",
    "баптистом баптистка баптистской буддист буддистка буддистом иудей иудейка атеист",
    "атеистка атеистом агностик индуист шиит суннит шиитка суннитка салафит ваххабит",
    "кришнаит мормон адвентист адвентистка пятидесятник язычник язычница тенгрианец неоязычник",
    "свидетел*_иеговы старообрядец старообрядка кришнаитка сайентолог саентолог харизмат лютеранин",
    "верующий верующая верующим верующей неверующий неверующая прихожанин прихожанка",
    "воцерковлен воцерковлена воцерковленн* крещен крещена крещеная крещеный иеговист иеговистка",
    "сектант сектантка евангелист греко-католик имам послушница послушник попадья",
    "соблюдающ*_мусульман* практикующ*_мусульман* мусульманск*_вер* православн*_вер*",
    "христианск*_вер* иудейск*_вер* католическ*_вер*",
)
_MANY = terms(
    "мусульмане православные христиане католики баптисты атеисты верующие буддисты иудеи "
    "протестанты",
    "мусульманами христианами баптистами адвентисты старообрядцы сектанты шииты сунниты",
)
_EN_BELIEVERS = terms(
    "jehovah's_witnesses jehovah’s_witnesses jehovahs_witnesses jews mormons baptists "
    "muslim muslims christian christians catholic protestant buddhist hindu hindus jew atheist",
    "agnostic mormon jehovah's_witness jehovah’s_witness jehovahs_witness jehovah_witness sunni "
    "shia",
    "sikh baptist orthodox_jew orthodox_christian salafi pentecostal methodist quaker",
    "evangelical lutheran adventist pagan wiccan scientologist catholics atheists buddhists",
    "russian_orthodox seventh-day_adventist seventh_day_adventist tengrist hare_krishna religious",
    "churchgoer non-believer born-again_christian",
)
_KK_BELIEVERS = terms(
    "мұсылман христиан православ католик буддист атеист musylman дінсіз тәңірші иегова_куәгері",
    "баптист адвентист құдайсыз намазхан тақуа иегова_куәсі сунниттік шиит",
)
_I_BELIEVE = terms(
    "мұсылман+ христиан+ православ+ буддист+ атеист+ католик+ musylmanmyn намаз_оқимын баптист+",
    "намаз_оқимыз намаз_оқып_жүрмін ораза_ұстап_жүрмін ораза_ұстаймын ораза_ұстаймыз намазханмын",
    "ораза_тұтамын хожу_в_мечеть хожу_в_церковь хожу_в_синагогу хожу_на_намаз хожу_на_исповедь",
    "держу_уразу держу_оразу читаю_намаз совершаю_намаз делаю_намаз держу_пост принял_ислам",
    "приняла_ислам ношу_хиджаб ношу_никаб соблюдаю_шаббат молюсь_пять_раз молюсь_аллаху",
    "намазға_барамын мешітке_барамын шіркеуге_барамын хиджаб_киемін хиджаб_тағамын дінсізбін",
    "намаз_оқуға намазымды крестился крестилась исламды_қабылдадым исповедую_ислам",
    "исповедую_христианство исповедую_православие исповедую_буддизм исповедую_иудаизм",
)
_RELIGIONS = terms(
    "ислам христианство православие католицизм католичество протестантизм буддизм иудаизм атеизм",
    "индуизм islam christianity catholicism buddhism judaism hinduism atheism orthodoxy catholic",
    "muslim christian protestant buddhist hindu jewish orthodox agnostic мусульманин мусульманка",
    "мусульманство мусульманская православный православная христианин католик буддист атеист",
    "мұсылман христиан суннит шиит sunni shia баптист лютеранство иудей католичка христианка",
    "атеистка суннизм шиизм тенгрианство тәңіршілдік исламом исламға баптизм язычество",
    "свидетел*_иеговы верующ* неверующ* православ jehovah's_witness* мұсылмандық none_atheist",
    "исламды христиандық христиандықты буддизмді православием jehovah’s_witness*",
)
_CONVERTED = lazily(
    r"\W{1,3}(?:\w+\W{1,3}){0,3}(?:исповеду(?:ю|ет|ем|ют)|исповедовал[аи]?"
    r"|прин(?:ял|яла|яли|имает)|переш(?:ел|ла|ли) (?:в|из)|обратил(?:ся|ась) в|крестил(?:ся|ась) в"
    r"|верю в|верит в|отош(?:ел|ла) от|отрекся от|ушла? в|придержива(?:юсь|ется)"
    r"|converted (?:to|from)|practi[sc]es?|practi[sc]ing|follows?|left|embraced|believes? in"
    r"|adheres? to|was raised in|reverted to|accepted)\W{1,3}(?:\w{3,8}\W)?"
)
_PRACTICE = terms(
    "читает_намаз совершает_намаз делает_намаз читает_молитвы держит_уразу держит_оразу "
    "держит_пост",
    "соблюдает_уразу соблюдает_пост соблюдает_шаббат соблюдает_кашрут ходит_в_мечеть "
    "ходит_в_церковь",
    "ходит_в_синагогу ходит_на_намаз ходит_на_пятничн*_намаз ходит_в_костел "
    "ходит_на_собрания_свидетел*",
    "ходит_в_баптист* ходит_в_католическ* ходит_в_православн* ходит_в_протестантск* "
    "хожу_в_баптист* хожу_в_католическ* хожу_в_православн* ходят_в_мечеть ходят_в_церковь "
    "носит_хиджаб носит_никаб носит_паранджу носит_крестик молится_пять_раз молится_пятикратно",
    "принял_ислам приняла_ислам приняли_ислам приняла_христианство принял_христианство",
    "принял_крещение приняла_крещение принял_православие крестился крестилась молится_аллаху",
    "принял_буддизм приняла_буддизм принял_иудаизм исповедует_ислам исповедует_православие",
    "исповедует_христианство исповедует_буддизм исповедует_иудаизм поет_в_церковном_хоре "
    "читать_намаз",
    "совершать_намаз на_намаз на_джума-намаз на_жума-намаз на_пятничн*_намаз на_богослужени*",
    "в_мечеть_на_намаз на_литургию отпуск_на_ораз* в_хадж на_хадж умру исповедоваться причащается",
    "намаз_оқиды намаз_оқып намаз_оқитын бес_уақыт_намаз бес_намаз жұма_намаз* намазға_жығыл* "
    "ораза_ұстайды",
    "ораза_ұстап ораза_тұтады мешітке_барады мешітке_барып шіркеуге_барады шіркеуге_барып",
    "хиджаб_киеді хиджаб_тағады хиджаб_киіп хиджаб_киген хиджаб_таққан исламды_қабылда* "
    "дінге_берілген",
    "шоқынған шоқынды христиан_дінін_қабыл* христиан_дінін_ұстан* христиан_дініне_өт* "
    "ислам_дінін_қабыл* "
    "ислам_дінін_ұстан* ислам_дініне_өт* қажылыққа намазын намазымды жұмаға_барады",
    "prays_five_times prays_namaz prays_salah fasts_during_ramadan fasting_for_ramadan "
    "keeps_ramadan goes_to_mosque goes_to_church goes_to_the_mosque pray_five_times "
    "fast_during_ramadan",
    "goes_to_synagogue attends_church attends_mosque attends_mass attend_mass attend_church "
    "go_to_church",
    "wears_a_hijab wears_hijab wear_a_hijab wear_hijab keeps_kosher keep_kosher keeps_halal "
    "eats_halal",
    "observes_ramadan observes_shabbat observes_the_sabbath observe_the_sabbath observe_ramadan",
    "was_baptized was_baptised got_baptized got_baptised converted_to_islam "
    "converted_to_christianity",
    "sings_in_the_church_choir goes_to_mass go_to_mass friday_prayers go_to_mosque "
    "go_to_the_mosque",
    "going_to_the_mosque going_to_church went_on_hajj goes_to_bible_study",
)
_BY_FAITH = Tie(
    head=head(
        "дини", "диним", r"(?:дини|онын|менин) (?:сенимим?|дини)", "сенимим",
        r"по (?:вере|вероисповеданию|религии|конфессии)",
        r"(?:верю|верит|верим) в",
    ),
    gap=open_gap(1),
)  # fmt: skip
RELIGION = (
    Rule(
        terms=_BELIEVERS,
        ties=(_SELF, _NAMED, _CALLED, _KNOWN, _BY_FAITH),
        unless=lazily(
            r" (?:муж|страна|храм|церковь|сайт|человек(?:,| должен)|праздник|календар\w*|собор|пост"
            r"|крест|академи\w*|лице\w*|в себя|в успех|в тебя|в это|в чудо)(?!\w)"
        ),
    ),
    Rule(
        terms=_MANY,
        ties=(
            _SELF,
            Tie(
                head=head(r"у меня|у нас"),
                gap=closed_gap("все", "родители", "семья", "дома", "муж", "жена", "и", "предки"),
            ),
        ),
    ),
    Rule(
        terms=_EN_BELIEVERS,
        ties=(_EN_SELF, _SELF, _NAMED, _DASHED, _KNOWN),
        unless=persons.NOUN_FOLLOWS,
    ),
    Rule(
        terms=_KK_BELIEVERS,
        ties=(_KK_SELF, _NAMED, _KNOWN, _DASHED),
        unless=persons.NOUN_FOLLOWS,
    ),
    Rule(terms=_I_BELIEVE, alone=True, unless=lazily(r" (?:ба|ма|па|бе|ме|пе)(?!\w)")),
    Rule(
        terms=_PRACTICE,
        ties=(
            Tie(
                head=head(persons.RU_WHO, persons.RU_WHOM, persons.KK_WHO, persons.KK_HAS),
                gap=open_gap(4),
            ),
            Tie(head=head(persons.EN_WHO, persons.EN_BE), gap=open_gap(3)),
            Tie(head=persons.NAMED, gap=open_gap(3), written=True),
            Tie(head=persons.CALLED, gap=open_gap(4), written=True),
            Tie(head=persons.KNOWN, gap=open_gap(4)),
            Tie(head=head(persons.NOTED), gap=open_gap(3)),
        ),
        unless=lazily(
            r" (?:(?:ба|ма|па|бе|ме|пе)(?!\w)|керек пе|дегенимиз|деген не|туралы|деген соз)"
        ),
    ),
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
                "religious beliefs?",
                "религиозная принадлежность",
                "религиозные убеждения",
                "отношение к религии",
                "конфессия",
                "дини сеними?м?",
                "дини кози?карасы",
                words=1,
            ),
            _BY_FAITH,
            Tie(
                head=head(persons.RU_WHO, persons.EN_WHO, "исповедую", "принял[аи]?"),
                gap=_CONVERTED,
            ),
            Tie(head=persons.CALLED, gap=_CONVERTED, written=True),
            Tie(
                head=head(
                    rf"(?:{persons.OF_MINE}) (?:религия|вера|вероисповедание)",
                    "(?:my|his|her) (?:religion|faith)(?: is)?",
                    "(?:менин|онын) дини",
                ),
                gap=closed_gap("это", "is", "was"),
            ),
        ),
        score=0.85,
    ),
)
