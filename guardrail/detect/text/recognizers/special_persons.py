"""How texts speak of a particular person: the speaker, kin, a role with a name. Data for `ties`.

Plain text throughout (ё is е, Kazakh letters are their look-alikes) but for `NAMED` and `CALLED`.
"""

from __future__ import annotations

from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.recognizers.special_given import GIVEN, GIVEN_STEMS, NO_NAME
from guardrail.detect.text.recognizers.ties import TOPIC, closed_gap, gap_of, head, open_gap

OF_MINE = (
    r"(?:мо(?:й|я|и|е|ю|его|ему|ей|им|их|ими|ем)|наш(?:а|и|е|у|его|ему|ей|их|им)?|его|ее|их"
    r"|сво(?:й|я|и|его|ему|ей|ю)|этот|эта|этого|этой|данн\w{2,3}|твой|твоя|твоего|твоей)"
)

_KIN = {
    "who": "мама мамочка папа папочка отец мать муж жена сын сынок сынишка дочь дочка дочурка "
    "брат братик братишка сестра сестренка бабушка бабуля бабка дедушка дед тетя тетка дядя внук "
    "внучка племянник племянница свекровь свекор теща тесть супруг супруга невестка сноха зять "
    "родители отчим мачеха пасынок падчерица крестный крестная сожитель сожительница деверь "
    "золовка "
    "родственник родственница апа ата аже",
    "whose": "мамы папы отца матери мужа жены сына сынишки дочери дочки доченьки брата братика "
    "братишки сестры сестренки бабушки дедушки деда тети тетки дяди внука внучки племянника "
    "племянницы свекрови свекра тещи тестя супруга супруги невестки снохи зятя родителей отчима "
    "мачехи пасынка падчерицы крестного сожителя сожительницы родственника родственницы",
    "whom": "маме папе отцу матери мужу жене сыну сынишке дочери дочке доченьке брату братику "
    "братишке сестре сестренке бабушке дедушке деду тете дяде внуку внучке племяннику племяннице "
    "супругу супруге свекрови свекру теще тестю невестке снохе зятю отчиму мачехе родителям",
}
_NEAR = {
    "who": "парень девушка друг подруга подружка приятель коллега начальник начальница шеф босс "
    "сосед соседка ребенок дети малыш малышка сотрудник сотрудница клиент клиентка пациент "
    "пациентка "
    "знакомый знакомая партнер работник работница студент студентка ученик ученица директор "
    "водитель "
    "бухгалтер няня бывший бывшая одноклассник одноклассница однокурсник однокурсница одногруппник "
    "одногруппница арендатор квартирант квартирантка жилец постоялец учитель учительница "
    "преподаватель воспитатель воспитательница тренер помощник помощница секретарь повар охранник "
    "уборщица домработница репетитор врач менеджер юрист подчиненный подчиненная заявитель "
    "заявительница соискатель соискательница кандидат кандидатка заемщик мастер продавец рабочий "
    "тетя дядя мальчик девочка больной больная истец ответчик",
    "whose": "парня девушки друга подруги подружки приятеля коллеги начальника начальницы босса "
    "соседа соседки ребенка детей малыша сотрудника сотрудницы клиента клиентки пациента пациентки "
    "знакомого знакомой партнера работника работницы студента студентки ученика ученицы директора "
    "водителя бухгалтера няни бывшего бывшей одноклассника одноклассницы однокурсника арендатора "
    "квартиранта жильца учителя учительницы преподавателя воспитателя тренера помощника повара "
    "охранника подчиненного заявителя соискателя кандидата заемщика больного больной мальчика "
    "девочки",
    "whom": "парню девушке другу подруге коллеге начальнику соседу соседке ребенку детям малышу "
    "сотруднику сотруднице клиенту клиентке пациенту пациентке партнеру ученику ученице студенту "
    "учителю водителю подчиненному знакомому знакомой больному больной кандидату заявителю",
}
_SUCH = r"(?:\w{2,14}(?:ая|яя|ый|ий|ой|ого|его|ей|ому|ему|ые|их|юю|ую) ){0,2}"
_NO_NOTE = {"дети", "ребенок", "малыш", "малышка", "мальчик", "девочка", "бывший", "бывшая"}
_NOTED = "|".join(one for one in _NEAR["who"].split() if one not in _NO_NOTE)
_OF_WHAT = (
    r"(?: (?:цеха|отдела|смены|класса|группы|школы|склада|магазина|банка|компании|по \w{4,12}))?"
)
NOTED = rf"(?:(?:^|[.!?;:\n] {{0,2}})(?:{_NOTED}|обследуем\w{{2}}|подэкспертн\w{{2}}){_OF_WHAT})"
"""Who a note is about: a role that a sentence begins with."""


