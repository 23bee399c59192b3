"""What the site has to say on something: articles, their parts, and lines of the guide."""

import re
from collections import Counter
from dataclasses import dataclass
from html import unescape
from math import log

from django.urls import reverse
from django.utils.html import strip_tags
from rapidfuzz.distance import OSA

from articles.models import Article, Concern
from therapydir.derived.per_version import once_per_version
from therapydir.pages.words import words_of

MOST_SHOWN = 6
SHORTEST_STEM = 4  # letters that two words must share to be one word in two forms
SHORTEST_MISSPELLED = 5
SHORTEST_IN_TEXT = 3
DEEPEST = 3  # level of headings that are topics of their own
HEADING = re.compile(rf'<h[2-{DEEPEST}][^>]* ?id="([^"]+)"[^>]*>')
# Words that tell no topic from another.
COMMON = set(
    "a about after all also an and are at be both by can do does each for from get had has have here "
    "how i in is it its me my near nearby nearest new no not of on one only or other our risk she should "
    "so that the their them then they this to up us was we what when where who why will with you "
    "your".split()
)
SYNONYMS = {
    "pt": "physical",
    "ot": "occupational",
    "physio": "physical",
    "physiotherapy": "physical",
    "therapist": "therapy",
    "therapists": "therapy",
    "kid": "child",
    "kids": "child",
    "children": "child",
    "baby": "child",
    "toddler": "child",
    "elderly": "older",
    "senior": "older",
    "seniors": "older",
    "fall": "falls",
    "falling": "falls",
    "fell": "falls",
    "versus": "difference",
    "vs": "difference",
    "compare": "difference",
}


@dataclass(frozen=True)
class Topic:
    """Something that a page, or a part of one, is about."""

    title: str
    path: str
    within: str  # the title of the page that it is a part of, or ""
    words: frozenset[str]
    text: frozenset[str] = frozenset()  # the words of what stands below


class Topics:
    """Every topic, and how telling each of their words is."""

    def __init__(self, topics):
        self.topics = tuple(topics)
        uses = Counter(word for topic in self.topics for word in topic.words)
        self.weights = {word: 1 + log(len(self.topics) / count) for word, count in uses.items()}

    def meant(self, word):
        """The word among the topics' words that a typed one stands for, or None."""
        word = SYNONYMS.get(word, word)
        if word in self.weights:
            return word
        same = [known for known in self.weights if _are_forms(word, known)]
        if not same and len(word) >= SHORTEST_MISSPELLED:
            same = [known for known in self.weights if OSA.distance(word, known, score_cutoff=1) <= 1]
        return min(same, key=lambda known: (OSA.distance(word, known), known), default=None)

    def find(self, words):
        """The topics for the words of a query, best first: most of what was asked, and little else."""
        asked = {known for word in words if word not in COMMON and (known := self.meant(word))}
        if not asked:
            words = {SYNONYMS.get(word, word) for word in words if word not in COMMON}
            return self._in_texts({word for word in words if len(word) >= SHORTEST_IN_TEXT})
        scored = []
        for position, topic in enumerate(self.topics):
            shared = asked & topic.words
            told = sum(self.weights[word] for word in shared)
            missed = sum(self.weights[word] for word in topic.words - asked)
            if shared:
                scored.append((-told, missed, position, topic))
        most = -min(scored)[0]
        return [topic for told, *_, topic in sorted(scored) if -told > most / 2][:MOST_SHOWN]

    def _in_texts(self, words):
        """The topics whose texts say most of the words, where no heading says any."""
        shared = [(-len(words & topic.text), position, topic) for position, topic in enumerate(self.topics)]
        most = min((count for count, *_ in shared), default=0)
        return [topic for count, _, topic in sorted(shared, key=lambda row: row[:2]) if count == most < 0][
            :MOST_SHOWN
        ]


@once_per_version
def current_topics():
    """The `Topics` of what is published now."""
    return Topics(_all_topics())


def _all_topics():
    yield _topic("Which therapy do you need?", reverse("articles:guide"))
    for article in Article.objects.published():
        texts = _texts_below(article.rendered.html)
        yield _topic(article.title, article.get_absolute_url(), text=texts.get("", ""))
        for heading in article.rendered.headings:
            if heading.level <= DEEPEST:
                path = f"{article.get_absolute_url()}#{heading.id}"
                yield _topic(heading.text, path, article.title, texts.get(heading.id, ""))
    for concern in Concern.objects.published():
        path = f"{reverse('articles:guide')}?tick={concern.slug}&show=answer"
        yield _topic(concern.text, path, "Which therapy do you need?")


def _texts_below(html):
    """{id of a heading, or "" before the first: the text from there to the next heading that is a topic}."""
    parts = HEADING.split(html)
    return {"": strip_tags(parts[0])} | {
        name: unescape(strip_tags(text)) for name, text in zip(parts[1::2], parts[2::2], strict=True)
    }


def _topic(title, path, within="", text=""):
    return Topic(title, path, within, _telling(title), _telling(text))


def _telling(text):
    return frozenset(SYNONYMS.get(word, word) for word in words_of(text) if word not in COMMON)


def _are_forms(one, other):
    """Whether two words are forms of one: «injury» and «injuries», «development» and «developmental»."""
    shorter, longer = sorted((one, other), key=len)
    stem = shorter[:-1] if shorter.endswith(("y", "e", "s")) else shorter
    return len(stem) >= SHORTEST_STEM and longer.startswith(stem) and len(longer) - len(stem) <= 5
