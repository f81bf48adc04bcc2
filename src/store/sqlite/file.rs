//! The file: created for its owner only, locked, checked, and brought to the current schema.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, Error, ErrorCode, OpenFlags};

use crate::store::StoreError;

/// How long another program (a backup, somebody who looks at the file) may keep us waiting; well within a webhook.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(2);

/// Marks a database as ours ("ivrc"), <https://www.sqlite.org/pragma.html#pragma_application_id>.
const APPLICATION_ID: i64 = 0x6976_7263;

/// Migration `n` brings schema `n` (0: an empty file) to schema `n + 1`.
const MIGRATIONS: &[&str] = &[include_str!("../schema/sqlite.sql"), include_str!("../schema/sqlite-2.sql")];

/// For every connection, from <https://www.sqlite.org/pragma.html> and <https://www.sqlite.org/security.html>: a schema
/// somebody tampered with calls no functions, and a damaged page is noticed when it is read.
const CAUTION: &str = "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;";

/// For the writer, from <https://www.sqlite.org/pragma.html>:
/// - `synchronous = FULL`: with a write-ahead log, only this syncs it at every commit; with `NORMAL` "a transaction
///   might roll back following a power loss". `fullfsync`: on macOS, a plain fsync does not reach the disk.
/// - `secure_delete = ON`: what is deleted is overwritten with zeros.
/// - `wal_autocheckpoint`: in a burst of calls, 8 MiB are written before they are brought from the log into the file,
///   which costs two syncs. `journal_size_limit`: afterwards, the log shrinks again, to 4 MiB.
const DURABILITY: &str = "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON; \
                          PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 2000; \
                          PRAGMA journal_size_limit = 4194304;";

/// Creates the file unless it exists, and locks it for this process. Returns its real path and the lock.
pub(super) fn claim(path: &Path) -> Result<(PathBuf, File), StoreError> {
    create(path).map_err(|error| open_error(path, &error))?;
    // Two names of one file must not become two locks.
    let path = fs::canonicalize(path).map_err(|error| open_error(path, &error))?;
    let lock = lock(&path)?;
    Ok((path, lock))
}

/// The writer's connection, with the current schema.
pub(super) fn open(path: &Path) -> Result<Connection, StoreError> {
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(|error| failed_to_open(path, &error))?;
    let schema = inspect(&conn, path)?;
    prepare(&conn, path, schema)?;
    check(&conn, path)?;
    Ok(conn)
}

/// The reader's connection.
pub(super) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let open = || {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let conn = Connection::open_with_flags(path, flags)?;
        conn.busy_timeout(BUSY_TIMEOUT)?;
        conn.execute_batch(CAUTION)?;
        Ok(conn)
    };
    open().map_err(|error| failed_to_open(path, &error))
}

/// A failure of an open store.
pub(super) fn failed(path: &Path, error: &Error) -> StoreError {
    let reason = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            StoreError::Damaged { path: path.to_owned(), reason }
        }
        _ => StoreError::Failed { path: path.to_owned(), reason },
    }
}

/// Creates the file, readable by its owner only: states hold what callers said. The write-ahead log gets
/// the same mode.
///
/// An existing file is not opened here: closing it again would drop the locks that connections elsewhere in this
/// process have on it (<https://www.sqlite.org/howtocorrupt.html>, 2.2).
fn create(path: &Path) -> io::Result<()> {
    match private().create_new(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        other => return other.map(drop),
    }
    let kind = fs::metadata(path)?.file_type();
    if kind.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if kind.is_file() { Ok(()) } else { Err(io::Error::other("not a regular file")) }
}

/// Takes the lock beside the file. It is a file of its own, and stays, so that others can still look at the database.
fn lock(path: &Path) -> Result<File, StoreError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let name = PathBuf::from(name);
    let lock = private().create(true).truncate(false).open(&name).map_err(|error| open_error(&name, &error))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked { path: path.to_owned() }),
        Err(TryLockError::Error(error)) => Err(open_error(&name, &error)),
    }
}

/// Options for a file that only its owner may read.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// The schema of the file, 0 if it is empty. Changes nothing: the file may be somebody else's.
fn inspect(conn: &Connection, path: &Path) -> Result<usize, StoreError> {
    let read = || -> rusqlite::Result<(i64, i64, i64, bool)> {
        conn.busy_timeout(BUSY_TIMEOUT)?;
        let application = conn.query_row("PRAGMA application_id", [], |row| row.get(0))?;
        let schema = conn.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        let objects = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        Ok((application, schema, objects, conn.is_readonly("main")?))
    };
    let (application, found, objects, is_readonly) = read().map_err(|error| failed_to_open(path, &error))?;
    if is_readonly {
        return Err(open_error(path, &io::ErrorKind::PermissionDenied.into()));
    }
    let is_empty = application == 0 && found == 0 && objects == 0;
    if application != APPLICATION_ID && !is_empty {
        return Err(StoreError::Foreign { path: path.to_owned() });
    }
    let schema = usize::try_from(found).map_err(|_| StoreError::Foreign { path: path.to_owned() })?;
    if schema > MIGRATIONS.len() {
        let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
        return Err(StoreError::Newer { path: path.to_owned(), found, known });
    }
    Ok(schema)
}

/// Sets the connection up and migrates the file.
fn prepare(conn: &Connection, path: &Path, schema: usize) -> Result<(), StoreError> {
    let sql = |error: Error| failed_to_open(path, &error);
    conn.execute_batch(CAUTION).map_err(sql)?;
    conn.execute_batch(DURABILITY).map_err(sql)?;
    // A commit is one sequential write and one sync, and readers do not wait: <https://www.sqlite.org/wal.html>.
    let mode: String = conn.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)).map_err(sql)?;
    if mode != "wal" {
        let reason = "no shared memory for its write-ahead log; it must lie on a local disk".to_owned();
        return Err(StoreError::Open { path: path.to_owned(), reason });
    }
    match MIGRATIONS.get(schema..) {
        None | Some([]) => Ok(()),
        Some(steps) => conn.execute_batch(&migration(steps)).map_err(sql),
    }
}

/// The missing steps as one transaction. The two numbers are part of it: they lie in the file's header.
fn migration(steps: &[&str]) -> String {
    let steps = steps.concat();
    let schema = MIGRATIONS.len();
    format!(
        "BEGIN IMMEDIATE;\n{steps}\nPRAGMA application_id = {APPLICATION_ID};\nPRAGMA user_version = {schema};\nCOMMIT;"
    )
}

/// Reads the calls and the versions once: damage is better found at start than in the middle of a call. The log, which
/// is by far the largest, is left out.
fn check(conn: &Connection, path: &Path) -> Result<(), StoreError> {
    for sql in ["PRAGMA quick_check(call)", "PRAGMA quick_check(version)"] {
        let found: String = conn.query_row(sql, [], |row| row.get(0)).map_err(|error| failed_to_open(path, &error))?;
        if found != "ok" {
            return Err(StoreError::Damaged { path: path.to_owned(), reason: found });
        }
    }
    Ok(())
}

fn failed_to_open(path: &Path, error: &Error) -> StoreError {
    let path = path.to_owned();
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => StoreError::Foreign { path },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Locked { path },
        Some(ErrorCode::DatabaseCorrupt) => StoreError::Damaged { path, reason: error.to_string() },
        _ => StoreError::Open { path, reason: error.to_string() },
    }
}

fn open_error(path: &Path, error: &io::Error) -> StoreError {
    StoreError::Open { path: path.to_owned(), reason: error.to_string() }
}
