//! A server of bare sockets, for answers that no HTTP library would give, and for telling that
//! nobody called.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// A listening socket. Each connection is one request, answered by a closure and closed.
pub(crate) struct Server {
    address: SocketAddr,
    calls: Arc<AtomicUsize>,
}

impl Server {
    /// `answer` gets a request's target, `/tag/travel?lang=en`, and the stream to write to. The
    /// client may go away in the middle of it, so a failure to write is of no interest.
    pub(crate) fn start(
        answer: impl Fn(&str, &mut TcpStream) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self::until(usize::MAX, answer)
    }

    /// One that is gone after so many connections.
    pub(crate) fn until(
        connections: usize,
        answer: impl Fn(&str, &mut TcpStream) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self::listen(connections, move |head, stream| {
            answer(head.split(' ').nth(1).unwrap(), stream)
        })
    }

    /// One whose `answer` gets a request's whole head.
    #[cfg(feature = "demo")]
    pub(crate) fn hearing(
        answer: impl Fn(&str, &mut TcpStream) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self::listen(usize::MAX, answer)
    }

    fn listen(
        connections: usize,
        answer: impl Fn(&str, &mut TcpStream) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let calls = Arc::new(AtomicUsize::new(0));
        let (count, answer) = (Arc::clone(&calls), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming().take(connections) {
                count.fetch_add(1, Ordering::SeqCst);
                let answer = Arc::clone(&answer);
                let mut stream = stream.unwrap();
                let serve = move || {
                    let head = head(&mut stream)?;
                    answer(&head, &mut stream)
                };
                thread::spawn(serve);
            }
        });
        Self { address, calls }
    }

    /// Where it listens, without a slash at the end.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many connections were made.
    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

/// Reads a request's head.
fn head(stream: &mut TcpStream) -> io::Result<String> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    Ok(String::from_utf8(head).unwrap())
}

/// Writes a whole good answer with this body.
pub(crate) fn answer(stream: &mut TcpStream, kind: &str, body: &[u8]) -> io::Result<()> {
    let length = body.len();
    let head =
        format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)
}
