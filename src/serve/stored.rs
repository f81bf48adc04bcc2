//! The bytes of a call in the store: its record as a line of JSON, then the documents that its legs were answered with.
//!
//! Documents are most of a call, and full of what JSON would have to escape: each stands as it is behind a line that
//! says whose it is and how long. JSON as it is written here has no line breaks.

use serde::{Deserialize, Serialize};

use super::record::{Answer, Record};
use crate::store::StoreError;

/// The line before a document.
#[derive(Serialize, Deserialize)]
struct Heading<'a, P> {
    /// The name of the leg's desk.
    #[serde(borrow)]
    desk: std::borrow::Cow<'a, str>,
    /// The paths it answers.
    paths: P,
    /// Its length in bytes.
    length: usize,
}

/// A call as it is stored.
pub(super) fn write(record: &Record, flow: &str) -> Result<Vec<u8>, StoreError> {
    let mut bytes = Vec::with_capacity(4096);
    // Only a map whose keys are no texts could fail, and there is none in it.
    pieces(record, &mut bytes).map_err(|error| StoreError::Unstorable {
        flow: flow.to_owned(),
        call: record.call.clone(),
        reason: error.to_string(),
    })?;
    Ok(bytes)
}

fn pieces(record: &Record, bytes: &mut Vec<u8>) -> serde_json::Result<()> {
    serde_json::to_writer(&mut *bytes, record)?;
    bytes.push(b'\n');
    for (name, desk) in &record.desks {
        for Answer { paths, document } in &desk.answers {
            let heading = Heading { desk: name.into(), paths, length: document.len() };
            serde_json::to_writer(&mut *bytes, &heading)?;
            bytes.push(b'\n');
            bytes.extend(document.as_bytes());
        }
    }
    Ok(())
}

/// A call that was stored; none if these are not the bytes of one.
pub(super) fn read(bytes: &[u8]) -> Option<Box<Record>> {
    let (json, mut rest) = line(bytes)?;
    let mut record: Box<Record> = serde_json::from_slice(json).ok()?;
    while !rest.is_empty() {
        let (json, behind) = line(rest)?;
        let heading: Heading<Vec<String>> = serde_json::from_slice(json).ok()?;
        let (document, behind) = behind.split_at_checked(heading.length)?;
        let document = std::str::from_utf8(document).ok()?.into();
        let desk = record.desks.get_mut(heading.desk.as_ref())?;
        desk.answers.push_back(Answer { paths: heading.paths, document });
        rest = behind;
    }
    Some(record)
}

fn line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    Some((bytes.get(..end)?, bytes.get(end + 1..)?))
}

#[cfg(test)]
mod tests {
    use super::{read, write};
    use crate::engine::event::Leg;
    use crate::serve::record::Record;

    fn record() -> Record {
        let facts = crate::eval::CallFacts {
            from: Some("+15551110000".into()),
            to: None,
            verified: false,
            sid: "CA1".into(),
            started: jiff::Timestamp::UNIX_EPOCH,
        };
        let session = crate::engine::session::Session::new("f".into(), "v".into(), facts, crate::graph::NodeId(0));
        let mut record = Record::new("token".to_owned(), session);
        record.desk(&Leg::Caller).keep(&["/f".to_owned(), "/f/\"\n".to_owned()], "<a b=\"c\">\nd\0\u{e9}</a>");
        record.desk(&Leg::Caller).keep(&["/f/1".to_owned()], "");
        record.desk(&Leg::Callee("1-1".into())).keep(&["/f/2".to_owned()], "{\"x\":1}\n");
        record
    }

    #[test]
    fn what_is_written_is_read() {
        let record = record();
        assert_eq!(*read(&write(&record, "f").unwrap()).unwrap(), record);
    }

    #[test]
    fn nothing_is_kept_of_what_was_told_to_a_leg_that_is_over() {
        let mut record = record();
        record.tidy();
        let answers: Vec<usize> = record.desks.values().map(|desk| desk.answers.len()).collect();
        assert_eq!(answers, [2, 0], "the caller's are");
        assert_eq!(*read(&write(&record, "f").unwrap()).unwrap(), record);
    }

    #[test]
    fn bytes_that_are_cut_off_or_changed_are_no_call() {
        let bytes = write(&record(), "f").unwrap();
        let first_line = bytes.iter().position(|byte| *byte == b'\n').unwrap();
        for end in 0..bytes.len() {
            let cut = read(&bytes[..end]);
            // Between two documents it is a shorter call; that a row is whole is the store's to see to.
            assert!(cut.is_none() || end > first_line, "{end}");
        }
        assert!(read(b"{}\n").is_none());
        assert!(read(b"").is_none());
    }
}
