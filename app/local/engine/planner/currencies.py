"""Currencies that a text names, by their ISO 4217 codes."""

from collections.abc import Iterator, Sequence

from app.local import lazy_re as re
from app.local.engine.planner.parameters import Slot
from app.local.engine.planner.words import word_set, word_table

_NAMES = word_table("""
USD: usd dollar dollars bucks $ us$
EUR: eur euro euros \u20ac
GBP: gbp pound pounds sterling quid \u00a3
JPY: jpy yen \u00a5
CHF: chf franc francs franken
CNY: cny yuan renminbi rmb
INR: inr rupee rupees
CAD: cad
AUD: aud
SEK: sek
NOK: nok
DKK: dkk
PLN: pln zloty
MXN: mxn peso pesos
BRL: brl real reais
KRW: krw won
RUB: rub ruble rubles
TRY: lira liras
ZAR: zar rand
SGD: sgd
HKD: hkd
NZD: nzd
""")
_CODES = {name: code for code, names in _NAMES.items() for name in names}
_NATIONS = {"canadian": "CAD", "australian": "AUD", "singapore": "SGD", "kong": "HKD",
            "zealand": "NZD"}  # fmt: skip
_WORD = re.compile(r"[$\u20ac\u00a3\u00a5]|[A-Za-z]+")
_TARGET = word_set("to target destination quote dest")
_SOURCE = word_set("from source base origin")
_INTO = word_set("to in into nach as")


def is_currency(words: frozenset[str]) -> bool:
    return bool(words & {"currency", "currencies", "waehrung", "w\u00e4hrung"})


def currencies(text: str) -> list[tuple[str, bool]]:
    """The codes of the currencies of a text in their order, and whether it is changed into it.

    >>> currencies("Convert 20 euros to Canadian dollars"), currencies("$5 in yen")
    ([('EUR', False), ('CAD', True)], [('USD', False), ('JPY', True)])
    """
    words = _WORD.findall(text)
    codes: list[tuple[str, bool]] = []
    for place, word in enumerate(words):
        code = _CODES.get(word.lower())
        before = [one.lower() for one in words[max(0, place - 3) : place]]
        if code == "USD" and before:
            code = _NATIONS.get(before[-1], code)
        if code and code not in (one for one, _ in codes):
            codes.append((code, bool(_INTO & set(before))))
    return codes


def currencies_of(slots: Sequence[Slot], text: str) -> Iterator[tuple[Slot, str]]:
    """The currency of each parameter that is one: by its direction, else in the order of both."""
    rest = currencies(text) if slots else []
    for slot in slots:
        words = slot.parameter.raw_words
        if words & _TARGET:
            fit = [one for one in rest if one[1]] or rest[-1:]
        elif words & _SOURCE:
            fit = [one for one in rest if not one[1]] or rest[:1]
        else:
            fit = rest[:1]
        if fit:
            rest.remove(fit[0])
            yield slot, fit[0][0]
