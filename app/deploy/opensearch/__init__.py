"""An OpenSearch on this machine, without Docker: from published files to nodes that answer.

    artifacts     which files of which versions, with their checksums; Maven fetches them
    java          a Java that this version starts on
    distribution  the files, checked and put together
    nodes         one node or several, started, awaited and stopped

OpenSearch's small distribution and the k-NN plugin are published for Maven; the security plugin and
the native k-NN libraries are not. So such a node speaks plain HTTP, on the loopback interface
alone, and has the k-NN engine `lucene` only.
"""

from app.deploy.opensearch.distribution import Distribution, install
from app.deploy.opensearch.nodes import Node, answers, running

__all__ = ["Distribution", "Node", "answers", "install", "running"]
