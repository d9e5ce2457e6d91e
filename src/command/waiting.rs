//! Receipts on their way out, and those that wait for the end of their output: where nothing of it
//! is good before that, nothing is known of them either.

use std::cell::RefCell;

use super::Refusal;
use super::summary::Summary;
use crate::exit::{Exit, StoppedBecause};
use crate::input::Query;
use crate::receipt::Receipt;
use crate::store::Store;

/// The closed receipts of an output, each with its question where there is one.
pub(super) struct Waiting<'a> {
    receipts: Vec<(Option<Query>, Receipt)>,
    summary: &'a RefCell<Summary>,
}

impl<'a> Waiting<'a> {
    /// None, on their way to `summary`.
    pub(super) fn none(summary: &'a RefCell<Summary>) -> Self {
        Self::all(Vec::new(), summary)
    }

    /// These.
    pub(super) fn all(
        receipts: Vec<(Option<Query>, Receipt)>,
        summary: &'a RefCell<Summary>,
    ) -> Self {
        Self { receipts, summary }
    }

    /// Whether one of them says already that the output failed.
    pub(super) fn tell_of_failure(&self) -> bool {
        let mut stopped = self.receipts.iter().map(|(_, it)| it.stopped_because);
        stopped.any(|it| matches!(it, StoppedBecause::Output | StoppedBecause::ReaderClosed))
    }

    /// Notes that their output could not be closed, and with it what was written where that
    /// `is_lost`. Of one that failed before, the first cause stands.
    pub(super) fn fail(&mut self, refusal: &Refusal, is_lost: bool) {
        let stopped = match refusal.exit {
            Exit::ReaderClosed => StoppedBecause::ReaderClosed,
            _ => StoppedBecause::Output,
        };
        for (_, receipt) in &mut self.receipts {
            if receipt.complete {
                receipt.close(stopped, stopped);
            }
            if is_lost {
                receipt.lose();
            }
        }
    }

    /// Hands them out and remembers what they say.
    ///
    /// # Errors
    /// The first of [`hand_out`].
    pub(super) async fn hand_out(self, store: &mut Store) -> Result<(), Refusal> {
        let mut all = Ok(());
        for (query, receipt) in &self.receipts {
            let handed = hand_out(query.as_ref(), receipt, self.summary, store).await;
            all = all.and(handed);
        }
        all
    }
}

/// Hands out a closed receipt and remembers what it says.
///
/// # Errors
/// When the summary cannot be written, or the store does not take the receipt of a complete
/// hashtag.
pub(super) async fn hand_out(
    query: Option<&Query>,
    receipt: &Receipt,
    summary: &RefCell<Summary>,
    store: &mut Store,
) -> Result<(), Refusal> {
    let said = summary.borrow_mut().add(receipt);
    let kept = store.end(query, receipt).await;
    said?;
    match kept {
        Err(error) if receipt.complete => return Err(error.into()),
        // The first cause stands; a store that failed before fails again here.
        Err(error) => tracing::debug!("{error}"),
        Ok(()) => {}
    }
    Ok(())
}
