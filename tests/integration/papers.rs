//! What the program prints about itself for others: completions that their shell loads, and a man
//! page that `mandoc` finds no fault with.

use std::process::Output;

use crate::runner::{Folder, scrubbed};

/// Runs `script` in a shell, with the folder of the file it reads; `None` where there is none.
#[expect(clippy::print_stderr, reason = "a test that did not run must say so")]
fn told_by(program: &str, args: &[&str], folder: &Folder) -> Option<Output> {
    let mut command = scrubbed(program, folder.file("").as_path());
    match command.args(args).output() {
        Ok(output) => Some(output),
        Err(error) => {
            assert!(
                std::env::var_os("CI").is_none(),
                "CI needs {program}: {error}"
            );
            eprintln!("skipped: no {program}");
            None
        }
    }
}

/// Each shell's script, loaded by it, knows a command and a switch.
#[cfg(unix)]
#[test]
fn a_shell_loads_its_completions() {
    // The last words are what completing `tiktok-hashtag pull --only` gives.
    let bash = "source ./script; COMP_WORDS=(tiktok-hashtag pull --only-l); COMP_CWORD=2; \
                _tiktok__hashtag tiktok-hashtag --only-l pull; echo \"${COMPREPLY[@]}\"";
    let zsh = "autoload -U compinit; compinit -u -D; source ./script; \
               whence -f _tiktok-hashtag; print -r -- ${_comps[tiktok-hashtag]}";
    let fish = "source ./script; complete -C 'tiktok-hashtag pull --only-l'";
    for (shell, args) in [
        ("bash", &["--norc", "-c", bash][..]),
        ("zsh", &["-f", "-c", zsh]),
        ("fish", &["--no-config", "-c", fish]),
    ] {
        let folder = Folder::new();
        let script = folder.run(&["completions", shell]);
        assert_eq!((script.status, script.stderr.as_str()), (0, ""), "{shell}");
        std::fs::write(folder.file("script"), script.stdout).unwrap();
        let Some(output) = told_by(shell, args, &folder) else {
            continue;
        };
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && output.stderr.is_empty(),
            "{shell}: {output:?}"
        );
        assert!(said.contains("--only-language"), "{shell}: {said}");
    }
}

#[test]
fn every_shell_has_a_script() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ended = Folder::new().run(&["completions", shell]);
        assert_eq!(ended.status, 0, "{shell}");
        assert!(ended.stdout.contains("only-region"), "{shell}");
    }
    let other = Folder::new().run(&["completions", "sh"]);
    assert_eq!(other.status, 2);
    assert!(other.stderr.contains("possible values: bash,"), "{other:?}");
}

/// The README's statuses and their meanings.
fn statuses_of_readme() -> Vec<[String; 2]> {
    let readme = include_str!("../../README.md").replace('`', "");
    let (_, table) = readme.split_once("| status | meaning |").unwrap();
    let rows = table.lines().skip(2).map_while(|row| {
        let mut cells = row.strip_prefix("| ")?.split(" | ").map(str::to_owned);
        Some([cells.next()?, cells.next()?])
    });
    let rows: Vec<_> = rows.collect();
    assert_eq!(rows.len(), 11, "{rows:?}");
    rows
}

#[test]
fn the_man_page_has_no_fault_and_every_command() {
    let folder = Folder::new();
    let page = folder.run(&["man"]);
    assert_eq!((page.status, page.stderr.as_str()), (0, ""));
    for word in [
        ".SH PULL",
        ".SH IMPORT",
        ".SH SIMULATE",
        "only\\-region",
        ".SH \"EXIT STATUS\"",
        ".SH ENVIRONMENT",
        ".SH FILES",
        ".SH EXAMPLES",
        ".SS NOTES",
    ] {
        assert!(page.stdout.contains(word), "{word}");
    }
    assert!(!page.stdout.contains("EXTRA"));
    for code in 0..=9 {
        let row = format!(".TP\n\\fB{code}\\fR\n");
        assert_eq!(page.stdout.matches(&row).count(), 1, "{code}");
    }
    for [status, meaning] in statuses_of_readme() {
        let row = format!(".TP\n\\fB{status}\\fR\n{meaning}");
        let text = page.stdout.replace("\\-", "-");
        let after = text.split_once(&row).map(|(_, after)| after);
        let is_all = after.is_some_and(|after| after.starts_with(['\n', ';']));
        assert!(is_all, "{status}: {meaning}");
    }
    std::fs::write(folder.file("page.1"), &page.stdout).unwrap();
    let args = ["-T", "lint", "-W", "warning", "page.1"];
    let Some(output) = told_by("mandoc", &args, &folder) else {
        return;
    };
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.is_empty(), "{said}");
}

#[test]
fn a_hashtag_without_a_command_is_answered_with_the_command() {
    for (word, tip) in [
        ("travel", "did you mean 'tiktok-hashtag pull travel'?"),
        ("#travel", "did you mean 'tiktok-hashtag pull travel'?"),
        ("pul", "'pull'"),
    ] {
        let ended = Folder::new().run(&[word]);
        assert_eq!((ended.status, ended.stdout.as_str()), (2, ""), "{word}");
        assert!(ended.stderr.contains(tip), "{word}: {ended:?}");
    }
    let other = Folder::new().run(&["a b"]);
    assert!(
        other.status == 2 && !other.stderr.contains("did you mean"),
        "{other:?}"
    );
}
