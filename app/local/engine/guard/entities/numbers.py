"""Numbers of persons, accounts, cards and vehicles, and telephone numbers."""

from collections.abc import Callable, Iterator

from app.local.engine.guard.entities import checks
from app.local.engine.guard.entities.rules import (
    Detection,
    Rule,
    SignSheet,
    compact,
    compiled,
    cued,
    digits,
    told,
)


def _digits(check: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda text: check(digits(text))


def _has_digits(least: int, most: int = 99) -> Callable[[str], bool]:
    return lambda text: least <= len(digits(text)) <= most


_CARD = (
    rb"\b[2-6](?:\d{3}[ -]?\d{4}[ -]?\d{4}[ -]?\d{1,4}(?:[ -]?\d{3})?|\d{3}[ -]?\d{6}[ -]?\d{4,5}"
    rb"|\d{12,18})\b"
)
_MONTH = rb"(?i:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?"
_ALNUM = rb"\b(?:[A-Z]{1,5}[ -])?[A-Za-z]{0,3}\d[A-Za-z0-9]{0,17}(?:[ -]\d[A-Za-z0-9]{0,8}){0,3}\b"

CARDS = (
    cued("CREDIT_DEBIT_CARD_NUMBER", rb"cards?(?: number)? (?:that )?end(?:s|ing) (?:in"
    rb"|with)", rb"\b\d{4}\b"),
    cued(
        "CREDIT_DEBIT_CARD_NUMBER", rb"cards?|credit|debit|maestro", rb"\b[0156]\d{11}\b"
        rb"|\b(?:1800|2131)\d{11}\b",
        _digits(checks.luhn),
    ),
    told("CREDIT_DEBIT_CARD_CVV", rb"cv[vc]2?|csc|card verification"
    rb"|security code", rb"\b\d{3,4}\b"),
    cued("CREDIT_DEBIT_CARD_CVV", rb"cv[vc]2?", rb"\b\d{3,4}\b"),
    cued(
        "CREDIT_DEBIT_CARD_EXPIRY",
        rb"exp(?:\.|iry|ires?|iration)?|valid (?:thru|through|until|till?)|good thru",
        rb"\b(?:0?[1-9]|1[0-2]) ?[/-] ?(?:20)?\d{2}\b|\b" + _MONTH + rb" (?:20)?\d{2}\b",
    ),
    told("PIN", rb"pin(?: code| number)?", rb"\b\d{4,6}\b"),
    cued("PIN", rb"(?:my|your|his|her|their|the|atm|card|bank) pin", rb"\b\d{4,6}\b"),
)  # fmt: skip

ACCOUNTS = (
    cued(
        "SWIFT_CODE", rb"swift|bic"
        rb"|bank identifier", rb"\b[A-Za-z]{6}[A-Za-z0-9]{2}(?:[A-Za-z0-9]{3})?\b",
        lambda text: checks.bic(text) and text.isupper(),
    ),
    cued(
        "US_BANK_ROUTING_NUMBER", rb"routing|aba|rtn|transit", rb"\b\d{4}[ -]?\d{4}[ -]?\d\b",
        _digits(checks.routing),
    ),
    cued(
        "US_BANK_ACCOUNT_NUMBER",
        rb"(?:checking|savings?|bank|deposit) (?:account|acct)|(?:account|acct)\.? (?:number|no"
        rb"|num|#)"
        rb"|account #|a/c",
        rb"\b\d(?:[ -]?\d){5,16}\b",
    ),
)  # fmt: skip

PERSONS = (
    Rule("US_SOCIAL_SECURITY_NUMBER", rb"\b\d{3}-\d{2}-\d{4}\b", _digits(checks.ssn), alone=True),
    cued(
        "US_SOCIAL_SECURITY_NUMBER", rb"ssn|social security(?: number)?",
        rb"\b\d{3}[ .-]?\d{2}[ .-]?\d{4}\b", _digits(checks.ssn),
    ),
    Rule(
        "US_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER", rb"\b9\d{2}[ -]\d{2}[ -]\d{4}\b",
        _digits(checks.itin), alone=True,
    ),
    cued(
        "US_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER", rb"itin|tax(?:payer)? id(?:entification)?",
        rb"\b9\d{2}[ -]?\d{2}[ -]?\d{4}\b", _digits(checks.itin),
    ),
    Rule(
        "CA_SOCIAL_INSURANCE_NUMBER", rb"\b\d{3}(?:-\d{3}-| \d{3} )\d{3}\b", _digits(checks.sin),
        alone=True,
    ),
    cued(
        "CA_SOCIAL_INSURANCE_NUMBER", rb"sin|social insurance", rb"\b\d{3}[ -]?\d{3}[ -]?\d{3}\b",
        _digits(checks.luhn),
    ),
    cued(
        "CA_HEALTH_NUMBER",
        rb"ohip|phn|health (?:card|care|service|insurance)?(?: number| no\.?| #| id)?",
        rb"\b\d{4}[ -]?\d{3}[ -]?\d{3}(?:[ -]?[A-Z]{2})?\b",
    ),
    Rule(
        "UK_NATIONAL_INSURANCE_NUMBER",
        rb"\b[ABCEGHJ-PRSTW-Z][ABCEGHJ-NPRSTW-Z][ -]?\d{2}[ -]?\d{2}[ -]?\d{2}[ -]?[A-D]\b",
        lambda text: text[:2] not in {"BG", "GB", "NK", "KN", "TN", "NT", "ZZ"}, alone=True,
    ),
    cued(
        "UK_NATIONAL_HEALTH_SERVICE_NUMBER", rb"nhs|national health",
        rb"\b\d{3}[ -]?\d{3}[ -]?\d{4}\b", _digits(checks.nhs),
    ),
    cued(
        "UK_UNIQUE_TAXPAYER_REFERENCE_NUMBER", rb"utr|unique taxpayer|taxpayer reference",
        rb"\b\d{5}[ -]?\d{5}\b", _digits(checks.utr),
    ),
    cued(
        "US_PASSPORT_NUMBER", rb"passports?", rb"\b[A-Za-z]?\d{6,9}\b|\b[A-Z0-9]{8,9}\b",
        _has_digits(6, 9),
    ),
    cued(
        "DRIVER_ID",
        rb"(?:driver'?s?'?|driving|drivers) licen[cs]e(?: number| no\.?| #| id)?|dl(?: number"
        rb"| no\.?| ?#)",
        _ALNUM, _has_digits(4),
    ),
    cued(
        "LICENSE_PLATE",
        rb"licen[cs]e plates?|number plates?|plate (?:number|no\.?)|registration (?:number|plate)"
        rb"|plates?(?: is|:)",
        rb"\b[A-Z0-9]{1,4}[ -]?[A-Z0-9]{1,4}(?:[ -]?[A-Z0-9]{1,4})?\b",
        lambda text: 4 <= len(compact(text)) <= 8 and bool(digits(text)),
    ),
    Rule("VEHICLE_IDENTIFICATION_NUMBER", rb"\b[A-HJ-NPR-Z0-9]{17}\b",
         lambda text: not text.isdigit() and not text.isalpha() and checks.vin(text), alone=True),
    cued("VEHICLE_IDENTIFICATION_NUMBER", rb"vin|vehicle identification|chassis",
         rb"\b[A-HJ-NPR-Za-hj-npr-z0-9]{17}\b", _has_digits(3)),
    Rule("AGE", rb"\b(\d{1,3}[ -]?(?i:years?|yrs?|months?|weeks?|days?))[ -](?i:old|of age)\b"),
    Rule("AGE", rb"\b(\d{1,3} ?(?i:yo|y/o|y\.o\.))(?:\W|$)"),
    told("AGE", rb"age|aged", rb"\b\d{1,3}\b(?: (?i:years?|months?)\b)?",
         lambda text: int(digits(text)) <= 120),
)  # fmt: skip

# A telephone number: of a form that little else has, or of any form with a word that tells.
_EXTENSION = rb"(?: ?(?i:x|ext\.?|extension) ?\d{1,6})?"
_FORMS = (
    rb"\+[1-9]\d{0,2}[ .\-/]?(?:\(\d{1,4}\)[ .\-/]?)?\d{1,5}(?:[ .\-/]?\d{2,5}){1,4}",
    rb"(?:\+?1[ .\-]|001[ .\-])?(?:\(\d{3}\)[ -]?|\b\d{3}[ .\-])\d{3}[ .\-]\d{4}",
    rb"\b00[ .\-]?[1-9]\d{0,2}[ .\-]\d{1,4}(?:[ .\-]\d{2,4}){1,4}",
    rb"\(0?\d{1,4}\) ?\d{2,5}(?:[ -]?\d{2,5}){1,2}",
    rb"\b0[1-9]\d{0,3}[ /\-]\d{2,4}(?:[ \-]\d{2,4}){1,3}|\b0[1-9]\d{0,3}[/\-]\d{6,8}",
)
_ANY = rb"\+?\(?\b?\d[\d ().\-/]{4,18}\d"
_DATE = compiled(
    rb"\A(?:\d{4}[-/. ]\d{1,2}[-/. ]\d{1,2}|\d{1,2}[-/. ]\d{1,2}[-/. ](?:\d{4}|\d{2}))\z"
)


def _is_phone(text: str) -> bool:
    number = digits(text.lower().partition("x")[0])
    least = 7 if any(sign in " .-/()+" for sign in text) else 9
    return least <= len(number) <= 15 and not _DATE.match(text.encode("latin-1"))


PHONES = (
    *(Rule("PHONE", form + _EXTENSION, _is_phone, alone=True) for form in _FORMS),
    cued(
        "PHONE",
        rb"phones?|telephone|tel|mobile|cell(?: phone| number|:| is)|fax|pager|call|dial|reach"
        rb"|ring|text|whatsapp|sms|hotline"
        rb"|answering|callback|contact",
        _ANY + _EXTENSION, _is_phone,
    ),
    Rule(
        "PHONE", rb"(" + _ANY + _EXTENSION + rb")[ \-]{0,3}\(?(?i:office|fax|mobile|cell|home"
        rb"|work|direct)\b",
        _is_phone,
    ),
)  # fmt: skip


_PART = rb"[0-9][.\-/:]\z|[_\xc0\xe0]\z", rb"\A[.\-/:][0-9]|\A[_\xc0\xe0]"


def cards(sheet: SignSheet) -> Iterator[Detection]:
    """Numbers of payment cards. As a rule would find them, but quicker where all may be one."""
    for match in compiled(_CARD).finditer(sheet.signs):
        start, end = match.span()
        if checks.card(sheet.signs[start:end].translate(None, b" -").decode()):
            before, after = sheet.signs[max(0, start - 2) : start], sheet.signs[end : end + 2]
            if not (compiled(_PART[0]).search(before) or compiled(_PART[1]).search(after)):
                yield Detection("CREDIT_DEBIT_CARD_NUMBER", start, end)


_IBAN = rb"\b[A-Za-z]{2}\d{2}[ -]?[A-Za-z0-9]{4}"


def ibans(sheet: SignSheet) -> Iterator[Detection]:
    """Account numbers that begin with a country, which tells their length."""
    for match in compiled(_IBAN).finditer(sheet.signs):
        start, end = match.start(), match.start()
        left = checks.iban_length(sheet.signs[start : start + 2].decode())
        while left and end < len(sheet.signs):
            sign = sheet.signs[end : end + 1]
            if sign.isalnum():
                left -= 1
            elif sign not in b" -" or not sheet.signs[end - 1 : end].isalnum():
                break
            end += 1
        is_whole = end > start and not left and not sheet.signs[end : end + 1].isalnum()
        if is_whole and checks.iban(compact(sheet.signs[start:end].decode("latin-1"))):
            yield Detection("INTERNATIONAL_BANK_ACCOUNT_NUMBER", start, end)
