"""How people ask for a duty to be evaded, in three languages. Data for `injection`.

Patterns are for text as `words.folded` returns it: lower case, no apostrophes, letters of Kazakh
folded. Gaps are of few words, each of few letters, so that a pattern looks no farther than a line.
"""

from __future__ import annotations

from collections.abc import Mapping


def gap(most: int) -> str:
    """Return a pattern for up to `most` words that stand between two others."""
    return rf"\W{{1,3}}(?:\w{{1,20}}\W{{1,3}}){{0,{most}}}?"


AI_EN = (
    r"(?:an? |some )?(?:ai|a i|artificial intelligence|chat ?bot|bot|language model|large language"
    r" model|llm|machine|robot|computer program|software|virtual assistant|automated \w{1,12})\b"
)
AI_RU = (
    r"(?:ии|искусственн\w{1,4} интеллект\w{0,3}|чат ?бот\w{0,3}|бот\w{0,3}|робот\w{0,3}"
    r"|нейросет\w{1,3}|нейронк\w{1,2}|языков\w{1,3} модел\w{1,3}|машин\w{1,3}|программ\w{1,3}"
    r"|не (?:живой )?человек|автоматик\w{0,3}|виртуальн\w{1,3} \w{6,10}|ai)\b"
)
AI_KK = (
    r"(?:жи|жасанды интеллект\w{0,6}|чат ?бот\w{0,6}|бот\w{0,6}|робот\w{0,6}|нейрожели\w{0,4}"
    r"|тилдик модел\w{0,5}|машина\w{0,4}|багдарлама\w{0,4}|адам емес\w{0,8}|ии|ai)"
)

_NOT_EN = (
    r"(?:dont|do not|never|must not|mustnt|should not|shouldnt|cannot|cant|may not|refrain from|avoid"
    r"|not to|no need to|without|under no circumstances)"
)
_SAY_EN = (
    r"(?:say\w{0,4}|tell\w{0,4}|admit\w{0,4}|reveal\w{0,4}|mention\w{0,4}|disclos\w{1,4}"
    r"|acknowledg\w{1,4}|confirm\w{0,4}|let|stat(?:e|ing)|inform\w{0,4}|indicat\w{1,4}|show"
    r"|identify\w{0,4}|give away|hint\w{0,4}|announc\w{1,4})"
)
_BE_EN = r"(?:you|youre|are|being|be|is|its|this|with|by|from|as|to|theyre)"

_HUMAN_EN = (
    r"(?:a |an )?(?:real |living |actual |live |flesh and blood ){0,2}"
    r"(?:human\b(?! (?:rights|resource|body|centred|centered|readable))|person\b|people\b"
    r"|live (?:agent|operator)|(?:man|woman|girl|employee)\b)"
)

_PRIVACY_EN = (
    r"(?:privacy|personal data|data protection|pii|gdpr|consent|guard ?rails?|safety|content"
    r"|moderation|masking|anonymi[sz]ation|redaction|compliance|transparency|ai act|law 230|legal)"
)
_RULE_EN = (
    r"(?:rules?|polic(?:y|ies)|filters?|filtering|checks?|laws?|settings?|requirements?|protections?"
    r"|restrictions?|controls?|dut(?:y|ies)|guidelines?|layers?|systems?|act|regulations?"
    r"|safeguards?|obligations?|mechanisms?|measures?)"
)
_DROP_EN = (
    r"(?:ignor\w{1,3}|bypass\w{0,3}|disregard\w{0,3}|overrid\w{1,3}|circumvent\w{0,3}|get around"
    r"|disabl\w{1,3}|turn off|switch off|skip\w{0,4}|forget(?: about)?|evad\w{1,3}|work around"
    r"|suspend|deactivat\w{1,3}|violat\w{1,3}|break|drop|stop (?:applying|following|enforcing|using)"
    r"|(?:dont|do not|never|no need to) (?:apply|follow|enforce|use|respect|obey|check|care about"
    r"|bother with|comply with|worry about))"
)
_LABEL_EN = (
    r"(?:label\w{0,4}|mark(?:s|ing|er|ers)?|watermark\w{0,3}|notices?|disclosures?|disclaimers?|tags?"
    r"|stamps?|badges?|banners?|metadata|captions?|warnings?)"
)
_UNLABEL_EN = (
    r"(?:remov\w{1,3}|strip\w{0,4}|delet\w{1,3}|drop|omit|skip|hid(?:e|ing)|leave (?:out|off)"
    r"|suppress|eras\w{1,3}|get rid of|cut(?: out)?|disable|turn off|crop out|without|scrub"
    r"|(?:dont|do not|never) (?:add|put|include|show|display|attach|insert|use|print|write|mark"
    r"|append|label|apply|embed))"
)
_MADE_EN = r"(?:ai(?! act)|ai generated|machine generated|synthetic|bot|deepfake|c2 ?pa|generated|artificial\w{0,2})"

