//! The signals that end a run: asked once, it keeps what is done; asked twice, it ends at once.

use tokio::sync::watch;

/// Hears about SIGINT, SIGTERM and SIGHUP (elsewhere Ctrl-C).
#[derive(Debug, Clone)]
pub struct Signals(watch::Receiver<Option<u8>>);

impl Signals {
    /// Starts to listen. `last_word` is called with the signal's number when the run should end
    /// at once: on a second signal, or when the first was not followed within `patience`.
    ///
    /// # Errors
    /// When the system gives no signal handler.
    pub fn listen(
        patience: std::time::Duration,
        last_word: impl FnOnce(u8) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (tell, heard) = watch::channel(None);
        let mut arrivals = Arrivals::new()?;
        tokio::spawn(async move {
            let number = arrivals.next().await;
            // Nobody listening means that the run has ended.
            let _ = tell.send(Some(number));
            tokio::select! {
                _ = arrivals.next() => {}
                () = tokio::time::sleep(patience) => {}
            }
            last_word(number);
        });
        Ok(Self(heard))
    }

    /// Never hears anything: for callers that handle signals themselves.
    #[must_use]
    pub fn none() -> Self {
        Self(watch::channel(None).1)
    }

    /// The signal already heard.
    #[must_use]
    pub fn heard(&self) -> Option<u8> {
        *self.0.borrow()
    }

    /// Waits for a signal.
    pub async fn raised(&mut self) -> u8 {
        match self.0.wait_for(Option::is_some).await.map(|signal| *signal) {
            Ok(Some(number)) => number,
            // The other end is gone, so none will come.
            _ => std::future::pending().await,
        }
    }
}

#[cfg(unix)]
struct Arrivals([(tokio::signal::unix::Signal, u8); 3]);

#[cfg(unix)]
impl Arrivals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self([
            (signal(SignalKind::hangup())?, 1),
            (signal(SignalKind::interrupt())?, 2),
            (signal(SignalKind::terminate())?, 15),
        ]))
    }

    async fn next(&mut self) -> u8 {
        let [(hangup, h), (interrupt, i), (terminate, t)] = &mut self.0;
        tokio::select! {
            _ = hangup.recv() => *h,
            _ = interrupt.recv() => *i,
            _ = terminate.recv() => *t,
        }
    }
}

#[cfg(not(unix))]
struct Arrivals;

#[cfg(not(unix))]
impl Arrivals {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> u8 {
        match tokio::signal::ctrl_c().await {
            Ok(()) => 2,
            Err(_) => std::future::pending().await,
        }
    }
}
