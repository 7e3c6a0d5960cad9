"""What a driver error of Kafka means for the work that was under way."""

from __future__ import annotations

from aiokafka import errors

from shared.errors import Ambiguous, Corrupt, DealregError, Misconfigured, Unavailable

# ProducerClosed and ConsumerStoppedError stand beside KafkaError, and a timeout of ours is a TimeoutError.
DRIVER_ERRORS = (
    errors.KafkaError,
    errors.ProducerClosed,
    errors.ConsumerStoppedError,
    errors.IllegalOperation,
    OSError,
    TimeoutError,
)

WRONG_SET_UP = (
    errors.AuthenticationFailedError,
    errors.AuthenticationMethodNotSupported,
    errors.ClusterAuthorizationFailedError,
    errors.IncompatibleBrokerVersion,
    errors.InvalidConfigurationError,
    errors.InvalidReplicationFactorError,
    errors.InvalidTopicError,
    errors.MessageSizeTooLargeError,
    errors.PolicyViolationError,
    errors.RecordListTooLargeError,
    errors.TopicAuthorizationFailedError,
    errors.UnsupportedSaslMechanismError,
    errors.UnsupportedVersionError,
)

DAMAGED = (errors.OffsetOutOfRangeError, errors.CorruptRecordException)


def write_failure(error: BaseException) -> DealregError:
    """The error of a batch that was handed to the producer: `Ambiguous` unless no broker would ever take it."""
    if isinstance(error, WRONG_SET_UP):
        return _misconfigured(error)
    return Ambiguous(f"Kafka may or may not have the records ({error!r})")


def read_failure(error: BaseException) -> DealregError:
    """The error of a read or a connection: nothing was done."""
    if isinstance(error, WRONG_SET_UP):
        return _misconfigured(error)
    if isinstance(error, DAMAGED):
        return Corrupt(f"Kafka no longer has the next record ({error!r}); the topic was truncated or replaced")
    return Unavailable(f"Kafka did not answer ({error!r})")


def _misconfigured(error: BaseException) -> Misconfigured:
    return Misconfigured(f"Kafka refused ({error!r}); check its limits, the topics' settings and dealreg's permissions")
