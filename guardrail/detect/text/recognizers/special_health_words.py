"""Words of health: conditions one has, what a person with one is called, and how care is told."""

from __future__ import annotations

from guardrail.detect.text.recognizers.special_words import terms, told_by

CONDITIONS = terms(
    # Russian, much of it Kazakh too
    "антидепрессант* инсулин* антиретровирусн* онкологиясы онкологиям ожирение ожирением ожирения",
    "диабет* онкология онкологии онкологию онкологией рак рака раком раку раке лейкоз* лейкеми*",
    "опухол* саркома* меланома* лимфом* астм* гипертони* гипотони* инсульт* инфаркт* эпилепси*",
    "шизофрени* депрессия депрессии депрессию депрессией депрессиям депресси*мен биполярк* аутизм*",
    "биполярн*_расстройств* альцгеймер* паркинсон* склероз* анорекси* булими* псориаз* экзем* рпп",
    "дерматит* артрит* артроз* остеохондроз* ревматизм* ревматоидн* гастрит* язва язвы язву язвой",
    "колит* деменци* панкреатит* холецистит* цирроз* гепатит* нефрит* пиелонефрит* туберкулез*",
    "пневмони* бронхит* ковид* коронавирус* грипп гриппа гриппом ангина ангины ангину ангиной вич",
    "вич-инфекци* спид сифилис* гоноре* хламидио* герпес* впч мигрен* анеми* гемофили* тромбоз*",
    "аритми* ишеми* ибс хобл стенокарди* бесплоди* порок_сердца сердечн*_недостаточност* лупус*",
    "почечн*_недостаточност* эндометриоз* выкидыш* аборт аборта инвалидност* аллергия аллергии",
    "аллергиясы* аллергиям аллергиямен ангинасы депрессиясы* инфекциясы онкологиям* "
    "аллергию аллергией алкоголизм* наркомани* дцп птср окр сдвг синдром_дауна перелом* грыжа "
    "грыжи",
    "грыжу катаракт* глауком* невроз* неврит* психоз* бессонниц* панически*_атак* простатит*",
    "импотенци* геморро* ветрянк* высокое_давление повышенное_давление гидроцефали* сколиоз*",
    "беременность беременности шунтировани* химиотерапи* химию лучев*_терапи* кардиостимулятор*",
    "бронхоэктаз* рассеянн*_склероз* диализ* гемодиализ* трансплантац* пересадк*_почки метастаз*",
    "волчанк* саркоидоз* фиброми* подагр* остеопороз* тиреоидит* гипотиреоз* гипертиреоз* зоб",
    "узлы_в_щитовидк* поликистоз* миом* кист* фибром* полип* варикоз* целиаки* болезн*_крона",
    "аппендицит* аппендикс* камни_в_почках мочекаменн*_болезн* желчнокаменн*_болезн* муковисцидоз*",
    "талассеми* гепатоз* сепсис* менингит* энцефалит* бруцеллез* эхинококк* малярия малярией корь",
    "корью коклюш* скарлатин* краснух* ротавирус* чесотк* педикулез* заикани* суицидальн*_мысл*",
    "попытк*_суицида попытк*_самоубийств* нервн*_срыв* тревожн*_расстройств* "
    "пограничн*_расстройств*",
    "расстройств*_личности расстройств*_аутистического умственн*_отсталост* задержк*_развития зпр",
    "потер*_слуха потер*_зрения глухот* слепот* паралич* парез* ампутаци* протез* сотрясени*",
    "черепно-мозгов* травм*_позвоночника камн*_в_почк* дистрофи* миопати* миастени* онкомаркер*",
    "положительн*_тест вич-статус* вич-положительн*_статус плюс_по_вич зависимост* игроман* "
    "лудоман*",
    "послеродов*_депресси* эко кесарево внематочн* порок_развития порок*_сердца экстрасистоли*",
    "гипогликеми* кетоацидоз* запой* запоя запоям запоями запоях запоев запоем запое запои запою",
    "запор запора запоры запором запоров ингалятор* метформин* преднизолон* сертралин* флуоксетин*",
    "карбамазепин* нейролептик* транквилизатор* метадон* литий лития левотироксин* эутирокс*",
    "арв-терапи* антиретровирал* психотропн* снотворн* рак_груди стом* спинальн*_мышечн*_атроф* "
    "сма",
    "группа_инвалидности группу_инвалидности группы_инвалидности групп*_инвалидност*",
    # Kazakh
    "ісік* ісігі* обыр* қан_қысым* қысымы қысымым мүгедектік* мүгедектіг* жүктілік* жүктіліг*",
    "сусамыр* қояншық* тұмау* қатерлі_ісік* жүрек_ауру* бүйрек_ауру* бауыр_ауру* өкпе_ауру*",
    "жүрек_жеткіліксіздіг* житс* аитв* ақыл-ой_кемістіг* қантты_диабет* қант_диабет* маскүнемдік*",
    "нашақорлық* жүрек_талмас* инсульт* семіздік* бедеулік* құрт_ауру* өкпе_қабыну* буын_ауру*",
    "autizm* gepatit* astma* diabet* ауруым дертім күйзеліс* жүйке_ауру* психикалық_ауру* "
    "сарыауру*",
    "ұмытшақтық* альцгеймер* көз_ауру* кемістігі қызылша* түсік_таста* жатыр_мойны* талма*",
    # English
    "diabetes cancer cancers leukemia leukaemia tumor tumour lymphoma asthma hypertension epilepsy",
    "schizophrenia depression anxiety autism adhd ptsd ocd dementia alzheimer parkinson hiv covid*",
    "alzheimer's parkinson's alzheimer’s parkinson’s bipolar_disorder hepatitis tuberculosis "
    "syphilis",
    "gonorrhea chlamydia herpes pneumonia bronchitis stroke strokes heart_attack heart_disease",
    "heart_failure arthritis migraine migraines anemia anaemia psoriasis eczema lupus crohn "
    "crohn's",
    "crohn’s miscarriage abortion infertility endometriosis allergy allergies anorexia bulimia",
    "alcoholism disability cirrhosis ulcer ulcers antidepressants insulin obesity sclerosis",
    "hiv-infection multiple_sclerosis high_blood_pressure insomnia chemotherapy chemo "
    "down_syndrome",
    "down's_syndrome gout copd fibromyalgia hypothyroidism hyperthyroidism thyroid_cancer celiac",
    "celiac_disease coeliac sickle_cell cystic_fibrosis cerebral_palsy scoliosis osteoporosis",
    "glaucoma cataracts hearing_loss panic_attacks panic_disorder eating_disorder borderline*",
    "personality_disorder psychosis seizures kidney_failure kidney_disease kidney_stones dialysis",
    "liver_disease heart_condition pacemaker aids sti std hpv pcos ivf c-section fibroids melanoma",
    "sarcoma metastasis metastases radiotherapy drug_addiction gambling_addiction opioid* "
    "methadone",
    "suicidal_thoughts suicidal_ideation a_breakdown nervous_breakdown self-harm* concussion "
    "lithium",
    "metformin sertraline prozac zoloft xanax antiretroviral* antipsychotics mental_illness",
    "learning_disability dyslexia tourette* narcolepsy sepsis meningitis malaria lyme_disease "
    "gonorrhoea",
    "als huntington* muscular_dystrophy hemophilia haemophilia thrombosis blood_clot* aneurysm",
    "angina arrhythmia gallstones appendicitis hernia ulcerative_colitis ibs crohns stoma "
    "long_covid",
    "mental_health_issues mental_health_problems chronic_pain chronic_fatigue terminal_illness",
    "brain_tumor brain_tumour a_transplant kidney_transplant liver_transplant peanut_allergy",
    "postpartum_depression hearing_impairment visual_impairment wheelchair substance_abuse",
)

