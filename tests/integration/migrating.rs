//! Those who come from other tools: their input objects run unedited, and their pipelines find
//! the records in the shape they know.

use std::{fs, io};

use serde_json::{Value, json};

use crate::runner::{Ended, Folder, root};
use crate::socket::Server;

/// The input object of a family of hosted scrapers.
fn input(name: &str) -> String {
    let path = root().join("tests/fixtures/inputs").join(name);
    fs::read_to_string(path.with_extension("json")).unwrap()
}

/// A pull of an input object from the demo.
fn pull(name: &str, args: &[&str]) -> Ended {
    let folder = Folder::new();
    folder.write("input.json", input(name));
    folder.pull(&[&["--demo", "--input", "input.json"], args].concat())
}

/// What was planned: the hashtags, each with its limit and the region of its records.
fn planned(ended: &Ended) -> Vec<(String, Value, Value)> {
    let records = ended.records();
    let plan = |receipt: &Value| {
        let tag = receipt["tag"].as_str().unwrap();
        let record = records.iter().find(|it| it["input"]["name"] == tag);
        let region = &record.unwrap()["input"]["region"];
        (tag.to_owned(), receipt["asked"].clone(), region.clone())
    };
    ended.receipts.iter().map(plan).collect()
}

fn plan(rows: &[(&str, Value, Value)]) -> Vec<(String, Value, Value)> {
    let owned = |(tag, limit, region): &(&str, Value, Value)| {
        ((*tag).to_owned(), limit.clone(), region.clone())
    };
    rows.iter().map(owned).collect()
}

#[test]
fn other_tools_inputs_run_unedited() {
    for (name, rows, warnings) in [
        (
            "hashtags_and_dates",
            &[
                ("t40", json!(12), json!("US")),
                ("t50", json!(12), json!("US")),
            ][..],
            &[
                "shouldDownloadCovers, shouldDownloadVideos in the input are ignored: nothing is \
                 downloaded;",
                "maxProfilesPerQuery, profileScrapeSections, searchQueries in the input are \
                 ignored: only hashtags are pulled;",
                "profileSorting in the input is ignored:",
            ][..],
        ),
        (
            "hashtag_unlimited",
            &[("t40", Value::Null, json!("VN"))],
            &[
                "unknown key \"publishTime\"",
                "proxyConfiguration.apifyProxyGroups, proxyConfiguration.useApifyProxy in the \
                 input are ignored: a hosted service's proxies are its own; give --proxy URL",
            ],
        ),
        (
            "start_urls",
            &[
                ("t40", json!(9), Value::Null),
                ("t50", json!(9), Value::Null),
            ],
            &[
                "location in the input is ignored: use region",
                "customMapFunction in the input is ignored: no code is run;",
            ],
        ),
        (
            "hashtags_and_max_videos",
            &[
                ("t40", json!(8), json!("GB")),
                ("t50", json!(8), json!("GB")),
            ],
            &[],
        ),
        (
            "tag_name_and_country",
            &[
                ("t40", json!(100), json!("DE")),
                ("t50", json!(7), Value::Null),
            ],
            &["num_of_posts in the input is ignored: use limit,"],
        ),
    ] {
        let ended = pull(name, &[]);
        assert_eq!(ended.status, 0, "{name}: {ended:?}");
        assert_eq!(planned(&ended), plan(rows), "{name}");
        for words in warnings {
            assert!(ended.stderr.contains(words), "{name}: {words}: {ended:?}");
        }
        assert_eq!(
            ended.stderr.lines().count(),
            warnings.len(),
            "{name}: {ended:?}"
        );
        assert!(!ended.stderr.contains("hushhush"), "{name}");
    }
}

#[test]
fn a_switch_beats_another_tools_input() {
    let ended = pull(
        "hashtags_and_dates",
        &["-n", "3", "-r", "JP", "--min-likes", "0"],
    );
    let rows = [
        ("t40", json!(3), json!("JP")),
        ("t50", json!(3), json!("JP")),
    ];
    assert_eq!(planned(&ended), plan(&rows), "{ended:?}");
    let filtered = &ended.receipts[0]["filtered"];
    assert_eq!(filtered.get("min_likes"), None, "{filtered}");
}

#[test]
fn another_tools_filters_hold_for_its_hashtags() {
    let ended = pull("hashtags_and_dates", &["--all"]);
    let first = ended.records().len();
    for record in ended.records() {
        let time = record["create_time"].as_i64().unwrap();
        let likes = record["statistics"]["digg_count"].as_u64().unwrap();
        assert!((1_704_067_200..1_767_225_600).contains(&time), "{record}");
        assert!((100..1_000_000).contains(&likes), "{record}");
    }
    assert!(first > 0 && first < 90, "{first}");
    let rules = ended.receipts[0]["filtered"].as_object().unwrap();
    assert!(
        rules
            .keys()
            .all(|rule| ["since", "until", "min_likes", "max_likes"].contains(&rule.as_str()))
    );
    // An argument beside the file is pulled without them.
    let beside = pull("hashtags_and_dates", &["t30", "--all"]);
    assert_eq!(beside.receipts[0]["written"], 30);
}

