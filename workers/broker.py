"""Kafka as we talk to it: how it is reached, and the topic that the events leave by."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from faststream.kafka import KafkaBroker
from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic
from kafka.errors import KafkaTimeoutError, TopicAlreadyExistsError

from domain.refusal import Refusal

CLIENT: Final = "chiron"
SECONDS: Final = 10
"""How long anything may take before it counts as failed and is tried again."""


class TopicIsNarrow(Refusal):
    """The topic {topic} has {found} partitions, not {wanted}: set CHIRON_KAFKA_PARTITIONS to what it has."""


@dataclass(frozen=True, slots=True)
class Topic:
    """`retention_days` None keeps messages for good; `compacted` keeps of each relationship only the last."""

    name: str
    partitions: int = 6
    replication: int = 1
    retention_days: int | None = None
    compacted: bool = False

    @property
    def configuration(self) -> dict[str, str]:
        days = self.retention_days
        return {
            "cleanup.policy": "compact" if self.compacted else "delete",
            "retention.ms": str(days * 86_400_000 if days else -1),
        }


@dataclass(frozen=True, slots=True)
class Broker:
    """`security` are kafka-python's own options: security_protocol, sasl_mechanism and so on."""

    servers: tuple[str, ...]
    security: Mapping[str, Any] = field(default_factory=dict)

    @property
    def _reached(self) -> dict[str, Any]:
        return {
            "bootstrap_servers": list(self.servers),
            "client_id": CLIENT,
            "bootstrap_timeout_ms": SECONDS * 1000,
            "request_timeout_ms": SECONDS * 1000,
            "reconnect_backoff_max_ms": 1_000,
            **self.security,
        }

    def ensure(self, topic: Topic) -> None:
        """Create the topic where it is missing. Raises TopicIsNarrow: a key would change its partition."""
        admin = KafkaAdminClient(**self._reached)
        try:
            made = NewTopic(
                topic.name, topic.partitions, topic.replication, topic_configs=topic.configuration
            )
            try:
                admin.create_topics([made])
            except TopicAlreadyExistsError:
                found = len(admin.describe_topics([topic.name])[0]["partitions"])
                if found != topic.partitions:
                    raise TopicIsNarrow(topic=topic.name, found=found, wanted=topic.partitions) from None
        finally:
            admin.close()

    def producer(self) -> KafkaProducer:
        """Idempotent: what it sends again stands in its partition once, and in the order it was sent."""
        return KafkaProducer(
            **self._reached,
            enable_idempotence=True,
            acks="all",
            compression_type="gzip",
            linger_ms=5,
            batch_size=256 * 1024,
            max_block_ms=SECONDS * 1000,
            delivery_timeout_ms=3 * SECONDS * 1000,
        )

    def faststream(self) -> KafkaBroker:
        """For consumers, each in a group of its own."""
        security = _faststream_security(self.security)
        return KafkaBroker(
            list(self.servers), client_id=CLIENT, security=security, consumer_only=True, logger=None
        )

    def last_values(self, topic: str) -> dict[int, bytes | None]:
        """Of each partition that ever held something its last message; None where that is gone by now."""
        consumer = KafkaConsumer(
            **self._reached,
            group_id=None,
            enable_auto_commit=False,
        )
        try:
            partitions = [
                TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()
            ]
            ends = {at: end for at, end in consumer.end_offsets(partitions).items() if end}
            starts = consumer.beginning_offsets(list(ends))
            held: dict[int, bytes | None] = {at.partition: None for at in ends}
            reading = {at: end for at, end in ends.items() if starts[at] < end}
            consumer.assign(list(reading))
            for at, end in reading.items():
                consumer.seek(at, end - 1)
            while missing := [at for at in reading if held[at.partition] is None]:
                for at, records in consumer.poll(timeout_ms=SECONDS * 1000).items():
                    held[at.partition] = records[-1].value
                if all(held[at.partition] is None for at in missing):
                    raise KafkaTimeoutError(f"nothing came of what {topic} holds")
            return held
        finally:
            consumer.close()


_SASL: Final = {
    "PLAIN": SASLPlaintext,
    "SCRAM-SHA-256": SASLScram256,
    "SCRAM-SHA-512": SASLScram512,
}


def _faststream_security(given: Mapping[str, Any]) -> BaseSecurity | None:
    """The same options in FastStream's words."""
    protocol = given.get("security_protocol", "PLAINTEXT")
    context = ssl.create_default_context(cafile=given.get("ssl_cafile")) if protocol.endswith("SSL") else None
    if not protocol.startswith("SASL"):
        return BaseSecurity(ssl_context=context) if context else None
    return _SASL[given["sasl_mechanism"]](
        given["sasl_plain_username"], given["sasl_plain_password"], ssl_context=context, use_ssl=bool(context)
    )
