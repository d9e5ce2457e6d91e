//! Answers that are no, and those that come to be yes.

use std::time::Duration;

use super::{distinct, get, id_of, ids, list, list_path, send, signed_path, start, walk};

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
    let signed = get(&simulator, &signed_path(&id, "0")).await;
    assert_eq!(ids(&signed.json()).len(), 30);
    // Here any signature does, as the server cannot know that of a signing service.
    let id = id_of(&simulator, "empty200").await;
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
