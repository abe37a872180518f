"""How far a mention speaks for being the value of a parameter.

By its form (a number, an address, a day), by the unit behind it, by the words around it, by the
preposition that leads to it, and, for names and phrases, by its meaning.
"""

from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property

from app.local import lazy_re as re
from app.local.engine.planner.mentions import Mention, Utterance
from app.local.engine.planner.parameters import Parameter, dimension
from app.local.engine.planner.vocabulary import CUES
from app.local.engine.planner.words import TOKEN, stems

NEVER = -100.0
_GREATEST = 1e15
LABELLED = 5.0  # what a text scores that stands behind the parameter's name and a colon
_TITLED = frozenset({"name", "title", "label", "phrase", "word", "song", "movie", "book"})
_HEADS = frozenset({"title", "subject", "headline", "heading", "event", "titel", "betreff"})
_STREETS = frozenset({"street", "address", "line", "road", "location", "strasse"})
_COUNTED = re.compile(r"\s+(?:of\b|[^\W\d_]{3,})")
_TIMES = re.compile(r"\b(?:times|quantity|qty|x)[ :=]*$", re.IGNORECASE)
_REACH = 5  # words to either side
_END = re.compile(r"[.!?;\n]")
_SPLIT = re.compile(r"[,;]|\band\b|\bund\b|\bor\b|\boder\b")


class Context:
    """An utterance, its words with their places: what stands beside a mention."""

    def __init__(self, utterance: Utterance) -> None:
        self.utterance = utterance

    @cached_property
    def _tokens(self) -> list[tuple[int, int, frozenset[str]]]:
        """Words with what they may be compared by; those of names are nobody's context."""
        text = self.utterance.text
        inside = bytearray(len(text))
        for one in self.utterance.of("name", "quoted", "code", "url", "email"):
            if not one.weak:
                inside[one.start : one.end] = b"\1" * (one.end - one.start)
        return [
            (
                t.start(),
                t.end(),
                frozenset() if inside[t.start()] else frozenset(stems(t[0])) | {t[0].lower()},
            )
            for t in TOKEN.finditer(text)
        ]

    @cached_property
    def _starts(self) -> list[int]:
        return [start for start, _, _ in self._tokens]

    @cached_property
    def _walls(self) -> list[Mention]:
        """Mentions beyond which a word belongs to another one."""
        return [one for one in self.utterance.mentions if one.kind != "name"]

    @cached_property
    def _wall_starts(self) -> list[int]:
        return [one.start for one in self._walls]

    def near(self, mention: Mention, targets: frozenset[str]) -> float:
        """How near one of the wanted words stands: 1 beside the mention, less further off.

        Words behind the mention count up to the next comma, "and" or mention; words before it up
        to the end of the sentence or the mention before.
        """
        return max(self._before(mention, targets), self._behind(mention, targets))

    def _before(self, mention: Mention, targets: frozenset[str]) -> float:
        text = self.utterance.text
        place = bisect_left(self._starts, mention.start)
        best = 0.0
        left = self._tokens[max(0, place - _REACH) : place]
        for far, (start, end, words) in enumerate(reversed(left)):
            between = text[end : mention.start]
            if _END.search(between) or self._wall_within(start, mention.start, mention):
                break
            if words & targets:
                clause = 0.75 if _SPLIT.search(between) else 1.0
                best = max(best, clause / (1 + 0.22 * far))
        return best

    def _behind(self, mention: Mention, targets: frozenset[str]) -> float:
        text = self.utterance.text
        place = bisect_left(self._starts, mention.end)
        best = 0.0
        for far, (start, end, words) in enumerate(self._tokens[place : place + _REACH]):
            between = text[mention.end : start]
            if _END.search(between) or _SPLIT.search(between):
                break
            if words & targets:
                best = max(best, 0.95 / (1 + 0.3 * far))
            if self._wall_within(mention.end, end, mention):
                break
        return best

    def _wall_within(self, start: int, end: int, but: Mention) -> bool:
        first = bisect_left(self._wall_starts, start)
        return any(
            one is not but and one.start >= start and one.end <= end
            for one in self._walls[first : first + _REACH]
        )

    def holds_name(self, phrase: Mention) -> bool:
        """Whether a name stands in a phrase, behind other words: "the chess player Judit"."""
        place = bisect_left(self._name_starts, phrase.start + 1)
        return place < len(self._name_starts) and self._name_starts[place] < phrase.end

    @cached_property
    def _name_starts(self) -> list[int]:
        return [one.start for one in self.utterance.of("name") if not one.weak]

    def label(self, mention: Mention) -> frozenset[str]:
        """The stems of a label that ends directly before it: "radius: 5", "a=1"."""
        before = self.utterance.text[max(0, mention.start - 40) : mention.start].rstrip(" '\"([")
        if not before or before[-1] not in ":=":
            return frozenset()
        words = TOKEN.findall(before[:-1].split("\n")[-1])[-2:]
        raw = before[:-1].rstrip().split(" ")[-1].strip("('\",*").lower()
        return frozenset(s for word in words for s in stems(word)) | {raw}

    def counts(self, mention: Mention) -> bool:
        """Whether a number says how many: "three ropes", "five of them", "times three"."""
        text = self.utterance.text
        return bool(_COUNTED.match(text, mention.end) or _TIMES.search(text[: mention.start]))

    def cue(self, mention: Mention) -> str:
        return self.utterance.cue(mention.start)


