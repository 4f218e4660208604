"""Parquet: typed columns as the text that a spreadsheet would show. The names of the columns are row 1.

Moments with a zone become UTC with a `Z`; whole numbers lose their `.0`. A damaged file is named, wherever reading breaks off.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import polars as pl
from polars.exceptions import DuplicateError, PanicException, PolarsError

from cxaudit.errors import InputError
from cxaudit.read.table import HEAD_RECORDS, Table, column

_PARQUET = b"PAR1"
#: What reading a damaged file ends with: polars refuses it, or loses its way in it.
BROKEN = (PolarsError, PanicException)
_MOST_EXACT = 2**53
_STANDARD_ERROR = 2


def open_parquet(path: Path, name: str) -> Table:
    """The table of a Parquet file. Raises `InputError` for what cannot be opened."""
    with _telling_damage(name):
        schema = pl.scan_parquet(str(path), glob=False).collect_schema()
        start = pl.scan_parquet(str(path), glob=False).head(HEAD_RECORDS - 1).select(_texts(schema)).collect()
    names = list(schema)

    def body(header: int, width: int) -> pl.LazyFrame:
        rows = pl.scan_parquet(str(path), glob=False, row_index_name="\x00row", row_index_offset=2)
        texts = _texts(schema)
        cells = [texts[i] if i < len(texts) else pl.lit(None, pl.String).alias(column(i)) for i in range(width)]
        rows = rows.slice(header - 1) if header > 1 else rows
        return rows.select(pl.col("\x00row").cast(pl.UInt32).alias("row"), *cells, extra=pl.lit(None, pl.String))

    below = ((i, [cell or "" for cell in cells]) for i, cells in enumerate(start.iter_rows(), start=2))
    return Table(file=name, sheet=None, encoding=None, delimiter=None, head=((1, names), *below), body=body)


@contextmanager
def naming_the_damaged(files: Mapping[Path, str]) -> Iterator[None]:
    """Where reading breaks off, each Parquet file is read through: raise `InputError` for the one that is damaged.

    Its first rows may be sound, and to read every file through beforehand would cost the runs in which all is well.
    """
    try:
        yield
    except BROKEN:
        for path, name in files.items():
            require_sound(path, name)
        raise


def require_sound(path: Path, name: str) -> None:
    """Read a Parquet file to its end; others are left as they are. Raises `InputError` for a damaged one."""
    with path.open("rb") as file:
        if file.read(len(_PARQUET)) != _PARQUET:
            return
    with _telling_damage(name):
        rows = pl.scan_parquet(str(path), glob=False)
        rows.select(text.hash().max() for text in _texts(rows.collect_schema())).collect(engine="streaming")


@contextmanager
def _telling_damage(name: str) -> Iterator[None]:
    """Raise `InputError` for what polars cannot read, without its own words on standard error."""
    try:
        with quiet():
            yield
    except DuplicateError as error:
        raise InputError(
            f"{name} has several columns of one name ({str(error).splitlines()[0]}).\nGive each a name of its own."
        ) from error
    except (*BROKEN, OSError) as error:
        is_lost = isinstance(error, PanicException)
        reason = "its columns do not add up" if is_lost else str(error).splitlines()[0]
        raise InputError(
            f"{name} cannot be read as Parquet ({reason}).\nIt may be damaged or cut off: export it again."
        ) from error


@contextmanager
def quiet() -> Iterator[None]:
    """Nothing reaches standard error: compiled code that loses its way writes there itself, past Python."""
    try:
        kept = os.dup(_STANDARD_ERROR)
    except OSError:  # there is none
        yield
        return
    try:
        with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - no path
            os.dup2(nowhere.fileno(), _STANDARD_ERROR)
        yield
    finally:
        with suppress(OSError):
            os.dup2(kept, _STANDARD_ERROR)
        os.close(kept)


def _texts(schema: pl.Schema) -> list[pl.Expr]:
    return [as_text(pl.col(name), dtype).alias(column(i)) for i, (name, dtype) in enumerate(schema.items())]


def as_text(cell: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """The values of a column as text; null where there is none.

    >>> pl.select(as_text(pl.lit(124.0), pl.Float64()), b=as_text(pl.lit(True), pl.Boolean())).row(0)
    ('124', 'TRUE')
    """
    if isinstance(dtype, pl.Datetime):
        if dtype.time_zone is not None:
            return cell.dt.convert_time_zone("UTC").dt.cast_time_unit("us").dt.to_string("%Y-%m-%d %H:%M:%S%.fZ")
        return cell.dt.cast_time_unit("us").dt.to_string("%Y-%m-%d %H:%M:%S%.f")
    if isinstance(dtype, pl.Date):
        return cell.dt.to_string("%Y-%m-%d")
    if isinstance(dtype, pl.Time):
        return cell.dt.to_string("%H:%M:%S")
    if isinstance(dtype, pl.Duration):
        seconds = cell.dt.total_seconds()
        parts = (seconds // 3600, seconds // 60 % 60, seconds % 60)
        return pl.concat_str([part.cast(pl.String).str.zfill(2) for part in parts], separator=":")
    if dtype.is_float():
        whole = cell.cast(pl.Int64, strict=False).cast(pl.String)
        is_whole = (cell == cell.round()) & (cell.abs() <= _MOST_EXACT)
        return pl.when(is_whole).then(whole).when(cell.is_not_nan()).then(cell.cast(pl.String))
    if isinstance(dtype, pl.Boolean):
        return pl.when(cell).then(pl.lit("TRUE")).when(~cell).then(pl.lit("FALSE"))
    if not _is_readable(dtype):
        return pl.lit(None, dtype=pl.String)
    if isinstance(dtype, pl.List | pl.Array):
        listed = cell.arr.to_list() if isinstance(dtype, pl.Array) else cell
        return listed.cast(pl.List(pl.String), strict=False).list.join(", ")
    if isinstance(dtype, pl.Struct):
        return cell.struct.json_encode()
    if isinstance(dtype, pl.Binary):
        text = cell.map_batches(_decoded, return_dtype=pl.String(), is_elementwise=True)
    else:
        text = cell.cast(pl.String, strict=False)
    return pl.when(text != "").then(text)


def _is_readable(dtype: Any) -> bool:
    """Whether the values of a column can be told as text: maps cannot, nor lists and records of bytes or maps."""
    inner = [field.dtype for field in dtype.fields] if isinstance(dtype, pl.Struct) else []
    inner += [dtype.inner] if isinstance(dtype, pl.List | pl.Array) else []
    return not isinstance(dtype, pl.Map | pl.Object) and all(
        _is_readable(one) and not isinstance(one, pl.Binary) for one in inner
    )


def _decoded(cells: pl.Series) -> pl.Series:
    """Bytes that are text as text; others, such as the outlines of a map, are no text."""
    try:
        return cells.cast(pl.String)
    except PolarsError:
        return pl.Series(cells.name, [_text_of(one) for one in cells], dtype=pl.String)


def _text_of(content: bytes | None) -> str | None:
    with suppress(UnicodeDecodeError):
        return content.decode() if content is not None else None
    return None
