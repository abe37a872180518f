"""Postal addresses by their forms: a street with its number, and what goes on behind it.

A form is of the words that streets end or begin with in eleven languages, of a post office box, of
a military post office, of a unit in a house, of a code beside its state, or of what stands behind
"address is". A city or a country alone is not found.
"""

from collections.abc import Iterator

from app.local.engine.guard.entities.rules import Detection, SignSheet, compiled

_NAME = rb"[0-9A-Za-z\xc0\xe0][0-9A-Za-z\xc0\xe0.'-]*"
_NUMBER = rb"\d{1,6}[A-Za-z]?(?:[-/]\d{1,4}[A-Za-z]?)?"
_ENDS = (
    rb"street|st|avenue|ave|road|rd|boulevard|blvd|lane|ln|drive|dr|court|ct|square|sq|place|pl"
    rb"|terrace|way"
    rb"|parkway|pkwy|circle|cir|highway|hwy|close|crescent|trail|row|alley|quay|mews|grove|walk"
    rb"|gardens"
    rb"|heights|loop|turnpike|plaza|point|ridge|view"
)
_BEGINS = (
    rb"via|viale|corso|piazza|piazzale|vicolo|rua|rue|avenida|avda\.?|av\.?|calle|c/|plaza"
    rb"|paseo|camino|cami\xe0o"
    rb"|carrer|r\xe0a|travessa|largo|pra\xe0a|all\xe0e|chemin|impasse|quai|route|cours|ul\.?"
    rb"|ulica|aleja|trg"
    rb"|n\xe0m\xe0st\xe0|grote|lange|korte|place|boulevard"
)
_SUFFIX = (
    rb"(?:stra(?:\xe0|ss)e|strasse|stra\xe0e|str\.?|gasse|weg|platz|allee|damm|ufer|vej|gade"
    rb"|gata|gatan|v\xe0gen"
    rb"|v\xe0g|veien|vegen|plein|laan|dreef|steenweg|straat|kade|gracht|singel|plaats|weide|hof"
    rb"|baan|utca|\xe0t|tie|katu"
    rb"|kuja|polku|\xe0k\xe0|stigen|vegur|skov|torv|parken)"
)
_UNIT = (
    rb"(?i:apt|apartment|suite|ste|unit|flat|room|floor|fl|bldg|building)\b\.? {0,2}"
    rb"#?\d{1,5}[A-Za-z]?\b"
)
_STATE = (
    rb"(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|P[AR]"
    rb"|RI|S[CD]|T[NX]|UT"
    rb"|V[AT]|W[AIVY])"
)
_ZIP = rb"\d{5}(?:-\d{4})?"

_SMALL = (
    rb"(?:de|del|della|delle|dei|di|da|das|dos|do|du|des|la|las|los|le|les|el|l'|van|von|der|den"
    rb"|am|an der)"
)
_MAIL = rb"\b(?i:p\.? ?o\.? ?box|post office box|postfach|apartado) \d{1,6}\b"
_ARMY = (
    rb"\b(?i:psc|unit|cmr) \d{1,5},? (?i:box) \d{1,5}(?:[, \n]{1,3}(?i:apo|fpo|dpo) (?i:aa|ae"
    rb"|ap) \d{5})?"
    rb"|\b(?:USS|USNS|USNV|USCGC) [A-Z\xc0]"
    rb"[A-Za-z\xc0\xe0]+[, \n]{1,3}(?i:apo|fpo|dpo) (?i:aa|ae|ap) \d{5}"
)
_CAPITAL = rb"(?:[A-Z\xc0][0-9A-Za-z\xc0\xe0.'-]*|\d{1,3}(?:st|nd|rd|th)|\d{1,4})"
_STREET = rb"\b" + _NUMBER + rb" (?:" + _CAPITAL + rb" ){1,4}(?i:" + _ENDS + rb")\b\.?"
_FRENCH = (
    rb"\b\d{1,5}(?: bis| ter)?,? (?i:rue|avenue|boulevard|place|chemin|impasse|quai|via|calle"
    rb"|rua|avenida) (?:" + _SMALL + rb" ){0,3}" + _CAPITAL + rb"(?: " + _CAPITAL + rb"){0,4}"
)
_UNNUMBERED = (
    rb"\b(?:[A-Z\xc0][A-Za-z\xc0\xe0.'-]* ){1,3}(?:Street|Avenue|Road|Boulevard|Lane|Drive)\b"
)
_ROMANCE = (
    rb"\b(?i:"
    + _BEGINS
    + rb") (?:"
    + _SMALL
    + rb" ){0,3}(?:"
    + _CAPITAL
    + rb" ){1,5}?n?\xa4? ?\d{1,5}[a-zA-Z]?\b"
)
_GERMANIC = (
    rb"\b[A-Z\xc0]"
    rb"(?:[A-Za-z\xc0\xe0.'-]* ){0,2}[A-Za-z\xc0\xe0'-]*" + _SUFFIX + rb" \d{1,5}[a-zA-Z]?\b"
)
_CORNER = (
    rb"\b(?i:the )?(?i:corner) of (?:"
    + _CAPITAL
    + rb" ){1,5}and (?:"
    + _CAPITAL
    + rb" ){0,4}"
    + _CAPITAL
)
_TOLD = (
    rb"\b(?i:address(?:es)?)(?: (?i:is|to|was|at)|:)[ \t\n]{1,8}("
    + _NUMBER
    + rb",? (?:"
    + _NAME
    + rb",? ?){1,8})"
)
_LIVES = (
    rb"\b(?i:lives?|living|resid(?:es?|ing)) at (" + _NUMBER + rb",? (?:" + _NAME + rb" ?){1,6})"
)
_CODE = (
    rb"\b(?i:zip|postal|post)(?i: ?code)?(?i: is|:)? ("
    + _ZIP
    + rb")\b|\b("
    + _STATE
    + rb",? "
    + _ZIP
    + rb")\b"
)
_POSTCODE = rb"\b[A-Z]{1,2}\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2}\b"

