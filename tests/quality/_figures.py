"""What the writer answers from the passages that were found, with its coefficients as they stand.

Nothing is searched and no agent is asked, so a figure is there in seconds. `user_questions` and
`answers` measure the same questions on the whole path.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from app.answer.prompt import answer_prompt
from app.citations.cite import cite
from app.events import Citation, Passage, Text
from app.local.engine.multilingual import MultilingualEncoder
from app.local.engine.transformer import Encoder
from app.local.engine.writer import Prompt, Sampling, Turn, Writer
from tests.quality import CORPORA
from tests.quality._labelled import SHOWN
from tests.quality._passages import Found, key, rows
from tests.quality._score import Score
from tests.quality.answers import contains
from tests.tables import Table

Answer = tuple[str, list[str]]  # the text, and the addresses of the documents that it cites


def figures(found: Mapping[str, Found], every: int) -> Iterator[Table]:
    """The figures of each set, of xquad_en of every so many questions."""
    encoder = Encoder()
    writer = Writer(encoder, multilingual=MultilingualEncoder(encoder))
    if "user_questions" in found:
        yield _users(writer, found["user_questions"])
    if "xquad_en" in found:
        lines = rows(CORPORA / "xquad_en" / "qa_public.jsonl")[::every]
        asked = [(one["question"], f"{one['gold_passage']}.md", one["answers"]) for one in lines]
        yield _cited(writer, "xquad_en", asked, found["xquad_en"])
    if "awsdocs_qa" in found:
        lines = rows(CORPORA / "awsdocs_qa" / "qa_public.jsonl")
        asked = [(one["question"], one["gold_doc"], [one["answer"]]) for one in lines]
        yield _cited(writer, "awsdocs_qa", asked, found["awsdocs_qa"])


def answer(writer: Writer, question: str, passages: Sequence[Passage]) -> Answer:
    """What the application would answer, if search had found these passages."""
    prompt = answer_prompt(question, [], passages)
    turns = tuple(Turn(one.role, one.text) for one in prompt.messages)
    pieces = writer.generate(Prompt(turns, prompt.system), Sampling(temperature=0.0))
    events = list(cite(pieces, passages))
    text = "".join(one.text for one in events if isinstance(one, Text))
    return text, [one.uri for one in events if isinstance(one, Citation)]


def _users(writer: Writer, found: Found) -> Table:
    score = Score()
    outcomes: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for row in score.questions("questions_public.jsonl"):
        text, uris = answer(writer, row["question"], found[row["question"]][:SHOWN])
        told = score.judge(row, {"answer": text, "citations": [{"uri": uri} for uri in uris]})
        for kind in (row["kind"], "all"):
            outcomes[kind].append((told["outcome"], len(text)))
    kinds = [kind for kind in outcomes if kind != "all"]
    return Table(
        "user_questions, from the passages found",
        ("kind", "questions", "right", "abstained wrongly", "median characters"),
        [
            (
                kind,
                str(len(outcomes[kind])),
                *(
                    str(sum(one == outcome for one, _ in outcomes[kind]))
                    for outcome in ("right", "abstained")
                ),
                f"{median(length for _, length in outcomes[kind]):.0f}",
            )
            for kind in [*kinds, "all"]
        ],
    )


def _cited(
    writer: Writer, name: str, asked: Sequence[tuple[str, str, list[str]]], found: Found
) -> Table:
    cites = holds = answers = shown = first = 0
    for question, gold, spans in asked:
        passages = found[question][:SHOWN]
        text, uris = answer(writer, question, passages)
        cites += bool(uris) and key(uris[0]) == gold
        holds += contains(text, spans)
        answers += bool(uris)
        documents = [key(one.uri) for one in passages]
        shown += gold in documents
        first += documents[:1] == [gold]
    return Table(
        f"{name}, {len(asked)} questions, from the passages found",
        ("measure", "measured"),
        [
            (measure, f"{count / len(asked):.3f}")
            for measure, count in (
                ("cited document = gold", cites),
                ("answer contains a gold span", holds),
                ("answered at all", answers),
                ("gold document among those shown", shown),
                ("gold document shown first", first),
            )
        ],
    )
