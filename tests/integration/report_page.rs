//! The page of a report in a real Chromium, driven through its own protocol: how it looks on a
//! phone and on a desk, in light and dark, and that it asks nobody for anything.

use std::fs;
use std::net::TcpStream;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Message, WebSocket, client};

use crate::chromium::{OwnBrowser, found};
use crate::report::{fixture, hostile};
use crate::runner::Folder;

/// A tab, and what it told meanwhile.
struct Tab {
    socket: WebSocket<TcpStream>,
    next: u64,
    heard: Vec<Value>,
}

impl Tab {
    fn attach(own: &OwnBrowser) -> Self {
        let url = own.socket_of_a_page();
        let stream = TcpStream::connect(("127.0.0.1", own.port().unwrap())).unwrap();
        let patience = Some(Duration::from_secs(30));
        stream.set_read_timeout(patience).unwrap();
        let (socket, _) = client(url, stream).unwrap();
        let mut tab = Self {
            socket,
            next: 0,
            heard: Vec::new(),
        };
        for domain in ["Page", "Runtime", "Log", "Network"] {
            tab.ask(&format!("{domain}.enable"), &json!({}));
        }
        tab
    }

    /// Sends a command; its result. What comes before it is kept.
    fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.next += 1;
        let command = json!({"id": self.next, "method": method, "params": params});
        self.socket
            .send(Message::text(command.to_string()))
            .unwrap();
        loop {
            let message = self.hear();
            if message["id"] == self.next {
                assert!(message["error"].is_null(), "{method}: {message}");
                return message["result"].clone();
            }
            self.heard.push(message);
        }
    }

    fn hear(&mut self) -> Value {
        let message = self.socket.read().unwrap();
        serde_json::from_str(message.to_text().unwrap()).unwrap()
    }

    /// Opens a page and waits until it is loaded.
    fn open(&mut self, url: &str) {
        self.heard.clear();
        self.ask("Page.navigate", &json!({"url": url}));
        let loaded = |message: &Value| message["method"] == "Page.loadEventFired";
        while !self.heard.iter().any(loaded) {
            let message = self.hear();
            self.heard.push(message);
        }
    }

    /// Takes a size and a scheme of colours on.
    fn be(&mut self, width: u32, scheme: &str) {
        let mobile = width < 500;
        let size = json!({
            "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": mobile
        });
        self.ask("Emulation.setDeviceMetricsOverride", &size);
        let scheme = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.ask("Emulation.setEmulatedMedia", &scheme);
    }

    fn evaluate(&mut self, expression: &str) -> Value {
        let question = json!({"expression": expression, "returnByValue": true});
        self.ask("Runtime.evaluate", &question)["result"]["value"].clone()
    }

    /// A picture of the whole page, as PNG.
    fn picture(&mut self) -> Vec<u8> {
        let whole = json!({"format": "png", "captureBeyondViewport": true});
        let picture = self.ask("Page.captureScreenshot", &whole);
        STANDARD.decode(picture["data"].as_str().unwrap()).unwrap()
    }

    /// What of what was heard is named so.
    fn heard(&self, method: &str) -> Vec<&Value> {
        let heard = self.heard.iter();
        heard
            .filter(|message| message["method"] == method)
            .collect()
    }
}

/// Elements that stick out of the page to the right, but for those in a box that scrolls.
const STICKING_OUT: &str = "[...document.querySelectorAll('body *')].filter(it => \
    !it.closest('.scroll > table') && !it.closest('svg g') \
    && it.getBoundingClientRect().right > innerWidth + 0.5).map(it => it.outerHTML.slice(0, 99))";

#[test]
fn a_page_fits_a_phone_and_a_desk_and_asks_nobody() {
    let Some(program) = found() else {
        return;
    };
    let folder = Folder::new();
    fs::write(folder.file("hostile.jsonl"), hostile()).unwrap();
    let pulled = folder.pull(&["travel", "--demo"]);
    fs::write(folder.file("demo.jsonl"), pulled.stdout).unwrap();
    let own = OwnBrowser::start(&program, &folder);
    let mut tab = Tab::attach(&own);
    let ten = fixture("ten_records.jsonl");
    let files = ["hostile.jsonl", "demo.jsonl", &ten];
    for (name, records) in ["hostile", "demo", "ten"].into_iter().zip(files) {
        let page = format!("{name}.html");
        let ended = folder.run(&["report", records, "--html", &page]);
        assert_eq!(ended.status, 0, "{ended:?}");
        let url = format!("file://{}", folder.file(&page).display());
        for (width, scheme) in [
            (390, "light"),
            (390, "dark"),
            (1280, "light"),
            (1280, "dark"),
        ] {
            tab.be(width, scheme);
            tab.open(&url);
            assert_looks_well(&mut tab, width, scheme);
            let picture = tab.picture();
            fs::write(
                kept(&format!("report-{name}-{width}-{scheme}.png")),
                &picture,
            )
            .unwrap();
            assert!(
                picture.starts_with(b"\x89PNG") && picture.len() > 20_000,
                "{width} {scheme}"
            );
        }
    }
}

fn assert_looks_well(tab: &mut Tab, width: u32, scheme: &str) {
    let at = format!("{width} {scheme}");
    assert_eq!(tab.evaluate("innerWidth"), width, "{at}");
    // A scroll bar takes some of the width on a desk.
    let root = "document.documentElement";
    let overflow = format!("{root}.scrollWidth - {root}.clientWidth");
    assert_eq!(tab.evaluate(&overflow), 0, "{at}");
    assert_eq!(tab.evaluate(STICKING_OUT), json!([]), "{at}");
    assert_eq!(tab.evaluate("document.scripts.length"), 0, "{at}");
    assert!(
        tab.evaluate("document.querySelectorAll('svg').length")
            .as_u64()
            > Some(4)
    );
    let ground = tab.evaluate("getComputedStyle(document.body).backgroundColor");
    let expected = if scheme == "dark" {
        "rgb(18, 22, 28)"
    } else {
        "rgb(246, 247, 249)"
    };
    assert_eq!(ground, expected, "{at}");
    let requests = tab.heard("Network.requestWillBeSent");
    assert_eq!(requests.len(), 1, "the page itself: {requests:?}");
    for wrong in [
        "Log.entryAdded",
        "Runtime.exceptionThrown",
        "Runtime.consoleAPICalled",
    ] {
        assert!(tab.heard(wrong).is_empty(), "{at}: {:?}", tab.heard(wrong));
    }
}

/// Where the pictures are kept for a person to look at.
fn kept(name: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}
