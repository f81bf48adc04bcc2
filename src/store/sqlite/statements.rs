//! The SQL of every operation, and nothing else.

use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection, Error, OptionalExtension as _, Result, params};

use crate::store::{LogRecord, Row, Version, from_microsecond};

/// Saves a row; 0 is a conflict. One statement, so that it happens whole or not at all.
pub(super) fn save(conn: &Connection, row: &Row) -> Result<usize> {
    // A revision beyond what SQLite counts cannot follow one that is stored.
    let Ok(revision) = i64::try_from(row.revision) else { return Ok(0) };
    let due = row.due.map(Timestamp::as_microsecond);
    let sql = if revision == 1 {
        "INSERT INTO call (flow, call, sid, version, revision, due, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) \
         ON CONFLICT DO NOTHING"
    } else {
        // No indexed column is set: SQLite would write its index even if the value stays the same.
        "UPDATE call SET version = ?4, revision = ?5, due = ?6, state = ?7 \
         WHERE flow = ?1 AND call = ?2 AND sid = ?3 AND revision = ?5 - 1"
    };
    let mut statement = conn.prepare_cached(sql)?;
    statement.execute(params![row.flow, row.call, row.sid, row.version, revision, due, row.state])
}

pub(super) fn load(conn: &Connection, flow: &str, call: &str) -> Result<Option<Row>> {
    let sql = "SELECT flow, call, sid, version, revision, due, state FROM call WHERE flow = ?1 AND call = ?2";
    conn.prepare_cached(sql)?.query_row([flow, call], to_row).optional()
}

pub(super) fn find(conn: &Connection, flow: &str, sid: &str) -> Result<Option<Row>> {
    let sql = "SELECT flow, call, sid, version, revision, due, state FROM call WHERE flow = ?1 AND sid = ?2";
    conn.prepare_cached(sql)?.query_row([flow, sid], to_row).optional()
}

pub(super) fn due(conn: &Connection, until: Option<Timestamp>) -> Result<Vec<(String, String, Timestamp)>> {
    let sql = "SELECT flow, call, due FROM call WHERE due IS NOT NULL AND due <= ?1 ORDER BY due, flow, call";
    let until = until.map_or(i64::MAX, Timestamp::as_microsecond);
    let mut statement = conn.prepare_cached(sql)?;
    statement.query_map([until], |row| Ok((row.get(0)?, row.get(1)?, time(2, row.get(2)?)?)))?.collect()
}

pub(super) fn delete(conn: &Connection, flow: &str, call: &str) -> Result<usize> {
    conn.prepare_cached("DELETE FROM call WHERE flow = ?1 AND call = ?2")?.execute([flow, call])
}

pub(super) fn count(conn: &Connection, flow: &str) -> Result<u64> {
    let sql = "SELECT count(*) FROM call WHERE flow = ?1";
    conn.prepare_cached(sql)?.query_row([flow], |row| unsigned(0, row.get(0)?))
}

pub(super) fn save_version(conn: &Connection, version: &Version) -> Result<usize> {
    let sql = "INSERT INTO version (flow, hash, sources) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
    conn.prepare_cached(sql)?.execute(params![version.flow, version.hash, version.sources])
}

pub(super) fn load_version(conn: &Connection, flow: &str, hash: &str) -> Result<Option<Version>> {
    let sql = "SELECT flow, hash, sources FROM version WHERE flow = ?1 AND hash = ?2";
    let mut statement = conn.prepare_cached(sql)?;
    let version = |row: &rusqlite::Row<'_>| Ok(Version { flow: row.get(0)?, hash: row.get(1)?, sources: row.get(2)? });
    statement.query_row([flow, hash], version).optional()
}

pub(super) fn versions_in_use(conn: &Connection) -> Result<Vec<(String, String)>> {
    let mut statement = conn.prepare_cached("SELECT DISTINCT flow, version FROM call ORDER BY flow, version")?;
    statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

/// Drops unused versions and says how many. Several statements, but half of them done is no harm.
pub(super) fn prune_versions(conn: &Connection, current: &[(String, String)]) -> Result<usize> {
    let sql = "SELECT flow, hash FROM version \
               WHERE NOT EXISTS (SELECT 1 FROM call WHERE call.flow = version.flow AND call.version = version.hash)";
    let mut statement = conn.prepare_cached(sql)?;
    let unused: Result<Vec<(String, String)>> =
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect();
    let mut drop = conn.prepare_cached("DELETE FROM version WHERE flow = ?1 AND hash = ?2")?;
    let mut dropped = 0;
    for version in unused? {
        if !current.contains(&version) {
            dropped += drop.execute([version.0, version.1])?;
        }
    }
    Ok(dropped)
}

pub(super) fn append_log(conn: &Connection, flow: &str, call: &str, log: &LogRecord) -> Result<usize> {
    let sql = "INSERT INTO log (flow, call, at, record) VALUES (?1, ?2, ?3, ?4) \
               ON CONFLICT DO UPDATE SET at = excluded.at, record = excluded.record";
    conn.prepare_cached(sql)?.execute(params![flow, call, log.at.as_microsecond(), log.record])
}

pub(super) fn load_log(conn: &Connection, flow: &str, call: &str) -> Result<Option<LogRecord>> {
    let mut statement = conn.prepare_cached("SELECT at, record FROM log WHERE flow = ?1 AND call = ?2")?;
    let log = |row: &rusqlite::Row<'_>| Ok(LogRecord { at: time(0, row.get(0)?)?, record: row.get(1)? });
    statement.query_row([flow, call], log).optional()
}

pub(super) fn prune_log(conn: &Connection, before: Timestamp, most: u32) -> Result<usize> {
    let sql = "DELETE FROM log WHERE rowid IN (SELECT rowid FROM log WHERE at < ?1 ORDER BY at LIMIT ?2)";
    conn.prepare_cached(sql)?.execute(params![before.as_microsecond(), most])
}

fn to_row(row: &rusqlite::Row<'_>) -> Result<Row> {
    let due: Option<i64> = row.get(5)?;
    Ok(Row {
        flow: row.get(0)?,
        call: row.get(1)?,
        sid: row.get(2)?,
        version: row.get(3)?,
        revision: unsigned(4, row.get(4)?)?,
        due: due.map(|due| time(5, due)).transpose()?,
        state: row.get(6)?,
    })
}

/// A count that cannot be negative, unless somebody else wrote it.
fn unsigned(column: usize, value: i64) -> Result<u64> {
    u64::try_from(value).map_err(|_| Error::IntegralValueOutOfRange(column, value))
}

fn time(column: usize, microseconds: i64) -> Result<Timestamp> {
    from_microsecond(microseconds)
        .map_err(|error| Error::FromSqlConversionFailure(column, Type::Integer, Box::new(error)))
}
