"""Sessions of boto3 that share what botocore knows of the services."""

from functools import cache

import boto3
import botocore.session
from botocore.loaders import Loader, create_loader


def new_session() -> boto3.Session:
    """A session, with Region, credentials and endpoints from boto3's own chain.

    botocore reads a service's description, as much as a megabyte of JSON, once for each session.
    Here it is read once for the process: further clients of the same services then take a fourth of
    the time, and a fifth of the objects.
    """
    core = botocore.session.get_session()
    loader = _loader(core.get_config_variable("data_path"))
    core.register_component("data_loader", loader)
    session = boto3.Session(botocore_session=core)
    loader.search_paths[:] = dict.fromkeys(loader.search_paths)  # boto3 adds its own each time
    return session


@cache
def _loader(search_path: str | None) -> Loader:
    """What reads the descriptions, also from the folders that AWS_DATA_PATH names."""
    return create_loader(search_path)
