//! Papers are tests: what the README shows is what the binary prints, the files in `data/` are
//! what it generates, and every switch and variable is written down. `UPDATE_FILES=1` rewrites
//! what is generated instead of comparing it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use clap::CommandFactory as _;
use serde_json::Value;
use tempfile::TempDir;
use tiktok_hashtag::cli::Cli;
use tiktok_hashtag::record::Kind;
use tiktok_hashtag::sink::Column;

use crate::contract;
use crate::runner::{BINARY, root, scrubbed};

/// What may follow a command that is shown: a pipe, a file, another command or words for people.
#[cfg(unix)]
const ENDS: [&str; 5] = [" | ", " > ", " 2>", "; ", "   "];
/// Variables that are read but stand for no switch.
const OTHER_VARIABLES: [&str; 7] = [
    "TIKTOK_HASHTAG_MS_TOKEN",
    "RUST_LOG",
    "NO_COLOR",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
];
/// Switches that are clap's own, or another program's that is spoken of.
const OTHER_SWITCHES: [&str; 4] = ["help", "version", "remote-debugging-port", "user-data-dir"];
/// What `collection.collected_at` is in the sample: a time at which its links still worked.
const COLLECTED_AT: i64 = 1_790_086_400;

fn paper(name: &str) -> String {
    let text = fs::read_to_string(root().join(name)).expect(name);
    text.replace("\r\n", "\n")
}

fn run(folder: &Path, args: &[&str]) -> Output {
    scrubbed(BINARY, folder).args(args).output().unwrap()
}

