//! Which hashtag is next: of those that were named, or, with `--from-store`, of the store's own,
//! which many runs may share.

use std::cell::{Cell, RefCell};
use std::iter::Enumerate;
use std::sync::Arc;
use std::time::Duration;

use super::blind::Blind;
use super::{Refusal, check, plan, plan_any};
use crate::cli::{FromStoreArgs, InputArgs, LaneChoice, OutputArgs};
use crate::input::{Filter, Limit, Planned, Proxy, Query, Region};
use crate::store::{Due, Job, Store, StoreError};

/// The hashtags of a run.
pub(super) enum Queue {
    /// Those that were named, in this order.
    Named(RefCell<Enumerate<std::vec::IntoIter<Planned>>>),
    /// Those of the store that are due.
    Stored(Stored),
}

/// How hashtags of the store are pulled.
pub(super) struct Stored {
    /// How long ago one was pulled that is due.
    every: Duration,
    /// Beats that of the store.
    region: Option<Region>,
    /// Beats that of the store.
    limit: Option<Limit>,
    /// The store keeps none.
    filter: Arc<Filter>,
    /// How many were named or taken.
    count: Cell<usize>,
    /// Whether the rest is left to others.
    is_stopped: Cell<bool>,
}

/// What a run begins with.
pub(super) struct Start {
    pub(super) queue: Queue,
    /// What is added to the store's own hashtags first.
    pub(super) named: Vec<Planned>,
    pub(super) job: Job,
    /// The proxy of the `--input` file.
    pub(super) proxy: Option<Proxy>,
    pub(super) blind: Blind,
}

/// What is next.
pub(super) enum Next {
    /// This one, and its place.
    Hashtag(usize, Planned),
    /// One that another run has in hand, should that die.
    Later,
    /// None.
    End,
}

impl Queue {
    /// What is pulled, and the job it is.
    pub(super) fn of(
        input: InputArgs,
        filter: Filter,
        store: &FromStoreArgs,
        output: &OutputArgs,
        source: LaneChoice,
    ) -> Result<Start, Refusal> {
        if store.from_store {
            return Self::stored(input, filter, store, output, source);
        }
        let plan = plan(input, filter, "pull")?;
        let filters = plan.items.iter().map(Planned::filter);
        Ok(Start {
            blind: Blind::before(filters, source),
            job: output.job(&plan.items, source),
            queue: Self::Named(RefCell::new(plan.items.into_iter().enumerate())),
            named: Vec::new(),
            proxy: plan.proxy,
        })
    }

    fn stored(
        input: InputArgs,
        filter: Filter,
        store: &FromStoreArgs,
        output: &OutputArgs,
        source: LaneChoice,
    ) -> Result<Start, Refusal> {
        check(&filter)?;
        let (region, limit) = (input.region, input.chosen_limit());
        let plan = plan_any(input, filter.clone())?;
        if plan.items.iter().any(|item| *item.filter() != filter) {
            tracing::warn!(
                "the store keeps no filters, so those of the input are ignored; \
                 use --since, --until and --min-likes"
            );
        }
        Ok(Start {
            blind: Blind::before([&filter].into_iter(), source),
            job: output.job_from_store(region, &filter, source),
            queue: Self::Stored(Stored {
                every: store.every(),
                region,
                limit,
                filter: Arc::new(filter),
                count: Cell::new(plan.items.len()),
                is_stopped: Cell::default(),
            }),
            named: plan.items,
            proxy: plan.proxy,
        })
    }

    /// Those that were named and are left.
    pub(super) fn named(&self) -> Vec<Planned> {
        match self {
            Self::Named(planned) => {
                let planned = planned.borrow().clone();
                planned.map(|(_, planned)| planned).collect()
            }
            Self::Stored(_) => Vec::new(),
        }
    }

    /// The next one; a hashtag of the store is this run's from now on.
    pub(super) async fn next(&self, store: &mut Store) -> Result<Next, StoreError> {
        match self {
            Self::Named(planned) => {
                let next = planned.borrow_mut().next();
                Ok(next.map_or(Next::End, |(place, planned)| Next::Hashtag(place, planned)))
            }
            Self::Stored(stored) => Ok(match store.lease(stored.every).await? {
                Due::Hashtag(query) => {
                    let place = stored.count.replace(stored.count.get() + 1);
                    Next::Hashtag(place, Planned::Query(stored.asked(query)))
                }
                Due::Elsewhere => Next::Later,
                Due::Nothing => Next::End,
            }),
        }
    }

    /// How many of the store's are due and not in hand; nobody has to know it of named ones.
    pub(super) async fn due(&self, store: &mut Store) -> Result<u64, StoreError> {
        match self {
            Self::Named(_) => Ok(0),
            Self::Stored(stored) => store.due(stored.every).await,
        }
    }

    /// Leaves the rest to others; whether that is new.
    pub(super) fn stop(&self) -> bool {
        match self {
            Self::Named(_) => false,
            Self::Stored(stored) => !stored.is_stopped.replace(true),
        }
    }

    /// Whether other runs pull from it too.
    pub(super) fn is_shared(&self) -> bool {
        matches!(self, Self::Stored(_))
    }
}

impl Stored {
    fn asked(&self, query: Query) -> Query {
        Query {
            region: self.region.or(query.region),
            limit: self.limit.unwrap_or(query.limit),
            filter: Arc::clone(&self.filter),
            ..query
        }
    }
}
