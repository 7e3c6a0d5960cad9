"""The jars of the embedded Kafka: each one pinned by version and SHA-256, fetched once into a cache.

`python -m dealreg.embedded.jars` resolves the pinned release again and writes `kafka.lock`.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from shared.errors import Corrupt, Unavailable

KAFKA_VERSION = "4.4.0"
LOG4J_VERSION = "2.26.1"
LOCK = Path(__file__).with_name("kafka.lock")

FETCH_THREADS = 8
FETCH_TIMEOUT_SECONDS = 60
FETCH_ATTEMPTS = 3

OnFetched = Callable[[str, int, int], None]
"""Called with a jar's file name, how many are there, and how many there must be."""


@dataclass(frozen=True, slots=True)
class Jar:
    """One jar by its Maven coordinate, with the digest it must have."""

    group: str
    artifact: str
    version: str
    sha256: str = ""

    @property
    def path(self) -> Path:
        """Return its path in a Maven repository, and in the cache."""
        return Path(*self.group.split("."), self.artifact, self.version, f"{self.artifact}-{self.version}.jar")


def pinned_jars() -> tuple[Jar, ...]:
    """Return the committed list, in class-path order."""
    lines = (line for line in LOCK.read_text().splitlines() if line and not line.startswith("#"))
    return tuple(_jar(*line.split()) for line in lines)


def cache_dir() -> Path:
    """Where downloads are kept between clones: `DEALREG_CACHE`, else the user's cache folder."""
    named = os.environ.get("DEALREG_CACHE")
    return Path(named).expanduser() if named else Path.home() / ".cache" / "dealreg"


def missing_jars() -> list[Jar]:
    """Return the jars that a fetch would download."""
    return [jar for jar in pinned_jars() if not (cache_dir() / "maven" / jar.path).exists()]


def fetch_jars(on_fetched: OnFetched = lambda name, done, total: None) -> list[Path]:
    """Fetch every pinned jar with its locked digest; return their paths in class-path order.

    Raises `Unavailable` when one cannot be fetched, `Corrupt` when one is not what was pinned.
    """
    jars = pinned_jars()
    root = cache_dir() / "maven"
    with ThreadPoolExecutor(FETCH_THREADS) as threads:
        for done, jar in enumerate(threads.map(lambda jar: _ensure(jar, root), jars), start=1):
            on_fetched(jar.path.name, done, len(jars))
    return [root / jar.path for jar in jars]


def _jar(coordinate: str, sha256: str) -> Jar:
    group, artifact, version = coordinate.split(":")
    return Jar(group, artifact, version, sha256)


def _ensure(jar: Jar, root: Path) -> Jar:
    kept = root / jar.path
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        # Another process may be fetching the same jar: the last rename wins, and both are verified.
        with TemporaryDirectory(dir=root, prefix=".partial-") as partial:
            fetched = _download(jar, Path(partial))
            _assert_digest(jar, fetched)
            fetched.replace(kept)
    else:
        _assert_digest(jar, kept)
    return jar


def _download(jar: Jar, into: Path) -> Path:
    from jgo.maven import MavenContext, PythonResolver

    context = MavenContext(resolver=PythonResolver(), repo_cache=into, timeout=FETCH_TIMEOUT_SECONDS)
    artifact = context.project(jar.group, jar.artifact).at_version(jar.version).artifact()
    for attempt in range(1, FETCH_ATTEMPTS + 1):
        try:
            return Path(artifact.resolve())
        except Exception as error:
            # The library raises RuntimeError and its HTTP client's errors, and may leave a partial file.
            (into / jar.path).unlink(missing_ok=True)
            if attempt == FETCH_ATTEMPTS:
                raise Unavailable(
                    f"could not fetch {jar.path.name} for the embedded Kafka ({error}); "
                    "try again, name a broker in DEALREG_KAFKA_BOOTSTRAP, or use DEALREG_LOG=postgres"
                ) from error
    raise AssertionError("unreachable")


def _assert_digest(jar: Jar, path: Path) -> None:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != jar.sha256:
        path.unlink()
        raise Corrupt(f"{jar.path.name} has digest {digest}, {LOCK.name} says {jar.sha256}; it was removed")


def _resolve() -> Iterable[Jar]:
    """Kafka's own runtime dependencies, and log4j beside them.

    log4j is not resolved together with Kafka: its parent manages `kafka-clients` at a version of its own.
    """
    from jgo.maven import MavenContext, PythonResolver

    context = MavenContext(resolver=PythonResolver(), repo_cache=cache_dir() / "resolve")
    server = context.project("org.apache.kafka", "kafka_2.13").at_version(KAFKA_VERSION)
    _, nodes = context.pom_dependency_list(server.pom())
    found = {(node.dep.groupId, node.dep.artifactId): node.dep.version for node in nodes}
    found["org.apache.kafka", "kafka_2.13"] = KAFKA_VERSION
    for artifact in ("log4j-api", "log4j-core", "log4j-slf4j-impl"):
        found["org.apache.logging.log4j", artifact] = LOG4J_VERSION
    for (group, artifact), version in sorted(found.items()):
        path = Path(context.project(group, artifact).at_version(version).artifact().resolve())
        yield Jar(group, artifact, version, hashlib.sha256(path.read_bytes()).hexdigest())


def main() -> None:
    lines = [f"{jar.group}:{jar.artifact}:{jar.version} {jar.sha256}" for jar in _resolve()]
    LOCK.write_text("# Written by python -m dealreg.embedded.jars\n" + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
