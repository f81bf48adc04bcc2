//! A body that leaves piece by piece, as fast as it is read, and lets go of what it holds when it is gone.
//!
//! A server that is given a body as a whole copies it into the buffer of the connection, where it stays as long as the
//! other side pleases. In pieces only one of them is there, and the rest can be given up.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use futures_util::Stream;
use thiserror::Error;
use tokio::task::JoinHandle;

use super::Held;

/// The size of a piece in bytes.
const PIECE: usize = 16 * 1024;

/// A body on its way.
pub(super) struct Pieces {
    /// None when it has taken too long.
    load: Arc<Mutex<Option<Load>>>,
    limit: JoinHandle<()>,
}

struct Load {
    body: Vec<u8>,
    /// How much of it has left.
    gone: usize,
    _held: Held,
}

/// The body was not read in time.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[error("the response was not read in time")]
pub(super) struct TooSlow;

impl Pieces {
    /// Must be called in a runtime.
    pub(super) fn new(body: Vec<u8>, held: Held) -> Self {
        let at_most = held.at_most;
        let load = Arc::new(Mutex::new(Some(Load { body, gone: 0, _held: held })));
        // A connection that stands still asks for no further piece: somebody else has to look at the time.
        let late = Arc::clone(&load);
        let limit = tokio::spawn(async move {
            tokio::time::sleep(at_most).await;
            late.lock().unwrap_or_else(PoisonError::into_inner).take();
        });
        Self { load, limit }
    }

    fn piece(&self) -> Result<Option<Vec<u8>>, TooSlow> {
        let mut load = self.load.lock().unwrap_or_else(PoisonError::into_inner);
        let load = load.as_mut().ok_or(TooSlow)?;
        let rest = load.body.get(load.gone..).unwrap_or_default();
        let piece = rest.get(..PIECE).unwrap_or(rest).to_vec();
        load.gone += piece.len();
        Ok((!piece.is_empty()).then_some(piece))
    }
}

impl Stream for Pieces {
    type Item = Result<Vec<u8>, TooSlow>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.piece().transpose())
    }
}

impl Drop for Pieces {
    fn drop(&mut self) {
        self.limit.abort();
        // The task may take a moment to be gone, and with it its hold on the load.
        self.load.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Weak};
    use std::time::Duration;

    use futures_util::StreamExt as _;

    use super::{PIECE, Pieces, TooSlow};
    use crate::http::Held;

    fn pieces(size: usize, at_most: Duration) -> (Pieces, Weak<()>) {
        let place = Arc::new(());
        let seen = Arc::downgrade(&place);
        (Pieces::new(vec![7; size], Held::new(place, at_most)), seen)
    }

    #[tokio::test]
    async fn a_body_leaves_in_pieces_and_what_it_held_is_let_go() {
        let (body, place) = pieces(2 * PIECE + 1, Duration::from_mins(1));
        assert!(place.upgrade().is_some());
        let sizes: Vec<usize> = body.map(|piece| piece.unwrap().len()).collect().await;
        assert_eq!(sizes, [PIECE, PIECE, 1]);
        assert!(place.upgrade().is_none());
    }

    #[tokio::test]
    async fn whoever_stops_reading_holds_nothing_for_ever() {
        let (mut body, place) = pieces(2 * PIECE, Duration::from_millis(20));
        assert!(body.next().await.unwrap().is_ok());
        while place.upgrade().is_some() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(body.next().await, Some(Err(TooSlow)));
    }

    #[tokio::test]
    async fn whoever_is_gone_holds_nothing() {
        let (body, place) = pieces(PIECE, Duration::from_mins(1));
        drop(body);
        assert!(place.upgrade().is_none());
    }
}
