//! Filters: what is written is what the unfiltered records say, nothing ends a feed early, and the
//! receipt tells how many each rule kept back.

use serde_json::{Value, json};

use crate::runner::{Ended, Folder};

/// What a filter's words say of a record.
type Words<'a> = &'a dyn Fn(&Value) -> bool;

/// All records of the demo's hashtag, written or not, in feed order.
fn whole_feed() -> Vec<Value> {
    let ended = Folder::new().pull(&["viral", "--demo", "--all"]);
    assert_eq!((ended.status, ended.ids().len()), (0, 300));
    ended.records()
}

fn ids(records: &[Value], wanted: impl Fn(&Value) -> bool) -> Vec<String> {
    let wanted = records.iter().filter(|record| wanted(record));
    let id = |record: &Value| record["aweme_id"].as_str().unwrap().to_owned();
    wanted.map(id).collect()
}

fn filtered(ended: &Ended) -> u64 {
    let rules = ended.receipt()["filtered"].as_object().unwrap();
    rules.values().map(|count| count.as_u64().unwrap()).sum()
}

#[test]
fn what_is_written_is_what_the_words_say() {
    let feed = whole_feed();
    let count = |record: &Value, what: &str| record["statistics"][what].as_u64();
    let time = |record: &Value| record["create_time"].as_i64().unwrap();
    let january = 1_735_689_600;
    let cases: [(&[&str], Words); 6] = [
        (&["--since", "2025-01-01"], &|it| time(it) >= january),
        (&["--until", "2025-01-01T00:00:00Z"], &|it| {
            time(it) < january
        }),
        (&["--min-plays", "10000"], &|it| {
            count(it, "play_count") >= Some(10_000)
        }),
        (&["--min-likes=500", "--only-language", "en,AR"], &|it| {
            count(it, "digg_count") >= Some(500)
                && [json!("en"), json!("ar")].contains(&it["desc_language"])
        }),
        (&["--since", "@0", "--until", "0d"], &|_| true),
        (&["--strict-tag"], &|it| {
            let mut tags = it["cha_list"].as_array().into_iter().flatten();
            let mut marks = it["text_extra"].as_array().into_iter().flatten();
            tags.any(|tag| tag["cha_name"] == "viral")
                || marks.any(|mark| mark["hashtag_name"] == "viral")
        }),
    ];
    for (args, wanted) in cases {
        let expected = ids(&feed, wanted);
        assert!(!expected.is_empty(), "{args:?}");
        let ended = Folder::new().pull(&[&["viral", "--demo", "--all"], args].concat());
        assert_eq!(
            (ended.status, ended.ids()),
            (0, expected.clone()),
            "{args:?}"
        );
        let receipt = ended.receipt();
        assert_eq!(receipt["seen"], 300, "{args:?}");
        assert_eq!(filtered(&ended), 300 - expected.len() as u64, "{args:?}");
        assert_eq!(ended.stderr, "", "{args:?}");
    }
}

#[test]
fn a_filter_stops_no_paging_and_the_limit_counts_what_passes() {
    let feed = whole_feed();
    let wanted = ids(&feed, |it| it["desc_language"] == "ar");
    let ended = Folder::new().pull(&["viral", "--demo", "-n", "7", "--only-language", "ar"]);
    assert_eq!((ended.status, ended.ids()), (0, wanted[..7].to_vec()));
    assert_eq!(ended.receipt()["stopped_because"], "limit");
    assert_eq!(ended.receipt()["asked"], 7);
    let none = Folder::new().pull(&["viral", "--demo", "--since", "1d", "--fail-empty"]);
    assert_eq!((none.status, none.stdout.as_str()), (9, ""), "{none:?}");
    assert_eq!(none.receipt()["stopped_because"], "end_of_feed");
    assert_eq!(none.receipt()["filtered"], json!({"since": 300}));
}

#[test]
fn a_run_whose_filters_leave_nothing_says_so_once() {
    let folder = Folder::new();
    folder.write(
        "saved.jsonl",
        folder.run(&["pull", "t9", "--demo", "--raw"]).stdout,
    );
    let import = ["import", "saved.jsonl"];
    let pull = ["pull", "t4", "t5", "--demo"];
    let filters = ["--min-likes", "999b"];
    let said = "warning: nothing was written: 9 seen, 9 left out by --min-likes\n";
    for command in [&import[..], &pull] {
        let ended = folder.run(&[command, &filters].concat());
        assert_eq!(
            (ended.status, &*ended.stdout, &*ended.stderr),
            (0, "", said)
        );
        let quiet = folder.run(&[command, &filters, &["-q"]].concat());
        assert_eq!((quiet.status, &*quiet.stderr), (0, ""));
        let failed = folder.run(&[command, &filters, &["--fail-empty"]].concat());
        let said = said.replace('\n', "; --fail-empty makes that status 9\n");
        assert_eq!((failed.status, &*failed.stderr), (9, &*said));
    }
    let known = ["pull", "t4", "--demo", "-o", "t4.jsonl", "--append"];
    for _ in 0..2 {
        let ended = folder.run(&known);
        assert_eq!((ended.status, &*ended.stderr), (0, ""));
    }
}

