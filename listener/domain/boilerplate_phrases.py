"""What pages say of themselves where an article was expected: phrases with bars between them; see `boilerplate.py` for how they count.

General phrases, in the languages that we can write them in. Case, signs and accents do not count, only the words do. A phrase belongs
here if it speaks of the page, the visit or the reader's account, and hardly ever of the world.
"""

PHRASES = """
# consent, English
we use cookies | we and our partners | our partners use cookies | uses cookies | use of cookies | cookies and similar technologies
cookies and other technologies | cookies to improve | cookie policy | cookie settings | cookie preferences | cookie consent
accept all cookies | accept cookies | accept all | reject all | manage preferences | manage your preferences | manage your privacy
privacy settings | privacy policy | your privacy choices | you can change your choices | you can withdraw your consent
withdraw your consent | store and or access information on a device | store or access information on your device
personalised ads and content | personalized ads and content | personalised ads | personalized ads | ad and content measurement
audience insights | legitimate interest | legitimate interests | list of vendors | precise geolocation data | before you continue
by continuing to use this site | by continuing to browse | by clicking accept | by clicking agree | terms of service | terms of use
terms and conditions

# paywall and registration, English
subscribe to continue | subscribe to read | subscribe now | subscribe today | subscribe to our newsletter | sign in to continue
sign in to read | log in to continue | log in to read | register to continue | register to read | create a free account
create an account | already a subscriber | already have an account | already subscribed | become a subscriber
this article is for subscribers | for subscribers only | subscriber only | subscribers only | exclusive to subscribers
to continue reading | continue reading this article | to keep reading | to read the full article | to read the full story
unlimited digital access | unlimited access | start your free trial | cancel anytime | cancel any time | you have reached your limit
reached your article limit | free articles remaining | free articles this month | choose your plan | your subscription
support quality journalism | please disable your ad blocker | disable your ad blocker | turn off your ad blocker
whitelist our site | ad blocker detected | using an ad blocker

# robot checks, limits and refusals, English
are you a robot | you are not a robot | you re not a robot | you are human | you are a human | not a bot | i am not a robot
i m not a robot | unusual traffic | unusual activity | suspicious activity | automated requests | automated access
too many requests | rate limit | rate limited | requests from your ip | your ip address | ip address has been | has been blocked
you have been blocked | access denied | access to this page has been denied | you don t have permission to access
don t have permission | 403 forbidden | please complete the security check | security check | checking your browser
checking if the site connection is secure | complete the captcha | solve the captcha | captcha | ddos protection by
cloudflare ray id | performance and security by cloudflare | attention required cloudflare | enable cookies | reference id
contact the site owner | contact support | pardon our interruption | verify you are human | not available in your country
not available in your region | not available in your location | unavailable in your region | unavailable due to legal reasons
unavailable for legal reasons | recognize you are attempting to access this website from a country
general data protection regulation

# errors and empty pages, English
page not found | page you are looking for | page you re looking for | page you requested | 404 not found | error 404 | 404 error
could not be found | cannot be found | no longer available | no longer exists | has been removed | may have been moved
service unavailable | temporarily unavailable | bad gateway | gateway timeout | internal server error | something went wrong
try again later | please try again | refresh the page | reload the page | return to the homepage | back to homepage
go back to the home page | under maintenance | scheduled maintenance | domain is for sale

# JavaScript and browsers, English
enable javascript | javascript is disabled | javascript is required | javascript is not enabled | javascript enabled
turn on javascript | requires javascript | without javascript | your browser does not support | browser is not supported
browser is out of date | unsupported browser | update your browser | upgrade your browser | please wait while | just a moment
redirected automatically

# newsletters and notices, English
sign up for our newsletter | sign up for free | sign up for the latest | email notifications | your email address
your notification has been saved | there was a problem saving your notification | thank you for subscribing | thanks for subscribing
thank you for signing up | invalid email | you can unsubscribe at any time | unsubscribe at any time | breaking news alerts
get notifications | we ll send breaking news | check your inbox

# German
wir verwenden cookies | wir setzen cookies | cookies und andere technologien | cookies und ahnliche technologien | verwendet cookies
nutzt cookies | verwendung von cookies | einsatz von cookies | nutzung von cookies | cookies zu | cookie einstellungen
cookie richtlinie | cookies akzeptieren | alle akzeptieren | alle ablehnen | einstellungen verwalten | unserer website
unsere website | unsere webseite | unserer webseite | dieser website | diese website | auf dieser seite | unsere partner
unseren partnern | an unsere partner | personenbezogene daten | personalisierte anzeigen | personalisierte werbung
personalisierte inhalte | relevante werbung | gezielte werbung | ihre einwilligung | ihre zustimmung | einwilligung widerrufen
jederzeit widerrufen | stimmen sie | datenschutz | datenschutzerklarung | datenschutzrichtlinie | nutzungsbedingungen
technische informationen | weitere informationen finden sie | jetzt abonnieren | jetzt registrieren | jetzt anmelden
bereits abonnent | bereits registriert | sie haben bereits ein abo | weiterlesen mit | um weiterzulesen | um diesen artikel zu lesen
diesen artikel lesen | jetzt weiterlesen | nur fur abonnenten | mit werbung weiterlesen | ohne werbung | ohne tracking
monatlich kundbar | jederzeit kundbar | probemonat | adblocker | werbeblocker | seite nicht gefunden | seite wurde nicht gefunden
seite existiert nicht | nicht mehr verfugbar | nicht verfugbar | zugriff verweigert | zu viele anfragen | kein roboter
ich bin kein roboter | ihre ip adresse | ungewohnlichen datenverkehr | javascript aktivieren | aktivieren sie javascript
javascript deaktiviert | ihr browser | ihren browser | bitte versuchen sie es | spater erneut

# French
nous utilisons des cookies | utilise des cookies | utilisation de cookies | utilisation des cookies | l utilisation de cookies
cookies ou technologies similaires | cookies et technologies similaires | politique de cookies | politique de confidentialite
parametrer les cookies | parametres des cookies | tout accepter | tout refuser | accepter et continuer | accepter et fermer
continuer sans accepter | nos partenaires | nous et nos partenaires | donnees personnelles | publicites personnalisees
publicite personnalisee | contenu personnalise | retirer votre consentement | votre consentement | vos choix | vos preferences
conditions generales | interet legitime | reserve aux abonnes | reserve a nos abonnes | pour lire la suite
lire la suite de cet article | la suite est reservee | deja abonne | abonnez vous | je m abonne | connectez vous | creer un compte
creez un compte | sans engagement | bloqueur de publicite | page introuvable | page demandee | n existe pas | n existe plus
n est plus disponible | acces refuse | trop de requetes | vous n etes pas un robot | je ne suis pas un robot | votre adresse ip
trafic inhabituel | activer javascript | activez javascript | javascript est desactive | votre navigateur | veuillez reessayer
reessayer plus tard

# Spanish
utilizamos cookies | usamos cookies | utiliza cookies | uso de cookies | cookies propias y de terceros
cookies y tecnologias similares | politica de cookies | politica de privacidad | aviso de privacidad | configurar cookies
aceptar cookies | aceptar todo | aceptar todas | rechazar todo | rechazar todas | nuestros socios | nosotros y nuestros socios
datos personales | anuncios personalizados | publicidad personalizada | retirar su consentimiento | tu consentimiento
su consentimiento | si continua navegando | seguir navegando | terminos y condiciones | contenido exclusivo para suscriptores
solo para suscriptores | exclusivo para suscriptores | para seguir leyendo | sigue leyendo | ya eres suscriptor | ya soy suscriptor
suscribete | inicia sesion | iniciar sesion | registrate gratis | crea una cuenta | bloqueador de anuncios | nuestro boletin
pagina no encontrada | la pagina que buscas | no existe | ya no esta disponible | acceso denegado | demasiadas solicitudes
no eres un robot | no soy un robot | tu direccion ip | su direccion ip | trafico inusual | habilita javascript | activar javascript
habilitar javascript | su navegador | tu navegador | intentalo de nuevo | intentelo de nuevo

# Italian
utilizziamo i cookie | utilizza cookie | utilizza i cookie | uso dei cookie | utilizzo dei cookie | cookie e tecnologie simili
cookie di terze parti | cookie policy | informativa sulla privacy | informativa sui cookie | accetta tutti | accetta tutto
rifiuta tutto | accetta e continua | continua senza accettare | i nostri partner | noi e i nostri partner | dati personali
annunci personalizzati | pubblicita personalizzata | tuo consenso | revocare il consenso | legittimo interesse
termini e condizioni | riservato agli abbonati | solo per gli abbonati | per continuare a leggere | continua a leggere
sei gia abbonato | abbonati ora | accedi o registrati | crea un account | prova gratuita | disattiva l ad blocker
pagina non trovata | pagina che stai cercando | non e piu disponibile | accesso negato | troppe richieste | non sei un robot
non sono un robot | tuo indirizzo ip | traffico anomalo | abilita javascript | attiva javascript | tuo browser | riprova piu tardi

# Portuguese
utilizamos cookies | usa cookies | politica de privacidade | aceitar todos | aceitar cookies | rejeitar todos | nossos parceiros
nos e os nossos parceiros | dados pessoais | anuncios personalizados | seu consentimento | termos de uso | exclusivo para assinantes
so para assinantes | para continuar lendo | continue lendo | ja e assinante | assine agora | faca login | pagina nao encontrada
nao esta disponivel | acesso negado | muitas solicitacoes | nao e um robo | nao sou um robo | seu endereco ip | ative o javascript
habilite o javascript | seu navegador | tente novamente

# Dutch
wij gebruiken cookies | we gebruiken cookies | gebruikt cookies | gebruik van cookies | cookies en vergelijkbare technieken
cookiebeleid | privacybeleid | alles accepteren | alles weigeren | cookies accepteren | onze partners | persoonsgegevens
gepersonaliseerde advertenties | uw toestemming | je toestemming | alleen voor abonnees | om verder te lezen | verder lezen
al abonnee | word abonnee | log in om | pagina niet gevonden | niet meer beschikbaar | toegang geweigerd | geen robot | je ip adres
uw ip adres | javascript inschakelen | schakel javascript in | uw browser | je browser | probeer het later

# Polish
uzywamy plikow cookie | uzywamy plikow cookies | pliki cookie | pliki cookies | plikow cookie | plikow cookies | uzywa plikow
polityka prywatnosci | polityce prywatnosci | polityka cookies | zaakceptuj wszystkie | odrzuc wszystkie | akceptuje
nasi partnerzy | zaufani partnerzy | zaufanych partnerow | danych osobowych | dane osobowe | przetwarzania danych
przetwarzanie danych | wycofac zgode | wyrazam zgode | twoja zgoda | twojej zgody | spersonalizowane reklamy
reklam spersonalizowanych | regulamin serwisu | dostep dla prenumeratorow | tylko dla subskrybentow | aby czytac dalej
czytaj dalej | masz juz konto | zaloguj sie | zarejestruj sie | wykup dostep | wykup prenumerate | strona nie istnieje
nie znaleziono strony | strony nie znaleziono | brak dostepu | odmowa dostepu | zbyt wiele zapytan | zbyt wiele polaczen
ilosc polaczen | liczbe polaczen | nie jestes robotem | nie jestem robotem | adresu ip | adres ip | twoj adres ip
skontaktuj sie z nami | przykro nam | wlacz javascript | wlaczyc javascript | obsluge javascript | twoja przegladarka
swojej przegladarce | sprobuj ponownie | odswiez strone

# Turkish
cerez kullaniyoruz | cerezleri kullaniyoruz | cerez politikasi | cerez politikamizi | cerezler kullanilmaktadir
cerez kullanilmaktadir | kisisel verilerin | kisisel verileriniz | gizlilik politikasi | gizlilik sozlesmesi | tumunu kabul et
kabul et | acik riza | devamini okumak icin | abone ol | abone olun | giris yapin | uye olun | sayfa bulunamadi | aradiginiz sayfa
erisim engellendi | cok fazla istek | robot olmadiginizi | ip adresiniz | javascript i etkinlestirin | tarayiciniz | tekrar deneyin

# Swedish, Danish, Norwegian
vi anvander cookies | vi bruger cookies | vi bruker cookies | vi bruker informasjonskapsler | acceptera alla | accepter alle
godta alle | vara partner | vores partnere | vare partnere | dina personuppgifter | personuppgifter | bli prenumerant
redan prenumerant | for abonnenter | allerede abonnent | las vidare | les videre | sidan hittades inte | siden ble ikke funnet
siden blev ikke fundet | aktivera javascript | aktiver javascript | din webblasare

# Russian
мы используем cookie | мы используем файлы cookie | использует файлы cookie | использование файлов cookie | файлы cookie
файлов cookie | политика конфиденциальности | политикой конфиденциальности | обработку персональных данных | персональных данных
принять все | согласие на обработку | наши партнеры | чтобы продолжить чтение | только для подписчиков | оформите подписку
войдите или зарегистрируйтесь | страница не найдена | доступ запрещен | доступ ограничен | слишком много запросов | вы не робот
ваш ip адрес | вашего ip адреса | подозрительная активность | включите javascript | ваш браузер | вашем браузере | попробуйте позже
попробуйте еще раз

# Arabic
ملفات تعريف الارتباط | سياسة الخصوصية | قبول الكل | رفض الكل | شروط الاستخدام | البيانات الشخصية | لمواصلة القراءة | اشترك الان
تسجيل الدخول | سجل الدخول | الصفحة غير موجودة | الصفحة المطلوبة | تم رفض الوصول | طلبات كثيرة | لست روبوتا | عنوان ip
تفعيل جافا سكريبت | المتصفح الخاص بك | حاول مرة اخرى

# Chinese
我们使用cookie | 使用cookie | 使用 cookies | 隐私政策 | 隐私权政策 | 接受所有 | 全部接受 | 全部拒绝 | 服务条款 | 我们的合作伙伴 | 个人信息保护 | 继续阅读 | 订阅后 | 请登录 | 登录后 | 立即订阅
页面不存在 | 找不到页面 | 您访问的页面 | 访问被拒绝 | 请求过于频繁 | 不是机器人 | 您的ip | 启用javascript | 您的浏览器 | 请稍后再试

# Japanese
クッキーを使用 | cookieを使用 | プライバシーポリシー | 利用規約 | すべて受け入れる | すべて拒否 | 会員限定 | 有料会員 | 続きを読む | ログインして | 会員登録 | ページが見つかりません | アクセスが拒否
ロボットではありません | javascriptを有効 | お使いのブラウザ | しばらくしてから
"""
