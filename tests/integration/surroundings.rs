//! Where a run finds itself: without a home, a language or a standard input, before readers that
//! leave or dawdle, on disks that are full, stopped and woken again.

use std::fs::{self, File};
use std::io::Read as _;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::runner::{BINARY, Ended, Folder, Running, json_lines, scrubbed, signal};
use crate::site::Site;

/// What a shell makes of a line in which the program is `$0`.
fn shell(folder: &Folder, script: &str) -> Ended {
    let mut command = scrubbed("bash", &folder.file(""));
    Running::start(command.args(["-c", script, BINARY])).end()
}

#[test]
fn a_reader_that_takes_the_first_lines_leaves_a_quiet_run() {
    let folder = Folder::new();
    let script = "\"$0\" pull t3000 --all --demo -v 2>words | head -n 2; echo ${PIPESTATUS[0]}";
    let ended = shell(&folder, script);
    let lines: Vec<&str> = ended.stdout.lines().collect();
    assert_eq!((lines.len(), lines[2]), (3, "141"), "{ended:?}");
    let words = folder.read("words");
    assert!(
        !words.contains("error") && !words.contains("panic"),
        "{words}"
    );
}

#[test]
fn closed_streams_are_no_trouble() {
    let folder = Folder::new();
    let pull = "\"$0\" pull t3 --demo";
    for (streams, status, records) in [
        ("<&-", 0, 3),
        ("2>&-", 0, 3),
        ("<&- 2>&-", 0, 3),
        ("-o out.jsonl >&-", 0, 0),
        ("-o out.jsonl --overwrite <&- >&- 2>&-", 0, 0),
    ] {
        let ended = shell(&folder, &format!("{pull} {streams}"));
        assert_eq!(
            (ended.status, ended.ids().len()),
            (status, records),
            "{streams}: {ended:?}"
        );
        if streams.starts_with("-o") {
            assert_eq!(json_lines(&folder.read("out.jsonl")).len(), 3, "{streams}");
            fs::remove_file(folder.file("out.jsonl")).unwrap();
        }
    }
    // Words that nobody takes change nothing, also of a run that fails.
    let ended = shell(&folder, "\"$0\" pull mid_waf --demo --source web -vvv 2>&-");
    assert_eq!((ended.status, ended.ids().len()), (4, 60));
}

#[test]
fn neither_a_home_nor_a_language_is_needed() {
    for set in [
        &[][..],
        &[("LANG", "C"), ("LC_ALL", "C")],
        &[("LANG", "tr_TR.UTF-8")],
    ] {
        let folder = Folder::new();
        let mut command = Command::new(BINARY);
        command
            .env_clear()
            .env("PATH", "/usr/bin")
            .envs(set.iter().copied());
        command.current_dir(folder.file("")).stdin(Stdio::null());
        let ended = Running::start(command.args(["pull", "fypシ", "--demo", "-n", "9"])).end();
        assert_eq!((ended.status, ended.ids().len()), (0, 9), "{ended:?}");
        assert_eq!(ended.records()[0]["input"]["name"], "fypシ");
        assert_eq!(ended.stderr, "");
    }
}

#[test]
fn a_reader_that_dawdles_gets_everything() {
    let (folder, site) = (Folder::new(), Site::start());
    let url = site.url();
    let mut running =
        Running::start(&mut folder.pulling(&["t300", "--all", "--rate", "0", "--base-url", &url]));
    let mut stdout = running.stdout();
    let (mut text, mut block) = (Vec::new(), [0; 16 * 1024]);
    loop {
        sleep(Duration::from_millis(5));
        match stdout.read(&mut block).unwrap() {
            0 => break,
            read => text.extend_from_slice(&block[..read]),
        }
    }
    assert_eq!(running.end().status, 0);
    assert_eq!(json_lines(std::str::from_utf8(&text).unwrap()).len(), 300);
}

