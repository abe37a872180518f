"""Questions with the passages that search found for them, and which candidates answer them.

Of each answerable question there are two more cases, among which nothing may be said: the passages
of other documents that do not hold the answer either, and all passages without what holds it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.evaluation.matching import holds, normalize
from app.events import Passage
from app.local.engine.text import sentences
from app.local.engine.writer.candidates import Candidate, candidates
from app.local.engine.writer.candidates.plain import plain
from app.local.engine.writer.candidates.rendering import render
from app.local.engine.writer.evidence import Evidence, evidence, likeliest
from app.local.engine.writer.evidence.case import Case, case_of
from app.local.engine.writer.evidence.vectors import Remembered
from app.local.engine.writer.question import Question
from tests.quality import CORPORA
from tests.quality._passages import OWN, Found, key, ordinary, rows
from tests.quality._questions import contains, share
from tests.quality._readmes import QUESTIONS as READMES
from tests.quality._readmes import UNFITTED as UNFITTED_QUESTIONS

SHOWN = 5  # passages that the writer is shown
LEAST = 0.5  # of what an answer has to hold, for a candidate to be a right one
ENOUGH = 0.75  # of the words of an answer that does not stand in its page word for word
LONG = 3  # times as long as the shortest right one: then a candidate is no right one itself
MAY_BE_LONG = ("list", "code", "comparison")  # kinds of questions
LEFT_OUT = ("chit-chat", "language", "vague")  # kinds of questions
NEAR = "near"  # the kind of a case without the documents that answer
UNFITTED = "unfitted"  # the origin of questions that are only counted
LACKING = "lacking"  # the kind of a case with these documents, but without what answers

Mask = NDArray[np.bool_]
Worth = Callable[[Candidate], float]  # how much of the answer a candidate holds, 0 to 1
Tells = Callable[[Candidate], bool]  # whether a candidate, or what stands over it, tells the answer


@dataclass(frozen=True)
class Labelled:
    """A question put to passages.

    Attributes:
        origin: the set that it is of: xquad_en, awsdocs_qa, user_questions, readmes,
            own or unfitted.
        document: what it is about; cross-validation never parts the questions of a document.
        answerable: whether one of the passages may hold an answer.
        gold: of each candidate, whether it is a right one.
        cited: of each candidate, whether it is of a document that answers.
    """

    origin: str
    kind: str
    document: str
    question: str
    answerable: bool
    case: Case
    evidence: Evidence
    gold: Mask
    cited: Mask


@dataclass(frozen=True)
class Labeller:
    """Makes the cases of one set, by the writer's own code."""

    remembered: Remembered
    origin: str

    def case(
        self,
        row: Mapping[str, Any],
        document: str,
        passages: Sequence[Passage],
        gold_documents: Sequence[str] = (),
        worth: Worth = lambda _: 0.0,
        *,
        kind: str,
        answerable: bool = True,
        without: Tells = lambda _: False,
    ) -> Labelled | None:
        """A case, without some of the candidates; None where nothing is found."""
        shown, question = passages[:SHOWN], Question(row["question"])
        names = [key(one.uri) for one in shown]
        every = [one for one in candidates([one.text for one in shown], names) if not without(one)]
        some = likeliest(question, every)
        if not some:
            return None
        case = case_of(self.remembered, question, some, names)
        cited = np.array([key(shown[one.passage].uri) in gold_documents for one in some], bool)
        held = np.array(
            [worth(one) if of_gold else 0.0 for one, of_gold in zip(some, cited, strict=True)]
        )
        gold = (held >= LEAST) & (held >= held.max() - 1e-9)
        if gold.any() and kind not in MAY_BE_LONG:
            lengths = np.array([len(render(one, None)) for one in some])
            gold &= lengths <= LONG * lengths[gold].min()
        return Labelled(
            self.origin,
            kind,
            document,
            row["question"],
            answerable,
            case,
            evidence(case),
            gold,
            cited,
        )

    def near(
        self, row: Mapping[str, Any], document: str, passages: Sequence[Passage]
    ) -> Labelled | None:
        return self.case(row, document, passages, kind=NEAR, answerable=False)

    def lacking(
        self, row: Mapping[str, Any], document: str, passages: Sequence[Passage], tells: Tells
    ) -> Labelled | None:
        return self.case(row, document, passages, kind=LACKING, answerable=False, without=tells)


