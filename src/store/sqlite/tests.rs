//! What only a file can do: outlive its store, be somebody else's, be damaged, be full.

use std::fs::{self, File};
use std::future::Future as _;
use std::path::Path;
use std::pin::{Pin, pin};
use std::task::{Context, Waker};
use std::time::Duration;

use futures_util::future::join_all;
use rusqlite::Connection;

use super::SqliteStore;
use crate::store::contract::{Scratch, conflict, next, row};
use crate::store::{Row, Store as _, StoreError, StoreFuture};

/// Another program's connection that has the file's write lock, so that changes pile up.
fn blocker(path: &Path) -> Connection {
    let conn = Connection::open(path).unwrap();
    conn.execute_batch("BEGIN IMMEDIATE").unwrap();
    conn
}

/// The results of saves that are made in one transaction.
async fn save_together(store: &SqliteStore, path: &Path, rows: &[Row]) -> Vec<Result<(), StoreError>> {
    let blocker = blocker(path);
    let before = store.commits();
    let mut saves = pin!(join_all(rows.iter().map(|row| store.save(row.clone()))));
    assert!(saves.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    blocker.execute_batch("ROLLBACK").unwrap();
    let results = saves.await;
    assert!(store.commits() - before <= 1);
    results
}

fn error(path: &Path) -> StoreError {
    SqliteStore::open(path).err().unwrap()
}

fn contains(path: &Path, marker: &[u8]) -> bool {
    let files = fs::read_dir(path).unwrap();
    files
        .map(|file| fs::read(file.unwrap().path()).unwrap())
        .any(|bytes| bytes.windows(marker.len()).any(|w| w == marker))
}

/// A power loss cannot be tried here; the settings that a commit's durability hangs on can be.
#[tokio::test]
async fn the_writer_syncs_every_commit() {
    let scratch = Scratch::new();
    let store = SqliteStore::open(&scratch.file()).unwrap();
    for (pragma, value) in [("synchronous", 2), ("fullfsync", 1), ("secure_delete", 1), ("trusted_schema", 0)] {
        let sql = format!("PRAGMA {pragma}");
        let set = store.change(false, move |conn| conn.query_row(&sql, [], |row| row.get(0)).map(u16::into)).await;
        assert_eq!(set, Ok(value), "{pragma}");
    }
}

#[tokio::test]
async fn a_closed_store_leaves_one_whole_file() {
    let scratch = Scratch::new();
    let store = SqliteStore::open(&scratch.file()).unwrap();
    store.save(row("up")).await.unwrap();
    store.close().await;
    let mut names: Vec<_> = fs::read_dir(scratch.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["calls.db", "calls.db.lock"]);
    // The closed store is still there: closing has let go of the file.
    let again = SqliteStore::open(&scratch.file()).unwrap();
    assert_eq!(again.load("oncall", "up").await, Ok(Some(row("up"))));
}

#[tokio::test]
async fn a_dropped_store_has_kept_everything() {
    let scratch = Scratch::new();
    let store = SqliteStore::open(&scratch.file()).unwrap();
    store.save(row("up")).await.unwrap();
    drop(store);
    let again = SqliteStore::open(&scratch.file()).unwrap();
    assert_eq!(again.load("oncall", "up").await, Ok(Some(row("up"))));
    again.save(next(&row("up"))).await.unwrap();
}

#[tokio::test]
async fn what_was_saved_outlives_a_killed_server() {
    let scratch = Scratch::new();
    let store = SqliteStore::open(&scratch.file()).unwrap();
    store.save(row("up")).await.unwrap();
    store.save(next(&row("up"))).await.unwrap();
    // The files at this moment are what a killed process leaves.
    let left = Scratch::new();
    for file in fs::read_dir(scratch.path()).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), left.path().join(file.file_name())).unwrap();
    }
    let found = SqliteStore::open(&left.file()).unwrap();
    assert_eq!(found.load("oncall", "up").await, Ok(Some(next(&row("up")))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_at_once_share_commits() {
    let scratch = Scratch::new();
    let store = SqliteStore::open(&scratch.file()).unwrap();
    let rows: Vec<Row> = (0..500).map(|n| row(&n.to_string())).collect();
    let blocker = blocker(&scratch.file());
    let mut saves: Pin<Box<_>> = Box::pin(join_all(rows.iter().map(|row| store.save(row.clone()))));
    assert!(saves.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    blocker.execute_batch("ROLLBACK").unwrap();
    assert!(saves.await.iter().all(Result::is_ok));
    assert_eq!(store.commits(), 2, "500 saves, at most 256 in a transaction");
    drop(store);
    let again = SqliteStore::open(&scratch.file()).unwrap();
    for row in rows {
        assert_eq!(again.load("oncall", &row.call).await, Ok(Some(row)));
    }
}

#[tokio::test]
async fn a_full_queue_makes_callers_wait() {
    let scratch = Scratch::new();
    let store = SqliteStore::open(&scratch.file()).unwrap();
    let blocker = blocker(&scratch.file());
    let mut saves: Vec<StoreFuture<'_, ()>> = (0..3000).map(|n| store.save(row(&n.to_string()))).collect();
    for save in &mut saves {
        assert!(save.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    assert_eq!(store.writer.room(), 0);
    blocker.execute_batch("ROLLBACK").unwrap();
    assert!(join_all(saves).await.iter().all(Result::is_ok));
    assert_eq!(store.count("oncall").await, Ok(3000));
}

#[tokio::test]
async fn a_conflict_fails_alone() {
    let scratch = Scratch::new();
    let store = SqliteStore::open(&scratch.file()).unwrap();
    let rows = [row("a"), row("a"), next(&row("a")), next(&row("b")), row("c")];
    let results = save_together(&store, &scratch.file(), &rows).await;
    assert_eq!(results, [Ok(()), conflict(&rows[1]), Ok(()), conflict(&rows[3]), Ok(())]);
    assert_eq!(store.load("oncall", "a").await, Ok(Some(next(&row("a")))));
    assert_eq!(store.count("oncall").await, Ok(2));
}

#[tokio::test]
async fn a_statement_that_fails_fails_alone() {
    let scratch = Scratch::new();
    let store = SqliteStore::open(&scratch.file()).unwrap();
    let other = Connection::open(scratch.file()).unwrap();
    let trigger = "CREATE TRIGGER t BEFORE INSERT ON call WHEN NEW.call = 'b' BEGIN SELECT RAISE(ABORT, 'no'); END";
    other.execute_batch(trigger).unwrap();
    let results = save_together(&store, &scratch.file(), &[row("a"), row("b"), row("c")]).await;
    let failed = StoreError::Failed { path: fs::canonicalize(scratch.file()).unwrap(), reason: "no".to_owned() };
    assert_eq!(results, [Ok(()), Err(failed), Ok(())]);
    assert_eq!(store.count("oncall").await, Ok(2));
}

/// A full disk may undo the transaction (<https://www.sqlite.org/lang_transaction.html>); so does this trigger.
#[tokio::test]
async fn a_transaction_undone_by_sqlite_fails_whole_and_is_tried_again() {
    let scratch = Scratch::new();
    let store = SqliteStore::open(&scratch.file()).unwrap();
    let other = Connection::open(scratch.file()).unwrap();
    let trigger =
        "CREATE TRIGGER t BEFORE INSERT ON call WHEN NEW.call = 'b' BEGIN SELECT RAISE(ROLLBACK, 'disk full'); END";
    other.execute_batch(trigger).unwrap();
    let rows = [row("a"), row("b"), row("c")];
    let results = save_together(&store, &scratch.file(), &rows).await;
    let failed = StoreError::Failed { path: fs::canonicalize(scratch.file()).unwrap(), reason: "disk full".to_owned() };
    assert_eq!(results, vec![Err(failed); 3]);
    assert_eq!(store.count("oncall").await, Ok(0));
    other.execute_batch("DROP TRIGGER t").unwrap();
    assert_eq!(save_together(&store, &scratch.file(), &rows).await, [Ok(()), Ok(()), Ok(())]);
}

/// A deferred foreign key makes a `COMMIT` fail at will.
#[tokio::test]
async fn a_failed_commit_fails_whole_and_is_tried_again() {
    let scratch = Scratch::new();
    let store = SqliteStore::open(&scratch.file()).unwrap();
    let other = Connection::open(scratch.file()).unwrap();
    let deferred = "CREATE TABLE parent (id INTEGER PRIMARY KEY) STRICT;
        CREATE TABLE child (id INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED) STRICT;
        CREATE TRIGGER t AFTER INSERT ON call BEGIN INSERT INTO child VALUES (7); END;";
    other.execute_batch(deferred).unwrap();
    let rows = [row("a"), row("a"), row("b")];
    let results = save_together(&store, &scratch.file(), &rows).await;
    assert!(results.iter().all(|result| matches!(result, Err(StoreError::Failed { .. }))), "{results:?}");
    assert_eq!(store.commits(), 0);
    assert_eq!(store.count("oncall").await, Ok(0));
    other.execute_batch("DROP TRIGGER t").unwrap();
    assert_eq!(save_together(&store, &scratch.file(), &rows).await, [Ok(()), conflict(&rows[1]), Ok(())]);
}

#[tokio::test]
async fn what_somebody_else_broke_is_an_error_while_running() {
    let scratch = Scratch::new();
    let store = SqliteStore::open(&scratch.file()).unwrap();
    let other = Connection::open(scratch.file()).unwrap();
    other.execute_batch("ALTER TABLE call RENAME TO elsewhere").unwrap();
    assert!(matches!(store.save(row("up")).await, Err(StoreError::Failed { .. })));
    assert!(matches!(store.load("oncall", "up").await, Err(StoreError::Failed { .. })));
    other.execute_batch("ALTER TABLE elsewhere RENAME TO call").unwrap();
    store.save(row("up")).await.unwrap();
    other.execute_batch("UPDATE call SET revision = -1").unwrap();
    assert!(matches!(store.load("oncall", "up").await, Err(StoreError::Failed { .. })));
}

#[tokio::test]
async fn a_deleted_call_leaves_no_trace() {
    let scratch = Scratch::new();
    let store = SqliteStore::open_with(&scratch.file(), Duration::ZERO).unwrap();
    let marker = b"my number is 555";
    store.save(Row { state: marker.repeat(1000), ..row("up") }).await.unwrap();
    store.save(Row { state: marker.repeat(10), ..next(&row("up")) }).await.unwrap();
    assert!(contains(scratch.path(), marker));
    store.delete("oncall", "up").await.unwrap();
    // The writer erases before it takes the next change.
    store.delete("oncall", "up").await.unwrap();
    assert!(!contains(scratch.path(), marker));
}

#[tokio::test]
async fn erasing_is_put_off_while_another_program_reads() {
    let scratch = Scratch::new();
    let store = SqliteStore::open_with(&scratch.file(), Duration::ZERO).unwrap();
    let marker = b"my number is 555";
    store.save(Row { state: marker.to_vec(), ..row("up") }).await.unwrap();
    let reader = Connection::open(scratch.file()).unwrap();
    reader.execute_batch("BEGIN; SELECT * FROM call").unwrap();
    store.delete("oncall", "up").await.unwrap();
    store.save(row("other")).await.unwrap();
    assert!(contains(scratch.path(), marker));
    reader.execute_batch("COMMIT").unwrap();
    store.close().await;
    drop(reader);
    assert!(!contains(scratch.path(), marker));
}

#[tokio::test]
async fn a_file_has_one_store() {
    let scratch = Scratch::new();
    let store = SqliteStore::open(&scratch.file()).unwrap();
    let locked = StoreError::Locked { path: fs::canonicalize(scratch.file()).unwrap() };
    assert_eq!(error(&scratch.file()), locked);
    assert_eq!(locked.to_string(), format!("`{}` is in use by another server", scratch.file().display()));
    // The one that has it goes on.
    store.save(row("up")).await.unwrap();
    assert_eq!(error(&scratch.file()), locked);
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_has_one_store_under_all_its_names() {
    let scratch = Scratch::new();
    let store = SqliteStore::open(&scratch.file()).unwrap();
    let link = scratch.path().join("link.db");
    std::os::unix::fs::symlink(scratch.file(), &link).unwrap();
    assert!(matches!(error(&link), StoreError::Locked { .. }));
    store.close().await;
    SqliteStore::open(&link).unwrap();
}

#[test]
fn a_file_that_another_program_holds_is_locked() {
    let scratch = Scratch::new();
    let other = Connection::open(scratch.file()).unwrap();
    other.execute_batch("CREATE TABLE t (a); BEGIN EXCLUSIVE").unwrap();
    assert!(matches!(error(&scratch.file()), StoreError::Locked { .. }));
}

#[cfg(unix)]
#[test]
fn files_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let scratch = Scratch::new();
    let _store = SqliteStore::open(&scratch.file()).unwrap();
    let mut modes = Vec::new();
    for file in fs::read_dir(scratch.path()).unwrap() {
        modes.push(file.unwrap().metadata().unwrap().permissions().mode() & 0o777);
    }
    assert_eq!(modes, [0o600; 4]);
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_written_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let scratch = Scratch::new();
    drop(SqliteStore::open(&scratch.file()).unwrap());
    fs::set_permissions(scratch.file(), fs::Permissions::from_mode(0o400)).unwrap();
    if File::options().write(true).open(scratch.file()).is_ok() {
        return; // The superuser may write everywhere.
    }
    let text = error(&scratch.file()).to_string();
    assert_eq!(text, format!("cannot open `{}`: permission denied", scratch.file().display()));
}

#[test]
fn paths_that_cannot_be_a_file_are_refused() {
    let scratch = Scratch::new();
    let missing = scratch.path().join("no/calls.db");
    fs::write(scratch.path().join("file"), "").unwrap();
    let below_a_file = scratch.path().join("file/calls.db");
    for path in [scratch.path(), &missing, &below_a_file] {
        let error = error(path);
        assert!(matches!(&error, StoreError::Open { path: named, .. } if named == path), "{error}");
    }
    assert_eq!(
        error(scratch.path()).to_string(),
        format!("cannot open `{}`: is a directory", scratch.path().display())
    );
    assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 1, "nothing was created");
}

#[test]
fn what_is_no_store_is_left_alone() {
    let scratch = Scratch::new();
    for text in ["hello", &"no database\n".repeat(1000)] {
        fs::write(scratch.file(), text).unwrap();
        let foreign = StoreError::Foreign { path: fs::canonicalize(scratch.file()).unwrap() };
        assert_eq!(error(&scratch.file()), foreign);
        assert_eq!(fs::read(scratch.file()).unwrap(), text.as_bytes());
    }
    fs::remove_file(scratch.file()).unwrap();
    Connection::open(scratch.file()).unwrap().execute_batch("CREATE TABLE theirs (a)").unwrap();
    let before = fs::read(scratch.file()).unwrap();
    let error = error(&scratch.file());
    assert_eq!(error.to_string(), format!("`{}` is not a session store", scratch.file().display()));
    assert_eq!(fs::read(scratch.file()).unwrap(), before);
}

#[test]
fn an_empty_file_becomes_a_store() {
    let scratch = Scratch::new();
    fs::write(scratch.file(), "").unwrap();
    drop(SqliteStore::open(&scratch.file()).unwrap());
    SqliteStore::open(&scratch.file()).unwrap();
}

#[test]
fn a_newer_file_is_left_alone() {
    let scratch = Scratch::new();
    drop(SqliteStore::open(&scratch.file()).unwrap());
    Connection::open(scratch.file()).unwrap().execute_batch("PRAGMA user_version = 9").unwrap();
    let before = fs::read(scratch.file()).unwrap();
    let text = error(&scratch.file()).to_string();
    let path = scratch.file();
    let expected = format!("`{}` was written by a newer ivrc: its schema is 9, this one knows up to 2", path.display());
    assert_eq!(text, expected);
    assert_eq!(fs::read(scratch.file()).unwrap(), before);
}

#[tokio::test]
async fn a_damaged_file_is_found_at_start() {
    let scratch = Scratch::new();
    let store = SqliteStore::open(&scratch.file()).unwrap();
    join_all((0..50).map(|n| store.save(Row { state: vec![1; 3000], ..row(&n.to_string()) }))).await;
    store.close().await;
    let whole = fs::read(scratch.file()).unwrap();
    for (name, damage) in [("pages", 4096 * 20..4096 * 40), ("schema", 100..4096)] {
        let mut bytes = whole.clone();
        bytes[damage].fill(0xA5);
        fs::write(scratch.file(), bytes).unwrap();
        let error = error(&scratch.file());
        assert!(matches!(error, StoreError::Damaged { .. }), "{name}: {error}");
    }
    fs::write(scratch.file(), &whole[..4096 * 10]).unwrap();
    assert!(matches!(error(&scratch.file()), StoreError::Damaged { .. }));
}

#[tokio::test]
async fn a_file_of_the_first_schema_is_brought_up_to_date() {
    let scratch = Scratch::new();
    let old = Connection::open(scratch.file()).unwrap();
    old.execute_batch(include_str!("../schema/sqlite.sql")).unwrap();
    old.execute_batch("PRAGMA application_id = 0x69767263; PRAGMA user_version = 1").unwrap();
    old.execute("INSERT INTO log (flow, call, at, record) VALUES ('oncall', 'up', 1000000, x'00')", []).unwrap();
    drop(old);
    let store = SqliteStore::open(&scratch.file()).unwrap();
    let since = |seconds| jiff::Timestamp::from_second(seconds).unwrap();
    assert_eq!(store.prune_log(since(1), 10).await, Ok(0));
    assert!(store.load_log("oncall", "up").await.unwrap().is_some());
    assert_eq!(store.prune_log(since(2), 10).await, Ok(1));
    drop(store);
    assert!(SqliteStore::open(&scratch.file()).is_ok(), "it is brought up to date once");
}
