//! Servers that are not who they should be: the run ends, asks once and sends nothing.

use std::io::{self, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::feed::{DETAIL, JSON, page};
use crate::runner::{Ended, Folder, Running};

/// Each case of the fault matrix.
pub(crate) const CASES: &[(&str, crate::matrix::Check)] = &[
    ("self-signed", |_| refused("127.0.0.1", 2040, false)),
    ("expired", |_| refused("127.0.0.1", 2021, true)),
    ("wrong name", |_| refused("example.com", 2040, true)),
    ("of another authority", |_| {
        refused("127.0.0.1", 2040, false)
    }),
];

/// A server with a certificate, and what it has seen.
struct Server {
    url: String,
    connections: Arc<AtomicUsize>,
    /// Bytes that came through the encryption.
    read: Arc<AtomicUsize>,
    authority: Certificate,
}

/// An authority, and a certificate it made out to `name`, good until the end of `year`.
fn made_out(
    name: &str,
    year: i32,
) -> (Certificate, CertificateDer<'static>, PrivateKeyDer<'static>) {
    let mut authority = CertificateParams::new([]).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let root = authority.self_signed(&key).unwrap();
    let mut leaf = CertificateParams::new([name.to_owned()]).unwrap();
    (leaf.not_before, leaf.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(year, 12, 31));
    let own = KeyPair::generate().unwrap();
    let signed = leaf.signed_by(&own, &Issuer::new(authority, key)).unwrap();
    (root, signed.der().clone(), own.into())
}

fn serve(name: &str, year: i32) -> Server {
    let (authority, certificate, key) = made_out(name, year);
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let (connections, read) = (Arc::default(), Arc::default());
    let (count, bytes, config) = (
        Arc::clone(&connections),
        Arc::clone(&read),
        Arc::new(config),
    );
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            AtomicUsize::fetch_add(&count, 1, Ordering::SeqCst);
            // A client that refuses the certificate ends its connection.
            let _ = converse(stream, &config, &bytes);
        }
    });
    Server {
        url,
        connections,
        read,
        authority,
    }
}

fn converse(
    stream: std::net::TcpStream,
    config: &Arc<ServerConfig>,
    read: &AtomicUsize,
) -> io::Result<()> {
    let tls = rustls::ServerConnection::new(Arc::clone(config)).map_err(io::Error::other)?;
    let mut stream = rustls::StreamOwned::new(tls, stream);
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        read.fetch_add(1, Ordering::SeqCst);
        head.push(byte[0]);
    }
    let body = if head.starts_with(b"GET /api/challenge/detail/") {
        DETAIL.to_owned()
    } else {
        page(10, false)
    };
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\ncontent-type: {JSON}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    )?;
    stream.conn.send_close_notify();
    stream.flush()
}

/// A pull from the server by somebody who trusts its authority, or no more than anybody does.
fn pull(server: &Server, trusted: bool) -> Ended {
    let folder = Folder::new();
    let mut command = folder.pulling(&[
        "cats",
        "--source",
        "web",
        "--rate",
        "0",
        "--base-url",
        &server.url,
    ]);
    if trusted {
        let body = STANDARD.encode(server.authority.der());
        let lines: Vec<&str> = body
            .as_bytes()
            .chunks(64)
            .map(|line| std::str::from_utf8(line).unwrap())
            .collect();
        let pem = format!(
            "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
            lines.join("\n")
        );
        folder.write("authority.pem", pem);
        command.env("SSL_CERT_FILE", folder.file("authority.pem"));
    }
    let mut ended = Running::start(&mut command).end();
    ended.receipts = folder.take_receipts();
    ended
}

/// One connection, nothing sent, status 6.
fn refused(name: &str, year: i32, trusted: bool) -> Result<(), String> {
    let server = serve(name, year);
    let ended = pull(&server, trusted);
    let seen = (
        server.connections.load(Ordering::SeqCst),
        server.read.load(Ordering::SeqCst),
    );
    let is_refused = ended.status == 6
        && ended
            .stderr
            .contains("the server's certificate was refused");
    (is_refused && seen == (1, 0))
        .then_some(())
        .ok_or_else(|| format!("{seen:?} {ended:?}"))
}

#[cfg(target_os = "linux")]
#[test]
fn a_certificate_that_is_trusted_is_taken() {
    let server = serve("127.0.0.1", 2040);
    let ended = pull(&server, true);
    assert_eq!((ended.status, ended.ids().len()), (0, 3), "{ended:?}");
    assert!(server.read.load(Ordering::SeqCst) > 0);
}
