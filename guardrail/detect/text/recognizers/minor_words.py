"""How texts speak of children: ages, school years, and whose child it is. Data for `minor`."""

from __future__ import annotations

from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.recognizers import special_persons as persons
from guardrail.detect.text.recognizers.special_given import GIVEN
from guardrail.detect.text.recognizers.special_words import terms
from guardrail.detect.text.recognizers.ties import closed_gap, head

MY_EN = r"(?:my|our|his|her)(?: [a-z\-]{2,14})?"
CHILD_EN = (
    "stepson|stepdaughter|godson|goddaughter|kiddo|twins|little one|youngest|eldest|oldest|"
    "son|daughter|child|kid|boy|girl|baby|toddler|nephew|niece|brother|sister|grandson|grandchild"
    "|granddaughter|cousin|stepson|stepdaughter|student|pupil"
)
CHILD_RU = (
    r"(?:сын(?:а|у|ом|ок|очку|очек|ишк\w|ульк\w)?|доч(?:ь|ери|ка|ке|ки|ку|кой|ерью|урк\w|еньк\w)"
    r"|внук\w{0,2}|внучк\w{1,2}|внучек"
    r"|племя(?:ш\w{0,3}|нни\w{1,3})|брат\w{0,2}|братиш\w{1,2}|братик\w{0,2}|сестр\w{1,2}"
    r"|сестренк\w{1,2}"
    r"|пасынк\w|падчериц\w|крестни\w{1,3}|ребен(?:ок|ка|ку|ком)|малыш\w{0,2}|старш(?:ему|ей|ий|ая)"
    r"|младш(?:ему|ей|ий|ая)|близнец\w{1,3}|двойняш\w{1,3})"
)
CHILD_KK = (
    r"(?:улым|кызым|балам|баламыз|немерем|жиеним|иним|карындасым|синлим|бопем|шобере[мс]и?|кенжем"
    r"|тунгышым"
    r"|улымыз|кызымыз|немеремиз|баласы|улы|кызы|немереси|иниси|карындасы|синлиси|жиени|егиздерим"
    r"|балаларым"
    r"|шакиртим|окушым|агам|апкем)"
    r"(?:нын|нин|да|де|га|ге|а|е|ды|ди|на|не|нда|нде|нан|нен|мен)?"
)
SOON = closed_gap(
    "уже",
    "еще",
    "только",
    "всего",
    "скоро",
    "исполнилось",
    "исполнится",
    "будет",
    "было",
    "почти",
    "сейчас",
    "и",
    "ему",
    "ей",
    "в",
    "возраст\\w?",
    "казир",
    "енди",
    "биыл",
    "is",
    "was",
    "just",
    "turned",
    "only",
    "now",
    "aged?",
    "he",
    "she",
    "are",
    "who",
    "almost",
    "about",
    "at",
    "the",
    "около",
    "и",
    "\\d{1,2}",
    "лет",
    "алды",
    "жасы",
    "жаска",
    "болды",
    "биыл",
    "бар",
    "еди",
    "толды",
    "небары",
    "али",
    "shes",
    "hes",
    "s",
    "will",
    "be",
    "soon",
    "had",
    "his",
    "her",
    "birthday",
    "age",
    "от",
    "роду",
    "мальчик\\w{0,2}",
    "девочк\\w{1,2}",
    "на",
    "вид",
    "недавно",
    "вчера",
    "завтра",
    "сегодня",
    "ей-то",
    "of",
    "turning",
    "исполняется",
    GIVEN,
    words=4,
)
_ON = r"(?:^|(?<=[.!?;:\n(\-,]) ?)"
CHILD_HEADS = head(
    CHILD_RU.replace("|ребен(?:ок|ка|ку|ком)", "")
    .replace("|близнец\\w{1,3}|двойняш\\w{1,3}", "")
    .replace("|старш(?:ему|ей|ий|ая)", "")
    .replace("|младш(?:ему|ей|ий|ая)", ""),
    rf"{persons.OF_MINE}(?: \w{{3,14}})? (?:ребен(?:ок|ка|ку|ком)|младш\w{{2,3}}|старш\w{{2,3}}"
    rf"|дет(?:и|ям|ей))",
    r"(?:младш(?:ему|ей)|старш(?:ему|ей)|среднему|средней)",
    r"у (?:меня|нас) (?:есть )?(?:\w{4,14} )?(?:ребенок|дети|двойня|близнецы|двойняшки)",
    r"(?:этот|эта|это) (?:мальчик|девочка|ребенок)",
    r"ребен(?:ку|ок) мо(?:ему|й)",
    r"(?:наш(?:а|ему|ей)? )?(?:пациент(?:ка|ке|у)?|учени(?:к|ца|ку|це)|воспитанни(?:к|ца|ку|це)"
    r"|заявитель)",
    r"(?:двое|трое|мои|наши|четверо) (?:дет\w{1,3}|сынов\w{2}|доч\w{2,4})",
    CHILD_KK,
    r"(?:менин|биздин|онын) бала(?:м|мыз|сы)\w{0,4}",
    rf"(?:my|our|his|her|their)(?: [a-z\-]{{2,14}}){{0,2}} (?:{CHILD_EN})(?:['’]s)?",
    rf"(?:i have|we have|i['’]ve got|she has|he has) (?:an?|one|two"
    rf"|three)(?: [a-z\-]{{3,10}})? (?:{CHILD_EN}|kids|children|sons|daughters|boys|girls)",
    r"the (?:child|boy|girl|pupil|minor|baby|infant|patient|victim)",
    r"(?:пациент\w{0,2}|ученик|ученица|больной|больная|науқас)\W{1,3}(?:мальчик|девочка|ребенок)",
)
CALLED_AGED = lazily(
    r"(?:,|:| -| \(|,? (?:только|всего|уже|is|was|just turned|turned|aged?|биыл|казир"
    r"|исполнилось))? {0,2}"
)
"""Between a child's name and the age."""
BARE_CHILD = head(r"(?:^|[.!?;,\n] {0,2})(?:ребен(?:ку|ок)|малыш\w?)")
"""A child whose no word tells it is: only where a clause begins, and unless a headline follows."""
SELF = head(
    "мне",
    "менин жасым",
    "жасым",
    "мен",
    "i am",
    "i['’]?m",
    "i was",
    "i just turned",
    "i turned",
)
TO_ME = lazily(r"(?:^\W*|, |(?<!\w)(?:и|что|но|а) )мне(?!\w)")
NOT_AGE = lazily(
    r" (?:pregnant|беременн\w{1,3}|жукти|назад|бурын|тому|осталось|стаж\w*|опыт\w*|ago|later|late"
    r"|of|понадоб|нужно|"
    r"потреб|experience"
    r"|работа|in prison|до |на рынке|подряд|away|отработ|into|in|from|older|younger|sober|behind)"
)
GOES_ON = lazily(
    r" (?!(?:and|but|so|now|и|а|но|она|он|уже|жаста|жас|ему|ей|хочет|can|he|she|who|yet|this|на"
    r"|yesterday|today|tomorrow|last|next|soon|only)"
    r"(?!\w))\w|-(?!(?:да|де|та|те|га|ге|ка|ке)(?!\w))"
)

