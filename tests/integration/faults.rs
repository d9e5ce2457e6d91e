//! A disk that fails, call by call: every write, sync, cut, rename, removal, opening and closing of
//! a run's files comes to nothing once, for want of space, by an error, or because the run is
//! killed in it. What then stands there is whole, and the same command makes it complete.
//!
//! `strace` plays the disk. `TIKTOK_HASHTAG_TEST_FAULTS=all` asks for every fault instead of a few.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use fastrand::Rng;
use serde_json::Value;

use crate::feed::{DETAIL, JSON, page};
use crate::runner::{BINARY, Ended, Folder, Running, scrubbed};
use crate::socket::{self, Server};
use crate::store::{STORE, ask, database, server};
use crate::tool;

/// How many faults are played.
const FAULTS: &str = "TIKTOK_HASHTAG_TEST_FAULTS";
/// So many, unless said.
const FEW: usize = 40;
/// The status of a run that was killed.
const KILLED: i32 = 137;
/// Videos of the feed, three a page.
const VIDEOS: usize = 9;
const OUT: &str = "out.jsonl";
/// Files of a run, the folder they are in last.
const FILES: [&str; 8] = [
    OUT,
    "out.jsonl.partial",
    "receipts.jsonl",
    "store.db",
    "store.db-wal",
    "store.db-shm",
    "store.db-journal",
    "",
];
/// The calls that change a file, or may lose what was changed. Not every machine has them all.
const CALLS: &str = "?write,?writev,?pwrite64,?pwritev,?fsync,?fdatasync,?ftruncate,?fallocate,\
                     ?rename,?renameat,?renameat2,?unlink,?unlinkat,?openat,?close";
/// Saved answers, a page each.
const SAVED: [&str; 3] = ["1.json", "2.json", "3.json"];
const OLD: &[u8] = b"{\"old\":\"content\"}\n";

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Blow {
    /// The device fails.
    Eio,
    /// The device is full.
    Enospc,
    /// The run dies before it is done.
    Kill,
}

/// A call on a file, the `nth` of its kind, and what becomes of it.
#[derive(Debug, Clone)]
struct Fault {
    file: &'static str,
    call: String,
    nth: usize,
    blow: Blow,
}

/// A command, and what it finds in its folder.
struct Scene<'a> {
    name: &'static str,
    folder: Folder,
    feed: &'a Server,
    args: &'static [&'static str],
    is_stdout: bool,
    is_import: bool,
    /// As `--store` takes it.
    store: Option<String>,
    /// As sqlx takes it.
    url: String,
    before: Vec<(String, Vec<u8>)>,
    /// What a run without trouble gives.
    whole: Vec<Value>,
}

/// What was played, over all scenes.
#[derive(Debug, Default)]
struct Played {
    faults: usize,
    kills: usize,
    runs: usize,
    /// Faults a run got over: kind of call and file.
    harmless: BTreeMap<String, usize>,
    wrong: Vec<String>,
}

impl Blow {
    /// What can become of a call of this name. Closing takes no space.
    fn each(call: &str) -> impl Iterator<Item = Self> {
        let needs_space = call != "close";
        let all = [Self::Eio, Self::Enospc, Self::Kill].into_iter();
        all.filter(move |blow| needs_space || *blow != Self::Enospc)
    }
}

impl Fault {
    fn inject(&self) -> String {
        let (call, nth) = (&self.call, self.nth);
        match self.blow {
            Blow::Eio => format!("{call}:error=EIO:when={nth}"),
            Blow::Enospc => format!("{call}:error=ENOSPC:when={nth}"),
            Blow::Kill => format!("{call}:signal=KILL:when={nth}"),
        }
    }

    /// Whether a run may get over it: what is closed is safe on disk already, and SQLite copies its
    /// log into the file at its end or at its next start, and syncs a folder as well as it can.
    fn is_harmless(&self, scene: &Scene<'_>, log: &str) -> bool {
        match self.call.as_str() {
            "close" => true,
            "fsync" | "fdatasync" if self.file == "store.db-wal" => is_synced(log),
            "openat" => self.file.is_empty(),
            "fsync" if self.file.is_empty() => scene.has_file(),
            "unlink" | "unlinkat" => matches!(self.file, "store.db-wal" | "store.db-shm"),
            "pwrite64" | "fsync" | "fdatasync" | "ftruncate" => self.file == "store.db",
            _ => false,
        }
    }

