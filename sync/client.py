"""One connection to the broker. The only file that knows paho.

A link is driven by its owner's loop (:meth:`Link.poll`), so there is no second thread to die unnoticed, no lock
and no queue of paho's to grow: each connection has a client object of its own, and what was unacknowledged on the
old one goes with it. The journal, not the library, remembers what must be sent again.
"""

from __future__ import annotations

import logging
import random
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from edge.base.tls import Tls, explained
from sync.errors import LinkDown

log = logging.getLogger(__name__)

IN_FLIGHT = 16  # mosquitto's own default allows 20 before it drops a client
CONNACK_S = 10.0
LARGEST = 2 * 1024 * 1024


@dataclass(frozen=True)
class Will:
    """What the broker says for us when the connection dies; retained."""

    topic: str
    payload: bytes


@dataclass(frozen=True)
class LinkSettings:
    """Where and who. session_s: how long the broker keeps our session; back-off runs from first_s to most_s.

    tls None: in clear, which the configuration allows on this machine only.
    """

    host: str
    port: int
    user: str
    password: str
    subscribe: tuple[str, ...] = ()
    session_s: int = 3600
    keepalive_s: int = 15
    first_s: float = 0.5
    most_s: float = 30.0
    tls: Tls | None = None


@dataclass(frozen=True)
class Health:
    """For the watchdog and the status line. Ages in seconds; None: never yet."""

    connected: bool
    polled_age_s: float | None
    answer_age_s: float | None
    error: str | None


@dataclass
class Backoff:
    """Doubling waits with jitter of a quarter either way, back to the first after a success."""

    rng: random.Random
    first_s: float
    most_s: float
    tries: int = 0

    def next(self) -> float:
        wait = min(self.most_s, self.first_s * 2 ** min(self.tries, 16))
        self.tries += 1
        return wait * (0.75 + 0.5 * self.rng.random())

    def reset(self) -> None:
        self.tries = 0


