"""kill -9 while somebody takes an incident: it is taken and told, or neither; and taking it again says what stands."""

from contextlib import closing

import pytest
from builders import NOW, add_client
from world import listener

from listener.store import changes, incidents, outbox
from listener.store.engine import open_database

CONFIG = """\
database: {url}
people: {{dana: {{name: Dana Lee}}}}
receivers: {{ops: {{webhook: "https://ops.example/hook"}}}}
watch_lists:
  - {{name: shops, notify: [ops], sources: [hackernews], clients: [{{name: Mills, id: mills}}]}}
"""


@pytest.fixture
def opened(database_url, tmp_path):
    """The configuration of a database with one open incident."""
    config = tmp_path / "config.yaml"
    config.write_text(CONFIG.format(url=database_url))
    evidence = {"people": 5, "stories": 3, "usual": [0, 1], "window_h": 2.0, "first_at": NOW.isoformat()}
    with closing(open_database(database_url)) as database, database.write() as connection:
        add_client(connection, "mills")
        incidents.open_incident(
            connection, client_id="mills", rule="negative_spike", now=NOW, evidence=evidence, last_match_id=0
        )
    return config


def books(url):
    with closing(open_database(url)) as database, database.read() as connection:
        one = incidents.get(connection, 1)
        told = [entry.notification.message.kind for entry in outbox.newest(connection)]
        return one.state, one.taken_by, [change.what for change in changes.of(connection, 1)], told


@pytest.mark.parametrize(
    "database_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)], indirect=True
)
@pytest.mark.parametrize(
    "boundary", ["incident-answered", pytest.param("store.commit", marks=pytest.mark.slow)]
)
def test_a_death_while_taking_leaves_it_taken_and_told_or_neither(opened, database_url, boundary):
    words = ("incidents", "take", "1", "--who", "dana", "-c", str(opened))
    assert listener(*words, check=False, LISTENER_DIE_AT=boundary).returncode == -9
    done = ("taken", "Dana Lee", ["opened", "taken"], ["taken"])
    assert books(database_url) == (("open", None, ["opened"], []) if boundary == "store.commit" else done)
    again = listener(*words, check=False)
    if boundary == "store.commit":
        assert again.stdout == "Dana Lee has incident 1 now; whoever heard of it is told\n"
    else:
        assert again.returncode == 1
        assert "Dana Lee has incident 1 already, since " in again.stderr
    assert books(database_url) == done


@pytest.mark.slow
def test_an_incident_is_taken_noted_closed_and_shown_from_the_command_line(opened):
    with_file = ("-c", str(opened))
    listener("incidents", "take", "1", "--who", "dana", *with_file)
    listener("incidents", *with_file, "note", "1", "Refunds go out today", "--who", "Lee")
    shown = listener("incidents", *with_file).stdout
    assert "Mills   taken  minor" in shown
    listener("incidents", "close", "1", "--why", "all paid", "--who", "dana", *with_file)
    lines = listener("incidents", "show", "1", *with_file).stdout.splitlines()
    assert lines[:2] == ["client      Mills", "state       closed"]
    assert "closed by   Dana Lee" in lines
    (noted,) = (line for line in lines if " noted " in line)
    assert noted.endswith("Refunds go out today")
    assert lines[-1].endswith("all paid")
    missing = listener("incidents", "show", "9", *with_file, check=False)
    assert (missing.returncode, missing.stderr) == (
        1,
        "listener: there is no incident 9: `listener incidents` has their numbers\n",
    )