#[test]
fn a_run_that_was_stopped_goes_on() {
    let (folder, site) = (Folder::new(), Site::start());
    let url = site.url();
    let args = [
        "t95_l300",
        "--all",
        "--rate",
        "0",
        "--timeout",
        "2",
        "--base-url",
        &url,
    ];
    let running = Running::start(&mut folder.pulling(&args));
    let began = Instant::now();
    while site.count("list") < 2 {
        assert!(began.elapsed() < Duration::from_secs(20));
        sleep(Duration::from_millis(5));
    }
    signal("STOP", &running);
    // Longer than a request may take: what is met on waking is asked for again.
    sleep(Duration::from_millis(2_500));
    signal("CONT", &running);
    let ended = running.end();
    assert_eq!((ended.status, ended.ids().len()), (0, 95), "{ended:?}");
}

/// A file system of a few blocks, where the tests may make one.
#[cfg(target_os = "linux")]
struct Disk(std::path::PathBuf);

#[cfg(target_os = "linux")]
impl Disk {
    fn mount(folder: &Folder) -> Option<Self> {
        let path = folder.file("disk");
        fs::create_dir(&path).unwrap();
        let mut mount = Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", "size=64k", "tmpfs"])
            .arg(&path);
        let mounted = mount.stderr(Stdio::null()).status();
        mounted
            .is_ok_and(|status| status.success())
            .then_some(Self(path))
    }
}

#[cfg(target_os = "linux")]
impl Drop for Disk {
    fn drop(&mut self) {
        // A folder that cannot be freed goes with the machine.
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[cfg(target_os = "linux")]
#[test]
#[expect(clippy::print_stderr, reason = "a test that did not run must say so")]
fn a_disk_that_fills_up_ends_the_run_with_whole_lines() {
    let folder = Folder::new();
    let Some(_disk) = Disk::mount(&folder) else {
        eprintln!("skipped: no file system can be mounted here");
        return;
    };
    for more in [&[][..], &["--overwrite"]] {
        let args = ["t300", "--all", "--demo", "-o", "disk/out.jsonl"];
        let ended = folder.pull(&[&args[..], more].concat());
        assert_eq!(
            (ended.status, ended.stderr.lines().count()),
            (7, 1),
            "{ended:?}"
        );
        assert!(
            ended.stderr.contains("cannot write the output: "),
            "{ended:?}"
        );
        assert_eq!(ended.receipt()["stopped_because"], "output");
        let kept = if more.is_empty() {
            "disk/out.jsonl"
        } else {
            "disk/out.jsonl.partial"
        };
        assert!(more.is_empty() || ended.stderr.contains(kept), "{ended:?}");
        let text = folder.read(kept);
        assert!(
            text.ends_with("}\n") && json_lines(&text).len() > 3,
            "{kept}"
        );
        fs::remove_file(folder.file(kept)).unwrap();
    }
    // What came before the disk was full stays, and the rest is added once there is room.
    let args = ["t60", "--all", "--demo", "-o", "disk/out.jsonl", "--append"];
    File::create(folder.file("disk/ballast"))
        .unwrap()
        .set_len(0)
        .unwrap();
    fs::write(folder.file("disk/ballast"), vec![1; 40_000]).unwrap();
    let first = folder.pull(&args);
    assert_eq!(first.status, 7, "{first:?}");
    fs::remove_file(folder.file("disk/ballast")).unwrap();
    let mut remount = Command::new("mount");
    remount
        .args(["-o", "remount,size=2m"])
        .arg(folder.file("disk"));
    assert!(remount.status().unwrap().success());
    assert_eq!(folder.pull(&args).status, 0);
    let lines = json_lines(&folder.read("disk/out.jsonl"));
    let ids: std::collections::HashSet<String> =
        lines.iter().map(|r| r["aweme_id"].to_string()).collect();
    assert_eq!((lines.len(), ids.len()), (60, 60));
}
