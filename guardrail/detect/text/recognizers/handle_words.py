"""What follows an at-sign in program code, and paths of profile sites that are nobody's."""

from __future__ import annotations

_CODE_WORDS = """
import from def class const let var return npm npx yarn pnpm pip git docker kubectl package
require sudo apt brew install decorator decorators annotation annotations декоратор декоратора
аннотация аннотации export async await function public private static void interface extends
SELECT SET DECLARE EXEC select declare
"""
CODE_WORDS = tuple(_CODE_WORDS.split())
"""Words before an at-sign that make it one of code."""

_NO_HANDLES = """
everyone pytest functools typing click asynccontextmanager here all channel room online admin
admins moderator property staticmethod classmethod dataclass dataclasses abstractmethod override
overload cached_property contextmanager wraps lru_cache cache final pytest.fixture fixture
pytest.mark pytest.mark.parametrize app.route app.get app.post app.put app.delete app.on_event
app.task app.command app.before_request router.get router.post router.put router.delete
click.command click.option click.argument functools.wraps functools.lru_cache functools.cache
login_required api_view receiver shared_task celery.task validator field_validator model_validator
root_validator computed_field hybrid_property njit jit torch.no_grad tf.function unittest.skip
patch mock.patch media import keyframes font-face charset supports namespace page layer container
tailwind apply include mixin extend function return else each forward screen param params returns
throws throw type typedef template see since deprecated author version link linkplain code todo
example private public protected internal readonly abstract module constant default event fires
file fileoverview license copyright summary description category brief details note warning tparam
retval ingroup injectable component inject input output directive pipe ngmodule hostlistener
viewchild controller service repository autowired bean configuration entity table column
generatedvalue manytoone onetomany getmapping postmapping requestmapping requestbody pathvariable
restcontroller springbootapplication transactional notnull nullable nonnull test before after
beforeeach aftereach parameterizedtest suppresswarnings functionalinterface safevarargs value data
builder getter setter slf4j async scheduled composable objc escaping autoclosure main available
state binding published observedobject environment environmentobject viewbuilder mainactor
discardableresult objcmembers testable ibaction iboutlet kwdef time show inline inbounds assert
eval code_warntype section endsection yield extends foreach endforeach endif elseif isset auth
guest csrf method error push stack verbatim context vocab graph list reverse language types babel
angular vue react nestjs typescript-eslint eslint username user name handle yourname your_name
your_username nickname domain email gmail gmail.com mail.ru yandex.ru
"""
NO_HANDLES = frozenset(_NO_HANDLES.split())
"""Decorators, annotations, rules of style sheets, tags of documentation, and place-holders."""

_NO_PROFILES = """
joinchat share s addstickers addemoji proxy socks bot iv p reel reels explore stories tv accounts
groups events watch sharer sharer.php marketplace pages hashtag gaming help policies plugins wall
feed video videos photo photos album club public app apps im mail search home i intent settings
login signup about legal privacy terms developers docs share.php dialog tr business ads in company
jobs school posts status embed oauth directory web wall-
"""
NO_PROFILES = frozenset(_NO_PROFILES.split())
"""First parts of paths that are no profile's."""

_NO_LOGINS = """
true false null none undefined string str int admin root user users username login password pass
test guest name and the page form button field link screen with for from via using required
optional default empty value type text id is not your his her или через под для при channel bot
group chat account app api web desktop mobile premium news support business server client sdk call
dot com org net http https www in on by me my it as or to was has can will
"""
NO_LOGINS = frozenset(_NO_LOGINS.split())
"""Words that stand where a login could."""
