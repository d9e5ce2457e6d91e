//! Secrets stay where they belong: canaries planted wherever a secret can come from are searched
//! for in everything a run leaves or shows.

use std::io::{self, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::feed::{DETAIL, JSON, page};
use crate::runner::{Ended, Folder, NO_BROWSER, Running};
use crate::socket::Server;

/// What nobody but its own origin may see. Each is told apart by its end.
const COOKIE: &str = "canary4sid7Kx9-cookie";
const TOKEN: &str = "canary4sid7Kx9-token";
const PASSWORD: &str = "canary4sid7Kx9-password";
const ROTATED: &str = "canary4sid7Kx9-rotated";
const CANARY: &str = "canary4sid7Kx9";
/// How much is said: nothing but errors, warnings, everything in both forms.
const LOUDNESS: [&[&str]; 4] = [&["-q"], &[], &["-vvv"], &["-vvv", "--log-format", "json"]];

/// A server that notes each request's head.
struct Ear {
    server: Server,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Ear {
    fn start(
        answer: impl Fn(&str, &mut TcpStream) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&heard);
        let server = Server::hearing(move |head, stream| {
            notes.lock().unwrap().push(head.to_owned());
            answer(head, stream)
        });
        Self { server, heard }
    }

    fn has_heard(&self, text: &str) -> bool {
        let heard = self.heard.lock().unwrap();
        heard.iter().any(|head| head.contains(text))
    }
}

/// The cookies of a user, for every host and path of this machine.
fn cookies(folder: &Folder) {
    let text = format!("127.0.0.1\tFALSE\t/\tFALSE\t2000000000\tsessionid\t{COOKIE}\n");
    folder.write(
        "cookies.txt",
        format!("# Netscape HTTP Cookie File\n{text}"),
    );
    private(folder, "cookies.txt");
}

fn private(folder: &Folder, name: &str) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(folder.file(name), mode).unwrap();
    }
    #[cfg(not(unix))]
    let _ = (folder, name);
}

/// Runs at every loudness, searches all that is left and shown, and gives each run.
fn search(name: &str, prepare: impl Fn(&Folder) -> Command) -> Vec<Ended> {
    let run = |loudness: &&[&str]| {
        let folder = Folder::new();
        let mut command = prepare(&folder);
        command.args([
            "-o",
            "out.jsonl",
            "--with-raw",
            "--rate",
            "0",
            "--retries",
            "1",
        ]);
        command
            .args(["--timeout", "2", "--source", "web"])
            .args(*loudness);
        command.env("RUST_LOG", if loudness.is_empty() { "" } else { "trace" });
        command.envs([NO_BROWSER]);
        let running = Running::start(&mut command);
        let listed = listed(&running);
        let ended = running.end();
        let text = |file: &str| std::fs::read_to_string(folder.file(file)).unwrap_or_default();
        for (place, text) in [
            ("the process list", listed),
            ("stdout", ended.stdout.clone()),
            ("stderr", ended.stderr.clone()),
            ("the receipt", text("receipts.jsonl")),
            ("the output", text("out.jsonl")),
        ] {
            assert!(
                !text.contains(CANARY),
                "{name}, {loudness:?}: in {place}: {text}"
            );
        }
        ended
    };
    LOUDNESS.iter().map(run).collect()
}

/// What everybody on the machine sees of a run.
fn listed(running: &Running) -> String {
    let path = format!("/proc/{}/cmdline", running.id());
    std::fs::read_to_string(path).unwrap_or_default()
}

/// A good answer for every call, or what the list call gets instead.
fn site(list: impl Fn(&str, &mut TcpStream) -> io::Result<()> + Send + Sync + 'static) -> Ear {
    Ear::start(move |head, stream| {
        if head.contains("/api/challenge/detail/") {
            crate::socket::answer(stream, JSON, DETAIL.as_bytes())
        } else {
            list(head, stream)
        }
    })
}

fn good(stream: &mut TcpStream) -> io::Result<()> {
    crate::socket::answer(stream, JSON, page(10, false).as_bytes())
}

/// A pull of the server with the user's cookie file.
fn with_cookies(folder: &Folder, ear: &Ear) -> Command {
    cookies(folder);
    let url = ear.server.url();
    folder.pulling(&["cats", "--cookies", "cookies.txt", "--base-url", &url])
}