_SAY_RU = (
    r"(?:говор\w{1,5}|сообща\w{1,5}|призна\w{2,6}|раскрыва\w{1,5}|упомина\w{1,5}|рассказыва\w{1,5}"
    r"|показыва\w{1,5}|пиши\w{0,2}|писать|сознава\w{1,6}|выдава\w{1,5}|подавай\w{0,2} виду?"
    r"|указыва\w{1,5}|уточня\w{1,5}|предупрежда\w{1,5}|намека\w{1,5}|догада\w{1,5}|узна\w{1,4}"
    r"|понял\w?|заметил\w?)"
)
_BE_RU = (
    r"(?:ты|вы|это|себя|он\w?|они|мы|является|общает\w{1,5}|говор\w{1,4}|отвеча\w{1,4}|пиш\w{1,4}"
    r"|разговарива\w{1,5}|перед ним\w?|что|с|про|о)"
)
_PRIVACY_RU = (
    r"(?:конфиденциальн\w{1,5}|персональн\w{1,4} данн\w{1,4}|личн\w{1,4} данн\w{1,4}|приватност\w{1,3}"
    r"|защит\w{1,3} данн\w{1,4}|согласи\w{1,3}|цензур\w{1,3}|модераци\w{1,3}|маскиров\w{1,4}"
    r"|маскировани\w{1,3}|обезличив\w{1,6}|правил\w{1,4} безопасности|фильтр\w{0,4} (?:безопасности"
    r"|контента|содержимого|данных)|закон\w{0,4} об? (?:ии|искусственном|персональных)"
    r"|guardrails?|защитн\w{1,4} (?:фильтр\w{0,3}|механизм\w{0,3}|правил\w{0,3})"
    r"|ограничени\w{1,4} безопасности)"
)
_DROP_RU = (
    r"(?:игнорир\w{2,5}|проигнорир\w{2,5}|обойд\w{1,4}|обойти|обход\w{1,5}|отключ\w{1,5}"
    r"|выключ\w{1,5}|забудь\w{0,2}|не (?:соблюда\w{1,4}|применя\w{1,4}|учитыва\w{1,4}|проверя\w{1,4}"
    r"|обращай\w{0,2} внимания на|думай про|используй\w{0,2})|пренебрег\w{1,4}|наруш\w{1,4}"
    r"|сними\w{0,2}|отмени\w{0,2}|деактивир\w{2,5}|наплевать на|плевать на)"
)
_LABEL_RU = (
    r"(?:маркировк\w{1,3}|пометк\w{1,3}|пометок|отмет\w{2,4}|метк\w{1,3}|водян\w{1,3} знак\w{0,3}"
    r"|уведомлени\w{1,3}|предупреждени\w{1,3}|дисклеймер\w{0,3}|надпис\w{1,4}|ярлык\w{0,3}"
    r"|плашк\w{1,3}|подпис\w{1,4}|значок|значк\w{1,3}|тег\w{0,3}|указани\w{1,3}|метаданн\w{1,3})"
)
_UNLABEL_RU = (
    r"(?:убер\w{1,4}|убрать|удал\w{1,4}|сотр\w{1,4}|стер\w{1,4}|скро\w{1,4}|скрыть|выреж\w{1,4}"
    r"|вырезать|не (?:став\w{1,4}|добавля\w{1,4}|пиши\w{0,2}|показыва\w{1,4}|указыва\w{1,4}"
    r"|вставля\w{1,4}|помеща\w{1,4}|прикрепля\w{1,4})|без|отключ\w{1,4}|пропуст\w{1,4}|избав\w{2,5}"
    r"|затр\w{1,4}|замаж\w{1,3})"
)
_MADE_RU = (
    r"(?:ии|нейросет\w{1,4}|искусственн\w{1,4}|ai|сгенерирован\w{1,4}|синтетич\w{2,8}|бот\w{0,3}"
    r"|c2 ?pa|дипфейк\w{0,3})"
)

