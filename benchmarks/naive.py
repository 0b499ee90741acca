"""The naive stack: httpx, feedparser, one regex per term, VADER as it comes, ORM select-then-add. Nothing is made slow on purpose.

python benchmarks/naive.py BASE FEEDS ROUND DATABASE     prints one JSON object
"""

from __future__ import annotations

import json
import re
import resource
import sys
import time

import feedparser
import httpx
from sqlalchemy import Float, Text, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer
from world import terms


class Base(DeclarativeBase):
    pass


class Mention(Base):
    __tablename__ = "mentions"
    id: Mapped[int] = mapped_column(primary_key=True)
    guid: Mapped[str] = mapped_column(Text, index=True)
    term: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    score: Mapped[float] = mapped_column(Float)


def main(base: str, feeds: int, rounds: int, database: str) -> None:
    engine = create_engine(database)
    Base.metadata.create_all(engine)
    patterns = [(term, re.compile(rf"\b{re.escape(term)}\b", re.IGNORECASE)) for term in terms()]
    analyzer = SentimentIntensityAnalyzer()
    seen = stored = 0
    stages = dict.fromkeys(("fetch", "parse", "match", "score", "store"), 0.0)
    began = time.process_time()
    with httpx.Client() as client, Session(engine) as session:
        for number in range(rounds):
            httpx.get(f"{base}/switch/{number}")
            for feed in range(feeds):
                at = time.process_time()
                response = client.get(f"{base}/{feed}.xml")
                stages["fetch"] += time.process_time() - at
                at = time.process_time()
                parsed = feedparser.parse(response.content)
                stages["parse"] += time.process_time() - at
                for entry in parsed.entries:
                    seen += 1
                    text = f"{entry.title} {entry.summary}"
                    at = time.process_time()
                    found = [term for term, pattern in patterns if pattern.search(text)]
                    stages["match"] += time.process_time() - at
                    for term in found:
                        at = time.process_time()
                        score = analyzer.polarity_scores(text)["compound"]
                        stages["score"] += time.process_time() - at
                        at = time.process_time()
                        known = select(Mention).where(Mention.guid == entry.id, Mention.term == term)
                        if session.scalars(known).first() is None:
                            session.add(Mention(guid=entry.id, term=term, text=text, score=score))
                            stored += 1
                        stages["store"] += time.process_time() - at
                at = time.process_time()
                session.commit()
                stages["store"] += time.process_time() - at
    spent = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"items": seen, "stored": stored, "cpu_s": spent, "peak_mb": peak, "stages": stages}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
