"""Check digits and rules of numbers: whether digits and letters can be such a number at all.

Each takes a number without its separators.
"""

import ipaddress
from collections.abc import Iterable

_IBAN = {  # characters by country, https://www.swift.com/resource/iban-registry-pdf
    **dict.fromkeys(("NO",), 15), **dict.fromkeys(("BE",), 16),
    **dict.fromkeys(("DK", "FO", "FI", "GL", "NL", "FK", "SD"), 18),
    **dict.fromkeys(("MK", "SI"), 19),
    **dict.fromkeys(("AT", "BA", "EE", "KZ", "XK", "LT", "LU", "MN"), 20),
    **dict.fromkeys(("CR", "HR", "LV", "LI", "CH"), 21),
    **dict.fromkeys(("BH", "BG", "GE", "DE", "IE", "ME", "RS", "GB", "VA"), 22),
    **dict.fromkeys(("GI", "IQ", "IL", "OM", "SO", "TL", "AE"), 23),
    **dict.fromkeys(("AD", "CZ", "MD", "PK", "RO", "SA", "SK", "ES", "SE", "TN", "VG"), 24),
    **dict.fromkeys(("PT", "ST", "LY"), 25), **dict.fromkeys(("IS", "TR"), 26),
    **dict.fromkeys(("FR", "GR", "IT", "MR", "MC", "SM", "BI", "DJ"), 27),
    **dict.fromkeys(("AL", "AZ", "BY", "CY", "DO", "GT", "HU", "LB", "NI", "PL", "SV"), 28),
    **dict.fromkeys(("BR", "EG", "PS", "QA", "UA"), 29),
    **dict.fromkeys(("JO", "KW", "MU", "YE"), 30),
    **dict.fromkeys(("MT", "SC"), 31), **dict.fromkeys(("LC",), 32), **dict.fromkeys(("RU",), 33),
}  # fmt: skip
_COUNTRIES_TEXT = (
    "AD AE AF AG AI AL AM AO AR AT AU AW AZ BA BB BD BE BF BG BH BI BJ BM BN BO BR BS BT BW BY BZ "
    "CA CD CG CH CI CL CM CN CO CR CU CV CW CY CZ DE DJ DK DM DO DZ EC EE EG ER ES ET FI FJ FO FR "
    "GA GB GD GE GG GH GI GL GM GN GQ GR GT GY HK HN HR HT HU ID IE IL IM IN IQ IR IS IT JE JM JO "
    "JP KE KG KH KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MG MK ML MM MN "
    "MO MR MT MU MV MW MX MY MZ NA NE NG NI NL NO NP NZ OM PA PE PF PG PH PK PL PR PS PT PY QA RO "
    "RS RU RW SA SB SC SD SE SG SI SK SL SM SN SO SR SS ST SV SY SZ TD TG TH TJ TL TM TN TO TR TT "
    "TW TZ UA UG US UY UZ VA VC VE VG VN VU WS XK YE ZA ZM ZW"
)
_COUNTRIES = frozenset(_COUNTRIES_TEXT.split())
_VIN_VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", map(int, "12345678123457923456789"), strict=True))
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_UTR_WEIGHTS = (6, 7, 8, 9, 10, 5, 4, 3, 2)


_DOUBLED = bytes.maketrans(b"0123456789", b"0246813579")  # the sum of the digits of twice each