@dataclass
class Link:
    """A connection that comes back by itself; every method belongs to the thread that polls.

    ``on_message(topic, payload)`` and ``on_up()`` are called inside :meth:`poll`. What they raise is logged and
    does not end the link. ``will`` is asked at each connection, so that it can name the session.
    """

    settings: LinkSettings
    rng: random.Random
    mono_ns: Callable[[], int]
    on_message: Callable[[str, bytes], None]
    on_up: Callable[[], None]
    will: Callable[[], Will] | None = None
    connected: bool = False
    error: str | None = None
    unanswered: int = 0
    _client: mqtt.Client | None = None
    _backoff: Backoff = field(init=False)
    _try_ns: int = 0
    _since_ns: int = 0
    _polled_ns: int | None = None
    _answer_ns: int | None = None

    def __post_init__(self) -> None:
        self._backoff = Backoff(self.rng, self.settings.first_s, self.settings.most_s)

    def poll(self, timeout_s: float) -> None:
        """Serve the connection for up to ``timeout_s``, or try to make one when it is time. Never raises."""
        self._polled_ns = self.mono_ns()
        if self._client is None:
            if self._polled_ns >= self._try_ns:
                self._connect()
            return
        try:
            code = self._client.loop(timeout_s)
        except (OSError, ValueError, mqtt.WebsocketConnectionError) as error:  # paho lets these through
            self._lost(f"{type(error).__name__}: {error}")
            return
        if code != mqtt.MQTT_ERR_SUCCESS:
            self._lost(self.error or mqtt.error_string(code))
        elif not self.connected and self.mono_ns() - self._since_ns > CONNACK_S * 1e9:
            self._lost("the broker's port answers, but not in MQTT")

    def waiting(self) -> bool:
        """True while there is no connection to serve: the owner should sleep instead of polling on."""
        return self._client is None

    def publish(self, topic: str, payload: bytes, retain: bool = False) -> None:
        """Hand one QoS 1 message over. Raises LinkDown, with nothing queued, when there is no connection."""
        client = self._client
        if client is None or not self.connected:
            raise LinkDown(self.error or "not connected")
        try:
            info = client.publish(topic, payload, qos=1, retain=retain)
        except (OSError, ValueError, RuntimeError) as error:
            raise LinkDown(str(error)) from error
        if info.rc != mqtt.MQTT_ERR_SUCCESS:
            self._lost(mqtt.error_string(info.rc))
            raise LinkDown(mqtt.error_string(info.rc))
        self.unanswered += 1

    def drop(self, reason: str) -> None:
        """End this connection; the next poll may make another."""
        self._lost(reason)

    def close(self) -> None:
        """Leave the broker politely (it will not speak our will)."""
        client, self._client, self.connected = self._client, None, False
        if client is not None:
            try:
                client.disconnect()
                for _ in range(5):
                    if client.loop(0.1) != mqtt.MQTT_ERR_SUCCESS:
                        break
            except (OSError, ValueError) as error:
                log.debug("leaving the broker: %s", error)
            _close(client)

    def health(self) -> Health:
        """How the link is just now."""
        now = self.mono_ns()

        def age(then: int | None) -> float | None:
            return None if then is None else (now - then) / 1e9

        return Health(self.connected, age(self._polled_ns), age(self._answer_ns), self.error)

    def _connect(self) -> None:
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=self.settings.user,
            protocol=mqtt.MQTTv5,
            reconnect_on_failure=False,
        )
        client.username_pw_set(self.settings.user, self.settings.password)
        client.max_inflight_messages_set(IN_FLIGHT)
        client.connect_timeout = 5.0
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        client.on_log = self._on_log
        if self.will is not None:
            will = self.will()
            client.will_set(will.topic, will.payload, qos=1, retain=True)
        properties = Properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = self.settings.session_s
        properties.MaximumPacketSize = LARGEST
        properties.ReceiveMaximum = IN_FLIGHT
        self._client, self._since_ns, self.unanswered = client, self.mono_ns(), 0
        try:
            to = self.settings
            if to.tls is not None:  # read anew each time: a CA that was replaced counts from the next try
                client.tls_set_context(to.tls.context())
            client.connect(to.host, to.port, to.keepalive_s, clean_start=False, properties=properties)
            _no_delay(client)
        except (OSError, ValueError) as error:
            self._lost(f"{self.settings.host}:{self.settings.port}: {explained(error, self.settings.host)}")

    def _lost(self, reason: str) -> None:
        client, self._client, was, self.connected = self._client, None, self.connected, False
        if was or reason != self.error:
            log.warning("link to the broker: %s", reason)
        self.error = reason
        self._try_ns = self.mono_ns() + int(self._backoff.next() * 1e9)
        if client is not None:
            _close(client)

    def _on_connect(self, client: mqtt.Client, _data: Any, _flags: Any, code: Any, _properties: Any) -> None:
        if client is not self._client:
            return
        if code.is_failure:
            self.error = f"the broker refuses {self.settings.user}: {code}"
            return
        for topic in self.settings.subscribe:
            client.subscribe(topic, qos=1)
        log.info("link to the broker: up")
        self.connected, self.error, self._answer_ns = True, None, self.mono_ns()
        self._backoff.reset()
        self._guard("on_up", self.on_up)

    def _on_disconnect(self, client: mqtt.Client, _data: Any, _flags: Any, code: Any, _props: Any) -> None:
        if client is self._client and self.connected:
            self.error = f"connection lost: {code}"

    def _on_message(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        self._guard("on_message", lambda: self.on_message(message.topic, bytes(message.payload)))

    def _on_publish(self, _client: mqtt.Client, _data: Any, _mid: int, code: Any, _properties: Any) -> None:
        self.unanswered = max(0, self.unanswered - 1)
        if code.is_failure:  # an ACL that denies: MQTT 5 tells, and is_published() would still be True
            self.error = f"the broker refused a message: {code}"
            log.warning("link to the broker: %s", self.error)

    def _on_log(self, _client: mqtt.Client, _data: Any, _level: int, line: str) -> None:
        if line.startswith("Received"):  # the only sign paho gives of a PINGRESP
            self._answer_ns = self.mono_ns()

    def _guard(self, what: str, call: Callable[[], None]) -> None:
        try:
            call()
        except Exception:  # the bus boundary: paho's loop must go on, whatever a handler meets
            log.exception("link to the broker: %s failed", what)


def _no_delay(client: mqtt.Client) -> None:
    connection = client.socket()
    if isinstance(connection, socket.socket):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _close(client: mqtt.Client) -> None:
    connection = client.socket()
    if isinstance(connection, socket.socket):
        connection.close()
