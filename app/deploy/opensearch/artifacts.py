"""The published files that a node is put together from, and the Maven project that fetches them."""

from dataclasses import dataclass
from xml.sax.saxutils import escape

VERSION = "2.19.1"
FETCH = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"


@dataclass(frozen=True, slots=True)
class Artifact:
    """A published file, by Maven's coordinates.

    Attributes:
        sha256: of its content, in hexadecimal.
    """

    group: str
    name: str
    version: str
    type: str
    sha256: str

    @property
    def file(self) -> str:
        """The name of the file.

        >>> Artifact("org.ow2.asm", "asm", "9.7", "jar", "").file
        'asm-9.7.jar'
        """
        return f"{self.name}-{self.version}.{self.type}"


DISTRIBUTION = Artifact(
    *("org.opensearch.distribution.integ-test-zip", "opensearch", VERSION, "zip"),
    "af7152d8b7f6f1cee09d47276b32b70479fe6dd8cdbb61213f84eb7f8098b261",
)
KNN = Artifact(
    *("org.opensearch.plugin", "opensearch-knn", f"{VERSION}.0", "zip"),
    "eab8c9818865bc035212eab5068cdacae164baa09d4c152f49b736d6f6b0e85c",
)
PAINLESS = (
    Artifact(
        *("org.opensearch.plugin", "lang-painless", VERSION, "jar"),
        "3cf5e02efa40ff5b88e74e1ab66a0bc462de3509fab4a6a4ffe90b8d13777a9a",
    ),
    Artifact(
        *("org.opensearch.plugin", "opensearch-scripting-painless-spi", VERSION, "jar"),
        "c2598797a5f6f897ce7e8d05f593ff96de3fbc56c52f299d63cddcae41556dda",
    ),
    Artifact(
        *("org.antlr", "antlr4-runtime", "4.13.1", "jar"),
        "54665d2838cc66458343468efc539e454fc95b46a8a04b13c6ac43fc9be63505",
    ),
    Artifact(
        *("org.ow2.asm", "asm", "9.7", "jar"),
        "adf46d5e34940bdf148ecdd26a9ee8eea94496a72034ff7141066b3eea5c4e9d",
    ),
    Artifact(
        *("org.ow2.asm", "asm-analysis", "9.7", "jar"),
        "7bc6bcbc21379948a0c8c467fb0f864206e5b818f6bc0b546872f5c9f941556f",
    ),
    Artifact(
        *("org.ow2.asm", "asm-commons", "9.7", "jar"),
        "389bc247958e049fc9a0408d398c92c6d370c18035120395d4cba1d9d9304b7a",
    ),
    Artifact(
        *("org.ow2.asm", "asm-tree", "9.7", "jar"),
        "62f4b3bc436045c1acb5c3ba2d8ec556ec3369093d7f5d06c747eb04b56d52b1",
    ),
    Artifact(
        *("org.ow2.asm", "asm-util", "9.7", "jar"),
        "37a6414d36641973f1af104937c95d6d921b2ddb4d612c66c5a9f2b13fc14211",
    ),
)
ANALYSIS = (
    Artifact(
        *("org.opensearch.plugin", "analysis-common", VERSION, "jar"),
        "13fdc1071af42946b13153a62491a5e9b0ad214d44f7c8153d3afef60f558821",
    ),
)
ARTIFACTS = (DISTRIBUTION, KNN, *PAINLESS, *ANALYSIS)


def project() -> str:
    """The Maven project whose dependencies are the artifacts, each without what it depends on."""
    dependencies = "".join(map(_dependency, ARTIFACTS))
    return (
        "<project><modelVersion>4.0.0</modelVersion><groupId>outcrop</groupId>"
        "<artifactId>opensearch-node</artifactId><version>1</version><packaging>pom</packaging>"
        f"<dependencies>{dependencies}</dependencies></project>\n"
    )


def _dependency(artifact: Artifact) -> str:
    fields = {
        "groupId": artifact.group,
        "artifactId": artifact.name,
        "version": artifact.version,
        "type": artifact.type,
    }
    coordinates = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
    everything = "<exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion>"
    return f"<dependency>{coordinates}<exclusions>{everything}</exclusions></dependency>"
