"""Which document answers, before which of its sentences does.

The sentence that is most like a question may stand on a page that only mentions what is asked for.
What all passages of a document say together tells better whose subject it is.
"""

import numpy as np

from app.local.engine.writer.evidence.case import Case
from app.local.engine.writer.selection import Scores

TOGETHER = 29.0
"""What it is worth to say all of the question together, by late interaction, beside the evidence of
the candidates. Fitted on questions about AWS's pages, user_questions and READMEs."""


def of_one_document(case: Case, scores: Scores) -> Scores:
    """The scores, with those of the likeliest document's candidates above all others. Mere prose is
    left as it is: there each paragraph is about something else.

    Args:
        scores: the log-odds of each candidate.
    """
    if case.is_prose(int(scores.argmax())):
        return scores
    documents = list(_documents(case).values())
    if not documents:
        return scores
    likely = [_pooled(scores[rows]) + TOGETHER * case.near.together(rows) for rows in documents]
    best = documents[int(np.argmax(likely))]
    behind = scores.max() - scores[best].max()
    if not 0 < behind < np.inf:
        return scores
    raised = scores.copy()
    raised[best] += behind + 1e-6
    return raised


def _documents(case: Case) -> dict[str | int, list[int]]:
    """The places of each document's candidates, without the usage of other commands."""
    documents: dict[str | int, list[int]] = {}
    for passage, rows in case.rows.items():
        name = case.names[passage] if passage < len(case.names) else ""
        if own := [row for row in rows if not case.how_to.is_other_usage(row)]:
            documents.setdefault(name or passage, []).extend(own)
    return documents


def _pooled(scores: Scores) -> float:
    """The evidence of candidates together, as log-odds."""
    return float(np.logaddexp.reduce(scores))