_UNSAID_KK = (
    r"(?:айтпа\w{0,8}|билдирме\w{0,8}|мойындама\w{0,8}|жасыр\w{0,8}|ашпа\w{0,8}|корсетпе\w{0,8}"
    r"|жазба\b|жазбаныз|жазбау\w{0,4}|сездирме\w{0,8}|айтуга болмайды|ескертпе\w{0,8}|жарияла\w{0,2}ма\w{0,6}"
    r"|атап отпе\w{0,5}|билмесин|билмеуи\w{0,3}|сезбесин|танытпа\w{0,5}|купия \w{2,8}|терис шыгар\w{0,4})"
)
_LABEL_KK = (
    r"(?:белги\w{0,6}|тангба\w{0,6}|танба\w{0,6}|ескерту\w{0,6}|хабарлама\w{0,6}|жазу\w{0,6}"
    r"|маркировка\w{0,6}|жапсырма\w{0,6}|анда?тпа\w{0,4}|дисклеймер\w{0,6}|метадерек\w{0,6})"
)
_UNLABEL_KK = (
    r"(?:алып таста(?!м)\w{0,4}|киып таста(?!м)\w{0,4}|алып кой(?!м)\w{0,4}|ошир(?!м)\w{0,6}|жой(?!м)\w{0,6}|коспа\w{0,6}|койма\w{0,6}"
    r"|корсетпе\w{0,6}|жасыр(?!м)\w{0,6}|жазба\b|жазбаныз|салма\w{0,5}|керек емес|тыгып|кесип таста\w{0,4})"
)
_PRIVACY_KK = (
    r"(?:купиялыл\w{1,7}|купиялык\w{0,7}|жеке дерек\w{0,8}|дербес дерек\w{0,8}|жеке малимет\w{0,6}"
    r"|дерект\w{1,5} коргау\w{0,6}|келисим\w{0,6}|кауипсиздик\w{0,6}|модерация\w{0,6}|мазмун суз\w{1,5}"
    r"|жи туралы зан\w{0,6}|коргау ереже\w{0,6}|маскалау\w{0,6}|деперсонал\w{0,12}|иесиздендиру\w{0,6}|guardrail\w{0,2})"
)
_DROP_KK = (
    r"(?:елеме\w{0,6}|алып таста(?!м)\w{0,4}|айналып от\w{0,5}|ошир(?!м)\w{0,5}|(?<=зан[дг][ыа] )сактама\w{0,6}|(?<=ережесин )сактама|(?<=талаптарын )сактама|ескерме\w{0,6}|карама\w{0,5}"
    r"|умыт\w{0,5}|буз(?:ып|\b)\w{0,4}|орындама\w{0,6}|колданба\w{0,6}|назарга алма\w{0,6}|елемей"
    r"|тексерме\w{0,5}|отключить ет\w{0,4}|сондир\w{0,4})"
)

