"""Laws of mail headers, over ten thousand subjects, names and addresses: what is written is read back, and is mail."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import parseaddr

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from republisher.digest import headers
from republisher.text import plain
from republisher.urls import uri

WORD = re.compile(r"=\?[^?\s]+\?[bqBQ]\?[^?\s]*\?=")
TEXTS = st.text(max_size=120) | st.lists(
    st.text(alphabet='ab =?_q.b<>@,;:\\"()\r\n\t', max_size=30)
    | st.text(alphabet="가나다漢字éüжعא🏳️‍🌈\u0301 ab", max_size=60)
    | st.sampled_from(["=?utf-8?q?x?=", "\r\nBcc: a@b.example", "x" * 300, "漢" * 300, "\ud800", "\x85", '"', "&"])
    | st.text(alphabet="abcdef", min_size=1, max_size=12),
    max_size=8,
).map(" ".join)
URLS = st.builds(
    "{}://{}/{}".format,
    st.sampled_from(["https", "http"]),
    st.sampled_from(["a.example", "경기.example", "xn--x.example:8080", "[::1]"]),
    st.text(max_size=60) | st.text(alphabet="abc/?=&,<> %", max_size=90),
) | st.builds("mailto:{}?subject={}".format, st.sampled_from(["u@a.example"]), st.text(max_size=60))
MANY = settings(max_examples=3_400, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def unfolded(field: str) -> str:
    """Return the value of a field in one line (RFC 5322 §2.2.3)."""
    return field.partition(": ")[2].replace("\r\n", "")


def decoded(field: str) -> str:
    """Return what a field says."""
    return str(make_header(decode_header(unfolded(field))))


def check_lines(field: str) -> None:
    """Every line is ASCII and short enough, every encoded word stands alone and has at most 75 characters."""
    lines = field.split("\r\n")
    assert field.isascii()
    assert "\r" not in "".join(lines)
    assert "\n" not in "".join(lines)
    assert all(line[0] == " " and line.strip() for line in lines[1:])
    assert max(map(len, lines)) <= 998
    value = unfolded(field)
    for word in WORD.finditer(value):
        assert len(word.group()) <= 75
        assert value[word.start() - 1 : word.start()] in {"", " "}
        assert value[word.end() : word.end() + 1] in {"", " "}
    assert all(len(line) <= 76 for line in lines if WORD.search(line))


@MANY
@given(TEXTS)
def test_a_subject_is_read_back_as_it_was(value: str) -> None:
    """Encoding and decoding gives the text, by the old parser of the standard library and by the new one."""
    field = headers.unstructured("Subject", value)
    check_lines(field)
    assert max(map(len, field.split("\r\n"))) <= 78
    assert decoded(field) == plain(value)
    message = message_from_bytes(f"{field}\r\n\r\n".encode("ascii"), policy=policy.default)
    assert message.keys() == ["Subject"]
    assert message["subject"] == plain(value)


@MANY
@given(TEXTS)
def test_a_name_is_read_back_and_the_address_beside_it(name: str) -> None:
    """A display name, whatever is in it, never changes who a mail comes from."""
    field = headers.mailbox("From", "digest@경기.example", name)
    check_lines(field)
    message = message_from_bytes(f"{field}\r\n\r\n".encode("ascii"), policy=policy.default)
    assert message.keys() == ["From"]
    (mailbox,) = message["from"].addresses
    said, address = parseaddr(unfolded(field))
    assert mailbox.addr_spec == address == "digest@xn--289an1a.example"
    assert str(make_header(decode_header(said))) == plain(name)


@MANY
@given(st.lists(URLS, min_size=1, max_size=3), TEXTS)
def test_fields_of_lists_are_never_encoded(urls: list[str], name: str) -> None:
    """Each address stands whole on one line between angle brackets, whatever is in it, and can be taken as it is."""
    field = headers.uris("List-Unsubscribe", urls)
    assert field.isascii()
    assert max(map(len, field.split("\r\n"))) <= 998
    assert re.findall(r"<([^<>\s]*)>", field) == [uri(url) for url in urls]
    assert re.fullmatch(r"List-Unsubscribe: <[^<>\s]*>(?:,\r\n <[^<>\s]*>)*", field)
    listed = headers.list_id("digest.example.org", name)
    check_lines(listed)
    assert "=?" not in listed
    assert listed.endswith("<digest.example.org>")
