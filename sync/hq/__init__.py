"""Headquarters: receives the journals of the boxes and keeps what came, once each."""

from sync.hq.services import HqServices, build, main, provision, set_console_password

__all__ = ["HqServices", "build", "main", "provision", "set_console_password"]
