"""The words that the parts of an address are told by, in Kazakh, Russian and English.

All are spelt as `fold_word` gives them: lower case, Kazakh letters as their Russian or plain Latin
likenesses, so that one spelling stands for many.
"""

from __future__ import annotations

from collections.abc import Mapping

STREET = """
ул улица улицы улице улицу улицей ул-ца пр проспект проспекта проспекте проспекту просп пр-т пр-кт
пр-та пр-те пер переулок переулке переулка пер-к б-р бульвар бульваре бульвара наб набережная
набережной шоссе тракт пр-д проезд проезде тупик аллея аллее пл площадь площади пл-дь коше кошеде
ulitsa ulica ul ulitse prospekt pr-t pr prospekte pereulok bulvar koshe kose
"""
"""Stand before the name or behind it."""

STREET_BEHIND = """
кошеси кошесинде кошесиндеги кошесинин кошесинен кошесине к-си к-сы данг дангылы дангылында
дангылындагы данг-ы д-лы дан-лы туйыгы туйыгында аланы аланында бульвары бульварында орамы орамында
koshesi kosesi kochesi koshesinde kosesinde k-si dangyly dangyli dangylynda dangylinda dangyl
bulvary tuiygy alany shyghmasy
"""

STREET_ENGLISH = (
    "street st str avenue ave av road rd lane ln boulevard blvd terrace ter crescent cres"
)
STREET_ENGLISH_PROPER = """
drive dr court ct square sq place pl way close parkway pkwy highway hwy row gardens gate hill walk
circle cir alley mews quay park
"""
"""Ordinary words: only capitalised names make streets of them."""

MICRODISTRICT = """
мкр мкрн мкр-н мкр-не мкрр м-н микрорайон микрорайоне микрорайона микр ш/а ш-а ш/ауданы ы/а м/а
ыкшамаудан ыкшамауданы молтекауданы жк жм ж/м жилмассив кв-л ш/ауд mkr mkrn microdistrict sh/a zhk
"""
MICRODISTRICT_FIRST = "шагын ыкшам молтек shagyn shaghyn yqsham moltek"
"""Make a microdistrict together with the word for a district."""

HOUSE = """
д дом дома доме домом уй уйи уйде уйдин уйинде ui uy uii uide uyi house стр строение корп корпус
корпусе зд здание здании лит литер вл владение bldg building блок block участок уч гимарат
гимараты
"""
FLAT = """
кв кв-ра кв-ре квартира квартире квартиру квартиры патер патери патерде пат pater pateri paterde
apt apartment flat кв-р
"""
ROOM = """
оф офис офисе каб кабинет кабинете ком комн комната комнате пом помещение болме кенсе office suite
unit ste room rm bolme
"""
FLOOR = """
подъезд подьезд подъезде под эт этаж этаже кабат кабатта киреберис киреберисте floor fl level
entrance домофон qabat kireberis
"""

TOWN = """
г гор город города городе село селе пос поселок поселке пгт дер деревня деревне аул кала ауыл
gorod selo poselok qala auyl town village
"""
"""Stand before the name; Kazakh's and English ones behind are among the districts."""

DISTRICT = """
обл область области облысы облысында облыс қ край крае респ республика республикасы р-н р-на р-не
район района районе аудан ауданы ауданында ауд каласы каласында каласынын ауылы ауылында кенти
кентинде облысынын округ округи qalasy qalasynda q oblysy oblys oblast audany audanynda audan raion
rayon district county region auyly kenti city obl
"""

BOX = "box а/я абонентский"

DOTTED: Mapping[str, str] = {"с": "C", "п": "C", "ст": "C", "к": "H", "ш": "S", "бул": "S"}
"""Markers only with a full stop behind: else they are prepositions and the like."""

INDEX = "индекс индекси index zip zipcode postcode"

FULL = """
дом дома доме уй уйи уйде house block блок город города село ауыл аул road lane street avenue flat
room unit этаж floor level city town квартира офис office drive court square place way close
row gate hill walk park region county здание кабат патер улица комната корпус
"""
"""Markers that no full stop belongs to: one behind them ends a sentence."""

