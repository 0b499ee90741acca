"""What a configuration reads of the stored places: an earlier search as the present ones of its kind, a place only as itself."""

from dataclasses import replace

from oneplace import EVERY, START, one_place

from listener.connector.target import Target
from listener.jobs.side import side_of
from listener.store import configured


def test_what_an_earlier_search_brought_is_not_taken_for_a_clients_own_place(database):
    with one_place(database, fetch=lambda _: []) as here:
        (first,) = here.plan.targets.values()
        searching = replace(first.connector, search=lambda *_: None)
        search = replace(first, connector=searching)
        own = replace(search, scope="account", matched=frozenset(), direct=frozenset({"mills"}))
        earlier = Target(connector=searching, options=first.options, scope="of last year", every=EVERY)
        with database.write() as connection:
            configured.sync(connection, [search, own, earlier], here.plan.clients, START)
        plan = replace(here.plan, targets={one.identity: one for one in (search, own)})
        with database.read() as connection:
            numbers = configured.by_identity(connection)
            places = side_of(connection, plan).places
    assert places[numbers[own.identity]].direct == {"mills"}
    read = places[numbers[earlier.identity]]
    assert (read.matched, read.direct) == ({"mills"}, frozenset())
