"""The wire: HTTP in, a service's handler called, HTTP or an event stream out."""

from app.local.wire.call import JSON, Body, Call, Handler, Service, ServiceError

__all__ = ["JSON", "Body", "Call", "Handler", "Service", "ServiceError"]