    /// What a refusal names: the database's own side files stand for the store.
    fn named(&self) -> &'static [&'static str] {
        match self.file {
            "" => &[OUT, "store.db"],
            OUT | "out.jsonl.partial" => &[OUT],
            "receipts.jsonl" => &["receipts.jsonl"],
            _ => &["store.db"],
        }
    }
}

/// Whether nothing was written between the call that failed and a sync before it.
fn is_synced(log: &str) -> bool {
    let before = log.lines().take_while(|line| !line.contains("(INJECTED)"));
    let calls = before.filter(|line| line.contains("write") || line.contains("sync("));
    calls.last().is_some_and(|line| line.contains("sync("))
}

impl<'a> Scene<'a> {
    /// Records into a file, a fresh one.
    fn new(name: &'static str, feed: &'a Server, args: &'static [&'static str]) -> Self {
        let folder = Folder::new();
        let url = format!("sqlite:{}", folder.file("store.db").display());
        Self {
            name,
            folder,
            feed,
            args,
            is_stdout: false,
            is_import: false,
            store: None,
            url,
            before: Vec::new(),
            whole: Vec::new(),
        }
    }

    /// The same with a store in a file beside it.
    fn stored(mut self) -> Self {
        self.store = Some(self.path("store.db"));
        self
    }

    /// The same with a store on the server.
    fn on(mut self, server: &str) -> Self {
        self.url = database(server);
        self.store = Some(self.url.clone());
        self
    }

    /// The same once `prepare` has left something in its folder.
    fn after(mut self, prepare: impl Fn(&Self)) -> Self {
        prepare(&self);
        let entries = fs::read_dir(self.folder.file("")).unwrap();
        let read = |entry: fs::DirEntry| {
            let name = entry.file_name().into_string().unwrap();
            (name, fs::read(entry.path()).unwrap())
        };
        self.before = entries.map(|entry| read(entry.unwrap())).collect();
        self
    }

    /// Whether its store is a file.
    fn has_file(&self) -> bool {
        self.store.as_ref().is_some_and(|store| *store != self.url)
    }

    fn path(&self, name: &str) -> String {
        let path = self.folder.file(name).display().to_string();
        path.trim_end_matches('/').to_owned()
    }

    /// Makes the folder what the command finds.
    fn set(&self) {
        for entry in fs::read_dir(self.folder.file("")).unwrap() {
            fs::remove_file(entry.unwrap().path()).unwrap();
        }
        for (name, bytes) in &self.before {
            self.folder.write(name, bytes);
        }
    }

    /// Arguments and surroundings of the program, by full paths: `strace` tells them apart by these.
    fn command(&self, program: &str) -> Command {
        let mut command = scrubbed(program, self.folder.file("").as_path());
        command.current_dir("/");
        if let Some(store) = &self.store {
            command.env(STORE, store);
        }
        command
    }

    fn arguments(&self, more: &[&str]) -> Vec<String> {
        let pull = ["pull", "cats", "--all", "--source", "web", "--rate", "0"];
        let mut args: Vec<String> = if self.is_import {
            let files = SAVED.map(|file| self.path(file));
            let import = ["import", "--name", "cats"].map(str::to_owned);
            import.into_iter().chain(files).collect()
        } else {
            let url = ["--base-url".to_owned(), self.feed.url()];
            pull.map(str::to_owned).into_iter().chain(url).collect()
        };
        args.extend([self.args, more].concat().into_iter().map(str::to_owned));
        args.extend(["--summary".to_owned(), self.path("receipts.jsonl")]);
        if !self.is_stdout {
            args.extend(["-o".to_owned(), self.path(OUT)]);
        }
        args
    }

    fn start(&self, command: &mut Command) -> Running {
        if self.is_stdout {
            // What goes on after a run that stopped goes on behind it.
            let mut options = OpenOptions::new();
            options
                .create(true)
                .append(self.store.is_some())
                .write(true);
            let options = options.truncate(self.store.is_none());
            command.stdout(options.open(self.folder.file(OUT)).unwrap());
            return Running::start_as_is(command.stderr(Stdio::piped()));
        }
        Running::start(command)
    }

    fn run(&self, more: &[&str]) -> Ended {
        let mut command = self.command(BINARY);
        self.start(command.args(self.arguments(more))).end()
    }

    /// A run that `strace` watches; its calls on `files`, as it writes them down.
    fn traced(&self, files: &[&str], inject: Option<&Fault>) -> (Ended, String) {
        let log = tempfile::NamedTempFile::new().unwrap();
        let mut command = self.command("strace");
        command.args(["-f", "-qq", "-y", "-s", "0", "-e", "signal=none"]);
        command.arg("-o").arg(log.path());
        command.args(["-e", &format!("trace={CALLS}")]);
        for file in files {
            command.args(["-P", &self.path(file)]);
        }
        if let Some(fault) = inject {
            command.args(["-e", &format!("inject={}", fault.inject())]);
        }
        command.arg(BINARY).args(self.arguments(&[]));
        let ended = self.start(&mut command).end();
        (ended, fs::read_to_string(log.path()).unwrap())
    }

    /// Runs without trouble, and gives every fault that could have met the run. `strace` counts
    /// calls by thread; each thread has files of its own.
    fn faults(&mut self) -> Vec<Fault> {
        self.set();
        let (ended, log) = self.traced(&FILES, None);
        assert_eq!(ended.status, 0, "{}: {ended:?}", self.name);
        self.whole = timeless(&self.folder.read(OUT)).unwrap();
        assert_eq!(self.whole.len(), VIDEOS, "{}", self.name);
        let mut counts = BTreeMap::<(&str, String, &str), usize>::new();
        for line in log.lines() {
            let (thread, call) = line.split_once(' ').unwrap();
            let Some((call, arguments)) = call.trim_start().split_once('(') else {
                continue;
            };
            for file in FILES {
                let path = self.path(file);
                let is_on = [format!("<{path}>"), format!("\"{path}\"")];
                if is_on.iter().any(|path| arguments.contains(path)) {
                    let key = (file, call.to_owned(), thread);
                    *counts.entry(key).or_default() += 1;
                }
            }
        }
        let mut most = BTreeMap::<(&'static str, String), usize>::new();
        for ((file, call, _), count) in counts {
            let file = FILES.into_iter().find(|it| *it == file).unwrap();
            let most = most.entry((file, call)).or_default();
            *most = count.max(*most);
        }
        let mut faults = Vec::new();
        for ((file, call), most) in most {
            for nth in 1..=most {
                faults.extend(Blow::each(&call).map(|blow| Fault {
                    file,
                    call: call.clone(),
                    nth,
                    blow,
                }));
            }
        }
        faults
    }

    /// Plays a fault and says what came out wrong; whether it was met, and whether it did any harm.
    fn play(&self, fault: &Fault) -> Result<Option<bool>, String> {
        self.set();
        let (ended, log) = self.traced(&[fault.file], Some(fault));
        let is_met = log.contains("(INJECTED)") || ended.status == KILLED;
        let told = |what: &str| Err(format!("{}: {fault:?}: {what}: {ended:?}", self.name));
        let is_harmless = is_met && ended.status == 0;
        match (fault.blow, ended.status) {
            _ if !is_met && ended.status != 0 => return told("failed of something else"),
            (Blow::Kill, KILLED) | (Blow::Eio | Blow::Enospc, 7) | (_, 0) => {}
            _ => return told("another status"),
        }
        if is_harmless && !fault.is_harmless(self, &log) {
            return told("no word of it");
        }
        if ended.status == 7 && !self.is_said(fault, &ended) {
            return told("not well said");
        }
        if let Err(what) = self.looks(&ended) {
            return told(what);
        }
        // What was done already would begin at the top again.
        let again = (!self.is_done()).then(|| self.again());
        match self.is_exact() {
            Ok(()) => Ok(is_met.then_some(is_harmless)),
            Err(what) => told(&format!("{what}, after {again:?}")),
        }
    }

    /// Whether one line says what happened, to which file.
    fn is_said(&self, fault: &Fault, ended: &Ended) -> bool {
        let mut files = fault.named().iter();
        let is_named = self.is_stdout || files.any(|file| ended.stderr.contains(file));
        let is_one = ended.stderr.lines().count() == 1;
        ended.stderr.starts_with("error: ") && is_one && is_named
    }

    /// Whether a run that has just ended left nothing that a reader must not see.
    fn looks(&self, ended: &Ended) -> Result<(), &'static str> {
        let Ok(text) = fs::read_to_string(self.folder.file(OUT)) else {
            return Ok(());
        };
        let mut before = self.before.iter();
        let is_as_before = before.any(|(name, old)| name == OUT && *old == text.as_bytes());
        if self.args.contains(&"--overwrite") && !self.has_all(&text) {
            return is_as_before.then_some(()).ok_or("neither old nor whole");
        }
        if ended.status != KILLED && !text.is_empty() && !text.ends_with('\n') && !is_as_before {
            return Err("half a line");
        }
        let is_complete = ended.status != 0 || self.has_all(&text);
        is_complete.then_some(()).ok_or("0 and not all")
    }

    fn has_all(&self, text: &str) -> bool {
        text.ends_with('\n') && timeless(text).as_ref() == Some(&self.whole)
    }

    /// The same command; one that keeps nothing of an unfinished run is told to add to it. A server
    /// may not have noticed yet that the run before died.
    fn again(&self) -> Ended {
        let is_plain = self.store.is_none() && self.args.is_empty() && !self.is_stdout;
        let more: &[&str] = if is_plain { &["--append"] } else { &[] };
        let started = Instant::now();
        loop {
            let ended = self.run(more);
            if ended.status != 8 || started.elapsed() > Duration::from_secs(10) {
                return ended;
            }
            sleep(Duration::from_millis(20));
        }
    }

    /// Whether all is there and no job is left.
    fn is_done(&self) -> bool {
        let jobs = || ask(&self.url, "SELECT COUNT(*) FROM jobs")[0][0] == "0";
        let text = fs::read_to_string(self.folder.file(OUT)).unwrap_or_default();
        self.store.is_some() && self.has_all(&text) && jobs()
    }

    /// Whether all is there, once, and nothing else.
    fn is_exact(&self) -> Result<(), String> {
        let mut text = self.folder.read(OUT);
        if self.is_stdout && self.store.is_some() {
            text = without_repeated_page(&text);
        }
        if !self.has_all(&text) {
            return Err(format!("{} lines", text.lines().count()));
        }
        if self.folder.file("out.jsonl.partial").exists() {
            return Err("a file beside is left".to_owned());
        }
        if self.store.is_none() {
            return Ok(());
        }
        let rows = ask(
            &self.url,
            "SELECT (SELECT COUNT(*) FROM videos), (SELECT COUNT(*) FROM seen), \
             (SELECT COUNT(*) FROM jobs)",
        );
        let expected = [VIDEOS.to_string(), VIDEOS.to_string(), "0".to_owned()];
        (rows[0] == expected)
            .then_some(())
            .ok_or_else(|| format!("videos, seen, jobs: {rows:?}"))
    }
}

