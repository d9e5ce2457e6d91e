//! The edge: what is refused before anybody is asked, where switches come from, and what is said
//! on which stream.

use std::io;

use crate::runner::{Ended, Folder, Running, json_lines};
use crate::socket::Server;

/// A proxy that every request to the site would have to pass; it hangs up.
fn proxy() -> Server {
    Server::start(|_, _| Err(io::ErrorKind::NotConnected.into()))
}

/// `pull` towards the real site, but for the proxy in between.
fn pull_through(proxy: &Server, args: &[&str]) -> Ended {
    let folder = Folder::new();
    let mut command = folder.pulling(args);
    command.env("HTTPS_PROXY", proxy.url());
    folder.run_for_receipts(&mut command)
}

#[test]
fn what_is_no_good_question_is_refused_before_anybody_is_asked() {
    let proxy = proxy();
    for (args, words) in [
        (
            vec![""],
            "a hashtag needs at least one character, e.g. travel",
        ),
        (
            vec!["#"],
            "a hashtag needs at least one character, e.g. travel",
        ),
        (
            vec!["a b"],
            "\"a b\" has a space; a hashtag is one word, e.g. travel",
        ),
        (vec!["a-b"], "which no hashtag can have; try ab or a_b"),
        (
            vec!["a.b"],
            "only letters, digits, _ and emoji, e.g. travel",
        ),
        (vec!["cats", "a b"], "a hashtag is one word"),
        (
            vec!["https://example.com/tag/x"],
            "give a tag URL such as https://www.tiktok.com/tag/travel",
        ),
        (
            vec!["https://www.tiktok.com/@u/video/1"],
            "this is a video link; give a tag URL such as https://www.tiktok.com/tag/travel",
        ),
        (
            vec!["https://www.tiktok.com/tag/"],
            "https://www.tiktok.com/tag/travel",
        ),
        (vec!["https://www.tiktok.com/tag/a%20b"], "has a space"),
        (vec!["https://www.tiktok.com:8443/tag/x"], "has no port"),
        (
            vec!["https://u:p@www.tiktok.com/tag/x"],
            "https://www.tiktok.com/tag/travel",
        ),
        (
            vec!["https://m.tiktok.com/h5/share/tag/123.html"],
            "this link holds only an id",
        ),
        (
            vec!["snssdk1233://challenge/detail/12"],
            "this link holds only an id",
        ),
        (
            vec!["x", "--region", "USA"],
            "\"USA\" is no country code; write US",
        ),
        (
            vec!["x", "--region", "UK"],
            "\"UK\" is no country code; write GB",
        ),
        (
            vec!["x", "--limit", "0"],
            "give 1 or more, or --all for everything",
        ),
        (
            vec!["x", "--limit", "1.5"],
            "is not a whole number, e.g. 100",
        ),
        (vec!["x", "--limit=-1"], "e.g. 100"),
        (vec!["x", "--limit", "5", "--all"], "cannot be used with"),
        (
            vec!["x", "--rate", "2"],
            "at most 1 request a second, e.g. --rate 0.5",
        ),
        (vec!["x", "--rate", "0"], "0 only with --demo or --base-url"),
        (vec!["x", "--rate", "fast"], "requests a second, e.g. 0.4"),
        (
            vec!["x", "--timeout", "0"],
            "is no length of time, e.g. 90s",
        ),
        (vec!["x", "--source", "app"], "possible values: auto, web,"),
        (
            vec!["x", "--base-url", "ftp://x"],
            "begins with http:// or https://",
        ),
        (
            vec!["x", "--proxy", "http://u:p@h:1"],
            "set TIKTOK_HASHTAG_PROXY instead",
        ),
        (vec!["x", "--input", "none.txt"], "cannot read none.txt"),
        (
            vec!["x", "--cookies", "none.txt"],
            "cannot read the cookie file none.txt",
        ),
        (
            vec!["x", "--env-file", "none.env"],
            "the environment file none.env",
        ),
        (vec!["x", "--append", "--overwrite"], "cannot be used with"),
        (vec!["x", "--since", "-7d"], "\"-7d\" is no time"),
        (
            vec!["x", "--since", "@1767225600000"],
            "looks like milliseconds, write @1767225600",
        ),
        (
            vec!["x", "--fields", "id", "--preset", "clockworks"],
            "--fields are those of our own records; leave out --preset clockworks",
        ),
        (
            vec!["x", "--preset=clockworks", "--fields=nix"],
            "--fields are those of our own records; leave out --preset clockworks",
        ),
        (
            vec!["x", "--preset=flat", "--fields=id"],
            "did you mean aweme_id?",
        ),
        (vec!["x", "--colour", "never"], "--color"),
        (
            vec![],
            "no hashtag given; name one, e.g. tiktok-hashtag pull travel",
        ),
    ] {
        let ended = pull_through(&proxy, &args);
        assert_eq!(ended.status, 2, "{args:?}: {ended:?}");
        assert!(ended.stderr.starts_with("error: "), "{args:?}: {ended:?}");
        assert!(ended.stderr.contains(words), "{args:?}: {ended:?}");
        assert!(
            ended.stdout.is_empty() && ended.receipts.is_empty(),
            "{args:?}"
        );
    }
    assert_eq!(proxy.calls(), 0);
}

