# ruff: noqa: RUF001 signs that look alike are meant
from typing import Any

import botocore.session
import pytest

from app.local.engine.guard.entities import KINDS, detect, find
from app.local.engine.guard.findings import Span
from app.local.engine.guard.policy import Entity
from tests.linear import nonlinear

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

ENTITIES = {  # in double brackets, by kind
    "ADDRESS": (
        "Send it to [[100 Main Street, Anytown, NY 10001]].",
        "It is at [[Suite 12]], please.",
        "Er wohnt in der [[Lindenstraße 12b]].",
        "They moved to [[12 Rue de la Paix]] then.",
        "Write to [[P.O. Box 108]]!",
        "my zip code is [[35649]]",
        "the shop on [[15 millicent drive]]",
        "London, [[SW1A 1AA]]",
    ),
    "AGE": ("I am [[40 years]] old.", "Age: [[37]]", "a [[3-month]]-old son", "a man aged [[72]]"),
    "NAME": (
        "My name is [[Eilidh McTavish]].",
        "Ask Dr. [[Okonkwo]] about it.",
        "Did [[Jennifer van der Berg]]'s order arrive?",
        "I met [[Virginia Walker]] there.",
        "please call [[jennifer walker]].",
        "Name: [[Zoë Ångström]]\n",
        "User: [[Christine Matković]]",
        "Mrs. [[Michele Johansen]], please",
        "I met [[Jennifer]] Monday.",
        "everyone calls me [[Iqra]]",
        "by [[Miller Kowalczyk]].",
    ),
    "EMAIL": (
        "Mail [[mary.major+x@email.example.co.uk]].",
        "<[[josé@exämple.com]]>",
        "Mail [[mary (at) example (dot) com]]",
        "mail [[mary\u200b@example.com]]",
    ),
    "PHONE": (
        "Ring [[+44 20 7946 0958]].",
        "Call [[(206) 555-0100 x12]]!",
        "[[206.555.0100]]",
        "[[001-748-088-2851]]",
        "Tel. [[042 078 6381]]",
        "My phone number is [[2813882583]].",
        "They are not answering at [[785 8949]]",
        "[[５５５-０１００-２２２]] mobile",
    ),
    "USERNAME": ("My username is [[jdoe_42]].", "login: [[mmajor]]", "Follow me: [[@AnyCompany]]"),
    "PASSWORD": (
        "The password is [[*very20special#pass*]]",
        'password = "[[hunter2]]"',
        "Password: [[Tr0ub4dor&3]]",
    ),
    "DRIVER_ID": ("My driver's license number is [[A56319335]].", "DL #[[LH329609T]]"),
    "LICENSE_PLATE": ("with license plate [[7ABC 123]]", "The number plate is [[AB12 CDE]]"),
    "VEHICLE_IDENTIFICATION_NUMBER": ("It is [[1M8GDM9AXKP042788]].", "VIN: [[WVWZZZ1JZ3W386752]]"),
    "CREDIT_DEBIT_CARD_CVV": ("CVV [[123]]", "the security code is [[1234]]"),
    "CREDIT_DEBIT_CARD_EXPIRY": ("expires [[01/21]]", "valid thru [[01/2021]]",
                                 "exp. [[Jan 2021]]"),
    "CREDIT_DEBIT_CARD_NUMBER": (
        "[[4111 1111 1111 1111]] 12/27",
        "[[378282246310005]],",
        "[[5555-5555-5555-4444]]",
        "a card ending in [[4242]]",
        "charge my card [[501800000009]]",
        "４１１１ １１１１ １１１１ １１１１".join(("[[", "]]")),
    ),
    "PIN": ("My PIN is [[4821]].", "pin code: [[0000]]"),
    "INTERNATIONAL_BANK_ACCOUNT_NUMBER": (
        "[[GB82 WEST 1234 5698 7654 32]] is it",
        "gib [[DE89370400440532013000]]!",
        "[[gb82west12345698765432]]",
    ),
    "SWIFT_CODE": ("SWIFT: [[DEUTDEFF500]]", "their BIC is [[DEUTDEFF]]"),
    "IP_ADDRESS": (
        "at [[198.51.100.0]].",
        "[[2001:db8::8a2e:370:7334]]",
        "from [[4f8a:c99e:dc86:faf9:5988:5f63:375e:8a2a]],",
        "10.0.0.1".join(("[[", "]]")),
    ),
    "MAC_ADDRESS": ("[[00:1B:44:11:3A:B7]]", "[[00-1b-44-11-3a-b7]]", "[[001b.4411.3ab7]]"),
    "URL": (
        "See [[https://www.example.com/a?b=c#d]].",
        "([[www.example.com]])",
        "[[example.org/a_(b)]]",
    ),
    "AWS_ACCESS_KEY": ("[[AKIAIOSFODNN7EXAMPLE]]",),
    "AWS_SECRET_KEY": (f"aws_secret_access_key = [[{SECRET}]]",),
    "US_BANK_ACCOUNT_NUMBER": ("My account number is [[000123456789]]",),
    "US_BANK_ROUTING_NUMBER": ("routing number [[021000021]]",),
    "US_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER": ("[[912-70-1234]]", "my ITIN: [[912701234]]"),
    "US_PASSPORT_NUMBER": ("passport number [[A12345678]]", "US passport: [[340020013]]"),
    "US_SOCIAL_SECURITY_NUMBER": ("[[123-45-6789]]", "social security number [[123456789]]"),
    "CA_HEALTH_NUMBER": ("health card number [[1234-567-890 AB]]",),
    "CA_SOCIAL_INSURANCE_NUMBER": ("[[130-692-544]]", "my SIN is [[130692544]]"),
    "UK_NATIONAL_HEALTH_SERVICE_NUMBER": ("NHS number: [[943 476 5919]]",),
    "UK_NATIONAL_INSURANCE_NUMBER": ("[[QQ123456C]]".replace("QQ", "AB"), "[[AB 12 34 56 C]]"),
    "UK_UNIQUE_TAXPAYER_REFERENCE_NUMBER": ("UTR [[19558 39661]]",),
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "marked"), [(kind, text) for kind, texts in ENTITIES.items() for text in texts]
)
def test_an_entity_is_found_with_its_borders(kind: str, marked: str) -> None:
    start, text = marked.index("[["), marked.replace("[[", "").replace("]]", "")
    end = marked.index("]]") - 2
    assert [(each.kind, text[each.start : each.end]) for each in detect(text)] == [
        (kind, text[start:end])
    ]