/// The records without what differs between any two runs; `None` where a line is none.
fn timeless(text: &str) -> Option<Vec<Value>> {
    let record = |line| {
        let mut record: Value = serde_json::from_str(line).ok()?;
        *record.pointer_mut("/collection/collected_at")? = Value::Null;
        Some(record)
    };
    text.lines().map(record).collect()
}

/// On standard output the last page may come twice, there and nowhere else.
fn without_repeated_page(text: &str) -> String {
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    let is_again = |lines: &[&str], at: usize| {
        let id = |at: usize| serde_json::from_str::<Value>(lines[at]).unwrap()["aweme_id"].clone();
        (0..at).any(|before| id(before) == id(at))
    };
    let again: Vec<usize> = (0..lines.len())
        .filter(|at| is_again(&lines, *at))
        .collect();
    // Else it is what it is, and will not do.
    for at in again.into_iter().rev().take(3) {
        lines.remove(at);
    }
    lines.concat()
}

/// Nine videos on three pages.
fn feed() -> Server {
    Server::start(|target, stream| {
        let at = |cursor: u32| target.contains(&format!("cursor={cursor}&"));
        let body = match () {
            () if target.starts_with("/api/challenge/detail/") => DETAIL.to_owned(),
            () if at(0) => page(10, true),
            () if at(13) => page(13, true),
            () => page(16, false),
        };
        socket::answer(stream, JSON, body.as_bytes())
    })
}