PEOPLE = terms(
    "гипертоник гипертоником диабетик диабетиком астматик астматиком эпилептик шизофреник",
    "аутист аутистка инвалид инвалидом алкоголик инвалида язвенник аллергик аллергиком сердечник",
    "алкоголичка наркоман наркоманка беременна беременная беременной вич-положительн*",
    "вич-инфицирован* вич-позитивн* вич+ онкобольной онкобольная онкобольным глухой глухая слепой",
    "слепая глухонемой глухонемая бесплодна бесплоден незрячий незрячая слабослышащ* слабовидящ*",
    "парализован парализована парализованн* колясочник колясочница наркозависим* алкозависим*",
    "болен больна мүгедек жүкті жүктімін ауру_адаммын ребенок-инвалид ребенком-инвалидом инвалид-*",
    "сын-инвалид дочь-инвалид недееспособн* психически_болен психически_больна онкопациент*",
    "в_положении инвалид_детства глухонемым парализовано прикован* зависим зависима",
    "екіқабат аяғы_ауыр мүгедекпін мүгедегі астматикпін диабетикпін маскүнем нашақор саңырау соқыр",
    "diabetic asthmatic autistic epileptic schizophrenic bipolar pregnant disabled alcoholic",
    "hiv-positive hiv_positive hiv+ suicidal infertile depressed quadriplegic paraplegic dyslexic",
    "deaf blind anorexic bulimic hiv-negative immunocompromised an_addict a_recovering_addict",
    "wheelchair-bound wheelchair_user in_rehab on_dialysis on_chemo in_remission terminally_ill",
    "in_a_wheelchair on_antidepressants on_insulin on_methadone visually_impaired hearing_impaired",
    "recovering_addict drug_addict bedridden paralysed paralyzed celiac coeliac neurodivergent",
    "expecting_a_baby on_disability weeks_pregnant months_pregnant trimester mentally_ill",
    "a_cancer_survivor a_cancer_patient breast-feeding psychotic addicted_to",
)

