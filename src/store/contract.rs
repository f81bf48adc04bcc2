//! What every store promises, tried on all of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::future::join_all;

use super::{LogRecord, MemoryStore, Row, SqliteStore, Store, StoreError, Version};

/// A directory of its own for a test, removed at its end.
pub(super) struct Scratch(PathBuf);

impl Scratch {
    pub(super) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("ivrc-store-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Where a test's store lies.
    pub(super) fn file(&self) -> PathBuf {
        self.0.join("calls.db")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

/// The first revision of a call of flow `oncall`.
pub(super) fn row(call: &str) -> Row {
    Row {
        flow: "oncall".to_owned(),
        call: call.to_owned(),
        sid: format!("CA-{call}"),
        version: "9f31c2".to_owned(),
        revision: 1,
        due: None,
        state: call.as_bytes().to_vec(),
    }
}

/// The revision after `row`.
pub(super) fn next(row: &Row) -> Row {
    Row { revision: row.revision + 1, ..row.clone() }
}

pub(super) fn conflict(row: &Row) -> Result<(), StoreError> {
    Err(StoreError::Conflict { flow: row.flow.clone(), call: row.call.clone(), revision: row.revision })
}

fn pair(a: &str, b: &str) -> (String, String) {
    (a.to_owned(), b.to_owned())
}

macro_rules! for_each_store {
    ($($test:ident)*) => {
        mod memory {
            $(#[tokio::test] async fn $test() { super::$test(&super::MemoryStore::new()).await; })*
        }
        mod sqlite {
            $(#[tokio::test] async fn $test() {
                let scratch = super::Scratch::new();
                super::$test(&super::SqliteStore::open(&scratch.file()).unwrap()).await;
            })*
        }
    };
}

for_each_store! {
    a_call_is_found_by_both_names
    a_save_takes_the_place_of_the_revision_before
    a_save_of_another_revision_is_a_conflict
    a_provider_id_belongs_to_one_call
    of_many_writers_of_one_revision_one_wins
    a_deleted_call_is_gone_and_may_come_again
    due_calls_come_in_the_order_of_time
    times_are_cut_to_microseconds
    flows_are_apart
    bytes_and_names_come_back_as_they_were
    versions_are_kept_while_they_are_used
    a_kept_version_stays_as_it_is
    the_log_has_one_record_per_call
    old_log_records_are_dropped_a_few_at_a_time
    many_calls_at_once_are_all_kept
    a_closed_store_says_so
}

async fn a_call_is_found_by_both_names(store: &dyn Store) {
    let up = row("up");
    store.save(up.clone()).await.unwrap();
    store.save(row("other")).await.unwrap();
    assert_eq!(store.load("oncall", "up").await, Ok(Some(up.clone())));
    assert_eq!(store.find("oncall", "CA-up").await, Ok(Some(up)));
    assert_eq!(store.load("oncall", "CA-up").await, Ok(None));
    assert_eq!(store.find("oncall", "up").await, Ok(None));
}

async fn a_save_takes_the_place_of_the_revision_before(store: &dyn Store) {
    let first = Row { due: Some("2026-03-02T14:00:00Z".parse().unwrap()), ..row("up") };
    store.save(first.clone()).await.unwrap();
    let second = Row { version: "b".into(), due: None, state: b"longer than it was".to_vec(), ..next(&first) };
    store.save(second.clone()).await.unwrap();
    assert_eq!(store.load("oncall", "up").await, Ok(Some(second.clone())));
    assert_eq!(store.find("oncall", "CA-up").await, Ok(Some(second.clone())));
    let renamed = Row { sid: "CA-2".into(), ..next(&second) };
    assert_eq!(store.save(renamed.clone()).await, conflict(&renamed), "a call keeps its id");
    assert_eq!(store.due(None).await, Ok(vec![]));
    assert_eq!(store.count("oncall").await, Ok(1));
}

async fn a_save_of_another_revision_is_a_conflict(store: &dyn Store) {
    let mut stored = row("up");
    for revision in [0, 2, u64::MAX] {
        let wrong = Row { revision, ..row("up") };
        assert_eq!(store.save(wrong.clone()).await, conflict(&wrong), "{revision} is not the first");
    }
    assert_eq!(store.count("oncall").await, Ok(0));
    store.save(stored.clone()).await.unwrap();
    stored = next(&stored);
    store.save(stored.clone()).await.unwrap();
    for revision in [0, 1, 2, 4, u64::MAX] {
        let wrong = Row { revision, state: b"wrong".to_vec(), ..row("up") };
        assert_eq!(store.save(wrong.clone()).await, conflict(&wrong), "{revision} does not follow 2");
    }
    assert_eq!(store.load("oncall", "up").await, Ok(Some(stored)));
}

async fn a_provider_id_belongs_to_one_call(store: &dyn Store) {
    store.save(row("a")).await.unwrap();
    store.save(row("b")).await.unwrap();
    let again = Row { sid: "CA-a".into(), ..row("c") };
    assert_eq!(store.save(again.clone()).await, conflict(&again));
    let taken = Row { sid: "CA-a".into(), ..next(&row("b")) };
    assert_eq!(store.save(taken.clone()).await, conflict(&taken));
    assert_eq!(store.find("oncall", "CA-a").await, Ok(Some(row("a"))));
    assert_eq!(store.load("oncall", "b").await, Ok(Some(row("b"))));
    assert_eq!(store.load("oncall", "c").await, Ok(None));
}

async fn of_many_writers_of_one_revision_one_wins(store: &dyn Store) {
    store.save(row("up")).await.unwrap();
    let rivals: Vec<Row> = (0..20).map(|rival| Row { state: vec![rival], ..next(&row("up")) }).collect();
    let results = join_all(rivals.iter().map(|rival| store.save(rival.clone()))).await;
    let winners: Vec<&Row> =
        rivals.iter().zip(&results).filter(|(_, result)| result.is_ok()).map(|(row, _)| row).collect();
    assert_eq!(winners.len(), 1);
    assert_eq!(store.load("oncall", "up").await, Ok(Some(winners[0].clone())));
    assert_eq!(results.iter().filter(|result| **result == conflict(&rivals[0])).count(), 19);
}

async fn a_deleted_call_is_gone_and_may_come_again(store: &dyn Store) {
    let up = Row { due: Some("2026-03-02T14:00:00Z".parse().unwrap()), ..row("up") };
    store.save(up.clone()).await.unwrap();
    store.save(row("other")).await.unwrap();
    store.delete("oncall", "up").await.unwrap();
    store.delete("oncall", "up").await.unwrap();
    assert_eq!(store.load("oncall", "up").await, Ok(None));
    assert_eq!(store.find("oncall", "CA-up").await, Ok(None));
    assert_eq!(store.due(None).await, Ok(vec![]));
    assert_eq!(store.count("oncall").await, Ok(1));
    assert_eq!(store.save(next(&up)).await, conflict(&next(&up)));
    store.save(up.clone()).await.unwrap();
    assert_eq!(store.load("oncall", "up").await, Ok(Some(up)));
}

async fn due_calls_come_in_the_order_of_time(store: &dyn Store) {
    let at = |seconds: i64| jiff::Timestamp::from_second(seconds).unwrap();
    // A clock asked for a time too far away gives the last there is.
    let (earliest, latest) = (jiff::Timestamp::MIN, jiff::Timestamp::MAX);
    for (call, due) in [
        ("late", Some(at(300))),
        ("never", None),
        ("early", Some(at(-5))),
        ("same b", Some(at(200))),
        ("same a", Some(at(200))),
        ("first", Some(earliest)),
        ("last", Some(latest)),
    ] {
        store.save(Row { due, ..row(call) }).await.unwrap();
    }
    let due = |until| async move {
        let due = store.due(until).await.unwrap();
        due.into_iter().map(|(_, call, at)| (call, at)).collect::<Vec<_>>()
    };
    let all: Vec<String> = due(None).await.into_iter().map(|(call, _)| call).collect();
    assert_eq!(all, ["first", "early", "same a", "same b", "late", "last"]);
    assert_eq!(due(Some(at(199))).await, [("first".to_owned(), earliest), ("early".to_owned(), at(-5))]);
    assert_eq!(due(Some(at(200))).await.len(), 4);
    assert_eq!(due(Some(latest)).await.len(), 6);
}

async fn times_are_cut_to_microseconds(store: &dyn Store) {
    let fine = "2026-03-02T14:00:09.123456789Z".parse().unwrap();
    let coarse = "2026-03-02T14:00:09.123456Z".parse().unwrap();
    store.save(Row { due: Some(fine), ..row("up") }).await.unwrap();
    store.append_log("oncall", "up", fine, vec![]).await.unwrap();
    assert_eq!(store.load("oncall", "up").await.unwrap().unwrap().due, Some(coarse));
    assert_eq!(store.load_log("oncall", "up").await.unwrap().unwrap().at, coarse);
    assert_eq!(store.due(Some(coarse)).await, Ok(vec![("oncall".into(), "up".into(), coarse)]));
}

async fn flows_are_apart(store: &dyn Store) {
    let oncall = row("up");
    let clinic = Row { flow: "clinic".into(), state: b"clinic".to_vec(), ..row("up") };
    store.save(oncall.clone()).await.unwrap();
    store.save(clinic.clone()).await.unwrap();
    store.save(row("other")).await.unwrap();
    store.save(Row { state: b"changed".to_vec(), ..next(&oncall) }).await.unwrap();
    assert_eq!(store.find("clinic", "CA-up").await, Ok(Some(clinic.clone())));
    assert_eq!(store.count("oncall").await, Ok(2));
    assert_eq!(store.count("clinic").await, Ok(1));
    assert_eq!(store.count("none").await, Ok(0));
    store.delete("oncall", "up").await.unwrap();
    assert_eq!(store.load("clinic", "up").await, Ok(Some(clinic)));
}

async fn bytes_and_names_come_back_as_they_were(store: &dyn Store) {
    let all: Vec<u8> = (0..=255).collect();
    let names = ["", "it's \"quoted\"; --", "nul \0 inside", "Zürich 🚑", "%_"];
    for (index, name) in names.into_iter().enumerate() {
        let state = all.repeat(index * 100);
        let row =
            Row { flow: name.into(), call: name.into(), sid: name.into(), version: name.into(), state, ..row("") };
        store.save(row.clone()).await.unwrap();
        assert_eq!(store.load(name, name).await, Ok(Some(row.clone())));
        assert_eq!(store.find(name, name).await, Ok(Some(row)));
        let version = Version { flow: name.into(), hash: name.into(), sources: all.clone() };
        store.save_version(version.clone()).await.unwrap();
        assert_eq!(store.load_version(name, name).await, Ok(Some(version)));
        let at = jiff::Timestamp::UNIX_EPOCH;
        store.append_log(name, name, at, all.clone()).await.unwrap();
        assert_eq!(store.load_log(name, name).await, Ok(Some(LogRecord { at, record: all.clone() })));
    }
}

async fn versions_are_kept_while_they_are_used(store: &dyn Store) {
    let version = |flow: &str, hash: &str| Version { flow: flow.into(), hash: hash.into(), sources: hash.into() };
    for hash in ["old", "used", "current"] {
        store.save_version(version("oncall", hash)).await.unwrap();
    }
    // The same hash under another flow is another version.
    store.save_version(version("clinic", "used")).await.unwrap();
    for (call, hash) in [("a", "used"), ("b", "used"), ("c", "lost")] {
        store.save(Row { version: hash.into(), ..row(call) }).await.unwrap();
    }
    assert_eq!(store.versions_in_use().await, Ok(vec![pair("oncall", "lost"), pair("oncall", "used")]));
    assert_eq!(store.prune_versions(&[pair("oncall", "current"), pair("oncall", "none")]).await, Ok(2));
    assert_eq!(store.load_version("oncall", "used").await, Ok(Some(version("oncall", "used"))));
    assert_eq!(store.load_version("oncall", "current").await, Ok(Some(version("oncall", "current"))));
    assert_eq!(store.load_version("oncall", "old").await, Ok(None));
    assert_eq!(store.load_version("clinic", "used").await, Ok(None));
    store.delete("oncall", "a").await.unwrap();
    assert_eq!(store.prune_versions(&[]).await, Ok(1), "`used` is used by another call");
    store.delete("oncall", "b").await.unwrap();
    assert_eq!(store.prune_versions(&[]).await, Ok(1));
    assert_eq!(store.load_version("oncall", "used").await, Ok(None));
}

async fn a_kept_version_stays_as_it_is(store: &dyn Store) {
    let version = Version { flow: "oncall".into(), hash: "a".into(), sources: b"one".to_vec() };
    store.save_version(version.clone()).await.unwrap();
    store.save_version(Version { sources: b"two".to_vec(), ..version.clone() }).await.unwrap();
    assert_eq!(store.load_version("oncall", "a").await, Ok(Some(version)));
}

async fn the_log_has_one_record_per_call(store: &dyn Store) {
    let at = |seconds: i64| jiff::Timestamp::from_second(seconds).unwrap();
    assert_eq!(store.load_log("oncall", "up").await, Ok(None));
    store.append_log("oncall", "up", at(1), b"cut short".to_vec()).await.unwrap();
    store.append_log("oncall", "other", at(2), b"other".to_vec()).await.unwrap();
    store.append_log("oncall", "up", at(3), b"whole".to_vec()).await.unwrap();
    store.delete("oncall", "up").await.unwrap();
    assert_eq!(store.load_log("oncall", "up").await, Ok(Some(LogRecord { at: at(3), record: b"whole".to_vec() })));
}

async fn old_log_records_are_dropped_a_few_at_a_time(store: &dyn Store) {
    let at = |seconds: i64| jiff::Timestamp::from_second(seconds).unwrap();
    for seconds in [5, 1, 4, 2, 3] {
        store.append_log("oncall", &seconds.to_string(), at(seconds), vec![]).await.unwrap();
    }
    let kept = || async {
        let mut kept = Vec::new();
        for seconds in 1..=5 {
            let log = store.load_log("oncall", &seconds.to_string()).await.unwrap();
            kept.extend(log.map(|_| seconds));
        }
        kept
    };
    assert_eq!(store.prune_log(at(1), 9).await, Ok(0), "what ended at that time is kept");
    assert_eq!(store.prune_log(at(4), 2).await, Ok(2));
    assert_eq!(kept().await, [3, 4, 5], "the oldest first");
    assert_eq!(store.prune_log(at(4), 2).await, Ok(1));
    assert_eq!(kept().await, [4, 5]);
}

async fn many_calls_at_once_are_all_kept(store: &dyn Store) {
    let rows: Vec<Row> = (0..500).map(|n| row(&n.to_string())).collect();
    let saved = join_all(rows.iter().map(|row| store.save(row.clone()))).await;
    assert!(saved.iter().all(Result::is_ok));
    assert_eq!(store.count("oncall").await, Ok(500));
    for row in rows {
        assert_eq!(store.load("oncall", &row.call).await, Ok(Some(row)));
    }
}

async fn a_closed_store_says_so(store: &dyn Store) {
    store.save(row("up")).await.unwrap();
    store.close().await;
    store.close().await;
    assert_eq!(store.save(row("b")).await, Err(StoreError::Closed));
    assert_eq!(store.load("oncall", "up").await, Err(StoreError::Closed));
    assert_eq!(store.due(None).await, Err(StoreError::Closed));
    assert_eq!(store.delete("oncall", "up").await, Err(StoreError::Closed));
}
