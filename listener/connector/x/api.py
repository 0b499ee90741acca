"""Asking X through tweepy, whose requests go through our door, within a budget of dollars."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Any, Literal

from listener.connector.contract import JSON, Http, NeedsAttention, Trouble, TryLater
from listener.connector.session import Answered, Session
from listener.connector.values import at, each, text
from listener.connector.x.posts import Posts, number, read_posts, said

POST_USD, OWNED_USD, USER_USD, COUNTS_USD = 0.005, 0.001, 0.010, 0.005
"""docs.x.com/x-api/getting-started/pricing; an empty answer and an error cost nothing."""
USD, RECHECKS = "usd", "usd for rechecks"

Spelling = Literal["tweet", "post"]

_BREAKS = (ValueError, TypeError, LookupError, AttributeError)
"""What tweepy raises beside its own where an error's body is not as it should be."""
_FIELDS = "created_at,lang,conversation_id,public_metrics,entities"
_CAP = ("usage-capped", "usagecapexceeded", "spend-cap", "spendcap", "spend cap", "spending limit")
_CREDITS = ("creditsdepleted", "credits-depleted", "any credits", "out of credits")
_CONSOLE = "console.x.com"


@dataclass(kw_only=True)
class Api:
    """One poll's way to X. `price` is that of a post, `retweets` whether what they repeat is asked for with them."""

    http: Http
    token: str
    site: str
    spelling: Spelling = "tweet"
    authors: bool = False
    retweets: bool = False
    price: float = POST_USD
    known: frozenset[int] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def session(self) -> Session:
        return Session(self.http, site=self.site)

    @cached_property
    def client(self) -> Any:  # noqa: ANN401 - tweepy has no types
        import tweepy  # 190 ms, and only where X is asked

        client = tweepy.Client(bearer_token=self.token, return_type=dict, wait_on_rate_limit=False)
        client.session.close()
        client.session = self.session
        return client

    @property
    def most_usd(self) -> float:
        """What one post may cost: in the spelling of posts an author's number comes only with the author."""
        beside = self.authors or self._spoken() == "post"
        return self.price + (USER_USD if beside else 0) + (POST_USD if self.retweets else 0)

    def posts(
        self,
        how: str,
        meter: str,
        most: int,
        *about: object,
        budgets: tuple[str, ...] = (USD,),
        **asked: Any,  # noqa: ANN401 - what tweepy takes
    ) -> Posts:
        """Ask for posts by one of tweepy's methods, `most` at the most; billed is what really came and was not `known`."""
        read = partial(read_posts, by_number=how == "get_tweets")
        spent = 0.0
        try:
            for budget in budgets:
                self.http.reserve(budget, most * self.most_usd)
            answer = self._spelled(
                lambda: getattr(self.client, how)(*about, **asked, **self._wanted()), meter
            )
            posts = self.http.apart(read, answer, self.http.now, dict(self.names))
            new = len(set(posts.ids) - self.known) + len(posts.refused)
            spent = new * self.price + posts.users * USER_USD + posts.more * POST_USD
        finally:
            for budget in budgets:
                self.http.settle(budget, spent)
        return posts

    def counts(self, question: str, since: int) -> JSON:
        """How many posts there are, hour by hour."""
        return self.paid(
            COUNTS_USD,
            "count requests",
            lambda: self.client.get_recent_tweets_count(question, granularity="hour", since_id=str(since)),
        )

    def user(self, handle: str) -> str:
        """The number of an account, asked once and remembered. Raises NeedsAttention where X knows none."""
        known = self.http.recall("users")
        if (found := number(at(known, handle))) is not None:
            return str(found)
        answer = self.paid(USER_USD, "user requests", lambda: self.client.get_user(username=handle))
        if number(text(at(answer, "data"), "id")) is None:
            problem = next(each(answer, "errors"), None)
            if problem is None:
                raise TryLater(f"X answered without the account @{handle}: it is asked again later.")
            raise NeedsAttention(f"X does not show the account @{handle}: {said(problem)} Check the handle.")
        found_id = text(at(answer, "data"), "id")
        self.http.remember("users", {**(known if isinstance(known, dict) else {}), handle: found_id})
        return found_id

    def paid(self, usd: float, meter: str, ask: Callable[[], JSON]) -> JSON:
        """Ask for what has a fixed price."""
        self.http.reserve(USD, usd)
        spent = 0.0
        try:
            answer = self._asked(ask, meter)
            spent = usd
        finally:
            self.http.settle(USD, spent)
        return answer

    def _spoken(self) -> Spelling:
        """The spelling that worked last, if it was found out since the option was set as it is."""
        told = self.http.recall("spelling")
        works = text(told, "works") if text(told, "asked") == self.spelling else self.spelling
        return "post" if works == "post" else "tweet"

    def _spelled(self, ask: Callable[[], JSON], meter: str) -> JSON:
        """Ask in the spelling that works; where X does not accept it, once in the other, and remember which it was."""
        usual = self._spoken()
        try:
            return self._asked(ask, meter)
        except NotAccepted as first:
            other = "tweet" if usual == "post" else "post"
            self.http.remember("spelling", {"asked": self.spelling, "works": other})
            try:
                return self._asked(ask, meter)
            except NotAccepted:
                self.http.remember("spelling", {"asked": self.spelling, "works": usual})
                raise first from None

    def _wanted(self) -> dict[str, str]:
        """What is asked for of each post, in tweepy's names. In X's newer spelling numbers of authors are no fields."""
        people = {"user_fields": "name,username,public_metrics"} if self.authors else {}
        if self._spoken() == "post":
            self.session.renamed = {"tweet.fields": "post.fields"}
            fields, expanded = "note_post", ["author_id", *(["referenced_posts"] if self.retweets else [])]
        else:
            self.session.renamed = {}
            fields, expanded = "note_tweet,author_id,referenced_tweets,edit_history_tweet_ids", []
            expanded += ["author_id"] if self.authors else []
            expanded += ["referenced_tweets.id"] if self.retweets else []
        asked = {"tweet_fields": f"{_FIELDS},{fields}", "expansions": ",".join(expanded), **people}
        return {name: value for name, value in asked.items() if value}

    def _asked(self, ask: Callable[[], JSON], meter: str) -> JSON:
        from tweepy.errors import TweepyException

        self.session.meter, self.session.last = meter, None
        try:
            return ask()
        except (TweepyException, *_BREAKS) as error:
            last = self.session.last
            if last is None:
                raise
            raise trouble(last, error, now=self.http.now) from None