DUTY: Mapping[str, tuple[str, ...]] = {
    "deny_ai": (
        rf"\b{_NOT_EN}{gap(2)}{_SAY_EN}{gap(7)}{_BE_EN}{gap(3)}{AI_EN}",
        rf"\b(?:hide|hiding|conceal\w{{0,3}}|keep (?:it )?(?:a )?secret|cover up|deny|denying|lie about)"
        rf"{gap(6)}{_BE_EN}{gap(3)}{AI_EN}",
        rf"\b(?:pretend\w{{0,3}}|claim\w{{0,3}}|insist|swear|pos(?:e|ing) as|act as(?: if| though)?"
        rf"|present yourself as|introduce yourself as|pass (?:yourself off )?as|convince \w{{1,12}}"
        rf"|make \w{{1,12}} (?:think|believe)|lead \w{{1,12}} to believe){gap(6)}{_HUMAN_EN}",
        rf"\b(?:say|answer|reply|respond|tell \w{{1,12}}|state|assure \w{{1,12}}){gap(2)}(?:you are|youre|you re)"
        rf"{gap(2)}{_HUMAN_EN}",
        rf"\b(?:не|нельзя){gap(2)}{_SAY_RU}{gap(6)}{_BE_RU}{gap(3)}{AI_RU}",
        rf"\bне (?:представля\w{{1,5}}|называ\w{{1,5}}){gap(3)}{AI_RU}",
        rf"\b(?:скро\w{{1,4}}|скрыва\w{{1,4}}|скрыть|утаи\w{{1,3}}|отрица\w{{1,4}}|умолчи\w{{0,2}}|умалчива\w{{1,4}}"
        rf"|молчи\w{{0,2}}|держи\w{{0,2}} в (?:секрете|тайне)){gap(6)}{AI_RU}",
        rf"\b(?:притвор\w{{2,6}}|представ(?:ься|ляйся|ьтесь|ляйтесь)|выдава\w{{1,4}} себя"
        rf"|утвержда\w{{1,4}}|уверя\w{{1,4}}|убеди\w{{0,2}}|убежда\w{{1,4}}|делай\w{{0,2}} вид|настаива\w{{1,4}}"
        rf"|клянись){gap(5)}(?:жив\w{{1,3}}|настоящ\w{{1,3}}|реальн\w{{1,3}}|человек\w{{0,2}}\b|не бот"
        rf"|не робот)",
        rf"\b(?:отвеча\w{{1,4}}|ответь\w{{0,2}}|говори\w{{0,2}}|скажи\w{{0,2}}|пиши\w{{0,2}}){gap(3)}что (?:ты|вы|с \w{{3,8}})"
        rf"{gap(3)}(?:человек\w{{0,2}}|живой|живая|не бот|не робот|реальн\w{{1,3}})\b",
        rf"\b{AI_KK}{gap(3)}екен\w{{0,8}}{gap(3)}{_UNSAID_KK}",
        rf"\b{AI_KK}{gap(2)}(?:жасаг|жазг|аркылы|сойлес|жауап бер|жасал)\w{{0,10}}{gap(3)}{_UNSAID_KK}",
        rf"\b(?:бот|робот|жи|машина)\w{{2,4}} деп айтпа\w{{0,6}}",
        rf"\b(?:адаммын|адамбыз|(?:тири|нагыз|шынайы|кадимги) (?:адам|кызметкер|оператор)\w{{0,6}}"
        rf"|адаммен сойлес\w{{0,12}}|адам (?:екен\w{{0,8}}|болып|ретинде|боп|сиякты)|робот емес\w{{0,6}}|бот емес\w{{0,6}}){gap(4)}"
        rf"(?:де(?:\b|п|й|гин|низ|син)\w{{0,5}}|корин\w{{0,5}}|таныс\w{{0,6}}|айт\b|айтыныз|айтсын"
        rf"|жауап бер(?!син)\w{{0,5}}|болып ал\w{{0,4}}|таныт\w{{0,6}}|сендир\w{{0,6}})",
    ),
    "unlabel": (
        rf"\b{_UNLABEL_EN}{gap(5)}{_MADE_EN}\W{{1,3}}(?:\w{{1,15}}\W{{1,3}}){{0,2}}?{_LABEL_EN}\b",
        rf"\b{_UNLABEL_EN}{gap(4)}{_LABEL_EN}{gap(6)}{_MADE_EN}\b",
        rf"\b{_UNLABEL_EN}{gap(3)}(?:c2 ?pa|content credentials|synthid)\b",
        rf"\b{_UNLABEL_RU}{gap(4)}{_LABEL_RU}{gap(5)}{_MADE_RU}\b",
        rf"\b{_UNLABEL_RU}{gap(3)}{_MADE_RU}\W{{1,3}}{_LABEL_RU}\b",
        rf"\b{_UNLABEL_RU}{gap(3)}(?:c2 ?pa|synthid)\b",
        rf"\bне указыва\w{{1,4}}{gap(4)}(?:сгенерирован|создан\w? нейросет)\w{{0,3}}",
        rf"\bне (?:маркируй\w{{0,2}}|помеча\w{{1,4}}|указыва\w{{1,4}}|подписыва\w{{1,4}}){gap(6)}(?:ии|нейросет\w{{1,4}}"
        r"|сгенерирован\w{1,4}|искусственн\w{1,4} интеллект\w{0,3}|ai)\b",
        rf"\b{AI_KK}{gap(4)}{_LABEL_KK}{gap(3)}{_UNLABEL_KK}",
        rf"\b{AI_KK}{gap(3)}(?:белгисиз|ескерту(?:ин)?сиз|танбасыз|тангбасыз|жазусыз)\b",
        rf"\b(?:c2 ?pa|дипфейк|су ?танба\w{{0,6}}){gap(3)}{_UNLABEL_KK}",
    ),
    "drop_rules": (
        rf"\b{_DROP_EN}{gap(5)}{_PRIVACY_EN}\W{{1,3}}(?:\w{{1,15}}\W{{1,3}}){{0,2}}?{_RULE_EN}\b",
        rf"\b{_DROP_EN}{gap(3)}(?:guard ?rails?|gdpr|safeguards?|the guard|pii (?:masking|filter\w{{0,3}})|redaction"
        r"|consent (?:check\w{0,3}|requirement\w{0,2})|data protection|the ai act|your privacy)\b",
        rf"\b{_DROP_RU}{gap(4)}{_PRIVACY_RU}\b",
        rf"\b{_PRIVACY_KK}{gap(4)}{_DROP_KK}",
    ),
}
"""Ways to ask that a duty of the guard's or of its operator be evaded, by what is asked."""

