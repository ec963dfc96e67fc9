"""Words of health: conditions one has, and what a person with one is called."""

from __future__ import annotations

from guardrail.detect.text.recognizers.special_words import terms

CONDITIONS = terms(
    # Russian, much of it Kazakh too
    "антидепрессант* инсулин* антиретровирусн* онкологиясы онкологиям ожирение",
    "диабет* онкология онкологии онкологию онкологией рак рака раком раку раке лейкоз* лейкеми*",
    "опухол* саркома* меланома* лимфом* астм* гипертони* гипотони* инсульт* инфаркт* эпилепси*",
    "шизофрени* депрессия депрессии депрессию депрессией депрессиям биполярк* аутизм* деменци*",
    "биполярн*_расстройств* альцгеймер* паркинсон* склероз* анорекси* булими* псориаз* экзем*",
    "дерматит* артрит* артроз* остеохондроз* ревматизм* гастрит* язва язвы язву язвой колит*",
    "панкреатит* холецистит* цирроз* гепатит* нефрит* пиелонефрит* туберкулез* пневмони* бронхит*",
    "ковид* коронавирус* грипп гриппа гриппом ангина ангины ангину ангиной вич "
    "спид сифилис* гоноре*",
    "хламидио* герпес* впч мигрен* анеми* гемофили* тромбоз* аритми* ишеми* стенокарди* бесплоди*",
    "порок_сердца сердечн*_недостаточност* почечн*_недостаточност* эндометриоз* выкидыш* аборт",
    "аборта инвалидност* аллергия аллергии аллергию аллергией алкоголизм* наркомани* дцп птср",
    "синдром_дауна перелом* грыжа грыжи грыжу катаракт* глауком* невроз* психоз* бессонниц*",
    "паническ*_атак* простатит* импотенци* геморро* ветрянк* высокое_давление повышенное_давление",
    "беременность шунтировани* химиотерапи* кардиостимулятор* бронхоэктаз* рассеянный_склероз",
    # Kazakh
    "ісік* обыр* қан_қысым* мүгедектік* мүгедектіг* жүктілік* жүктіліг* сусамыр* қояншық* тұмау*",
    "жүрек_ауру* бүйрек_ауру* бауыр_ауру* өкпе_ауру* жүрек_жеткіліксіздіг* житс* аитв*",
    "autizm* gepatit* astma* diabet* ауруым дертім",
    # English
    "diabetes cancer cancers leukemia leukaemia tumor tumour lymphoma asthma hypertension epilepsy",
    "schizophrenia depression anxiety autism adhd ptsd ocd dementia alzheimer parkinson hiv covid*",
    "alzheimer's parkinson's bipolar_disorder hepatitis tuberculosis syphilis gonorrhea chlamydia",
    "herpes pneumonia bronchitis stroke strokes heart_attack heart_disease heart_failure arthritis",
    "migraine migraines anemia anaemia psoriasis eczema lupus crohn crohn's miscarriage abortion",
    "infertility endometriosis allergy allergies anorexia bulimia alcoholism disability cirrhosis",
    "ulcer ulcers antidepressants insulin obesity sclerosis hiv-infection "
    "multiple_sclerosis high_blood_pressure insomnia chemotherapy down_syndrome",
)

PEOPLE = terms(
    "гипертоник гипертоником диабетик диабетиком астматик эпилептик шизофреник "
    "аутист аутистка инвалид инвалидом алкоголик",
    "алкоголичка наркоман наркоманка беременна беременная вич-положительн* вич-инфицирован*",
    "онкобольной онкобольная глухой глухая слепой слепая глухонемой глухонемая бесплодна бесплоден",
    "болен больна мүгедек жүкті жүктімін ауру_адаммын",
    "diabetic asthmatic autistic epileptic schizophrenic bipolar pregnant disabled alcoholic",
    "hiv-positive hiv_positive suicidal infertile depressed quadriplegic paraplegic dyslexic",
)