class NotAccepted(NeedsAttention):
    """X does not accept the request."""


def trouble(last: Answered, error: Exception, *, now: datetime) -> Trouble:
    """What an error means to a poll. `error` is tweepy's, which has read the body for its words."""
    status, body = last.status_code, last.text[:10_000].casefold()
    words = "; ".join(str(one) for one in getattr(error, "api_messages", ())) or text(_json(last), "detail")
    why = said({"detail": words})
    if status == 200:
        return TryLater("X did not answer with JSON: it is asked again later.")
    if status == 402 or (status in {403, 429} and any(word in body for word in _CREDITS)):
        return NeedsAttention(
            f"The credits of this app at X are used up ({status}): buy some at {_CONSOLE}. X says {why}"
        )
    if status in {403, 429} and any(word in body for word in _CAP):
        return _capped(last, why, now)
    if status == 429:
        return TryLater("X says that we ask too often (429): it is asked again later.", after=last.after)
    if status == 401:
        return NeedsAttention(
            f"X does not know this bearer token (401): it was revoked or made anew, or is another kind of key. "
            f"Take the Bearer Token of your app, under Keys and tokens at {_CONSOLE}."
        )
    return _refusal(status, body, why)


def _capped(last: Answered, why: str, now: datetime) -> Trouble:
    """A cap that somebody has set, which waiting a quarter of an hour does not lift."""
    if text(_json(last), "period").casefold() == "daily":
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        return TryLater(
            "What this app may read at X in a day is used up: it is asked again after midnight UTC.",
            after=midnight - now,
        )
    return NeedsAttention(
        f"What this app may read at X in a month is used up ({last.status_code}) until X's next billing period: "
        f"raise the spend cap at {_CONSOLE}. X says {why}"
    )


def _refusal(status: int, body: str, why: str) -> Trouble:
    if status == 403 and "client-not-enrolled" in body:
        return NeedsAttention(
            f"The app of this token is in no project at X (403): put it into one at {_CONSOLE}."
        )
    if status == 403:
        return NeedsAttention(
            f"X does not let this token read here (403): check what its app may read at {_CONSOLE}. X says {why}"
        )
    if status == 404:
        return NeedsAttention(
            f"X has nothing at this address (404): check the list, the handle and `site`. X says {why}"
        )
    return NotAccepted(f"X does not accept the request ({status}). X says {why}")


def _json(last: Answered) -> JSON:
    try:
        return last.json()
    except ValueError:
        return None
