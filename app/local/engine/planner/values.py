"""Mentions -> values as a parameter has them: in its unit, its type, its format."""

from app.local.engine.planner.dates import Moment
from app.local.engine.planner.mentions import Mention
from app.local.engine.planner.parameters import Parameter, dimension
from app.local.engine.planner.words import name_words, stems


def is_sql(parameter: Parameter) -> bool:
    """Whether it takes SQL, which nobody but the user writes."""
    return bool(parameter.raw_words & {"sql", "statement"}) or "sql" in parameter.description_stems


def is_known(moment: Moment, form: str) -> bool:
    """Whether a text says enough of a moment for a format that has to have it all."""
    if form == "date":
        return moment.exact
    return form != "date-time" or bool(moment.exact and moment.clock)


_SECONDS = {
    "second": 1, "sec": 1, "s": 1, "minut": 60, "min": 60, "hour": 3600, "h": 3600, "hr": 3600,
    "stund": 3600, "day": 86400, "tag": 86400, "week": 604800,
}  # fmt: skip


def as_number(parameter: Parameter, mention: Mention) -> float:
    """The number in the unit that the parameter speaks of, of the type that it has."""
    value: float = mention.value
    if mention.unit in ("%", "percent", "prozent", "percentage") and parameter.decimal:
        value = round(value / 100, 12)
    unit = next(iter(stems(mention.unit)), mention.unit) if mention.unit else ""
    if unit in _SECONDS and dimension(mention.unit) == "time":
        spoken = [
            s
            for s in stems(f"{name_words(parameter.name)} {parameter.shape.description}")
            if s in _SECONDS
        ]
        if spoken and unit not in spoken and len(set(map(_SECONDS.__getitem__, spoken))) == 1:
            value = value * _SECONDS[unit] / _SECONDS[spoken[0]]
    whole = value == int(value) if abs(value) < 1e15 else False
    if parameter.shape.kind == "integer":
        return int(value)
    return int(value) if whole else round(value, 10)


def as_text(parameter: Parameter, mention: Mention) -> str:
    """The words of a mention; a day and a time as the parameter has them written, where the text
    says which they are.
    """
    moment = mention.moment
    if moment is None:
        return mention.text
    shape = parameter.shape
    if shape.format == "time" and moment.clock:
        return moment.clock if len(moment.clock) > 5 else f"{moment.clock}:00"
    if shape.format == "date-time" and moment.exact and moment.clock:
        clock = moment.clock if len(moment.clock) > 5 else f"{moment.clock}:00"
        return f"{moment.written()}T{clock}"
    if parameter.date_format and moment.exact:
        return moment.written(parameter.date_format)
    if parameter.date_format.count("D") == 0 and parameter.date_format and moment.month:
        return moment.written(parameter.date_format)
    return mention.text
