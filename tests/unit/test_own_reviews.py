"""Google Play and Google Business Profile: what is signed, whose a reply is, and each refusal with what mends it."""

import base64
import json
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from playing import FILES
from pydantic import ValidationError

from listener.connector import NeedsAttention, TryLater, registry, testing
from listener.connector.ledger import LedgerHere
from listener.connector.testing import Recording, Reply

PLAY, BUSINESS = registry.find("google_play"), registry.find("google_business")
NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
GIVEN = {one.kind: Recording.load(FILES[one.kind][0]).options for one in (PLAY, BUSINESS)}
ACCOUNT = json.loads(GIVEN["google_play"]["service_account"])


def told(status=200, headers=None, **body):
    return Reply(status=status, headers=headers or {}, body=json.dumps(body).encode())


TOKEN = told(access_token="a-token", expires_in=3600)


def polled(connector, reply, *, token=TOKEN, sent=None, **options):
    """One poll; `token` answers where tokens are given, `reply` elsewhere."""

    def answers(method, url, poll):
        if sent is not None:
            sent.append((method, url))
        return token if method == "POST" else reply

    asked = connector.options(**{**GIVEN[connector.kind], **options})
    return list(testing.poll(connector, asked, answers, now=NOW, ledger=LedgerHere()))


def test_what_is_signed_holds_by_the_public_key():
    from connectors.google_play import assertion

    parts = assertion(ACCOUNT["client_email"], ACCOUNT["private_key"], at=NOW).split(".")
    header, claims, signature = (base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in parts)
    key = serialization.load_pem_private_key(ACCOUNT["private_key"].encode(), password=None).public_key()
    key.verify(signature, ".".join(parts[:2]).encode(), padding.PKCS1v15(), hashes.SHA256())
    assert json.loads(header) == {"alg": "RS256", "typ": "JWT"}
    told_so = json.loads(claims)
    assert (told_so["iat"], told_so["exp"] - told_so["iat"]) == (int(NOW.timestamp()), 3600)
    assert told_so["aud"] == "https://oauth2.googleapis.com/token"


def test_no_secret_is_sent_in_an_address():
    for connector in (PLAY, BUSINESS):
        sent = []
        polled(connector, told(), sent=sent)
        secrets = ("a-token", "not-a-secret", "not-a-token", "PRIVATE")
        assert not [url for _, url in sent if any(secret in url for secret in secrets)]


@pytest.mark.parametrize(
    ("error", "description", "minutes", "said"),
    [
        (
            "invalid_grant",
            "Invalid JWT: Token must be short-lived",
            -47,
            r"clock of this machine is off by 47 min",
        ),
        ("invalid_grant", "Invalid grant: account not found", 0, "Google has no service account ears@"),
        ("invalid_grant", "Invalid JWT Signature.", 0, "was deleted or disabled"),
    ],
)
def test_a_service_account_that_is_given_no_token_is_told_why(error, description, minutes, said):
    headers = {"date": format_datetime(NOW + timedelta(minutes=minutes), usegmt=True)}
    refused = told(400, headers, error=error, error_description=description)
    with pytest.raises(NeedsAttention, match=said):
        polled(PLAY, told(), token=refused)


def test_without_the_extra_it_says_how_to_have_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)
    with pytest.raises(NeedsAttention, match=r"pip install 'client-listener\[google-play\]'"):
        polled(PLAY, told())


def test_a_key_that_is_no_rsa_key_is_told():
    made = ec.generate_private_key(ec.SECP256R1())
    pem = made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    for key, said in ((pem.decode(), "is no RSA key"), ("nonsense", "cannot be read")):
        with pytest.raises(NeedsAttention, match=said):
            polled(PLAY, told(), service_account=json.dumps({**ACCOUNT, "private_key": key}))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{}", "no key of a service account"),
        ("not json", "no key of a service account"),
        ('{"type": "authorized_user"}', "an OAuth client's file"),
        ('{"installed": {}}', "an OAuth client's file"),
    ],
)
def test_what_is_no_service_account_is_told(written, said):
    with pytest.raises(ValidationError, match=said):
        PLAY.options(app="com.mills.shop", service_account=written)


@pytest.mark.parametrize(
    ("connector", "status", "message", "said"),
    [
        (
            PLAY,
            403,
            "The caller does not have permission",
            "the client invites it at play.google.com/console",
        ),
        (PLAY, 403, "Google Play Android Developer API has not been used in project 1", "switch it on"),
        (PLAY, 404, "Package not found: com.mills.shop.", "check its package name"),
        (PLAY, 401, "Request had invalid credentials", "refuses the token"),
        (
            BUSINESS,
            403,
            "Request had insufficient authentication scopes.",
            "lacks the scope .*business.manage",
        ),
        (BUSINESS, 403, "The caller does not have permission", "an owner or manager of it must"),
        (BUSINESS, 404, "Requested entity was not found.", "check both numbers"),
    ],
)
def test_each_refusal_names_what_mends_it(connector, status, message, said):
    with pytest.raises(NeedsAttention, match=said):
        polled(connector, told(status, error={"code": status, "message": message}))


@pytest.mark.parametrize(
    ("error", "said"),
    [("invalid_grant", "Ask for consent anew"), ("invalid_client", "check client_id and client_secret at")],
)
def test_a_consent_that_was_withdrawn_is_told_apart_from_a_wrong_client(error, said):
    with pytest.raises(NeedsAttention, match=said):
        polled(BUSINESS, told(), token=told(400, error=error))


def test_a_project_that_was_never_approved_is_told_apart_from_a_busy_minute():
    never = {"code": 429, "details": [{"metadata": {"quota_limit_value": "0"}}]}
    with pytest.raises(NeedsAttention, match="has not approved your project"):
        polled(BUSINESS, told(429, error=never))
    with pytest.raises(TryLater) as raised:
        polled(BUSINESS, told(429, {"retry-after": "90"}, error={"code": 429}))
    assert raised.value.after == timedelta(seconds=90)


def reviews(connector, name):
    recording = next(Recording.load(path) for path in FILES[connector.kind] if path.stem == name)
    (options,) = recording.searches(connector)
    pages = testing.poll(connector, options, testing.recorded(recording), now=NOW, ledger=LedgerHere())
    return {found.external_id: found for kept in pages for found in kept.page.found}


def test_a_translation_and_the_owners_answer_are_not_the_reviewers_words():
    read = reviews(BUSINESS, "reviews_of_a_shop")
    assert read["AbFvOq0007"].text == "Schlechter Service."
    assert read["AbFvOq0007"].edited_at == datetime(2026, 11, 18, 12, tzinfo=UTC)
    assert (read["AbFvOq0008"].author, read["AbFvOq0008"].author_hidden) == (None, True)
    assert [read[f"AbFvOq000{n}"].rating for n in (9, 8, 7, 3)] == [0, 1, 0.25, 0.75]


def test_the_developers_answer_is_no_review_and_its_title_stands_before_the_tab():
    read = reviews(PLAY, "week_of_reviews")
    assert (read["gp:AOqpTOH0007"].title, read["gp:AOqpTOH0007"].text) == ("Lento", "Se cierra sola")
    assert read["gp:AOqpTOH0007"].language == "es"
    assert read["gp:AOqpTOH0007"].raw["answered"] is True
    assert read["gp:AOqpTOH0008"].author_hidden
