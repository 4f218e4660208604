"""Text encodings: which one a file is in, told by its bytes, and the file as UTF-8.

UTF-8 is read where it lies; UTF-16 and Windows-1252 are decoded in memory.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from cxaudit.errors import InputError

_CHUNK = 1 << 22
_HEADER_BYTES = 64  # a header is written in plain letters, whatever comes below it
#: Windows-1252 with the five bytes that it leaves undefined, so that no two texts become one.
_CP1252 = "".join(bytes([byte]).decode("cp1252", errors="ignore") or chr(byte) for byte in range(256))


@dataclass(frozen=True)
class TextFile:
    """A text file with its encoding; `source` is what polars may scan: the path, or its content as UTF-8."""

    source: Path | bytes
    encoding: str
    has_quotes: bool

    def text(self) -> str:
        content = self.source if isinstance(self.source, bytes) else self.source.read_bytes()
        return content.decode("utf-8-sig")

    def start(self, size: int) -> tuple[str, bool]:
        """The first characters, and whether that is the whole file."""
        if isinstance(self.source, bytes):
            content = self.source
        else:
            with self.source.open("rb") as file:
                content = file.read(size + 1)
        decoder = codecs.getincrementaldecoder("utf-8-sig")()
        return decoder.decode(content[:size]), len(content) <= size


def open_text(path: Path, name: str, head: bytes) -> TextFile:
    """Find out the encoding. Raises `InputError` for what is no text.

    UTF-16 shows itself by its mark or by its zero bytes; what is not UTF-8 is taken for Windows-1252.
    """
    encoding = wide_encoding(head)
    if encoding:
        return _decoded(path.read_bytes(), encoding, name)
    is_utf8, has_quotes, is_plain = _scan(path)
    if not is_utf8:
        return _decoded(path.read_bytes(), "cp1252", name)
    if not is_plain:
        return _decoded(path.read_bytes(), "utf-8", name)
    return TextFile(path, "utf-8", has_quotes)


def wide_encoding(head: bytes) -> str | None:
    """UTF-16, told by its mark or by the zero byte of each plain letter; else None."""
    if head.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if head.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    for part in (head[:_HEADER_BYTES], head):
        even, odd = part[0::2].count(0), part[1::2].count(0)
        if odd > 0.3 * len(part) / 2 and even < odd / 10:
            return "utf-16-le"
        if even > 0.3 * len(part) / 2 and odd < even / 10:
            return "utf-16-be"
    return None


def _scan(path: Path) -> tuple[bool, bool, bool]:
    """Whether the file is UTF-8, holds a quote, and ends its lines with LF or CR LF alone (without zero bytes)."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    has_quotes, is_plain, carry = False, True, b""
    with path.open("rb", buffering=0) as file:
        while chunk := file.read(_CHUNK):
            has_quotes = has_quotes or b'"' in chunk
            if b"\r" in chunk or carry:
                text = carry + chunk
                carry = b"\r" if text.endswith(b"\r") else b""
                is_plain = is_plain and text.count(b"\r") - len(carry) == text.count(b"\r\n")
            is_plain = is_plain and b"\x00" not in chunk
            if not chunk.isascii() or decoder.getstate()[0]:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    return False, has_quotes, is_plain
    return not decoder.getstate()[0], has_quotes, is_plain and not carry


def _decoded(content: bytes, encoding: str, name: str) -> TextFile:
    """The content as UTF-8, with lines that end in LF and without zero bytes."""
    try:
        is_cp1252 = encoding == "cp1252"
        text = codecs.charmap_decode(content, "strict", _CP1252)[0] if is_cp1252 else content.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(f"{name} is not readable as {encoding}: byte {error.start} is out of place.") from error
    text = text.removeprefix("\ufeff").replace("\x00", "")
    if "\n" not in text or text.count("\r") != text.count("\r\n"):
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return TextFile(text.encode("utf-8"), encoding, '"' in text)
