"""The configuration as a person writes it, one class for each part. docs/configuration.md explains every key."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)

from listener.config import values
from listener.config.cues import ClientCues
from listener.config.digests import FileDigests, ListDigests
from listener.config.events import PlannedEvent
from listener.config.examples import Examples
from listener.config.fields import (
    Contact,
    Database,
    DatabaseFile,
    Handle,
    Hours,
    Length,
    LetIn,
    ListenOn,
    Mail,
    Name,
    Names,
    Notified,
    PublicUrl,
    QueryText,
    ReceiverName,
    Sites,
    SlackMember,
    SomeClients,
    SomeLists,
    Sources,
    Timezone,
    known_receiver,
    listed,
)
from listener.config.part import Part
from listener.config.places import Destination, read_destination
from listener.config.queries import default_query, read_query
from listener.config.rules import RuleSet
from listener.config.scoring import Scoring
from listener.config.sentences import nearest, rejection, unknown
from listener.config.tellings import Escalate, Tellings
from listener.config.terms import ContextTerms
from listener.domain.client import Own
from listener.domain.message import Severity


class Web(Part):
    """The page of this machine."""

    listen: ListenOn = Field(
        values.Listen(), description="Host and port of the page; 0.0.0.0 lets other machines in."
    )
    public_url: PublicUrl | None = Field(
        None,
        description="Where people reach the page, for the links in messages; without it there are no links.",
    )


class Network(Part):
    """How we behave toward the places that we ask."""

    contact: Contact | None = Field(
        None, description="Whom a place may write to about our requests; sent in the User-Agent."
    )
    per_host_every: Length = Field(
        timedelta(seconds=1), description="The least time between two requests to one host."
    )
    allow_private: LetIn = Field(
        (), description="Private hosts (HOST or HOST:PORT) that may be asked all the same, without spacing."
    )


class Health(Part):
    """Who hears of sources that break and recover."""

    notify: Notified = Field(
        (), description="Receivers that are told when a source breaks and when it recovers."
    )


class Route(Part):
    """A receiver, and from which severity on it is told."""

    receiver: ReceiverName = Field(description="The receiver's name.")
    severity: Severity = Field(
        "minor", description="The least severity that it is told: minor (everything), major or severe."
    )


def _route(raw: object, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Route:
    """A name alone is told everything."""
    if isinstance(raw, str):
        return Route.model_construct(receiver=known_receiver(raw, info))
    route: Route = handler(raw)
    return route


Routes = Annotated[
    tuple[Annotated[Route, WrapValidator(_route)], ...],
    BeforeValidator(lambda raw: [raw] if isinstance(raw, dict) else listed(raw)),
]


class Person(Part):
    """Someone who answers for clients."""

    name: Name = Field(description="The name as it stands in messages.")
    email: Mail | None = Field(None, description="The mail address.")
    slack: SlackMember | None = Field(
        None, description="The member id in Slack, so that an alert can mention the person."
    )
    timezone: Timezone | None = Field(
        None, description="The person's own time zone; otherwise that of the file."
    )
    notify: Notified = Field(
        (),
        description="Receivers that reach this person, for what others did not take; without any, the client's.",
    )
    quiet: Hours | None = Field(
        None,
        description='Hours in which nothing is told of the person\'s clients, such as "20:00-07:00"; it is told after them.',
    )


class OwnPlaces(Part):
    """Where the client itself speaks; besides `sites`, each key is a kind of place with the client's handle there."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Handle]

    sites: Sites = Field((), description="Hosts of the client; subdomains count too.")

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, raw: Any) -> Any:  # noqa: ANN401 - as YAML has it
        if isinstance(raw, dict):
            odd = [
                key for key in raw if key != "sites" and (nearest(key, ["sites"]) or not key.isidentifier())
            ]
            if odd:
                raise rejection(((key,), unknown(key, ["sites", "KIND: HANDLE"])) for key in odd)
        return raw

    def to_domain(self) -> Own:
        return Own(sites=self.sites, handles=dict(self.__pydantic_extra__ or {}))


