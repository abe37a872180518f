"""Other words for what a request says, as the names and descriptions of tools say it.

Tools are described in English. A sign of arithmetic has its word, "meeting" is an event, and of
German requests the words that requests are made of have their English ones; the encoder was trained
on English.
"""

from app.local import lazy_re as re
from app.local.engine.planner.words import TOKEN, word_table

_SIGNS = (
    (
        re.compile(r"\d ?(?:%|percent) of \d|\d ?[-+*/^] ?\(? ?\d"),
        "calculate arithmetic expression",
    ),
    (re.compile(r"\b(?:price|quote|trading)\b[^.?!]{0,20}\b[A-Z]{2,5}\b"), "stock symbol ticker"),
    (re.compile(r"\bhow (?:much|expensive) (?:is|are|was|were|would|will)\b", re.I), "price cost"),
    (re.compile(r"\d ?\+ ?\d|\bplus\b", re.IGNORECASE), "add sum"),
    (re.compile(r"\d ?[*\u00d7] ?\d|\d x \d|\b(?:times|mal)\b(?= ?-?\d)"), "multiply product"),
    (re.compile(r"\d ?[/\u00f7] ?\d|\bgeteilt durch\b"), "divide quotient"),
    (re.compile(r"\d - \d|\bminus\b", re.IGNORECASE), "subtract difference"),
)
_GERMAN = word_table("""
weather: wetter regnet schneit regen
forecast: vorhersage wettervorhersage
temperature: temperatur
order: bestellung auftrag bestellungen bestelle bestellen bestellnummer
cancel: storniere stornieren storno absagen kündige kündigen
status: status stand
search: suche suchen finde finden
product: produkt artikel produkte
customer: kunde kundin kunden kundennummer
invoice: rechnung rechnungen
calendar: kalender termine
event: termin veranstaltung besprechung
create: erstelle erstellen lege anlegen erzeuge
delete: lösche löschen entferne entfernen
send: sende schicke schick senden schicken
message: nachricht
email: mail e-mail
convert: rechne umrechnen konvertiere wandle
calculate: berechne berechnen ausrechnen
price: preis kostet kosten
book: buche buchen reserviere reservieren
flight: flug flüge
hotel: hotel unterkunft
room: zimmer raum
light: licht lampe
switch: schalte einschalten
play: spiele spiel
music: musik lied
timer: timer wecker
minutes: minuten
hours: stunden
translate: übersetze übersetzen
language: sprache
time: uhrzeit zeit spät
date: datum
tomorrow: morgen
today: heute
city: stadt
address: adresse
user: benutzer nutzer
account: konto
balance: kontostand saldo
transfer: überweise überweisung
ticket: ticket anfrage störung
shipment: lieferung sendung paket versendet
return: rückgabe zurückgeben
stock: aktie aktienkurs kurs
exchange: wechselkurs
distance: entfernung strecke
route: route weg
reminder: erinnere erinnerung
list: liste zeige auflisten
number: zahl nummer
show: zeig zeige anzeigen
count: wieviel viele
""")
_RELATED = word_table("""
event: meeting meetings appointment appointments calendar
calendar: meeting meetings appointment appointments schedule
weather: rain raining rainy umbrella snow snowing sunny temperature
email: mail
flight: fly flying
music: song listen
timer: alarm
stock: shares ticker
message: text notify
shipped: delivered arrive arrived delivery
price: cost costs
""")
_ENGLISH = {german: english for english, words in _GERMAN.items() for german in words}


def expanded(text: str, german: bool) -> str:
    """A request with other words for what it says behind it.

    >>> expanded("Wie ist das Wetter?", german=True), expanded("Is 3 plus x odd?", german=False)
    ('Wie ist das Wetter? weather', 'Is 3 plus x odd? add sum')
    """
    more = [words for sign, words in _SIGNS if sign.search(text)]
    tokens = [token.lower() for token in TOKEN.findall(text)]
    if german:
        more += [_ENGLISH[token] for token in tokens if token in _ENGLISH]
    more += [word for word, relatives in _RELATED.items() if not {*relatives}.isdisjoint(tokens)]
    return " ".join([text, *dict.fromkeys(more)])
