//! Whole messages to and from a browser: over the two pipes of one we start, or over a WebSocket.
//! What the messages say is the business of `cdp`.

use std::io;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
#[cfg(any(unix, test))]
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

/// Bytes one message may have: the largest body a page of the feed was tried with, and room for
/// its escapes.
const LARGEST: usize = 256 << 20;
/// How long a browser of this machine may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// Messages that wait for their reader; the browser waits beyond that.
const QUEUE: usize = 16;

/// Both directions of a connection. Either end of a channel closes it.
pub(super) struct Wire {
    /// Messages to the browser.
    pub(super) out: mpsc::Sender<String>,
    /// Messages from the browser, until it is gone.
    pub(super) inbox: mpsc::Receiver<String>,
}

impl Wire {
    /// Speaks over pipes, each message ended by a NUL.
    #[cfg(any(unix, test))]
    pub(super) fn over_pipes(
        from: impl AsyncRead + Unpin + Send + 'static,
        mut to: impl AsyncWrite + Unpin + Send + 'static,
    ) -> Self {
        let (out, mut outbox) = mpsc::channel::<String>(QUEUE);
        let (deliver, inbox) = mpsc::channel(QUEUE);
        tokio::spawn(async move {
            while let Some(mut message) = outbox.recv().await {
                message.push('\0');
                if to.write_all(message.as_bytes()).await.is_err() {
                    break;
                }
            }
        });
        tokio::spawn(async move {
            let mut from = BufReader::with_capacity(64 << 10, from);
            while let Some(message) = until_nul(&mut from).await {
                if deliver.send(message).await.is_err() {
                    break;
                }
            }
        });
        Self { out, inbox }
    }

    /// Speaks over the WebSocket at `url`, a `ws:` URL. No `Origin` is sent, which the browser
    /// would refuse.
    ///
    /// # Errors
    /// When nothing answers there, or not with a WebSocket.
    pub(super) async fn over_web_socket(url: &str) -> io::Result<Self> {
        let config = WebSocketConfig::default()
            .max_message_size(Some(LARGEST))
            .max_frame_size(Some(LARGEST));
        let connect = tokio_tungstenite::connect_async_with_config(url, Some(config), false);
        let (stream, _) = timeout(CONNECT, connect).await?.map_err(io::Error::other)?;
        let (mut to, mut from) = stream.split();
        let (out, mut outbox) = mpsc::channel::<String>(QUEUE);
        let (deliver, inbox) = mpsc::channel(QUEUE);
        tokio::spawn(async move {
            while let Some(message) = outbox.recv().await {
                if to.send(Message::text(message)).await.is_err() {
                    break;
                }
            }
            // The other side may be gone already.
            let _ = to.close().await;
        });
        tokio::spawn(async move {
            while let Some(Ok(message)) = from.next().await {
                if let Message::Text(text) = message
                    && deliver.send(text.as_str().to_owned()).await.is_err()
                {
                    break;
                }
            }
        });
        Ok(Self { out, inbox })
    }
}

/// The next message; `None` at the end, also when one is larger than anything expected.
#[cfg(any(unix, test))]
async fn until_nul(from: &mut BufReader<impl AsyncRead + Unpin>) -> Option<String> {
    let mut message = Vec::new();
    loop {
        let read = from.fill_buf().await.ok().filter(|read| !read.is_empty())?;
        let end = memchr::memchr(0, read);
        message.extend_from_slice(&read[..end.unwrap_or(read.len())]);
        let used = end.map_or(read.len(), |at| at + 1);
        from.consume(used);
        if end.is_some() {
            return Some(String::from_utf8_lossy(&message).into_owned());
        }
        if message.len() > LARGEST {
            return None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Wire;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    #[tokio::test]
    async fn messages_are_cut_at_nuls_wherever_reads_end() {
        let (mut browser, pipe) = tokio::io::duplex(5);
        let (answers, to) = tokio::io::duplex(64);
        let mut wire = Wire::over_pipes(pipe, to);
        tokio::spawn(async move {
            for piece in ["{\"a\":1", "}\0\0{\"b\"", ":\"\u{1f33b}\"}\0cut"] {
                browser.write_all(piece.as_bytes()).await.unwrap();
            }
        });
        let mut got = Vec::new();
        while let Some(message) = wire.inbox.recv().await {
            got.push(message);
        }
        assert_eq!(got, ["{\"a\":1}", "", "{\"b\":\"\u{1f33b}\"}"]);

        wire.out.send("hi".to_owned()).await.unwrap();
        drop(wire);
        let mut sent = String::new();
        let mut answers = answers;
        answers.read_to_string(&mut sent).await.unwrap();
        assert_eq!(sent, "hi\0");
    }
}
