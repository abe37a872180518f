"""The bodies of InvokeModel, one module a family of models."""
