"""The bigger scorer with a real model, which is made here, saved and loaded as any other is."""

import http.server
import json
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from builders import client

from listener.domain.sentiment import Ask, ManyAtOnce, scores
from listener.scoring.base import BaseScorer
from listener.scoring.learned import Model
from listener.scoring.taught import TaughtScorer, Version
from listener.scoring.transformer import files
from listener.scoring.transformer.files import NoModel
from listener.scoring.transformer.network import load
from listener.scoring.transformer.scorer import Manner, TransformerScorer

pytestmark = [
    pytest.mark.skipif(
        not files.installed(), reason="the extra transformers is not installed (it weighs a gigabyte)"
    ),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning"),
]

MILLS = client(aliases=("Mills Great Lumber",))
HERE = Path("/")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    import tinymodel

    return tinymodel.make(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="module")
def scorer(folder):
    found = files.find(str(folder), None, beside=HERE)
    return TransformerScorer(network=load(found, device="cpu"), files=found, otherwise=BaseScorer())


def asked(text, *, who=MILLS, title=None, language="en"):
    return Ask(text=text, title=title, client=who, language=language)


def said(scorer, text, **more):
    return scores(scorer, [asked(text, **more)])[0]


@pytest.mark.parametrize(
    ("text", "label"),
    [("Mills is rude", "negative"), ("Mills is lovely", "positive"), ("Mills is open", "neutral")],
)
def test_it_says_what_the_model_says_with_the_model_and_its_chance_as_reason(scorer, text, label):
    told = said(scorer, text)
    assert told.label == label
    assert -1 <= told.value <= 1
    assert told.reasons[-1].startswith(f"model: tiny says {label} (0.")
    assert told.scorer == scorer.version


def test_the_client_s_name_is_no_word_of_the_model(scorer):
    assert said(scorer, "Mills Great Lumber is rude").label == "negative"
    assert "masked: Mills Great Lumber" in said(scorer, "Mills Great Lumber is rude").reasons


def test_a_page_is_read_in_batches_and_says_the_same_as_one_by_one(scorer):
    texts = [
        "Mills is rude",
        "Mills ist wirklich sehr schlecht und teuer",
        "Mills is lovely and kind",
        "",
        "Mills was late",
    ]
    asks = [asked(text, language=None) for text in texts * 9]
    assert isinstance(scorer, ManyAtOnce)
    together = scores(replace(scorer, manner=Manner(batch=4)), asks)
    alone = [scorer.score(text=a.text, title=None, client=a.client, language=None) for a in asks]
    assert [one.label for one in together] == [one.label for one in alone]
    assert [one.value for one in together] == pytest.approx([one.value for one in alone], abs=2e-3)


def test_what_is_in_a_language_that_it_does_not_read_goes_to_the_base(scorer):
    german = "Mills ist wirklich sehr schlecht und teuer"
    told = said(scorer, german, language=None)
    assert (told.label, told.value) == ("unknown", None)
    assert told.reasons[-1] == "no scorer for German (de)"
    everything = replace(scorer, manner=Manner(languages=("any",)))
    assert said(everything, german, language=None).reasons[-1].startswith("model: tiny ")


def test_it_is_unknown_where_the_model_is_not_sure(scorer):
    told = said(replace(scorer, manner=Manner(sure_from=1.0)), "Mills is rude")
    assert (told.label, told.value) == ("unknown", None)
    assert told.reasons[-1].startswith("model: tiny is not sure: negative (0.")


def test_what_is_longer_than_the_model_can_read_is_cut_and_says_so(scorer):
    told = said(scorer, "Mills is rude. " * 80)
    assert told.label == "negative"
    assert told.reasons[-1] == "read: the first 32 tokens of what is about the client"


def test_a_model_that_takes_two_texts_is_given_the_client_as_the_second(scorer):
    paired = replace(scorer, manner=Manner(pair=True))
    assert paired._question(_made_ready("Mills is rude")) == ("Mills is rude", "Mills")
    assert said(paired, "Mills is rude").label != "unknown"


def test_a_model_of_tweets_reads_handles_and_links_as_it_learned_them(scorer):
    tweets = replace(scorer, manner=Manner(tweets=True))
    ready = _made_ready("Mills is rude, says @ann at https://t.example/x")
    assert tweets._question(ready) == ("@user is rude, says @user at http", None)


def _made_ready(text):
    from listener.scoring.tongue import said as ready

    return ready(text=text, title=None, client=MILLS, language="en")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\ud800",
        "\0\0",
        "Mills " + "😡" * 4_000,
        "Mills is " + "rude " * 200_000,
        "M" * 1_000_000,
        "\u202e\x1b[31m",
    ],
)
def test_no_text_makes_it_raise(scorer, text):
    began = time.process_time()
    told = said(scorer, text)
    assert (told.value is None) is (told.label == "unknown")
    assert time.process_time() - began < 2


