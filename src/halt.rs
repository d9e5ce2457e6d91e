//! The end of a run by one of its hashtags, for the others in flight.

use tokio::sync::watch;

use crate::exit::StoppedBecause;

/// Ends all hashtags of a run, when the output is gone for one of them and so for all.
#[derive(Debug, Clone, Default)]
pub struct Halt(watch::Sender<Option<StoppedBecause>>);

impl Halt {
    /// Ends the run; the first cause stands.
    pub fn call(&self, stopped: StoppedBecause) {
        self.0.send_modify(|called| {
            called.get_or_insert(stopped);
        });
    }

    /// Waits until the run is ended, and says why.
    pub async fn called(&self) -> StoppedBecause {
        let mut calls = self.0.subscribe();
        match calls.wait_for(Option::is_some).await.map(|called| *called) {
            Ok(Some(stopped)) => stopped,
            // The other end is gone, so none will come.
            _ => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Halt;
    use crate::exit::StoppedBecause;

    #[tokio::test]
    async fn all_hear_the_first_cause() {
        let halt = Halt::default();
        let other = halt.clone();
        halt.call(StoppedBecause::ReaderClosed);
        halt.call(StoppedBecause::Output);
        assert_eq!(other.called().await, StoppedBecause::ReaderClosed);
        assert_eq!(halt.called().await, StoppedBecause::ReaderClosed);
    }
}
