//! What a browser meets: the page, its script's calls, and the walls in their way.

use super::{Answer, connect, exchange, get, id_of, ids, list_path, send, signed_path, start};
use crate::simulator::Simulator;

async fn text(simulator: &Simulator, path: &str) -> String {
    String::from_utf8(get(simulator, path).await.body).unwrap()
}

async fn signed(simulator: &Simulator, id: &str, cursor: &str, headers: &str) -> Answer {
    send(simulator, &signed_path(id, cursor), headers)
        .await
        .unwrap()
}

#[tokio::test]
async fn pages_bring_their_script_and_some_a_worker() {
    let simulator = start().await;
    for (name, worker) in [
        ("t5", r#"data-worker="""#),
        ("t5_sw", r#"data-worker="/sw.js""#),
    ] {
        let page = text(&simulator, &format!("/tag/{name}")).await;
        assert!(page.contains(r#"data-e2e="challenge-item-list""#), "{name}");
        assert!(page.contains(r#"src="/static/tag_page.js""#), "{name}");
        assert!(page.contains(worker), "{name}");
    }
    for (path, mark) in [
        ("/static/tag_page.js", "X-Gnarly"),
        ("/sw.js", "X-Simulated-Worker"),
    ] {
        let script = get(&simulator, path).await;
        assert_eq!(
            script.header("content-type"),
            Some("text/javascript; charset=utf-8")
        );
        assert!(String::from_utf8(script.body).unwrap().contains(mark));
    }
}

#[tokio::test]
async fn some_hashtags_have_no_page() {
    let simulator = start().await;
    for (path, status, mark) in [
        ("/tag/waf", 200, "Please wait..."),
        ("/tag/captcha_html", 200, "tiktok-verify-page"),
        ("/tag/akamai", 403, "Access Denied"),
        ("/tag/login", 302, ""),
        ("/login", 200, r#"id="loginContainer""#),
        ("/hk/notfound", 404, "not available in your region"),
    ] {
        let answer = get(&simulator, path).await;
        assert_eq!(answer.status, status, "{path}");
        assert!(
            String::from_utf8(answer.body).unwrap().contains(mark),
            "{path}"
        );
    }
}

#[tokio::test]
async fn signatures_that_do_not_hold_are_refused_or_counted() {
    let simulator = start().await;
    for (name, answered) in [("t60_signed", false), ("t60", true)] {
        let id = id_of(&simulator, name).await;
        let before = simulator.stats()["unsigned_list"].as_u64().unwrap();
        let unsigned = list_path(&id, "0");
        for path in [
            format!("{unsigned}&X-Gnarly=abc"),
            signed_path(&id, "0").replace("count=30", "count=31"),
            unsigned,
        ] {
            let answer = get(&simulator, &path).await;
            assert_eq!(answer.body.is_empty(), !answered, "{path}");
            let mark = (!answered).then_some("1");
            assert_eq!(answer.header("tt_orcas_res"), mark, "{path}");
        }
        let good = signed(&simulator, &id, "0", "").await;
        assert_eq!(ids(&good.json()).len(), 30);
        assert_eq!(simulator.stats()["unsigned_list"], before + 3);
    }
    let id = id_of(&simulator, "gated").await;
    assert!(signed(&simulator, &id, "0", "").await.body.is_empty());
}

#[tokio::test]
async fn a_solved_captcha_opens_the_feed_for_its_session() {
    let simulator = start().await;
    let id = id_of(&simulator, "t90_captcha").await;
    assert_eq!(
        ids(&signed(&simulator, &id, "0", "").await.json()).len(),
        30
    );
    let walled = signed(&simulator, &id, "30", "").await.json();
    assert_eq!(
        (&walled["type"], &walled["code"]),
        (&"verify".into(), &"10000".into())
    );
    // A call that is not the page's meets no captcha.
    let plain = get(&simulator, &list_path(&id, "30")).await;
    assert_eq!(ids(&plain.json()).len(), 30);

    assert_eq!(get(&simulator, "/captcha/verify").await.status, 405);
    let post = "POST /captcha/verify";
    let solved = exchange(connect(&simulator).await, post, "Content-Length: 0\r\n").await;
    let cookie = solved.unwrap().header("set-cookie").unwrap().to_owned();
    let cookie = format!("Cookie: {}\r\n", cookie.split(';').next().unwrap());
    let opened = signed(&simulator, &id, "30", &cookie).await.json();
    assert_eq!(ids(&opened).len(), 30);
    assert_eq!(simulator.stats()["verify"], 2);
}

#[tokio::test]
async fn a_login_wall_stays() {
    let simulator = start().await;
    let id = id_of(&simulator, "t90_login").await;
    let first = signed(&simulator, &id, "0", "").await.json();
    assert_eq!(ids(&first).len(), 30);
    for cursor in ["30", "60"] {
        let walled = signed(&simulator, &id, cursor, "").await.json();
        assert_eq!(walled["statusCode"], 10102);
    }
}

#[tokio::test]
async fn what_is_loaded_ahead_is_no_part_of_the_feed() {
    let simulator = start().await;
    let id = id_of(&simulator, "t30").await;
    let feed = ids(&signed(&simulator, &id, "0", "").await.json());
    let path = "/api/preload/item_list/?count=10&from_page=hashtag";
    let ahead = get(&simulator, path).await.json();
    assert_eq!(ids(&ahead).len(), 10);
    assert_eq!(ahead["hasMore"], true);
    assert!(ids(&ahead).iter().all(|id| !feed.contains(id)));
    assert_eq!(simulator.stats()["preload"], 1);
    assert_eq!(simulator.stats()["list"], 1);
}

#[tokio::test]
async fn hosts_and_workers_are_counted() {
    let simulator = start().await;
    let id = id_of(&simulator, "t60_sw").await;
    for (path, headers) in [
        (
            signed_path(&id, "0"),
            "Host: www.TikTok.com:8443\r\nX-Simulated-Worker: 1\r\n",
        ),
        (signed_path(&id, "30"), "Host: www.tiktok.com\r\n"),
        ("/favicon.ico".to_owned(), "Host: p16.tiktokcdn.com\r\n"),
    ] {
        let get = format!("GET {path}");
        exchange(connect(&simulator).await, &get, headers)
            .await
            .unwrap();
    }
    let stats = simulator.stats();
    assert_eq!(
        stats["hosts"],
        serde_json::json!({"p16.tiktokcdn.com": 1, "www.tiktok.com": 2, "x": 1})
    );
    assert_eq!(stats["worker_list"], 1);
    assert_eq!(simulator.log()[1]["host"], "www.TikTok.com:8443");
}