UNDER_AGE = terms(
    "несовершеннолетний несовершеннолетняя несовершеннолетнего несовершеннолетней"
    " несовершеннолетнюю несовершеннолетнему малолетний малолетняя малолетнего малолетней"
    " малолетнюю кәмелетке_толмаған"
)
IS_CHILD = lazily(
    rf" (?:{CHILD_RU}|{CHILD_KK}|son|daughter|child|brother|sister|nephew|niece)(?!\w)"
)
NAMED_BEHIND = lazily(
    r" [А-ЯЁӘҒҚҢӨҰҮҺІ][а-яёәғқңөұүһі\-]{1,20}(?:[оеё]в|[оеё]ва|[оеё]ву|[оеё]вой|[оеё]вым|ин|ина|ины"
    r"|ой|ұлы|қызы|улы|ского|ская|ский|[оеё]вы| [А-ЯЁӘҒҚҢӨҰҮҺІ])(?![а-яё])"
)
SCHOOL = closed_gap(
    "учится",
    "ходит",
    "пошел",
    "пошла",
    "перешел",
    "перешла",
    "идет",
    "пойдет",
    "в",
    "во",
    "уже",
    "is",
    "in",
    "the",
    "goes",
    "to",
    "started",
    "a",
    "закончил",
    "закончила",
    "учусь",
    "биыл",
    "хожу",
    "перешли",
    "из",
    "окончил[а]?",
    "перейдет",
    "школьник",
    "школьница",
    "учится",
    "этом",
    "году",
    "year",
    "this",
    "now",
    "attends?",
    "starting",
    "entering",
    "finished",
    "currently",
    "study(?:ing)?",
    "studies",
    "казир",
    "быйыл",
    "оставили",
    "остался",
    "из",
    "всего",
    "только",
    "наш[аие]?",
    "мой",
    "моя",
    "мектепте",
    "мектептин",
    "лицейдин",
    "гимназияда",
    "нис-те",
    "школе",
    "лицее",
    "гимназии",
    "going",
    "into",
    "ученик\\w?",
    "ученица",
    GIVEN,
    words=6,
)
KK_PUPIL = lazily(
    r" (?:окиды|окып|окимын|окитын|окушысы|окушы|барды|барады|бара|бітірді|битирди|битирген|тусти"
    r"|кошти)"
)


