//! Tests over a real socket, as a client sees the server.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Options, SavedItems, Simulator};

/// An answer, read until the server closes.
#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.head))
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

async fn start() -> Simulator {
    Simulator::start(Options::default()).await.unwrap()
}

/// Sends one request with further header lines; `None` if the connection broke.
async fn send(simulator: &Simulator, path: &str, headers: &str) -> Option<Answer> {
    let address = simulator.url().replace("http://", "");
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.ok()?;
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Some(Answer {
        status,
        head,
        body: bytes[end + 4..].to_vec(),
    })
}

async fn get(simulator: &Simulator, path: &str) -> Answer {
    send(simulator, path, "")
        .await
        .unwrap_or_else(|| panic!("{path}: no answer"))
}

async fn id_of(simulator: &Simulator, name: &str) -> String {
    let answer = get(
        simulator,
        &format!("/api/challenge/detail/?challengeName={name}&device_id=7300000000000000001"),
    )
    .await;
    let id = &answer.json()["challengeInfo"]["challenge"]["id"];
    id.as_str()
        .unwrap_or_else(|| panic!("{name}: no id"))
        .to_owned()
}

fn list_path(id: &str, cursor: &str) -> String {
    format!(
        "/api/challenge/item_list/?challengeID={id}&count=30&cursor={cursor}&device_id=7300000000000000001"
    )
}

async fn list(simulator: &Simulator, id: &str, cursor: &str) -> Answer {
    get(simulator, &list_path(id, cursor)).await
}

fn ids(page: &Value) -> Vec<String> {
    let items = page["itemList"].as_array();
    items
        .into_iter()
        .flatten()
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect()
}

/// All ids of a feed, page by page, at most twelve pages.
async fn walk(simulator: &Simulator, name: &str) -> Vec<Vec<String>> {
    let id = id_of(simulator, name).await;
    let (mut cursor, mut pages) = ("0".to_owned(), Vec::new());
    while pages.len() < 12 {
        let page = list(simulator, &id, &cursor).await.json();
        pages.push(ids(&page));
        cursor = page["cursor"]
            .as_str()
            .map_or_else(|| page["cursor"].to_string(), str::to_owned);
        if page["hasMore"] == false || page["hasMore"] == 0 {
            break;
        }
    }
    pages
}

fn sizes(pages: &[Vec<String>]) -> Vec<usize> {
    pages.iter().map(Vec::len).collect()
}

fn distinct(pages: &[Vec<String>]) -> usize {
    pages.iter().flatten().collect::<HashSet<_>>().len()
}

#[tokio::test]
async fn feeds_are_paged_to_their_end() {
    let simulator = start().await;
    for (name, expected, unique) in [
        ("ok30", vec![30, 30, 30, 5], 95),
        ("intcursor", vec![30, 30, 30, 5], 95),
        ("short", vec![30, 29, 20, 30, 0], 109),
        ("dups", vec![30, 30, 30, 20], 95),
        ("t7", vec![7], 7),
        ("t0", vec![0], 0),
        ("t31_dup", vec![30, 6], 31),
        ("soft_empty", vec![0], 0),
        ("viral", vec![30; 10], 300),
        ("loop", vec![30; 12], 90),
        ("stuck", vec![30; 12], 60),
    ] {
        let pages = walk(&simulator, name).await;
        assert_eq!(sizes(&pages), expected, "{name}");
        assert_eq!(distinct(&pages), unique, "{name}");
    }
}

#[tokio::test]
async fn two_servers_serve_the_same_bytes() {
    let (one, two) = (start().await, start().await);
    let id = id_of(&one, "cats").await;
    assert_eq!(id, id_of(&two, "cats").await);
    assert_eq!(
        list(&one, &id, "30").await.body,
        list(&two, &id, "30").await.body
    );
}

#[tokio::test]
async fn a_fresh_server_knows_a_hashtag_by_where_the_call_comes_from() {
    let id = id_of(&start().await, "köln").await;
    let fresh = start().await;
    assert_eq!(list(&fresh, &id, "0").await.json()["statusCode"], 10201);
    let path = list_path(&id, "0");
    let page = send(
        &fresh,
        &path,
        "Referer: https://www.tiktok.com/tag/k%C3%B6ln\r\n",
    )
    .await
    .unwrap();
    assert_eq!(ids(&page.json()).len(), 30);
}

