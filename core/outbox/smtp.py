"""Handing a message to the mail server: verified TLS, and errors that name no address."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from functools import partial
from ipaddress import ip_address

from config import Config, ConfigurationError

TIMEOUT_SECONDS = 10


class Undelivered(Exception):
    """The server did not take the message; the text is safe to show and to keep."""


def check(config: Config) -> None:
    """Refuse settings that would send mail over the network in the clear."""
    if config.smtp_tls not in ("starttls", "tls", "none"):
        raise ConfigurationError("SMTP_TLS must be starttls, tls or none")
    if config.smtp_host and config.smtp_tls == "none" and not _is_loopback(config.smtp_host):
        raise ConfigurationError("SMTP_TLS=none is for a mail server on this machine only")


def transmit(config: Config, message: EmailMessage, recipient: str) -> None:
    """Return once the server has taken the message for the recipient; raise `Undelivered` if it has not."""
    check(config)
    try:
        server = _connect(config)
        try:
            server.send_message(message, config.mail_from, [recipient])
        finally:
            _leave(server)
    except (smtplib.SMTPException, OSError) as error:
        # The error's own text may hold the address; its chain is cut so that no log shows it.
        raise Undelivered(_described(error)) from None


def _connect(config: Config) -> smtplib.SMTP:
    """A connection that is encrypted, to the server named by its certificate, and signed in."""
    tls = ssl.create_default_context(cafile=config.smtp_ca_file or None)
    kind = partial(smtplib.SMTP_SSL, context=tls) if config.smtp_tls == "tls" else smtplib.SMTP
    own_name = config.mail_from.rpartition("@")[2]
    server: smtplib.SMTP = kind(config.smtp_host, config.smtp_port, own_name, timeout=TIMEOUT_SECONDS)
    try:
        if config.smtp_tls == "starttls":
            server.starttls(context=tls)
        if config.smtp_user:
            server.login(config.smtp_user, config.smtp_password)
    except BaseException:
        server.close()
        raise
    return server


def _leave(server: smtplib.SMTP) -> None:
    """Say goodbye; a server that has taken the message and then breaks off has still taken it."""
    with suppress(smtplib.SMTPException, OSError):
        server.quit()
    server.close()


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _described(error: Exception) -> str:
    """The kind of error and the server's code, or why its certificate was refused."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        detail: object = next(iter(error.recipients.values()))[0]
    elif isinstance(error, ssl.SSLCertVerificationError):
        detail = error.verify_message
    else:
        detail = getattr(error, "smtp_code", "")
    return f"{type(error).__name__} {detail}".rstrip()
