"""What went wrong on the wire, in words for somebody who is not a programmer. Pure."""

from __future__ import annotations

import errno
import socket
import ssl

import httpcore

from republisher import text
from republisher.transport.values import HttpError

_WAIT = "it is asked again next time; if that stays so, ask the publisher"
_CERTIFICATES = {
    9: "the server's certificate is not valid yet",
    10: "the server's certificate has expired",
    18: "the server's certificate is signed by nobody but itself",
    19: "the server's certificate comes from an authority this system does not know",
    20: "the server's certificate comes from an authority this system does not know",
    21: "the server's certificate comes from an authority this system does not know",
    62: "the server's certificate is for another host",
    64: "the server's certificate is for another host",
}
"""By OpenSSL's number for what the verification found."""
_UNREACHABLE = frozenset((errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.ENETDOWN))
_STATUS = {
    400: "the server does not understand the request (400)",
    401: "the server asks for a user name and password (401)",
    403: "the server refuses access (403)",
    404: "there is nothing at this address (404)",
    407: "the proxy asks for a user name and password (407)",
    429: "the server asks to be left in peace for a while (429)",
    451: "the document is withheld for legal reasons (451)",
}
_ADVICE = {
    401: "write them into the source's address: https://user:password@host/",
    403: "the publisher may block programs; ask them to let this one in",
    404: "look for the feed's new address on the publisher's site",
    407: "write them into the proxy's address",
    429: "nothing to do; it is asked less often",
}


def status(code: int, location: str, retry_after: float | None) -> HttpError:
    """Return the error an answer with status `code` stands for."""
    message = _STATUS.get(code)
    if message is None and code >= 500:  # noqa: PLR2004  # RFC 9110 §15.6
        message = f"the server has a problem of its own ({code})"
    return HttpError(
        message or f"the server gives an answer that is no document ({code})",
        location,
        _ADVICE.get(code, _WAIT),
        code,
        retry_after,
        code in {429, 503},
    )


def failure(error: Exception, location: str, received: int) -> HttpError:
    """Return what `error`, raised below the HTTP library after `received` bytes, means for the document there."""
    if isinstance(error, HttpError):
        return error.at(location)
    cause = _cause(error)
    if isinstance(cause, ssl.SSLError):
        return _tls(cause, location)
    if isinstance(cause, (socket.gaierror, UnicodeError)):
        known = "the host's name cannot be looked up just now" if _passing(cause) else "there is no such host"
        return HttpError(known, location, "check the address, and this machine's connection", host_wide=True)
    connecting = isinstance(error, (httpcore.ConnectError, httpcore.ConnectTimeout))
    if isinstance(cause, OSError):
        return HttpError(_system(cause), location, _WAIT, host_wide=connecting)
    if isinstance(error, httpcore.ProxyError):
        return HttpError(f"the proxy refuses: {_detail(error)}", location, "check the proxy's address", host_wide=True)
    return HttpError(_protocol(error, received), location, _WAIT)


def _cause(error: Exception) -> Exception:
    """Return what our side of the library gave as the reason; it travels as an argument, see `network`."""
    inner = error.args[0] if error.args else None
    return inner if isinstance(inner, Exception) else error


def _passing(error: Exception) -> bool:
    return isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN


def _tls(error: ssl.SSLError, location: str) -> HttpError:
    if isinstance(error, ssl.SSLCertVerificationError):
        message = _CERTIFICATES.get(error.verify_code, f"the server's certificate is not valid ({_detail(error)})")
        return HttpError(message, location, "tell the publisher, or check this machine's clock", host_wide=True)
    reason = (error.reason or "no secure connection").replace("_", " ").lower()
    return HttpError(f"no secure connection can be made ({reason})", location, _WAIT, host_wide=True)


def _system(error: OSError) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "the server refuses connections"
    if isinstance(error, (ConnectionResetError, ConnectionAbortedError, BrokenPipeError)):
        return "the server broke off the connection"
    if isinstance(error, TimeoutError):
        return "the server does not answer"
    if error.errno in _UNREACHABLE:
        return "the server cannot be reached from here"
    return f"the connection failed ({error.strerror or 'no reason given'})"


def _protocol(error: Exception, received: int) -> str:
    words = str(error)
    if "without sending a response" in words:
        if received:
            return "the server's answer broke off in its first lines, or is not HTTP"
        return "the server closed the connection without an answer"
    if "without sending complete message body" in words:
        return "the document broke off before its announced end"
    return f"the server's answer is not valid HTTP ({_detail(error)})"


def _detail(error: Exception) -> str:
    return text.shorten(str(error) or type(error).__name__, 120)
