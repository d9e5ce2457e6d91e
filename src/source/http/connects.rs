//! How many connections were made: a request that failed without a new one went over a connection
//! that was kept, and that the server may have closed meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll};

use tower_layer::Layer;
use tower_service::Service;

/// The count, shared with the client that makes the connections.
#[derive(Debug, Clone, Default)]
pub(super) struct Connects(Arc<AtomicU64>);

impl Connects {
    pub(super) fn so_far(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// The client's own connector, counted.
#[derive(Debug, Clone)]
pub(super) struct Counted<S> {
    connector: S,
    connects: Connects,
}

impl<S> Layer<S> for Connects {
    type Service = Counted<S>;

    fn layer(&self, connector: S) -> Counted<S> {
        Counted {
            connector,
            connects: self.clone(),
        }
    }
}

impl<S: Service<R>, R> Service<R> for Counted<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.connector.poll_ready(context)
    }

    fn call(&mut self, to: R) -> S::Future {
        self.connects.0.fetch_add(1, Relaxed);
        self.connector.call(to)
    }
}