CARE = terms(
    "у_психиатра в_пнд в_наркодиспансер* в_психдиспансер* в_психоневрологическ* в_психбольниц*",
    "в_психиатрическ* в_дурдом* в_психушк* у_нарколога у_онколога в_онкодиспансер* в_онкологии",
    "в_тубдиспансер* у_фтизиатра в_спид-центр* у_нефролога у_эндокринолога у_кардиолога "
    "у_невролога",
    "в_рехаб* в_реанимаци* в_кардиологии в_хоспис* в_онкоцентр* в_роддом* по_беременности",
    "онкологи*_тіркеу* психиатр*_есеп* наркологи*_есеп* диспансер*_есеп* диспансер*_тіркеу*",
    "психиатрда психиатрға наркологта онкологқа диспансерде онкодиспансерде жүйке_ауруханасы*",
    "пытал*_покончить покончить_с_собой резал*_вены режет_вены наложить_на_себя_руки",
    "сделала_аборт сделать_аборт жду_ребенка ждет_ребенка ждем_ребенка ждем_малыша",
    "месяце_беременности неделе_беременности месяц_беременности сделал*_операцию_на_сердц*",
    "операци*_на_сердц* удалили_матку удалили_грудь удалили_почку удалили_желчный удалили_опухол*",
    "psychiatrist psychiatric_ward psychiatric_hospital mental_hospital oncologist rehab",
    "tried_to_kill suicide_attempt attempted_suicide tried_to_commit_suicide cut_herself",
    "an_abortion heart_surgery open-heart_surgery bypass_surgery mastectomy hysterectomy",
    "surgery chemo_sessions miscarried relapsed psychiatric_treatment",
)
"""Places, doctors and events of care that tell what somebody has."""

GROUPS = told_by(
    terms(
        "1_групп* 2_групп* 3_групп* i_групп* ii_групп* iii_групп* первой_группы второй_группы",
        "третьей_группы первая_группа вторая_группа третья_группа бессрочно 1_топ* 2_топ* 3_топ*",
        "1-топ* 2-топ* 3-топ* бірінші_топ* екінші_топ* үшінші_топ* 1-я_группа 2-я_группа "
        "3-я_группа",
        "имеется есть да бар иә yes group_1 group_2 group_3",
    ),
    "(?i:инвалидн|м[үу]гедект|disabilit)",
)
"""Groups of disability, behind a label."""
