"""The judge of an agent's tasks."""

from tests.quality._agent_tasks import Call, Reply, Task, Turn, tasks

CANCEL = Task(
    "multi-0",
    [
        Turn(
            "Check A-1, and cancel it.",
            [["status id=A-1"], ["cancel id=A-1"]],
            ["list"],
            ["cancelled|called off"],
            ["shipped"],
        )
    ],
    {"A-1": "cancelled"},
)
STATUS, STOP = Call("status", {"id": "A-1"}), Call("cancel", {"id": "A-1"})
BEFORE = {"A-1": {"status": "placed"}, "A-2": {"status": "placed"}}
AFTER = {"A-1": {"status": "cancelled"}, "A-2": {"status": "placed"}}


def problems(text: str, *calls: Call) -> list[str]:
    return CANCEL.problems([Reply(text, calls)], BEFORE, AFTER)


def test_the_right_end_state_has_no_problems() -> None:
    assert problems("It is called off.", STATUS, STOP) == []
    assert problems("Cancelled.", Call("list", {"limit": 3}), STATUS, STOP) == []


def test_calls_are_judged_by_their_order_and_arguments() -> None:
    assert "1: does not call status id=A-1" in problems("Cancelled.", STOP, STATUS)
    assert problems("Cancelled.", STATUS) == ["1: does not call cancel id=A-1"]
    assert problems("Cancelled.", STATUS, STOP, STOP) == ["1: calls cancel id=A-1"]
    twice = Call("status", {"id": "A-1", "reason": "no"})
    assert problems("Cancelled.", twice, STOP)[0] == "1: does not call status id=A-1"


def test_the_answer_is_judged_by_its_words() -> None:
    assert problems("Done.", STATUS, STOP) == ["1: does not say 'cancelled|called off'"]
    assert problems("Shipped, not cancelled.", STATUS, STOP) == ["1: says 'shipped'"]
    for machines in ('{"a": 1}', "order_id", "2031-05-03"):
        (problem,) = problems(f"Cancelled: {machines}.", STATUS, STOP)
        assert problem.endswith("for machines")


def test_every_order_has_to_be_what_it_should_be() -> None:
    reply = Reply("Cancelled.", (STATUS, STOP))
    for after in (
        BEFORE,
        AFTER | {"A-2": {"status": "cancelled"}},
        {"A-1": {"status": "cancelled"}},
    ):
        assert CANCEL.problems([reply], BEFORE, after)


def test_there_are_tasks_of_every_kind_and_a_third_is_kept_aside() -> None:
    some = tasks()
    assert len({one.id for one in some}) == len(some) >= 60
    assert 0.3 <= sum(one.held for one in some) / len(some) <= 0.4
    for kind in {one.kind for one in some}:
        assert {one.held for one in some if one.kind == kind} == {False, True}
