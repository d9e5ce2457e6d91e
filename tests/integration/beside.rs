//! `benches/beside`, which runs `import` side by side with other tools: they say the same, and
//! its script notices when one does not.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use crate::runner::{BINARY, Ended, Folder, Running, root, scrubbed};
use crate::tool::found;

/// jq, but for one letter of one key in its third line.
const WRONG_JQ: &str = "#!/bin/sh\njq \"$@\" | sed '3s/aweme_id/aweme_ID/'\n";

fn beside(name: &str) -> PathBuf {
    root().join("benches/beside").join(name)
}

fn run(folder: &Folder, more: &[&str]) -> Option<Ended> {
    found("jq")?;
    let mut script = scrubbed(found("python3")?, &folder.file(""));
    script.arg(beside("run")).args(["--program", BINARY]);
    script.args(["--videos", "30", "--rounds", "2"]).args(more);
    Some(Running::start(&mut script).end())
}

#[test]
fn jq_makes_the_same_records() {
    let Some(jq) = found("jq") else {
        return;
    };
    let folder = Folder::new();
    let corpus = folder.run(&["pull", "t300", "--demo", "--all", "--raw"]);
    folder.write("corpus.jsonl", corpus.stdout);
    let mut command = scrubbed(jq, &folder.file(""));
    command.arg("-nc").arg("-f").arg(beside("record.jq"));
    let theirs = Running::start(command.arg("corpus.jsonl")).end().records();
    let ours = folder.run(&["import", "corpus.jsonl"]).records();
    for (ours, theirs) in ours.iter().zip(&theirs) {
        assert_eq!(ours, theirs);
    }
    assert_eq!((ours.len(), theirs.len()), (300, 300));
}

#[test]
fn each_tool_gets_a_row() {
    for more in [&[][..], &["--discard"]] {
        let args = [&["--tool", "jaq=no-such-jaq"], more].concat();
        let Some(ended) = run(&Folder::new(), &args) else {
            return;
        };
        assert_eq!(ended.status, 0, "{ended:?}");
        for line in [
            "30 videos, ",
            "- jaq: not here\n",
            "\n| import --jobs 1 | ",
            "\n| import --jobs 2 | ",
            "\n| jq | ",
        ] {
            assert!(ended.stdout.contains(line), "{line}: {ended:?}");
        }
    }
}

#[test]
fn a_tool_that_says_something_else_is_told() {
    let folder = Folder::new();
    folder.write("wrong", WRONG_JQ);
    fs::set_permissions(folder.file("wrong"), fs::Permissions::from_mode(0o755)).unwrap();
    let Some(ended) = run(&folder, &["--tool", "jq=./wrong"]) else {
        return;
    };
    assert_eq!(ended.status, 1, "{ended:?}");
    let told = ended.stderr.ends_with("fields: jq differs in line 3\n");
    assert!(told, "{ended:?}");
}
