"""What is checked and made before the application of a home starts: its settings, its resources."""

from collections.abc import Callable, Mapping
from pathlib import Path

from app.deploy.laptop.home import usable
from app.guardrail_definition import GuardrailChoice, read_choice
from app.settings import LaptopSettings, Settings, inherited, read, variables

START_SECONDS = 30  # for one call, while resources are made
GUARDRAIL_ID, GUARDRAIL_VERSION = "OUTCROP_GUARDRAIL_ID", "OUTCROP_GUARDRAIL_VERSION"

Deploy = Callable[[], Mapping[str, str]]
"""Makes the resources in the stand-in; returns the variables of the application."""


def provision_home() -> Mapping[str, str]:
    """Make the resources that the application needs, and no more."""
    # A command that finds the application running needs none of these, and they take a second.
    from app.aws import clients, deployer
    from app.deploy.laptop.provision import provision

    settings = read(LaptopSettings)
    aws, deploying = clients(START_SECONDS), deployer(START_SECONDS)
    choice = guardrail_choice(settings)
    return variables(provision(aws, deploying, settings.embedding_model, choice))


def guardrail_choice(settings: LaptopSettings) -> GuardrailChoice | None:
    """The guardrail that the home makes or names; None if OUTCROP_GUARDRAIL_ID names it.

    Raises:
        WrongDefinition: OUTCROP_GUARDRAIL has no form of a choice, or its definition is wrong.
    """
    if settings.guardrail is None and inherited(GUARDRAIL_ID):
        return None
    return read_choice(settings.guardrail)


def prepare(settings: LaptopSettings) -> Path:
    """The home, after all checks that need no process.

    Raises:
        WrongSettings: the environment holds a setting that the application would refuse.
        WrongDefinition: the guardrail's definition cannot be read.
    """
    from app.models.model import configured_model  # botocore comes with it

    application_settings = read(
        Settings,
        knowledge_base_id="-",
        data_source_id="-",
        documents_bucket="-",
        conversations_bucket="-",
        auth="local",
    )
    configured_model(application_settings)
    guardrail_choice(settings)
    return usable(settings.home)