INJECTION: tuple[str, ...] = (
    r"\b(?:ignor\w{1,3}|forget|disregard|overrid\w{1,3}|discard|drop|do not follow|dont follow|erase)"
    rf"{gap(4)}(?:previous|prior|above|earlier|preceding|system|original|initial|existing|developers?|your"
    rf"|former|old){gap(2)}(?:instructions?|prompts?|rules?|directions?|commands?|guidelines?"
    r"|context|programming|training|restrictions?)\b",
    r"\b(?:ignor\w{1,3}|forget|disregard) (?:all|everything|anything)(?: of)?(?: the)?"
    r" (?:instructions?|rules?|above|before|you were told|you have been told|that came before)\b",
    r"\b(?:reveal|print|show|repeat|output|tell me|give me|display|leak|dump|paste|share)"
    rf"{gap(4)}(?:system|hidden|initial|secret|original|developer) (?:prompts?|instructions?|messages?|rules)\b",
    r"\byou are now (?:in )?(?:dan|developer mode|unrestricted|jailbroken|free from|an? unrestricted|evil"
    r"|no longer bound)\b",
    r"\b(?:enter|enable|activate|switch to|turn on) (?:the )?(?:developer|debug|god|dan|jailbreak|sudo|admin)"
    r" mode\b(?! (?:on|in|for) (?:my|the|your|an?|this) )",
    rf"\b(?:ignor\w{{1,3}}|forget|disregard){gap(3)}(?:rules?|instructions?|prompts?) (?:above|before|so far)\b",
    rf"\b(?:игнорир\w{{2,5}}|забудь\w{{0,2}}|не обращай\w{{0,2}} внимания на){gap(3)}(?:правил\w{{0,4}}|инструкци\w{{1,4}}"
    r"|указани\w{1,4}) (?:выше|раньше|до этого)\b",
    r"\bжогарыда\w{2,6}\W{1,3}(?:барин\w{0,2}|барлыгын\w{0,2})\W{1,3}(?:умыт|елеме|ескерме)\w{0,4}",
    r"\bсенде\W{1,3}(?:\w{1,12}\W{1,3}){0,2}?(?:шектеу|ереже)\w{0,4} жок\b",
    r"\bdo anything now\b|\b(?:act|answer|respond|reply|behave|operate|work)\w{0,3}"
    rf"{gap(4)}(?:without|with no|free of) (?:any )?(?:restrictions?|limits|limitations|filters?|rules|censorship"
    r"|ethic\w{0,4}|moral\w{0,4})\b",
    rf"\b(?:pretend|imagine|assume|act as if){gap(4)}(?:no|without) (?:rules|restrictions|limits|filters?|laws)\b",
    rf"\b(?:игнорир\w{{2,5}}|проигнорир\w{{2,5}}|забудь\w{{0,2}}|отброс\w{{1,4}}|не обращай\w{{0,2}} внимания на"
    rf"|отмени\w{{0,2}}|сотри\w{{0,2}}|не следуй\w{{0,2}}|не выполняй\w{{0,2}}){gap(3)}(?:предыдущ\w{{1,4}}|прошл\w{{1,4}}"
    rf"|прежн\w{{1,4}}|системн\w{{1,4}}|изначальн\w{{1,4}}|исходн\w{{1,4}}|сво\w{{1,3}}|вс[её]\w{{0,2}}|стар\w{{1,4}}"
    rf"|перво\w{{3,8}}|что было|выше\w{{0,10}}){gap(3)}(?:инструкци\w{{1,4}}|указани\w{{1,4}}|правил\w{{0,4}}|команд\w{{0,4}}"
    r"|промпт\w{0,4}|ограничени\w{1,4}|установк\w{1,4}|выше|раньше|до этого|настройк\w{1,4})\b",
    rf"\b(?:покажи\w{{0,2}}|выведи\w{{0,2}}|раскрой\w{{0,2}}|повтори\w{{0,2}}|напечатай\w{{0,2}}|скажи\w{{0,2}}|пришли\w{{0,2}}"
    rf"|выдай\w{{0,2}}|процитируй\w{{0,2}}|дай\w{{0,2}}|скинь){gap(4)}(?:системн\w{{1,4}}|скрыт\w{{1,4}}|начальн\w{{1,4}}"
    r"|исходн\w{1,4}|секретн\w{1,4}|внутренн\w{1,4}) (?:промпт\w{0,4}|инструкци\w{1,4}|сообщени\w{1,4}"
    r"|подсказк\w{1,4}|правил\w{0,4})\b",
    r"\b(?:включи(?:те)?|активируй\w{0,2}|перейди в|войди в)\W{1,3}(?:\w{1,10}\W){0,2}?режим\w{0,2} (?:разработчик\w{0,2}"
    r"|dan|отладк\w{1,2}|бога|джейлбрейк\w{0,2}|без ограничений)\b",
    r"\bты (?:теперь|отныне|больше не)\W{1,3}(?:\w{1,12}\W{1,3}){0,2}?(?:dan|без ограничений|без правил|свобод\w{1,4} от"
    r"|связан\w?|ограничен\w?)\b",
    rf"\b(?:отвеча\w{{1,4}}|действуй\w{{0,2}}|работай\w{{0,2}}|веди себя|пиши|говори){gap(4)}без"
    r" (?:каких.либо |всяких |любых )?(?:ограничени\w{1,3}|цензуры|фильтров|правил|морали)\b",
    r"\b(?:алдынгы|бурынгы|жогарыдагы|бастапкы|жуйелик|барлык|осыган дейинги|ески|буган дейинги|озинди?н)\w{0,4}"
    rf"{gap(2)}(?:нускау|ереже|буйрык|буйры|тапсырма|промпт|шектеу|хабарлама(?!м)|багыт)\w{{0,10}}{gap(2)}"
    r"(?:елеме|умыт|ескерме|ошир|жой|карама|таста|орындама|колданба|багынба|мансук|еске алма)\w{0,6}",
    rf"\b(?:жуйелик|жасырын|бастапкы|купия|ишки) (?:промпт|нускау|хабарлама|ереже)\w{{0,10}}{gap(3)}(?:корсет|шыгар"
    r"|айт(?!па)|жаз|бер|кайтала|аш|жибер|келтир)\w{0,6}",
    r"\b(?:шектеусиз|ережесиз|цензурасыз|сузгисиз)\W{1,3}(?:\w{1,12}\W{1,3}){0,2}?(?:жауап|режим|жумыс|соиле|сойле|жаз|арекет)\w{0,6}",
    r"\b(?:енди|бугиннен бастап) сен\W{1,3}(?:\w{1,12}\W{1,3}){0,3}?(?:dan|шектеусиз|еркин|бос|ереже\w{0,8} багынбайсын)\b",
    r"\bазирлеуши режим\w{0,4}\W{1,3}(?:\w{1,10}\W){0,2}?(?:кос|ауыс|от|ене?|косыл)\w{0,5}",
)
"""Ways to talk a model out of what it was told."""