#[test]
fn a_command_speaks_of_itself() {
    let folder = Folder::new();
    let info = folder.run(&["info"]);
    assert_eq!(info.status, 2, "{info:?}");
    let words = "no hashtag given; name one, e.g. tiktok-hashtag info travel";
    assert!(info.stderr.contains(words), "{info:?}");
    let help = folder.run(&["import", "--help"]).stdout;
    assert!(help.contains("Add to FILE the records it lacks"), "{help}");
    assert!(!help.contains("--limit"), "{help}");
}

#[test]
fn the_proxy_of_the_test_above_would_have_been_asked() {
    let proxy = proxy();
    let ended = pull_through(
        &proxy,
        &["x", "--rate", "1", "--retries", "0", "--timeout", "5"],
    );
    assert_eq!((ended.status, proxy.calls()), (5, 1), "{ended:?}");
}

#[test]
fn a_password_is_never_shown() {
    for (args, proxy) in [
        (&["x", "--base-url", "http://u:hushhush@x"][..], ""),
        (&["x", "--proxy", "ftp://u:hushhush@x"], ""),
        (&["x"], "ftp://u:hushhush@x"),
        (&["https://u:hushhush@www.tiktok.com/tag/x"], ""),
    ] {
        for form in ["text", "json"] {
            let folder = Folder::new();
            let mut command = folder.program(&["pull", "--log-format", form]);
            command.args(args).env("TIKTOK_HASHTAG_PROXY", proxy);
            let ended = Running::start(&mut command).end();
            assert_eq!(ended.status, 2, "{ended:?}");
            assert!(!ended.stderr.contains("hushhush"), "{ended:?}");
            assert!(ended.stderr.contains("://[redacted]@"), "{ended:?}");
        }
    }
}

#[test]
fn no_cause_is_said_twice() {
    let ended = Folder::new().pull(&["x", "--env-file", "none.env"]);
    assert_eq!(ended.stderr.matches("none.env").count(), 1, "{ended:?}");
    assert_eq!(ended.stderr.matches("(os error").count(), 1, "{ended:?}");
}

#[test]
fn help_and_version_go_to_stdout() {
    let folder = Folder::new();
    for args in [
        &["--version"][..],
        &["--help"],
        &["pull", "-h"],
        &["help", "import"],
    ] {
        let ended = folder.run(args);
        assert_eq!((ended.status, ended.stderr.as_str()), (0, ""), "{args:?}");
        assert!(!ended.stdout.is_empty(), "{args:?}");
    }
    let version = folder.run(&["--version"]).stdout;
    assert_eq!(
        version,
        concat!("tiktok-hashtag ", env!("CARGO_PKG_VERSION"), "\n")
    );
    let bare = folder.run(&[]);
    assert_eq!((bare.status, bare.stdout.as_str()), (2, ""));
    assert!(bare.stderr.contains("Usage: "));
}

#[test]
fn a_complaint_is_an_object_where_objects_are_asked_for() {
    for args in [
        &["x", "--limit", "0", "--log-format", "json"][..],
        &["x", "--rate", "2", "--log-format=json"],
        &["--log-format", "json"],
    ] {
        let ended = Folder::new().pull(args);
        let lines = json_lines(&ended.stderr);
        assert_eq!((ended.status, lines.len()), (2, 1), "{ended:?}");
        assert_eq!(lines[0]["level"], "error");
        assert!(
            lines[0]["message"]
                .as_str()
                .is_some_and(|words| words.len() > 20)
        );
    }
}

/// What needs a site to pull from.
#[cfg(feature = "demo")]
mod pulling {
    use serde_json::Value;

    use super::{Ended, Folder, Running, json_lines};

    /// A pull of the demo with variables set; it gets no limit of its own.
    fn pull(folder: &Folder, args: &[&str], variables: &[(&str, &str)]) -> Ended {
        let mut command = folder.program(&["pull", "viral", "--demo"]);
        command.args(args).envs(variables.iter().copied());
        Running::start(&mut command).end()
    }

