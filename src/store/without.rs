//! The store of a build without one: its switch is known and refused.

use super::ids::Ids;
use super::page::Page;
use super::{Job, Left, Place, StoreError, Unfinished, Waypoint};
use crate::receipt::Receipt;

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
        _: i64,
        _: &str,
        _: &Page,
        _: &Waypoint,
        _: u64,
    ) -> Result<(), StoreError> {
        match *self {}
    }

    pub(super) async fn end(&mut self, _: i64, _: &Receipt) -> Result<(), StoreError> {
        match *self {}
    }

    pub(super) async fn finish(&mut self, _: i64) -> Result<(), StoreError> {
        match *self {}
    }

    pub(super) async fn close(self) {
        match self {}
    }
}
