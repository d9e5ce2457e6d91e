//! How an import ends: its output closed, its exit status known.

use crate::command::harvest::Harvest;
use crate::command::output::Kept;
use crate::command::waiting::Waiting;
use crate::command::{Refusal, output};
use crate::exit::Exit;
use crate::pull::Output;
use crate::receipt::Receipt;

/// How an import ended, before its output is closed.
pub(super) struct Ended {
    pub(super) receipt: Receipt,
    /// What could not be written; the first cause.
    pub(super) failure: Option<Refusal>,
    /// Whether it is to write only what no run before wrote.
    pub(super) new_only: bool,
    /// Whether it replaces what is there.
    pub(super) replaces: bool,
    /// Whether one that wrote nothing counts as failed.
    pub(super) fail_empty: bool,
}

impl Ended {
    /// Closes the output. An import that could not write is gone on with by the same command.
    pub(super) async fn close(
        &self,
        output: Output,
        waiting: Waiting<'_>,
    ) -> Result<Exit, Refusal> {
        let stopped = self.receipt.stopped_because.exit();
        let refusal = self.failure.clone();
        let complete = self.receipt.complete && refusal.is_none();
        let is_open = stopped.is_worth_repeating() || refusal.is_some();
        let kept = Kept::of(&*output.sink);
        let is_empty = complete && self.fail_empty && self.receipt.written == 0;
        let harvest = Harvest::of(&self.receipt);
        if !is_empty {
            harvest.warn(self.new_only);
        }
        let finished = if is_empty {
            output::close_empty(output, waiting, self.replaces, is_open).await
        } else {
            output::close(output, waiting, complete, is_open).await
        };
        if let Some(refusal) = refusal {
            let words = refusal.words + &kept.words().unwrap_or_default();
            return Err(Refusal::new(refusal.exit, words));
        }
        finished?;
        if is_empty {
            harvest.warn_of_failure(self.new_only, self.replaces && !kept.is_any());
            return Ok(Exit::Empty);
        }
        if !complete && let Some(kept) = kept.words() {
            tracing::error!("not all could be read{kept}");
        }
        Ok(stopped)
    }
}
