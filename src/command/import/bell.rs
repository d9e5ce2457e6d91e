//! What ends the reading of a stream, also while it waits.

use std::io::{self, PipeReader, PipeWriter, Write as _};
use std::sync::Arc;

use tokio::runtime::Handle;

use crate::signals::Signals;

/// Rung when nothing more is to be read.
pub(super) struct Bell(PipeWriter);

impl Bell {
    /// One that a signal rings too, and what hears it.
    pub(super) fn new(signals: &Signals) -> io::Result<(Arc<Self>, PipeReader)> {
        let (heard, bell) = io::pipe()?;
        let bell = Arc::new(Self(bell));
        let (rung, mut signals) = (Arc::clone(&bell), signals.clone());
        Handle::current().spawn(async move {
            signals.raised().await;
            rung.ring();
        });
        Ok((bell, heard))
    }

    pub(super) fn ring(&self) {
        // Where nobody reads any more there is nothing to end.
        let _ = (&self.0).write_all(b"\n");
    }
}
