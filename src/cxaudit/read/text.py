"""Text encodings: which one a file is in, told by its bytes, and the file as UTF-8 with one line end.

UTF-8 is read where it lies; all else is copied, piece by piece, into a scratch file.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cxaudit.bytewise import n_of
from cxaudit.errors import InputError
from cxaudit.read.scratch import making_room, scratch_file

_CHUNK = 1 << 22
_SCANNED = 1 << 20  # bytes looked at together
_HEADER_BYTES = 64  # a header is written in plain letters, whatever comes below it
#: Windows-1252 with the five bytes that it leaves undefined, so that no two texts become one.
_CP1252 = "".join(bytes([byte]).decode("cp1252", errors="ignore") or chr(byte) for byte in range(256))
_ODD_BYTES = "cxaudit.odd_bytes"

Decode = Callable[[bytes, bool], str]


@dataclass(frozen=True)
class TextFile:
    """A text file with its encoding; `path` is what polars may scan: the file itself, or a copy of it in UTF-8."""

    path: Path
    encoding: str
    has_quotes: bool
    is_mixed: bool = False  # UTF-8 with some bytes of Windows-1252
    n_delimiters: int | None = None  # None where they were not counted


def start_of(path: Path, size: int) -> tuple[str, bool]:
    """The first characters of a file, taken for UTF-8, and whether that is all of it."""
    with path.open("rb") as file:
        content = file.read(size + 1)
    return codecs.getincrementaldecoder("utf-8-sig")("replace").decode(content[:size]), len(content) <= size


def open_text(path: Path, name: str, head: bytes, delimiter: str) -> TextFile:
    """Find out the encoding, and count the delimiters of a file without quotes. Raises `InputError` for what is no text.

    UTF-16 shows itself by its mark or by its zero bytes; what is not UTF-8 is taken for Windows-1252, the whole file or only
    the bytes that are out of place.
    """
    encoding = wide_encoding(head)
    if encoding:
        return _copied(path, name, encoding, codecs.getincrementaldecoder(encoding)().decode)
    found = _scan(path, delimiter.encode())
    if found.is_utf8:
        if found.is_plain:
            return TextFile(path, "utf-8", found.has_quotes, n_delimiters=found.n_delimiters)
        return _copied(path, name, "utf-8", codecs.getincrementaldecoder("utf-8")().decode)
    if _is_mostly_utf8(path):
        decoder = codecs.getincrementaldecoder("utf-8")(errors=_ODD_BYTES)
        return _copied(path, name, "utf-8", decoder.decode, is_mixed=True)
    return _copied(path, name, "cp1252", _decode_cp1252)


def wide_encoding(head: bytes) -> str | None:
    """UTF-16 or UTF-32, told by its mark or by the zero byte of each plain letter; else None."""
    for mark, encoding in (
        (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
        (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):  # fmt: skip
        if head.startswith(mark):
            return encoding
    for part in (head[:_HEADER_BYTES], head) if b"\x00" in head else ():
        even, odd = part[0::2].count(0), part[1::2].count(0)
        if odd > 0.3 * len(part) / 2 and even < odd / 10:
            return "utf-16-le"
        if even > 0.3 * len(part) / 2 and odd < even / 10:
            return "utf-16-be"
    return None


@dataclass(frozen=True)
class _Scanned:
    """What a file holds. `is_plain`: lines end with LF or CR LF alone, and there are no zero bytes; `n_delimiters`: None where
    they were not counted."""

    is_utf8: bool
    has_quotes: bool
    is_plain: bool
    n_delimiters: int | None


def _scan(path: Path, delimiter: bytes) -> _Scanned:
    """Read a file once. Delimiters of one byte are counted as long as there are no quotes, which may hold some."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    has_quotes, is_plain, carry = False, True, b""
    is_counted, n_delimiters = len(delimiter) == 1, 0
    buffer = _buffer()
    with path.open("rb", buffering=0) as file:
        while n := file.readinto(buffer):
            chunk = buffer if n == len(buffer) else buffer[:n]
            has_quotes = has_quotes or b'"' in chunk
            if is_counted and not has_quotes:
                n_delimiters += n_of(delimiter[0], bytes(chunk))
            if is_plain:
                if b"\r" in chunk or carry:
                    text = carry + chunk
                    carry = b"\r" if text.endswith(b"\r") else b""
                    is_plain = text.count(b"\r") - len(carry) == text.count(b"\r\n")
                is_plain = is_plain and b"\x00" not in chunk
            if not chunk.isascii() or decoder.getstate()[0]:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    return _Scanned(False, has_quotes, is_plain, None)
    is_utf8, is_plain = not decoder.getstate()[0], is_plain and not carry
    return _Scanned(is_utf8, has_quotes, is_plain, n_delimiters if is_counted and not has_quotes else None)


@lru_cache(maxsize=1)
def _buffer() -> bytearray:
    """The same memory for all pieces of all files: to ask for new one takes longer than reading into it."""
    return bytearray(_SCANNED)


def _is_mostly_utf8(path: Path) -> bool:
    """Whether more letters beyond ASCII are written in UTF-8 than bytes are out of place."""
    decoder, n_letters, n_odd = codecs.getincrementaldecoder("utf-8")(errors="surrogateescape"), 0, 0
    with path.open("rb", buffering=0) as file:
        while chunk := file.read(_CHUNK):
            if chunk.isascii() and not decoder.getstate()[0]:
                continue
            beyond = [letter for letter in decoder.decode(chunk) if letter > "\x7f"]
            n_letters += len(beyond)
            n_odd += sum("\udc80" <= letter <= "\udcff" for letter in beyond)
    return n_letters - n_odd > n_odd


def _decode_cp1252(content: bytes, _is_last: bool) -> str:
    return codecs.charmap_decode(content, "strict", _CP1252)[0]


def _odd_bytes(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return "".join(_CP1252[byte] for byte in error.object[error.start : error.end]), error.end


codecs.register_error(_ODD_BYTES, _odd_bytes)


def _copied(path: Path, name: str, encoding: str, decode: Decode, *, is_mixed: bool = False) -> TextFile:
    """A copy in UTF-8, with lines that end in LF and without zero bytes. Raises `InputError` for bytes out of place."""
    lines = io.IncrementalNewlineDecoder(None, translate=True)
    copy, has_quotes, is_first, position = scratch_file(".csv"), False, True, 0
    with making_room(name), path.open("rb") as source, copy.open("wb") as target:
        while True:
            chunk = source.read(_CHUNK)
            try:
                text = decode(chunk, not chunk)
            except UnicodeDecodeError as error:
                place = position + error.start
                raise InputError(
                    f"{name} is not readable as {encoding}: byte {place:,} is out of place.\n"
                    "It may be damaged or cut off: export it again."
                ) from error
            position += len(chunk)
            if is_first and text:
                text, is_first = text.removeprefix("\ufeff"), False
            has_quotes = has_quotes or '"' in text
            target.write(lines.decode(text.replace("\x00", ""), final=not chunk).encode("utf-8"))
            if not chunk:
                return TextFile(copy, encoding, has_quotes, is_mixed)
