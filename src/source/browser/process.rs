//! A browser we started: its command line, its pipes, what it says on stderr, and its end. It
//! never outlives us: it ends when its pipe closes, and is killed when it does not end.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};
use url::Url;

use super::profile::Profile;
use super::wire::Wire;
use super::{Options, attach};

/// How long a browser may take to start.
const START: Duration = Duration::from_secs(20);
/// How long a browser may take to end after it was asked to.
const END: Duration = Duration::from_secs(3);
/// Bytes of its stderr that are kept for an error.
const TAIL: usize = 16 << 10;

/// How our own variables begin, some of which hold secrets that are no browser's business.
const OURS: &str = "TIKTOK_";
/// Bytes the path of a Unix socket may have, and those of the one Chromium makes in its temporary
/// folder: `/org.chromium.Chromium.XXXXXX/SingletonSocket`.
const SOCKET: (usize, usize) = (107, 48);

/// What every browser we start is told: no first-run pages, no traffic of its own, and no slowing
/// down of a page that nobody looks at. Nothing here hides that a program drives it.
const ARGUMENTS: [&str; 13] = [
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--disable-search-engine-choice-screen",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--metrics-recording-only",
    "--mute-audio",
    "--window-size=1280,900",
];

/// A running browser and the folder it writes to.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    profile: Profile,
    stderr: Arc<Mutex<Vec<u8>>>,
}

impl Process {
    /// Starts `program` and connects to it.
    ///
    /// # Errors
    /// Words for the user when it does not start.
    pub(super) async fn start(program: &Path, options: &Options) -> Result<(Self, Wire), String> {
        let profile = profile(program, options)
            .map_err(|error| format!("the browser's profile folder cannot be made: {error}"))?;
        let mut command = Command::new(program);
        command
            .args(arguments(options, &profile))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with(OURS) {
                command.env_remove(name);
            }
        }
        if let Some(folder) = profile.temporary() {
            // Where its helpers keep what they note of crashes and settings.
            command.env("XDG_CONFIG_HOME", &folder);
            command.env("XDG_CACHE_HOME", &folder);
            if has_room(&folder) {
                command.env("TMPDIR", folder);
            }
        }
        let shown = program.display();
        let failed = |error: io::Error| format!("{shown} could not be started: {error}");
        let (child, wire) = spawn(command).map_err(failed)?;
        let mut process = Self {
            child,
            profile,
            stderr: Arc::default(),
        };
        process.drain();
        match wire {
            Some(wire) => Ok((process, wire)),
            None => process.by_port().await,
        }
    }

    /// Reads stderr to its end, so that the browser never waits for us, and keeps its last words.
    fn drain(&mut self) {
        let Some(mut from) = self.child.stderr.take() else {
            return;
        };
        let tail = Arc::clone(&self.stderr);
        tokio::spawn(async move { keep_tail(&mut from, &tail).await });
    }

    /// Connects by the port the browser notes in its profile.
    async fn by_port(mut self) -> Result<(Self, Wire), String> {
        let folder = self.profile.data();
        let find = async {
            loop {
                if let Ok(url) = attach::noted_in(&folder)
                    && let Ok(wire) = Wire::over_web_socket(&url).await
                {
                    return wire;
                }
                sleep(Duration::from_millis(50)).await;
            }
        };
        let found = tokio::select! {
            wire = find => Some(wire),
            _ = self.child.wait() => None,
            () = sleep(START) => None,
        };
        match found {
            Some(wire) => Ok((self, wire)),
            None => Err(self.why_not().await),
        }
    }

    /// Waits until `first`, the first answer, comes.
    ///
    /// # Errors
    /// Words for the user when the browser ends before, or says nothing for too long.
    pub(super) async fn prove<T, E>(
        mut self,
        first: impl Future<Output = Result<T, E>>,
    ) -> Result<Self, String> {
        let answered = tokio::select! {
            answer = first => answer.is_ok(),
            _ = self.child.wait() => false,
            () = sleep(START) => false,
        };
        if answered {
            Ok(self)
        } else {
            Err(self.why_not().await)
        }
    }

    /// Why it did not start, in words for the user.
    async fn why_not(&mut self) -> String {
        // Its last words may still be on their way.
        let ended = timeout(Duration::from_millis(300), self.child.wait()).await;
        sleep(Duration::from_millis(50)).await;
        let said = self.stderr.lock().unwrap_or_else(PoisonError::into_inner);
        explain(&String::from_utf8_lossy(&said), ended.is_ok())
    }

    /// Ends it, after it was asked to end, and removes its profile if that was made for this run.
    pub(super) async fn end(mut self) {
        if timeout(END, self.child.wait()).await.is_err() {
            self.kill();
            // Nothing survives being killed for long.
            let _ = timeout(END, self.child.wait()).await;
        }
        let removed = tokio::task::spawn_blocking(move || {
            let mut ended = self;
            ended.profile.remove()
        });
        if !removed.await.unwrap_or(false) {
            tracing::warn!("the browser's temporary profile could not be removed whole");
        }
    }

    /// Kills it and the processes it started.
    fn kill(&mut self) {
        #[cfg(unix)]
        if let Some(group) = self.child.id().and_then(|id| {
            i32::try_from(id)
                .ok()
                .and_then(rustix::process::Pid::from_raw)
        }) {
            // A group that is gone needs no killing.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        // The same.
        let _ = self.child.start_kill();
    }
}

