//! How much memory a run uses, as Linux counts it.

use std::fs;
use std::thread::{self, JoinHandle, sleep};
use std::time::Duration;

/// The program's name, as the kernel calls a process of it.
const PROGRAM: &str = "tiktok-hashtag";

/// The most memory a process uses while it lives, watched from the side.
pub(crate) struct Peak(JoinHandle<u64>);

impl Peak {
    /// Watches process `id` from now on.
    pub(crate) fn watch(id: u32) -> Self {
        Self(thread::spawn(move || {
            let mut most = 0;
            while let Some(now) = high_water(id) {
                most = most.max(now);
                sleep(Duration::from_millis(2));
            }
            most
        }))
    }

    /// Bytes, once the process has ended; 0 where the system does not tell.
    pub(crate) fn bytes(self) -> u64 {
        self.0.join().unwrap()
    }
}

/// Bytes at the highest so far; `None` once the process has ended, which has no memory then.
fn high_water(id: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let value = |key| status.lines().find_map(|line| line.strip_prefix(key));
    let kilobytes = value("VmHWM:")?.trim().strip_suffix(" kB")?;
    // A child that is about to become the program still lives in its parent's memory, which is the
    // tests' own, and has its name.
    let is_program = value("Name:")?.trim() == PROGRAM;
    Some(if is_program {
        kilobytes.parse::<u64>().ok()? << 10
    } else {
        0
    })
}