def _weighted(weights: Iterable[int], digits: str) -> int:
    return sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=False))


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B.

    >>> luhn("4111111111111111"), luhn("4111111111111112")
    (True, False)
    """
    signs = digits.encode()  # whose sum is that of the digits, and 48 for each
    total = sum(signs[-1::-2]) + sum(signs[-2::-2].translate(_DOUBLED))
    return (total - 48 * len(signs)) % 10 == 0


def card(digits: str) -> bool:
    """A number of a payment card: of a scheme's range and length, with its check digit.

    >>> card("378282246310005"), card("0000000000000000")
    (True, False)
    """
    if not luhn(digits):
        return False
    first, two, four = int(digits[0]), int(digits[:2]), int(digits[:4])
    is_scheme = (
        (first == 4 and len(digits) in {13, 16, 19})
        or ((51 <= two <= 55 or 2221 <= four <= 2720) and len(digits) == 16)
        or (two in {34, 37} and len(digits) == 15)
        or ((two in {36, 38, 39} or 300 <= four // 10 <= 305) and 14 <= len(digits) <= 19)
        or (3528 <= four <= 3589 and 16 <= len(digits) <= 19)
        or (
            (two in {60, 62, 64, 65} or two in {50, 56, 57, 58, 63, 67}) and 13 <= len(digits) <= 19
        )
    )
    return is_scheme and len(set(digits)) > 1


def iban_length(country: str) -> int:
    """Characters of an IBAN of a country; 0 where it has none."""
    return _IBAN.get(country.upper(), 0)


def iban(characters: str) -> bool:
    """ISO 13616: the remainder by 97.

    >>> iban("GB82WEST12345698765432"), iban("GB82WEST12345698765433")
    (True, False)
    """
    turned = characters[4:] + characters[:4]
    return int("".join(str(int(each, 36)) for each in turned)) % 97 == 1


def bic(characters: str) -> bool:
    """ISO 9362: the country stands behind the four characters of the bank.

    >>> bic("DEUTDEFF500"), bic("DEUTXXFF")
    (True, False)
    """
    return characters[4:6].upper() in _COUNTRIES


def ssn(digits: str) -> bool:
    """https://www.ssa.gov/employer/randomization.html

    >>> ssn("123456789"), ssn("666456789"), ssn("123006789")
    (True, False, False)
    """
    area = digits[:3]
    return (
        area not in {"000", "666"} and area < "900" and digits[3:5] != "00" and digits[5:] != "0000"
    )


def itin(digits: str) -> bool:
    """https://www.irs.gov/irm/part3/irm_03-021-263r

    >>> itin("912701234"), itin("912401234")
    (True, False)
    """
    group = int(digits[3:5])
    return digits[0] == "9" and (50 <= group <= 65 or (70 <= group <= 99 and group not in {89, 93}))


def sin(digits: str) -> bool:
    """The check digit of Canada's number, whose first digit is its province.

    >>> sin("046454286"), sin("130692544"), sin("130692545")
    (False, True, False)
    """
    return digits[0] not in "08" and luhn(digits)


def nhs(digits: str) -> bool:
    """https://www.datadictionary.nhs.uk/attributes/nhs_number.html

    >>> nhs("9434765919"), nhs("9434765918")
    (True, False)
    """
    return _weighted(range(10, 1, -1), digits) % 11 == (11 - int(digits[9])) % 11


def utr(digits: str) -> bool:
    """A UTR's first digit checks the others.

    >>> utr("1955839661"), utr("2955839661")
    (True, False)
    """
    return "21987654321"[_weighted(_UTR_WEIGHTS, digits[1:]) % 11] == digits[0]


def routing(digits: str) -> bool:
    """The American Bankers Association's number of a bank.

    >>> routing("021000021"), routing("021000022")
    (True, False)
    """
    two = int(digits[:2])
    is_district = two <= 12 or 21 <= two <= 32 or 61 <= two <= 72 or two == 80
    return is_district and _weighted((3, 7, 1) * 3, digits) % 10 == 0


def vin(characters: str) -> bool:
    """The check digit that vehicles of North America and China have (49 CFR 565.15).

    >>> vin("1M8GDM9AXKP042788"), vin("1M8GDM9A1KP042788")
    (True, False)
    """
    values = [_VIN_VALUES[each] if each in _VIN_VALUES else int(each) for each in characters]
    total = sum(weight * value for weight, value in zip(_VIN_WEIGHTS, values, strict=True))
    return "0123456789X"[total % 11] == characters[8]


def ip(characters: str) -> bool:
    """An address of either version of the protocol.

    >>> ip("10.0.0.1"), ip("::ffff:10.0.0.1"), ip("10.0.0.256"), ip("1:2:3")
    (True, True, False, False)
    """
    try:
        ipaddress.ip_address(characters)
    except ValueError:
        return False
    return True
