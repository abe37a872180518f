"""What answers to somebody's own questions are worth: a file of questions, judged and counted.

    questions.jsonl ── read_questions ── exchanges ── (somebody asks) ── RecordedAnswer
                                                                            │ judge
    run.json ◄─ save_run / load_run ─► EvalRun              Result ── tally ── Tally by kind
                                                               └── thresholds, comparison

Nothing here asks, prints or measures: an answer that was kept is judged again like a new one.
"""

from app.evaluation.comparison import Difference, differences
from app.evaluation.judging import Result, judge, results
from app.evaluation.questions import (
    BadLine,
    BadQuestions,
    Exchange,
    Expectation,
    parse_questions,
    read_questions,
)
from app.evaluation.runs import BadRun, EvalRun, Quote, RecordedAnswer, load_run, save_run
from app.evaluation.tally import Tally, by_kind, tally
from app.evaluation.thresholds import BadThreshold, Threshold, parse_threshold

__all__ = [
    "BadLine",
    "BadQuestions",
    "BadRun",
    "BadThreshold",
    "Difference",
    "EvalRun",
    "Exchange",
    "Expectation",
    "Quote",
    "RecordedAnswer",
    "Result",
    "Tally",
    "Threshold",
    "by_kind",
    "differences",
    "judge",
    "load_run",
    "parse_questions",
    "parse_threshold",
    "read_questions",
    "results",
    "save_run",
    "tally",
]