# What an address goes on with: a unit, a place, a state with its code.
_MORE = (
    rb"\A(?:,? ?\n?[ \t]{0,3}(?:"
    + _UNIT
    + rb"|"
    + _STATE
    + rb"\b(?:,? "
    + _ZIP
    + rb"\b)?|"
    + _ZIP
    + rb"\b|"
    + _POSTCODE
    + rb"))"
)
_CITY = rb"\A(?:,? ?\n?[ \t]{0,3}[A-Z\xc0][A-Za-z\xc0\xe0.'-]*)"

# In a text without capitals.
_SMALL_STREET = (
    rb"\b"
    + _NUMBER
    + rb",? (?:"
    + _NAME
    + rb" ){1,3}(?:street|st|avenue|ave|road|rd|boulevard|blvd|lane|drive|court"
    rb"|square)\b"
)
_SMALL_ROMANCE = (
    rb"\b(?:viale|corso|piazza|rua|rue|avenida|avda\.?|ul\.|ulica|trg) (?:"
    + _NAME
    + rb" ){1,5}?\d{1,5}\b"
)
_SMALL_GERMANIC = rb"\b[a-z\xe0][a-z\xe0'-]{2,}" + _SUFFIX + rb" \d{1,5}\b"

_LEADING = rb"(?:\b" + _NUMBER + rb",? ){1,2}\z"

_CORES = (_ARMY, _MAIL, _STREET, _FRENCH, _ROMANCE, _GERMANIC, _CORNER, rb"\b" + _UNIT, _POSTCODE)
_GROUPED = (_TOLD, _LIVES, _CODE)


def addresses(sheet: SignSheet) -> Iterator[Detection]:
    """The addresses in a text, each as far as it goes. They may overlap."""
    is_small = not compiled(rb"[A-Z\xc0]").search(sheet.signs)
    small = (_SMALL_STREET, _SMALL_ROMANCE, _SMALL_GERMANIC) if is_small else ()
    for form in (*_CORES, *small):
        for match in compiled(form).finditer(sheet.signs):
            start, end = match.span()
            first = _start(sheet, start)
            if form is _ROMANCE and first == start and sheet.signs[start : start + 1].islower():
                continue  # "via Route 5" is no street
            yield Detection("ADDRESS", first, _end(sheet, end))
    for form in _GROUPED:
        for match in compiled(form).finditer(sheet.signs):
            start, end = next(match.span(n) for n in (1, 2) if match.span(n)[0] >= 0)
            while sheet.signs[end - 1 : end] in {b" ", b","}:
                end -= 1
            yield Detection("ADDRESS", start, _end(sheet, end))
    for match in compiled(_UNNUMBERED).finditer(sheet.signs):
        yield Detection("ADDRESS", *match.span())


def _start(sheet: SignSheet, start: int) -> int:
    """With a number that stands before it."""
    match = compiled(_LEADING).search(sheet.signs[max(0, start - 16) : start])
    return start - (len(match[0]) if match else 0)


def _end(sheet: SignSheet, end: int) -> int:
    """As far as units and codes go on, with at most three words of a city between them."""
    for _ in range(6):
        ahead, place = sheet.signs[end : end + 120], 0
        for _ in range(4):
            if more := compiled(_MORE).search(ahead[place:]):
                break
            city = compiled(_CITY).search(ahead[place:])
            if not city:
                return end
            place += city.end()
        if not more:
            return end
        end += place + more.end()
    return end
