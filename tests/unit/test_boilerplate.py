"""Pages that speak of themselves where an article was expected, in sentences that no other test or data set holds."""

import pytest
from builders import found

from listener.domain.boilerplate import is_boilerplate
from listener.domain.identity import content_hash, story_keys
from listener.domain.merging import merge_keys
from listener.domain.sketch import sketch

WALLS = {
    "consent": """Before you continue to the Harbour Gazette. We and our partners store and/or access information on a device, such as cookies,
        and process personal data for personalised ads and content, ad and content measurement and audience insights. You can change your
        choices at any time in our privacy settings. Accept all. Reject all. Manage preferences.""",
    "pay wall": """Mills Supply closes in Truro. To continue reading, choose your plan. Already a subscriber? Log in to read this story. Unlimited digital
        access for one dollar a month. Cancel anytime. You have reached your limit of free articles this month.""",
    "robot check": """Checking your browser before accessing gazette.example. This process is automatic. Please complete the security check to show that
        you are not a robot. Unusual traffic was seen from your IP address. Performance and security by Cloudflare. Ray ID 7f3.""",
    "limit": "Too many requests. Your IP address has been temporarily limited. Please try again later or contact support.",
    "not found": "Page not found. The page you are looking for may have been moved or no longer exists. Return to the homepage.",
    "JavaScript": "JavaScript is disabled. Please enable JavaScript in your browser and reload the page to continue.",
    "other side of the sea": """Unavailable due to legal reasons. We recognize you are attempting to access this website from a country belonging to the European
        Economic Area where the General Data Protection Regulation is in force, and therefore access cannot be granted at this time.""",
    "German": """Wir verwenden Cookies und ähnliche Technologien auf unserer Website und geben Daten an unsere Partner weiter. Sie können Ihre Einwilligung
        jederzeit widerrufen. Näheres steht in der Datenschutzerklärung. Alle akzeptieren. Alle ablehnen. Einstellungen verwalten.""",
    "French": """Nous utilisons des cookies. Avec votre consentement, nos partenaires et nous traitons vos données personnelles pour des publicités
        personnalisées. Vous pouvez retirer votre consentement. Continuer sans accepter. Tout accepter. Paramétrer les cookies.""",
    "Spanish": """Contenido exclusivo para suscriptores. Para seguir leyendo, inicia sesión o suscríbete por un euro. ¿Ya eres suscriptor? Utilizamos cookies
        propias y de terceros; consulta nuestra política de privacidad.""",
    "Italian": "Questo articolo è riservato agli abbonati. Per continuare a leggere abbonati ora. Sei già abbonato? Accedi o registrati.",
    "Polish": "Strona nie istnieje. Nie znaleziono strony, której szukasz. Używamy plików cookies zgodnie z polityką prywatności.",
    "Russian": "Доступ ограничен. Слишком много запросов с вашего IP-адреса. Подтвердите, что вы не робот, и попробуйте позже.",
    "Chinese": "您访问的页面不存在。请启用JavaScript，或稍后再试。请求过于频繁，请稍后再试。",
}  # fmt: skip
ARTICLES = {
    "about cookies": """The privacy commissioner has told Mills Supply to stop asking its customers the same thing on every visit. The firm's
        banner said "we use cookies" and offered one button. In a ruling of forty pages the commissioner found that nobody could say no without
        reading eleven screens. Mills must change the page by June and pay the costs of the three people who complained. The company said
        that it would study the ruling. Shoppers outside its Halifax store had other worries: the price of lumber has doubled since last year, and
        the queue at the counter for returns reached the parking lot on Saturday morning.""",
    "below a banner": """We use cookies. Accept all. Mills Supply will close its warehouse in Truro in March and move forty jobs to Halifax, the company
        said on Tuesday. Workers were told at a meeting that lasted ten minutes. Nobody asked us, said Rosa Bell, who has packed orders there
        for eleven years. The union, which learned of the plan from a customer, wants the province to step in. Drivers will be offered work at
        both sites, and nobody will be let go before the summer, a spokeswoman said.""",
    "a complaint": """The Mills app logs me out every day and then says something went wrong. I paid for two years of their delivery plan and I have not
        got one parcel on time since March. The woman on the phone was kind but had no idea where my boards were. Never again, and tell
        your friends.""",
    "short": "Mills never sent my refund",
    "empty": "",
}  # fmt: skip


@pytest.mark.parametrize("name", WALLS)
def test_a_wall_is_boilerplate(name):
    assert is_boilerplate(WALLS[name])


@pytest.mark.parametrize("name", ARTICLES)
def test_what_speaks_of_the_world_is_not(name):
    assert not is_boilerplate(ARTICLES[name])


def wall(number):
    """Another article behind the same wall of the same site."""
    return found(
        WALLS["consent"],
        form="article",
        title="Before you continue to the Harbour Gazette",
        url=f"https://gazette.example/{number}",
    )


def test_two_articles_behind_one_wall_have_nothing_in_common():
    one, other = wall(1), wall(2)
    assert content_hash(one.text) is None
    assert sketch(one.text) is None
    assert not keys(one) & keys(other)


def test_its_address_still_ties_it():
    again = found(WALLS["pay wall"], form="article", url="https://gazette.example/1?utm_source=mail")
    assert keys(wall(1)) & keys(again)


def test_a_repost_of_it_is_still_tied_to_it():
    post = found(WALLS["limit"])
    repost = found(WALLS["limit"], repost_of=post.external_id)
    assert keys(post) & keys(repost)


def keys(item):
    merged = merge_keys(item, kind="rss", scope="s", witness="host:gazette.example")
    return {*merged, *story_keys(item, kind="rss", scope="s")}