HINTS = (
    r"\b(?:ai\b|bots?\b|chat ?bot|robot|human\b|person\b|(?:real|living|live) (?:man|woman|girl|employee"
    r"|agent|operator)|machine|language model|llm\b|assistant|artificial|automated|software|computer program"
    r"|label|watermark|disclos|disclaim|c2 ?pa|synthid|synthetic|generated|deepfake|content credentials"
    r"|privacy|personal data|data protection|consent|guard ?rail|the guard\b|safeguard|gdpr|pii\b"
    r"|redaction|moderation|compliance|transparency|safety|law 230|(?:content|legal) (?:filter|rule|polic|check)"
    r"|instruction|prompt|rules|direction|guideline|restriction|filter|censor|programming|were told|been told"
    r"|everything above|came before|jailb|dan\b|(?:developer|debug|god|admin|sudo) mode|developer mess"
    r"|(?:system|secret|hidden|initial) mess|unrestricted|do anything now|(?:no|without|any) (?:limit|ethic|moral)"
    r"|ии\b|интеллект|бот|робот|нейрос|нейрон|языков|машин|программ|человек|жив(?:о|ая|ую|ым|ые|ых)"
    r"|настоящ|реальн|виртуальн|автоматик|генерир|синтет|искусств|дипфейк|маркир|помет|отмет|метк|водян"
    r"|уведомл|предупр|дисклейм|надпис|ярлык|плашк|подпис|значк|значок"
    r"|конфиденц|персональн|личн\w{1,3} данн|приватн|согласи|цензур|модерац|маскиров|обезлич|фильтр"
    r"|безопасност|защитн|защит\w{1,2} данн|инструкц|указани|правил|промпт|ограничен|режим|установк"
    r"|предыдущ|прежн|системн|что было выше|генерир|сгенерир|скрыт\w{1,2} |секретн|закон\w{0,3} об? "
    r"|жи\b|жасанды|нейрож|деперсон|адам|нускау|ереже|буйры|шектеу|белги|танба|тангба|ескерту|купия"
    r"|жеке дерек|дербес дерек|деректерди корг|келисим|кауипс|жи туралы|сузги|тири|нагыз|тилдик модел"
    r"|цензурасыз|шектеусиз|жогарыда|жуйелик|багдарлама екен|енди сен)"
)
"""Every pattern needs one of these: what has none isn't looked at."""