def _ru(case: str, *pronouns: str) -> str:
    kin = "|".join(_KIN[case].split())
    near = "|".join(_NEAR[case].split())
    own = f"{OF_MINE} {_SUCH}(?:{kin}|{near})"
    mine = f"(?:{near}) {OF_MINE}"
    return f"(?:{'|'.join([*pronouns, own, mine, kin])})"


RU_WHO = _ru("who", r"мы с \w{2,14}", "я", "он", "она", "мы", "сам", "сама")
RU_WHOSE = _ru(
    "whose", "меня", "него", "нее", "нас", "него самого", "арендатора", "квартиранта", "жильца",
    "сотрудника", "сотрудницы", "клиента", "клиентки", "коллеги", "соседа", "соседки", "кандидата",
    "заявителя", "соискателя", "заемщика", "водителя", "бухгалтера", "няни", "начальника",
    "работника", "подруги", "друга", "директора", "однокурсника", "одноклассника", "студента",
)  # fmt: skip
RU_WHOM = _ru("whom", "мне", "ему", "ей", "нам")
RU_ACCUSED = _ru(
    "whose", "меня", "его", "ее", "мужа", "жену", "маму", "дочь", "дочку", "сестру", "папу",
    "бабушку", "тетю", "дядю", "внучку", "супругу", "подругу", "нас",
)  # fmt: skip

_EN_KIN = (
    "mother|mom|mum|mommy|mama|father|dad|daddy|papa|son|daughter|wife|husband|hubby|spouse|brother"
    "|sister|sibling|grandmother|grandfather|grandma|grandpa|granny|granddaughter|grandson"
    "|grandchild|uncle|aunt|auntie|cousin|niece|nephew|kid|child|baby|toddler|boy|girl|friend"
    "|boyfriend|girlfriend|bf|gf|fiance|fiancee|partner|boss|manager|colleague|coworker|co-worker"
    "|neighbou?r|roommate|flatmate|employee|patient|client|student|pupil|tenant|landlord|landlady"
    "|parents|kids|children|twins|ex|in-laws|teenager|stepson|stepdaughter|stepfather|stepmother"
    "|stepdad|stepmom|mother-in-law|father-in-law|brother-in-law|sister-in-law|ex-wife|ex-husband"
    "|teacher|professor|coach|nanny|babysitter|assistant|secretary|driver|cook|chef|accountant"
    "|classmate|team ?mate|lawyer|doctor|customer|lodger|guy|trainee|intern|supervisor|director|ceo"
    "|godson|goddaughter|bestie|mate|hire|applicant|candidate|customer|worker|borrower|claimant"
    "|defendant|suspect|subject|resident|helper|maid|cleaner|guard|tutor|therapist|contractor"
)
_NOTED_EN = (
    "patient|tenant|employee|applicant|client|candidate|defendant|suspect|claimant|customer|worker"
    "|borrower|lodger|pupil|complainant|subject|resident"
)
EN_KIN = (
    rf"(?:(?:my|our|his|her|their|this|that)(?: [a-z0-9\-]{{2,14}}){{0,2}} (?:{_EN_KIN})"
    rf"|the (?:{_NOTED_EN}))"
)
_OR_NAMED = r"(?:,? (?!is|was|has|had|are|who|and|to)[a-z]{2,14}(?: [a-z]{2,16})?,?)?"
EN_WHO = rf"(?:i|he|she|we|{EN_KIN})"
_EN_ONE = rf"(?:i|he|she|we|{EN_KIN}{_OR_NAMED})"
_APOSTROPHE = "['’]"
_BE = r"is|was|are|were|has been|became|came out|identifies|isn['’]?t|wasn['’]?t|turned out to be"
_BE += r"|used to be|might be|may be|seems|looks|will be|has always been"
EN_BE = (
    rf"(?:i{_APOSTROPHE}?m|i am|i was|we{_APOSTROPHE}re|we are|s?he{_APOSTROPHE}s"
    rf"|{EN_WHO}(?:,? who)?(?: (?:{_BE})|{_APOSTROPHE}s)(?!\w)"
    rf"|{_EN_ONE}(?:,? who)?(?: (?:{_BE})|{_APOSTROPHE}s)"
    r"|i(?:'ve|’ve| have) been|i became|i came out|as an?)"
)
_HAVE = (
    r"(?:have|has|had|got|having|gets|suffers?(?: from)?|suffered(?: from)?|suffering from"
    r"|diagnosed with|lives? with|living with|caught|tested (?:positive|negative) for"
    r"|treated for|recovering from"
    r"|recovered from|died (?:of|from)|dying (?:of|from)|battl(?:es|ed|ing)|fighting|fights|fought"
    r"|developed|survived|down with|struggles? with|struggled with|copes? with|beat|contracted"
    r"|underwent|undergoing|undergoes|experiences?|experienced|hospitali[sz]ed (?:for|with)"
    r"|admitted"
    r" (?:for|with)|complains? of|complained of|shows? signs of|history of|been through|carries"
    r"|doesn['’]?t have"
    r"|don['’]?t have|positive for|negative for)"
)
EN_HAVE = (
    rf"{_EN_ONE}(?:{_APOSTROPHE}ve|{_APOSTROPHE}s)?(?: (?!wrote|write|read)\w{{2,9}}){{0,2}}"
    rf"(?:,? who)? {_HAVE}"
)