class WatchedClient(Part):
    """A client of a watch list."""

    name: Name = Field(description="The client's name, unique in the file.")
    id: Name | None = Field(
        None, description="Keeps the history when the name changes; without it, the name."
    )
    aliases: Names = Field((), description="Other names of the client.")
    query: QueryText | None = Field(
        None,
        description="What a text must say to be about the client; without it, the name or one of the aliases.",
    )
    context: ContextTerms = Field(
        ContextTerms(),
        description="What tells it from others of that name: terms that a text must or must not hold.",
    )
    examples: Examples = Field(
        Examples(),
        description="Texts that must match and texts that must not: tests of the query, run by `listener check`.",
    )
    cues: ClientCues = Field(
        ClientCues(), description="What is complaint, praise or neither of this client in particular."
    )
    own: OwnPlaces = Field(OwnPlaces(), description="Where the client itself speaks: hosts and handles.")
    owner: Name | None = Field(None, description="Who answers for the client: a key of people or a name.")
    notify: Routes | None = Field(
        None, description="Receivers of alerts about this client instead of the list's."
    )
    sources: Sources = Field(
        (), description="Places about this client: all that they bring is stored for it."
    )

    @model_validator(mode="before")
    @classmethod
    def _short(cls, raw: Any) -> Any:  # noqa: ANN401 - as YAML has it
        return {"name": raw} if isinstance(raw, str) else raw

    @model_validator(mode="after")
    def _can_be_found(self) -> Self:
        if self.query is None:
            try:
                read_query(default_query(self.name, self.aliases))
            except ValueError:
                raise rejection(
                    [(("name",), "no text can be found by this name alone: write a query")]
                ) from None
        return self

    @property
    def key(self) -> str:
        return self.id or self.name

    @property
    def asks(self) -> str:
        """The text of the client's query."""
        return self.query or default_query(self.name, self.aliases)


class WatchList(Part):
    """A named set of clients, sources and rules."""

    name: Name = Field(description="The list's name, unique in the file.")
    owner: Name | None = Field(None, description="Who answers for its clients: a key of people or a name.")
    notify: Routes = Field(
        (),
        description="Receivers of the alerts about its clients, each a name or {receiver: NAME, severity: major}.",
    )
    sources: Sources = Field(
        (), description="Places whose items are matched against every client of the list."
    )
    clients: Annotated[tuple[WatchedClient, ...], SomeClients] = Field(
        description="The companies that are watched."
    )
    rules: RuleSet = Field(RuleSet(), description="When something is told.")
    telling: Tellings | None = Field(
        None, description="How its incidents are told on, instead of the file's way."
    )
    escalate: Escalate | None = Field(
        None, description="Who else is told where nobody takes one of its incidents, instead of the file's."
    )
    digest: ListDigests | None = Field(
        None, description="When somebody is told what was heard, alarmed and hidden about its clients."
    )


class File(Part):
    """The whole file."""

    database: Database = Field(
        "sqlite:///listener.db",
        description="Where everything is kept: SQLite or PostgreSQL.",
        validate_default=True,
    )
    database_file: DatabaseFile | None = Field(
        None, description="A file that holds the database URL, instead of `database`."
    )
    timezone: Timezone = Field(ZoneInfo("UTC"), description="The time zone of messages and of days.")
    web: Web = Field(Web(), description="The page of this machine.")
    network: Network = Field(Network(), description="How we behave toward the places that we ask.")
    health: Health = Field(Health(), description="Who hears of sources that break.")
    scoring: Scoring = Field(Scoring(), description="What labels texts besides the base.")
    people: dict[str, Person] = Field(
        {}, description="The people who answer for clients, each under a short key."
    )
    receivers: dict[str, Annotated[Destination, PlainValidator(read_destination)]] = Field(
        {}, description="Where messages go: a name, and behind it KIND: OPTIONS."
    )
    fallback: ReceiverName | None = Field(
        None, description="The receiver that hears what another could not be told."
    )
    digest: FileDigests | None = Field(
        None, description="When somebody is told what was heard, alarmed and hidden about all clients."
    )
    telling: Tellings = Field(
        Tellings(), description="How incidents are told on: gathered, repeated. A list may have its own way."
    )
    escalate: Escalate | None = Field(
        None, description="Who else is told where nobody takes an incident. A list may name somebody else."
    )
    watch_lists: Annotated[tuple[WatchList, ...], SomeLists] = Field(
        description="The watch lists: named sets of clients, sources and rules."
    )
    events: tuple[PlannedEvent, ...] = Field(
        (), description="Planned events, in which more will be said of a client."
    )
    allow_inline_secrets: bool = Field(
        False, description="Whether secrets may stand in the file itself; better not."
    )

    @model_validator(mode="after")
    def _one_database(self) -> Self:
        if self.database_file is not None and "database" in self.model_fields_set:
            raise rejection(
                [(("database_file",), "the database is also given by `database`: keep one of them")]
            )
        return self
