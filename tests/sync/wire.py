"""A wire without a broker: the agent's link in memory, so that a test decides what arrives, when and how often."""

from __future__ import annotations

from dataclasses import dataclass, field

from sync.agent import Agent
from sync.client import Health
from sync.errors import LinkDown


@dataclass
class MemoryLink:
    """The interface of sync.client.Link; what is published lies in ``out`` until the test takes it."""

    connected: bool = False
    error: str | None = None
    out: list[tuple[str, bytes]] = field(default_factory=list)

    def poll(self, timeout_s: float) -> None:
        """Nothing comes in by itself."""

    def waiting(self) -> bool:
        return not self.connected

    def publish(self, topic: str, payload: bytes, retain: bool = False) -> None:
        if not self.connected:
            raise LinkDown("not connected")
        self.out.append((topic, payload))

    def drop(self, reason: str) -> None:
        self.connected, self.error = False, reason

    def close(self) -> None:
        self.connected = False

    def health(self) -> Health:
        return Health(self.connected, 0.0, 0.0, self.error)


def connect(agent: Agent) -> MemoryLink:
    """Give the agent a fresh connection in memory, as the real link does when it comes up."""
    link = MemoryLink(connected=True)
    agent.link = link  # type: ignore[assignment]
    agent._on_up()
    return link
