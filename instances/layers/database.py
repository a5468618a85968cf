"""Tables, views and queries of a PostGIS database, read without changing anything in it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from instances.layers.content import Content, Window, columns_of, nowhere, shapes_of
from instances.schema import InstanceError

REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
CONNECT = 10  # seconds to wait for a server


@dataclass(frozen=True)
class Source:
    """What is read: a table (``schema.table`` or ``table``) or a query.

    Attributes
    ----------
    connection
        Connection string of PostgreSQL; ``${NAME}`` is taken from the environment.
    geometry
        Which geometry column, where there are several.
    order
        Column to sort by; without one the order is the server's.
    timeout
        Seconds a statement may take.
    """

    connection: str
    table: str | None = None
    query: str | None = None
    geometry: str | None = None
    order: str | None = None
    timeout: float = 300.0


def read_database(source: Source, window: Window) -> Content:
    """Rows of a table or query; those outside the window are counted, not read.

    The transaction is read only. Curves become lines, and geometries lose their third dimension.

    Raises
    ------
    InstanceError
        If psycopg is not installed, a variable is not set, the server or the table cannot be reached or read, or
        PostGIS is not there. No fault holds the password.
    """
    try:
        import psycopg
    except ImportError as error:
        raise _error("reading PostGIS needs psycopg: pip install 'refugia[postgis]'") from error
    connection = _resolved(source.connection)
    try:
        about = psycopg.conninfo.conninfo_to_dict(connection)
    except psycopg.Error:  # its text repeats the string, and with it the password
        fault = "the connection string cannot be read; write postgresql://user:${PASSWORD}@host:port/name"
        raise _error(fault) from None
    password = str(about.get("password") or "")
    where = f"{about.get('host') or about.get('hostaddr') or 'the local server'}, {about.get('dbname') or 'default'}"
    options = f"{about.get('options') or ''} -c default_transaction_read_only=on"
    try:
        with psycopg.connect(connection, connect_timeout=CONNECT, options=options.strip()) as session:
            session.read_only = True
            session.execute("SELECT set_config('statement_timeout', %s, true)", [str(int(1000 * source.timeout))])
            return _read(session, source, window)
    except psycopg.Error as error:
        raise _error(_said(error, where, source, password)) from None


def _error(fault: str) -> InstanceError:
    return InstanceError("The database cannot be read", [fault])


def _resolved(connection: str) -> str:
    """The string with its references to the environment replaced."""
    missing = sorted({name for name in REFERENCE.findall(connection) if name not in os.environ})
    if missing:
        raise _error(f"the environment has no {', '.join(missing)}, which the connection string refers to; set it")
    return REFERENCE.sub(lambda found: os.environ[found.group(1)], connection)


def _read(session: Any, source: Source, window: Window) -> Content:
    from psycopg import sql

    types = session.execute("SELECT oid FROM pg_type WHERE typname = 'geometry'").fetchall()
    if not types:
        raise _error("the database has no PostGIS; run CREATE EXTENSION postgis in it, or name another one")
    if source.table is not None:
        rows: Any = sql.Identifier(*source.table.split(".", 1))
    else:
        rows = sql.SQL("(" + str(source.query).strip().rstrip(";").replace("%", "%%") + "\n) AS asked")
    # Parameters, even an unused one, make the server take a single statement only.
    empty = session.execute(sql.SQL("SELECT * FROM {} WHERE %s LIMIT 0").format(rows), [False])
    placed = {oid for (oid,) in types}
    names = [column.name for column in empty.description]
    shaped = [column.name for column in empty.description if column.type_code in placed]
    column = _geometry(shaped, source.geometry)
    plain = [name for name in names if name not in shaped]
    if len(set(names)) < len(names):
        raise _error("columns of the query share a name; rename them with AS")
    total = int(session.execute(sql.SQL("SELECT count(*) FROM {} WHERE %s").format(rows), [True]).fetchone()[0])
    if column is None:
        found = session.execute(_select(plain, None, rows, sql.SQL("WHERE %s"), source.order), [True]).fetchall()
        return _content(plain, found, None, None, total)
    srid = _srid(session, source, column, rows)
    crs = _system(session, srid)
    box = window(crs)
    if box is None:
        condition: Any = sql.SQL("WHERE %s")
        values: list[Any] = [True]
    else:
        # By bounding boxes, so that an index is used and outlines that cross themselves do not stop the server; the
        # shapes themselves are tested later. Rows without a place stay, because they have to be told of.
        wanted = "WHERE {0} IS NULL OR ST_IsEmpty({0}) OR {0} && ST_MakeEnvelope(%s, %s, %s, %s, %s)"
        condition = sql.SQL(wanted).format(sql.Identifier(column))
        values = [*box, srid]
    found = session.execute(_select(plain, column, rows, condition, source.order), values).fetchall()
    return _content(plain, found, column, crs, total)


def _select(plain: list[str], column: str | None, rows: Any, condition: Any, order: str | None) -> Any:
    from psycopg import sql

    if order in plain:
        condition = sql.SQL("{} ORDER BY {}").format(condition, sql.Identifier(str(order)))
    wanted = [sql.SQL("{}").format(sql.Identifier(name)) for name in plain]
    if column is not None:
        wanted.append(sql.SQL("ST_AsBinary(ST_Force2D(ST_CurveToLine({})))").format(sql.Identifier(column)))
    return sql.SQL("SELECT {} FROM {} {}").format(sql.SQL(", ").join(wanted), rows, condition)


def _geometry(shaped: list[str], wanted: str | None) -> str | None:
    if wanted is not None and wanted not in shaped:
        raise _error(f"no geometry column {wanted!r}; there is {', '.join(shaped) or 'none'}")
    if wanted is None and len(shaped) > 1:
        raise _error(f"{len(shaped)} geometry columns; say which (geometry): {', '.join(shaped)}")
    return wanted or (shaped[0] if shaped else None)


def _srid(session: Any, source: Source, column: str, rows: Any) -> int:
    """Of the table as registered, else of the geometries themselves; 0 where nobody says."""
    from psycopg import sql

    if source.table is not None:
        registered = session.execute(
            "SELECT srid FROM geometry_columns WHERE f_geometry_column = %s AND "
            "to_regclass(format('%%I.%%I', f_table_schema, f_table_name)) = to_regclass(%s)",
            [column, sql.Identifier(*source.table.split(".", 1)).as_string(session)],
        ).fetchone()
        if registered is not None and registered[0]:
            return int(registered[0])
    found = session.execute(
        sql.SQL("SELECT DISTINCT ST_SRID({0}) FROM {1} WHERE {0} IS NOT NULL AND %s LIMIT 3").format(
            sql.Identifier(column), rows
        ),
        [True],
    ).fetchall()
    if len(found) > 1:
        raise _error(f"column {column} mixes reference systems (SRID {', '.join(str(s) for (s,) in found)})")
    return int(found[0][0]) if found else 0


def _system(session: Any, srid: int) -> str | None:
    if not srid:
        return None
    row = session.execute("SELECT auth_name, auth_srid, srtext FROM spatial_ref_sys WHERE srid = %s", [srid]).fetchone()
    if row is None:
        raise _error(f"SRID {srid} is not in spatial_ref_sys; give the geometries one that is (UpdateGeometrySRID)")
    return f"{row[0]}:{row[1]}" if row[0] and row[1] else str(row[2])


def _content(names: list[str], rows: list[Any], column: str | None, crs: str | None, total: int) -> Content:
    raw = {}
    for k, name in enumerate(names):
        raw[name] = np.empty(len(rows), dtype=object)
        raw[name][:] = [row[k] for row in rows]
    columns, notes = columns_of(raw)
    wkb = np.empty(len(rows), dtype=object)
    if column is not None:
        wkb[:] = [None if row[-1] is None else bytes(row[-1]) for row in rows]
    shape = shapes_of(wkb) if column is not None else nowhere(len(rows))
    return Content(columns, shape, crs, np.arange(1, len(rows) + 1), total, column is not None, tuple(notes))


def _said(error: Any, where: str, source: Source, password: str) -> str:
    """What went wrong, in words and without the password."""
    what = f"table {source.table}" if source.table else "the query"
    text = " ".join(str(error).split())
    text = text.replace(password, "***") if password else text
    state = error.sqlstate or ""
    if state in ("28P01", "28000") or "authentication failed" in text or "no password supplied" in text:
        return f"{where}: the server refuses this user or password; check the variables in the connection string"
    if state == "3D000" or ("database" in text and "does not exist" in text):
        return f"{where}: no such database; check its name in the connection string"
    if state == "42P01":
        return f"{where}: no {what} there, or this user may not see it; write schema.table ({text[:120]})"
    if state == "42501":
        return f"{where}: this user may not read {what}; GRANT SELECT on it ({text[:120]})"
    if state == "57014":
        return f"{where}: {what} took longer than {source.timeout:g} s; raise timeout or add a spatial index"
    if state == "25006":
        return f"{where}: {what} would change the database, and it is only read"
    if state.startswith("42"):
        return f"{where}: the server does not understand {what}: {text[:200]}"
    if not state:
        return f"{where}: no server answers; is it running, and are host and port right? ({text[:200]})"
    return f"{where}: {text[:200]}"
