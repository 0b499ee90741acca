"""Stand-ins for the kinds of places and receivers, declared by the contract as the real ones are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Literal

from pydantic import Field, SecretStr, field_validator

from listener.connector.contract import Connector, OptionsModel, Search
from listener.notify import registry
from listener.notify.contract import Notifier, ReceiverOptions


class Registry:
    """Finds what it was given by kind."""

    def __init__(self, declared: Iterable[object]) -> None:
        self._by_kind = {one.kind: one for one in declared}

    def kinds(self) -> tuple[str, ...]:
        return tuple(sorted(self._by_kind))

    def find(self, kind: str):
        return self._by_kind[kind]


class FeedOptions(OptionsModel):
    url: str = Field(description="The feed's address.")
    language: str | None = Field(default=None, description="The language of its texts.")


class SearchOptions(OptionsModel):
    country: str = Field(default="US", description="Two letters.")
    most: int = Field(default=50, ge=1, le=100, description="How many items a page holds.")
    order: Literal["newest", "best"] = Field(default="newest", description="What comes first.")
    also: tuple[str, ...] = Field(default=(), description="Further words.")
    strict: bool = Field(default=False, description="Exact words only.")
    text: str = Field(default="", description="What is asked; filled by the search.")


class KeyedOptions(OptionsModel):
    token: SecretStr = Field(description="The key that the place gave us.")
    channel: str = Field(description="Which channel.")

    @field_validator("channel")
    @classmethod
    def _known(cls, value: str) -> str:
        if value.startswith("no"):
            raise ValueError(f"there is no channel {value}: choose another")
        return value


class ChatOptions(ReceiverOptions):
    webhook_url: SecretStr = Field(description="The address from the chat.")

    @property
    def off(self) -> str | None:
        return None if self.webhook_url.get_secret_value() else "its webhook_url is empty"


class HookOptions(ReceiverOptions):
    url: SecretStr = Field(description="Where to post.")
    secret: SecretStr | None = Field(default=None, description="Signs the messages.")


def _search(queries, options):
    """One search for each client, as a place has it that cannot say OR."""
    return [
        Search(options=options.model_copy(update={"text": query.text}), clients=(client,))
        for client, query in sorted(queries.items())
    ]


def _nothing(http, options, cursor):
    yield from ()


rss = Connector(
    kind="rss", summary="A feed.", options=FeedOptions, scope=lambda one: one.url, fetch=_nothing, short="url"
)
company_page = Connector(
    kind="company_page",
    summary="A page.",
    options=FeedOptions,
    scope=lambda one: one.url,
    fetch=_nothing,
    short="url",
    default_every=timedelta(hours=1),
    least_interval=timedelta(minutes=15),
)
hackernews = Connector(
    kind="hackernews",
    summary="A search.",
    options=SearchOptions,
    scope=lambda one: one.text,
    fetch=_nothing,
    search=_search,
)
forum = Connector(
    kind="forum",
    summary="Needs a key.",
    options=KeyedOptions,
    scope=lambda one: one.channel,
    fetch=_nothing,
    short="channel",
)
chat = Notifier(
    kind="slack", summary="A chat.", options=ChatOptions, deliver=lambda *_: None, short="webhook_url"
)
hook = Notifier(kind="webhook", summary="A hook.", options=HookOptions, deliver=lambda *_: None, short="url")

CONNECTORS = Registry([rss, company_page, hackernews, forum])
NOTIFIERS = Registry([chat, hook, registry.find("email"), registry.find("slack_bot")])