/// Whole lines and half of one.
fn torn(scene: &Scene<'_>) {
    assert_eq!(scene.run(&[]).status, 0);
    let text = scene.folder.read(OUT);
    let end = text.match_indices('\n').nth(3).unwrap().0;
    fs::remove_file(scene.folder.file("receipts.jsonl")).unwrap();
    scene.folder.write(OUT, &text[..end - 100]);
}

/// A file to be replaced, and what a killed run left beside it.
fn old(scene: &Scene<'_>) {
    scene.folder.write(OUT, OLD);
    scene.folder.write("out.jsonl.partial", "{\"input\":{\"na");
}

/// A run that stopped after a page, and half a line behind it.
fn stopped(scene: &Scene<'_>) {
    let ended = scene.run(&["--max-requests", "2"]);
    assert_eq!(ended.status, 5, "{ended:?}");
    let place = [OUT, "out.jsonl.partial"].map(|name| scene.folder.file(name));
    let place = place.into_iter().find(|place| place.exists());
    let place = place.unwrap_or_else(|| panic!("{ended:?}"));
    let mut text = fs::read(&place).unwrap();
    text.extend(b"{\"input\":{\"na");
    fs::write(place, text).unwrap();
}

/// A run that stopped before it could replace the old file.
fn stopped_beside(scene: &Scene<'_>) {
    stopped(scene);
    scene.folder.write(OUT, OLD);
}

