//! The threads that map what another has read.

use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::Scope;

use super::block::{Block, Home};
use super::{Mapper, Next};

/// What a thread that maps is given.
pub(super) enum Work<T> {
    /// A block to be mapped, and where it goes then.
    Map(Block<T>, SyncSender<Block<T>>),
    /// One it has mapped, which nobody needs any more.
    Spent(Block<T>),
    /// Nothing comes any more.
    End,
}

/// The threads that map, in turns. They end with it.
pub(super) struct Mappers<T> {
    inboxes: Vec<Sender<Work<T>>>,
    turn: usize,
}

impl<T: Send> Mappers<T> {
    /// Starts so many.
    pub(super) fn start<'scope, M: Mapper<Made = T>>(
        count: usize,
        mapper: &'scope M,
        scope: &'scope Scope<'scope, '_>,
    ) -> Self
    where
        T: 'scope,
    {
        let start = |_| {
            let (inbox, work) = channel();
            let home = inbox.clone();
            scope.spawn(move || map_all(&work, &home, mapper));
            inbox
        };
        let inboxes = (0..count).map(start).collect();
        Self { inboxes, turn: 0 }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.inboxes.is_empty()
    }

    /// Gives a block to the next of them; none where that one is gone.
    pub(super) fn give(&mut self, block: Block<T>) -> Option<Next<T>> {
        let (done, soon) = sync_channel(1);
        self.turn = (self.turn + 1) % self.inboxes.len();
        let given = self.inboxes[self.turn].send(Work::Map(block, done));
        given.ok().map(|()| Next::Soon(soon))
    }
}

impl<T> Drop for Mappers<T> {
    /// Each has a way back to itself in what it lends, so none would see that nobody else has one.
    fn drop(&mut self) {
        for inbox in &self.inboxes {
            // One that is gone has ended.
            let _ = inbox.send(Work::End);
        }
    }
}

/// Maps what comes, and drops what was made of what comes back.
fn map_all<M: Mapper>(work: &Receiver<Work<M::Made>>, home: &Sender<Work<M::Made>>, mapper: &M) {
    for work in work {
        match work {
            Work::Map(mut block, done) => {
                block.lend(Home::Mapper(home.clone()));
                block.map(mapper);
                // Nobody waits for it any more where the reading was ended.
                let _ = done.send(block);
            }
            Work::Spent(mut block) => {
                block.forget();
                block.go_home();
            }
            Work::End => return,
        }
    }
}