def test_several_threads_may_ask_at_once(scorer):
    told = []
    threads = [
        threading.Thread(target=lambda: told.append(said(scorer, "Mills is rude").label)) for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert told == ["negative"] * 12


def test_its_version_changes_with_the_files_and_with_how_it_is_asked(scorer, folder, tmp_path):
    import tinymodel

    other = files.find(str(tinymodel.make(tmp_path / "tiny", taught=False)), None, beside=HERE)
    again = files.find("tiny", None, beside=folder.parent)
    assert again.fingerprint == scorer.files.fingerprint != other.fingerprint
    assert scorer.version.startswith(f"tiny@{again.fingerprint}.")
    assert scorer.version.endswith(BaseScorer().version)
    assert replace(scorer, manner=Manner(sure_from=0.6)).version != scorer.version
    assert replace(scorer, manner=Manner(batch=2)).version == scorer.version


@pytest.mark.parametrize(
    ("names", "label"),
    [
        (("LABEL_0", "LABEL_1", "LABEL_2"), "negative"),
        (("1 star", "3 stars", "5 stars"), "negative"),
        (("Positive", "Neutral", "Negative"), "positive"),
    ],
)
def test_classes_go_by_what_the_model_calls_them(tmp_path, names, label):
    import tinymodel

    found = files.find(str(tinymodel.make(tmp_path / "named", names=names)), None, beside=HERE)
    told = said(
        TransformerScorer(network=load(found, device="cpu"), files=found, otherwise=BaseScorer()),
        "Mills is rude",
    )
    assert told.label == label


def test_a_model_of_something_else_is_refused(tmp_path):
    import tinymodel

    found = files.find(
        str(tinymodel.make(tmp_path / "odd", names=("spam", "ham"), taught=False)), None, beside=HERE
    )
    with pytest.raises(NoModel, match="its classes are spam, ham: take a model that tells negative"):
        load(found, device="cpu")


def test_weights_that_may_hold_code_are_not_read(tmp_path):
    import tinymodel

    folder = tinymodel.make(tmp_path / "pickled", taught=False, safe=False)
    with pytest.raises(NoModel, match=r"has no \*.safetensors: other weights may hold code"):
        files.find(str(folder), None, beside=HERE)


def test_code_beside_a_model_is_never_run(tmp_path):
    import tinymodel

    folder = tinymodel.make(tmp_path / "coded", taught=False)
    ran = tmp_path / "ran"
    (folder / "modeling_evil.py").write_text(f"open({str(ran)!r}, 'w').close()\nclass Evil: pass\n")
    settings = json.loads((folder / "config.json").read_text())
    settings |= {
        "model_type": "evil",
        "auto_map": {
            "AutoConfig": "modeling_evil.Evil",
            "AutoModelForSequenceClassification": "modeling_evil.Evil",
        },
    }
    (folder / "config.json").write_text(json.dumps(settings))
    with pytest.raises(NoModel, match="it cannot be loaded: "):
        load(files.find(str(folder), None, beside=HERE), device="cpu")
    assert not ran.exists()


@pytest.mark.parametrize("spoil", ["model.safetensors", "config.json", "tokenizer.json"])
def test_files_that_are_spoilt_are_told_and_raise_nothing_else(tmp_path, spoil):
    import tinymodel

    folder = tinymodel.make(tmp_path / "spoilt", taught=False)
    (folder / spoil).write_bytes(b"\x80garbage{")
    with pytest.raises(NoModel, match="it cannot be loaded: "):
        load(files.find(str(folder), None, beside=HERE), device="cpu")


def test_a_name_whose_files_are_not_here_is_told_with_the_command_that_brings_them(tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(NoModel, match="its files are not here: run `listener model fetch`"):
        files.find("mills/sentiment", "main", beside=tmp_path)


def test_loading_and_scoring_never_ask_the_net(folder):
    asked_for = (
        "import sys; dialled = []; "
        "sys.addaudithook(lambda event, _: dialled.append(event) if event in {'socket.connect', 'socket.getaddrinfo'} else None); "
        "from pathlib import Path; "
        "from listener.scoring.transformer import files; from listener.scoring.transformer.network import load; "
        f"network = load(files.find({str(folder)!r}, None, beside=Path('/')), device='cpu'); "
        "print(len(list(network.read([('company is rude', None)], batch=1))), dialled)"
    )
    done = subprocess.run([sys.executable, "-c", asked_for], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "1 []", done.stderr


SHA = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def hub(folder):
    """A Hub on this machine that has one model, with a pickle and code beside it."""
    held = {path.name: path.read_bytes() for path in folder.iterdir()} | {
        "pytorch_model.bin": b"pickle",
        "evil.py": b"x",
    }
    seen = []

    class Hub(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self):
            self._answer(body=False)

        def do_GET(self):
            self._answer(body=True)

        def _answer(self, *, body):
            path = self.path.partition("?")[0]
            seen.append(path)
            name = path.rpartition("/")[2]
            if path.startswith("/api/models/mills/tiny/tree"):
                told = json.dumps(
                    [{"type": "file", "path": one, "size": len(held[one]), "oid": "0" * 40} for one in held]
                ).encode()
            elif path.startswith("/api/models/mills/tiny"):
                told = json.dumps(
                    {"id": "mills/tiny", "sha": SHA, "siblings": [{"rfilename": one} for one in held]}
                ).encode()
            elif path.startswith("/mills/tiny/resolve/") and name in held:
                told = held[name]
            else:
                self.send_response(404)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(told)))
            self.send_header("ETag", f'"{abs(hash(told)):040x}"')
            self.send_header("X-Repo-Commit", SHA)
            self.end_headers()
            if body:
                self.wfile.write(told)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", seen
    server.shutdown()
    thread.join()
    server.server_close()


def test_fetching_brings_weights_as_plain_data_and_neither_pickles_nor_code(hub, tmp_path):
    address, seen = hub
    fetching = (
        "from pathlib import Path; from listener.scoring.transformer import files; "
        "from listener.scoring.transformer.network import load; "
        "got = files.fetch('mills/tiny', None); "
        "again = files.find('mills/tiny', None, beside=Path('/')); "
        "load(again, device='cpu'); "
        "print(got.name, got.fingerprint, got == again, sorted(one.name for one in got.folder.iterdir()))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", fetching],
        capture_output=True, text=True, check=False, timeout=120,
        env={"PATH": "/usr/bin", "HF_HOME": str(tmp_path), "HF_ENDPOINT": address, "HF_HUB_DISABLE_XET": "1",
             "HF_HUB_DISABLE_PROGRESS_BARS": "1", "PYTHONPATH": ":".join(filter(None, sys.path))},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2_000:] + repr(seen)
    assert done.stdout.startswith(f"mills/tiny {SHA[:12]} True")
    assert "model.safetensors" in done.stdout
    assert not any(path.endswith((".bin", ".py")) for path in seen)


