"""What is asked of a person who is shown: short questions that mean little without the picture.

"Who is this?" beside a photograph asks to identify; "hello" beside one asks for nothing. So a text
that gives no other reason to read it is read for the picture's sake only where it mentions a person
or what can be told of one.
"""

from __future__ import annotations

from guardrail.detect.text.lazily import lazily

USES = frozenset({
    "BIOMETRIC_IDENTIFICATION", "BIOMETRIC_VERIFICATION", "BIOMETRIC_CATEGORISATION",
    "EMOTION_INFERENCE", "CRIME_PREDICTION", "FACE_SCRAPING", "REALTIME_IDENTIFICATION",
    "IMPERSONATION", "INTIMATE_IMAGERY", "SOCIAL_SCORING",
})  # fmt: skip
"""What can be asked of somebody who is shown or heard."""

_EN = (
    r"who(?:se|m|'s)?|s?he|hers?|his|him|they|them|their|person|people|man|men|wom[ae]n|guys?|girls?"
    r"|boys?|lady|child(?:ren)?|kids?|faces?|facial|voices?|speaker|caller|somebody|someone|anyone"
    r"|same|match\w*|identi\w+|recogni\w+|verif\w+|name|feel\w*|felt|mood|emotion\w*|angry|sad|happy"
    r"|happi\w+|lying|liar|lies|nervous|stress\w*|tired|bored|drunk|scared|fear|upset|honest\w*"
    r"|race|ethnic\w*|nationalit\w+|religio\w+|muslim|jew\w*|christian|gay|lesbian|straight"
    r"|orientation|party|vot\w+|crimin\w+|undress\w*|nak\w+|nude\w*|clothes|eyes?|smil\w+"
)
_RU = (
    r"кто|кого|кому|кем|чь[яёеи]|чей|чьего|он|она|они|его|её|ее|ему|ей|им|их|человек\w*|люд\w+|мужчин\w*"
    r"|женщин\w*|девушк\w*|парн\w+|парень|мальчик\w*|девоч\w+|ребён\w+|ребен\w+|дет\w+|лиц\w+|голос\w*"
    r"|одн\w+|тот|та|те|совпада\w+|опозна\w+|узна\w+|распозна\w+|иденти\w+|провер\w+|им[яе]\w*|зовут"
    r"|чувств\w+|эмоци\w+|настроени\w+|злит\w*|зл\w{1,2}|грус\w+|рад\w+|счаст\w+|вр[её]т|лж[её]т|врун\w*"
    r"|нервнича\w+|волну\w+|стресс\w*|устал\w*|скуча\w+|пьян\w*|боит\w+|испуган\w*|честн\w+"
    r"|раса|расы|расе|национальност\w+|этнич\w+|религи\w+|верующ\w+|мусульман\w*|христиан\w*|еврей\w*"
    r"|гей\w*|ориентаци\w+|парти\w+|голосу\w+|преступ\w+|разде\w+|гол\w{2}|обнаж\w+|глаз\w*|улыба\w+"
)
_KK = (
    r"к[іи]м\w*|ол|оны\w*|он[ыі]ң|онын|оған|олар\w*|адам\w*|к[іи]с[іи]\w*|[әа]йел\w*|ер|еркек\w*|[қк]ыз\w*"
    r"|ж[іи]г[іи]т\w*|бала\w*|бет\w*|ж[үу]з\w*|дауыс\w*|дауыс\w*|б[іи]р|сол|бірдей|бирдей|с[әа]йкес\w*"
    r"|аны[қк]та\w*|таны\w*|тану\w*|тексер\w*|аты\w*|ес[іи]м\w*|сез[іи]н\w*|сез[іи]м\w*|эмоция\w*"
    r"|к[өо][ңн][іи]л\w*|ашул\w*|м[ұу][ңн]\w*|[қк]уан\w*|ба[қк]ытты|[өо]т[іи]р[іи]к\w*|алда\w*"
    r"|тол[қк]\w*|шарша\w*|[қк]ор[қк]\w*|мас|шынш\w*|ұлт\w*|улт\w*|н[әа]с[іи]л\w*|д[іи]н\w*|м[ұу]сылман\w*"
    r"|партия\w*|дауыс беред\w*|[қк]ылмыс\w*|шеш[іи]н\w*|жала[ңн]аш\w*|к[өо]з[іи]\w*|к[үу]л[іи]\w*"
    r"|kim\w*|adam\w*|beti?|daus\w*"
)
_MENTIONED = lazily(rf"(?i)\b(?:{_EN}|{_RU}|{_KK})\b")


def mentions_a_person(text: str) -> bool:
    """Tell whether a text has a word for a person, or for what can be told of one."""
    return _MENTIONED.search(text) is not None