#[test]
fn cookies_of_a_file_go_to_their_origin_alone() {
    let ear = site(|_, stream| good(stream));
    let ended = search("cookie file", |folder| with_cookies(folder, &ear));
    assert!(ended.iter().all(|ended| ended.status == 0), "{ended:?}");
    assert!(ear.has_heard(COOKIE), "its own origin gets it");
}

#[test]
fn a_server_that_echoes_what_it_was_sent_tells_nobody() {
    // In an error's words, in a header, in a page and in an answer that makes no sense.
    for form in 0..4 {
        let ear = site(move |head, stream| {
            let words = format!(
                "{{\"statusCode\":4711,\"statusMsg\":\"{}\"}}",
                head.replace(['\r', '\n', '"'], " ")
            );
            match form {
                0 => crate::socket::answer(stream, JSON, words.as_bytes()),
                1 => write!(
                    stream,
                    "HTTP/1.0 400 {COOKIE}\r\nx-tt-logid: {COOKIE}\r\n\r\n{words}"
                ),
                2 => {
                    crate::socket::answer(stream, "text/html", format!("<html>{words}").as_bytes())
                }
                _ => crate::socket::answer(stream, JSON, format!("{{{words}").as_bytes()),
            }
        });
        let ended = search("echo", |folder| with_cookies(folder, &ear));
        assert!(ended.iter().all(|ended| ended.status != 0), "{ended:?}");
        assert!(ear.has_heard(COOKIE));
    }
}

#[test]
fn a_redirect_to_another_origin_carries_nothing() {
    let other = Ear::start(|_, stream| good(stream));
    let place = other.server.url();
    let ear = site(move |_, stream| {
        write!(
            stream,
            "HTTP/1.0 302 Found\r\nlocation: {place}/?q={COOKIE}\r\n\r\n"
        )
    });
    let ended = search("redirect", |folder| with_cookies(folder, &ear));
    assert!(ended.iter().all(|ended| ended.status == 6), "{ended:?}");
    assert!(ear.has_heard(COOKIE));
    assert_eq!(other.server.calls(), 0);
}

#[test]
fn the_token_of_the_environment_or_of_a_named_file_stays_away_from_other_servers() {
    let ear = site(|_, stream| good(stream));
    let url = ear.server.url();
    let ended = search("token", |folder| {
        let mut command = folder.pulling(&["cats", "--base-url", &url]);
        command.env("TIKTOK_HASHTAG_MS_TOKEN", TOKEN);
        command
    });
    assert!(ended.iter().all(|ended| ended.status == 0), "{ended:?}");
    search("environment file", |folder| {
        folder.write("my.env", format!("TIKTOK_HASHTAG_MS_TOKEN={TOKEN}\n"));
        folder.pulling(&["cats", "--env-file", "my.env", "--base-url", &url])
    });
    // A line that is none may be a secret that somebody pasted.
    let ended = search("broken environment file", |folder| {
        folder.write("my.env", format!("{TOKEN} is the token\n"));
        folder.pulling(&["cats", "--env-file", "my.env", "--base-url", &url])
    });
    assert!(ended.iter().all(|ended| ended.status == 2), "{ended:?}");
    assert!(!ear.has_heard(CANARY));
}

#[test]
fn a_token_that_the_server_renews_goes_back_to_it_and_nowhere_else() {
    let ear = site(|head, stream| {
        if !head.contains("cursor=0&") {
            let words = format!("{{\"statusCode\":4711,\"statusMsg\":\"{ROTATED}\"}}");
            return crate::socket::answer(stream, JSON, words.as_bytes());
        }
        let body = page(10, true);
        let length = body.len();
        write!(
            stream,
            "HTTP/1.1 200 OK\r\nx-ms-token: {ROTATED}\r\nset-cookie: sid={ROTATED}-2; Path=/\r\ncontent-length: {length}\r\n\r\n{body}"
        )
    });
    let ended = search("rotation", |folder| with_cookies(folder, &ear));
    assert!(ended.iter().all(|ended| ended.status == 6), "{ended:?}");
    assert!(ear.has_heard(ROTATED));
}