/// The feed in files.
fn saved(scene: &Scene<'_>) {
    for (file, first) in SAVED.into_iter().zip([10, 13, 16]) {
        scene.folder.write(file, page(first, true));
    }
}

/// A store that another run has made.
fn other(scene: &Scene<'_>) {
    let mut command = scene.command(BINARY);
    command.args(["pull", "t0", "--demo", "--source", "web", "-q"]);
    let ended = Running::start(&mut command).end();
    assert_eq!(ended.status, 0, "{ended:?}");
}

fn scenes(feed: &Server) -> Vec<Scene<'_>> {
    let scene = |name, args| Scene::new(name, feed, args);
    let import = |name, args| Scene {
        is_import: true,
        ..scene(name, args)
    };
    let mut scenes = vec![
        scene("file", &[]),
        scene("append", &["--append"]).after(torn),
        scene("overwrite", &["--overwrite"]).after(old),
        Scene {
            is_stdout: true,
            ..scene("stdout", &[])
        },
        scene("file, store", &[]).stored(),
        scene("file, store of before", &[]).stored().after(other),
        scene("append, store", &["--append"]).stored().after(other),
        scene("overwrite, store", &["--overwrite"])
            .stored()
            .after(old),
        scene("file, resumed", &[]).stored().after(stopped),
        scene("overwrite, resumed", &["--overwrite"])
            .stored()
            .after(stopped_beside),
        Scene {
            is_stdout: true,
            ..scene("stdout, store", &[]).stored()
        },
        import("import, store", &[]).stored().after(saved),
        import("import over, store", &["--overwrite"])
            .stored()
            .after(|scene| {
                saved(scene);
                old(scene);
            }),
    ];
    if let Some(server) = server() {
        let overwrite = scene("overwrite, server", &["--overwrite"]);
        scenes.push(scene("file, server", &[]).on(&server));
        scenes.push(overwrite.on(&server).after(old));
        scenes.push(import("import, server", &[]).on(&server).after(saved));
    }
    scenes
}

impl Played {
    fn note(&mut self, fault: &Fault, result: Result<Option<bool>, String>) {
        self.runs += 2;
        match result {
            Ok(None) => {}
            Ok(Some(is_harmless)) => {
                self.faults += 1;
                self.kills += usize::from(fault.blow == Blow::Kill);
                if is_harmless {
                    let what = format!("{} {}", fault.call, fault.file);
                    *self.harmless.entry(what).or_default() += 1;
                }
            }
            Err(what) => self.wrong.push(what),
        }
    }
}

#[test]
fn a_disk_that_fails_at_any_call_loses_and_doubles_nothing() {
    if tool::found("strace").is_none() {
        return;
    }
    sqlx::any::install_default_drivers();
    let feed = feed();
    let mut scenes = scenes(&feed);
    let mut all = Vec::new();
    for (at, scene) in scenes.iter_mut().enumerate() {
        all.extend(scene.faults().into_iter().map(|fault| (at, fault)));
    }
    let calls = all.len();
    let is_all = std::env::var(FAULTS).is_ok_and(|it| it == "all");
    Rng::with_seed(20_260_101).shuffle(&mut all);
    all.truncate(if is_all { calls } else { FEW });
    let played = Mutex::new(Played::default());
    thread::scope(|scope| {
        for (at, scene) in scenes.iter().enumerate() {
            let faults = all.iter().filter(move |(of, _)| *of == at);
            let played = &played;
            scope.spawn(move || {
                for (_, fault) in faults {
                    let result = scene.play(fault);
                    played.lock().unwrap().note(fault, result);
                }
            });
        }
    });
    let played = played.into_inner().unwrap();
    tool::say(&format!(
        "faults: {} of {calls} met, {} of them deaths, {} runs; got over: {:?}",
        played.faults, played.kills, played.runs, played.harmless
    ));
    let wrong = &played.wrong;
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(played.faults * 10 >= all.len() * 9, "{} met", played.faults);
}
