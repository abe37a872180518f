"""The operations on inference profiles, and tags, which guardrails have as well."""

from collections.abc import Callable
from sqlite3 import Connection

from app.local.bedrock.inference_profiles import InferenceProfiles, application
from app.local.bedrock.names import APPLICATION_PROFILE, parse
from app.local.wire import JSON, Call, Handler, Service

RegionalAct = Callable[[str, Connection, JSON], JSON]


def handlers(profiles: InferenceProfiles) -> Service:
    """A handler for each of them, but for those of tags."""

    def reading(act: RegionalAct) -> Handler:
        return lambda call: profiles.read(
            lambda db, params: act(call.region, db, params), call.params
        )

    def writing(act: RegionalAct) -> Handler:
        return lambda call: profiles.write(
            call.operation, lambda db, params: act(call.region, db, params), call.params
        )

    return {
        "GetInferenceProfile": reading(application.get),
        "ListInferenceProfiles": reading(application.page),
        "CreateInferenceProfile": writing(application.create),
        "DeleteInferenceProfile": writing(application.delete),
    }


def tag_handlers(profiles: InferenceProfiles, others: Service) -> Service:
    """The operations on tags: of profiles here, of whatever else by `others`."""
    acts = {
        "TagResource": application.tag,
        "UntagResource": application.untag,
        "ListTagsForResource": application.list_tags,
    }

    def handler(operation: str) -> Handler:
        def handle(call: Call) -> JSON:
            if parse(call.params["resourceARN"]).kind == APPLICATION_PROFILE:
                return profiles.write(operation, acts[operation], call.params)
            return others[operation](call)

        return handle

    return {operation: handler(operation) for operation in acts}