    #[test]
    fn a_switch_beats_the_environment_and_that_the_named_file() {
        const LIMIT: &str = "TIKTOK_HASHTAG_LIMIT";
        const FILE: (&str, &str) = ("TIKTOK_HASHTAG_ENV_FILE", "my.env");
        let folder = Folder::new();
        folder.write(
            "my.env",
            "TIKTOK_HASHTAG_LIMIT=4\nTIKTOK_HASHTAG_REGION=VN\n",
        );
        // Never read, for nobody names it.
        folder.write(".env", "TIKTOK_HASHTAG_LIMIT=7\n");
        for (args, variables, records) in [
            (&[][..], &[][..], 100),
            (&[], &[(LIMIT, "3")], 3),
            (&["-n", "2"], &[(LIMIT, "3")], 2),
            (&["--env-file", "my.env"], &[], 4),
            (&["--env-file=my.env"], &[(LIMIT, "3")], 3),
            (&["--env-file", "my.env", "-n", "2"], &[(LIMIT, "3")], 2),
            (&[], &[FILE], 4),
            // An empty value is no value.
            (&[], &[FILE, (LIMIT, "")], 4),
            (&["--all"], &[(LIMIT, "3")], 300),
        ] {
            let ended = pull(&folder, args, variables);
            assert_eq!(ended.status, 0, "{ended:?}");
            assert_eq!(ended.ids().len(), records, "{args:?} {variables:?}");
        }
        let named = pull(&folder, &["--env-file", "my.env"], &[]);
        assert_eq!(named.records()[0]["input"]["region"], "VN");
    }

    #[test]
    fn a_variable_that_is_none_of_ours_is_told() {
        let folder = Folder::new();
        folder.write(
            "my.env",
            "TIKTOK_HASHTAG_LIMITS=4\nTIKTOK_HASHTAG_REGION=VN\nOTHER=1\n",
        );
        let variables = [
            ("TIKTOK_HASHTAG_MIN_LIKE", "5"),
            ("TIKTOK_HASHTAG_COLOUR_OF_THE_SKY", "blue"),
            ("TIKTOK_HASHTAG_MAX_TIEM", ""),
            ("TIKTOK_HASHTAG_TEST_POSTGRES", "x"),
            ("TIKTOK_HASHTAG_PORT", "0"),
            ("TIKTOK_HASHTAG_MS_TOKEN", "x"),
        ];
        let ended = pull(&folder, &["--env-file", "my.env"], &variables);
        assert_eq!((ended.status, ended.ids().len()), (0, 100), "{ended:?}");
        assert_eq!(
            ended.stderr,
            "warning: TIKTOK_HASHTAG_COLOUR_OF_THE_SKY, \
             TIKTOK_HASHTAG_LIMITS (did you mean TIKTOK_HASHTAG_LIMIT?), \
             TIKTOK_HASHTAG_MIN_LIKE (did you mean TIKTOK_HASHTAG_MIN_LIKES?) \
             are no variables of this program and ignored\n"
        );
        let one = pull(&folder, &[], &variables[..1]).stderr;
        assert!(
            one.ends_with("_MIN_LIKES?) is no variable of this program and ignored\n"),
            "{one}"
        );
    }

    /// What other tools call a switch is taken for it, where nothing else can be meant.
    #[test]
    fn a_switch_by_another_name_is_the_same() {
        let folder = Folder::new();
        let ours = ["--name", "t30", "--min-plays", "10k", "--source", "web"];
        let ids = folder.pull(&[&ours[..], &["--demo"]].concat()).ids();
        assert!(!ids.is_empty() && ids.len() < 30);
        for name in ["--tag", "--hashtag"] {
            let theirs = [name, "t30", "--min-views", "10k", "--lane", "web"];
            let ended = folder.pull(&[&theirs[..], &["--demo"]].concat());
            assert_eq!((ended.status, ended.ids()), (0, ids.clone()), "{ended:?}");
        }
        let help = folder.run(&["pull", "--help"]).stdout;
        assert!(help.contains("--min-plays") && !help.contains("--min-views"));
    }

    #[test]
    fn a_bad_value_in_the_environment_is_refused_like_a_typed_one() {
        let folder = Folder::new();
        let ended = pull(&folder, &[], &[("TIKTOK_HASHTAG_REGION", "USA")]);
        assert_eq!(ended.status, 2);
        assert!(
            ended
                .stderr
                .contains("\"USA\" is no country code; write US"),
            "{ended:?}"
        );
    }

