"""Topics: what an article is about, by rule, by the source's own categories and by words, each with its evidence."""

from republisher.classify.classifier import TopicClassifier
from republisher.classify.learning import Example, Learned, learn
from republisher.classify.topics import everything, load_topics

__all__ = ["Example", "Learned", "TopicClassifier", "everything", "learn", "load_topics"]