#[tokio::test]
async fn challenge_info_is_found_by_id_too() {
    let simulator = start().await;
    let id = id_of(&simulator, "cats").await;
    let by_id = get(
        &simulator,
        &format!("/api/challenge/detail/?challengeID={id}"),
    )
    .await
    .json();
    assert_eq!(by_id["challengeInfo"]["challenge"]["title"], "cats");
    assert_eq!(by_id["challengeInfo"]["statsV2"]["videoCount"], "300");
    let soft = get(
        &simulator,
        "/api/challenge/detail/?challengeName=soft_empty",
    )
    .await
    .json();
    assert_eq!(soft["challengeInfo"]["statsV2"]["videoCount"], "500");
}

#[tokio::test]
async fn more_than_35_items_are_a_bad_parameter() {
    let simulator = start().await;
    let id = id_of(&simulator, "cats").await;
    for (query, code) in [
        ("count=36", 10201),
        ("count=x", 10201),
        ("cursor=x", 10201),
        ("count=35", 0),
        ("count=5", 0),
    ] {
        let page = get(
            &simulator,
            &format!("/api/challenge/item_list/?challengeID={id}&{query}"),
        )
        .await
        .json();
        assert_eq!(page["statusCode"], code, "{query}");
    }
}

#[tokio::test]
async fn refusals_look_as_clients_saw_them() {
    let simulator = start().await;
    for (name, status, mark) in [
        ("empty200", 200, ""),
        ("captcha_json", 200, r#""code":"10000""#),
        ("captcha_html", 200, "tiktok-verify-page"),
        ("captcha_header", 200, "itemList"),
        ("waf", 200, r#"id="wci""#),
        ("bad_10201_always", 200, "10201"),
        ("r429_always", 429, ""),
        ("html200", 200, "<!DOCTYPE html>"),
        ("empty_obj", 200, "{}"),
        ("http503_list", 503, ""),
        ("badcursor_null", 200, r#""cursor":null"#),
        ("cursor_huge", 200, r#""cursor":"99999999999999999999999""#),
    ] {
        let id = id_of(&simulator, name).await;
        let answer = list(&simulator, &id, "0").await;
        let body = String::from_utf8(answer.body).unwrap();
        assert_eq!(answer.status, status, "{name}");
        assert!(
            body.contains(mark) && body.is_empty() == mark.is_empty(),
            "{name}"
        );
    }
}

#[tokio::test]
async fn the_whole_site_can_refuse() {
    let simulator = start().await;
    for (name, status, location) in [
        (
            "login",
            302,
            Some("/login?redirect_url=https%3A%2F%2Fwww.tiktok.com%2F"),
        ),
        ("geo", 302, Some("/hk/notfound")),
        ("akamai", 403, None),
        ("http404", 404, None),
    ] {
        let answer = get(
            &simulator,
            &format!("/api/challenge/detail/?challengeName={name}"),
        )
        .await;
        assert_eq!(
            (answer.status, answer.header("location")),
            (status, location),
            "{name}"
        );
    }
    assert_eq!(get(&simulator, "/embed/tag/akamai").await.status, 200);
    assert_eq!(get(&simulator, "/embed/tag/geo").await.status, 302);
    assert_eq!(get(&simulator, "/login").await.status, 200);
}

#[tokio::test]
async fn gates_open_for_good_calls() {
    let simulator = start().await;
    let id = id_of(&simulator, "t60_signed").await;
    assert!(list(&simulator, &id, "0").await.body.is_empty());
    let signed = get(&simulator, &format!("{}&X-Gnarly=abc", list_path(&id, "0"))).await;
    assert_eq!(ids(&signed.json()).len(), 30);

    let bare = get(&simulator, "/api/challenge/detail/?challengeName=needdev").await;
    assert_eq!(
        (bare.header("tt_orcas_res"), bare.body.len()),
        (Some("1"), 0)
    );
    assert_eq!(distinct(&walk(&simulator, "needdev").await), 95);
}

#[tokio::test]
async fn absent_hashtags_are_absent_everywhere() {
    let simulator = start().await;
    for (name, mark) in [
        ("nf_10205", "10205"),
        (
            "nf_hollow",
            r#""challengeInfo":{"challengeAnnouncement":{}"#,
        ),
        ("ban_10211", "10211"),
    ] {
        let answer = get(
            &simulator,
            &format!("/api/challenge/detail/?challengeName={name}"),
        )
        .await;
        assert!(
            String::from_utf8(answer.body).unwrap().contains(mark),
            "{name}"
        );
        let embed = get(&simulator, &format!("/embed/tag/{name}")).await;
        assert!(
            String::from_utf8(embed.body)
                .unwrap()
                .contains(r#""isError":true"#),
            "{name}"
        );
        let page = get(&simulator, &format!("/tag/{name}")).await;
        assert!(
            String::from_utf8(page.body)
                .unwrap()
                .contains("Couldn’t find this hashtag"),
            "{name}"
        );
    }
}

#[tokio::test]
async fn what_comes_a_few_times_then_passes() {
    let simulator = start().await;
    for (name, bad) in [
        ("r429", 2),
        ("r429_date", 2),
        ("bad_10201", 1),
        ("flaky", 3),
        ("http500_list_once", 1),
    ] {
        let id = id_of(&simulator, name).await;
        let mut good = Vec::new();
        for _ in 0..5 {
            let answer = send(&simulator, &list_path(&id, "0"), "").await;
            good.push(
                answer.is_some_and(|answer| answer.status == 200 && answer.body.len() > 1_000),
            );
        }
        let expected: Vec<bool> = (0..5).map(|turn| turn >= bad).collect();
        assert_eq!(good, expected, "{name}");
    }
}

#[tokio::test]
async fn faults_can_wait_for_a_page() {
    let simulator = start().await;
    let id = id_of(&simulator, "hiccup").await;
    let sizes = [("0", 30), ("30", 0), ("30", 30), ("60", 30), ("90", 5)];
    for (cursor, size) in sizes {
        assert_eq!(ids(&list(&simulator, &id, cursor).await.json()).len(), size);
    }
    let id = id_of(&simulator, "mid_empty").await;
    assert_eq!(ids(&list(&simulator, &id, "30").await.json()).len(), 30);
    assert!(list(&simulator, &id, "60").await.body.is_empty());
    let id = id_of(&simulator, "mid_http503").await;
    assert_eq!(list(&simulator, &id, "60").await.status, 503);
}

#[tokio::test]
async fn waits_are_told_in_seconds_or_by_the_servers_own_clock() {
    let simulator = start().await;
    let id = id_of(&simulator, "r429").await;
    assert_eq!(
        list(&simulator, &id, "0").await.header("retry-after"),
        Some("1")
    );
    let id = id_of(&simulator, "r429_date").await;
    let answer = list(&simulator, &id, "0").await;
    let time = |name| httpdate::parse_http_date(answer.header(name).unwrap()).unwrap();
    assert_eq!(
        time("retry-after").duration_since(time("date")).unwrap(),
        Duration::from_secs(1)
    );
}

#[tokio::test]
async fn tokens_rotate() {
    let simulator = start().await;
    let detail = get(
        &simulator,
        "/api/challenge/detail/?challengeName=rotate&device_id=7300000000000000001",
    )
    .await;
    let id = detail.json()["challengeInfo"]["challenge"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let first = detail.header("x-ms-token").unwrap().to_owned();
    assert!(
        detail
            .header("set-cookie")
            .unwrap()
            .starts_with(&format!("msToken={first};"))
    );

    let with_cookie = |token: &str| format!("Cookie: ttwid=1; msToken={token}\r\n");
    let page = send(&simulator, &list_path(&id, "0"), &with_cookie(&first))
        .await
        .unwrap();
    let second = page.header("x-ms-token").unwrap().to_owned();
    assert_ne!(first, second);
    assert!(
        send(&simulator, &list_path(&id, "30"), &with_cookie(&first))
            .await
            .unwrap()
            .body
            .is_empty()
    );
    assert!(
        send(&simulator, &list_path(&id, "30"), "")
            .await
            .unwrap()
            .body
            .is_empty()
    );
    let mixed = format!("{}&msToken={first}", list_path(&id, "30"));
    assert!(
        send(&simulator, &mixed, &with_cookie(&second))
            .await
            .unwrap()
            .body
            .is_empty()
    );
    assert!(
        !send(&simulator, &list_path(&id, "30"), &with_cookie(&second))
            .await
            .unwrap()
            .body
            .is_empty()
    );
    // A new device begins anew.
    let renewed = list_path(&id, "30").replace("7300000000000000001", "7300000000000000002");
    assert!(
        !send(&simulator, &renewed, "")
            .await
            .unwrap()
            .body
            .is_empty()
    );
}

#[tokio::test]
async fn embed_pages_lead_to_their_videos() {
    let simulator = start().await;
    for name in ["viral", "empty200"] {
        let first = ids(&list_signed(&simulator, name).await);
        let page =
            String::from_utf8(get(&simulator, &format!("/embed/tag/{name}")).await.body).unwrap();
        assert!(
            first[..10]
                .iter()
                .all(|id| page.contains(&format!(r#"{{"id":"{id}""#))),
            "{name}"
        );
        assert!(!page.contains(&first[10]), "{name}");
        let video = String::from_utf8(
            get(&simulator, &format!("/embed/v2/{}", first[0]))
                .await
                .body,
        )
        .unwrap();
        assert!(
            video.contains(&format!(r#""itemInfos":{{"id":"{}""#, first[0])),
            "{name}"
        );
    }
    let unknown =
        String::from_utf8(get(&simulator, "/embed/v2/7123456789012345678").await.body).unwrap();
    assert!(unknown.contains(r#""isError":true"#));
}

async fn list_signed(simulator: &Simulator, name: &str) -> Value {
    let id = id_of(simulator, name).await;
    get(simulator, &format!("{}&X-Gnarly=abc", list_path(&id, "0")))
        .await
        .json()
}

#[tokio::test]
async fn silent_look_ups_leave_other_ways_to_the_id() {
    let simulator = start().await;
    for (name, in_embed, in_page) in [
        ("html_ssr", false, true),
        ("html_none", true, false),
        ("no_id", false, false),
    ] {
        assert!(
            get(
                &simulator,
                &format!("/api/challenge/detail/?challengeName={name}")
            )
            .await
            .body
            .is_empty()
        );
        let has = async |path: String, mark: &str| {
            String::from_utf8(get(&simulator, &path).await.body)
                .unwrap()
                .contains(mark)
        };
        assert_eq!(
            has(format!("/embed/tag/{name}"), "embedInfo").await,
            in_embed,
            "{name}"
        );
        assert_eq!(
            has(format!("/tag/{name}"), "webapp.challenge-detail").await,
            in_page,
            "{name}"
        );
    }
}

#[tokio::test]
async fn bodies_break_as_they_say() {
    let simulator = start().await;
    let id = id_of(&simulator, "cut").await;
    let cut = list(&simulator, &id, "0").await;
    assert_eq!(
        (cut.body.len(), cut.header("content-length")),
        (512 << 10, None)
    );
    let id = id_of(&simulator, "half").await;
    let half = list(&simulator, &id, "0").await;
    let announced: usize = half.header("content-length").unwrap().parse().unwrap();
    assert_eq!(half.body.len(), announced / 2);
    let id = id_of(&simulator, "latin").await;
    assert!(String::from_utf8(list(&simulator, &id, "0").await.body).is_err());
}

#[tokio::test]
async fn big_pages_are_packed_for_those_who_take_it() {
    let simulator = start().await;
    let id = id_of(&simulator, "big").await;
    let plain = list(&simulator, &id, "0").await;
    assert!(
        (1_900_000..2_300_000).contains(&plain.body.len()),
        "{}",
        plain.body.len()
    );
    for (cursor, accepted, coding) in [
        ("0", "gzip, br", Some("br")),
        ("30", "gzip, br", Some("gzip")),
        ("0", "gzip", Some("gzip")),
        ("0", "zstd", None),
    ] {
        let headers = format!("Accept-Encoding: {accepted}\r\n");
        let answer = send(&simulator, &list_path(&id, cursor), &headers)
            .await
            .unwrap();
        assert_eq!(answer.header("content-encoding"), coding, "{accepted}");
    }
}

#[tokio::test]
async fn floods_are_as_large_as_they_say() {
    let simulator = start().await;
    for (name, least) in [
        ("deep", 400_000),
        ("many", 15_000_000),
        ("huge", 100_000_000),
    ] {
        let id = id_of(&simulator, name).await;
        let answer = list(&simulator, &id, "0").await;
        assert!(answer.body.len() >= least, "{name}: {}", answer.body.len());
        let announced = answer
            .header("content-length")
            .map(|length| length.parse().unwrap());
        assert_eq!(
            announced,
            (name == "huge").then_some(answer.body.len()),
            "{name}"
        );
    }
}

#[tokio::test]
async fn what_never_ends_does_not_end() {
    let simulator = start().await;
    for name in ["slow", "endless", "hang_list"] {
        let id = id_of(&simulator, name).await;
        let path = list_path(&id, "0");
        let answer = tokio::time::timeout(Duration::from_millis(300), send(&simulator, &path, ""));
        assert!(answer.await.is_err(), "{name}");
    }
}

#[tokio::test]
async fn redirects_go_round_once_or_for_ever() {
    let simulator = start().await;
    for (name, ends) in [("redirect_same", true), ("redirect_loop", false)] {
        let mut path = list_path(&id_of(&simulator, name).await, "0");
        let mut answer = get(&simulator, &path).await;
        for _ in 0..3 {
            let Some(location) = answer.header("location") else {
                break;
            };
            path = location.to_owned();
            answer = get(&simulator, &path).await;
        }
        assert_eq!(answer.status == 200, ends, "{name}: {path}");
    }
}

#[tokio::test]
async fn latency_is_waited() {
    let simulator = start().await;
    let before = Instant::now();
    id_of(&simulator, "t3_l120").await;
    assert!(before.elapsed() >= Duration::from_millis(120));
}

#[tokio::test]
async fn requests_are_logged_timed_and_counted() {
    let simulator = start().await;
    let id = id_of(&simulator, "cats").await;
    send(
        &simulator,
        &list_path(&id, "0"),
        "Cookie: ttwid=secret; a=b\r\n",
    )
    .await
    .unwrap();
    tokio::time::sleep(Duration::from_millis(30)).await;
    get(&simulator, "/embed/tag/cats").await;
    get(&simulator, "/t/cats").await;

    let log = get(&simulator, "/__sim/log").await.json();
    let field = |name: &str| {
        log.as_array()
            .unwrap()
            .iter()
            .map(|entry| entry[name].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(field("kind"), ["detail", "list", "embed_tag", "other"]);
    assert_eq!(field("tag"), ["cats", "cats", "cats", ""]);
    assert_eq!(log[1]["cookies"], serde_json::json!(["ttwid", "a"]));
    let times: Vec<f64> = field("at_ms")
        .iter()
        .map(|time| time.as_f64().unwrap())
        .collect();
    assert!(times[2] - times[1] >= 30.0, "{times:?}");
    assert!(!log.to_string().contains("secret"));

    let stats = get(&simulator, "/__sim/stats").await.json();
    assert_eq!(
        (&stats["requests"], &stats["list"], &stats["unsigned_list"]),
        (&4.into(), &1.into(), &1.into())
    );
    get(&simulator, "/__sim/reset").await;
    assert_eq!(get(&simulator, "/__sim/stats").await.json()["requests"], 0);
    assert_eq!(ids(&list(&simulator, &id, "0").await.json()).len(), 30);
}

#[tokio::test]
async fn saved_items_are_every_hashtags_feed() {
    let mut from = SavedItems::default();
    let item = |n: u32| {
        format!(
            r#"{{ "id":"75{n}", "desc":"one  of many","createTime":1700000000,"video":{{"height":1}} }}"#
        )
    };
    let text: Vec<String> = (0..32).map(item).collect();
    from.add(
        format!(
            "[{},{}]",
            text.join(","),
            r#"{"id": 9007199254740993, "video":{}}"#
        )
        .as_bytes(),
    )
    .unwrap();
    let simulator = Simulator::start(Options { port: 0, from }).await.unwrap();

    let id = id_of(&simulator, "mid_empty").await;
    let first = String::from_utf8(list(&simulator, &id, "0").await.body).unwrap();
    assert!(first.contains(&item(29)) && first.contains(r#""hasMore":true"#));
    let last = String::from_utf8(list(&simulator, &id, "30").await.body).unwrap();
    assert!(
        last.contains(r#"{"id": 9007199254740993, "video":{}}"#)
            && last.contains(r#""hasMore":false"#)
    );
    let video =
        String::from_utf8(get(&simulator, "/embed/v2/9007199254740993").await.body).unwrap();
    assert!(video.contains(r#""itemInfos":{"id":"9007199254740993""#));
}

#[tokio::test]
async fn a_stopped_server_is_gone() {
    let simulator = start().await;
    let address = simulator.url().replace("http://", "");
    let mut kept = TcpStream::connect(&address).await.unwrap();
    simulator.stop();
    let mut byte = [0];
    let read = tokio::time::timeout(Duration::from_secs(5), kept.read(&mut byte))
        .await
        .unwrap();
    assert!(matches!(read, Ok(0) | Err(_)));
    assert!(TcpStream::connect(&address).await.is_err());
}