#[test]
fn the_first_rule_that_rejects_is_the_one_counted() {
    let args = [
        "viral",
        "--demo",
        "--since",
        "1d",
        "--min-plays",
        "9999999999",
    ];
    let ended = Folder::new().pull(&args);
    assert_eq!(ended.receipt()["filtered"], json!({"since": 300}));
}

#[test]
fn the_embed_lane_looks_beyond_the_limit_for_what_is_wanted() {
    let args = ["viral", "--demo", "--source", "embed", "--only-region"];
    let all = Folder::new().pull(&[&args[..4], &["--all"]].concat());
    let made_in_us = ids(&all.records(), |it| it["region"] == "US");
    assert!((1..10).contains(&made_in_us.len()));
    let ended = Folder::new().pull(&[&args[..], &["us", "-n", "1"]].concat());
    assert_eq!(ended.ids(), made_in_us[..1]);
    assert_eq!(ended.receipt()["stopped_because"], "limit");
    let unlike = all.ids().into_iter().position(|id| id == made_in_us[0]);
    assert_eq!(filtered(&ended), unlike.unwrap() as u64);
}

#[test]
fn what_a_lane_never_says_is_warned_about_once() {
    for (args, lane, switch) in [
        (
            &["--source", "web", "--only-region", "US,GB"][..],
            "web",
            "--only-region",
        ),
        (
            &["--source", "embed", "--only-language", "en"],
            "embed",
            "--only-language",
        ),
    ] {
        let ended = Folder::new().pull(&[&["t20", "t30", "--demo"], args].concat());
        assert_eq!((ended.status, ended.stdout.as_str()), (0, ""), "{ended:?}");
        let words = format!("warning: {switch}: the {lane} lane never says");
        assert_eq!(ended.stderr.matches(&words).count(), 1, "{ended:?}");
    }
    let told = Folder::new().pull(&["t20", "--demo", "--only-language", "en"]);
    assert_eq!(told.stderr, "");
}

#[test]
fn a_filter_that_makes_no_sense_is_refused() {
    for (args, words) in [
        (
            &["--since", "2025-02-01", "--until", "2025-01-01"][..],
            "--since is later than --until",
        ),
        (
            &["--since", "1d", "--until", "2d"],
            "--since is later than --until",
        ),
        (
            &["--since", "2025-01-01", "--until", "2025-01-01"],
            "are the same moment",
        ),
        (
            &["--since", "yesterday"],
            "\"yesterday\" is no time; give a date (2025-01-31)",
        ),
        (&["--until", "2025-02-30"], "is no time"),
        (
            &["--min-plays", "many"],
            "\"many\" is no count; a whole number, e.g. 1000",
        ),
        (&["--min-likes", "-5"], "\"-5\" is no count"),
        (&["--only-region", "US,UK"], "write GB"),
        (&["--only-language", "english"], "e.g. en, pt or zh-Hans"),
    ] {
        let ended = Folder::new().pull(&[&["t5", "--demo"], args].concat());
        assert_eq!((ended.status, ended.stdout.as_str()), (2, ""), "{args:?}");
        assert!(ended.stderr.contains(words), "{args:?}: {ended:?}");
    }
}

#[test]
fn an_import_takes_the_same_filters() {
    let folder = Folder::new();
    let saved = folder.run(&["pull", "viral", "--demo", "--raw"]).stdout;
    folder.write("saved.jsonl", saved);
    let import = |args: &[&str]| {
        let args = [
            &["import", "saved.jsonl", "--summary", "receipts.jsonl"],
            args,
        ]
        .concat();
        folder.run_for_receipts(&mut folder.program(&args))
    };
    let all = import(&[]).records();
    let wanted = ids(&all, |it| {
        it["statistics"]["play_count"].as_u64() >= Some(10_000)
    });
    let ended = import(&["--min-plays", "10k"]);
    assert_eq!((ended.status, ended.ids()), (0, wanted.clone()));
    assert_eq!(
        ended.receipt()["filtered"],
        json!({"min_plays": 100 - wanted.len()})
    );
    let tagged = import(&["--strict-tag", "--name", "viral"]);
    assert!(tagged.receipt()["filtered"]["strict_tag"].as_u64() > Some(0));
    let nameless = import(&["--strict-tag"]);
    assert_eq!(nameless.status, 2);
    assert!(nameless.stderr.contains("add --name NAME"), "{nameless:?}");
}
