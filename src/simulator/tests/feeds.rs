//! Feeds and pages in good order.

use serde_json::Value;

use super::{distinct, get, id_of, ids, list, list_path, send, sizes, start, walk};
use crate::simulator::{Options, SavedItems, Simulator};

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
    let simulator = Simulator::start(Options {
        from,
        ..Options::default()
    })
    .await
    .unwrap();

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
    assert!(
        video.contains(r#""locationCreated":null"#),
        "a saved item says only what it says"
    );
}
