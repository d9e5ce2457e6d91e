//! Runs the built binary: nothing of the tester's own environment, a folder of its own, and an
//! end to every run, also when its test gives up on it.

use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
#[cfg(feature = "demo")]
use std::process::ChildStdout;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::{self, JoinHandle, sleep};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::contract;
#[cfg(feature = "demo")]
use crate::memory::Peak;

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_tiktok-hashtag");
/// Longest time a run may take before its test fails.
const LONGEST: Duration = Duration::from_secs(180);
/// For what `auto` comes to where no browser is found, on a machine that may have one.
#[cfg(feature = "demo")]
pub(crate) const NO_BROWSER: (&str, &str) = ("TIKTOK_HASHTAG_BROWSER", "/no/such/browser");
/// Where [`Folder::pull`] has receipts written.
pub(crate) const RECEIPTS: &str = "receipts.jsonl";

/// The project's folder.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A command that sees nothing of the tester's own environment but where programs are.
pub(crate) fn scrubbed(program: impl AsRef<OsStr>, folder: &Path) -> Command {
    let mut path = vec![Path::new(BINARY).parent().unwrap().to_owned()];
    path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap()));
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("PATH", std::env::join_paths(path).unwrap())
        .env("HOME", env!("CARGO_TARGET_TMPDIR"))
        .current_dir(folder)
        .stdin(Stdio::null());
    if let Some(root) = std::env::var_os("SYSTEMROOT") {
        command.env("SYSTEMROOT", root);
    }
    command
}

/// A folder that runs happen in; it goes when this is dropped.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.file(name), text).unwrap();
    }

    #[cfg(feature = "demo")]
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The program, not yet started.
    pub(crate) fn program(&self, args: &[&str]) -> Command {
        let mut command = scrubbed(BINARY, self.0.path());
        command.args(args);
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ended {
        Running::start(&mut self.program(args)).end()
    }

    /// Runs `pull` and keeps its receipts.
    pub(crate) fn pull(&self, args: &[&str]) -> Ended {
        self.run_for_receipts(&mut self.pulling(args))
    }

    /// `pull` with receipts, not yet started.
    pub(crate) fn pulling(&self, args: &[&str]) -> Command {
        let mut command = self.program(&["pull", "--summary", RECEIPTS]);
        command.args(args);
        command
    }

    /// Runs a command that writes receipts, and takes them.
    pub(crate) fn run_for_receipts(&self, command: &mut Command) -> Ended {
        let mut ended = Running::start(command).end();
        ended.receipts = self.take_receipts();
        ended
    }

    /// The receipts written since the last call, each checked to add up.
    pub(crate) fn take_receipts(&self) -> Vec<Value> {
        let path = self.file(RECEIPTS);
        let text = fs::read_to_string(&path).unwrap_or_default();
        if !text.is_empty() {
            fs::remove_file(path).unwrap();
        }
        let receipts = json_lines(&text);
        receipts.iter().for_each(contract::assert_adds_up);
        receipts
    }
}

/// Each line as the JSON value it is.
pub(crate) fn json_lines(text: &str) -> Vec<Value> {
    let value = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    text.lines().map(value).collect()
}

/// A run that goes on. Dropped, it is killed.
pub(crate) struct Running(Child);

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        let piped = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Self::start_as_is(piped)
    }

    /// Starts a command whose streams are set.
    pub(crate) fn start_as_is(command: &mut Command) -> Self {
        Self(command.spawn().unwrap())
    }

    #[cfg(feature = "demo")]
    pub(crate) fn stdout(&mut self) -> ChildStdout {
        self.0.stdout.take().unwrap()
    }

    #[cfg(all(unix, feature = "demo"))]
    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    /// Kills it; its status, which is another one where it had ended.
    #[cfg(all(unix, feature = "demo", feature = "store"))]
    pub(crate) fn kill(mut self) -> i32 {
        self.0.kill().unwrap();
        shell_status(self.0.wait().unwrap())
    }

    /// Waits for the end and takes what is left in both streams.
    pub(crate) fn end(mut self) -> Ended {
        let stdout = self.0.stdout.take().map(read_all);
        let stderr = self.0.stderr.take().map(read_all);
        let status = self.wait();
        let text = |stream: Option<JoinHandle<Vec<u8>>>| {
            let bytes = stream.map(|stream| stream.join().unwrap());
            String::from_utf8(bytes.unwrap_or_default()).unwrap()
        };
        Ended {
            status: shell_status(status),
            stdout: text(stdout),
            stderr: text(stderr),
            receipts: Vec::new(),
        }
    }

    /// The same, with the most memory it used, in bytes; 0 where the system does not say.
    #[cfg(feature = "demo")]
    pub(crate) fn end_with_peak(self) -> (Ended, u64) {
        let peak = Peak::watch(self.id());
        let ended = self.end();
        (ended, peak.bytes())
    }

    fn wait(&mut self) -> ExitStatus {
        let started = Instant::now();
        loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status;
            }
            assert!(started.elapsed() < LONGEST, "the run does not end");
            sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended cannot be killed, which is as well.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Sends a signal by its name, as `kill` does.
#[cfg(all(unix, feature = "demo"))]
pub(crate) fn signal(name: &str, running: &Running) {
    let script = format!("kill -{name} {}", running.id());
    let sent = Command::new("sh").args(["-c", &script]).status();
    assert!(sent.unwrap().success());
}

/// Reads a stream in its own thread, so that the other one never blocks the program.
fn read_all(mut stream: impl Read + Send + 'static) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        bytes
    })
}

/// The status as a shell shows it: 128 and the signal for a run that died of one.
fn shell_status(status: ExitStatus) -> i32 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return 128 + signal;
    }
    status.code().unwrap()
}

/// What a run left.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// The receipts of [`Folder::pull`].
    pub(crate) receipts: Vec<Value>,
}

impl Ended {
    /// The records on stdout.
    pub(crate) fn records(&self) -> Vec<Value> {
        json_lines(&self.stdout)
    }

    /// The ids on stdout, in order.
    pub(crate) fn ids(&self) -> Vec<String> {
        let id = |record: &Value| record["aweme_id"].as_str().unwrap().to_owned();
        self.records().iter().map(id).collect()
    }

    /// The only receipt.
    pub(crate) fn receipt(&self) -> &Value {
        assert_eq!(self.receipts.len(), 1, "{self:?}");
        &self.receipts[0]
    }
}