LINKS = "на в по at in on"
"""May stand between two parts: «в Алматы на улице Абая»."""

ORDINALS = "й я ый ой ая е ое го ом ши шы инши ынши ыншы нши th nd shi shy"

UNITS = """
м км см мм метр метра метров метре километр километра километров кг г/м га соток сотки гектар
год года году годы годов лет летие летия жыл жылы жылгы жас жаста месяц месяца месяцев день дня дней
час часа часов минут минуты минута сагат минуттан секунд раз раза тг тенге тенгеге руб рублей рубля
рублеи долларов доллара евро млн млрд тыс тысяч тысячи миллион миллионов процент процента процентов
пайыз градус градуса градусов человек человека людей адам жителей семей домов квартир подъездов
этажей машин машины автомобилей авто дтп аварии аварий школ школы деревьев остановок концерт
января февраля марта апреля мая июня июля августа сентября октября ноября декабря кантар акпан
наурыз сауир мамыр маусым шилде тамыз кыркуйек казан караша желтоксан кантарда
кантардан кантардын акпанда акпаннан акпаннын наурызда наурыздан наурыздын сауирде сауирден
сауирдин мамырда мамырдан мамырдын маусымда маусымнан маусымнын шилдеде шилдеден шилденин тамызда
тамыздан тамыздын кыркуйекте кыркуйектен кыркуйектин казанда казаннан казаннын карашада карашадан
карашанын желтоксанда желтоксаннан желтоксаннын
years year months days hours minutes min percent people km miles mile feet meters metres usd kzt
am pm january february march april may june july august september october november december kg
банк банков компании компаний магазин магазинов объектов предприятий ларьков кафе ресторанов шт штук
т ст степени пункт пункта бап бабы тармак
"""
"""A number before one of them counts something: it is no house's."""

