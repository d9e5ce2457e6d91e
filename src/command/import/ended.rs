//! How an import ends: its output closed, its exit status known.

use crate::command::harvest::Harvest;
use crate::command::{Refusal, output};
use crate::exit::Exit;
use crate::pull::Output;
use crate::receipt::Receipt;
use crate::store::StoreError;

/// How an import ended, before its output is closed.
pub(super) struct Ended {
    pub(super) receipt: Receipt,
    /// What could not be written.
    pub(super) failure: Option<Refusal>,
    /// Why the store did not take the receipt.
    pub(super) unkept: Option<StoreError>,
    /// Whether it is to write only what no run before wrote.
    pub(super) new_only: bool,
    /// Whether it replaces what is there.
    pub(super) replaces: bool,
    /// Whether one that wrote nothing counts as failed.
    pub(super) fail_empty: bool,
}

impl Ended {
    /// Closes the output. An import that could not write is gone on with by the same command.
    pub(super) async fn close(&self, output: Output) -> Result<Exit, Refusal> {
        let stopped = self.receipt.stopped_because.exit();
        // The first cause stands; a store that failed before fails again at the receipt.
        let unkept = self.unkept.as_ref().filter(|_| self.receipt.complete);
        let refusal = self.failure.clone().or_else(|| unkept.map(Refusal::from));
        let complete = self.receipt.complete && refusal.is_none();
        let is_open = stopped.is_worth_repeating() || refusal.is_some();
        let kept = output::kept(&output);
        let is_empty = complete && self.fail_empty && self.receipt.written == 0;
        let harvest = Harvest::of(&self.receipt);
        if !is_empty {
            harvest.warn(self.new_only);
        }
        let finished = if is_empty {
            output::close_empty(output, self.replaces, is_open).await
        } else {
            output::close(output, complete, is_open).await
        };
        if let Some(refusal) = refusal {
            let words = refusal.words + &kept;
            return Err(Refusal::new(refusal.exit, words));
        }
        finished?;
        if is_empty {
            harvest.warn_of_failure(self.new_only, self.replaces && kept.is_empty());
            return Ok(Exit::Empty);
        }
        if !complete && !kept.is_empty() {
            tracing::error!("not all could be read{kept}");
        }
        Ok(stopped)
    }
}
