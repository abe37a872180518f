"""Parameters of a tool, as what is to be looked for in an utterance."""

from dataclasses import dataclass
from functools import cached_property

from app.local import lazy_re as re
from app.local.engine.planner.shapes import NOTHING, Shape
from app.local.engine.planner.vocabulary import MEASURED, ROLES, UNITS
from app.local.engine.planner.words import name_words, stems, word_set

TEXTS = frozenset({"string", "any"})  # kinds of shapes whose values are texts
_DIMENSIONS = {unit: dimension for dimension, units in UNITS.items() for unit in units}
_MEASURES = {
    dimension: frozenset(stem for word in words for stem in stems(word))
    for dimension, words in MEASURED.items()
}
_ONLY = {
    "email": word_set("email mail emails"),
    "url": word_set("url uri urls website webpage"),
    "phone": word_set("phone telephone mobile telefon"),
}
_FILES = word_set("path file filename directory folder dir document paths files uri image pdf")
_PLACES = frozenset(stems("city state country location place address"))
_DAYS = word_set("date day datum deadline birthday dob checkin checkout when")
_EXAMPLE_FORMAT = re.compile(
    r"\b(YYYY[-/.]MM[-/.]DD|DD[-/.]MM[-/.]YYYY|MM[-/.]DD[-/.]YYYY|YYYY[-/.]MM|MM[-/.]YYYY)\b",
    re.IGNORECASE,
)
_OPTIONS = re.compile(r"['\"\u2018\u201c]([\w][\w +/-]{0,30})['\"\u2019\u201d]")
_RATES = word_set("rate yield return discount probability fraction ratio growth interest")
_DECIMAL = re.compile(r"\b(?:decimals?|fraction|between 0 and 1|0\.\d+)\b", re.IGNORECASE)
_FREE = word_set("""
query q question search prompt input text message body content instructions note comment sentence
paragraph passage transcript command script
""")
_QUANTITIES = frozenset({"quantity", "qty", "pieces", "copies", "units"})
_IDENTITY = re.compile(
    r"(?:^|_)(?:id|ids|uuid|sku|isbn|number|no|code|key|ref)$|[a-z]I[dD]s?$"
    r"|(?:nummer|[a-z]Number)$"
)


@dataclass(frozen=True)
class Parameter:
    """A parameter by its name, its shape, and whether it has to be there."""

    name: str
    shape: Shape
    required: bool = False

    @cached_property
    def words(self) -> str:
        """Its name, title and description, as one says them."""
        name = name_words(self.name)
        return f"{name}: {self.shape.description}" if self.shape.description else name

    @cached_property
    def name_stems(self) -> frozenset[str]:
        return frozenset(stems(name_words(self.name)))

    @cached_property
    def raw_words(self) -> frozenset[str]:
        return frozenset(name_words(self.name).split())

    @cached_property
    def description_stems(self) -> frozenset[str]:
        return frozenset(stems(f"{self.shape.title} {self.shape.description} ")) - self.name_stems

    @cached_property
    def roles(self) -> frozenset[str]:
        """What kinds of value its name speaks of."""
        roles = {role for role, words in ROLES.items() if self.raw_words & set(words)}
        if self.identity:
            roles.add("id")
        return frozenset(roles)

    @cached_property
    def identity(self) -> bool:
        """Whether it names a thing by a sign of its own: an id, a number, a code."""
        return bool(_IDENTITY.search(self.name))

    @cached_property
    def free(self) -> bool:
        """Whether any words may stand in it, many of them: a message, a search."""
        shape = self.shape
        free = shape.kind in ("string", "any") and not shape.choices and not shape.format
        return free and bool(self.raw_words & _FREE) and not self.identity

    @cached_property
    def only(self) -> frozenset[str]:
        """The kinds of mention that it takes; any where it is empty."""
        shape = self.shape
        for kind, words in _ONLY.items():
            if shape.format == kind or self.raw_words & words:
                return frozenset({kind, "quoted", "code"})
        return frozenset()

    @cached_property
    def filed(self) -> bool:
        """Whether it is a file or a folder."""
        return bool(self.raw_words & _FILES)

    @cached_property
    def placed(self) -> bool:
        return "place" in self.roles or bool(_PLACES & self.description_stems)

    @cached_property
    def dated(self) -> bool:
        by_form = self.shape.format in ("date", "date-time") or self.date_format
        return bool(by_form or self.raw_words & _DAYS)

    @cached_property
    def timed(self) -> bool:
        """Whether it is a time of day."""
        return self.shape.format == "time" or bool(self.raw_words & {"time", "uhrzeit", "clock"})

    @cached_property
    def date_format(self) -> str:
        """How a date is to be written, where the description says it; empty where nothing does."""
        if self.shape.format == "date":
            return "YYYY-MM-DD"
        match = _EXAMPLE_FORMAT.search(self.shape.description)
        return match[1].upper() if match else ""

    @cached_property
    def counted(self) -> bool:
        """Whether it says how many of something there are to be."""
        how_many = self.shape.description.lower().startswith(("how many", "number of"))
        return bool(self.raw_words & _QUANTITIES) or (
            how_many and bool(self.raw_words & {"count", "number", "amount", "num"})
        )

    @cached_property
    def decimal(self) -> bool:
        """Whether a percentage is to be given as a fraction of one."""
        top = self.shape.maximum
        if _DECIMAL.search(self.shape.description) or (top is not None and 0 < top <= 1):
            return True
        percent = "percent" in f"{self.name} {self.shape.description}".lower()
        return self.shape.kind == "number" and bool(self.raw_words & _RATES) and not percent

    @cached_property
    def options(self) -> tuple[str, ...]:
        """The values that its description puts in quotation marks."""
        quoted = _OPTIONS.findall(self.shape.description)
        return tuple(dict.fromkeys(quoted)) if len(quoted) > 1 else ()

    @cached_property
    def measures(self) -> frozenset[str]:
        """The dimensions of which its name speaks; its description, if the name does not."""
        of_name = {d for d, words in _MEASURES.items() if words & self.name_stems}
        of_text = {d for d, words in _MEASURES.items() if words & self.description_stems}
        return frozenset(of_name or of_text)

    @property
    def has_default(self) -> bool:
        return self.shape.default is not NOTHING


@dataclass(frozen=True)
class Slot:
    """A place in the arguments: the way to it through nested objects, and what belongs there."""

    path: tuple[str, ...]
    parameter: Parameter


def dimension(unit: str) -> str:
    """What a unit measures; empty where it is no unit that is known.

    >>> dimension("km"), dimension("bedrooms")
    ('length', '')
    """
    return _DIMENSIONS.get(unit, "")