    #[test]
    fn success_is_silent_and_words_come_when_asked_for() {
        let folder = Folder::new();
        let summary = "viral: 100 written, 100 seen, 4 pages, web, stopped: limit\n";
        assert_eq!(pull(&folder, &[], &[]).stderr, "");
        let told = pull(&folder, &["-v"], &[]).stderr;
        assert!(told.ends_with(summary), "{told}");
        let requests = pull(&folder, &["-vv"], &[]).stderr;
        let lists = requests.matches("/api/challenge/item_list/ 200 ").count();
        assert_eq!(lists, 4, "{requests}");
        assert_eq!(pull(&folder, &["-v"], &[("RUST_LOG", "error")]).stderr, "");
        let logged = pull(&folder, &[], &[("RUST_LOG", "tiktok_hashtag=info")]).stderr;
        assert!(logged.ends_with(summary), "{logged}");
    }

    #[test]
    fn quiet_keeps_errors_and_drops_warnings() {
        let folder = Folder::new();
        let args = [
            "odd",
            "empty200",
            "--name",
            "t1",
            "--url",
            "https://www.tiktok.com/tag/t2",
        ];
        let args = [&args[..], &["--source", "web", "--demo"]].concat();
        let loud = folder.pull(&args);
        let quiet = folder.pull(&[&args[..], &["-q"]].concat());
        let count = |ended: &Ended, mark: &str| {
            let lines = ended.stderr.lines().filter(|line| line.starts_with(mark));
            lines.count()
        };
        assert_eq!((loud.status, quiet.status), (4, 4));
        assert_eq!(
            (count(&loud, "warning: "), count(&loud, "error: ")),
            (3, 1),
            "{loud:?}"
        );
        assert_eq!(
            (count(&quiet, "warning: "), count(&quiet, "error: ")),
            (0, 1),
            "{quiet:?}"
        );
        assert_eq!(
            loud.records()[58]["input"]["name"],
            "t1",
            "a name wins over a URL"
        );
    }

    #[test]
    fn every_line_is_an_object_where_objects_are_asked_for() {
        let folder = Folder::new();
        let args = ["odd", "empty200", "--source", "web", "--demo", "-vv"];
        let ended = folder.pull(&[&args[..], &["--log-format", "json"]].concat());
        let lines = json_lines(&ended.stderr);
        let levels: Vec<&str> = lines
            .iter()
            .map(|line| line["level"].as_str().unwrap())
            .collect();
        for level in ["debug", "info", "warn", "error"] {
            assert!(levels.contains(&level), "{levels:?}");
        }
        assert!(
            lines
                .iter()
                .all(|line| line["at"].is_i64() && line["message"].is_string())
        );
        assert_eq!(levels.last(), Some(&"info"), "the summary line comes last");
    }

    #[test]
    fn receipts_go_to_a_file_or_to_stderr() {
        let folder = Folder::new();
        let to_stderr = pull(&folder, &["t1", "--summary", "-"], &[]);
        let tags: Vec<Value> = json_lines(&to_stderr.stderr);
        assert_eq!(
            (&tags[0]["tag"], &tags[1]["tag"]),
            (&"viral".into(), &"t1".into())
        );
        for _ in 0..2 {
            pull(&folder, &["--summary", "runs.jsonl"], &[]);
        }
        assert_eq!(json_lines(&folder.read("runs.jsonl")).len(), 2, "appended");
        let ended = pull(&folder, &["--summary", "no/such/folder/runs.jsonl"], &[]);
        assert_eq!((ended.status, ended.stdout.as_str()), (7, ""), "{ended:?}");
    }

    #[test]
    fn a_stderr_that_cannot_be_written_changes_nothing_else() {
        let Ok(full) = std::fs::OpenOptions::new().write(true).open("/dev/full") else {
            return;
        };
        let folder = Folder::new();
        let mut command = folder.program(&["pull", "empty200", "--demo", "-n", "10", "-vv"]);
        command.stderr(full).stdout(std::process::Stdio::piped());
        let ended = Running::start_as_is(&mut command).end();
        assert_eq!((ended.status, ended.ids().len()), (0, 10));
    }
}

/// The switch is known everywhere; a build that lacks what is behind it says which part to build.
#[cfg(not(feature = "store"))]
#[test]
fn a_build_without_a_store_names_the_feature() {
    for store in ["store.db", "postgres://host/db"] {
        let ended = Folder::new().pull(&["t5", "--store", store]);
        assert_eq!(ended.status, 2, "{ended:?}");
        assert!(
            ended.stderr.contains("the cargo feature \"store\""),
            "{ended:?}"
        );
    }
}

#[cfg(all(feature = "store", not(feature = "postgres")))]
#[test]
fn a_build_without_postgresql_names_the_feature() {
    let ended = Folder::new().pull(&["t5", "--store", "postgres://host/db"]);
    assert_eq!(ended.status, 2, "{ended:?}");
    assert!(
        ended.stderr.contains("the cargo feature \"postgres\""),
        "{ended:?}"
    );
}
