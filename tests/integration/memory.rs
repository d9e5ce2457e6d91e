//! How much memory a run uses, as Linux counts it, and that a long one uses no more than a short one.

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

#[cfg(all(target_os = "linux", feature = "demo"))]
mod tests {
    use crate::runner::{Folder, Running};
    use crate::site::Site;

    /// MiB a run of any length may use at the most. An unoptimised build needs a little more.
    const MOST: u64 = if cfg!(debug_assertions) { 72 } else { 64 };

    /// A feed of 12,000 read whole, at full speed, with these switches besides.
    fn long(more: &[&str]) {
        let (folder, site) = (Folder::new(), Site::start());
        let url = site.url();
        let args = ["t12000", "--all", "--source", "web", "--rate", "0"];
        let into = ["--base-url", &url, "-o", "out.jsonl"];
        let mut command = folder.pulling(&[&args[..], &into, more].concat());
        let (ended, peak) = Running::start(&mut command).end_with_peak();
        assert_eq!(ended.status, 0, "{ended:?}");
        assert_eq!(folder.take_receipts()[0]["written"], 12_000);
        let peak = peak >> 20;
        assert!((1..=MOST).contains(&peak), "{more:?}: {peak} MiB");
    }

    #[test]
    fn a_long_run_stays_small() {
        long(&[]);
    }

    #[test]
    fn many_threads_hold_no_more_than_a_few_lines_ahead() {
        let folder = Folder::new();
        let line = |id| format!("{{\"id\":\"7300000000000{id:06}\",\"video\":{{}}}}\n");
        let lines: String = (0..60_000).map(line).collect();
        folder.write("short.jsonl", lines);
        let args = ["import", "short.jsonl", "--jobs", "16", "-o", "out.jsonl"];
        let (ended, peak) = Running::start(&mut folder.program(&args)).end_with_peak();
        assert_eq!(ended.status, 0, "{ended:?}");
        let peak = peak >> 20;
        assert!((1..=MOST).contains(&peak), "{peak} MiB");
    }

    #[cfg(feature = "store")]
    #[test]
    fn a_long_run_with_a_store_stays_small() {
        long(&["--store", "store.db", "--new-only"]);
    }
}
