//! The end of a reading, however it comes.

/// Calls what it has when it goes, in a panic too.
pub(super) struct Over<F: Fn()>(pub(super) F);

impl<F: Fn()> Drop for Over<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}