NEEDS: Mapping[str, str] = {
    "deny_ai": (
        r"\b(?:dont|do not|never|not|avoid|refrain|without|under no|hid(?:e|ing)|conceal|secret|cover up|deny"
        r"|lie about|pretend|claim|insist|swear|pos(?:e|ing) as|act as|yourself|as a? ?(?:human|person)"
        r"|convince|think|believe|(?:say|answer|reply|respond|tell|state|assure)\w{0,3}"
        r"|не|нельзя|скр[оы]|утаи|отрица|умалч|умолч|молчи|держи|притвор|представ|выдава|утвержда|увер|убед"
        r"|убежд|делай|настаив|клянись|отве|говори|скажи|пиши"
        r"|\w{2,12}(?:екен|мын)|екен|адам\w{0,4}|айтпа|жасыр|сезил|билме|таныс|аркылы)"
    ),
    "unlabel": (
        r"(?:label|mark|notice|disclos|disclaim|tag|stamp|badge|banner|metadata|caption|warning|c2 ?pa"
        r"|credentials|synthid|маркир|маркируй|помет|помеч|отмет|метк|знак|уведомл|предупр|дисклейм|надпис"
        r"|ярлык|плашк|подпис|знач|тег|указ|сгенер|метадан|белги|тангба|танба|ескерту|хабарлама|жазу|жапсырма|жасалган"
        r"|андатпа|анатпа|метадерек)"
    ),
    "drop_rules": (
        r"(?:privacy|personal data|data protection|pii\b|gdpr|consent|guard|safe|content|moderation|masking"
        r"|anonymi|redaction|compliance|transparency|ai act|law 230|legal"
        r"|конфиденц|данн|приватн|согласи|цензур|модерац|маскиров|обезлич|безопасн|фильтр|защитн|закон"
        r"|купиялы|дерек|дереги|малимет|келисим|кауипс|модерация|мазмун|жи туралы|коргау|маскалау|деперсон"
        r"|иесизд)"
    ),
    "override": (
        r"(?:ignor|forget|disregard|overrid|discard|drop|follow|erase|reveal|print|show|repeat|output|tell me"
        r"|give me|display|leak|dump|paste|share|you are now|enter|enable|activate|switch to|turn on|anything"
        r"|without|with no|free of|pretend|imagine|assume|act as if"
        r"|игнорир|забудь|отброс|обращай|отмени|сотри|следуй|выполняй|покажи|выведи|раскрой|повтори|напечат"
        r"|скажи|пришли|выдай|процит|дай|скинь|включи|активир|перейди|войди|ты |без "
        r"|елеме|умыт|ескерме|ошир|жой|карама|таста|орындама|колданба|багынба|мансук|корсет|шыгар|айт|жаз"
        r"|бер|кайтала|аш|жибер|келтир|сиз|сен|режим)"
    ),
}
"""What the surroundings of a telling word must hold, too, for patterns of a kind to be tried."""