def learned_on(version):
    """A model that finds a complaint in everything, for the clients of the list of Mills."""
    model = Model(base=version, lean=1.0, start=(9, 0, 0), facts={}, grams={"words": {}, "letters": {}})
    return {MILLS.watch_list: Version(number=2, corrections=40, model=model)}


def test_what_was_learned_from_corrections_leans_on_it(scorer):
    taught = TaughtScorer(learned_on(scorer.version), scorer)
    told = said(taught, "Mills is lovely")
    assert (told.label, told.scorer) == ("negative", f"{scorer.version}+learned.2")
    assert told.reasons[-2].startswith("model: tiny says positive (0.")
    assert told.reasons[-1].startswith("learned from 40 corrections (model 2): positive became negative")
    german = said(taught, "Mills ist wirklich sehr schlecht und teuer", language=None)
    assert (german.label, german.reasons[-1]) == ("unknown", "no scorer for German (de)")


CONFIGURED = """
scoring: {{transformers: {{model: {model}, sure_from: 0.4, batch: 3}}}}
watch_lists:
  - {{name: shops, sources: [hackernews], clients: [Mills]}}
"""


def test_the_daemon_s_scorer_is_the_model_that_the_configuration_names(folder):
    from listener.app import make_plan, make_scorer
    from listener.config.load import load as read

    file = folder.parent / "config.yaml"
    file.write_text(CONFIGURED.format(model="tiny"))
    used = make_plan(read(file, environ={})).intake.scorer
    assert isinstance(used, TransformerScorer)
    assert used.manner == Manner(sure_from=0.4, batch=3)
    assert said(used, "Mills is rude").label == "negative"
    taught = make_scorer(learned_on(used.version), read(file, environ={}))
    assert (taught.base, said(taught, "Mills is lovely").label) == (used, "negative")


def test_a_model_that_cannot_be_used_is_a_mistake_of_the_configuration(folder, capsys):
    from listener.cli import main

    file = folder.parent / "wrong.yaml"
    file.write_text(CONFIGURED.format(model="./nowhere"))
    assert main(["check", "-c", str(file)]) == 2
    told = capsys.readouterr().err
    assert (
        told
        == f"{file}:2: scoring.transformers.model: ./nowhere: there is no such folder: write the folder of a model, or its name (OWNER/NAME)\n"
    )


def test_the_command_says_how_the_model_stands(folder, capsys):
    from listener.cli import main

    file = folder.parent / "config.yaml"
    file.write_text(CONFIGURED.format(model="tiny"))
    for action in ("status", "fetch"):
        assert main(["model", action, "-c", str(file)]) == 0
        told = capsys.readouterr().out
        assert told.startswith("tiny is here and can be loaded: 0.")
        assert "classes: negative, neutral, positive; reads 32 tokens" in told
