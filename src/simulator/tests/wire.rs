//! Bodies that break, flood or never end; time, and the log.

use std::time::{Duration, Instant};

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use super::{get, id_of, ids, list, list_path, send, start};

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