impl Drop for Process {
    /// The way out after a panic or a start that was given up: no process may stay.
    fn drop(&mut self) {
        if self.child.id().is_none() {
            return;
        }
        self.kill();
        let since = std::time::Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) && since.elapsed() < END {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// The profile a browser uses: the user's, or a fresh one where the browser can see it.
fn profile(program: &Path, options: &Options) -> io::Result<Profile> {
    match &options.profile {
        Some(path) => Profile::kept(path),
        None => Profile::fresh(&base_for(program)),
    }
}

/// Whether Chromium's socket fits below a folder; it does not start where it does not.
fn has_room(folder: &Path) -> bool {
    let (most, own) = SOCKET;
    folder.as_os_str().len() + own <= most
}

/// Ubuntu's snap sees neither the system's temporary folder nor hidden folders (known from
/// reports, not tried).
fn base_for(program: &Path) -> PathBuf {
    let real = program
        .canonicalize()
        .unwrap_or_else(|_| program.to_path_buf());
    let is_snap =
        program.starts_with("/snap") || real.starts_with("/snap") || real.ends_with("usr/bin/snap");
    let common = std::env::home_dir().map(|home| home.join("snap/chromium/common"));
    common
        .filter(|common| is_snap && common.is_dir())
        .unwrap_or_else(std::env::temp_dir)
}

fn arguments(options: &Options, profile: &Profile) -> Vec<OsString> {
    let mut data = OsString::from("--user-data-dir=");
    data.push(profile.data());
    let mut arguments: Vec<OsString> = vec![data];
    arguments.extend(ARGUMENTS.map(OsString::from));
    arguments.push(if cfg!(unix) {
        "--remote-debugging-pipe".into()
    } else {
        "--remote-debugging-port=0".into()
    });
    // A window that a program drives says so in a bar of its own.
    arguments.push(if options.headed {
        "--enable-automation".into()
    } else {
        "--headless".into()
    });
    if matches!(profile, Profile::Fresh(_)) {
        // A profile that goes with the run has nothing to keep in the system's keychain.
        arguments.extend(["--password-store=basic", "--use-mock-keychain"].map(OsString::from));
    }
    if let Some(proxy) = &options.proxy {
        arguments.push(format!("--proxy-server={}", proxy_server(proxy)).into());
    }
    if options.no_sandbox {
        arguments.push("--no-sandbox".into());
    }
    arguments.extend(options.arguments.iter().map(OsString::from));
    arguments.push("about:blank".into());
    arguments
}

/// A proxy as Chromium names it: it always lets a SOCKS5 proxy look names up.
fn proxy_server(proxy: &Url) -> String {
    let scheme = match proxy.scheme() {
        "socks5h" => "socks5",
        "socks4a" => "socks4",
        scheme => scheme,
    };
    let host = proxy.host_str().unwrap_or_default();
    let port = proxy.port_or_known_default();
    let port = port.map_or_else(String::new, |port| format!(":{port}"));
    format!("{scheme}://{host}{port}")
}

/// Starts the browser in a process group of its own, so that a terminal's Ctrl-C is ours alone to
/// follow, with the two pipes it speaks through on descriptors 3 and 4.
#[cfg(unix)]
fn spawn(mut command: Command) -> io::Result<(Child, Option<Wire>)> {
    use command_fds::{CommandFdExt as _, FdMapping, FdMappingCollision};
    use std::os::fd::OwnedFd;
    use tokio::net::unix::pipe;

    let (its_input, our_output) = io::pipe()?;
    let (our_input, its_output) = io::pipe()?;
    let mapping = |parent_fd: OwnedFd, child_fd| FdMapping {
        parent_fd,
        child_fd,
    };
    command
        .process_group(0)
        .fd_mappings(vec![
            mapping(its_input.into(), 3),
            mapping(its_output.into(), 4),
        ])
        .map_err(|FdMappingCollision| io::Error::other("descriptors 3 and 4 collide"))?;
    let child = command.spawn()?;
    let from = pipe::Receiver::from_owned_fd(our_input.into())?;
    let to = pipe::Sender::from_owned_fd(our_output.into())?;
    Ok((child, Some(Wire::over_pipes(from, to))))
}

/// Starts the browser; it is reached by its port.
#[cfg(not(unix))]
fn spawn(mut command: Command) -> io::Result<(Child, Option<Wire>)> {
    Ok((command.spawn()?, None))
}

async fn keep_tail(from: &mut (impl AsyncRead + Unpin), tail: &Mutex<Vec<u8>>) {
    let mut block = [0; 4096];
    while let Ok(read @ 1..) = from.read(&mut block).await {
        let mut tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
        tail.extend_from_slice(&block[..read]);
        let excess = tail.len().saturating_sub(TAIL);
        tail.drain(..excess);
    }
}

/// What a browser that did not start said, in our own words where its reason is a known one.
fn explain(said: &str, ended: bool) -> String {
    let has = |mark: &str| said.contains(mark);
    if has("no-sandbox is not supported") || has("Running as root") {
        return AS_ROOT.to_owned();
    }
    if has("No usable sandbox") {
        return "this system lets Chromium have no sandbox; allow user namespaces, or pass \
                --no-sandbox if you accept an unsandboxed browser (containers, CI)"
            .to_owned();
    }
    if has("Missing X server") || has("cannot open display") || has("ozone_platform_x11") {
        return "there is no display for a browser window; leave out --headed, or set DISPLAY"
            .to_owned();
    }
    if has("Socket path too long") {
        return "the path of its profile is too long for Chromium; set TMPDIR to a shorter one"
            .to_owned();
    }
    if has("ProcessSingleton") || has("Opening in existing browser session") {
        return "another browser uses this profile; close it, or attach to it with --attach"
            .to_owned();
    }
    let last = said.lines().map(str::trim).rfind(|line| !line.is_empty());
    let how = if ended {
        "ended at once"
    } else {
        "did not answer in time"
    };
    match last {
        Some(line) => {
            let line: String = line.chars().take(200).collect();
            format!("the browser {how}; its last words: {line}")
        }
        None => format!("the browser {how} without a word; try another with --browser PATH"),
    }
}

/// Why an administrator gets no browser for the asking.
pub(super) const AS_ROOT: &str = "Chromium will not run its sandbox as root; run this tool as an \
    ordinary user, or pass --no-sandbox if you accept an unsandboxed browser (containers, CI)";

#[cfg(test)]
mod tests {
    use super::{AS_ROOT, arguments, explain};
    use crate::source::browser::Options;
    use crate::source::browser::profile::Profile;

    fn line(options: &Options) -> String {
        let base = tempfile::tempdir().unwrap();
        let profile = Profile::fresh(base.path()).unwrap();
        let arguments = arguments(options, &profile);
        let texts: Vec<_> = arguments
            .iter()
            .map(|text| text.to_string_lossy())
            .collect();
        texts.join(" ")
    }

    #[test]
    fn nothing_is_hidden_and_nothing_is_unlocked_unasked() {
        let plain = line(&Options::default());
        assert!(plain.contains("--headless") && plain.ends_with("about:blank"));
        for masked in [
            "no-sandbox",
            "AutomationControlled",
            "user-agent",
            "ignore-certificate",
        ] {
            assert!(!plain.contains(masked), "{masked}");
        }
        let headed = line(&Options {
            headed: true,
            no_sandbox: true,
            arguments: vec!["--lang=de".to_owned()],
            ..Options::default()
        });
        assert!(headed.contains("--enable-automation") && !headed.contains("--headless"));
        assert!(headed.contains("--no-sandbox --lang=de about:blank"));
    }

    #[test]
    fn known_reasons_are_said_in_our_words() {
        let root = "[1:1:ERROR:zygote_host_impl_linux.cc(90)] Running as root without --no-sandbox is not supported.";
        assert_eq!(explain(root, true), AS_ROOT);
        assert!(explain("Missing X server or $DISPLAY", true).contains("--headed"));
        assert!(explain("Opening in existing browser session.", true).contains("--attach"));
        assert!(explain("noise\nlast line\n\n", true).ends_with("its last words: last line"));
        assert!(explain("", false).contains("in time"));
    }
}
