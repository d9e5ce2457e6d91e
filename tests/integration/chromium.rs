//! A real Chromium for tests: found or said to be missing, mapped to the simulator, and looked for
//! when it should be gone.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::runner::Folder;
use crate::site::Site;
use crate::tool::{in_ci, program, say};

/// Where a browser may be, the same places a user's are.
const PROGRAMS: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
];

/// The browser on PATH. Without one a test says so and passes, but where `CI` is `true` it fails.
pub(crate) fn found() -> Option<PathBuf> {
    let found = PROGRAMS.iter().find_map(|name| program(name));
    if found.is_none() {
        assert!(!in_ci(), "no Chromium, though CI is true");
        say("skipped: no Chromium");
    }
    found
}

/// What makes a browser take the simulator for the site, and reach nobody else.
pub(crate) fn mapped(site: &Site) -> Vec<String> {
    let port = site.port();
    let names = [
        "*.tiktok.com",
        "tiktok.com",
        "*.tiktokcdn.com",
        "*.ttwstatic.com",
    ];
    let maps = names.map(|name| format!("MAP {name} 127.0.0.1:{port}"));
    vec![
        format!(
            "--browser-arg=--host-resolver-rules={}, MAP * ~NOTFOUND",
            maps.join(", ")
        ),
        format!(
            "--browser-arg=--ignore-certificate-errors-spki-list={}",
            site.pin()
        ),
        "--rate=1".to_owned(),
    ]
}

/// What makes a browser trust the simulator under its own address.
pub(crate) fn trusting(site: &Site) -> Vec<String> {
    vec![
        format!(
            "--browser-arg=--ignore-certificate-errors-spki-list={}",
            site.pin()
        ),
        "--base-url".to_owned(),
        site.url(),
        "--rate".to_owned(),
        "0".to_owned(),
    ]
}

/// `pull` through a browser, whose temporary files land in the test's folder.
pub(crate) fn pulling(folder: &Folder, args: &[&str]) -> Command {
    let mut command = folder.pulling(args);
    command
        .args(["--source", "browser", "--no-sandbox"])
        .env("TMPDIR", folder.file(""));
    command
}

/// Nothing of a browser is left: no process that names the folder, no profile in it.
pub(crate) fn assert_gone(folder: &Folder) {
    let place = folder.file("");
    let since = Instant::now();
    loop {
        let left = left_behind(&place);
        if left.is_empty() {
            return;
        }
        assert!(
            since.elapsed() < Duration::from_secs(3),
            "left behind: {left:?}"
        );
        sleep(Duration::from_millis(50));
    }
}

fn left_behind(place: &Path) -> Vec<String> {
    let profiles = fs::read_dir(place).unwrap().flatten();
    let profiles = profiles
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| {
            name.starts_with("tiktok-hashtag-browser-") || name.starts_with("org.chromium")
        });
    profiles
        .chain(processes_of(place).into_iter().map(|(_, line)| line))
        .collect()
}

/// Browser processes whose command line names the folder: their ids and command lines.
pub(crate) fn processes_of(place: &Path) -> Vec<(u32, String)> {
    let place = place.to_string_lossy();
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let numbered = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    numbered
        .filter_map(|id: u32| {
            let line = fs::read(format!("/proc/{id}/cmdline")).ok()?;
            let line = String::from_utf8_lossy(&line).replace('\0', " ");
            (line.contains("--user-data-dir=") && line.contains(place.trim_end_matches('/')))
                .then_some((id, line))
        })
        .collect()
}

/// A browser of the user's own, with a port to attach to. Killed when dropped.
pub(crate) struct OwnBrowser {
    child: Child,
    profile: PathBuf,
}

impl OwnBrowser {
    pub(crate) fn start(program: &Path, folder: &Folder) -> Self {
        Self::begin(Command::new(program).arg("--headless"), folder)
    }

    /// With a window on a display.
    pub(crate) fn start_headed(program: &Path, folder: &Folder, display: &str) -> Self {
        Self::begin(Command::new(program).env("DISPLAY", display), folder)
    }

    fn begin(command: &mut Command, folder: &Folder) -> Self {
        let profile = folder.file("own");
        let child = command
            .args([
                "--no-sandbox",
                "--remote-debugging-port=0",
                "--no-first-run",
            ])
            .args([
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ])
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg("about:blank")
            .env("TMPDIR", folder.file(""))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let own = Self { child, profile };
        let since = Instant::now();
        while own.port().is_none() {
            assert!(since.elapsed() < Duration::from_secs(20), "no port");
            sleep(Duration::from_millis(20));
        }
        own
    }

    pub(crate) fn profile(&self) -> &Path {
        &self.profile
    }

    pub(crate) fn port(&self) -> Option<u16> {
        let noted = fs::read_to_string(self.profile.join("DevToolsActivePort")).ok()?;
        noted.lines().next()?.parse().ok()
    }

    /// The addresses of its pages.
    pub(crate) fn pages(&self) -> Vec<String> {
        let port = self.port().unwrap();
        let list: serde_json::Value =
            serde_json::from_str(&ask(port, "GET", "/json/list")).unwrap();
        let pages = list
            .as_array()
            .unwrap()
            .iter()
            .filter(|it| it["type"] == "page");
        pages
            .map(|it| it["url"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Where one of its pages is spoken to.
    pub(crate) fn socket_of_a_page(&self) -> String {
        let list = ask(self.port().unwrap(), "GET", "/json/list");
        let list: serde_json::Value = serde_json::from_str(&list).unwrap();
        let page = list
            .as_array()
            .unwrap()
            .iter()
            .find(|it| it["type"] == "page");
        page.unwrap()["webSocketDebuggerUrl"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Opens a page in front of all others.
    pub(crate) fn open_in_front(&self, url: &str) {
        ask(self.port().unwrap(), "PUT", &format!("/json/new?{url}"));
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }
}

/// What a browser's own port answers.
fn ask(port: u16, method: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let head = format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = BufReader::new(stream);
    let mut length = 0;
    // It keeps the connection, whatever it is asked for.
    loop {
        let mut line = String::new();
        answer.read_line(&mut line).unwrap();
        let line = line.trim_end().to_lowercase();
        if let Some(number) = line.strip_prefix("content-length:") {
            length = number.trim().parse().unwrap();
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    answer.read_exact(&mut body).unwrap();
    String::from_utf8(body).unwrap()
}

impl Drop for OwnBrowser {
    fn drop(&mut self) {
        // One that has ended cannot be killed, which is as well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
