//! The store of a build without one: its switch is known and refused.

use std::time::Duration;

use super::ids::Ids;
use super::page::Page;
use super::{Before, Job, Kept, Left, Place, StoreError, Unfinished, Waypoint, Work};
use crate::input::Query;
use crate::receipt::Receipt;

/// Reads none.
///
/// # Errors
/// Always [`StoreError::LeftOut`].
pub async fn read(_: &Place, _: Option<&str>, _: impl FnMut(Kept<'_>)) -> Result<(), StoreError> {
    Err(StoreError::LeftOut("store"))
}

/// A database there is none of.
pub(super) enum Database {}

impl Database {
    pub(super) async fn open(_: &Place) -> Result<Self, StoreError> {
        Err(StoreError::LeftOut("store"))
    }

    pub(super) async fn claim(
        &mut self,
        _: &Job,
        _: i64,
    ) -> Result<Option<Unfinished>, StoreError> {
        match *self {}
    }

    pub(super) async fn begin(
        &mut self,
        _: &Job,
        _: i64,
        _: u64,
        _: i64,
    ) -> Result<i64, StoreError> {
        match *self {}
    }

    pub(super) async fn has_hashtags(&mut self) -> Result<bool, StoreError> {
        match *self {}
    }

    pub(super) async fn add(&mut self, _: &[Query]) -> Result<(), StoreError> {
        match *self {}
    }

    pub(super) async fn lease(
        &mut self,
        _: i64,
        _: Duration,
    ) -> Result<Option<(Query, Before)>, StoreError> {
        match *self {}
    }

    pub(super) async fn due(&mut self, _: i64, _: Duration) -> Result<u64, StoreError> {
        match *self {}
    }

    pub(super) async fn renew(&mut self, _: Work<'_>) -> Result<bool, StoreError> {
        match *self {}
    }

    pub(super) async fn afresh(&mut self, _: i64, _: &str, _: u64) -> Result<Left, StoreError> {
        match *self {}
    }

    pub(super) async fn left(&mut self, _: i64, _: &str) -> Result<Option<Left>, StoreError> {
        match *self {}
    }

    pub(super) async fn written(&mut self, _: i64, _: &str, _: &mut Ids) -> Result<(), StoreError> {
        match *self {}
    }

    pub(super) async fn seen(&mut self, _: &str, _: &mut Ids) -> Result<(), StoreError> {
        match *self {}
    }

    pub(super) async fn commit(
        &mut self,
        _: Work<'_>,
        _: &Page,
        _: &Waypoint,
        _: Option<u64>,
    ) -> Result<bool, StoreError> {
        match *self {}
    }

    pub(super) async fn settle(&mut self, _: i64) -> Result<(), StoreError> {
        match *self {}
    }

    pub(super) async fn end(
        &mut self,
        _: Work<'_>,
        _: Option<&Query>,
        _: &Receipt,
    ) -> Result<(), StoreError> {
        match *self {}
    }

    pub(super) async fn finish(&mut self, _: i64) -> Result<(), StoreError> {
        match *self {}
    }

    pub(super) async fn close(self) {
        match self {}
    }
}
