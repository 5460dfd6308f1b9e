"""TLS to headquarters' broker: whom to trust, what to show, and what a refusal means in words."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

# OpenSSL's numbers for why it does not believe a certificate (X509_V_ERR_…)
_NOT_YET, _EXPIRED = 9, 10
_UNKNOWN_CA = (2, 18, 19, 20, 21)
_OTHER_NAME = (62, 64)


@dataclass(frozen=True)
class Tls:
    """ca_file: the only CA to trust (None: those of the system); client_cert and client_key: both or none, in PEM."""

    ca_file: Path | None = None
    client_cert: Path | None = None
    client_key: Path | None = None

    def context(self) -> ssl.SSLContext:
        """TLS 1.2 or newer, certificate and name checked. Raises OSError when a file can't be used."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # this protocol asks for certificate and name by itself
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.sslsocket_class = _Socket
        if self.ca_file is None:
            context.load_default_certs()
        else:
            context.load_verify_locations(self.ca_file)
        if self.client_cert is not None:  # the empty password: a key that wants one must fail, not ask on a terminal
            context.load_cert_chain(self.client_cert, self.client_key, password="")
        return context


class _Socket(ssl.SSLSocket):
    """Closed by itself when nobody at the other end can be trusted: whoever called never got hold of it."""

    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise


def is_loopback(host: str) -> bool:
    """Does what is sent there stay on this machine?"""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def explained(error: Exception, host: str) -> str:
    """A failed connection as a sentence that says what to do; other errors in their own words."""
    if not isinstance(error, ssl.SSLError):
        return str(error)
    if not isinstance(error, ssl.SSLCertVerificationError):
        why = error.reason or str(error)
        return f"no TLS with what answers there ({why}); is this the broker's TLS port, and TLS 1.2 or newer?"
    code, why = error.verify_code, error.verify_message
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
    if code == _NOT_YET:
        return f"the broker's certificate is not valid yet, as this machine's clock says {now}; set the clock"
    if code == _EXPIRED:
        return f"the broker's certificate has expired, as this machine's clock says {now}; renew it, or set the clock"
    if code in _UNKNOWN_CA:
        return f"the broker's certificate is from no CA that is trusted here ({why}); name headquarters' CA in ca_file"
    if code in _OTHER_NAME:
        return f"the broker's certificate is for another name than {host} ({why}); write the name it holds as host"
    return f"the broker's certificate is not to be trusted: {why}"
