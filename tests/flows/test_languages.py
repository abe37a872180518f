"""A home whose index is multilingual: a question finds documents in other languages."""

from collections.abc import Iterator

import pytest

from app.aws import clients, deployer
from app.deploy.laptop.provision import provision
from app.models.facts.embedding import DEFAULT_EMBEDDING_MODEL
from app.settings import Settings, WrongSettings
from tests.flows.home import SECONDS, Home, laptop

MULTILINGUAL = "cohere.embed-multilingual-v3"
DOCUMENTS = {
    "pump.md": "# Water pump\n\nThe pump stands in the cellar. It is inspected every Monday.",
    "canteen.md": "# Canteen\n\nThe canteen opens at seven. Lunch costs four euros.",
    "bibliothek.md": "# Bibliothek\n\nDie Bibliothek hat zwölftausend Bücher und zwei Lesesäle.",
}


def made_with(model: str | None) -> Settings:
    return provision(clients(SECONDS), deployer(SECONDS), model)


@pytest.fixture(scope="module")
def multilingual(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A home that has had its model, and is made again: with it, without, and with another."""

    def deploy() -> Settings:
        first = made_with(MULTILINGUAL)
        assert made_with(None).knowledge_base_id == first.knowledge_base_id
        with pytest.raises(WrongSettings, match=f"was made with {MULTILINGUAL}, and vectors of"):
            made_with(DEFAULT_EMBEDDING_MODEL)
        with pytest.raises(WrongSettings, match="it has to be one of amazon"):
            made_with("cohere.embed-martian-v1")
        return first

    with laptop(tmp_path_factory.mktemp("home"), deploy) as home:
        for name, text in DOCUMENTS.items():
            home.put(name, text)
        yield home


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("Wo steht die Wasserpumpe?", "pump.md"),
        ("À quelle heure ouvre la cantine ?", "canteen.md"),
        ("给水泵在哪里？", "pump.md"),  # noqa: RUF001 this sign is meant
        ("食堂は何時に開きますか？", "canteen.md"),  # noqa: RUF001 this sign is meant
        ("How many books does the library have?", "bibliothek.md"),
        ("Сколько книг в библиотеке?", "bibliothek.md"),
    ],
)
def test_a_question_finds_a_document_in_another_language(
    multilingual: Home, question: str, document: str
) -> None:
    best, *_ = multilingual.call("POST", "/search", {"query": question})["passages"]
    assert best["uri"].endswith(document)