_KK_CASE = "(?:нын|нин|да|де|га|ге|а|е|ды|ди|н|нан|нен|мен)?"
_KK_THIRD_CASE = "(?:нын|нин|нда|нде|на|не|н|нан|нен|мен)?"
_KK_MINE = (
    "анам|акем|шешем|апам|атам|ажем|агам|иним|карындасым|синлим|апкем|апайым|улым|кызым|балам"
    "|куйеуим|айелим|жубайым|жарым|немерем|жиеним|туысым|досым|бауырым|келиним|енем|жолдасым"
    "|зайыбым|нагашым|жездем|женгем|балдызым|бажам|тате[мй]|курбым|сыныптасым|курсласым|группаласым"
    "|танысым|ариптесим|коршим|бастыгым|басшым|директорым|окушым|студентим|клиентим|пациентим"
    "|наукасым|кызметкерим|жумысшым|мугалимим|ужозим|устазым|даригерим|балаларым|егиздерим"
    "|ата-анам|кайын атам|кайын енем|когершиним|болем|кешигим|жигитим|келиншегим"
)
_KK_OURS = "балабыз|баламыз|анамыз|акемиз|кызметкеримиз|клиентимиз|пациентимиз|окушымыз|коршимиз"
_KK_OURS += "|бастыгымыз|мугалимимиз|ариптесимиз|директорымыз|жургизушимиз|жалга алушымыз"
_KK_THIRD = (
    "анасы|акеси|шешеси|апасы|атасы|ажеси|агасы|иниси|карындасы|синлиси|апкеси|улы|кызы|баласы"
    "|куйеуи|айели|жубайы|немереси|жиени|досы|бауыры|келини|енеси|зайыбы|туысы|ариптеси|коршиси"
)
KK_KIN = f"(?:(?:{_KK_MINE}|{_KK_OURS}){_KK_CASE}|(?:{_KK_THIRD}){_KK_THIRD_CASE})"
_KK_LATIN = (
    "(?:mende|menin[gnń]?|(?:anam|akem|äkem|balam|ulym|ūlym|qyzym|apam|atam)(?:n[iy]n[gń]?|d[ae])?)"
)
_KK_NOTED = (
    "(?:наукас|пациент|кызметкер|клиент|окушы|жалга алушы|талапкер|умиткер|жумысшы|студент"
    "|отиниш беруши|кандидат|мугалим|корши|коршимиз|бастык|директор|жургизуши)"
)
KK_NOTED = rf"(?:(?:^|[.!?;:\n] {{0,2}}){_KK_NOTED}(?:те|та|де|да|ке|ка|га|ге|тин|тын|нын|нин)?)"
KK_HAS = f"(?:менде|менин|маган|бизде|биздин|онда|онын|оган|{KK_KIN}|{_KK_LATIN}|{KK_NOTED})"
KK_WHO = (
    f"(?:мен|ол|биз|озим|ози|отбасым|отбасымыз|биздин отбасы|(?:менин|биздин"
    f"|онын) (?:\\w{{2,12}} )?{KK_KIN}|{KK_KIN}"
    f"|(?:биздин|осы) {_KK_NOTED}|{KK_NOTED})"
)