#[test]
fn the_password_of_a_proxy_is_for_the_proxy() {
    let proxy = Ear::start(|_, stream| write!(stream, "HTTP/1.0 407 {PASSWORD}\r\n\r\n{PASSWORD}"));
    let address = proxy.server.url().replace("http://", "");
    let ended = search("proxy", |folder| {
        let mut command = folder.pulling(&["cats", "--base-url", "http://site.invalid"]);
        command.env(
            "TIKTOK_HASHTAG_PROXY",
            format!("http://user:{PASSWORD}@{address}"),
        );
        command
    });
    assert!(ended.iter().all(|ended| ended.status != 0), "{ended:?}");
    assert!(proxy.server.calls() > 0);
    // Nobody there: the error is about the proxy, and does not show its URL.
    search("dead proxy", |folder| {
        let mut command = folder.pulling(&["cats", "--base-url", "http://site.invalid"]);
        command.env(
            "TIKTOK_HASHTAG_PROXY",
            format!("http://user:{PASSWORD}@127.0.0.1:1"),
        );
        command
    });
}

#[test]
fn passwords_in_urls_are_refused_and_not_shown() {
    for variable in ["TIKTOK_HASHTAG_BASE_URL", "TIKTOK_HASHTAG_PROXY"] {
        let ended = search(variable, |folder| {
            let mut command = folder.pulling(&["cats"]);
            let scheme = if variable.ends_with("PROXY") {
                "ftp"
            } else {
                "http"
            };
            command.env(variable, format!("{scheme}://user:{PASSWORD}@127.0.0.1:1/"));
            command
        });
        assert!(ended.iter().all(|ended| ended.status == 2), "{ended:?}");
    }
}

#[test]
fn a_cookie_file_that_is_none_is_refused_and_not_shown() {
    for text in [
        format!("[{{\"name\": {COOKIE}"),
        format!("{COOKIE}\t{COOKIE}\n\0"),
        format!("{{\"cookies\": \"{COOKIE}\"}}"),
    ] {
        let ended = search("broken cookie file", |folder| {
            folder.write("cookies.txt", &text);
            private(folder, "cookies.txt");
            folder.pulling(&[
                "cats",
                "--cookies",
                "cookies.txt",
                "--base-url",
                "http://127.0.0.1:1",
            ])
        });
        assert!(ended.iter().all(|ended| ended.status != 0), "{ended:?}");
    }
}

#[test]
fn an_environment_file_of_the_folder_changes_nothing_unless_named() {
    let trap = Ear::start(|_, stream| good(stream));
    let ear = site(|_, stream| good(stream));
    let place = trap.server.url();
    let ended = search("planted .env", |folder| {
        let lines = format!(
            "TIKTOK_HASHTAG_PROXY={place}\nTIKTOK_HASHTAG_BASE_URL={place}\nHTTP_PROXY={place}\n"
        );
        folder.write(".env", lines);
        with_cookies(folder, &ear)
    });
    assert!(ended.iter().all(|ended| ended.status == 0), "{ended:?}");
    assert_eq!(trap.server.calls(), 0);
}

#[cfg(unix)]
#[test]
fn a_cookie_file_that_others_can_read_is_warned_of_once() {
    use std::os::unix::fs::PermissionsExt as _;
    let ear = site(|_, stream| good(stream));
    for (mode, warnings) in [(0o600, 0), (0o644, 1), (0o640, 1)] {
        let folder = Folder::new();
        let mut command = with_cookies(&folder, &ear);
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(folder.file("cookies.txt"), mode).unwrap();
        let ended = Running::start(command.args(["--rate", "0", "--source", "web"])).end();
        let said = ended
            .stderr
            .matches("others can read it; chmod 600 cookies.txt")
            .count();
        assert_eq!((ended.status, said), (0, warnings), "{ended:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn there_are_no_core_files() {
    let (folder, site) = (Folder::new(), crate::site::Site::start());
    let running =
        Running::start(&mut folder.pulling(&["hang", "--rate", "0", "--base-url", &site.url()]));
    let began = Instant::now();
    while site.count("requests") == 0 {
        assert!(began.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(5));
    }
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", running.id())).unwrap();
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .unwrap();
    assert_eq!(
        line.split_whitespace().skip(4).take(2).collect::<Vec<_>>(),
        ["0", "0"]
    );
}
