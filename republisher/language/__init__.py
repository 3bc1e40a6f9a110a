"""Languages: tags in canonical case, direction, and which language an article is written in."""

from republisher.language.chinese import SIMPLIFIED, TRADITIONAL
from republisher.language.detection import decide
from republisher.language.mixture import apart, mixture
from republisher.language.scripts import is_latin
from republisher.language.tags import canonical, direction, fallbacks, primary
from republisher.language.variants import variant

__all__ = [
    "SIMPLIFIED",
    "TRADITIONAL",
    "apart",
    "canonical",
    "decide",
    "direction",
    "fallbacks",
    "is_latin",
    "mixture",
    "primary",
    "variant",
]
