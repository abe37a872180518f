"""Days and times as a spreadsheet shows them, by the pieces of a number format."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from app.local import lazy_re as re

_FROM_1900, _FROM_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 no zones
_FALSE_LEAP_DAY = 60  # Excel counts 29 February 1900, which there was not
_LAST_DAY = 2_957_000  # in the year 9995, so that no sum of days leaves the calendar
_SECONDS = 86_400
_LANGUAGE = re.compile(r"\$[^-]*-([0-9A-Fa-f]+)")

_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre "
    "diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre "
    "dicembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro "
    "dezembro",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "pl": "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik "
    "listopad grudzień",
    "ru": "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
    "cs": "leden únor březen duben květen červen červenec srpen září říjen listopad prosinec",
    "hu": "január február március április május június július augusztus szeptember október "
    "november december",
    "fi": "tammikuu helmikuu maaliskuu huhtikuu toukokuu kesäkuu heinäkuu elokuu syyskuu lokakuu "
    "marraskuu joulukuu",
    "nb": "januar februar mars april mai juni juli august september oktober november desember",
}
# The names of months beside a day.
_OF_MONTHS = {
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października "
    "listopada grudnia",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "cs": "ledna února března dubna května června července srpna září října listopadu prosince",
    "fi": "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta "
    "syyskuuta lokakuuta marraskuuta joulukuuta",
}
_DAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "de": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "es": "lunes martes miércoles jueves viernes sábado domingo",
    "it": "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    "nl": "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    "pt": "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
    "sv": "måndag tisdag onsdag torsdag fredag lördag söndag",
    "da": "mandag tirsdag onsdag torsdag fredag lørdag søndag",
    "pl": "poniedziałek wtorek środa czwartek piątek sobota niedziela",
    "ru": "понедельник вторник среда четверг пятница суббота воскресенье",
    "cs": "pondělí úterý středa čtvrtek pátek sobota neděle",
    "hu": "hétfő kedd szerda csütörtök péntek szombat vasárnap",
    "fi": "maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai",
    "nb": "mandag tirsdag onsdag torsdag fredag lørdag søndag",
}
# Japan's eras, by their first days, with their signs and letters.
_ERAS = (
    ((2019, 5, 1), "令和", "R"), ((1989, 1, 8), "平成", "H"), ((1926, 12, 25), "昭和", "S"),
    ((1912, 7, 30), "大正", "T"), ((1868, 1, 25), "明治", "M"),
)  # fmt: skip
_BEFORE_ERAS = ((1, 1, 1), "", "")
_JAPANESE_DAYS = "月火水木金土日"
# The low ten bits of a locale of Windows: [MS-LCID].
_LANGUAGES = {
    0x05: "cs", 0x06: "da", 0x07: "de", 0x0A: "es", 0x0B: "fi", 0x0C: "fr", 0x0E: "hu",
    0x10: "it", 0x13: "nl", 0x14: "nb", 0x15: "pl", 0x16: "pt", 0x19: "ru", 0x1D: "sv",
}  # fmt: skip


def show_date(
    number: Decimal, section: Sequence[tuple[str, str]], *, from_1904: bool = False
) -> str | None:
    """A number of days in a format; None if there is no such day.

    Args:
        number: of days.
        section: the kinds and texts of the format's pieces.
        from_1904: whether days are counted from 1904.
    """
    decimals = max((text.count("0") for kind, text in section if kind == "day"), default=0)
    if not 0 <= number < _LAST_DAY:
        return None
    seconds = (number * _SECONDS).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    moment = _moment(seconds, from_1904=from_1904)
    language = _language(section)
    half = any(kind == "day" and text.upper() in ("AM/PM", "A/P") for kind, text in section)
    has_era = any(kind == "day" and text[0] in "gG" for kind, text in section)
    has_day = any(kind == "day" and text.lower() in ("d", "dd") for kind, text in section)
    pieces: list[str] = []
    for at, (kind, text) in enumerate(section):
        if kind == "elapsed":
            pieces.append(_elapsed(seconds, text))
        elif kind == "day":
            is_minute = text[0] in "mM" and len(text) < 3 and _is_minute(section, at)
            pieces.append(
                _part(
                    moment,
                    text,
                    language,
                    half=half,
                    is_minute=is_minute,
                    has_era=has_era,
                    has_day=has_day,
                )
            )
        elif kind in ("literal", "other"):
            pieces.append("" if text == "@" else text)
        elif kind == "width":
            pieces.append(" ")
    return "".join(pieces)


def _moment(seconds: Decimal, *, from_1904: bool) -> datetime:
    start = _FROM_1904 if from_1904 else _FROM_1900
    if not from_1904 and seconds < _FALSE_LEAP_DAY * _SECONDS:
        start += timedelta(days=1)
    return start + timedelta(microseconds=int(seconds * 10**6))


def _language(section: Sequence[tuple[str, str]]) -> str:
    for kind, text in section:
        if kind == "bracket" and (match := _LANGUAGE.fullmatch(text)):
            return _LANGUAGES.get(int(match[1], 16) & 0x3FF, "en")
    return "en"


def _is_minute(section: Sequence[tuple[str, str]], at: int) -> bool:
    """Whether an "m" means minutes: it follows hours, or comes before seconds."""
    times = [
        (place, text[0].lower())
        for place, (kind, text) in enumerate(section)
        if kind == "elapsed" or (kind == "day" and text[0] not in "aA")
    ]
    before = [letter for place, letter in times if place < at]
    after = [letter for place, letter in times if place > at]
    return before[-1:] == ["h"] or after[:1] == ["s"]


def _elapsed(seconds: Decimal, text: str) -> str:
    unit = {"h": 3600, "m": 60, "s": 1}[text[0]]
    return f"{int(seconds // unit):0{len(text)}}"


def _part(
    moment: datetime,
    text: str,
    language: str,
    *,
    half: bool,
    is_minute: bool,
    has_era: bool,
    has_day: bool,
) -> str:
    letter, width = text[0].lower(), len(text)
    if letter in "ge":
        era = next(
            each
            for each in (*_ERAS, _BEFORE_ERAS)
            if (moment.year, moment.month, moment.day) >= each[0]
        )
        if letter == "g":
            return {1: era[2], 2: era[1][:1]}.get(width, era[1])
        return str(moment.year - era[0][0] + 1 if has_era else moment.year)
    if letter == "a" and text.lower() == "a" * width:
        return _JAPANESE_DAYS[moment.weekday()] + ("曜日" if width > 3 else "")
    if letter == "a":
        mark = "AM" if moment.hour < 12 else "PM"
        return mark if "/P" in text.upper() and len(text) > 3 else mark[0]
    if letter == "y":
        return f"{moment.year:04}" if width > 2 else f"{moment.year % 100:02}"
    if letter == "m" and not is_minute:
        months = _OF_MONTHS.get(language, "") if has_day and width == 4 else ""
        name = (months or _MONTHS[language]).split()[moment.month - 1]
        return _word(moment.month, name, width)
    if letter == "d":
        return _word(moment.day, _DAYS[language].split()[moment.weekday()], width)
    if letter == "h":
        hour = (moment.hour - 1) % 12 + 1 if half else moment.hour
        return f"{hour:0{min(width, 2)}}"
    if letter == "m":
        return f"{moment.minute:0{min(width, 2)}}"
    whole, _, decimals = text.partition(".")
    fraction = f".{moment.microsecond:06}"[: len(decimals) + 1] if decimals else ""
    return f"{moment.second:0{min(len(whole), 2)}}{fraction}"


def _word(number: int, name: str, width: int) -> str:
    """A number of one or two digits, or a name: its three first letters, all, or the first."""
    if width < 3:
        return f"{number:0{width}}"
    return {3: name[:3], 5: name[0]}.get(width, name)
