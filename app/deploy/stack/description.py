"""CloudFormation's description of a stack."""

from collections.abc import Mapping
from dataclasses import dataclass

from botocore.exceptions import ClientError

from app.aws import Operator, calling, operator
from app.deploy.endpoint import leads_to_stand_in
from app.errors import OperatorError
from app.settings import inherited_environment

SECONDS = 30  # for one call, with all its attempts
COMPLETE = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"}
ROLLED_BACK = "UPDATE_ROLLBACK_COMPLETE"  # it is as it was before, and works


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack as CloudFormation describes it; a `protected` one cannot be deleted."""

    name: str
    status: str
    outputs: Mapping[str, str]
    protected: bool

    def output(self, key: str) -> str:
        """The value of an output.

        Raises:
            OperatorError: the stack has no output of this name.
        """
        try:
            return self.outputs[key]
        except KeyError:
            raise OperatorError(
                f"The stack {self.name} has no output {key}: it is not one of Outcrop's, or of "
                f"another version. `outcrop deploy --stack {self.name}` brings it up to date."
            ) from None


def describe(aws: Operator, name: str) -> Stack:
    """The stack of this name, in any state.

    Raises:
        OperatorError: there is none in this account and Region.
    """
    if endpoint := leads_to_stand_in(inherited_environment()):
        raise OperatorError(
            f"{endpoint}: this shell points at a stand-in on this machine, where no stack is. "
            'To AWS again: `eval "$(outcrop env --unset)"`.'
        )
    with calling("DescribeStacks"):
        try:
            [stack] = aws.cloudformation.describe_stacks(StackName=name)["Stacks"]
        except ClientError as error:
            if "does not exist" not in error.response["Error"]["Message"]:
                raise
            raise OperatorError(
                f"There is no stack {name} in {aws.region} of this account. `outcrop deploy "
                f"--stack {name}` makes it; AWS_PROFILE and AWS_DEFAULT_REGION say where."
            ) from None
    outputs = {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}
    is_protected = stack.get("EnableTerminationProtection", False)
    return Stack(stack["StackName"], stack["StackStatus"], outputs, is_protected)


def describe_complete(name: str) -> Stack:
    """The stack of this name, if its deployment is complete.

    Raises:
        OperatorError: there is none, or it is being changed, or has failed.
    """
    stack = describe(operator(SECONDS), name)
    if stack.status not in COMPLETE | {ROLLED_BACK}:
        raise OperatorError(
            f"The stack {name} is {stack.status}. If that is still going on, wait; if it failed, "
            f"`outcrop deploy --stack {name}` says why."
        )
    return stack