#[test]
fn an_object_has_our_own_filters_by_either_spelling() {
    let folder = Folder::new();
    folder.write(
        "input.jsonl",
        "{\"name\":\"t40\",\"min_likes\":\"1k\"}\n{\"name\":\"t50\",\"onlyLanguage\":[\"en\"]}\n\"t30\"\n",
    );
    let ended = folder.pull(&["--demo", "--all", "--input", "input.jsonl"]);
    assert_eq!((ended.status, ended.stderr.as_str()), (0, ""), "{ended:?}");
    let records = ended.records();
    let of = |tag: &str| -> Vec<&Value> {
        let mine = records.iter().filter(|it| it["input"]["name"] == tag);
        mine.collect()
    };
    let liked = of("t40");
    assert!(!liked.is_empty() && liked.len() < 40);
    for record in liked {
        let likes = record["statistics"]["digg_count"].as_u64();
        assert!(likes >= Some(1_000), "{record}");
    }
    let english = of("t50");
    assert!(!english.is_empty() && english.len() < 50);
    assert!(english.iter().all(|it| it["desc_language"] == "en"));
    assert_eq!(of("t30").len(), 30);
}

/// The proxy of the file is the one that is asked, and its password stays unsaid.
#[test]
fn the_proxy_of_an_input_is_used() {
    let proxy = Server::start(|_, _| Err(io::ErrorKind::NotConnected.into()));
    let folder = Folder::new();
    let there = proxy.url().replace("http://", "http://reader:hushhush@");
    let text =
        input("hashtags_and_max_videos").replace("http://reader:hushhush@127.0.0.1:9", &there);
    folder.write("input.json", text);
    let args = [
        "--input",
        "input.json",
        "--source",
        "web",
        "--retries",
        "0",
        "-vv",
    ];
    let ended = folder.pull(&[&args[..], &["--rate", "1"]].concat());
    assert_eq!((ended.status, proxy.calls()), (5, 2), "{ended:?}");
    assert!(
        ended.stdout.is_empty() && !ended.stderr.contains("hushhush"),
        "{ended:?}"
    );
}

/// What a pipeline may read of a row without asking whether it is there.
const KEYS: &str = "id text textLanguage createTime createTimeISO webVideoUrl diggCount shareCount \
    playCount collectCount commentCount authorMeta musicMeta videoMeta hashtags mentions \
    effectStickers isAd isSlideshow isPinned mediaUrls locationCreated";

#[test]
fn every_row_of_a_preset_has_every_key() {
    let ours = Folder::new().pull(&["odd", "t20", "--demo"]);
    let theirs = Folder::new().pull(&["odd", "t20", "--demo", "--preset", "clockworks"]);
    let rows = theirs.records();
    assert_eq!(
        (theirs.status, rows.len()),
        (0, ours.ids().len()),
        "{theirs:?}"
    );
    for (row, id) in rows.iter().zip(ours.ids()) {
        let keys: Vec<&String> = row.as_object().unwrap().keys().collect();
        assert_eq!(keys.len(), KEYS.split_whitespace().count(), "{row}");
        for key in KEYS.split_whitespace() {
            assert!(row.get(key).is_some(), "{key}: {row}");
        }
        assert_eq!(row["id"], id.as_str());
        assert!(
            row["authorMeta"].is_object() && row["createTimeISO"].is_string(),
            "{row}"
        );
    }
}

/// The page that maps the shape names each of its keys.
#[test]
fn the_page_on_migrating_names_every_key() {
    let page = fs::read_to_string(root().join("docs/migrating.md")).unwrap();
    for key in KEYS.split_whitespace() {
        let named = [format!("`{key}`"), format!("`{key}."), format!("`{key}[]`")];
        assert!(named.iter().any(|it| page.contains(it)), "{key}");
    }
    for key in "name url hashtags hashtag tag_name startUrls[].url region country proxyCountryCode \
                limit resultsPerPage maxItems maxVideos isUnlimited oldestPostDateUnified \
                since until min_plays min_likes max_likes only_region only_language strict_tag \
                newestPostDate leastDiggs mostDiggs excludePinnedPosts \
                proxyConfiguration.proxyUrls[0]"
        .split_whitespace()
    {
        assert!(page.contains(&format!("`{key}`")), "{key}");
    }
}

#[test]
fn a_preset_is_another_form_and_not_one_with_raw() {
    for args in [&["--raw"][..], &["--with-raw"]] {
        let ended =
            Folder::new().pull(&[&["t5", "--demo", "--preset", "clockworks"], args].concat());
        assert_eq!(ended.status, 2, "{ended:?}");
        assert!(ended.stderr.contains("cannot be used with"), "{ended:?}");
    }
    let seed = Folder::new().pull(&["t5", "--demo", "--preset", "seed"]);
    assert_eq!(seed.ids().len(), 5);
}