STUDIES = closed_gap(
    "учится", "ходит", "перешла?", "пошла?", "пойдет", "is", "goes", "started", "starts", "attends",
    "биыл", "в", "во", "to", "in", "the", "уже", "a", "этом", "году", "закончила?", "казир",
)  # fmt: skip
"""Between a capitalised word and a school year: with nothing but these, it is a child's name."""
NEVER = lazily(r"(?!)")
NOT_PUPIL = lazily(
    r" (?:опасност|точност|защит|энергоэфф|лет назад|учебник|программ|по математик|окулыг|кауіп"
    r"|математик|students|curriculum|textbook|math|teacher|steel|material|крови|a office)"
)
PUPIL_BEHIND = lazily(
    r" (?:(?:окитын|окушысы|окушы|баратын) (?:улым|кызым|балам|немерем|иним|синлим|карындасым"
    r"|жиеним)"
    r"|(?:student|pupil|son|daughter|boy|girl)(?! (?:should|must|textbook)))(?!\w)(?! )"
)
PUPILS = terms(
    "школьник школьница первоклассник первоклассница дошкольник дошкольница второклассник",
    "второклассница третьеклассник третьеклассница пятиклассник пятиклассница шестиклассник",
    "семиклассник семиклассница восьмиклассник восьмиклассница девятиклассник девятиклассница",
    "десятиклассник десятиклассница одиннадцатиклассник одиннадцатиклассница старшеклассник",
    "старшеклассница детсадовец ясельник schoolboy schoolgirl high-schooler middle-schooler",
    "preschooler мектеп_оқушысы бүлдіршін",
)
NURSERY = terms(
    "в_детский_сад в_детском_саду в_садик в_садике в_ясли в_сад в_нулевку в_продленку",
    "балабақшаға балабақшада бақшаға мектепалды мектепке_барады мектепке_барды мектепте_оқиды",
    "kindergarten preschool nursery daycare primary_school elementary_school middle_school",
)
GOES = closed_gap(
    "ходит", "пошла?", "пойдет", "отдали", "не", "еще", "уже", "устроить", "устроили", "водим",
    "в", "goes", "to", "in", "is", "at", "attends", "started", "starts", "a", "the", "still",
    "биыл", "казир", "али", "недавно", "осенью", "ночует", "год", "второй", "берут", "just",
    words=4,
)  # fmt: skip
PAPERS = terms(
    "свидетельств*_о_рождении туу_туралы_куәлі* birth_certificate* школьн*_справк* детск*_пособи*",
)
OF_CHILD = lazily(
    rf" (?:мо(?:его|ей|его) |моих |нашего |нашей |of (?:my|our|his|her) )?(?:{CHILD_RU}|{CHILD_EN}"
    rf"|{CHILD_KK})(?!\w)"
)