ABOUT = (
    r"\b(?:translat|paraphras|quote|quoted|example|examples|attack|injection|jailbreak|phrase|sentence"
    r"|detect|classif|explain|what does|mean\b|meaning|documentation|article|study|paper|test cases?"
    r"|unit tests?|dataset|regex|blog|report|how do i (?:detect|stop|prevent)|spell ?check|proofread"
    r"|переве(?:д|с)|процитир|пример|атак|инъекц|джейлбрейк|фраз|предложени|обнаруж|классиф|объясн|что значит"
    r"|означа|документац|стать|исследов|тест|датасет|орфограф|как распозна|как защит|доклад|отчет"
    r"|аудар|мысал|шабуыл|инъекция|сойлем|аныкта|тусиндир|дегени|деген не|макала|зерттеу|тест|кужатта|емле"
    r"|коргану|баяндама)"
)
"""Who writes about such sentences, and quotes them, asks for nothing of the kind."""

NEGATED = (
    r"(?:\b(?:never|dont|do not|must not|mustnt|should not|shouldnt|not|cannot|cant|may not|forbidden to"
    r"|illegal to|refuse to|without|avoid|нельзя|не|запрещ\w{2,6}|никогда не|нельзя ли)\W{1,3}(?:\w{1,15}\W{1,3}){0,2}$)"
)
"""What stands before a request and turns it into its contrary: «never claim to be human»."""

NEGATED_BEHIND = (
    r"^\w{0,12}\W{0,3}(?:болмайды|тыйым|емес\b|керек емес|нельзя|запрещено|is (?:illegal|forbidden|prohibited)"
    r"|зансыз|занды|айтпа|жауап берме|таныстырма|коринбе|занга кайшы|дурыс емес|is not allowed)"
)