fn stdout(args: &[&str]) -> String {
    let output = run(root(), args);
    assert!(output.status.success(), "{args:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Compares a generated file with what the program generates now, or rewrites it.
fn check(name: &str, now: &str) {
    if std::env::var_os("UPDATE_FILES").is_some() {
        fs::write(root().join(name), now).expect(name);
    }
    assert!(
        paper(name) == now,
        "{name} is out of date; run UPDATE_FILES=1 cargo test --test integration docs"
    );
}

#[test]
fn the_schema_file_is_what_schema_prints() {
    check("data/record.schema.json", &stdout(&["schema"]));
}

#[test]
fn the_sample_is_what_the_demo_gives() {
    let lines = stdout(&["pull", "viral", "-n", "3", "--region", "US", "--demo"]);
    let mut records: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let photos = |record: &&Value| !record["image_post_info"].is_null();
    assert_eq!(records.len(), 3);
    assert_eq!(records.iter().filter(photos).count(), 1, "one photo post");
    for record in &mut records {
        let collected_at = &mut record["collection"]["collected_at"];
        assert!(collected_at.is_i64());
        *collected_at = COLLECTED_AT.into();
    }
    let sample = serde_json::to_string_pretty(&records).unwrap();
    check("data/sample-output.json", &format!("{sample}\n"));
}

#[test]
fn the_sample_follows_the_schema() {
    let sample: Value = serde_json::from_str(&paper("data/sample-output.json")).unwrap();
    sample
        .as_array()
        .unwrap()
        .iter()
        .for_each(contract::assert_record);
}

#[test]
fn the_input_example_can_be_pulled() {
    let args = ["pull", "--input", "data/input.example.json", "--demo"];
    let names: BTreeSet<String> = stdout(&args)
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["input"]["name"].to_string())
        .collect();
    assert_eq!(names.len(), 3, "{names:?}");
}

/// Every command's name and visible long switches, and all switches that a variable can set.
fn switches() -> (Vec<(String, Vec<String>)>, BTreeSet<String>) {
    let cli = Cli::command();
    let mut visible = Vec::new();
    let mut all = BTreeSet::new();
    for command in cli.get_subcommands() {
        let args: Vec<_> = command.get_arguments().chain(cli.get_arguments()).collect();
        let long = |arg: &&clap::Arg| arg.get_long().map(str::to_owned);
        all.extend(args.iter().filter_map(long));
        let shown = args.iter().filter(|arg| !arg.is_hide_set());
        visible.push((
            command.get_name().to_owned(),
            shown.filter_map(long).collect(),
        ));
    }
    assert!(all.contains("limit") && all.contains("quiet"), "{all:?}");
    (visible, all)
}

#[test]
fn every_switch_is_in_its_help() {
    for (command, switches) in switches().0 {
        let help = stdout(&[&command, "--help"]);
        assert!(help.contains("\nExample"), "{command} without an example");
        for switch in switches {
            assert!(
                help.contains(&format!("--{switch}")),
                "{command} --{switch}"
            );
        }
    }
}

#[test]
fn the_papers_name_no_switch_that_does_not_exist() {
    let known = switches().1;
    for name in papers() {
        let text = paper(&name);
        let of_others = |line: &str| {
            ["cargo ", "ctl ", "benches/"]
                .iter()
                .any(|it| line.contains(it))
        };
        let ours = text.lines().filter(|line| !of_others(line));
        for switch in ours.flat_map(named_switches) {
            let other = OTHER_SWITCHES.contains(&switch.as_str());
            assert!(other || known.contains(&switch), "{name}: --{switch}");
        }
    }
}

/// The long switches in a line, `--limit` as `limit`.
fn named_switches(line: &str) -> Vec<String> {
    let starts = line.match_indices("--").filter(|(at, _)| {
        let before = line[..*at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && c != '-')
    });
    let name = |(at, _): (usize, &str)| -> String {
        let rest = line[at + 2..].chars();
        rest.take_while(|c| c.is_ascii_lowercase() || *c == '-')
            .collect()
    };
    starts
        .map(name)
        .filter(|name| name.starts_with(char::is_alphabetic))
        .collect()
}

/// The lines of `.env.example` that set a variable, uncommented.
fn documented_lines() -> Vec<String> {
    let text = paper(".env.example");
    let lines = text.lines().filter_map(|line| {
        let line = line.strip_prefix('#')?;
        let (name, _) = line.split_once('=')?;
        let is_name = |c: char| c.is_ascii_uppercase() || c == '_';
        name.chars().all(is_name).then(|| line.to_owned())
    });
    lines.collect()
}

/// The variables they set and their values.
fn documented_variables() -> Vec<(String, String)> {
    let lines = documented_lines().into_iter();
    let rows = lines.filter_map(|line| {
        let (name, value) = line.split_once('=')?;
        Some((name.to_owned(), value.trim_matches('"').to_owned()))
    });
    rows.collect()
}

#[test]
fn every_variable_is_in_the_example_and_no_other() {
    let of_switch = |s: String| format!("TIKTOK_HASHTAG_{}", s.replace('-', "_").to_uppercase());
    let mut read: BTreeSet<String> = switches().1.into_iter().map(of_switch).collect();
    read.extend(OTHER_VARIABLES.map(str::to_owned));
    let listed = documented_variables();
    let names: BTreeSet<String> = listed.iter().map(|(name, _)| name.clone()).collect();
    assert_eq!(names.len(), listed.len(), "one line a variable");
    assert_eq!(names, read);
}

/// A folder with the files that the example names.
fn example_folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let saved = stdout(&["pull", "t2", "--demo", "--raw"]);
    for (name, text) in [
        ("tags.txt", "t2\n"),
        ("cookies.txt", "ttwid=1\n"),
        (".env", "TIKTOK_HASHTAG_LIMIT=2\n"),
        ("saved.json", &saved),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

#[test]
fn every_line_of_the_example_can_be_uncommented() {
    let folder = example_folder();
    for line in documented_lines() {
        fs::write(folder.path().join("one.env"), format!("# one\n{line}\n")).unwrap();
        let mut command = scrubbed(BINARY, folder.path());
        command.args(["pull", "t2", "--demo", "--env-file", "one.env"]);
        if line.starts_with("TIKTOK_HASHTAG_EVERY") {
            command.args(["--from-store", "--store", "tiktok.db"]);
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{line}: {output:?}");
    }
}

#[test]
fn every_value_of_the_example_is_taken() {
    let folder = example_folder();
    for (name, value) in documented_variables() {
        let mut command = scrubbed(BINARY, folder.path());
        command.args(["pull", "t2", "--demo"]).env(&name, &value);
        if name == "TIKTOK_HASHTAG_EVERY" {
            command.args(["--from-store", "--store", "tiktok.db"]);
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{name}={value}: {output:?}");
    }
    let mut wrong = scrubbed(BINARY, folder.path());
    let wrong = wrong.args(["pull", "t2", "--demo"]);
    let output = wrong.env("TIKTOK_HASHTAG_LIMIT", "many").output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
}

#[test]
fn a_variable_is_read_where_the_example_says() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("my.env");
    fs::write(&file, "TIKTOK_HASHTAG_LIMIT=2\nTIKTOK_HASHTAG_DEMO=true\n").unwrap();
    let named = run(folder.path(), &["pull", "viral", "--env-file", "my.env"]);
    assert_eq!(named.stdout.split_inclusive(|b| *b == b'\n').count(), 2);
    let beaten = run(
        folder.path(),
        &["pull", "viral", "--env-file", "my.env", "-n", "1"],
    );
    assert_eq!(beaten.stdout.split_inclusive(|b| *b == b'\n').count(), 1);
}

#[test]
fn the_changelog_has_a_place_for_what_comes() {
    let changelog = paper("CHANGELOG.md");
    let first = changelog.lines().find(|line| line.starts_with("## "));
    assert_eq!(first, Some("## [Unreleased]"));
}

#[test]
fn the_readme_fits_a_person_in_a_hurry() {
    assert!(paper("README.md").lines().count() < 200);
}

#[test]
fn the_papers_link_to_what_is_there() {
    let mut linked = BTreeSet::new();
    for name in papers() {
        let folder = root().join(&name).parent().unwrap().to_owned();
        for file in named_files(&paper(&name)) {
            let file = folder.join(file).canonicalize();
            linked.insert(file.unwrap_or_else(|error| panic!("{name}: {error}")));
        }
    }
    for name in papers().iter().filter(|name| name.starts_with("docs/")) {
        let file = root().join(name).canonicalize().unwrap();
        assert!(linked.contains(&file), "nothing links to {name}");
    }
}

/// The project's pages: those in its folder and those in `docs`.
fn papers() -> BTreeSet<String> {
    let pages = ["", "docs/"].into_iter().flat_map(|folder| {
        let files = fs::read_dir(root().join(folder)).unwrap();
        files.map(move |file| format!("{folder}{}", file.unwrap().file_name().to_str().unwrap()))
    });
    let pages: BTreeSet<String> = pages.filter(|name| name.ends_with(".md")).collect();
    assert!(pages.contains("README.md") && pages.contains("docs/faq.md"));
    pages
}

/// What a paper links to within the project.
fn named_files(paper: &str) -> Vec<PathBuf> {
    let links = paper.split("](").skip(1);
    let targets = links.filter_map(|rest| rest.split(')').next());
    let inside = targets.filter(|target| !target.contains("://") && !target.starts_with('#'));
    inside.map(PathBuf::from).collect()
}

/// As cron and systemd run them, but against the pretend site.
#[cfg(feature = "demo")]
#[test]
fn the_commands_on_schedules_run() {
    let page = paper("docs/cron.md");
    let commands = page
        .lines()
        .filter_map(|line| line.split_once("tiktok-hashtag pull "));
    let mut ran = 0;
    for (_, args) in commands {
        let folder = tempfile::tempdir().unwrap();
        let args: Vec<&str> = ["pull", "--demo"]
            .into_iter()
            .chain(args.split_whitespace())
            .collect();
        for _ in 0..2 {
            let ended = run(folder.path(), &args);
            assert!(
                ended.status.success() && ended.stderr.is_empty(),
                "{args:?}"
            );
        }
        let lines = |name| fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(lines("travel.jsonl").lines().count(), 10, "{args:?}");
        assert_eq!(lines("runs.jsonl").lines().count(), 2, "{args:?}");
        ran += 1;
    }
    assert_eq!(ran, 2);
}

#[test]
fn the_columns_are_those_of_the_record() {
    const START: &str = "| column | cells |\n| --- | --- |\n";
    let page = paper("docs/formats.md");
    let (before, _) = page.split_once(START).unwrap();
    let row = |column: &Column| {
        let cells = match &column.kind {
            Kind::Number => "number",
            Kind::Flag => "true or false",
            Kind::List(_) => "list as JSON",
            _ => "text",
        };
        format!("| `{}` | {cells} |\n", column.name)
    };
    let rows: String = Column::all(None).iter().map(row).collect();
    check("docs/formats.md", &format!("{before}{START}{rows}"));
    // And those are what the sample has, each object of it spread.
    let sample: Value = serde_json::from_str(&paper("data/sample-output.json")).unwrap();
    let mut found = BTreeSet::new();
    for record in sample.as_array().unwrap() {
        spread("", record, &mut found);
    }
    let named: BTreeSet<String> = Column::all(None).into_iter().map(|it| it.name).collect();
    let strange: Vec<&String> = found.difference(&named).collect();
    assert_eq!((strange, found.len() > 100), (vec![], true));
}

/// The dotted names of a record's values that are known.
fn spread(name: &str, value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Null => {}
        Value::Object(fields) => fields.iter().for_each(|(key, value)| {
            let dot = if name.is_empty() { "" } else { "." };
            spread(&format!("{name}{dot}{key}"), value, names);
        }),
        _ => {
            names.insert(name.to_owned());
        }
    }
}

#[test]
fn the_checks_run_the_test_command_of_the_readme() {
    assert!(paper("README.md").contains("\ncargo test\n"));
    assert!(paper(".ci/run").contains("\nrun \"tests\" cargo test\n"));
}

#[test]
fn the_record_in_the_readme_is_part_of_the_sample() {
    let readme = paper("README.md");
    let block = readme.split("```json\n").nth(1).unwrap();
    let shown: Value = serde_json::from_str(block.split("```").next().unwrap()).unwrap();
    let sample: Value = serde_json::from_str(&paper("data/sample-output.json")).unwrap();
    assert!(shown.as_object().unwrap().len() > 5);
    assert_part("", &shown, &sample[0]);
}

/// Every key of `part` is in `whole`, with the same value; lists are compared whole.
fn assert_part(at: &str, part: &Value, whole: &Value) {
    match part.as_object() {
        Some(part) => part
            .iter()
            .for_each(|(key, part)| assert_part(&format!("{at}/{key}"), part, &whole[key])),
        None => assert_eq!(part, whole, "{at}"),
    }
}

/// Those that no other test runs too: of the real site, of a browser, of files there are not here.
#[cfg(unix)]
#[test]
fn every_command_that_is_shown_is_understood() {
    let papers = papers().into_iter().map(|name| paper(&name));
    let helps = switches().0.into_iter();
    let helps = helps.map(|(command, _)| stdout(&[&command, "--help"]));
    let mut understood = 0;
    for line in papers.chain(helps).flat_map(|text| shown_commands(&text)) {
        let read = Cli::command().try_get_matches_from(words(&line));
        let refused = read.err().filter(clap::Error::use_stderr);
        assert!(refused.is_none(), "{line}: {refused:?}");
        understood += 1;
    }
    assert!(understood > 40, "{understood}");
}

/// The lines of a text that are a command of ours, each up to what follows it.
#[cfg(unix)]
fn shown_commands(text: &str) -> Vec<String> {
    let lines = text.lines().map(|line| line.trim_start());
    let lines = lines.map(|line| line.strip_prefix("$ ").unwrap_or(line));
    let ours = lines.filter(|line| line.starts_with("tiktok-hashtag "));
    let end = |line: &str| ENDS.iter().filter_map(|end| line.find(end)).min();
    ours.map(|line| line[..end(line).unwrap_or(line.len())].to_owned())
        .collect()
}

/// The words of a line as a shell tells them apart.
#[cfg(unix)]
fn words(line: &str) -> Vec<String> {
    let script = format!("printf '%s\\n' {line}");
    let output = scrubbed("bash", root())
        .args(["-c", &script])
        .output()
        .unwrap();
    let words = String::from_utf8(output.stdout).unwrap();
    words.lines().map(str::to_owned).collect()
}

#[cfg(unix)]
#[test]
#[expect(clippy::print_stderr, reason = "a test that did not run must say so")]
fn the_papers_show_what_the_program_prints() {
    if !has_jq() {
        assert!(std::env::var_os("CI").is_none(), "CI needs jq");
        eprintln!("skipped: no jq");
        return;
    }
    for name in papers() {
        check(&name, &shown_again(&name));
    }
}

/// The paper with every `$ ` line of its console blocks run, one after another in one folder, and
/// both streams below it.
#[cfg(unix)]
fn shown_again(name: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut now = String::new();
    let (mut console, mut shown) = (false, false);
    for line in paper(name).lines() {
        if line.starts_with("```") {
            console = line == "```console";
        }
        let command = line.strip_prefix("$ ").filter(|_| console);
        shown = command.is_some() || shown && console;
        if command.is_some() || !shown {
            now.push_str(line);
            now.push('\n');
        }
        if let Some(command) = command {
            now.push_str(&typed(command, folder.path()));
        }
    }
    now
}

#[cfg(unix)]
fn has_jq() -> bool {
    let version = scrubbed("jq", root()).arg("--version").output();
    version.is_ok_and(|output| output.status.success())
}

/// What a shell shows for a command line, the program being the one under test.
#[cfg(unix)]
fn typed(command: &str, folder: &Path) -> String {
    let command = command.replace("cargo run --release --", "tiktok-hashtag");
    let script = format!("{{ {command}\n}} 2>&1");
    let output = scrubbed("bash", folder)
        .args(["-c", &script])
        .output()
        .unwrap();
    // A paper has one kind of line end.
    let shown = String::from_utf8(output.stdout).unwrap();
    shown.replace("\r\n", "\n")
}
