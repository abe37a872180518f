"""Values that a schema lists, and booleans: chosen by what the text says, or by what it means."""

from collections.abc import Sequence

from app.local.engine.planner.mentions import Utterance
from app.local.engine.planner.parameters import Parameter
from app.local.engine.planner.vectors import Meanings
from app.local.engine.planner.vocabulary import POLES
from app.local.engine.planner.words import TOKEN, name_words, stems, word_set

_NEGATIONS = word_set("""
not no without don't doesn't never exclude excluding except skip omit ohne nicht kein keine
disable disabled isn't won't avoid non un off
""")
_ON = word_set("""
true yes on enable enabled include including included with also ja mit an
""")
_PREFIXES = frozenset(
    stems("is has have include includes including included should enable enabled allow use with get"
          " show want flag whether true false default if boolean set only calculate return"
          " determine optional")
)  # fmt: skip
_WINDOW = 4  # words before the evidence in which a negation stands
_POLAR = {name: frozenset(stems(" ".join(words))) for name, words in POLES.items()}
_MIDDLE = word_set("neutral mixed medium normal none moderate average")
_LEAST = 0.18  # a cosine below says that a text does not speak of a choice at all
_FAINTEST = 0.0
_AHEAD = 0.03  # and by as much the best has to be better than the next


def said_choice(parameter: Parameter, utterance: Utterance) -> object | None:
    """The listed value that the text says, in its own words or nearly; None where it says none.

    Of several the one that is nearest to the parameter's name, then the longest, then the first.
    """
    choices = parameter.shape.choices or parameter.options
    occurrences = [
        (place, choice) for choice in choices for place in _places(choice, utterance.text)
    ]
    if not occurrences:
        return None
    names = [
        token.start()
        for token in TOKEN.finditer(utterance.text)
        if parameter.name_stems & set(stems(token[0]))
    ]

    def rank(one: tuple[tuple[int, int], object]) -> tuple[float, int, int]:
        (start, end), _ = one
        far = min((abs(start - name) for name in names if not start <= name < end), default=0)
        return (far, start - end, start)

    return min(occurrences, key=rank)[1]


def said_choices(parameter: Parameter, utterance: Utterance) -> list[object]:
    """All the listed values that the text says."""
    choices = parameter.shape.choices or parameter.options
    return [one for one in choices if _places(one, utterance.text)]


def meant_choice(
    parameter: Parameter, utterance: Utterance, meanings: Meanings, sure: bool = True
) -> object | None:
    """The listed value that is nearest to what the text means.

    Args:
        sure: it has to be clearly nearer than the others; else the nearest is taken.
    """
    choices = [one for one in parameter.shape.choices if isinstance(one, str)]
    if not choices:
        return None
    text_stems = set(stems(utterance.text))
    polar = [len(_POLAR.get(name_words(one), frozenset()) & text_stems) for one in choices]
    if max(polar) and polar.count(max(polar)) == 1:
        return choices[polar.index(max(polar))]
    if any(name_words(one) in _POLAR for one in choices):
        middle = [one for one in choices if name_words(one) in _MIDDLE]
        if middle:
            return middle[0]
    subject = parameter.shape.description or name_words(parameter.name)
    descriptions = [f"{subject}: {name_words(one)}" for one in choices]
    alone = [name_words(one) for one in choices]
    text = utterance.text[:1000]
    near = meanings.likeness([text], descriptions)[0] + meanings.likeness([text], alone)[0]
    order = sorted(range(len(choices)), key=lambda n: -float(near[n]))
    best = choices[order[0]]
    if not sure or len(choices) == 1:
        return best if float(near[order[0]]) >= _FAINTEST else None
    clear = float(near[order[0]] - near[order[1]]) >= 2 * _AHEAD
    return best if clear and float(near[order[0]]) >= 2 * _LEAST else None


def _places(choice: object, text: str) -> list[tuple[int, int]]:
    """Where a text says a value: its words in a row, whatever their endings."""
    if isinstance(choice, bool) or choice is None:
        return []
    words = [set(stems(word)) or {word.lower()} for word in TOKEN.findall(name_words(str(choice)))]
    tokens = list(TOKEN.finditer(text))
    parts = [(t.start(), t.end(), set(stems(t[0])) | {t[0].lower()}) for t in tokens]
    places = []
    for first in range(len(parts) - len(words) + 1):
        window = parts[first : first + len(words)]
        if words and all(want & part for want, (_, _, part) in zip(words, window, strict=True)):
            places.append((window[0][0], window[-1][1]))
    if not words and str(choice) and str(choice) in text:
        start = text.index(str(choice))
        places.append((start, start + len(str(choice))))
    return places


def said_boolean(parameter: Parameter, utterance: Utterance) -> bool | None:
    """Whether the text says that it is so, or is not so; None where it does not speak of it.

    >>> from app.local.engine.planner.shapes import Shape
    >>> breakfast = Parameter("include_breakfast", Shape("boolean"))
    >>> [said_boolean(breakfast, Utterance(text)) for text in (
    ...     "Book a room with breakfast", "Book a room without breakfast", "Book a room")]
    [True, False, None]
    """
    own = [s for s in stems(name_words(parameter.name)) if s not in _PREFIXES]
    if not own:
        own = [s for s in parameter.description_stems if s not in _PREFIXES]
    signs = _POLAR.get(name_words(parameter.name).rpartition(" ")[2], frozenset())
    if signs & set(stems(utterance.text)):
        return True
    tokens = [token[0].lower() for token in TOKEN.finditer(utterance.text)]
    places = [n for n, word in enumerate(tokens) if set(stems(word)) & set(own)]
    covered = {stem for n in places for stem in stems(tokens[n])} & set(own)
    if not places or len(covered) < _needed(own):
        return None
    return not any(_negated(tokens, n) for n in places)


def _needed(own: Sequence[str]) -> int:
    """How many of a name's words have to be said: all of two, most of more."""
    distinct = len(set(own))
    return distinct if distinct <= 2 else distinct - 1


def _negated(tokens: Sequence[str], place: int) -> bool:
    before = tokens[max(0, place - _WINDOW) : place]
    after = tokens[place + 1 : place + 3]
    cut = max(
        (n for n, word in enumerate(before) if word in ("but", "and", "aber", "und")), default=-1
    )
    return any(word in _NEGATIONS or word.endswith("n't") for word in before[cut + 1 :]) or (
        (bool(after) and after[0] in ("no", "false", "off", "nein", "not"))
        or after[:2] in (["is", "not"], ["are", "not"], ["set", "false"], ["to", "false"])
    )  # fmt: skip
