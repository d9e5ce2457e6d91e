//! The server: a loopback socket, one task a connection, HTTP/1.1 by hyper, in TLS if wanted.

use std::future::pending;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::call::Call;
use super::reply::{Body, Silence};
use super::site::Site;

/// Binds the port, 0 for any, on 127.0.0.1 only.
pub(crate) async fn listen(port: u16) -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Serves until dropped; the connections end with it.
pub(crate) async fn serve(listener: TcpListener, tls: Option<TlsAcceptor>, site: Arc<Site>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                // A connection that failed before it was taken is its client's loss alone.
                if let Ok((stream, _)) = accepted {
                    connections.spawn(take(stream, tls.clone(), Arc::clone(&site)));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

/// One connection, as long as it is kept.
async fn take(stream: TcpStream, tls: Option<TlsAcceptor>, site: Arc<Site>) {
    // Small answers should not wait for each other; without it they are only slower.
    let _ = stream.set_nodelay(true);
    let Some(tls) = tls else {
        return converse(stream, |stream| stream, &site).await;
    };
    // A client that does not like our certificate says so to its user.
    if let Ok(stream) = tls.accept(stream).await {
        converse(stream, |stream| stream.get_ref().0, &site).await;
    }
}

/// Answers over a stream; `socket` is what carries it.
async fn converse<S>(stream: S, socket: fn(&S) -> &TcpStream, site: &Site)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let reset = AtomicBool::new(false);
    let service = service_fn(|request: Request<Incoming>| answer(site, &reset, request));
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let ended = (&mut connection).await;
    if ended.is_err() && reset.load(Ordering::Relaxed) {
        // Closing with nothing to linger for is what sends a reset.
        let stream = connection.into_parts().io.into_inner();
        let _ = socket(&stream).set_zero_linger();
    }
}

/// The answer, or the error that makes hyper drop the connection.
async fn answer(
    site: &Site,
    reset: &AtomicBool,
    request: Request<Incoming>,
) -> io::Result<Response<Body>> {
    match site.answer(&Call::read(&request)).await {
        Ok(reply) => Ok(reply),
        Err(Silence::Hang) => pending().await,
        Err(Silence::Reset) => {
            reset.store(true, Ordering::Relaxed);
            Err(io::ErrorKind::ConnectionReset.into())
        }
    }
}