def test_there_is_an_example_of_every_type_of_bedrock() -> None:
    model = botocore.session.get_session().get_service_model("bedrock")
    shape: Any = model.shape_for("GuardrailPiiEntityType")
    types = set(shape.enum)
    assert types == KINDS == ENTITIES.keys()


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1112",  # a wrong check digit
        "0000 0000 0000 0000",
        "order 4111111111111111222233334444",
        "GB82 WEST 1234 5698 7654 33",
        "000-12-3456 and 666-12-3456",
        "version 1.2.3.4.5, 10.0.0.256",
        "at 12:30:45, std::vector, a::b",
        "2019-10-10 or 10/10/2019",
        "The PIN is required. Section 4 has 5 rules.",
        "The password is incorrect.",
        "password: $PASSWORD",
        "the CEO of Amazon Web Services in Virginia",
        "Miller and Newton, in April",
        "In May, Will the Rose of Texas bloom?",
        "the John Doe Organization",
        "user names and passwords are stored",
        "route 5 via gateway 12",
        "It goes via Gateway 12.",
        "the name is TestResource",
        "Name: SourceArtifact",
        "in 3 years of study, for 20 minutes",
        "sha1 da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "130-692-545",
        "call it 12 times",
        "[[[[[[((((",
        "",
    ],
)
def test_what_looks_like_an_entity_is_none(text: str) -> None:
    assert detect(text) == ()


def test_entities_that_one_sign_parts_are_both_found() -> None:
    assert [each.kind for each in detect("10.0.0.1 10.0.0.2")] == ["IP_ADDRESS", "IP_ADDRESS"]


def test_of_entities_that_overlap_the_surer_one_is_left() -> None:
    assert [each.kind for each in detect("http://mary@example.com/a")] == ["EMAIL"]
    kinds = [each.kind for each in detect("Jane Doe Street 12, call Jane Doe at 206-555-0100")]
    assert kinds.count("NAME") == 1
    assert kinds[-1] == "PHONE"


def test_findings_are_of_the_kinds_that_are_asked_for_in_order() -> None:
    rules = (Entity("EMAIL", "mask"), Entity("PHONE", "block"))
    texts = ["Mary Major", "é 206-555-0100, m@example.com, 4111111111111111"]
    findings = list(find(texts, rules))
    assert [(each.rule, each.match) for each in findings] == [
        (rules[1], "206-555-0100"), (rules[0], "m@example.com")
    ]  # fmt: skip
    assert findings[0].span == Span(1, 2, 14)
    assert list(find(texts, ())) == []


@pytest.mark.parametrize(
    "run",
    [
        *("[", "1", "1 ", "4111 1111 1111 1111 ", "123-", "1.", "a:", "a@", "@", "//", "+1 "),
        *("a\u0301\u0316", "s\u200b", "раураl ", "John ", "5 Main Street ", "Apt 1, ", "GB82"),
        *("my pin ", "password: ", "corner of A and ", "http://"),
    ],
)
def test_no_text_is_slow(run: str) -> None:
    assert nonlinear(lambda length: detect(run * (length // len(run))), 8_000, 0.1) is None