def labelled(
    found: Mapping[str, Found], remembered: Remembered, every: int
) -> Iterator[tuple[str, list[Labelled]]]:
    """The cases of each set, of xquad_en those of every so many questions."""
    if "xquad_en" in found:
        some = _xquad(found["xquad_en"], Labeller(remembered, "xquad_en"), every)
        yield "xquad_en", [one for one in some if one]
    if "awsdocs_qa" in found:
        pages = found["awsdocs_qa"]
        some = _awsdocs(pages, Labeller(remembered, "awsdocs_qa"))
        yield "awsdocs_qa", [one for one in some if one]
        ours = [{**row, "documents": [row["page"]] if row["page"] else []} for row in rows(OWN)]
        some = _judged(ours, pages, Labeller(remembered, "own"))
        yield "own", [one for one in some if one]
    if "readmes" in found:
        some = _judged(rows(READMES), found["readmes"], Labeller(remembered, "readmes"))
        yield "readmes", [one for one in some if one]
        some = _judged(rows(UNFITTED_QUESTIONS), found["readmes"], Labeller(remembered, UNFITTED))
        yield UNFITTED, [one for one in some if one]
    if "ordinary" in found:
        some = _judged(ordinary(), found["ordinary"], Labeller(remembered, "ordinary"))
        yield "ordinary", [one for one in some if one]
    if "user_questions" in found:
        theirs = [
            {**row, "documents": row["gold_docs"]}
            for row in rows(CORPORA / "user_questions" / "questions_public.jsonl")
        ]
        some = _judged(theirs, found["user_questions"], Labeller(remembered, "user_questions"))
        yield "user_questions", [one for one in some if one]


def _xquad(found: Found, labeller: Labeller, every: int) -> Iterator[Labelled | None]:
    texts = {row["_id"]: row["text"] for row in rows(CORPORA / "xquad_en" / "corpus.jsonl")}
    for row in rows(CORPORA / "xquad_en" / "qa_public.jsonl")[::every]:
        passages, text = found[row["question"]], texts[row["gold_passage"]]
        gold, begins, article = f"{row['gold_passage']}.md", row["answer_start"][0], row["article"]
        [span] = [(a, b) for a, b in sentences(text) if a <= begins < b]
        sentence = plain(text[slice(*span)])

        def worth(one: Candidate, sentence: str = sentence) -> float:
            return float(one.text == sentence)

        yield labeller.case(row, str(article), passages, [gold], worth, kind="fact")
        answer = row["answers"][0]
        rest = [one for one in passages if key(one.uri) != gold and not contains(one.text, answer)]
        yield labeller.near(row, str(article), rest)
        yield labeller.lacking(row, str(article), passages, partial(_contains, answer=answer))


def _awsdocs(found: Found, labeller: Labeller) -> Iterator[Labelled | None]:
    for row in rows(CORPORA / "awsdocs_qa" / "qa_public.jsonl"):
        passages, page, answer = found[row["question"]], row["gold_doc"], row["answer"]
        said = row["yes_no"] in ("None", None, "")  # or else the answer is a yes or a no
        exact = said and row["answer_contiguous_in_doc"]

        def worth(
            one: Candidate, answer: str = answer, said: bool = said, exact: bool = exact
        ) -> float:
            if exact:
                return float(contains(one.text, answer))
            held = share(one.text, answer) if said else 0.0
            return held if held >= ENOUGH else 0.0

        case = labeller.case(row, page, passages, [page], worth, kind="fact")
        if case and not case.gold.any():  # whatever the page says is taken for right
            case.gold[:] = case.cited
        yield case
        yield labeller.near(
            row,
            page,
            [one for one in passages if key(one.uri) != page and not contains(one.text, answer)],
        )
        if exact:
            yield labeller.lacking(row, page, passages, partial(_contains, answer=answer))


def _judged(
    asked: Sequence[Mapping[str, Any]], found: Found, labeller: Labeller
) -> Iterator[Labelled | None]:
    """Questions whose answers have to hold one string of each group in `must`."""
    for number, row in enumerate(asked):
        if row["kind"] in LEFT_OUT:
            continue
        passages, documents = found[row["question"]], row.get("documents", [])
        document = documents[0] if documents else str(number)
        answerable = row["kind"] != "unanswerable"
        yield labeller.case(
            row,
            document,
            passages,
            documents,
            lambda one, row=row: share_held(row, render(one, None)),  # type: ignore[misc]
            kind=row["kind"],
            answerable=answerable,
        )
        if answerable and row.get("must"):
            strings = [string for group in row["must"] for string in group]
            rest = [
                one
                for one in passages
                if key(one.uri) not in documents
                and not any(holds(normalize(one.text), string) for string in strings)
            ]
            yield labeller.near(row, document, rest)
            yield labeller.lacking(row, document, passages, partial(_holds_any, strings=strings))


def _contains(one: Candidate, answer: str) -> bool:
    return contains(f"{one.context} {one.text}", answer)


def _holds_any(one: Candidate, strings: Sequence[str]) -> bool:
    said = normalize(f"{one.context} {render(one, None)}")
    return any(holds(said, string.lstrip("^")) for string in strings)


def share_held(row: Mapping[str, Any], text: str) -> float:
    """How many of the groups in `must` a text holds a string of, 0 to 1; 0 if it holds one of
    `must_not`.

    >>> share_held({"must": [["red", "scarlet"], ["blue"]]}, "It is scarlet.")
    0.5
    >>> share_held({"must": [["red"]], "must_not": ["blue"]}, "It is red or blue.")
    0.0
    """
    said, must = normalize(text), row.get("must")
    if not must or any(holds(said, string) for string in row.get("must_not", ())):
        return 0.0
    return sum(any(holds(said, string) for string in group) for group in must) / len(must)