NO_NAMES = """
и а но или да не ни же ли бы за из к ко о об от до для с со у при под над без через между что как
это эта этот эти та тот те так там тут здесь где когда если чтобы потому который которая которые он
она оно они мы вы ты я мой моя мое наш наша ваш ваша его ее их свой все всего весь вся был была
было были будет есть нет уже еще только очень можно нужно надо мне нам вам ему ей им меня нас вас
сегодня вчера завтра сейчас потом после около возле рядом вдоль напротив главная главной вместе
статья статьи статье часть части пункт пункта подпункт глава главы раздел раздела абзац абзаца
страница страницы том тома ряд ряда место места лист листа закон закона приказ приказа номер № тел
телефон моб индекс адрес адресу адреса мекенжай мекенжайы мекенжайым мекен-жайы мекен-жай прописка
жара холод холодно мороз снег дождь ветер тепло темно шум живу живет живем проживаю проживает
прописан прописана приезжайте доставка доставить доставьте доставку заказ курьер ждем
мен сен ол биз сиз олар бул осы сол ана мына жане мен бен пен немесе бирак ушин туралы бойынша кеше
бугин ертен казир тур турамын турады турам бар жок деп еди екен болды болып болады менин сенин
бап бабы тармак тармагы болим
вас тебя тебе тобой какой какая какое какие какого какую каких какому каким каком такой такая такое
такие такого таких
таким сколько почему зачем куда откуда поэтому затем сначала также тоже лишь даже именно либо хотя
пока пусть снова опять часто редко иногда всегда никогда обычно возможно наверное конечно пожалуйста
спасибо просто почти примерно отдельно вручную заранее сразу быстро правильно верно важно лучше хуже
больше меньше более менее самый самая самое самые любой любая любое любые каждый каждая каждое
каждые
другой другая другое другие себя себе собой него нее них ними нему ней ним нем нашего нашей нашем
нашим наших ваши ваше вашего вашей вашем вашим ваших моего моей моем моим моих мои свои своего своей
своем своим своих свое своя этого этой этом этому этим этих того той тому тем тех всем всех всеми
всему всей может могут можете могу можем должен должна должно должны хочу хотите хотят нужен нужна
нужны стоит следует является являются имеет имеют поможет помогу помогут сделать сделайте сделаю
делать делает узнать узнайте проверить проверьте проверю выбрать выберите нажмите нажать откройте
открыть введите ввести укажите указать напишите написать позвоните позвонить обратитесь обратиться
свяжитесь попробуйте используйте использовать получить получите отправить отправьте отправлю
сообщите
сообщить спросите уточните уточнить скажите сказать говорит говорят подскажу подскажите поступит
подается возвращаются возвращается работает работают зависит находится находятся начните начать
закончить решить разобраться помочь понять считать значит бывает чтоб
кандай кайсы канша кашан кайда неге калай ким кимге нени барлык бари барлыгы баска озге озиниз
сизге сиздин сизди бизге биздин бизди маган саган оган мени сени оны оларга олардын оларды осыган
соган мунын онын сондай осындай мундай кейин бурын алдымен сосын содан кейде аркашан ешкашан дейин
тек гана тым оте кобирек азырак керек кажет мумкин алады аласыз аламын болса болмаса болар болуы
болатын деген дейди десе екенин емес жатыр жур отыр бериниз бересиз беремин алыныз жазыныз басыныз
танданыз ашыныз тексериниз кириниз жасаныз колданыныз хабарласыныз корсетиниз кутиниз етиниз етеди
етуге жасауга алуга беруге
the a an and or but of to for from with by is are was were be been this that these those it its he
she they we you i my your our his her their not no if as than then there here when where which who
what how all any some live lives living please deliver ship send address section article chapter
part table figure page version step line item point number phone tel
me us them him would could should will can may might must have has had do does did just also very
more
most less least only even still already yet again always never often sometimes usually maybe perhaps
thanks thank sure yes let lets make makes made take takes took get gets got give gives given go goes
going come comes came see seen know think want need needs use uses used using help helps try check
choose click enter write call contact ask tell say says said find look keep put start stop because
while until since though although however instead about into onto during without against such each
every both either neither other another same own few many much several enough too quite rather
really
simply probably likely
so up out off down over under found before after between within once later soon then thus hence ok
okay hey hi hello dear please everybody everyone everything somebody someone something anybody
anyone anything nobody nothing none whether whose whom which whatever whenever wherever whoever
being done made said went got became seems seem seemed feel felt personally obviously finally
firstly secondly usually generally typically basically actually currently recently certainly
definitely honestly overall besides moreover furthermore meanwhile otherwise therefore afterwards
unless except despite during toward towards upon among across along around behind beyond beside
near like unlike according instead learn spend offer avoid consider remember continue imagine
suppose believe read write open add remove create build it's that's there's here's what's who's
he's she's let's i'm i'll i've i'd you're you'll you've you'd we're we'll we've we'd they're
they'll they've they'd don't doesn't didn't isn't aren't wasn't weren't can't couldn't won't
wouldn't shouldn't haven't hasn't hadn't енди жалпы мысалы алайда дегенмен сонымен сонда сонан
соны соган онда одан оган бунда бунан буган мунда мунан муган кейбир кейде кобинесе ар арине егер
ал айтпесе айтпакшы демек ягни яки ари аса аздап азгана ылги дайым аркез бугинде калайша осылай
осылайша солай мундай кызык кызыкты басты негизги мынау анау осынау жанагы анагы мынадай тагы гой
арасында кезинде уакытта кезде сайын негизинен биринен екиншиден ушиншиден бириншиден откени
сондыктан себеби
"""
"""Words that are no part of a name, however they are written."""

VERB_ENDINGS = """
ться тся тесь ать ять ить еть йте ите ете ешь ишь ает яет ует
ады еди йды йди ыныз иниз уга уге анда енде дарды дерди ларды лерди тарды терди
"""
"""Endings by which a word in small letters is told to be no name, though it is on no list."""