_UPPER = "A-ZÄÖÜŞĞİÑŪА-ЯЁӘҒҚҢӨҰҮҺІ"
_LOWER = "a-zäöüşğ\u0131ñūа-яёәғқңөұүһі"
_ROLE = (
    r"(?i:пациент\w{0,3}|больн(?:ой|ая|ого|ому)|клиент\w{0,3}|сотрудни(?:к|ка|ку|ца|цы|це)"
    r"|работни(?:к|ка|ца|цы)|учени(?:к|ка|ца|цы|це)|студент\w{0,2}|гражданин\w?|гражданк[аиу]"
    r"|подозреваем\w{2,3}|обвиняем\w{2,3}|осужденн\w{2,3}|за[её]мщи\w{1,3}|коллег[аиу]"
    r"|кандидат\w?|ребен\w{2,3}|ребён\w{2,3}|водител[ья]|житель\w?|науқас\w{0,4}|қызметкер\w{0,4}"
    r"|арендатор\w?|соискател\w{1,2}|заявител\w{1,2}|гр\.|г-н|г-жа|тов\."
    r"|оқушы\w{0,3}|азамат\w{0,5}|patient|client|employee|worker|colleague|student|customer"
    r"|applicant|candidate|defendant|tenant|mr\.?|mrs\.?|ms\.?|dr\.?)"
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
"""A role with a name, or a name that shows itself. For text as it was written."""

CALLED = head(
    rf"(?=[{_UPPER}])(?!(?:{NO_NAME})(?!\w))[{_UPPER}][{_LOWER}’']{{1,20}}"
    rf"(?:-[{_UPPER}][{_LOWER}]{{1,20}})?(?: [{_UPPER}][{_LOWER}’'\-]{{1,24}}| [{_UPPER}]\.)?"
)
"""A capitalised word that may be anybody's name: only what follows can tell. For written text."""

KNOWN = head(rf"(?:(?:{GIVEN})(?:{_KK_CASE}|у|ом|ем|я|ю|ы|и)|(?:{GIVEN_STEMS})(?:[ыиеую]|ой|ей))")
"""A common given name, in small letters too."""

KK_CALLED_HAS = head(
    rf"(?=[{_UPPER}])(?!(?:{NO_NAME})(?!\w))[{_UPPER}][{_LOWER}]{{1,20}}"
    r"(?:[дт][ае]|[днт][іы]ң|[днт][иы]н|[ғгқк][аеә])"
)
"""The same with a Kazakh ending of whose or to whom something is."""

AGED_ROLE = (
    r"(?:мне|ему|ей|пациент|пациентка|больной|больная|patient|наукас|женщина|мужчина|муж\.?|жен\.?"
    r"|ж|м|мальчик|девочка)[,:.]? {0,2}"
    r"\d{1,3}(?: лет| года?|г\.?|-year-old|,? жаста)?"
)

OPEN = open_gap(5)
SHORT = open_gap(3)

_FILLERS = (
    r"не|тоже|также|уже|давно|сейчас|был[аи]?|является|являюсь|являемся|это|по|национальности"
    r"|вероисповеданию|вере|религии|происхождению|рождению|убеждениям|наполовину|на|половину"
    r"|четверть|сам|сама|верующ\w{2}|практикующ\w{2}|этническ\w{2}|чистокровн\w{2}|крещен\w{2}"
    r"|убежденн\w{2}|открыт\w{2}|открыто|скрыт\w{2}|настоящ\w{2}|и|а|как|но|бывш\w{2}|стала?"
    r"|оказал(?:ся|ась)|вообще|очень|глубоко|тайн\w{2}|активн\w{2}|рядов\w{2}|всегда|ведь|просто"
    r"|ранее|раньше|дважды|трижды|неоднократно|тяжело|серьезно|неизлечимо|чем-то|видимо"
    r"|скорее всего|a|an|the|also|not|n't|just|very|devout|practi[sc]ing|born|raised|proud"
    r"|proudly|openly|secretly|registered|ethnic|ethnically|half|part|originally|by|now|actually"
    r"|being|been|roman|orthodox|lifelong|former|strict|committed|native|both|always|still|am|is"
    r"|was|as|severely|clinically|legally|currently|really|probably|\d{1,2}|weeks?|months?"
    r"|years?|out|almost|newly|again|quite|pretty|totally|fully|partially|partly|deeply|staunch"
    r"|card-carrying|closeted|baptized|observant|converted|self-described|first|second|third"
    r"|generation|nationality|of|quarter|mostly|у|меня|с|туганнан|рождения|детства|да|де|тек"
    r"|бурын|бурыннан|осы|екеуимиз|барлыгымыз|тагы|кури|езим|ози|него|нее|родил(?:ся|ась)"
    r"|считает|считаю|себя|родом|из|семьи|жили|отец|мать|мама|папа|же|казир|казир|озин|санайды"
    r"|негизи|жагынан|улты|ултым|дини|диним|боп|болып|отбасынан"
)
IS = closed_gap(_FILLERS)

_VERBS = (
    r"\w{2,14}(?:ю|ешь|ишь|ет|ит|ют|ем|им|ете|ите|л|ла|ли|ть|ти|ться|тся|лся|лась|лись|юсь|усь)"
    r"|\w{1,12}(?:ют|ут|ат|ят)|хочу|могу|ищу|пишу|учу|вижу|скажу|приду|иду|еду|ищем|должен|должна"
    r"|нужен|нужна|нужно|надо|можно|против|кроме|среди|вместо|без|из|за|с|со|к|ко|до|между|через"
    r"|перед|над|под|роль|роли|друг|другом|подруг\w|сосед\w{0,3}|парень|девушка|учител\w{1,3}"
    r"|врач\w{0,3}|менен|дос\w{0,4}|мен|деп|сиякты|катысты|бойынша|арасында|ретинде|керек|кызык\w*"
    r"|автор\w?|режиссер\w?|геро[йя]\w?"
)
PERSON_GAP = gap_of(rf"(?:{_FILLERS}|{GIVEN})", rf"(?:{TOPIC}|{_VERBS})", words=4)
"""What may stand between somebody and the noun for what they are: no verb but of being."""

NOUN_FOLLOWS = lazily(
    r" (?!(?:и|а|но|из|с|со|в|на|по|от|не|до|живу|емес|еди|екен|болып|болган|болады|бирак|жане|and"
    r"|but"
    r"|so|or|by|from|in|at|on|for|since|who|with|living|man|woman|guy|girl|boy|person|people|now"
    r"|too"
    r"|as|if|he|she|i|we|my|because|человек|мужчина|женщина|parents|family|адам|отбасынан|болса да"
    r"|like|descent|origin|myself|himself|herself|actually|though|even|when|while|after|before"
    r"|я|мы|он|она|ее|его|у|ну|уже|хоть|хотя|поэтому|потому|то|ал|сондыктан|ойткени|ма|ме|ба|бе|па"
    r"|пе"
    r"|гой|дейди|екенин|екенимди|болгандыктан|болгасын|туылган|тугаммын|еді|originally|also|to"
    r"|married|which|that|until|already|since|living|converted|working|raised|born)(?!\w))\w"
)
"""What makes a word an adjective: «русский язык», ``conservative investor``, «мұсылман елі»."""
