import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.local.engine.store.analysis import STOP_WORDS, terms
from tests.local.engine.store.samples import PROPERTY


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ThrottlingException", "throttl except throttlingexcept"),
        ("t3.micro", "t3 micro t3micro"),
        ("s3:GetObject", "s3 get object s3getobject"),
        ("DynamoDB IAMRole S3Bucket", "dynamo db dynamodb iam role iamrol s3 bucket s3bucket"),
        ("mRNA IDs pH iPhone", "mrna id ph iphon"),
        ("snake_case kebab-case", "snake case snakecas kebab case kebabcas"),
        ("1,000 and 1.5 on 2024-05-01", "1000 1 5 1.5 2024 05 01 2024-05-01"),
        ("apples, oranges. Pears", "appl orang pear"),
        ("don't Alzheimer's Alzheimer\u2019s", "alzheim alzheim"),
        ("naïve Straße \ufb01ne", "naiv strass fine"),
        ("東京都", "東京 京都"),
        ("한국어 Привет", "한국어 привет"),
        ("what is the to-do", "todo"),
        ("", ""),
        ("-- ... !?", ""),
    ],
)
def test_a_text_has_these_search_terms(text: str, expected: str) -> None:
    assert terms(text) == expected.split()


@PROPERTY
@given(st.text())
def test_any_text_has_terms_and_case_does_not_matter_to_plain_words(text: str) -> None:
    assert all(term and not term.isspace() for term in terms(text))


@PROPERTY
@given(st.lists(st.sampled_from(sorted(STOP_WORDS))))
def test_stop_words_are_no_terms(words: list[str]) -> None:
    assert terms(" ".join(words)) == []
    assert terms(" ".join(words).title().replace("'S", "'s").replace("'T", "'t")) == []


@PROPERTY
@given(st.text(alphabet="ab-_.:/1,'A ", max_size=40))
def test_the_parts_of_a_text_are_those_of_its_words(text: str) -> None:
    assert terms(text) == [term for word in text.split() for term in terms(word)]