def number_score(parameter: Parameter, mention: Mention, context: Context) -> float:
    """Of a number for a parameter that is one."""
    value = mention.value
    shape = parameter.shape
    if abs(value) >= _GREATEST:
        return NEVER
    if shape.kind == "integer" and value != int(value) and mention.unit not in ("%",):
        return NEVER
    if (shape.minimum is not None and value < shape.minimum) or (
        shape.maximum is not None and value > shape.maximum and not parameter.decimal
    ):
        return NEVER
    score = _words_score(parameter, mention, context)
    unit = mention.unit
    if unit:
        unit_stems = frozenset(stems(unit)) | {unit}
        if unit_stems & (parameter.name_stems | parameter.raw_words):
            score += 2.5
        elif unit_stems & parameter.description_stems:
            score += 1.5
        measured = dimension(unit)
        if measured and measured in parameter.measures:
            score += 2.0
        elif measured and parameter.measures and measured != "length":
            score -= 2.5
    elif parameter.measures & {"ratio", "money"} and not score:
        score -= 0.3
    if parameter.counted and not dimension(unit) and context.counts(mention):
        score += 4.5 if mention.weak and value != 1 else 2.5  # "three" beside other digits
    year = 1500 <= value <= 2150 and value == int(value) and not unit
    if "year" in parameter.raw_words or "jahr" in parameter.raw_words:
        score += 3.0 if year else -1.5
    elif year and context.cue(mention) in ("in", "since", "of", "from") and not score:
        score -= 1.0
    if mention.weak:
        score -= 2.0
    return score


def moment_score(parameter: Parameter, mention: Mention, context: Context) -> float:
    """Of a day or a time for a parameter that is text."""
    score = _words_score(parameter, mention, context) + _cue_score(parameter, mention, context)
    if mention.kind == "time":
        fits = parameter.timed or "time" in parameter.roles or parameter.shape.format == "date-time"
    else:
        fits = parameter.dated or "date" in parameter.roles
    if fits:
        return score + 4.0
    spoken = {"date", "day", "when", "period", "season"} if mention.kind != "time" else {"time"}
    if frozenset(s for word in spoken for s in stems(word)) & parameter.description_stems:
        return score + 1.5
    return score - 2.5


def text_score(parameter: Parameter, mention: Mention, context: Context, likeness: float) -> float:
    """Of anything else for a parameter that is text. `likeness` is a cosine."""
    score = _words_score(parameter, mention, context) + _cue_score(parameter, mention, context)
    roles = parameter.roles
    if parameter.only and mention.kind not in parameter.only and score < LABELLED:
        return NEVER
    if mention.unit == "street":
        return score + (3.0 if parameter.raw_words & _STREETS else -2.0)
    titled = "text" in roles or bool(parameter.raw_words & _TITLED)
    match mention.kind:
        case "email" | "url" | "phone":
            fits = mention.kind in roles or parameter.shape.format in ("email", "uri", "url")
            fits = fits or mention.kind in parameter.description_stems
            return score + (4.5 if fits else -3.0)
        case "path":
            return score + (4.0 if parameter.filed else -0.5)
        case "id" | "uuid" | "ip":
            return score + (3.0 if "id" in roles else 0.3) + likeness
        case "number":
            marked = context.cue(mention) in ("nr", "no", "number", "nummer")
            return score + (1.8 if "id" in roles else -2.5) + (2.0 if marked else 0.0)
        case "quoted" | "code":
            return score + 1.5 + (1.5 if titled else 0.0) + likeness
        case "name":
            named = parameter.placed or "person" in roles or "name" in parameter.raw_words
            score += 1.0 + (0.5 if named else 0.0) - (2.5 if mention.weak else 0.0)
            return (
                score
                + 3.0 * likeness
                - (2.0 if parameter.identity and "code" not in parameter.raw_words else 0.0)
            )
        case _:
            score += 0.2 + 3.0 * likeness - (1.5 if parameter.identity else 0.0)
            if mention.start == 0 and parameter.raw_words & _HEADS:
                score += 1.5
            if context.cue(mention) in ("called", "named", "titled") and titled:
                score += 1.0  # all of it, where only its first word has a capital
            if context.holds_name(mention):
                score -= 1.0  # the name alone is a mention, too
            doing = " " not in mention.text and mention.text.endswith(("ing", "ed"))
            return score - (0.8 if doing else 0.0)


def _words_score(parameter: Parameter, mention: Mention, context: Context) -> float:
    label = context.label(mention)
    if label:
        own = parameter.name_stems | parameter.raw_words | {parameter.name.lower()}
        if label & own:
            return 8.0 if parameter.name.lower() in label or label >= parameter.name_stems else 5.0
    by_name = context.near(mention, parameter.name_stems | _content(parameter.raw_words))
    by_description = context.near(mention, parameter.description_stems)
    return 3.0 * by_name + 1.0 * by_description - (1.0 if label else 0.0)


def _content(words: Sequence[str] | frozenset[str]) -> frozenset[str]:
    return frozenset(word for word in words if len(word) > 2)


def _cue_score(parameter: Parameter, mention: Mention, context: Context) -> float:
    cue = context.cue(mention)
    targets = CUES.get(cue)
    if not targets:
        return 0.0
    if parameter.raw_words & set(targets):
        return 1.0 if cue == "at" else 1.8
    if parameter.description_stems & {s for word in targets for s in stems(word)}:
        return 0.6
    if cue in ("from", "to", "von", "nach") and parameter.raw_words & _directed(cue):
        return -1.5
    if cue in _WHEREABOUTS and not parameter.placed:
        return -1.0
    return -0.2


_WHEREABOUTS = frozenset({"in", "at", "near", "from", "aus", "nach"})


def _directed(cue: str) -> frozenset[str]:
    """The words of the other direction."""
    return frozenset(CUES["to"] if cue in ("from", "von") else CUES["from"])
