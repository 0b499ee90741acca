"""The way to an SMTP server through the door: TLS, logins, deadlines, and servers that misbehave."""

import socket
import ssl
import threading

import pytest
from fakemail import PASSWORD, USER, mail_door, mailed, mailing, not_mailed
from places import certificate

from listener.notify import post as module
from listener.notify.contract import Permanent, Retryable


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    try:
        server, pem = certificate(tmp_path_factory.mktemp("tls"))
    except FileNotFoundError:
        pytest.skip("no openssl command to make a certificate with")
    return server, ssl.create_default_context(cafile=str(pem))


@pytest.fixture
def place():
    with mailing() as running:
        yield running


@pytest.fixture
def door():
    with mail_door() as opened:
        yield opened


@pytest.mark.parametrize("answer", ["hang", "close"])
def test_a_mail_that_was_taken_without_an_answer_is_in_doubt(door, place, answer, monkeypatch):
    monkeypatch.setattr(module, "MAIL_DEADLINE_S", 1.0)
    place.script["DATA"] = answer
    told = not_mailed(door, place)
    assert isinstance(told, Retryable)
    assert told.in_doubt
    assert len(place.taken) == 1


def test_a_port_where_nobody_listens_leaves_no_doubt(door):
    with mailing() as gone:
        pass
    told = not_mailed(door, gone)
    assert isinstance(told, Retryable)
    assert not told.in_doubt


def test_it_logs_in_over_starttls(tls):
    server, trusted = tls
    with (
        mailing(tls_context=server, require_starttls=True, auth_required=True) as place,
        mail_door(trusted) as door,
    ):
        mailed(door, place, security="starttls", user=USER, password=PASSWORD)
        assert [(one.encrypted, one.user) for one in place.taken] == [(True, USER)]


def test_it_logs_in_over_tls_from_the_first_byte(tls):
    server, trusted = tls
    with (
        mailing(implicit_tls=server, auth_required=True, auth_require_tls=False) as place,
        mail_door(trusted) as door,
    ):
        mailed(door, place, security="tls", user=USER, password=PASSWORD)
        assert [one.user for one in place.taken] == [USER]


def test_a_wrong_password_shuts_the_receiver(tls):
    server, trusted = tls
    with mailing(tls_context=server, auth_required=True) as place, mail_door(trusted) as door:
        told = not_mailed(door, place, security="starttls", user=USER, password="another")
    assert isinstance(told, Permanent)
    assert told.receiver_dead
    assert "set them anew" in told.reason
    assert place.taken == []


@pytest.mark.parametrize("how", [{"tls_context": True}, {"implicit_tls": True}])
def test_a_certificate_that_nobody_vouches_for_gets_neither_mail_nor_password(tls, how):
    server, _ = tls
    with mailing(**dict.fromkeys(how, server)) as place, mail_door() as door:
        security = "starttls" if "tls_context" in how else "tls"
        told = not_mailed(door, place, security=security, user=USER, password=PASSWORD)
    assert isinstance(told, Retryable)
    assert "certificate of localhost is not valid" in told.reason
    assert (place.logins, place.taken) == (0, [])


def test_a_server_without_starttls_is_never_spoken_to_in_the_clear(door, place):
    told = not_mailed(door, place, security="starttls", user=USER, password=PASSWORD)
    assert isinstance(told, Permanent)
    assert told.receiver_dead
    assert "offers no STARTTLS" in told.reason
    assert (place.logins, place.taken) == (0, [])


def test_a_server_that_lets_nobody_log_in_is_told(door, place):
    told = not_mailed(door, place, user=USER, password=PASSWORD)
    assert "takes no login here" in told.reason
    assert place.taken == []


def test_a_private_address_is_not_dialled(place):
    with mail_door(allow=()) as door:
        told = not_mailed(door, place)
    assert isinstance(told, Permanent)
    assert told.receiver_dead
    assert "network.allow_private" in told.reason
    assert place.taken == []


def test_a_login_in_letters_that_smtp_does_not_know_is_told(tls):
    server, trusted = tls
    with mailing(tls_context=server) as place, mail_door(trusted) as door:
        told = not_mailed(door, place, security="starttls", user=USER, password="pässwort")
    assert "ASCII" in told.reason


class Wire:
    """A port that says what it likes, until it is closed."""

    def __init__(self, behave):
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self.closing = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(behave,), daemon=True)

    def _serve(self, behave):
        try:
            sock, _ = self._server.accept()
            with sock:
                behave(sock, self.closing)
        except OSError:
            pass

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.closing.set()
        self._server.close()
        self._thread.join(5)


def dripping(sock, closing):
    while not closing.wait(0.02):
        sock.sendall(b"2")


def endless(sock, closing):
    while not closing.is_set():
        sock.sendall(b"220-more\r\n" * 1_000)


def mute(sock, closing):
    closing.wait()


def web(sock, closing):
    sock.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    closing.wait()


def gone(sock, closing):
    pass


def unwilling(sock, closing):
    sock.sendall(b"554 5.7.1 no service for you\r\n")
    closing.wait()


def busy(sock, closing):
    sock.sendall(b"421 4.3.2 too many of you\r\n")
    closing.wait()


@pytest.mark.parametrize("behave", [dripping, endless, mute, web, gone, busy])
def test_a_server_that_misbehaves_is_left_in_time_and_tried_again(door, behave, monkeypatch):
    monkeypatch.setattr(module, "MAIL_DEADLINE_S", 0.5)
    with Wire(behave) as wire:
        told = not_mailed(door, wire)
    assert isinstance(told, Retryable)
    assert not told.in_doubt


def test_a_server_that_wants_nothing_of_us_shuts_the_receiver(door):
    with Wire(unwilling) as wire:
        told = not_mailed(door, wire)
    assert isinstance(told, Permanent)
    assert told.receiver_dead
    assert "“5.7.1 no service for you”" in told.reason
