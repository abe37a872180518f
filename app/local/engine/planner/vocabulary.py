"""The words that tell what a parameter is, what a unit measures, and what a preposition leads to.

Tables of words: an entry begins with its name and a colon, and goes on in the lines below.
"""

from app.local.engine.planner.words import word_table

UNITS = word_table("""
length: m meter meters metre metres cm mm km kilometer kilometers kilometre kilometres mile miles
  ft feet foot inch inches yard yards yd nm light-years units unit
mass: kg g mg kilogram kilograms gram grams kilo lb lbs pound pounds ton tons tonne tonnes oz
time: s sec second seconds min minute minutes h hr hour hours day days week weeks month months
  year years night nights ms sekunden minuten stunden stunde tage tag wochen jahre
temperature: °c °f c f k kelvin celsius fahrenheit degrees grad
ratio: % percent prozent percentage
money: $ € £ ¥ dollar dollars usd eur euro euros pounds gbp yen bucks franken chf
speed: m/s km/h mph kmh knots mps kph
acceleration: m/s^2 m/s2 m/s²
area: m^2 m2 m² sqft acre acres hectare hectares
volume: l liter liters litre litres ml gallon gallons m^3 m3 m³
electric: v volt volts a amp amps ampere amperes ohm ohms w watt watts kwh hz f j
people: people persons guests adults passengers travelers travellers seats personen gäste leute
""")
"""The units of what is measured."""

MEASURED = word_table("""
length: length distance height width radius diameter side base depth far range perimeter altitude
  mileage elevation displacement wavelength strecke entfernung
mass: mass weight gewicht
time: time duration period length years days hours minutes seconds months weeks nights term age
  interval stay timeout dauer span forecast ahead
temperature: temperature temp
ratio: rate percent percentage ratio probability interest tax tip discount yield fraction share
  growth confidence humidity
money: price amount cost money principal investment budget salary income value payment deposit
  balance fee revenue bill total loan betrag preis worth cash
speed: speed velocity
acceleration: acceleration gravity
area: area size
volume: volume capacity
electric: voltage current resistance power frequency energy charge
people: people persons guests adults passengers party travelers seats number size personen
""")
"""The words of a parameter that speak of what is measured."""

ROLES = word_table("""
email: bcc cc e-mail email mail recipient sender to
url: endpoint homepage href link site uri url webpage website
phone: cell fax mobile phone tel telephone
date: arrival birthday checkin checkout date datum day deadline departure dob due end from since
  start tag to until when
time: clock end hour start time uhrzeit when zeit
id: account case code iban id identifier ids invoice isbn isin kennung key no number nummer order
  ref reference serial sku symbol ticket tracking uuid vin
place: address airport area city country county destination land location origin ort place region
  source stadt state station street town venue zip
person: participant participants attendees members guests players people actor artist assignee
  attendee author client composer contact customer director employee name owner patient person
  player president recipient scientist user who
text: body code command comment content description equation expression formula function input
  instructions keyword keywords message note phrase prompt q query question reason search sentence
  sql statement subject summary task term text title topic
""")
"""The words of a parameter's name that speak of a kind of value."""

CUES = word_table("""
from: origin source from start departure base sender since begin von initial old
von: origin source from start departure base sender since begin von author
to: destination target to end recipient arrival goal until nach new final receiver email
nach: destination target to end recipient arrival nach
until: end to until till
till: end to until
bis: end to until bis
in: location city place country state region area language unit year currency format stadt ort
  month address
at: location place time venue address company rate temperature hour restaurant hotel school price
near: location city place address area
on: date day platform topic subject device
am: date day datum
um: time uhrzeit
by: author artist creator director composer writer by deadline date due sort group amount
for: name customer user item product query company duration location city person topic for symbol
  team
für: name customer user item product location duration topic
about: topic subject query about theme
über: topic subject query
with: name attendee participant with feature ingredient material
called: name title
named: name title
titled: title name
namens: name
under: maximum max price budget
below: maximum max
over: minimum min
above: minimum min rating
as: type role status name
of: name title type religion team company element substance
aus: origin source from location
per: unit
via: method channel mode
between: start from first min
""")
"""Prepositions, and the words of the parameters whose values they lead to."""

POLES = word_table("""
positive: love great excellent good happy amazing wonderful best fantastic enjoy pleased delicious
  recommend perfect thank glad helpful delighted awesome super fast easy
negative: hate bad terrible awful worst poor disappointed broken angry horrible slow useless
  refund never unhappy rude fail failed crash wrong damaged late annoying
high: urgent critical asap immediately down outage emergency blocking severe production now
urgent: asap immediately down outage emergency critical production blocking
critical: asap immediately down outage emergency production everyone blocking
low: minor whenever trivial cosmetic eventually typo nice
""")
"""Values that schemas list, and the words of a text that speak for them."""
